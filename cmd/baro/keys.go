package main

import (
	"context"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// dataKeys is what opening the keyring needs of the store.
type dataKeys interface {
	All(ctx context.Context) ([]store.DataKey, error)
	Init(ctx context.Context, keys []store.DataKey) ([]store.DataKey, error)
}

// wrapped and unwrapped translate between the store's record and the keyring's: neither package knows the other.
func wrapped(keys []store.DataKey) []identity.WrappedKey {
	out := make([]identity.WrappedKey, len(keys))
	for i, k := range keys {
		out[i] = identity.WrappedKey{ID: k.ID, Kind: identity.KeyKind(k.Purpose), CreatedAt: k.Created, Box: k.Box}
	}
	return out
}

// unwrapped dates keys that were made just now.
func unwrapped(keys []identity.WrappedKey, now time.Time) []store.DataKey {
	out := make([]store.DataKey, len(keys))
	for i, k := range keys {
		if k.CreatedAt.IsZero() {
			k.CreatedAt = now
		}
		out[i] = store.DataKey{ID: k.ID, Purpose: string(k.Kind), Created: k.CreatedAt, Box: k.Box}
	}
	return out
}
