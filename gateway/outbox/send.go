package outbox

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"baro/gateway/channel"
	"baro/store"
)

// result is what became of one begun message.
type result struct {
	item       *item
	state      store.OutboundState // "" while nobody knows
	providerID string
	parts      int
	class      channel.Class
	notBefore  time.Time // of queued; zero: it keeps its place
}

// send hands one message over, unless its time or its channel's has passed meanwhile.
func (p *pump) send(it *item) result {
	s := p.service
	now := s.Now()
	back := result{item: it, state: store.OutboundQueued}
	select {
	case <-s.quit:
		return back
	default:
	}
	if _, paused := p.trouble.paused(now); paused || !now.Before(it.row.ExpiresAt) {
		return back
	}
	ctx, cancel := context.WithTimeout(s.hard, p.Timeout)
	r := p.handOver(ctx, it.mt)
	cancel()
	now2 := s.Now()
	v := p.trouble.note(r, now, now2)
	if v.paused > 0 {
		signal(p.moved)
		s.Log.Warn("channel pauses", "channel", p.Name, "for", v.paused, "class", r.Class, "error", r.Err)
	}
	return p.sort(it, r, v, now2)
}

// sort turns a provider's answer into the message's fate.
func (p *pump) sort(it *item, r channel.Result, v verdict, now time.Time) result {
	out := result{item: it, providerID: keepable(r.ProviderID), parts: r.Parts, class: r.Class}
	switch r.Outcome {
	case channel.Accepted:
		out.state, out.class = store.OutboundSent, channel.ClassNone
		if out.parts == 0 {
			out.parts = it.mt.Parts
		}
		p.trouble.forget(it.row.ID)
		return out
	case channel.Refused:
		out.state = store.OutboundFailed
		if r.Class == channel.ClassAuth || r.Class == channel.ClassNoCredit {
			out = result{item: it, state: store.OutboundQueued} // nothing is wrong with the message
		}
	case channel.RetryAfter:
		out = result{item: it, state: store.OutboundQueued}
		if times := p.trouble.again(it.row.ID); !v.wide || times >= poison {
			out.notBefore = now.Add(p.trouble.delay(r.After, times))
		}
		p.logRefusal(it, out, r)
		return out
	case channel.Unknown:
	default:
		out.class = channel.ClassUnknown
	}
	p.trouble.forget(it.row.ID)
	p.logRefusal(it, out, r)
	return out
}

func (p *pump) logRefusal(it *item, out result, r channel.Result) {
	p.service.Log.Warn("message not accepted", "channel", p.Name, "message", it.row.ID, "state", string(out.state),
		"class", string(r.Class), "error", r.Err)
}

// handOver calls the provider. A panic may have come after the message had left.
func (p *pump) handOver(ctx context.Context, m channel.MT) (r channel.Result) {
	defer func() {
		if v := recover(); v != nil {
			p.service.Log.Error("provider panicked", "channel", p.Name, "stack", string(debug.Stack()))
			r = channel.Result{Outcome: channel.Unknown, Class: channel.ClassUnknown, Err: fmt.Errorf("panic of type %T", v)}
		}
	}()
	return p.Provider.Send(ctx, m)
}

// keepable is a provider's word as far as the database can keep it.
func keepable(s string) string {
	const limit = 200
	if len(s) > limit || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return ""
	}
	return s
}
