// Package watch remembers how a channel fared lately: what was exchanged with its provider, how much of it failed and how
// long it took, and what follows from that for its health. Nothing in it holds a number, a text or a secret.
package watch

import (
	"sync"
	"time"

	"baro/gateway/channel"
)

// A Way is which way an exchange went and what it was about.
type Way string

// The ways of exchanges.
const (
	USSD    Way = "ussd"    // a step of a dialogue came in
	Ended   Way = "ended"   // an end notice came in
	MO      Way = "mo"      // an SMS came in
	Receipt Way = "receipt" // a delivery report came in
	MT      Way = "mt"      // an SMS went out
	Hook    Way = "hook"    // something called that was not let in
)

// An Exchange is one request of a provider, or one message handed to it, without what it said.
type Exchange struct {
	At      time.Time     `json:"at"`
	Way     Way           `json:"way"`
	Outcome string        `json:"outcome"`         // accepted, unknown, continue, forged, …
	Class   channel.Class `json:"class,omitempty"` // why an MT did not pass
	Took    time.Duration `json:"took"`            // nanoseconds
	Mark    Mark          `json:"mark,omitempty"`
}

// A Mark says what an exchange tells of its channel.
type Mark string

// The marks of exchanges.
const (
	Fine    Mark = ""        // the channel works
	Trouble Mark = "trouble" // the provider or we failed
	Noise   Mark = "noise"   // a stranger's or a garbled request: it says nothing about the channel
)

// The sizes of what is remembered of each channel.
const (
	kept   = 20          // last exchanges, and as many last troubles
	span   = time.Minute // of one count
	counts = 5           // what health looks back on
)

// What counts as slow: a screen has 1.5 s, a provider that takes longer than 3 s for a message holds up the others.
const (
	slowStep = 1500 * time.Millisecond
	slowSend = 3 * time.Second
)

// A Watch remembers exchanges of all channels of a node. It is safe for concurrent use.
type Watch struct {
	now      func() time.Time
	channels sync.Map // name → *log
}

// New returns a watch that has seen nothing.
func New(now func() time.Time) *Watch { return &Watch{now: now} }

// Note remembers an exchange; At is set when it is zero.
func (w *Watch) Note(name string, e Exchange) {
	if e.At.IsZero() {
		e.At = w.now()
	}
	found, ok := w.channels.Load(name)
	if !ok {
		found, _ = w.channels.LoadOrStore(name, &log{})
	}
	found.(*log).note(e)
}

// Report tells how a channel fares; a channel that nothing was heard of is fine.
func (w *Watch) Report(name string) Report {
	found, ok := w.channels.Load(name)
	if !ok {
		return Report{State: OK}
	}
	return found.(*log).report(w.now())
}

// log is what is remembered of one channel.
type log struct {
	mu       sync.Mutex
	recent   ring
	troubles ring
	windows  [counts]window
	lastIn   time.Time
	lastOut  time.Time
}

// window counts one span.
type window struct {
	number            int64 // of the span since 1970
	fine, bad, slow   int
	took              time.Duration
	troubledBy, class string
}

func (l *log) note(e Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent.add(e)
	if e.Mark != Fine {
		l.troubles.add(e)
	}
	if e.Way == MT {
		l.lastOut = e.At
	} else if e.Mark != Noise {
		l.lastIn = e.At
	}
	if e.Mark == Noise {
		return
	}
	number := e.At.UnixNano() / int64(span)
	w := &l.windows[number%counts]
	if w.number != number {
		*w = window{number: number}
	}
	w.took += e.Took
	limit := slowStep
	if e.Way == MT {
		limit = slowSend
	}
	if e.Took > limit {
		w.slow++
	}
	if e.Mark == Fine {
		w.fine++
		return
	}
	w.bad++
	w.troubledBy, w.class = e.Outcome, string(e.Class)
}

// ring keeps the last exchanges.
type ring struct {
	items [kept]Exchange
	n     int
}

func (r *ring) add(e Exchange) {
	r.items[r.n%kept] = e
	r.n++
}

// list gives them, the latest first.
func (r *ring) list() []Exchange {
	out := make([]Exchange, 0, min(r.n, kept))
	for i := r.n - 1; i >= 0 && i >= r.n-kept; i-- {
		out = append(out, r.items[i%kept])
	}
	return out
}
