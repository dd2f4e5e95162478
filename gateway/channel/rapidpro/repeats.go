package rapidpro

import (
	"strconv"
	"sync"
	"time"
)

// repeatWithin is how long the same words of the same person are a repeat where no date tells.
const repeatWithin = 2 * time.Second

// repeats remembers when words were first brought, so that their repeat is told under the same moment.
type repeats struct {
	mu     sync.Mutex
	begun  map[string]time.Time
	tidied time.Time
}

func newRepeats() *repeats { return &repeats{begun: make(map[string]time.Time)} }

// moment is the one under which words are known: that of their first coming within repeatWithin. Another node, which does
// not remember it, comes to the same one within a window of the clock.
func (r *repeats) moment(key string, now time.Time) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.tidied).Abs() > repeatWithin {
		r.tidied = now
		for k, at := range r.begun {
			if now.Sub(at).Abs() > repeatWithin {
				delete(r.begun, k)
			}
		}
	}
	at, known := r.begun[key]
	if !known || now.Sub(at).Abs() > repeatWithin {
		at = now
		r.begun[key] = at
	}
	return strconv.FormatInt(at.Truncate(repeatWithin).Unix(), 10)
}
