package redis

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
)

// Limits of the breaker. The pause is short: it only has to keep hundreds of requests from waiting for the same silence,
// and it is also what a recovery may cost.
const (
	breakerFailures = 5
	breakerPause    = 250 * time.Millisecond
)

var errOpen = fmt.Errorf("%w: it failed a moment ago", session.ErrUnavailable)

// breaker fails commands to one node at once after several in a row could not be carried out, and lets one through per
// pause to see whether the node is back. In a cluster each node has its own: one dead master would otherwise cost the
// healthy ones most of their callers' time.
type breaker struct {
	now      func() time.Time
	failures atomic.Int32
	retryAt  atomic.Int64 // Unix nanoseconds; 0: closed
}

// probe marks the context of a command that was let through while the breaker was open.
type probe struct{}

var _ goredis.Hook = (*breaker)(nil)

func newBreaker(now func() time.Time) *breaker { return &breaker{now: now} }

// DialHook leaves connecting alone: it is part of a command that is counted.
func (b *breaker) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook guards a command with all its retries.
func (b *breaker) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		ctx, ok := b.admit(ctx)
		if !ok {
			cmd.SetErr(errOpen)
			return errOpen
		}
		err := next(ctx, cmd)
		b.report(err)
		return err
	}
}

// ProcessPipelineHook guards a pipeline as one command.
func (b *breaker) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		ctx, ok := b.admit(ctx)
		if !ok {
			for _, cmd := range cmds {
				cmd.SetErr(errOpen)
			}
			return errOpen
		}
		err := next(ctx, cmds)
		b.report(err)
		return err
	}
}

// admit tells whether a command may go out. The context of a probe is marked: to connect, the client sends commands of
// its own through the same hook, and refusing those would fail every probe.
func (b *breaker) admit(ctx context.Context) (context.Context, bool) {
	at := b.retryAt.Load()
	if at == 0 || ctx.Value(probe{}) != nil {
		return ctx, true
	}
	now := b.now().UnixNano()
	if now < at || !b.retryAt.CompareAndSwap(at, now+int64(breakerPause)) {
		return ctx, false
	}
	return context.WithValue(ctx, probe{}, true), true
}

func (b *breaker) report(err error) {
	switch {
	case !silence(err):
		b.failures.Store(0)
		b.retryAt.Store(0)
	case errors.Is(err, context.Canceled):
		// The caller left; that says nothing about Redis.
	case b.failures.Add(1) >= breakerFailures:
		b.retryAt.Store(b.now().Add(breakerPause).UnixNano())
	}
}

// silence reports whether err means that no answer came: everything but an answer of Redis itself, be it an error.
func silence(err error) bool {
	var answer goredis.Error
	return err != nil && !errors.As(err, &answer)
}
