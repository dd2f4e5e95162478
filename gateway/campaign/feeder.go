package campaign

import (
	"context"
	"sync"
	"time"

	"baro/store"
)

const (
	leaseName = "broadcasts"
	busyPause = 25 * time.Millisecond // between rounds while something moves
	idlePause = time.Second
	// freezeSlice is how long one broadcast may be written down before the others have their turn.
	freezeSlice = 500 * time.Millisecond
	// lookBack is how long ended broadcasts are looked after: what was under way when they ended comes to its end.
	lookBack = 72 * time.Hour
)

// Feeder moves broadcasts on: it writes audiences down, hands recipients to the outbox a little ahead of the senders, and
// brings back what became of them. Of all nodes the one that holds the lease does it; each of its transactions checks the
// lease, so that what a late holder still wants is refused.
type Feeder struct {
	*Service
	holder string

	mu     sync.Mutex
	cancel context.CancelFunc
	wait   sync.WaitGroup
	woken  chan struct{}

	lease   store.Lease
	at      map[int64]*feed
	settled map[int64]bool
}

// NewFeeder returns the feeder of a node.
func NewFeeder(s *Service, holder string) *Feeder {
	return &Feeder{Service: s, holder: holder, woken: make(chan struct{}, 1)}
}

// Start begins to feed. A second Start does nothing.
func (f *Feeder) Start(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil {
		return
	}
	ctx, f.cancel = context.WithCancel(ctx)
	f.wait.Go(func() { f.run(ctx) })
}

// Stop ends it after the transaction at work, and gives the lease to others.
func (f *Feeder) Stop() {
	f.mu.Lock()
	cancel := f.cancel
	f.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	f.wait.Wait()
}

// Wake makes it look at once: something was approved or resumed.
func (f *Feeder) Wake() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

