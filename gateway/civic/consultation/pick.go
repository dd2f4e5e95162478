package consultation

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"baro/gateway/identity"
	"baro/store"
)

// A Voice is who answers: a number's pseudonym in this consultation, or a vote card.
type Voice struct {
	Voter store.Voter
	Card  int64 // 0: none
}

// sealWords binds sealed words to their column.
const sealWords = "answer.words"

// MaxWords is the longest answer in own words, in characters.
const MaxWords = 160

// A Picking is how far a question of several choices is answered.
type Picking struct {
	Question  store.Question
	Picked    []store.Choice // in the order in which they were picked
	Remaining []store.Choice // that may still be picked, as this voter sees them
	Left      int64          // of the envelope, questions of kind budget
}

// Enough tells whether the question may be left as it is, and More whether another choice may be picked.
func (p Picking) Enough() bool { return int64(len(p.Picked)) >= *p.Question.Min }

// More: see Enough.
func (p Picking) More() bool { return len(p.Remaining) > 0 }

// Picking gives how far a voice is with a question of several choices; false when it takes no answers.
func (s *Service) Picking(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question int64, now time.Time) (Picking, bool, error) {
	c, open, err := s.open(ctx, commune, consultation, now)
	if err != nil || !open {
		return Picking{}, false, err
	}
	_, q, known := position(c, question)
	if !known || !q.Kind.Picks() {
		return Picking{}, false, nil
	}
	ballot, err := s.Ballot(ctx, commune, consultation, v.Voter)
	if err != nil {
		return Picking{}, false, err
	}
	a, _ := answerTo(ballot, question)
	return picking(q, v.Voter, a.Choices), true, nil
}

func picking(q store.Question, v store.Voter, picked []int64) Picking {
	p := Picking{Question: q}
	if q.Envelope != nil {
		p.Left = *q.Envelope
	}
	choices := shown(q, v)
	for _, id := range picked {
		if at := slices.IndexFunc(choices, func(c store.Choice) bool { return c.ID == id }); at >= 0 {
			p.Picked = append(p.Picked, choices[at])
			p.Left -= cost(choices[at])
		}
	}
	if int64(len(p.Picked)) >= *q.Max {
		return p
	}
	for _, c := range choices {
		if !slices.Contains(picked, c.ID) && (q.Envelope == nil || cost(c) <= p.Left) {
			p.Remaining = append(p.Remaining, c)
		}
	}
	return p
}

func cost(c store.Choice) int64 {
	if c.Cost == nil {
		return 0
	}
	return *c.Cost
}

// Pick adds a choice to those picked before. OutOfRange, and nothing is written, when it may not be picked (any more).
func (s *Service) Pick(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question, choice int64, now time.Time) (Verdict, error) {
	p, open, err := s.Picking(ctx, commune, consultation, v, question, now)
	if err != nil || !open {
		return Closed, err
	}
	return s.answer(ctx, commune, consultation, v, question, now, func(q store.Question, a *store.Answer) bool {
		for _, c := range p.Picked {
			a.Choices = append(a.Choices, c.ID)
		}
		a.Choices, a.ChoiceOrder = append(a.Choices, choice), recordedOrder(q, v.Voter)
		return slices.ContainsFunc(p.Remaining, func(c store.Choice) bool { return c.ID == choice })
	})
}

// Restart takes every pick of a question back.
func (s *Service) Restart(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question int64, now time.Time) (Verdict, error) {
	return s.answer(ctx, commune, consultation, v, question, now, func(q store.Question, a *store.Answer) bool { return q.Kind.Picks() })
}

// Say keeps an answer in own words, sealed. They are counted, and shown to nobody but those who work on the answers.
func (s *Service) Say(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question int64, words string, now time.Time) (Verdict, error) {
	if words == "" || utf8.RuneCountInString(words) > MaxWords {
		return OutOfRange, nil
	}
	sealed, err := s.keys.Seal(sealWords, []byte(words))
	if err != nil {
		return Closed, fmt.Errorf("seal words: %w", err)
	}
	return s.answer(ctx, commune, consultation, v, question, now, func(q store.Question, a *store.Answer) bool {
		a.Words = store.Sealed(sealed)
		return q.Kind == store.QuestionText
	})
}

// Words opens the confirmed answers to a question in own words for those who work on them, without voters and in no telling
// order; that they were read is recorded. They are gone once the ballots are unlinked.
func (s *Service) Words(ctx context.Context, commune store.PlaceID, consultation, question int64, limit int, act store.Act) ([]string, error) {
	const op = "read words"
	sealed, err := s.stores.Ballots.Words(ctx, commune, consultation, question, limit, act)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	words := make([]string, len(sealed))
	for i, box := range sealed {
		plain, err := s.keys.Open(sealWords, sealedOf(box))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		words[i] = string(plain)
	}
	return words, nil
}

// complete tells whether an answer may be confirmed.
func complete(q store.Question, a store.Answer) bool {
	return !q.Kind.Picks() || int64(len(a.Choices)) >= *q.Min
}

// Cast confirms a voice's ballot. A card is used up by it: Spent when another phone was first. Unfinished when an answer
// lacks picks. It belongs into one transaction, which the flow's step is.
func (s *Service) Cast(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, now time.Time) (Verdict, error) {
	c, open, err := s.open(ctx, commune, consultation, now)
	if err != nil || !open {
		return Closed, err
	}
	ballot, err := s.Ballot(ctx, commune, consultation, v.Voter)
	if err != nil {
		return Closed, err
	}
	for _, a := range ballot.Answers {
		if _, q, known := position(c, a.Question); known && !complete(q, a) {
			return Unfinished, nil
		}
	}
	if v.Card != 0 && len(ballot.Answers) > 0 {
		err := s.stores.Cards.Use(ctx, commune, consultation, v.Card, now)
		if store.CodeOf(err) == store.CodeConflict {
			return Spent, nil
		}
		if err != nil {
			return Closed, fmt.Errorf("use vote card: %w", err)
		}
	}
	return s.Confirm(ctx, commune, consultation, v.Voter, now)
}

func sealedOf(s store.Sealed) identity.Sealed { return identity.Sealed(s) }
