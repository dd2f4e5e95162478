package outbox

import "time"

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
	p.tokens -= float64(parts)
	return 0, true
}
