package watch

import (
	"fmt"
	"time"
)

// State is how well a channel works.
type State string

// The states of a channel.
const (
	OK       State = "ok"
	Degraded State = "degraded" // part of what is exchanged fails or takes too long
	Down     State = "down"     // most of it fails, or an operator has to act
)

// worse orders states.
var worse = map[State]int{OK: 0, Degraded: 1, Down: 2}

// Worse is the worse of two states.
func Worse(a, b State) State {
	if worse[b] > worse[a] {
		return b
	}
	return a
}

// When a channel counts as troubled: shares of what was exchanged in the last minutes, once there is enough to judge.
const (
	enough        = 5
	downShare     = 0.5
	degradedShare = 0.1
	slowShare     = 0.2
)

// Report is how a channel fares.
type Report struct {
	State    State
	Reason   string // for an operator; "" when the channel is fine
	Seen     int    // exchanges that count, in the last minutes
	Failed   int
	Mean     time.Duration // from request to answer
	LastIn   time.Time
	LastOut  time.Time
	Recent   []Exchange // the latest first
	Troubles []Exchange // the latest first; what a busy channel's recent exchanges no longer show
}

func (l *log) report(now time.Time) Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := Report{State: OK, LastIn: l.lastIn, LastOut: l.lastOut, Recent: l.recent.list(), Troubles: l.troubles.list()}
	current := now.UnixNano() / int64(span)
	slow, took, last := 0, time.Duration(0), window{}
	for _, w := range l.windows {
		if w.number <= current-counts || w.number > current {
			continue
		}
		r.Seen += w.fine + w.bad
		r.Failed += w.bad
		slow += w.slow
		took += w.took
		if w.bad > 0 && w.number > last.number {
			last = w
		}
	}
	if r.Seen > 0 {
		r.Mean = took / time.Duration(r.Seen)
	}
	if r.Seen < enough {
		return r
	}
	why := last.troubledBy
	if last.class != "" {
		why += " " + last.class
	}
	switch failed := float64(r.Failed) / float64(r.Seen); {
	case failed >= downShare:
		r.State, r.Reason = Down, fmt.Sprintf("%d of %d failed: %s", r.Failed, r.Seen, why)
	case failed >= degradedShare:
		r.State, r.Reason = Degraded, fmt.Sprintf("%d of %d failed: %s", r.Failed, r.Seen, why)
	case float64(slow)/float64(r.Seen) >= slowShare:
		r.State, r.Reason = Degraded, fmt.Sprintf("%d of %d were slow, %s on average", slow, r.Seen, r.Mean.Round(time.Millisecond))
	}
	return r
}
