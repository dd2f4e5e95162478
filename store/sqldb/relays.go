package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Relays keeps what other systems have yet to be told.
type Relays struct{ db *DB }

var _ store.Relays = (*Relays)(nil)

// Relays gives the contract for reports to other systems.
func (db *DB) Relays() *Relays { return &Relays{db} }

func (r *Relays) Add(ctx context.Context, all ...store.RelayReport) error {
	args := make([][]any, len(all))
	for i, x := range all {
		key, box := sealed(x.Payload)
		args[i] = []any{x.Channel, string(x.Kind), x.PeerID, x.Message, string(x.Told), x.Person[:], key, box, micros(x.Created), micros(x.Due)}
	}
	return r.each(ctx, "add report to another system", "relay_add", args)
}

func (r *Relays) Due(ctx context.Context, channel string, now time.Time, limit int) ([]store.RelayReport, error) {
	return list(ctx, r.db, "list reports to another system", "relay_due", scanRelay, channel, micros(now), int64(limit))
}

func (r *Relays) Keep(ctx context.Context, all ...store.RelayReport) error {
	args := make([][]any, len(all))
	for i, x := range all {
		args[i] = []any{x.ID, string(x.Told), int64(x.Tries), micros(x.Due)}
	}
	return r.each(ctx, "keep report to another system", "relay_keep", args)
}

func (r *Relays) Done(ctx context.Context, ids ...int64) error {
	args := make([][]any, len(ids))
	for i, id := range ids {
		args[i] = []any{id}
	}
	return r.each(ctx, "end report to another system", "relay_done", args)
}

func (r *Relays) Purge(ctx context.Context, before time.Time) (int64, error) {
	return r.db.exec(ctx, "purge reports to other systems", "relay_purge", micros(before))
}

func (r *Relays) each(ctx context.Context, op, name string, args [][]any) error {
	if len(args) == 0 {
		return nil
	}
	_, err := r.db.many(ctx, op, name, args, nil)
	return err
}

func scanRelay(row scanner) (x store.RelayReport, err error) {
	var state string
	err = row.Scan(&x.ID, &x.Channel, &x.Kind, &x.PeerID, &x.Message, asText{&state}, &x.Told, asBytes{x.Person[:]},
		asText{&x.Payload.KeyID}, &x.Payload.Box, asTime{&x.Created}, asTime{&x.Due}, &x.Tries)
	x.State = store.OutboundState(state)
	return x, err
}
