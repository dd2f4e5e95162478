package sqldb

import (
	"context"
	"slices"
	"time"

	"baro/store"
)

// Receipts keeps delivery reports.
type Receipts struct{ db *DB }

var _ store.Receipts = (*Receipts)(nil)

// Receipts gives the contract for delivery reports.
func (db *DB) Receipts() *Receipts { return &Receipts{db} }

func (r *Receipts) Record(ctx context.Context, k store.Receipt) (moved bool, err error) {
	const op = "record receipt"
	if !k.Status.Valid() || k.Status == store.OutboundQueued || k.Status == store.OutboundLeased {
		return false, store.NewError(store.CodeInvalid, op, "not a status of a receipt")
	}
	err = r.db.Write(ctx, func(ctx context.Context) error {
		moved = false
		if err := r.db.lockProviderIDs(ctx, op, k.Channel, k.ProviderID); err != nil {
			return err
		}
		id, err := r.match(ctx, op, k)
		if err != nil {
			return err
		}
		ours := k.OurID
		if id != 0 {
			if ours, err = one(ctx, r.db, op, "outbound_named", scanString, id); err != nil {
				return err
			}
		}
		if _, err := r.db.insert(ctx, op, "receipt_insert", k.Channel, k.ProviderID, ours, string(k.Status), k.RawCode,
			micros(k.At), id != 0); err != nil || id == 0 {
			return err
		}
		moved, err = r.db.forward(ctx, op, id, k.Status, k.RawCode, k.At)
		return err
	})
	return moved, err
}

func (r *Receipts) Of(ctx context.Context, id string) ([]store.Receipt, error) {
	return list(ctx, r.db, "list receipts", "receipt_of", func(row scanner) (k store.Receipt, err error) {
		err = row.Scan(&k.ID, &k.Channel, &k.ProviderID, &k.OurID, &k.Status, &k.RawCode, asTime{&k.At}, &k.Matched)
		return k, err
	}, id)
}

func (r *Receipts) Purge(ctx context.Context, before time.Time) (int64, error) {
	return r.db.exec(ctx, "purge receipts", "receipt_purge", micros(before))
}

// match gives the message a receipt is about, 0 for none yet.
func (r *Receipts) match(ctx context.Context, op string, k store.Receipt) (int64, error) {
	var id int64
	err := error(&store.Error{Code: store.CodeNotFound, Op: op})
	if k.OurID != "" {
		id, err = one(ctx, r.db, op, "outbound_exists", scanInt64, k.OurID, k.Channel)
	}
	if store.CodeOf(err) == store.CodeNotFound && k.ProviderID != "" {
		id, err = one(ctx, r.db, op, "outbound_by_provider", scanInt64, k.Channel, k.ProviderID)
	}
	if store.CodeOf(err) == store.CodeNotFound {
		return 0, nil
	}
	return id, err
}

// forward moves a message to what a receipt says, if that lies ahead.
func (db *DB) forward(ctx context.Context, op string, id int64, status store.OutboundState, code string, at time.Time) (bool, error) {
	if status == store.OutboundUnconfirmed {
		return false, nil
	}
	n, err := db.exec(ctx, op, "outbound_forward", id, string(status), micros(at), code)
	return n == 1, err
}

// lockProviderIDs makes Record and Finish of the same message take turns. Both
// take these locks before any row, in one order, so they cannot block each
// other. SQLite has one writer and needs none.
func (db *DB) lockProviderIDs(ctx context.Context, op, channel string, ids ...string) error {
	if db.engine.dialect() == dialectSQLite {
		return nil
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil
	}
	_, err := list(ctx, db, op, "receipt_lock", func(scanner) (struct{}, error) { return struct{}{}, nil }, channel, ids)
	return err
}
