package cases

import (
	"context"
	"fmt"
	"sync"
	"time"

	"baro/gateway/console"
	"baro/store"
)

// readAgain is how long somebody who has opened a case may come back to it without another row in the trail.
const readAgain = time.Hour

// A Trail takes rows of the audit trail.
type Trail interface {
	Append(ctx context.Context, r store.AuditRow) (store.AuditRow, error)
}

// readings remember, on one node, who opened which case and when: a page that is loaded again, or comes back with a fault,
// floods no trail. On another node, or after a restart, there is a row too many and never one too few.
type readings struct {
	mu   sync.Mutex
	last map[reading]time.Time
}

type reading struct {
	account int64
	id      int64
}

// fresh tells whether a reading is to be noted.
func (m *readings) fresh(r reading, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Sub(m.last[r]) >= readAgain
}

// noted remembers one, and forgets those whose hour is over.
func (m *readings) noted(r reading, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, at := range m.last {
		if now.Sub(at) >= readAgain {
			delete(m.last, k)
		}
	}
	m.last[r] = now
}

// read writes down that somebody sees a resident's words. Without that row nobody sees them.
func (r *room) read(ctx context.Context, q *console.Request, c store.Case) error {
	this, now := reading{q.Who.Account.ID, c.ID}, r.Now()
	if !r.readings.fresh(this, now) {
		return nil
	}
	act := q.Act("")
	_, err := r.Trail.Append(ctx, store.AuditRow{
		Actor: act.Actor, Action: "case.read", Object: fmt.Sprintf("case:%d", c.ID), Commune: c.Commune, RequestID: act.RequestID,
	})
	if err != nil {
		return fmt.Errorf("note that a case is read: %w", err)
	}
	r.readings.noted(this, now)
	return nil
}
