package smpp

import (
	"context"
	"errors"
	"sync"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
)

// Send hands one message over, part after part, and gives one result for all of them: accepted when every part is, refused
// with the first that is, in doubt when one is. A part that is to come later stops the message there; when it is sent again
// under the same id, the parts that were accepted stay accepted.
func (c *Client) Send(ctx context.Context, m channel.MT) channel.Result {
	texts := c.segments(m.Text)
	if len(texts) > maxParts {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassUnknown, Err: errors.New("smpp: more parts than a header can number")}
	}
	s := c.progress.take(m.ID, len(texts))
	if s == nil {
		s = &sending{ref: c.refs.next(m.To.E164()), parts: len(texts), message: c.tracker.message(m.ID, m.To.E164(), len(texts))}
	}
	for n := len(s.ids); n < len(texts); n++ {
		out, err := c.submission(m, texts, s.ref, n)
		if err != nil {
			return channel.Result{Outcome: channel.Refused, Class: channel.ClassUnknown, Err: err}
		}
		id, r := c.submit(ctx, &out, func(id string) { c.replay(c.tracker.register(s.message, n, id, c.Now())) })
		if r.Outcome == channel.Accepted {
			s.ids = append(s.ids, id)
			continue
		}
		if r.Outcome == channel.RetryAfter && n > 0 && !c.progress.put(m.ID, s, time.Now()) {
			r.Outcome = channel.Unknown // without an id nobody could tell that a part of it has gone
		}
		return r
	}
	r := channel.Result{Outcome: channel.Accepted, ProviderID: c.tracker.providerID(s.ids)}
	if c.Long != LongPayload {
		r.Parts = len(texts)
	}
	return r
}

// submit sends one submit_sm and waits for its answer, which also reaches accepted when nobody waits any more.
func (c *Client) submit(ctx context.Context, m *pdu.Message, accepted func(id string)) (id string, r channel.Result) {
	if c.stopped() {
		return "", later(channel.ClassProviderDown, c.Timing.Throttle, errClosed)
	}
	if rest := c.pauseLeft(); rest > 0 {
		return "", later(channel.ClassRateLimited, rest, errThrottled)
	}
	cn := c.pick()
	if cn == nil {
		return "", later(c.troubled(), c.Timing.Throttle, errNotBound)
	}
	if err := cn.pace.wait(ctx, cn.leaving); err != nil {
		return "", later(channel.ClassProviderDown, c.Timing.Throttle, err)
	}
	if err := cn.window.acquire(ctx, cn.leaving); err != nil {
		return "", later(channel.ClassProviderDown, c.Timing.Throttle, err)
	}
	req := &request{at: time.Now(), done: make(chan reply, 1), accepted: accepted}
	if err := cn.window.add(req); err != nil {
		cn.window.release()
		return "", later(channel.ClassProviderDown, c.Timing.Throttle, err)
	}
	unit := pdu.AppendMessage(make([]byte, 0, 128+len(m.Short)), pdu.SubmitSM, req.sequence, m)
	if err := cn.out.put(unit, req); err != nil && cn.window.forget(req) {
		return "", later(channel.ClassProviderDown, c.Timing.Throttle, err)
	}
	select {
	case a := <-req.done:
		return a.id, c.outcome(a)
	case <-ctx.Done():
		return "", channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: ctx.Err()}
	}
}

func (c *Client) stopped() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
}

// progress remembers long messages of which some parts were accepted and the next is to come later.
type progress struct {
	mu  sync.Mutex
	all map[string]*sending
}

// sending is how far a message has got.
type sending struct {
	ref     uint16
	parts   int
	ids     []string // of accepted parts
	message *tracked
	at      time.Time
}

// Bounds of what is remembered: a message older than that has expired or is another's, on a busy channel or a broken one.
const (
	progressLife = 24 * time.Hour
	maxProgress  = 10_000
)

func newProgress() *progress { return &progress{all: make(map[string]*sending)} }

// take gives what is known of a message and forgets it.
func (p *progress) take(id string, parts int) *sending {
	if parts < 2 || id == "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.all[id]
	delete(p.all, id)
	if s != nil && s.parts != parts {
		return nil
	}
	return s
}

// put is false when it cannot be remembered.
func (p *progress) put(id string, s *sending, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) >= maxProgress {
		for id, old := range p.all {
			if now.Sub(old.at) > progressLife {
				delete(p.all, id)
			}
		}
	}
	if id == "" || len(p.all) >= maxProgress {
		return false
	}
	s.at = now
	p.all[id] = s
	return true
}
