package economy

import (
	"context"
	"fmt"

	"baro/store"
)

// maxProjects is what the manifest lets a list have.
const maxProjects = 20

// Projects gives what the commune has made known of its projects with private partners, the latest change of state first.
func (s *Service) Projects(ctx context.Context, commune store.PlaceID) ([]store.Project, error) {
	projects, err := s.stores.Projects.Published(ctx, commune, maxProjects)
	if err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	return projects, nil
}

// Project gives one published project; false when the commune has none of that id.
func (s *Service) Project(ctx context.Context, commune store.PlaceID, id int64) (store.Project, bool, error) {
	p, err := s.stores.Projects.Get(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Project{}, false, nil
	case err != nil:
		return store.Project{}, false, fmt.Errorf("get project: %w", err)
	}
	return p, !p.Published.IsZero(), nil
}

// DraftProject stores a project that is not shown yet; CodeInvalid when it does not fit the screens, which French must fill.
func (s *Service) DraftProject(ctx context.Context, p store.Project, act store.Act) (store.Project, error) {
	const op = "draft project"
	for field, reason := range map[string]string{
		"title": textFault(p.Title, MaxTitle, true), "summary": textFault(p.Summary, MaxSummary, false),
		"partner": textFault(store.Texts{"fr": p.Partner}, MaxOrganisation, true), "place": textFault(store.Texts{"fr": p.PlaceName}, MaxPlace, false),
	} {
		if reason != "" {
			return store.Project{}, store.NewError(store.CodeInvalid, op, Fault{field, reason}.Error())
		}
	}
	made, err := s.stores.Projects.Create(ctx, p, act)
	if err != nil {
		return store.Project{}, fmt.Errorf("%s: %w", op, err)
	}
	return made, nil
}

// PublishProject shows a project to everybody.
func (s *Service) PublishProject(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if err := s.stores.Projects.Publish(ctx, commune, id, act); err != nil {
		return fmt.Errorf("publish project: %w", err)
	}
	return nil
}

// MoveProject reports how far a project is; from is the state it was seen in.
func (s *Service) MoveProject(ctx context.Context, commune store.PlaceID, id int64, from, to store.ProjectState, act store.Act) error {
	if err := s.stores.Projects.Move(ctx, commune, id, from, to, act); err != nil {
		return fmt.Errorf("move project: %w", err)
	}
	return nil
}
