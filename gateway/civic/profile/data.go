package profile

import (
	"context"
	"fmt"
	"slices"

	"baro/gateway/civic"
	"baro/store"
)

// Data is what is kept about a number.
type Data struct {
	Language, Commune bool
	Answers           int  // to consultations, and votes on other things, that still carry voters
	Questions         int  // questions and reports the number can follow
	Messages          int  // kinds of messages the number agreed to
	Call              bool // an open wish to be called
}

// Empty tells that nothing is kept.
func (d Data) Empty() bool { return d == Data{} }

// Data tells what is kept about a caller. Answers to consultations are looked for in the commune that is kept and in the
// one given (0: none); other votes and questions, which may go to other communes, everywhere.
func (s *Service) Data(ctx context.Context, c civic.Caller, commune store.PlaceID) (Data, error) {
	contact, _, err := s.contact(ctx, c.Pseudonym)
	if err != nil {
		return Data{}, err
	}
	d := Data{Language: contact.Language.Box != nil, Commune: contact.Commune != 0}
	where := []store.PlaceID{contact.Commune}
	if commune != contact.Commune {
		where = append(where, commune)
	}
	for _, in := range where {
		if in == 0 {
			continue
		}
		answers, err := s.answers(ctx, c, in)
		if err != nil {
			return Data{}, fmt.Errorf("count answers: %w", err)
		}
		d.Answers += answers
	}
	votes, err := s.Votes.Cast(ctx, c.Number)
	if err != nil {
		return Data{}, fmt.Errorf("count votes: %w", err)
	}
	d.Answers += votes
	if d.Questions, err = s.Cases.CountOwn(ctx, store.Pseudonym(c.Pseudonym)); err != nil {
		return Data{}, fmt.Errorf("count questions: %w", err)
	}
	if d.Call, err = s.Calls.Waits(ctx, store.Pseudonym(c.Pseudonym)); err != nil {
		return Data{}, fmt.Errorf("look for a wish to be called: %w", err)
	}
	standing, err := s.Consents.Standing(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		return Data{}, fmt.Errorf("count consents: %w", err)
	}
	for _, consent := range standing {
		if slices.Contains(store.MessagePurposes(), consent.Purpose) {
			d.Messages++
		}
	}
	return d, nil
}

// answers counts the caller's answers in one commune's consultations that are still linked.
func (s *Service) answers(ctx context.Context, c civic.Caller, commune store.PlaceID) (n int, err error) {
	linked, err := s.Ballots.Linked(ctx)
	if err != nil || len(linked) == 0 {
		return 0, err
	}
	consultations, err := s.Consultations.List(ctx, commune)
	if err != nil {
		return 0, err
	}
	for _, one := range consultations {
		if !slices.Contains(linked, one.ID) {
			continue
		}
		ballot, err := s.Ballots.Get(ctx, commune, one.ID, s.Voters.Voter(one.ID, c.Number))
		if err != nil {
			return 0, err
		}
		n += len(ballot.Answers)
	}
	return n, nil
}
