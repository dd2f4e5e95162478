package consultation

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

func (s *Service) readPublished(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	all, err := s.Published(ctx, commune(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, one := range all[:min(len(all), publishedRows)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(one.ID), Fields: flows.Record{
			text("Title", one.Title, need.Lang), s.day("Closed", one.ClosedAt),
		}})
	}
	return rows, nil
}

func (s *Service) readResultQuestions(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	_, tallies, ok, err := s.Tallies(ctx, commune(need), consultation(need))
	if err != nil || !ok {
		return nil, err
	}
	var rows []flows.Row
	for _, t := range tallies {
		rows = append(rows, flows.Row{Key: flows.IntOf(t.Question.ID), Fields: flows.Record{text("Question", t.Question.Text, need.Lang)}})
	}
	return rows, nil
}

func (s *Service) readResult(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	c, tallies, ok, err := s.Tallies(ctx, commune(need), consultation(need))
	if err != nil || !ok {
		return nil, err
	}
	for _, t := range tallies {
		if t.Question.ID != need.Args.Int("question") {
			continue
		}
		return []flows.Row{{Fields: flows.Record{
			text("Question", t.Question.Text, need.Lang), integer("Answers", t.Answers),
			{Name: "Results", Value: flows.ListOf(tallyParts(t, need.Lang)...)}, {Name: "How", Value: flows.PartsOf(howParts(c, tallies, t)...)},
			{Name: "Decided", Value: flows.FlagOf(decided(c))},
		}}}, nil
	}
	return nil, nil
}

func tallyParts(t Tally, lang string) (parts []flows.Part) {
	if n := t.Numbers; n != nil {
		return []flows.Part{{Message: "consultation.part.range", Fields: flows.Record{
			integer("Median", n.Median), integer("Min", n.Min), integer("Max", n.Max),
		}}}
	}
	if t.Question.Kind == store.QuestionText {
		return []flows.Part{{Message: "consultation.part.words"}}
	}
	for _, c := range t.Choices {
		label := text("Label", c.Choice.Label, lang)
		if c.Held {
			parts = append(parts, flows.Part{Message: "consultation.part.held", Fields: flows.Record{label}})
			continue
		}
		if c.Few {
			parts = append(parts, flows.Part{Message: "consultation.part.few", Fields: flows.Record{label}})
			continue
		}
		if t.Question.Kind == store.QuestionRank {
			parts = append(parts, flows.Part{Message: "consultation.part.points", Fields: flows.Record{label, integer("Count", c.Points)}})
			continue
		}
		parts = append(parts, flows.Part{Message: "consultation.part.choice", Fields: flows.Record{label, integer("Count", c.N)}})
	}
	return parts
}

func (s *Service) readDecision(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	c, ok, err := s.published(ctx, commune(need), consultation(need))
	if err != nil || !ok || !decided(c) {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		text("Title", c.Title, need.Lang), text("Decision", c.Decision, need.Lang),
		{Name: "On", Value: flows.DateOf(date(c.DecisionOn))}, {Name: "Followed", Value: flows.FlagOf(c.State == store.ConsultationFollowed)},
	}}}, nil
}
