package learning

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/question"
	"baro/gateway/civic/wording"
	"baro/store"
)

// Binding answers what flows may ask of practices. As with other questions, what a flow saves as Case is the follow-up
// number; the commune it went to is that of the practice.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"learning.others":   s.readOthers,
			"learning.own":      s.readOwn,
			"learning.problem":  s.readProblem,
			"learning.measure":  s.readMeasure,
			"learning.result":   s.readResult,
			"learning.received": s.readReceived,
			"learning.state":    s.readState,
		},
		Actions: map[string]civic.Actor{
			"learning.dialled":   s.actDialled,
			"learning.vote":      s.actVote,
			"learning.ask":       s.actAsk,
			"learning.find":      s.actFind,
			"learning.propose":   s.actPropose,
			"learning.subscribe": s.actSubscribe,
		},
	}
}

func (s *Service) readOthers(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	return s.rows(ctx, need, true)
}

func (s *Service) readOwn(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	return s.rows(ctx, need, false)
}

func (s *Service) rows(ctx context.Context, need flows.Need, others bool) ([]flows.Row, error) {
	all, err := s.Published(ctx, store.PlaceID(need.Args.Int("$commune")), others)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, p := range all {
		rows = append(rows, flows.Row{Key: flows.IntOf(p.ID), Fields: flows.Record{
			text("Title", p.Title, need.Lang), {Name: "Commune", Value: flows.TextOf(p.From)},
		}})
	}
	return rows, nil
}

func (s *Service) readProblem(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Commune", Value: flows.TextOf(p.From)}, integer("Year", int64(p.Year)), text("Problem", p.Problem, need.Lang),
	}}}, nil
}

func (s *Service) readMeasure(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return nil, err
	}
	var facts []flows.Part
	if p.Cost != nil {
		facts = append(facts, flows.Part{Message: "learning.fact.cost", Fields: flows.Record{{Name: "Cost", Value: flows.AmountOf(*p.Cost)}}})
	}
	return []flows.Row{{Fields: flows.Record{
		text("Measure", p.Measure, need.Lang), {Name: "Facts", Value: flows.PartsOf(facts...)},
	}}}, nil
}

func (s *Service) readResult(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return nil, err
	}
	helps, enough, err := s.Useful(ctx, p.Practice)
	if err != nil {
		return nil, err
	}
	var facts []flows.Part
	if enough {
		facts = append(facts, flows.Part{Message: "learning.fact.useful", Fields: flows.Record{integer("Count", helps)}})
	}
	facts = append(facts, flows.Part{Message: "learning.fact.number", Fields: flows.Record{integer("Number", int64(p.Number))}})
	return []flows.Row{{Fields: flows.Record{
		text("Result", p.Result, need.Lang), {Name: "Facts", Value: flows.PartsOf(facts...)},
	}}}, nil
}

func (s *Service) readReceived(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		integer("Number", need.Args.Int("case")), {Name: "Commune", Value: flows.TextOf(p.From)}, integer("Idea", int64(p.Number)),
	}}}, nil
}

func (s *Service) readState(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return nil, err
	}
	return s.questions.StateRows(ctx, c, p.Commune, need)
}

func (s *Service) actDialled(ctx context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	p, ok, err := s.Dialled(ctx, int(need.Args.Int("number")))
	return edge(ok, err, "Practice", p.ID)
}

func (s *Service) actVote(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	ok, err := s.Vote(ctx, practice(need), c.Number, need.Args.Int("useful") != 0, c.Now)
	return edge(ok, err, "", 0)
}

func (s *Service) actAsk(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return edge(false, err, "", 0)
	}
	made, taken, err := s.Ask(ctx, c, p.Practice, need.Args.Text("words"))
	if err != nil {
		return flows.Outcome{}, err
	}
	if !taken {
		return flows.Outcome{Edge: "limit"}, nil
	}
	number, err := question.Dialled(made)
	return edge(true, err, "Case", number)
}

func (s *Service) actPropose(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	made, taken, err := s.Propose(ctx, c, store.PlaceID(need.Args.Int("$commune")), need.Args.Text("words"))
	if err != nil {
		return flows.Outcome{}, err
	}
	if !taken {
		return flows.Outcome{Edge: "limit"}, nil
	}
	number, err := question.Dialled(made)
	return edge(true, err, "Case", number)
}

func (s *Service) actSubscribe(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	err := s.Subscribe(ctx, c, store.PlaceID(need.Args.Int("$commune")), need.Args.Text("$language"), need.Lang)
	return edge(true, err, "", 0)
}

// actFind looks for a case at the commune of the practice.
func (s *Service) actFind(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	p, ok, err := s.Get(ctx, practice(need))
	if err != nil || !ok {
		return edge(false, err, "", 0)
	}
	number := need.Args.Int("number")
	found, err := s.questions.Known(ctx, p.Commune, number, store.Pseudonym(c.Pseudonym))
	return edge(found, err, "Case", number)
}

// edge is "ok" with a field, if it has a name, or "unknown".
func edge(ok bool, err error, field string, value int64) (flows.Outcome, error) {
	switch {
	case err != nil:
		return flows.Outcome{}, err
	case !ok:
		return flows.Outcome{Edge: "unknown"}, nil
	case field == "":
		return flows.Outcome{Edge: "ok"}, nil
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{integer(field, value)}}, nil
}

func practice(need flows.Need) int64 { return need.Args.Int("practice") }

func text(name string, t store.Texts, lang string) flows.Field {
	return flows.Field{Name: name, Value: flows.TextOf(wording.In(t, lang))}
}

func integer(name string, n int64) flows.Field { return flows.Field{Name: name, Value: flows.IntOf(n)} }
