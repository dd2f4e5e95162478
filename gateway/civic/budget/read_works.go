package budget

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
)

// Most places and most works in a place that are listed.
const (
	maxPlaces = 200
	maxWorks  = 200
)

func (s *Service) readPlaces(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	places, err := s.places(ctx, communeOf(need), documentOf(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, p := range places[:min(len(places), maxPlaces)] {
		rows = append(rows, flows.Row{Key: flows.TextOf(p.Place), Fields: flows.Record{
			field("Place", flows.TextOf(p.Place)), field("Total", flows.MoneyOf(p.Total)),
		}})
	}
	return rows, nil
}

func (s *Service) readWorks(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	works, err := s.worksAt(ctx, communeOf(need), documentOf(need), need.Args.Text("village"))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, w := range works[:min(len(works), maxWorks)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(w.ID), Fields: flows.Record{
			field("Work", flows.TextOf(w.Operation)), field("Total", flows.MoneyOf(w.Total)),
		}})
	}
	return rows, nil
}

func (s *Service) readWork(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	w, ok, err := s.work(ctx, communeOf(need), need.Args.Int("work"))
	if err != nil || !ok {
		return nil, err
	}
	return one(append(workFields(w), stateField(w))...), nil
}

func (s *Service) readWorkSpent(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	w, ok, err := s.work(ctx, communeOf(need), need.Args.Int("work"))
	if err != nil || !ok || w.Spent == nil {
		return nil, err
	}
	return one(append(workFields(w), field("Spent", flows.MoneyOf(*w.Spent)), stateField(w))...), nil
}

func workFields(w ToldWork) []flows.Field {
	return []flows.Field{
		field("Work", flows.TextOf(w.Operation)), field("Year", flows.IntOf(int64(w.Year))), field("Planned", flows.MoneyOf(w.Total)),
	}
}

func stateField(w ToldWork) flows.Field {
	return field("State", flows.LabelOf("budget.state."+string(w.State)))
}
