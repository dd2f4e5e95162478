package outbox

import (
	"sync"
	"time"

	"baro/gateway/channel"
)

// Pauses of a channel in trouble: they double with each failure that follows, up to the longest, and never undercut what
// the provider asked for.
const (
	firstPause   = time.Second
	longestBlind = 4 * time.Second // between tries while our own database is away: people wait for replies when it is back
	longestPause = 5 * time.Minute
	firstHalt    = 30 * time.Second // where an operator has to act
	longestHalt  = 15 * time.Minute

	// tolerance is how many doubtful or misconfigured sends in a row a channel may have. A provider in trouble would
	// otherwise turn a whole broadcast into unconfirmed or failed messages.
	tolerance = 3
	// poison is how often a message may be put off and keep its place at the head of the queue.
	poison = 5
	// remembered bounds the messages whose putting off is counted.
	remembered = 4096
)

// trouble is what a channel has gone through lately.
type trouble struct {
	jitter func() float64

	mu      sync.Mutex
	until   time.Time // paused until then
	from    time.Time // since when: sends begun earlier belong to the same trouble
	streak  int       // pauses without a success between them
	doubts  int       // unknown outcomes in a row
	faults  int       // refusals for our configuration in a row
	class   channel.Class
	since   time.Time
	counts  Counts
	failing recent
	latency time.Duration  // of an answer, lately
	put     map[string]int // how often a message was put off; the row counts claims, which may lead nowhere
}

// Counts are outcomes since the start of the process.
type Counts struct{ Accepted, Refused, Later, Unknown uint64 }

// verdict is what follows from a result beside the message's own fate.
type verdict struct {
	wide   bool          // the trouble is the channel's, not the message's
	paused time.Duration // the pause this result began; 0: none
}

// note takes in a result of a send that began at began.
func (t *trouble) note(r channel.Result, began, now time.Time) (v verdict) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failing.note(r.Outcome == channel.Unknown || r.Outcome == channel.RetryAfter && r.Class != channel.ClassUnreachableNow)
	t.latency += (now.Sub(began) - t.latency) / 16
	halt := false
	switch r.Outcome {
	case channel.Accepted:
		t.counts.Accepted++
		t.clear()
		return v
	case channel.RetryAfter:
		t.counts.Later++
		v.wide = r.Class == channel.ClassRateLimited || r.Class == channel.ClassProviderDown || r.Class.StopsChannel()
		if !v.wide {
			return v
		}
	case channel.Unknown:
		t.counts.Unknown++
		v.wide = true
		if t.doubts++; t.doubts < tolerance {
			return v
		}
	case channel.Refused:
		t.counts.Refused++
		switch r.Class {
		case channel.ClassAuth, channel.ClassNoCredit:
			v.wide, halt = true, true
		case channel.ClassConfig:
			if t.faults++; t.faults < tolerance {
				t.mark(r.Class, now)
				return v
			}
			halt = true
		default:
			t.clear() // the provider works: it refuses this one message
			return v
		}
	}
	t.mark(r.Class, now)
	if !t.from.IsZero() && !began.After(t.from) {
		if later := now.Add(r.After); later.After(t.until) && r.After > 0 {
			t.until = later
		}
		return v
	}
	t.streak++
	v.paused = t.pause(r.After, halt)
	t.from, t.until = now, now.Add(v.paused)
	return v
}

// pause is the length of the pause that begins now.
func (t *trouble) pause(asked time.Duration, halt bool) time.Duration {
	if halt {
		return max(t.stretch(doubled(firstHalt, longestHalt, t.streak)), asked)
	}
	return t.stretch(max(doubled(firstPause, longestPause, t.streak), asked))
}

// delay is how long one message waits that was put off for its own sake.
func (t *trouble) delay(asked time.Duration, times int) time.Duration {
	return t.stretch(max(doubled(firstPause, longestPause, times), asked))
}

// again counts that a message was put off.
func (t *trouble) again(id string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.put == nil || len(t.put) >= remembered {
		t.put = make(map[string]int)
	}
	t.put[id]++
	return t.put[id]
}

// forget ends the count of a message that has come to its end here.
func (t *trouble) forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.put, id)
}

// paused gives the end of the pause that holds at now.
func (t *trouble) paused(now time.Time) (until time.Time, holds bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until, now.Before(t.until)
}

// stretch adds up to a fifth, so that nodes do not come back together.
func (t *trouble) stretch(d time.Duration) time.Duration {
	return d + time.Duration(t.jitter()*float64(d)/5)
}

func (t *trouble) mark(c channel.Class, now time.Time) {
	if t.class != c {
		t.class, t.since = c, now
	}
}

func (t *trouble) clear() {
	t.streak, t.doubts, t.faults, t.class, t.since = 0, 0, 0, channel.ClassNone, time.Time{}
}

// doubled is first, doubled for each time after the first, at most longest.
func doubled(first, longest time.Duration, times int) time.Duration {
	d := first
	for ; times > 1 && d < longest; times-- {
		d *= 2
	}
	return min(d, longest)
}
