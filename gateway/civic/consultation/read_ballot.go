package consultation

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

func (s *Service) readOpen(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	open, err := s.OpenNow(ctx, commune(need), c.Now)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, one := range open[:min(len(open), openRows)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(one.ID), Fields: flows.Record{
			text("Title", one.Title, need.Lang), s.day("Until", one.ClosesAt),
		}})
	}
	return rows, nil
}

func (s *Service) readIntro(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, open, err := s.open(ctx, commune(need), consultation(need), c.Now)
	if err != nil || !open {
		return nil, err
	}
	ballot, err := s.Ballot(ctx, found.Commune, found.ID, s.voice(c, need).Voter)
	if err != nil {
		return nil, err
	}
	batches, err := s.CardBatches(ctx, found.Commune, found.ID)
	if err != nil {
		return nil, err
	}
	cards := len(batches) > 0
	return []flows.Row{{Fields: flows.Record{
		text("Title", found.Title, need.Lang), s.day("Until", found.ClosesAt),
		{Name: "Answered", Value: flows.FlagOf(ballot.Confirmed)}, {Name: "Cards", Value: flows.FlagOf(cards)},
	}}}, nil
}

func (s *Service) readQuestion(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, open, err := s.open(ctx, commune(need), consultation(need), c.Now)
	if err != nil || !open {
		return nil, err
	}
	number, q, known := position(found, need.Args.Int("question"))
	if !known {
		return nil, nil
	}
	var lowest, highest int64
	if q.Kind == store.QuestionNumber {
		lowest, highest = bounds(q)
	}
	return []flows.Row{{Fields: flows.Record{
		text("Question", q.Text, need.Lang), integer("Min", lowest), integer("Max", highest),
		integer("Number", int64(number)), integer("Of", int64(len(found.Questions))),
	}}}, nil
}

func (s *Service) readChoices(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, open, err := s.open(ctx, commune(need), consultation(need), c.Now)
	if err != nil || !open {
		return nil, err
	}
	_, q, known := position(found, need.Args.Int("question"))
	if !known {
		return nil, nil
	}
	choices := shown(q, s.voice(c, need).Voter)
	var rows []flows.Row
	for _, choice := range choices[:min(len(choices), MaxChoices)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(choice.ID), Fields: flows.Record{text("Label", choice.Label, need.Lang)}})
	}
	return rows, nil
}

func (s *Service) readReview(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, open, err := s.open(ctx, commune(need), consultation(need), c.Now)
	if err != nil || !open {
		return nil, err
	}
	ballot, err := s.Ballot(ctx, found.Commune, found.ID, s.voice(c, need).Voter)
	if err != nil {
		return nil, err
	}
	var parts []flows.Part
	for _, q := range inOrder(found.Questions) {
		if a, answered := answerTo(ballot, q.ID); answered {
			parts = append(parts, answerParts(q, a, need.Lang)...)
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Answers", Value: flows.ListOf(parts[:min(len(parts), maxReviewed)]...)},
	}}}, nil
}

func answerParts(q store.Question, a store.Answer, lang string) (parts []flows.Part) {
	if a.Number != nil {
		return []flows.Part{{Message: "consultation.answer.number", Fields: flows.Record{integer("Number", *a.Number)}}}
	}
	if a.Words.Box != nil {
		return []flows.Part{{Message: "consultation.answer.words"}}
	}
	for _, id := range a.Choices {
		for _, choice := range q.Choices {
			if choice.ID == id {
				parts = append(parts, flows.Part{Message: "consultation.answer.choice", Fields: flows.Record{text("Label", choice.Label, lang)}})
			}
		}
	}
	return parts
}

func (s *Service) readNoted(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, open, err := s.open(ctx, commune(need), consultation(need), c.Now)
	if err != nil || !open {
		return nil, err
	}
	reading := s.day("Reading", found.ClosesAt) // Open refuses a consultation without a day of reading
	if on := date(found.ReadingOn); !on.IsZero() {
		reading.Value = flows.DayOf(on)
	}
	return []flows.Row{{Fields: flows.Record{s.day("Until", found.ClosesAt), reading}}}, nil
}
