package failover_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"baro/store/session"
	"baro/store/session/failover"
	"baro/store/session/memory"
	"baro/store/session/redis"
	"baro/store/session/sessiontest"
)

// clock is the time of a memory store.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time { return time.Unix(0, c.at.Load()) }

func TestContractHoldsWhileTheServerIsThere(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T) sessiontest.Fixture {
		c := newClock()
		s := failover.New(memory.NewStore(10000, c.now), memory.NewStore(10000, c.now), func() bool { return true })
		return sessiontest.Fixture{Store: s, Advance: func(d time.Duration) { c.at.Add(int64(d)) }}
	})
}

func TestContractHoldsWhileTheServerIsAway(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T) sessiontest.Fixture {
		c := newClock()
		s := failover.New(away{}, memory.NewStore(10000, c.now), func() bool { return true })
		return sessiontest.Fixture{Store: strict{s}, Advance: func(d time.Duration) { c.at.Add(int64(d)) }}
	})
}

// away is a server that nobody reaches.
type away struct{}

func (away) Load(ctx context.Context, _ string) (session.Record, error) {
	return session.Record{}, errors.Join(session.ErrUnavailable, ctx.Err())
}
func (away) Save(ctx context.Context, _ string, _ []byte, _ uint64, _ time.Duration) (uint64, error) {
	return 0, errors.Join(session.ErrUnavailable, ctx.Err())
}
func (away) Delete(ctx context.Context, _ string) error {
	return errors.Join(session.ErrUnavailable, ctx.Err())
}

// strict refuses what the fail-over allows on purpose: going on with a dialogue that the lost server knew.
type strict struct{ session.Store }

func (s strict) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	if _, err := s.Load(ctx, key); errors.Is(err, session.ErrNotFound) && expect != 0 {
		return 0, session.ErrConflict
	}
	return s.Store.Save(ctx, key, data, expect, ttl)
}

func TestASingleNodeGoesOnWithoutRedis(t *testing.T) {
	server := sessiontest.StartRedis(t)
	client, err := redis.Open(redis.Config{URL: server.URL(), Now: time.Now, Random: rand.Uint64})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	var alone atomic.Bool
	alone.Store(true)
	s := failover.New(client.Sessions(), memory.NewStore(100, time.Now), alone.Load)
	ctx := t.Context()
	version, err := s.Save(ctx, "k", []byte("one"), 0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if version, err = s.Save(ctx, "k", []byte("two"), version, time.Minute); err != nil {
		t.Fatalf("the dialogue does not go on: %v", err)
	}
	server.Restart()
	if rec, err := s.Load(ctx, "k"); err != nil || string(rec.Data) != "two" || rec.Version != version {
		t.Fatalf("after the server came back: %q %v", rec.Data, err)
	}
	server.Kill()
	alone.Store(false)
	if _, err := s.Load(ctx, "other"); err == nil || errors.Is(err, session.ErrNotFound) {
		t.Fatalf("one of several nodes answers from its own memory: %v", err)
	}
	if _, err := s.Save(ctx, "other", []byte("x"), 0, time.Minute); err == nil {
		t.Fatal("one of several nodes saves in its own memory")
	}
}
