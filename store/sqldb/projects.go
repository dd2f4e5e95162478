package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Projects keeps what communes do with private partners.
type Projects struct{ db *DB }

var _ store.Projects = (*Projects)(nil)

// Projects gives the contract for projects with private partners.
func (db *DB) Projects() *Projects { return &Projects{db} }

func (p *Projects) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Project, error) {
	return one(ctx, p.db, "get project", "project_get", scanProject, int64(commune), id)
}

func (p *Projects) List(ctx context.Context, commune store.PlaceID) ([]store.Project, error) {
	return list(ctx, p.db, "list projects", "project_list", scanProject, int64(commune))
}

func (p *Projects) Published(ctx context.Context, commune store.PlaceID, limit int) ([]store.Project, error) {
	return list(ctx, p.db, "list published projects", "project_published", scanProject, int64(commune), limit)
}

func (p *Projects) Create(ctx context.Context, v store.Project, act store.Act) (store.Project, error) {
	const op = "create project"
	if v.State == "" {
		v.State = store.ProjectProposed
	}
	if len(v.Title) == 0 || v.Partner == "" {
		return store.Project{}, store.NewError(store.CodeInvalid, op, "a project needs a title and a partner")
	}
	err := p.db.Write(ctx, func(ctx context.Context) error {
		id, err := p.db.insert(ctx, op, "project_create", int64(v.Commune), encodeTexts(v.Title), encodeTexts(v.Summary), v.Partner,
			v.PlaceName, number(v.Amount), string(v.State), micros(p.db.now()))
		if err != nil {
			return err
		}
		if _, err := p.db.DialNumbers().Assign(ctx, v.Commune, store.DialTarget{Kind: store.DialProject, Ref: id}); err != nil {
			return err
		}
		if v, err = p.Get(ctx, v.Commune, id); err != nil {
			return err
		}
		return p.db.record(ctx, act, v.Commune, "project.create", projectObject(id), "", encodeTexts(v.Title))
	})
	return v, err
}

func (p *Projects) Publish(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "publish project"
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "project_publish", int64(commune), id, micros(p.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			_, err := p.Get(ctx, commune, id)
			return err
		}
		return p.db.record(ctx, act, commune, "project.publish", projectObject(id), "", "")
	})
}

func (p *Projects) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.ProjectState, act store.Act) error {
	const op = "move project"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "project_move", int64(commune), id, string(from), string(to), micros(p.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := p.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the project is in another state")
		}
		return p.db.record(ctx, act, commune, "project.state", projectObject(id), string(from), string(to))
	})
}

func projectObject(id int64) string { return fmt.Sprintf("project:%d", id) }

func scanProject(row scanner) (p store.Project, err error) {
	err = row.Scan(&p.ID, &p.Commune, &p.Number, asJSON{&p.Title}, asJSON{&p.Summary}, &p.Partner, &p.PlaceName, &p.Amount, &p.State,
		asTime{&p.Since}, asTime{&p.Published}, asTime{&p.Created}, asTime{&p.Updated})
	return p, err
}
