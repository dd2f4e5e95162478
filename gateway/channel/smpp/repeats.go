package smpp

import (
	"sync"
	"time"
)

// repeats knows deliveries that were accepted and whose answers may have been lost with a connection. SMPP has no id for
// an inbound message: the same octets again are the same message only here, and else a person who sends twice.
type repeats struct {
	mu    sync.Mutex
	until map[[16]byte]time.Time
}

func newRepeats() *repeats { return &repeats{until: make(map[[16]byte]time.Time)} }

func (r *repeats) add(all []answer, until time.Time) {
	if len(all) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for key, end := range r.until {
		if now.After(end) {
			delete(r.until, key)
		}
	}
	for _, a := range all {
		r.until[a.key] = until
	}
}

// take is true for a repeat, once: the next time it is a message again, unless its answer is lost too.
func (r *repeats) take(key [16]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	end, found := r.until[key]
	delete(r.until, key)
	return found && time.Now().Before(end)
}
