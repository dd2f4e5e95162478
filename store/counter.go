package store

import (
	"context"
	"time"
)

// Count is an hourly total. It is all that use of a sensitive branch leaves.
type Count struct {
	Commune PlaceID // 0: not tied to a commune
	Subject string
	Key     string
	Hour    time.Time // start of the hour, UTC
	N       int64
}

// Counters adds up what happens, by hour.
type Counters interface {
	// Add adds n to the hour that holds at.
	Add(ctx context.Context, commune PlaceID, subject, key string, at time.Time, n int64) error
	// Range lists the counts of a subject with from ≤ hour < to, by hour and key.
	Range(ctx context.Context, commune PlaceID, subject string, from, to time.Time) ([]Count, error)
}
