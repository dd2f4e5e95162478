package outbox

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"baro/gateway/identity"
)

// pace is a token bucket over message parts, the unit in which networks count. Part of the bucket is kept for replies: the
// others take only what lies above it, so the pace is fully used and a reply still finds room at once.
type pace struct {
	rate    float64 // tokens per second; 0: no limit
	burst   float64 // the bucket's size
	reserve float64 // what only replies may take
	tokens  float64
	at      time.Time
}

// burstSeconds is how much of a second's pace may be caught up with at once.
const burstSeconds = 0.25

func newPace(tps, replyShare float64) *pace {
	p := &pace{rate: tps, burst: max(tps*burstSeconds, 2)}
	p.reserve = min(max(p.burst*replyShare, 1), p.burst-1)
	p.tokens = p.burst
	return p
}

// take gets the tokens for one message, or says how long until it could. A message of more parts than the bucket holds
// goes when the bucket is full and leaves it in debt.
func (p *pace) take(now time.Time, parts int, reply bool) (wait time.Duration, ok bool) {
	if wait, ok = p.may(now, parts, reply); ok && p.rate > 0 {
		p.tokens -= float64(parts)
	}
	return wait, ok
}

// may tells whether take would get them.
func (p *pace) may(now time.Time, parts int, reply bool) (wait time.Duration, ok bool) {
	if p.rate == 0 {
		return 0, true
	}
	if p.at.IsZero() || now.Before(p.at) { // a clock set back must not stop the channel
		p.at = now
	}
	p.tokens = min(p.burst, p.tokens+now.Sub(p.at).Seconds()*p.rate)
	p.at = now
	floor := p.reserve
	if reply {
		floor = 0
	}
	need := min(float64(parts), p.burst-floor) + floor
	if p.tokens+1e-9 < need {
		return time.Duration((need-p.tokens)/p.rate*float64(time.Second)) + time.Microsecond, false
	}
	return 0, true
}

// A Prefix is a part of the numbering plan, an operator's perhaps, with a pace of its own within its channel's.
type Prefix struct {
	Digits string  // with the country code, without "+"
	TPS    float64 // message parts per second
}

// paces are a channel's bucket and those of its prefixes. A message takes from both or from neither.
type paces struct {
	all      *pace
	prefixes []prefixPace // the longest first
	dry      map[*pace]bool
	wait     time.Duration // until the first that was refused may try again
}

type prefixPace struct {
	digits string
	*pace
	*backlog
}

// newPaces makes the buckets of a channel that holds window messages at most.
func newPaces(c Channel, window int) *paces {
	p := &paces{all: newPace(c.TPS, c.ReplyShare), dry: make(map[*pace]bool)}
	for _, x := range c.Prefixes {
		p.prefixes = append(p.prefixes, prefixPace{x.Digits, newPace(x.TPS, c.ReplyShare), newBacklog(x.TPS, window)})
	}
	slices.SortStableFunc(p.prefixes, func(a, b prefixPace) int { return cmp.Compare(len(b.digits), len(a.digits)) })
	return p
}

// unlimited is true where nothing is paced at all.
func (p *paces) unlimited() bool { return p.all.rate == 0 && len(p.prefixes) == 0 }

// begin forgets who was refused: at a new moment all may ask again.
func (p *paces) begin() {
	clear(p.dry)
	p.wait = poll
}

// take pays for one message. Once a prefix has been refused it is for the rest of the moment, so that a shorter message
// does not overtake a longer one to the same person.
func (p *paces) take(now time.Time, it *item, reply bool) afforded {
	own, parts := p.of(it.mt.To), it.mt.Parts
	if own != nil {
		if p.dry[own.pace] {
			return dear
		}
		if wait, ok := own.may(now, parts, reply); !ok {
			p.dry[own.pace] = true
			p.wait = min(p.wait, wait)
			return dear
		}
	}
	if wait, ok := p.all.take(now, parts, reply); !ok {
		p.wait = min(p.wait, wait)
		return broke
	}
	if own != nil {
		own.take(now, parts, reply)
		own.held[it.lane()] -= parts
	}
	return paid
}

// of gives the buckets of a number's prefix, nil for none.
func (p *paces) of(to identity.MSISDN) *prefixPace {
	if len(p.prefixes) == 0 {
		return nil
	}
	digits := strings.TrimPrefix(to.E164(), "+")
	for i, x := range p.prefixes {
		if strings.HasPrefix(digits, x.digits) {
			return &p.prefixes[i]
		}
	}
	return nil
}