func (f *Feeder) run(ctx context.Context) {
	defer func() {
		if f.lease.Holder != "" {
			_ = f.Leases.Release(context.WithoutCancel(ctx), f.lease)
		}
	}()
	for {
		pause := idlePause
		if busy, err := f.Round(ctx); err != nil && ctx.Err() == nil {
			f.Log.Error("broadcasts not moved on", "error", err)
		} else if busy {
			pause = busyPause
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-f.woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Round gives every broadcast its turn once and tells whether anything moves. Without the lease it does nothing.
func (f *Feeder) Round(ctx context.Context) (busy bool, err error) {
	if held, err := f.hold(ctx); err != nil || !held {
		return false, err
	}
	alive, err := f.Broadcasts.Alive(ctx)
	if err != nil {
		return false, err
	}
	known := make(map[int64]bool, len(alive))
	var first error
	for i := range alive {
		known[alive[i].ID] = true
		moved, err := f.guarded(ctx, &alive[i])
		busy = busy || moved
		if err != nil && first == nil {
			first = err // one broken broadcast holds up no other
		}
	}
	for id := range f.at {
		if !known[id] {
			delete(f.at, id)
		}
	}
	if err := f.settle(ctx); err != nil && first == nil {
		first = err
	}
	return busy, first
}

// hold takes or prolongs the lease. With a lease of a new holding nothing that was remembered counts.
func (f *Feeder) hold(ctx context.Context) (bool, error) {
	now := f.Now()
	if f.lease.Holder != "" && now.Before(f.lease.Until) {
		if f.lease.Until.Sub(now) > f.LeaseLife/2 {
			return true, nil
		}
		renewed, err := f.Leases.Renew(ctx, f.lease, now, now.Add(f.LeaseLife))
		if err == nil {
			f.lease = renewed
			return true, nil
		}
		if store.CodeOf(err) != store.CodeConflict {
			return false, err
		}
	}
	f.lease = store.Lease{}
	lease, err := f.Leases.Acquire(ctx, leaseName, f.holder, now, now.Add(f.LeaseLife))
	if store.CodeOf(err) == store.CodeConflict {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.lease, f.at, f.settled = lease, make(map[int64]*feed), make(map[int64]bool)
	return true, nil
}

// guarded keeps a panic over one broadcast from ending the feeder.
func (f *Feeder) guarded(ctx context.Context, b *store.Broadcast) (busy bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			busy, err = false, store.NewError(store.CodeInternal, "move broadcast on", "panic")
			delete(f.at, b.ID)
		}
	}()
	return f.turn(ctx, b)
}

// turn moves one broadcast on.
func (f *Feeder) turn(ctx context.Context, b *store.Broadcast) (busy bool, err error) {
	now := f.Now()
	act := store.Act{Actor: "job:broadcasts"}
	if !now.Before(b.Expires) {
		act.Reason = "its time is over"
		return true, f.move(ctx, b.Commune, b.ID, b.State, store.BroadcastExpired, "", act)
	}
	if b.State != store.BroadcastPaused {
		stopped, err := f.Broadcasts.Stopped(ctx, b.Commune)
		if err != nil {
			return false, err
		}
		if stopped {
			act.Reason = reasonSwitch
			return true, f.move(ctx, b.Commune, b.ID, b.State, store.BroadcastPaused, reasonSwitch, act)
		}
	}
	k, err := f.feedOf(ctx, b)
	if err != nil {
		return false, err
	}
	switch {
	case b.FrozenAt.IsZero() && b.State == store.BroadcastPaused:
		return false, nil
	case b.FrozenAt.IsZero():
		return true, f.writeDown(ctx, b, k)
	case b.State == store.BroadcastApproved:
		if now.Before(b.UndoUntil) || now.Before(b.Begins) {
			return false, nil
		}
		return true, f.move(ctx, b.Commune, b.ID, store.BroadcastApproved, store.BroadcastRunning, "", act)
	}
	return f.feed(ctx, b, k)
}

// writeDown freezes the audience for a while.
func (f *Feeder) writeDown(ctx context.Context, b *store.Broadcast, k *feed) error {
	for until := f.Now().Add(freezeSlice); ; {
		if held, err := f.hold(ctx); err != nil || !held {
			return err
		}
		done, err := f.freeze(ctx, b, k.texts)
		if err != nil || done || !f.Now().Before(until) {
			return err
		}
	}
}

// settle brings broadcasts that have ended to rest: recipients whose turn never came get their final state, and what was
// under way is collected.
func (f *Feeder) settle(ctx context.Context) error {
	ended, err := f.Broadcasts.Ended(ctx, f.Now().Add(-lookBack))
	if err != nil {
		return err
	}
	for _, b := range ended {
		if f.settled[b.ID] {
			continue
		}
		if err := f.rest(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feeder) rest(ctx context.Context, b store.Broadcast) error {
	counts, err := f.Recipients.Counts(ctx, b.ID)
	if err != nil {
		return err
	}
	if counts[store.RecipientQueued] > 0 {
		if _, err := f.Care.Recall(ctx, b.ID); err != nil {
			return err
		}
		if _, err := f.Recipients.Collect(ctx, b.ID, collectPart); err != nil {
			return err
		}
	}
	if counts[store.RecipientQueued] == 0 && counts[store.RecipientWaiting] == 0 {
		f.settled[b.ID] = true
		return nil
	}
	final := store.RecipientCancelled
	if b.State == store.BroadcastExpired {
		final = store.RecipientExpired
	}
	var after store.Pseudonym
	for more := true; more; {
		if held, err := f.hold(ctx); err != nil || !held {
			return err
		}
		if after, more, err = f.Care.Close(ctx, b.ID, final, after, freezePart); err != nil {
			return err
		}
	}
	return nil
}

// Confirm moves what was sent in the last days on to what delivery reports have said since.
func (s *Service) Confirm(ctx context.Context) error {
	ended, err := s.Broadcasts.Ended(ctx, s.Now().Add(-lookBack))
	if err != nil {
		return err
	}
	alive, err := s.Broadcasts.Alive(ctx)
	if err != nil {
		return err
	}
	for _, b := range append(ended, alive...) {
		var after store.Pseudonym
		for more := !b.FrozenAt.IsZero(); more; {
			if after, more, err = s.Care.Confirm(ctx, b.ID, after, freezePart); err != nil {
				return err
			}
		}
	}
	return nil
}
