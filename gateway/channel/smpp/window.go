package smpp

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/channel/smpp/pdu"
)

// end is how the wait for an answer ended.
type end uint8

const (
	answered end = iota
	overdue      // no answer in time: it may still come
	cut          // the connection ended after the request had left
	unsent       // the connection ended before
)

type reply struct {
	end    end
	status pdu.Status
	nacked bool // by generic_nack
	id     string
}

// A request is a submit_sm on its way.
type request struct {
	sequence uint32
	at       time.Time
	left     atomic.Bool
	done     chan reply      // takes one reply, whether or not anybody still waits
	accepted func(id string) // told of a good answer before the next unit is read, however late it is
}

// A window bounds the unanswered requests of one connection. A request is in it before it is written, so that no answer
// can come too early; full means wait.
type window struct {
	slots chan struct{}

	mu      sync.Mutex
	pending map[uint32]*request
	late    map[uint32]*request // given up, and still understood
	last    uint32
	closed  bool
}

func newWindow(size int) *window {
	return &window{slots: make(chan struct{}, size), pending: make(map[uint32]*request, size), late: make(map[uint32]*request)}
}

func (w *window) room() bool { return len(w.slots) < cap(w.slots) }

// acquire takes a slot, which the end of the request gives back.
func (w *window) acquire(ctx context.Context, gone <-chan struct{}) error {
	select {
	case w.slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case w.slots <- struct{}{}:
		return nil
	case <-gone:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *window) release() { <-w.slots }

// number gives the next sequence_number: never 0, and none that an answer may still come for.
func (w *window) number() uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.numberLocked()
}

func (w *window) numberLocked() uint32 {
	for {
		w.last = w.last%pdu.MaxSequence + 1
		if w.pending[w.last] == nil && w.late[w.last] == nil {
			return w.last
		}
	}
}

// add numbers a request that holds a slot.
func (w *window) add(r *request) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	r.sequence = w.numberLocked()
	w.pending[r.sequence] = r
	return nil
}

// forget takes back a request that was not written. It is false when the request has ended already.
func (w *window) forget(r *request) bool {
	w.mu.Lock()
	_, mine := w.pending[r.sequence]
	delete(w.pending, r.sequence)
	w.mu.Unlock()
	if mine {
		w.release()
	}
	return mine
}

// answer ends a request. It is false for an answer to nothing.
func (w *window) answer(sequence uint32, a reply) bool {
	w.mu.Lock()
	r, inTime := w.pending[sequence]
	if !inTime {
		r = w.late[sequence]
		delete(w.late, sequence)
	}
	delete(w.pending, sequence)
	w.mu.Unlock()
	if r == nil {
		return false
	}
	if a.status == pdu.OK && !a.nacked {
		r.accepted(a.id)
	}
	if inTime {
		w.release()
		r.done <- a
	}
	return true
}

// expire gives up requests older than response, and forgets those given up for longer than late.
func (w *window) expire(now time.Time, response, late time.Duration) {
	var over []*request
	w.mu.Lock()
	for n, r := range w.pending {
		if now.Sub(r.at) >= response {
			over = append(over, r)
			w.late[n] = r
			delete(w.pending, n)
		}
	}
	for n, r := range w.late {
		if now.Sub(r.at) >= response+late {
			delete(w.late, n)
		}
	}
	w.mu.Unlock()
	for _, r := range over {
		w.release()
		r.done <- reply{end: overdue}
	}
}

// close ends every request with the connection, whose writer is closed already.
func (w *window) close() {
	w.mu.Lock()
	w.closed = true
	all := w.pending
	w.pending, w.late = map[uint32]*request{}, map[uint32]*request{}
	w.mu.Unlock()
	for _, r := range all {
		w.release()
		if r.left.Load() {
			r.done <- reply{end: cut}
		} else {
			r.done <- reply{end: unsent}
		}
	}
}

// empty waits until no request is under way. Nothing may be added any more.
func (w *window) empty(ctx context.Context, gone <-chan struct{}) {
	for range cap(w.slots) {
		if w.acquire(ctx, gone) != nil {
			return
		}
	}
}
