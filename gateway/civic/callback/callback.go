// Package callback takes wishes to be called: from key 8 of the menus and from the texts that operators let people without
// credit send. A number has one open wish; it is sealed, opened only for who calls, and dropped once the call was made.
package callback

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// sealPurpose binds the sealed number to its column.
const sealPurpose = "callback.phone"

// maxListed bounds one list.
const maxListed = 200

// Terms are what a channel says of being called back.
type Terms struct {
	Offered bool   // somebody does call back
	Cost    *int64 // what it costs the person in francs CFA, 0 for nothing; nil: not told
}

// Service keeps wishes to be called.
type Service struct {
	callbacks store.Callbacks
	keys      *identity.Keyring
	terms     func(channel string) Terms
}

// New returns a service. Terms are asked for at each wish.
func New(callbacks store.Callbacks, keys *identity.Keyring, terms func(channel string) Terms) *Service {
	return &Service{callbacks: callbacks, keys: keys, terms: terms}
}

// A Wish is somebody who wants to be called.
type Wish struct {
	Number  identity.MSISDN
	Commune store.PlaceID // 0: not known
	Channel string
	Subject string // name of the flow the person was in; only harmless ones are kept
	At      time.Time
}

// Terms are what a channel says of being called back.
func (s *Service) Terms(channel string) Terms { return s.terms(channel) }

// Ask keeps a wish and tells whether it is new: false when one of the number is open already. It joins the transaction of
// ctx.
func (s *Service) Ask(ctx context.Context, w Wish) (bool, error) {
	phone, err := s.keys.Seal(sealPurpose, []byte(w.Number.E164()))
	if err != nil {
		return false, fmt.Errorf("ask for a call: %w", err)
	}
	if !harmless(w.Subject) {
		w.Subject = ""
	}
	fresh, err := s.callbacks.Ask(ctx, store.Callback{
		Commune: w.Commune, Caller: store.Pseudonym(s.keys.Pseudonym(w.Number)), Phone: store.Sealed(phone), Channel: w.Channel,
		Subject: w.Subject, Made: w.At.UTC(),
	})
	if err != nil {
		return false, fmt.Errorf("ask for a call: %w", err)
	}
	return fresh, nil
}

// Waiting lists the open wishes of a commune, longest waiting first; commune 0 those whose commune is not known. Numbers
// stay sealed; see Number.
func (s *Service) Waiting(ctx context.Context, commune store.PlaceID) ([]store.Callback, error) {
	open, err := s.callbacks.List(ctx, commune, store.CallbackOpen, maxListed)
	if err != nil {
		return nil, fmt.Errorf("list wishes to be called: %w", err)
	}
	return open, nil
}

// Number opens the number of a wish for who is about to call; CodeConflict once it is done.
func (s *Service) Number(ctx context.Context, commune store.PlaceID, id int64) (identity.MSISDN, error) {
	const op = "open number to call"
	c, err := s.callbacks.Get(ctx, commune, id)
	if err != nil {
		return identity.MSISDN{}, fmt.Errorf("%s: %w", op, err)
	}
	if c.State != store.CallbackOpen {
		return identity.MSISDN{}, store.NewError(store.CodeConflict, op, "the call was made or given up")
	}
	plain, err := s.keys.Open(sealPurpose, identity.Sealed(c.Phone))
	if err != nil {
		return identity.MSISDN{}, fmt.Errorf("%s: %w", op, err)
	}
	number, err := identity.Parse(string(plain))
	if err != nil {
		return identity.MSISDN{}, fmt.Errorf("%s: %w", op, err)
	}
	return number, nil
}

// Called marks a wish as done, and GivenUp as one that nobody could be reached for; the store drops the number and writes
// the audit row in the same transaction. CodeConflict when somebody did already.
func (s *Service) Called(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return s.finish(ctx, commune, id, store.CallbackCalled, act)
}

// GivenUp: see Called.
func (s *Service) GivenUp(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return s.finish(ctx, commune, id, store.CallbackGivenUp, act)
}

func (s *Service) finish(ctx context.Context, commune store.PlaceID, id int64, to store.CallbackState, act store.Act) error {
	if err := s.callbacks.Finish(ctx, commune, id, to, act); err != nil {
		return fmt.Errorf("finish a call: %w", err)
	}
	return nil
}

// harmless tells whether a flow may be named beside a number. Whatever is not known here stays out of the record.
func harmless(flow string) bool {
	switch flow {
	case "budget", "dialogue", "economy", "question", "learning", "profile":
		return true
	}
	return false
}
