package economy

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/profile"
	"baro/gateway/identity"
	"baro/store"
)

// alertQuestion is what is read before somebody agrees to be told of offers.
const alertQuestion = "economy.alert"

// People knows who agreed to hear of offers, and how they are reached.
type People interface {
	Allow(ctx context.Context, c civic.Caller, p profile.Permission, choice profile.Choice, lang string) error
	Reach(c store.Contact) (identity.MSISDN, string, error)
}

// Letters sends single messages.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to dial to reach a screen.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Means are what the service reaches people with.
type Means struct {
	People  People
	Letters Letters
	Dials   Dials
	Tx      store.Writer // joins letters and the note that they were written
}

// Alert keeps that a caller wants an SMS for each new offer of a kind in the commune, which STOP ends; false for a kind that
// there is not.
func (s *Service) Alert(ctx context.Context, c civic.Caller, commune store.PlaceID, kind store.OpportunityKind, language, lang string) (bool, error) {
	if !kind.Valid() {
		return false, nil
	}
	permission := profile.Permission{Purpose: store.PurposeOpportunities(kind), Message: alertQuestion}
	if err := s.means.People.Allow(ctx, c, permission, profile.Choice{Language: language, Commune: commune}, lang); err != nil {
		return false, fmt.Errorf("agree to alerts: %w", err)
	}
	return true, nil
}

// maxUnheard bounds the offers looked through at once.
const maxUnheard = 100

// Unheard lists the offers of all communes that are open and of which nobody was told yet, the nearest deadline first.
func (s *Service) Unheard(ctx context.Context, now time.Time) ([]store.Opportunity, error) {
	offers, err := s.stores.Alerts.Unheard(ctx, now, maxUnheard)
	if err != nil {
		return nil, fmt.Errorf("list offers nobody heard of: %w", err)
	}
	return offers, nil
}

// Due gives up to limit people who are to hear of an offer, in the order of pseudonyms, after the given one: those who agreed
// to its kind in its commune and have not stopped it since.
func (s *Service) Due(ctx context.Context, o store.Opportunity, after store.Pseudonym, limit int) ([]store.Contact, error) {
	people, err := s.stores.Alerts.Agreed(ctx, o.Commune, store.PurposeOpportunities(o.Kind), after, limit)
	if err != nil {
		return nil, fmt.Errorf("list who is to hear of an offer: %w", err)
	}
	return people, nil
}

// Told notes that everybody due was told of an offer; CodeConflict when it was noted before.
func (s *Service) Told(ctx context.Context, o store.Opportunity, now time.Time) error {
	if err := s.stores.Alerts.Told(ctx, o.Commune, o.ID, now); err != nil {
		return fmt.Errorf("note that an offer was told: %w", err)
	}
	return nil
}
