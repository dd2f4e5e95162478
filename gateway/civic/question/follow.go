package question

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"baro/store"
)

// A View is how far a case is, as the person who dials may see it.
type View struct {
	State   store.CaseState
	Created time.Time
	Own     bool           // the caller put it; otherwise what follows is empty
	Kind    store.CaseKind // what it is about
	Answer  store.Texts    // nil before there is one
	Settles bool           // the caller may say whether it is solved
}

// Follow gives the case with a number. Whoever knows the number learns how far it is; what it is about, and the answer,
// only the number that put it: a follow-up number is short enough to be guessed. False when the commune has none.
func (s *Service) Follow(ctx context.Context, commune store.PlaceID, number string, caller store.Pseudonym) (View, bool, error) {
	own, err := s.stores.Reader.Own(ctx, commune, caller)
	if err != nil {
		return View{}, false, fmt.Errorf("follow question: %w", err)
	}
	for _, c := range own {
		if c.Number == number {
			return View{State: c.State, Created: c.Created, Own: true, Kind: c.Kind, Answer: c.Answer, Settles: settles(c)}, true, nil
		}
	}
	status, err := s.stores.Reader.Status(ctx, commune, number)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return View{}, false, nil
	case err != nil:
		return View{}, false, fmt.Errorf("follow question: %w", err)
	}
	return View{State: status.State, Created: status.Created}, true, nil
}

// Known tells whether a commune has a case with a number that was typed.
func (s *Service) Known(ctx context.Context, commune store.PlaceID, number int64, caller store.Pseudonym) (bool, error) {
	_, found, err := s.Follow(ctx, commune, digits(number), caller)
	return found, err
}

// digits writes a follow-up number as the store keeps it.
func digits(number int64) string { return strconv.FormatInt(number, 10) }
