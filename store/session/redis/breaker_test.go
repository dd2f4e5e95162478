package redis

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
)

type answered struct{ error }

func (answered) RedisError() {}

func TestBreaker(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	b := newBreaker(func() time.Time { return now })
	var answer error
	asked := 0
	process := b.ProcessHook(func(context.Context, goredis.Cmder) error { asked++; return answer })
	call := func() (reached bool, err error) {
		before := asked
		err = process(t.Context(), goredis.NewCmd(t.Context()))
		return asked > before, err
	}
	expect := func(step string, want bool) {
		t.Helper()
		reached, err := call()
		if reached != want {
			t.Fatalf("%s: reached the server: %v, want %v", step, reached, want)
		}
		if !reached && !errors.Is(err, session.ErrUnavailable) {
			t.Fatalf("%s: %v", step, err)
		}
	}

	for _, harmless := range []error{nil, goredis.Nil, answered{errors.New("ERR no")}, context.Canceled} {
		answer = harmless
		for range 3 * breakerFailures {
			expect("answers of Redis and callers who left", true)
		}
	}
	answer = io.EOF
	for range breakerFailures - 1 {
		expect("some failures", true)
	}
	answer = nil
	expect("a success between", true)
	answer = io.EOF
	for range breakerFailures {
		expect("failures in a row", true)
	}
	expect("open", false)
	now = now.Add(breakerPause - 1)
	expect("just before the pause ends", false)
	now = now.Add(1)
	expect("probe", true)
	expect("after a failed probe", false)
	now = now.Add(breakerPause)
	answer = nil
	expect("probe of a server that is back", true)
	for range 3 {
		expect("closed again", true)
	}
}

// While one probe is on its way nobody else waits for the same silence.
func TestBreakerSendsOneProbe(t *testing.T) {
	now := time.Unix(1, 0)
	b := newBreaker(func() time.Time { return now })
	for range breakerFailures {
		b.report(io.EOF)
	}
	now = now.Add(breakerPause)
	let := 0
	for range 10 {
		if ctx, ok := b.admit(t.Context()); ok {
			let++
			if _, nested := b.admit(ctx); !nested {
				t.Error("the commands by which a probe connects are refused")
			}
		}
	}
	if let != 1 {
		t.Errorf("%d probes at once", let)
	}
}
