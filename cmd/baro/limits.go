package main

import (
	"context"
	"time"

	"baro/store/session"
)

// sparing asks the limiter that all nodes share only about those who keep this node busy. Asking it about everybody would
// double what a USSD request asks of Redis. With n nodes somebody who goes to each of them can spend half a burst per node
// beside the shared burst; the average rate beyond that is the shared one. While the shared limiter does not answer the
// node's own decides.
type sparing struct {
	local, shared session.Limiter
}

var _ session.Limiter = (*sparing)(nil)

// Allow implements session.Limiter.
func (l *sparing) Allow(ctx context.Context, key string, rule session.Rule, now time.Time) (session.Decision, error) {
	d, err := l.local.Allow(ctx, key, rule, now)
	if err != nil || !d.Allowed || 2*d.Remaining >= rule.Burst {
		return d, err
	}
	if shared, err := l.shared.Allow(ctx, key, rule, now); err == nil {
		return shared, nil
	}
	return d, nil
}
