package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Alerts knows who agreed to hear of what.
type Alerts struct{ db *DB }

var _ store.Alerts = (*Alerts)(nil)

// Alerts gives the contract for alerts by consent.
func (db *DB) Alerts() *Alerts { return &Alerts{db} }

func (a *Alerts) Agreed(ctx context.Context, commune store.PlaceID, purpose store.Purpose, after store.Pseudonym, limit int) ([]store.Contact, error) {
	return list(ctx, a.db, "list who agreed", "alert_agreed", scanContact, int64(commune), string(purpose), after[:], limit)
}

func (a *Alerts) Unheard(ctx context.Context, now time.Time, limit int) ([]store.Opportunity, error) {
	return list(ctx, a.db, "list offers nobody heard of", "alert_unheard", scanOpportunity, micros(now), limit)
}

func (a *Alerts) Told(ctx context.Context, commune store.PlaceID, opportunity int64, at time.Time) error {
	const op = "note that an offer was told"
	n, err := a.db.exec(ctx, op, "alert_told", int64(commune), opportunity, micros(at))
	if err != nil || n == 1 {
		return err
	}
	if _, err := a.db.Opportunities().Get(ctx, commune, opportunity); err != nil {
		return err
	}
	return store.NewError(store.CodeConflict, op, "it was told already")
}
