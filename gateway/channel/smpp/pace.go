package smpp

import (
	"context"
	"sync"
	"time"
)

// A pace is the token bucket of one bind. It holds a fifth of a second's worth, so that a pause is not made up for in one
// burst that the message centre would throttle.
type pace struct {
	rate  float64 // per second; 0: no limit
	burst float64

	mu     sync.Mutex
	tokens float64
	at     time.Time
}

func newPace(rate float64, now time.Time) *pace {
	burst := max(rate/5, 1)
	return &pace{rate: rate, burst: burst, tokens: burst, at: now}
}

// take reserves a token and says how long to wait for it.
func (p *pace) take(now time.Time) time.Duration {
	if p.rate <= 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if elapsed := now.Sub(p.at); elapsed > 0 {
		p.tokens = min(p.burst, p.tokens+elapsed.Seconds()*p.rate)
		p.at = now
	}
	p.tokens--
	if p.tokens >= 0 {
		return 0
	}
	return time.Duration(-p.tokens / p.rate * float64(time.Second))
}

// refund gives back a token that was not used.
func (p *pace) refund() {
	p.mu.Lock()
	p.tokens++
	p.mu.Unlock()
}

// wait takes a token and waits its turn.
func (p *pace) wait(ctx context.Context, gone <-chan struct{}) error {
	rest := p.take(time.Now()) // the rate is real: a clock set for tests must not stop it
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-gone:
		return errClosed
	case <-ctx.Done():
		p.refund()
		return ctx.Err()
	}
}
