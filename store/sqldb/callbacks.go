package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Callbacks keeps wishes to be called.
type Callbacks struct{ db *DB }

var _ store.Callbacks = (*Callbacks)(nil)

// Callbacks gives the contract for wishes to be called.
func (db *DB) Callbacks() *Callbacks { return &Callbacks{db} }

func (c *Callbacks) Ask(ctx context.Context, k store.Callback) (bool, error) {
	const op = "ask for a call"
	if k.Phone.Box == nil {
		return false, store.NewError(store.CodeInvalid, op, "nobody can be called without a number")
	}
	phoneKey, phone := sealed(k.Phone)
	n, err := c.db.exec(ctx, op, "callback_ask", place(k.Commune), k.Caller[:], phoneKey, phone, k.Channel, k.Subject, micros(k.Made))
	return n == 1, err
}

func (c *Callbacks) List(ctx context.Context, commune store.PlaceID, state store.CallbackState, limit int) ([]store.Callback, error) {
	const op = "list calls asked for"
	if commune == 0 {
		return list(ctx, c.db, op, "callback_list_unknown", scanCallback, string(state), limit)
	}
	return list(ctx, c.db, op, "callback_list", scanCallback, int64(commune), string(state), limit)
}

func (c *Callbacks) Waits(ctx context.Context, caller store.Pseudonym) (bool, error) {
	n, err := one(ctx, c.db, "look for a call asked for", "callback_waits", scanInt64, caller[:])
	return n > 0, err
}

func (c *Callbacks) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Callback, error) {
	return one(ctx, c.db, "get call asked for", "callback_get", scanCallback, int64(commune), id)
}

func (c *Callbacks) Finish(ctx context.Context, commune store.PlaceID, id int64, to store.CallbackState, act store.Act) error {
	const op = "finish call asked for"
	if to != store.CallbackCalled && to != store.CallbackGivenUp {
		return store.NewError(store.CodeInvalid, op, "a call was made or given up")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		n, err := c.db.exec(ctx, op, "callback_finish", int64(commune), id, string(to), micros(c.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := c.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the request is done already")
		}
		return c.db.record(ctx, act, commune, "callback.state", fmt.Sprintf("callback:%d", id), string(store.CallbackOpen), string(to))
	})
}

func (c *Callbacks) Purge(ctx context.Context, before time.Time) (int64, error) {
	return c.db.exec(ctx, "purge calls asked for", "callback_purge", micros(before))
}

func scanCallback(row scanner) (c store.Callback, err error) {
	err = row.Scan(&c.ID, &c.Commune, asBytes{c.Caller[:]}, asText{&c.Phone.KeyID}, &c.Phone.Box, &c.Channel, &c.Subject, &c.State,
		asTime{&c.Made}, asTime{&c.Done})
	return c, err
}
