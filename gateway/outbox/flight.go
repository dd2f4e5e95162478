package outbox

import (
	"sync"

	"baro/store"
)

// flight knows what is under way: begun, and its outcome not yet recorded.
type flight struct {
	mu     sync.Mutex
	n      int
	people map[store.Pseudonym]int
}

func (f *flight) take(who store.Pseudonym) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	f.people[who]++
}

func (f *flight) land(who store.Pseudonym) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n--
	if f.people[who]--; f.people[who] <= 0 {
		delete(f.people, who)
	}
}

func (f *flight) busy(who store.Pseudonym) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.people[who] > 0
}

func (f *flight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}
