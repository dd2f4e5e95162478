package consultation

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// A Verdict is how an attempt to answer or confirm ended.
type Verdict uint8

// Verdicts.
const (
	Taken      Verdict = iota // written
	Closed                    // no answers are taken (any more); what was confirmed before stands
	OutOfRange                // what was given does not fit the question's bounds; nothing written
	Unfinished                // an answer lacks picks; nothing confirmed
	Spent                     // the vote card was used from another phone meanwhile; nothing confirmed
)

// maxNumber bounds numbers where the commune set no upper bound: nine digits, the widest a screen proves.
const maxNumber = 999_999_999

// bounds returns the range of a question of kind number. Keypads have no minus, hence 0 where no lower bound is set.
func bounds(q store.Question) (lowest, highest int64) {
	highest = maxNumber
	if q.Min != nil {
		lowest = *q.Min
	}
	if q.Max != nil {
		highest = *q.Max
	}
	return lowest, highest
}

// Choose keeps a voter's choice, or changes it.
func (s *Service) Choose(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question, choice int64, now time.Time) (Verdict, error) {
	return s.answer(ctx, commune, consultation, v, question, now, func(q store.Question, a *store.Answer) bool {
		a.Choices = []int64{choice}
		a.ChoiceOrder = recordedOrder(q, v.Voter)
		return true
	})
}

// Give keeps a voter's number, or changes it.
func (s *Service) Give(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question, number int64, now time.Time) (Verdict, error) {
	return s.answer(ctx, commune, consultation, v, question, now, func(q store.Question, a *store.Answer) bool {
		a.Number = &number
		lowest, highest := bounds(q)
		return number >= lowest && number <= highest
	})
}

// answer writes what fill makes of a question; fill returns false for an answer out of range.
func (s *Service) answer(ctx context.Context, commune store.PlaceID, consultation int64, v Voice, question int64, now time.Time,
	fill func(store.Question, *store.Answer) bool) (Verdict, error) {
	c, open, err := s.open(ctx, commune, consultation, now)
	if err != nil || !open {
		return Closed, err
	}
	asked, q, known := position(c, question)
	if !known {
		return Closed, nil // of another consultation: a session older than what stands
	}
	a := store.Answer{Question: question, AskedOrder: asked, Card: v.Card != 0}
	if !fill(q, &a) {
		return OutOfRange, nil
	}
	return verdict("write answer", s.stores.Ballots.Answer(ctx, commune, consultation, v.Voter, a, now))
}

// Confirm makes a voter's present answers those that count; Cast looks at them first.
func (s *Service) Confirm(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, now time.Time) (Verdict, error) {
	return verdict("confirm ballot", s.stores.Ballots.Confirm(ctx, commune, consultation, v, now))
}

// verdict turns the store's refusals into a verdict. A ballot without answers cannot be confirmed either: it was erased
// between two screens.
func verdict(op string, err error) (Verdict, error) {
	switch store.CodeOf(err) {
	case "":
		return Taken, nil
	case store.CodeDenied, store.CodeNotFound:
		return Closed, nil
	}
	return Closed, fmt.Errorf("%s: %w", op, err)
}
