package main

import (
	"context"
	"fmt"
	"sync"
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

// A learner takes up the data keys that other nodes have made: by the clock, and at once when something turns up that is
// sealed with a key nobody here has seen.
type learner struct {
	ring   *identity.Keyring
	stored dataKeys

	mu    sync.Mutex
	known map[string]bool
}

func newLearner(ring *identity.Keyring, stored dataKeys) *learner {
	return &learner{ring: ring, stored: stored, known: make(map[string]bool)}
}

// learn reads all keys. Within a transaction it reads through that.
func (l *learner) learn(ctx context.Context) error {
	keys, err := l.stored.All(ctx)
	if err != nil {
		return fmt.Errorf("learn data keys: %w", err)
	}
	if err := l.ring.Merge(wrapped(keys)); err != nil {
		return fmt.Errorf("learn data keys: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		l.known[k.ID] = true
	}
	return nil
}

// meet learns when one of the values is sealed with a key that is not known here.
func (l *learner) meet(ctx context.Context, values ...store.Sealed) error {
	for _, v := range values {
		if v.KeyID == "" {
			continue
		}
		l.mu.Lock()
		known := l.known[v.KeyID]
		l.mu.Unlock()
		if !known {
			return l.learn(ctx)
		}
	}
	return nil
}

// An openableOutbox hands out messages once their keys are known: what cannot be opened would count as failed.
type openableOutbox struct {
	store.Outbox
	keys *learner
}

// Claim implements store.Outbox.
func (o openableOutbox) Claim(ctx context.Context, channel string, c store.Claim) ([]store.Outbound, error) {
	claimed, err := o.Outbox.Claim(ctx, channel, c)
	for _, m := range claimed {
		if err == nil {
			err = o.keys.meet(ctx, m.Phone, m.Body)
		}
	}
	return claimed, err
}

// openableContacts are those whose keys are known.
type openableContacts struct {
	store.Contacts
	keys *learner
}

// Get implements store.Contacts.
func (o openableContacts) Get(ctx context.Context, p store.Pseudonym) (store.Contact, error) {
	c, err := o.Contacts.Get(ctx, p)
	if err == nil {
		err = o.keys.meet(ctx, c.Phone, c.Language)
	}
	return c, err
}
