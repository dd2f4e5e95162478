package economy

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/wording"
	"baro/store"
)

func (s *Service) readProjects(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	projects, err := s.Projects(ctx, commune(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, p := range projects {
		rows = append(rows, flows.Row{Key: flows.IntOf(p.ID), Fields: flows.Record{text("Title", p.Title, need.Lang), projectState(p)}})
	}
	return rows, nil
}

func (s *Service) readProject(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Project(ctx, commune(need), need.Args.Int("project"))
	if err != nil || !ok {
		return nil, err
	}
	facts := []flows.Part{part("economy.project.partner", "Partner", flows.TextOf(p.Partner))}
	if p.PlaceName != "" {
		facts = append(facts, part("economy.project.place", "Place", flows.TextOf(p.PlaceName)))
	}
	if p.Amount != nil {
		facts = append(facts, part("economy.project.amount", "Amount", flows.MoneyOf(*p.Amount)))
	}
	if summary := wording.In(p.Summary, need.Lang); summary != "" {
		facts = append(facts, part("economy.project.summary", "Summary", flows.TextOf(summary)))
	}
	facts = append(facts, part("economy.project.number", "Number", flows.IntOf(int64(p.Number))))
	return []flows.Row{{Fields: flows.Record{
		text("Title", p.Title, need.Lang), projectState(p), {Name: "Since", Value: flows.DateOf(p.Since.In(s.zone))},
		{Name: "Facts", Value: flows.PartsOf(facts...)},
	}}}, nil
}

func projectState(p store.Project) flows.Field {
	return flows.Field{Name: "State", Value: flows.LabelOf("economy.state." + string(p.State))}
}
