package question

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"baro/store"
)

// A Desk is who works on a case. The town hall never sees cases about itself, in no list, count or answer.
type Desk = store.CaseAudience

// The desks.
const (
	DeskTownHall Desk = store.AudienceClerks   // the commune's clerks
	DeskOutside  Desk = store.AudienceReferral // the person outside the town hall whom the commune has named
)

// Waiting lists up to limit cases of a desk in a state, longest waiting first. The words stay sealed; see Read.
func (s *Service) Waiting(ctx context.Context, commune store.PlaceID, desk Desk, state store.CaseState, limit int) ([]store.Case, error) {
	return s.List(ctx, commune, store.CaseQuery{Audience: desk, State: state, Limit: limit})
}

// Late lists up to limit cases of a desk that wait for an answer beyond their due date, longest due first.
func (s *Service) Late(ctx context.Context, commune store.PlaceID, desk Desk, now time.Time, limit int) ([]store.Case, error) {
	return s.List(ctx, commune, store.CaseQuery{Audience: desk, Late: now, Limit: limit})
}

// List gives the cases of a desk that a query asks for.
func (s *Service) List(ctx context.Context, commune store.PlaceID, q store.CaseQuery) ([]store.Case, error) {
	list, err := s.stores.Reader.List(ctx, commune, q)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return list, nil
}

// Counts gives a desk's cases by state and how many are late at now.
func (s *Service) Counts(ctx context.Context, commune store.PlaceID, desk Desk, now time.Time) (store.CaseCounts, error) {
	counts, err := s.stores.Reader.Count(ctx, commune, desk, now)
	if err != nil {
		return store.CaseCounts{}, fmt.Errorf("count questions: %w", err)
	}
	return counts, nil
}

// Read gives a case of a desk with its words, "" when there are none (any more). A case of the other desk is
// CodeNotFound, like one of another commune.
func (s *Service) Read(ctx context.Context, commune store.PlaceID, desk Desk, id int64) (store.Case, string, error) {
	c, err := s.own(ctx, commune, desk, id)
	if err != nil {
		return store.Case{}, "", err
	}
	if c.Body.Box == nil {
		return c, "", nil
	}
	words, err := s.keys.Open(sealPurpose, sealedOf(c))
	if err != nil {
		return store.Case{}, "", fmt.Errorf("read question %d: %w", id, err)
	}
	return c, string(words), nil
}

// Assign gives an unanswered case to a console account, or to another one; from is the state it was seen in, CodeConflict
// when it has moved on since.
func (s *Service) Assign(ctx context.Context, commune store.PlaceID, desk Desk, id int64, from store.CaseState, account string, act store.Act) error {
	if _, err := s.own(ctx, commune, desk, id); err != nil {
		return err
	}
	if err := s.stores.Writer.Assign(ctx, commune, id, from, account, act); err != nil {
		return fmt.Errorf("assign question: %w", err)
	}
	return nil
}

// Close ends a case; from is the state it was seen in, CodeConflict when it has moved on since.
func (s *Service) Close(ctx context.Context, commune store.PlaceID, desk Desk, id int64, from store.CaseState, act store.Act) error {
	return s.move(ctx, commune, desk, id, from, store.CaseClosed, act)
}

// Answer stores the answer, at most MaxAnswer characters in each language and never without French; from is the state the
// case was seen in, CodeConflict when it has moved on since. The audit row, and a letter to an asker who agreed to be told,
// enter with it; the letter says that there is an answer and what to dial, nothing else.
func (s *Service) Answer(ctx context.Context, commune store.PlaceID, desk Desk, id int64, from store.CaseState, answer store.Texts, act store.Act) error {
	const op = "answer question"
	tidied := make(store.Texts, len(answer))
	for tag, text := range answer {
		if text = tidy(text); text != "" {
			tidied[tag] = text
		}
		if utf8.RuneCountInString(text) > MaxAnswer {
			return store.NewError(store.CodeInvalid, op, "the answer is longer than a screen is proved for")
		}
	}
	if tidied["fr"] == "" {
		return store.NewError(store.CodeInvalid, op, "the answer is missing in French")
	}
	c, err := s.own(ctx, commune, desk, id)
	if err != nil {
		return err
	}
	err = s.stores.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.stores.Writer.Answer(ctx, commune, id, from, tidied, act); err != nil {
			return err
		}
		return s.tell(ctx, c, "question.letter.answered")
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func (s *Service) move(ctx context.Context, commune store.PlaceID, desk Desk, id int64, from, to store.CaseState, act store.Act) error {
	if _, err := s.own(ctx, commune, desk, id); err != nil {
		return err
	}
	if err := s.stores.Writer.Move(ctx, commune, id, from, to, act); err != nil {
		return fmt.Errorf("move question: %w", err)
	}
	return nil
}

// own gives a case of the desk. The kind of a case never changes, so looking before the change is safe.
func (s *Service) own(ctx context.Context, commune store.PlaceID, desk Desk, id int64) (store.Case, error) {
	c, err := s.stores.Reader.Get(ctx, commune, id)
	if err != nil {
		return store.Case{}, fmt.Errorf("get question: %w", err)
	}
	if c.Audience != desk {
		return store.Case{}, &store.Error{Code: store.CodeNotFound, Op: "get question"}
	}
	return c, nil
}
