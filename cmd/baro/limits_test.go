package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"baro/store/session"
	"baro/store/session/memory"
)

// tally counts how often the shared limiter is asked; it can be away.
type tally struct {
	session.Limiter
	asked int
	away  bool
}

func (l *tally) Allow(ctx context.Context, key string, rule session.Rule, now time.Time) (session.Decision, error) {
	l.asked++
	if l.away {
		return session.Decision{}, errors.New("away")
	}
	return l.Limiter.Allow(ctx, key, rule, now)
}

// TestSparingLimiter floods two nodes that share a limiter.
func TestSparingLimiter(t *testing.T) {
	rule := session.Rule{Events: 1, Per: time.Minute, Burst: 10}
	shared := &tally{Limiter: memory.NewLimiter(100)}
	nodes := []*sparing{{memory.NewLimiter(100), shared}, {memory.NewLimiter(100), shared}}
	flood := func(key string, times int) (allowed int) {
		for i := range times {
			d, err := nodes[i%2].Allow(t.Context(), key, rule, startOfDay())
			if err != nil {
				t.Fatal(err)
			}
			if d.Allowed {
				allowed++
			}
		}
		return allowed
	}
	if got := flood("quiet", 8); got != 8 || shared.asked != 0 {
		t.Errorf("of few requests %d pass, the shared limiter is asked %d times", got, shared.asked)
	}
	if got := flood("loud", 200); got < rule.Burst || got > 2*rule.Burst {
		t.Errorf("a flood gets %d through two nodes with a burst of %d", got, rule.Burst)
	}
	shared.away = true
	if got := flood("orphan", 200); got != 2*rule.Burst {
		t.Errorf("without the shared limiter %d pass, each node's own allows %d", got, rule.Burst)
	}
}
