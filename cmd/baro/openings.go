package main

import (
	"context"
	"sync"
	"time"

	"baro/gateway/civic/place"
	"baro/store"
)

// openings remembers for a moment whether a commune asks its people something. Every main menu wants to know, and it is
// the only thing there that stands in the database.
type openings struct {
	ask place.Consultations

	mu    sync.Mutex
	known map[store.PlaceID]opening
}

type opening struct {
	any bool
	at  time.Time
}

// openingLife is how much later than a clerk's act the menu may change.
const openingLife = 2 * time.Second

var _ place.Consultations = (*openings)(nil)

func newOpenings(ask place.Consultations) *openings {
	return &openings{ask: ask, known: make(map[store.PlaceID]opening)}
}

// AnyOpen tells whether the commune asks something at now, or asked up to openingLife before it.
func (o *openings) AnyOpen(ctx context.Context, commune store.PlaceID, now time.Time) (bool, error) {
	o.mu.Lock()
	last, known := o.known[commune]
	o.mu.Unlock()
	if age := now.Sub(last.at); known && age >= 0 && age < openingLife {
		return last.any, nil
	}
	any, err := o.ask.AnyOpen(ctx, commune, now)
	if err != nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known[commune] = opening{any: any, at: now}
	return any, nil
}
