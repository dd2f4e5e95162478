package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Leases hands out rights to act.
type Leases struct{ db *DB }

var _ store.Leases = (*Leases)(nil)

// Leases gives the contract for leases.
func (db *DB) Leases() *Leases { return &Leases{db} }

func (l *Leases) Acquire(ctx context.Context, name, holder string, now, until time.Time) (store.Lease, error) {
	const op = "acquire lease"
	if !until.After(now) {
		return store.Lease{}, store.NewError(store.CodeInvalid, op, "it would end before it begins")
	}
	fence, err := l.db.insert(ctx, op, "lease_acquire", name, holder, micros(now), micros(until))
	return store.Lease{Name: name, Holder: holder, Fence: fence, Until: until}, err
}

func (l *Leases) Renew(ctx context.Context, k store.Lease, now, until time.Time) (store.Lease, error) {
	const op = "renew lease"
	n, err := l.db.exec(ctx, op, "lease_renew", k.Name, k.Holder, k.Fence, micros(now), micros(until))
	if err != nil {
		return store.Lease{}, err
	}
	if n == 0 {
		return store.Lease{}, store.NewError(store.CodeConflict, op, "the lease was lost")
	}
	k.Until = until
	return k, nil
}

func (l *Leases) Release(ctx context.Context, k store.Lease) error {
	_, err := l.db.exec(ctx, "release lease", "lease_release", k.Name, k.Holder, k.Fence)
	return err
}

func (l *Leases) Check(ctx context.Context, k store.Lease, now time.Time) error {
	const op = "check lease"
	_, err := one(ctx, l.db, op, "lease_check", scanInt64, k.Name, k.Holder, k.Fence, micros(now))
	if store.CodeOf(err) == store.CodeNotFound {
		return store.NewError(store.CodeConflict, op, "the lease was lost")
	}
	return err
}
