package consultation

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Where to go on in a ballot.
const (
	Resume int64 = -1 // at the first question without an answer
	First  int64 = 0  // at the first question, to look through all of them again
)

// Next gives the question to ask after another one (or Resume, or First). Open is false when no answers are taken; done
// is true when no question is left.
func (s *Service) Next(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, after int64, now time.Time) (next store.Question, done, open bool, err error) {
	c, open, err := s.open(ctx, commune, consultation, now)
	if err != nil || !open {
		return store.Question{}, false, false, err
	}
	questions := inOrder(c.Questions)
	if after >= First {
		at, _, _ := position(c, after) // 0, the first one, for First and for a question that is not there
		if at == len(questions) {
			return store.Question{}, true, true, nil
		}
		return questions[at], false, true, nil
	}
	ballot, err := s.Ballot(ctx, commune, consultation, v)
	if err != nil {
		return store.Question{}, false, false, err
	}
	for _, q := range questions {
		if a, answered := answerTo(ballot, q.ID); !answered || !complete(q, a) {
			return q, false, true, nil
		}
	}
	return store.Question{}, true, true, nil
}

// Ballot gives what a voter has answered so far.
func (s *Service) Ballot(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter) (store.Ballot, error) {
	b, err := s.stores.Ballots.Get(ctx, commune, consultation, v)
	if err != nil {
		return store.Ballot{}, fmt.Errorf("get ballot: %w", err)
	}
	return b, nil
}

func answerTo(b store.Ballot, question int64) (store.Answer, bool) {
	for _, a := range b.Answers {
		if a.Question == question {
			return a, true
		}
	}
	return store.Answer{}, false
}
