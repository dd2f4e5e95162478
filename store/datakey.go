package store

import (
	"context"
	"time"
)

// DataKey is a data key wrapped by the master key; without the key file it
// opens nothing.
type DataKey struct {
	ID      string
	Purpose string
	Box     []byte
	Created time.Time
	Retired time.Time // zero: the one key of its purpose that seals new values
}

// DataKeys keeps wrapped keys. Keys are retired, never deleted: old values stay
// readable until they are sealed anew.
type DataKeys interface {
	// All lists every key, oldest first.
	All(ctx context.Context) ([]DataKey, error)
	// Init stores keys for purposes that have no active key yet and gives back
	// all keys that stand. Of two nodes that start together one wins and both
	// receive the winner's keys.
	Init(ctx context.Context, keys []DataKey) ([]DataKey, error)
	// Rotate retires the active key of the purpose and stores next in its place.
	// CodeConflict when the active key is no longer the one with id former.
	Rotate(ctx context.Context, former string, next DataKey) error
	// Rewrap replaces the boxes of keys after a change of the master key; all
	// or nothing.
	Rewrap(ctx context.Context, keys []DataKey) error
}
