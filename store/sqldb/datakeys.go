package sqldb

import (
	"context"

	"baro/store"
)

// DataKeys keeps wrapped data keys.
type DataKeys struct{ db *DB }

var _ store.DataKeys = (*DataKeys)(nil)

// DataKeys gives the contract for data keys.
func (db *DB) DataKeys() *DataKeys { return &DataKeys{db} }

func (k *DataKeys) All(ctx context.Context) ([]store.DataKey, error) {
	return list(ctx, k.db, "list data keys", "data_key_all", scanDataKey)
}

func (k *DataKeys) Init(ctx context.Context, keys []store.DataKey) (all []store.DataKey, err error) {
	const op = "store first data keys"
	err = k.db.Write(ctx, func(ctx context.Context) error {
		for _, key := range keys {
			// The loser of two nodes waits here for the winner's commit and then
			// finds the purpose taken.
			if _, err := k.db.exec(ctx, op, "data_key_init", key.ID, key.Purpose, key.Box, micros(key.Created), micros(key.Retired)); err != nil {
				return err
			}
		}
		all, err = k.All(ctx)
		return err
	})
	return all, err
}

func (k *DataKeys) Rotate(ctx context.Context, former string, next store.DataKey) error {
	const op = "rotate data key"
	return k.db.Write(ctx, func(ctx context.Context) error {
		n, err := k.db.exec(ctx, op, "data_key_retire", former, next.Purpose, micros(next.Created))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "the former key is not the active one")
		}
		_, err = k.db.exec(ctx, op, "data_key_insert", next.ID, next.Purpose, next.Box, micros(next.Created))
		return err
	})
}

func (k *DataKeys) Rewrap(ctx context.Context, keys []store.DataKey) error {
	const op = "rewrap data keys"
	rows := make([][]any, len(keys))
	for i, key := range keys {
		rows[i] = []any{key.ID, key.Box}
	}
	return k.db.Write(ctx, func(ctx context.Context) error {
		n, err := k.db.many(ctx, op, "data_key_rewrap", rows, nil)
		if err == nil && n != int64(len(keys)) {
			return store.NewError(store.CodeNotFound, op, "a key is not stored")
		}
		return err
	})
}

func scanDataKey(row scanner) (k store.DataKey, err error) {
	err = row.Scan(&k.ID, &k.Purpose, &k.Box, asTime{&k.Created}, asTime{&k.Retired})
	return k, err
}
