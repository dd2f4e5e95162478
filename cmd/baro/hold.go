package main

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// holdTimes are those of a right that one node at a time has. When its node dies another has it after lease and retry at
// the latest.
type holdTimes struct {
	lease time.Duration
	renew time.Duration
	retry time.Duration // after another node had it
}

// right is a lease in the database that is kept until release.
type right struct {
	lost    <-chan struct{}
	check   func(ctx context.Context) error // nil while it stands; in a transaction it stands until its end
	release func()
}

// hold waits for a lease and then keeps it. Its error is that of ctx.
func (n *node) hold(ctx context.Context, name string, times holdTimes) (right, error) {
	leases := n.db.Leases()
	for {
		now := n.set.now()
		lease, err := leases.Acquire(ctx, name, n.id, now, now.Add(times.lease))
		if err == nil {
			lost, release := n.keepLease(leases, lease, times)
			check := func(ctx context.Context) error { return leases.Check(ctx, lease, n.set.now()) }
			return right{lost: lost, check: check, release: release}, nil
		}
		if store.CodeOf(err) != store.CodeConflict && ctx.Err() == nil {
			n.log.Error("right not asked for", "lease", name, "error", err)
		}
		wait := time.NewTimer(times.retry)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return right{}, fmt.Errorf("hold %s: %w", name, ctx.Err())
		}
	}
}

// keepLease renews until release, and tells when the lease is lost: another has it, or its time is about to run out and
// the database cannot be asked.
func (n *node) keepLease(leases store.Leases, lease store.Lease, times holdTimes) (<-chan struct{}, func()) {
	lost, done, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(times.renew)
		defer tick.Stop()
		sure := time.Now().Add(times.lease - times.renew) // by the clock that cannot be set
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			asked, now := time.Now(), n.set.now()
			ctx, cancel := context.WithTimeout(context.Background(), times.renew/2)
			renewed, err := leases.Renew(ctx, lease, now, now.Add(times.lease))
			cancel()
			switch {
			case err == nil:
				lease, sure = renewed, asked.Add(times.lease-times.renew)
			case store.CodeOf(err) == store.CodeConflict, time.Now().After(sure):
				n.log.Warn("right lost", "lease", lease.Name, "error", err)
				close(lost)
				return
			}
		}
	}()
	return lost, func() {
		close(done)
		<-ended
		ctx, cancel := context.WithTimeout(context.Background(), times.renew/2)
		defer cancel()
		if err := leases.Release(ctx, lease); err != nil {
			n.log.Warn("right not given back", "lease", lease.Name, "error", err)
		}
	}
}
