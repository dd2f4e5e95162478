package sqldb

import (
	"context"

	"baro/store"
)

// dialAttempts bounds how often Assign looks for a free number while others
// take them.
const dialAttempts = 50

// DialNumbers keeps the permanent numbers of a commune's posters.
type DialNumbers struct{ db *DB }

var _ store.DialNumbers = (*DialNumbers)(nil)

// DialNumbers gives the contract for dialled numbers.
func (db *DB) DialNumbers() *DialNumbers { return &DialNumbers{db} }

func (d *DialNumbers) Assign(ctx context.Context, commune store.PlaceID, t store.DialTarget) (assigned int, err error) {
	const op = "assign dial number"
	err = d.db.Write(ctx, func(ctx context.Context) error {
		for range dialAttempts {
			n, err := one(ctx, d.db, op, "dial_find", scanInt64, int64(commune), string(t.Kind), t.Ref)
			if err == nil {
				assigned = int(n)
				return nil
			}
			if store.CodeOf(err) != store.CodeNotFound {
				return err
			}
			// Taken meanwhile by another target: the next statement sees it and
			// looks one further.
			if _, err := d.db.exec(ctx, op, "dial_assign", int64(commune), string(t.Kind), t.Ref); err != nil {
				return err
			}
		}
		return store.NewError(store.CodeConflict, op, "others keep taking the next number")
	})
	return assigned, err
}

func (d *DialNumbers) Lookup(ctx context.Context, commune store.PlaceID, number int) (store.DialTarget, error) {
	return one(ctx, d.db, "look up dial number", "dial_lookup", func(row scanner) (t store.DialTarget, err error) {
		err = row.Scan(&t.Kind, &t.Ref)
		return t, err
	}, int64(commune), number)
}
