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

// readWork tells what was planned and spent, what the town hall says, and what residents see.
func (s *Service) readWork(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	w, ok, err := s.work(ctx, communeOf(need), need.Args.Int("work"))
	if err != nil || !ok {
		return nil, err
	}
	seen, shown, err := s.SeenOf(ctx, w.Work)
	if err != nil {
		return nil, err
	}
	money := flows.Part{Message: "budget.work.planned", Fields: flows.Record{field("Planned", flows.MoneyOf(w.Total))}}
	if w.Spent != nil {
		money.Message, money.Fields = "budget.work.spent", append(money.Fields, field("Spent", flows.MoneyOf(*w.Spent)))
	}
	facts := []flows.Part{money, {Message: "budget.work.hall", Fields: flows.Record{field("State", flows.LabelOf("budget.state."+string(w.State)))}}}
	if shown {
		var most []flows.Part
		for _, said := range seen.Most {
			most = append(most, flows.Part{Message: "budget.seen." + said})
		}
		facts = append(facts, flows.Part{Message: "budget.work.seen", Fields: flows.Record{
			field("Numbers", flows.IntOf(seen.Numbers)), field("Most", flows.ListOf(most...)),
		}})
	}
	return one(field("Work", flows.TextOf(w.Operation)), field("Facts", flows.PartsOf(facts...))), nil
}
