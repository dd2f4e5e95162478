package consultation

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// maxReviewed is how many answers the review lists: the picks of a question count each.
const maxReviewed = 12

// followUpRows bounds the list of what was done.
const followUpRows = 20

// voice is who answers: the card whose code was typed in this call, else the caller's number.
func (s *Service) voice(c civic.Caller, need flows.Need) Voice {
	if card := need.Args.Int("card"); card != 0 {
		return Voice{Voter: s.cardVoter(consultation(need), card), Card: card}
	}
	return Voice{Voter: s.Voter(consultation(need), c.Number)}
}

func (s *Service) readRemaining(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, open, err := s.Picking(ctx, commune(need), consultation(need), s.voice(c, need), need.Args.Int("question"), c.Now)
	if err != nil || !open {
		return nil, err
	}
	var rows []flows.Row
	for _, choice := range p.Remaining {
		costs := flows.PartsOf()
		if choice.Cost != nil {
			costs = flows.PartsOf(flows.Part{Message: "consultation.cost", Fields: flows.Record{{Name: "Cost", Value: flows.MoneyOf(*choice.Cost)}}})
		}
		rows = append(rows, flows.Row{Key: flows.IntOf(choice.ID), Fields: flows.Record{
			text("Label", choice.Label, need.Lang), {Name: "Cost", Value: costs},
		}})
	}
	return rows, nil
}

func (s *Service) readPicked(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	p, open, err := s.Picking(ctx, commune(need), consultation(need), s.voice(c, need), need.Args.Int("question"), c.Now)
	if err != nil || !open {
		return nil, err
	}
	var picks []flows.Part
	for _, choice := range p.Picked {
		picks = append(picks, flows.Part{Message: "consultation.answer.choice", Fields: flows.Record{text("Label", choice.Label, need.Lang)}})
	}
	left := flows.PartsOf()
	if p.Question.Envelope != nil {
		left = flows.PartsOf(flows.Part{Message: "consultation.left", Fields: flows.Record{{Name: "Left", Value: flows.MoneyOf(p.Left)}}})
	}
	return []flows.Row{{Fields: flows.Record{
		text("Question", p.Question.Text, need.Lang), {Name: "Picks", Value: flows.ListOf(picks...)}, {Name: "Left", Value: left},
		{Name: "More", Value: flows.FlagOf(p.More())}, {Name: "Enough", Value: flows.FlagOf(p.Enough())},
	}}}, nil
}

func (s *Service) readFollowUps(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	c, ok, err := s.published(ctx, commune(need), consultation(need))
	if err != nil || !ok {
		return nil, err
	}
	steps, err := s.stores.Reader.FollowUps(ctx, c.Commune, c.ID)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, step := range steps[:min(len(steps), followUpRows)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(step.ID), Fields: flows.Record{
			{Name: "On", Value: flows.DateOf(date(step.On))}, text("What", step.What, need.Lang),
		}})
	}
	return rows, nil
}

func (s *Service) actPick(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	v, question := s.voice(c, need), need.Args.Int("question")
	verdict, err := s.Pick(ctx, commune(need), consultation(need), v, question, need.Args.Int("choice"), c.Now)
	if err != nil || verdict == Closed {
		return flows.Outcome{Edge: "closed"}, err
	}
	p, open, err := s.Picking(ctx, commune(need), consultation(need), v, question, c.Now)
	switch {
	case err != nil || !open:
		return flows.Outcome{Edge: "closed"}, err
	case !p.Enough() && p.More():
		return flows.Outcome{Edge: "again"}, nil
	}
	return flows.Outcome{Edge: "picked"}, nil
}

func (s *Service) actRestart(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return outcome(s.Restart(ctx, commune(need), consultation(need), s.voice(c, need), need.Args.Int("question"), c.Now))
}

func (s *Service) actSay(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return outcome(s.Say(ctx, commune(need), consultation(need), s.voice(c, need), need.Args.Int("question"), need.Args.Text("words"), c.Now))
}

func (s *Service) actCard(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	card, verdict, err := s.Card(ctx, commune(need), consultation(need), need.Args.Text("code"), c.Pseudonym.Hex(), c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	switch verdict {
	case CardGood:
		return flows.Outcome{Edge: "ok", Fields: flows.Record{integer("Card", card)}}, nil
	case CardUsed:
		return flows.Outcome{Edge: "used"}, nil
	case CardLater:
		return flows.Outcome{Edge: "later"}, nil
	case CardClosed:
		return flows.Outcome{Edge: "closed"}, nil
	}
	return flows.Outcome{Edge: "unknown"}, nil
}

// howParts tell how a result came about: the rule of a ranking, and the ballots by phone and by card, apart, where neither
// count is below Few. Beside a hidden count they are told in tens, like every total.
func howParts(c store.Consultation, all []Tally, t Tally) (parts []flows.Part) {
	if t.Question.Kind == store.QuestionRank {
		parts = append(parts, flows.Part{Message: "consultation.how.points", Fields: flows.Record{integer("Count", *t.Question.Max)}})
	}
	if c.Phones < Few || c.Cards < Few {
		return parts
	}
	phones, cards := c.Phones, c.Cards
	for i := range all {
		if all[i].few() > 0 {
			phones, cards = c.Phones/10*10, c.Cards/10*10
		}
	}
	return append(parts, flows.Part{Message: "consultation.how.cards", Fields: flows.Record{integer("Phones", phones), integer("Cards", cards)}})
}
