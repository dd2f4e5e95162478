package learning

import (
	"context"
	"fmt"
	"unicode/utf8"

	"baro/store"
)

// Limits of a practice: what the screens are proved for. Texts in characters.
const (
	MaxTitle = 32
	MaxText  = 110 // of problem, measure and result each
)

// A Fault is one thing that keeps a practice from being published.
type Fault struct {
	Field  string // title, problem, measure, result
	Reason string // missing, too_long
}

func (f Fault) Error() string { return f.Field + ": " + f.Reason }

// Check returns everything that keeps a practice from being published, nil when nothing does. All three parts of the
// story are needed, and French is the language that must not be missing.
func Check(p store.Practice) (faults []Fault) {
	for _, part := range []struct {
		field string
		text  store.Texts
		limit int
	}{{"title", p.Title, MaxTitle}, {"problem", p.Problem, MaxText}, {"measure", p.Measure, MaxText}, {"result", p.Result, MaxText}} {
		if part.text["fr"] == "" {
			faults = append(faults, Fault{part.field, "missing"})
		}
		for _, t := range part.text {
			if utf8.RuneCountInString(t) > part.limit {
				faults = append(faults, Fault{part.field, "too_long"})
				break
			}
		}
	}
	return faults
}

// Draft stores a new draft, which may still have faults, and gives it back with its number.
func (s *Service) Draft(ctx context.Context, p store.Practice) (store.Practice, error) {
	made, err := s.stores.Practices.Create(ctx, p)
	if err != nil {
		return store.Practice{}, fmt.Errorf("draft practice: %w", err)
	}
	return made, nil
}

// Revise changes what a practice says; CodeInvalid for one with faults, since it may be shown already.
func (s *Service) Revise(ctx context.Context, p store.Practice, act store.Act) (store.Practice, error) {
	const op = "revise practice"
	if faults := Check(p); len(faults) > 0 {
		return store.Practice{}, store.NewError(store.CodeInvalid, op, faults[0].Error())
	}
	revised, err := s.stores.Practices.Revise(ctx, p, act)
	if err != nil {
		return store.Practice{}, fmt.Errorf("%s: %w", op, err)
	}
	return revised, nil
}

// Publish shows a practice of the commune to the whole country; from is the state it was seen in, CodeInvalid when it
// has faults.
func (s *Service) Publish(ctx context.Context, commune store.PlaceID, id int64, from store.PracticeState, act store.Act) error {
	const op = "publish practice"
	own, err := s.stores.Practices.List(ctx, commune)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for _, p := range own {
		if faults := Check(p); p.ID == id && len(faults) > 0 {
			return store.NewError(store.CodeInvalid, op, faults[0].Error())
		}
	}
	if err := s.stores.Practices.Move(ctx, commune, id, from, store.PracticePublished, act); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// Withdraw takes a published practice back.
func (s *Service) Withdraw(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if err := s.stores.Practices.Move(ctx, commune, id, store.PracticePublished, store.PracticeWithdrawn, act); err != nil {
		return fmt.Errorf("withdraw practice: %w", err)
	}
	return nil
}
