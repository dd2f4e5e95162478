package outbox

import (
	"context"
	"fmt"
	"time"
)

// parkedFor is how long a receipt may wait for its message before it counts as a stray: the answer to a send comes within
// minutes or never. Strays older than strayFor were counted before.
const (
	parkedFor = 15 * time.Minute
	strayFor  = 24 * time.Hour
)

// Reconciled is what a look at stale rows found.
type Reconciled struct {
	Returned    int64 // leases of dead nodes: never begun, so they wait again
	Unconfirmed int64 // begun by dead nodes: nobody knows
	Expired     int64 // waited longer than they may
	Moved       int64 // from channels that are down
	Strays      int64 // receipts of the last day that no message is known to
}

func (r Reconciled) String() string {
	return fmt.Sprintf("returned %d, unconfirmed %d, expired %d, moved %d, stray receipts %d", r.Returned, r.Unconfirmed, r.Expired, r.Moved, r.Strays)
}

// Reconcile ends what has run out: leases of nodes that died, messages whose time has passed, and the wait on channels that
// are down. Several nodes may do it at once; what one has found the others do not find.
func (s *Service) Reconcile(ctx context.Context) (r Reconciled, err error) {
	now := s.Now()
	if r.Returned, r.Unconfirmed, err = s.Care.ExpireLeases(ctx, now); err != nil {
		return r, fmt.Errorf("reconcile outbox: %w", err)
	}
	if r.Returned > 0 {
		for _, p := range s.order {
			signal(p.woken)
		}
	}
	if r.Expired, err = s.Care.Expire(ctx, now); err != nil {
		return r, fmt.Errorf("reconcile outbox: %w", err)
	}
	if r.Moved, err = s.failover(ctx); err != nil {
		return r, fmt.Errorf("reconcile outbox: %w", err)
	}
	return r, nil
}

// Audit is Reconcile with a count of strays, for the job that tells people.
func (s *Service) Audit(ctx context.Context) (r Reconciled, err error) {
	if r, err = s.Reconcile(ctx); err != nil {
		return r, err
	}
	now := s.Now()
	if r.Strays, err = s.Care.Parked(ctx, now.Add(-strayFor), now.Add(-parkedFor)); err != nil {
		return r, fmt.Errorf("reconcile outbox: %w", err)
	}
	return r, nil
}
