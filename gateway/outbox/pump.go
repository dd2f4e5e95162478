package outbox

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"baro/store"
)

// Bounds of what a pump holds claimed: about two seconds of its pace.
const (
	minWindow = 16
	maxWindow = 512
	spare     = 4 // a quarter more, for replies that come while the window is full of broadcast

	// What a claim leaves to notices and to broadcasts, as parts of its limit, however many replies wait.
	noticeShare = 8
	bulkShare   = 16
)

// pump moves one channel's messages from the outbox to its senders. Its own goroutine owns lanes, holders and pace.
type pump struct {
	Channel
	service *Service
	trouble *trouble
	flight  flight

	woken  chan struct{} // there may be new messages
	moved  chan struct{} // something under way has come to its end, or a pause has begun
	urgent chan *item    // begun replies, which senders take first
	work   chan *item
	turns  atomic.Uint64
	done   *tray

	lanes    lanes
	holders  map[string]int // claimed and not begun, by the claim's name
	lost     []string       // claims that may have taken effect without our knowing
	paces    *paces
	window   int
	ahead    int       // begun messages at most, waiting ones included
	settling bool      // after a pause, until everything under way is recorded
	wake     bool      // somebody said that there is work
	more     bool      // the last claim was full
	look     time.Time // next look without being woken
	failures int       // of the database in a row

	apart atomic.Int64 // since when no node has had its connection, in Unix microseconds; 0: one has
}

func newPump(s *Service, c Channel) *pump {
	p := &pump{
		Channel: c, service: s, trouble: &trouble{jitter: s.Rand}, holders: make(map[string]int),
		woken: make(chan struct{}, 1), moved: make(chan struct{}, 1), window: maxWindow,
	}
	if c.TPS > 0 {
		window := int(math.Ceil(2 * c.TPS))
		inLease := max(int(c.TPS*c.Lease.Seconds()/2), 1)
		p.window = min(max(window, minWindow), maxWindow, inLease)
	}
	p.paces = newPaces(c, p.window)
	p.ahead = 32 * c.Concurrency
	p.urgent = make(chan *item, p.ahead+p.ahead/spare)
	p.work = make(chan *item, p.ahead)
	p.done = newTray()
	p.flight.people = make(map[store.Pseudonym]int)
	return p
}

// start runs the pump, its senders and its recorder.
func (p *pump) start(wait *sync.WaitGroup) {
	var senders sync.WaitGroup
	for range p.Concurrency {
		senders.Go(func() {
			for it := p.next(); it != nil; it = p.next() {
				p.done.put(p.send(it))
			}
		})
	}
	wait.Go(p.run)
	wait.Go(func() {
		senders.Wait()
		p.done.close()
	})
	wait.Go(func() { (&recorder{pump: p}).run() })
}

// hand gives a begun message to the senders.
func (p *pump) hand(it *item) {
	if it.row.Priority == store.PriorityReply {
		p.urgent <- it
		return
	}
	p.work <- it
}

// next gives a sender its next message, nil at the end. Replies go first, but of nine messages one is another's, so that
// what was begun in between does not wait for ever.
func (p *pump) next() *item {
	first, then := p.urgent, p.work
	if p.turns.Add(1)%(patienceOfWork+1) == 0 {
		first, then = then, first
	}
	select {
	case it, open := <-first:
		if open {
			return it
		}
		return <-then
	default:
	}
	select {
	case it, open := <-p.urgent:
		if open {
			return it
		}
		return <-p.work
	case it, open := <-p.work:
		if open {
			return it
		}
		return <-p.urgent
	}
}

// patienceOfWork is how many replies may go before one begun message of another lane.
const patienceOfWork = 8

// run takes steps until the service stops.
func (p *pump) run() {
	defer close(p.urgent)
	defer close(p.work)
	for {
		select {
		case <-p.service.quit:
			p.giveBack()
			return
		case <-p.woken:
			p.wake = true
		default:
		}
		rest := p.step()
		if rest <= 0 {
			continue
		}
		timer := time.NewTimer(rest)
		select {
		case <-p.service.quit:
		case <-p.moved:
		case <-p.woken:
			p.wake = true
		case <-timer.C:
		}
		timer.Stop()
	}
}

// step does what can be done now and says how long nothing more can be, unless something moves.
func (p *pump) step() time.Duration {
	now := p.service.Now()
	if until, paused := p.trouble.paused(now); paused {
		p.giveBack()
		p.settling = true
		return until.Sub(now)
	}
	if p.Ready != nil && !p.Ready() {
		p.giveBack()
		return poll
	}
	if p.settling {
		// What was put off has to be back in the queue before anything is claimed, or it would lose its place.
		if p.flight.count() > 0 {
			return poll
		}
		p.settling, p.wake = false, true
	}
	if c := p.wanted(now); c.Limit > 0 {
		if rest := p.claim(now, c); rest > 0 {
			return rest
		}
	}
	batch, rest := p.pick(now)
	switch {
	case len(batch) > 0:
		p.begin(batch, now)
		return 0
	case p.lanes.len() == 0 && p.more && !p.full():
		return 0
	}
	if now.Before(p.look) {
		rest = min(rest, p.look.Sub(now))
	}
	return max(rest, time.Millisecond)
}

// wanted is what to claim now. Whoever wakes the pump may bring a reply: it is looked for even while the window is full of
// broadcast.
func (p *pump) wanted(now time.Time) store.Claim {
	held := p.lanes.len()
	switch {
	case p.flight.count() > p.ahead+p.window: // given back, and not yet written down
	case p.wake && (p.full() || held >= p.window):
		return store.Claim{Limit: p.window + p.window/spare - held, RepliesOnly: true}
	case p.wake:
		return store.Claim{Limit: p.window - held}
	case p.full():
	case p.more && held <= p.window/2, !now.Before(p.look):
		return store.Claim{Limit: p.window - held}
	}
	return store.Claim{}
}

// full reports whether the next claim is worth waiting for: without a pace to keep it can soon begin what it takes.
func (p *pump) full() bool {
	return p.paces.unlimited() && p.lanes.len() == 0 && p.flight.count() > p.ahead/2
}

// pick chooses what may be begun now: as much as there are senders and tokens for. Replies find some room beyond what
// broadcasts may fill.
func (p *pump) pick(now time.Time) (batch []*item, rest time.Duration) {
	rest = poll
	room := p.ahead - p.flight.count()
	urgent := p.lanes.urgent()
	if room < p.ahead/4 && !urgent {
		return nil, rest // a begin is a transaction: a few at a time would cost as many
	}
	if urgent {
		room = min(room+p.ahead/spare, p.ahead)
	}
	p.paces.begin()
	for ; room > 0; room-- {
		it := p.lanes.next(p.flight.busy, func(it *item, reply bool) afforded {
			return p.paces.take(now, it, reply)
		})
		if it == nil {
			rest = p.paces.wait
			break
		}
		p.flight.take(it.row.Recipient)
		batch = append(batch, it)
	}
	return batch, rest
}
