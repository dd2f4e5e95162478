package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Retentions reads which table may keep what for how long.
type Retentions struct{ db *DB }

var _ store.Retentions = (*Retentions)(nil)

// Retentions gives the contract for retention classes.
func (db *DB) Retentions() *Retentions { return &Retentions{db} }

func (r *Retentions) List(ctx context.Context) ([]store.Retention, error) {
	return list(ctx, r.db, "list retention classes", "retention_list", func(row scanner) (k store.Retention, err error) {
		var keep int64
		err = row.Scan(&k.Table, &k.Class, &keep)
		k.Keep = time.Duration(keep) * time.Microsecond
		return k, err
	})
}
