package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Counters keeps hourly totals.
type Counters struct{ db *DB }

var _ store.Counters = (*Counters)(nil)

// Counters gives the contract for hourly totals.
func (db *DB) Counters() *Counters { return &Counters{db} }

func (c *Counters) Add(ctx context.Context, commune store.PlaceID, subject, key string, at time.Time, n int64) error {
	_, err := c.db.exec(ctx, "add to counter", "counter_add", int64(commune), subject, key, micros(at.UTC().Truncate(time.Hour)), n)
	return err
}

func (c *Counters) Range(ctx context.Context, commune store.PlaceID, subject string, from, to time.Time) ([]store.Count, error) {
	return list(ctx, c.db, "read counters", "counter_range", func(row scanner) (k store.Count, err error) {
		err = row.Scan(&k.Commune, &k.Subject, &k.Key, asTime{&k.Hour}, &k.N)
		return k, err
	}, int64(commune), subject, micros(from), micros(to))
}
