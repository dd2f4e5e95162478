package outbox

import (
	"fmt"
	"time"

	"baro/gateway/channel"
)

// The states of a channel.
const (
	stateOK       = "ok"
	stateDegraded = "degraded" // paused, in doubt, without its connection, or failing often
	stateDown     = "down"     // an operator has to act, or nothing has passed for long
)

// What makes a channel degraded or down beside its provider's word.
const (
	failingShare = 0.2 // of the last sends that were not accepted
	failingSends = 10  // so many must have been
	slowAnswer   = 3 * time.Second
	downAfter    = 3           // pauses without a success between them
	apartFor     = time.Minute // without a connection on any node: to move from one to another takes less
)

// Health is how a channel fares.
type Health struct {
	Channel string
	State   string        // ok, degraded, down
	Reason  string        // in words, without numbers or texts of people; "" when it is well
	Class   channel.Class // of the trouble
	Since   time.Time     // of the trouble
	Until   time.Time     // of the pause, zero without one
	Counts  Counts
	Failing float64       // share of the last sends that were neither accepted nor the message's own fault
	Latency time.Duration // of an answer, lately
}

// Health lists the channels in their configured order.
func (s *Service) Health() []Health {
	all := make([]Health, 0, len(s.order))
	for _, p := range s.order {
		all = append(all, p.health(s.Now()))
	}
	return all
}

func (p *pump) health(now time.Time) Health {
	h := p.trouble.health(p.Name, now)
	if h.State == stateDown || p.ready() {
		return h
	}
	if !p.Elsewhere {
		h.State, h.Reason = stateDown, "its connection does not stand"
	} else if since := p.apart.Load(); since != 0 && now.Sub(time.UnixMicro(since)) >= apartFor {
		h.State, h.Reason, h.Since = stateDown, "no node has its connection", time.UnixMicro(since)
	}
	return h
}

func (t *trouble) health(name string, now time.Time) Health {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := Health{Channel: name, State: stateOK, Class: t.class, Since: t.since, Counts: t.counts, Failing: t.failing.share(), Latency: t.latency}
	if now.Before(t.until) {
		h.Until = t.until
	}
	switch {
	case t.class.StopsChannel():
		h.State, h.Reason = stateDown, "the provider refuses the account: "+string(t.class)
	case t.streak >= downAfter && !h.Until.IsZero():
		h.State, h.Reason = stateDown, fmt.Sprintf("no message passed in %d tries: %s", t.streak, t.class)
	case !h.Until.IsZero():
		h.State, h.Reason = stateDegraded, "paused: "+string(t.class)
	case t.class != channel.ClassNone || t.doubts > 0:
		h.State, h.Reason = stateDegraded, "answers are in doubt: "+string(t.class)
	case h.Failing >= failingShare:
		h.State, h.Reason = stateDegraded, fmt.Sprintf("%.0f %% of the last sends failed", 100*h.Failing)
	case t.latency > slowAnswer:
		h.State, h.Reason = stateDegraded, "answers take "+t.latency.Round(100*time.Millisecond).String()
	}
	return h
}

// recent is a sliding look at the last sends: 1 for a failure, weighed down with each that follows.
type recent struct {
	value float64
	seen  int
}

// recentWeight of each new send.
const recentWeight = 0.02

func (r *recent) note(failed bool) {
	r.seen = min(r.seen+1, failingSends)
	v := 0.0
	if failed {
		v = 1
	}
	r.value += (v - r.value) * recentWeight
}

// share is 0 until there is something to judge by.
func (r *recent) share() float64 {
	if r.seen < failingSends {
		return 0
	}
	return r.value
}
