package question

import (
	"context"
	"fmt"
	"unicode/utf8"

	"baro/store"
)

// A Desk is who works on a case. The town hall never sees cases about itself.
type Desk string

// The desks.
const (
	DeskTownHall Desk = "town_hall" // the commune's clerks
	DeskOutside  Desk = "outside"   // the person outside the town hall whom the commune has named
)

// maxWaiting bounds the cases looked through for one list.
const maxWaiting = 500

// DeskFor tells which desk a kind of case goes to.
func DeskFor(kind store.CaseKind) Desk {
	if kind == store.CaseTownHall {
		return DeskOutside
	}
	return DeskTownHall
}

// Waiting lists up to limit cases of a desk in a state, longest waiting first. The words stay sealed; see Read.
func (s *Service) Waiting(ctx context.Context, commune store.PlaceID, desk Desk, state store.CaseState, limit int) ([]store.Case, error) {
	all, err := s.stores.Reader.List(ctx, commune, state, maxWaiting)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	var mine []store.Case
	for _, c := range all {
		if DeskFor(c.Kind) == desk && len(mine) < limit {
			mine = append(mine, c)
		}
	}
	return mine, nil
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

// Assign takes a received case in hand; CodeConflict when somebody did already.
func (s *Service) Assign(ctx context.Context, commune store.PlaceID, desk Desk, id int64, act store.Act) error {
	return s.move(ctx, commune, desk, id, store.CaseReceived, store.CaseAssigned, act)
}

// Close ends a case; from is the state it was seen in, CodeConflict when it has moved on since.
func (s *Service) Close(ctx context.Context, commune store.PlaceID, desk Desk, id int64, from store.CaseState, act store.Act) error {
	return s.move(ctx, commune, desk, id, from, store.CaseClosed, act)
}

// Answer stores the answer, at most MaxAnswer characters in each language and never without French; from is the state the
// case was seen in, CodeConflict when it has moved on since. The store writes the audit row in the same transaction.
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
	if _, err := s.own(ctx, commune, desk, id); err != nil {
		return err
	}
	if err := s.stores.Writer.Answer(ctx, commune, id, from, tidied, act); err != nil {
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
	if DeskFor(c.Kind) != desk {
		return store.Case{}, &store.Error{Code: store.CodeNotFound, Op: "get question"}
	}
	return c, nil
}
