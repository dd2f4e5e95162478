package outbox

import "time"

const (
	// minHeld is what a prefix may hold in the window at least, in message parts.
	minHeld = 16
	// longestDeferral bounds how long a message is put off for its prefix's sake at a time: paces are changed.
	longestDeferral = 10 * time.Minute
)

// backlog keeps one prefix from filling its channel's window: what it cannot send soon goes back into the queue until its
// turn is near, and those behind it come forward. Within a lane the order stays as it was.
type backlog struct {
	tps  float64
	room int // message parts of a lane in the window at most
	held [laneCount]int
	step time.Duration        // between the times that messages are put off to: half of what fits
	end  [laneCount]time.Time // when the last that was put off may come again
	shut [laneCount]time.Time // until then nothing of the lane is held
}

func newBacklog(tps float64, window int) *backlog {
	b := &backlog{tps: tps, room: max(min(max(minHeld, int(2*tps)), window/2), 1)}
	b.step = max(time.Duration(float64(b.room)/2/tps*float64(time.Second)), time.Second)
	return b
}

// hold takes a claimed message into the window, or tells until when it is to wait outside. again: it did so before.
func (b *backlog) hold(now time.Time, lane, parts int, again bool) (until time.Time, ok bool) {
	waiting := b.end[lane].After(now) && !again // those that were put off come first
	if !waiting && !b.shut[lane].After(now) && (b.held[lane] == 0 || b.held[lane]+parts <= b.room) {
		b.held[lane] += parts
		return time.Time{}, true
	}
	if again {
		b.shut[lane] = b.slot(now.Add(b.step))
		return b.shut[lane], false
	}
	at := b.end[lane]
	if soon := now.Add(b.step); at.Before(soon) {
		at = soon
	}
	at = at.Add(time.Duration(float64(parts) / b.tps * float64(time.Second)))
	if latest := now.Add(longestDeferral); at.After(latest) {
		at = latest
	}
	b.end[lane] = at
	return b.slot(at), false
}

// slot is the next of the times at which messages come back: many share one, since each takes a statement to write down.
func (b *backlog) slot(at time.Time) time.Time {
	if t := at.Truncate(b.step); t.Before(at) {
		return t.Add(b.step)
	}
	return at
}

// hold takes a claimed message into the window as far as its prefix has room there.
func (p *paces) hold(now time.Time, it *item) (until time.Time, ok bool) {
	if own := p.of(it.mt.To); own != nil {
		return own.hold(now, it.lane(), it.mt.Parts, it.row.Attempts > 1)
	}
	return time.Time{}, true
}

// drop forgets what was held: it has been given back.
func (p *paces) drop() {
	for _, x := range p.prefixes {
		clear(x.held[:])
	}
}
