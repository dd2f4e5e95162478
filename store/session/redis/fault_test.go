package redis

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
	"baro/store/session/sessiontest"
)

// patience is far above every limit of the client: what takes longer hangs.
const patience = 15 * time.Second

func TestFaultServerKilledAndBack(t *testing.T) {
	server := sessiontest.StartRedis(t)
	c := openEmpty(t, server.URL())
	store := c.Sessions()
	server.Kill()
	for range 30 {
		mustFail(t, store, time.Second)
	}
	if err := c.Ping(t.Context()); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("ping of a dead server: %v", err)
	}
	if _, err := c.Limiter().Allow(t.Context(), "k", session.Rule{Events: 1, Per: time.Second}, time.Now()); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("limit without a server: %v", err)
	}
	server.Restart()
	mustRecover(t, store)
}

func TestFaultServerHangsAndGoesOn(t *testing.T) {
	server := sessiontest.StartRedis(t)
	c := openEmpty(t, server.URL())
	store := c.Sessions()
	server.Freeze()
	for range 8 {
		mustFail(t, store, 300*time.Millisecond)
	}
	server.Thaw()
	mustRecover(t, store)
}

// Without a deadline of the caller's a hung server is given up all the same.
func TestFaultHungServerWithoutDeadline(t *testing.T) {
	server := sessiontest.StartRedis(t)
	c := openEmpty(t, server.URL())
	server.Freeze()
	done := make(chan error, 1)
	go func() {
		_, err := c.Sessions().Load(context.Background(), "k")
		done <- err
	}()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case err := <-done:
		if !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("load from a hung server: %v", err)
		}
	case <-limit.C:
		t.Error("still waiting for a hung server")
	}
}

// A cluster of which nothing answers fails as fast as a single server.
func TestFaultClusterDies(t *testing.T) {
	nodes := sessiontest.StartCluster(t)
	c := openEmpty(t, sessiontest.ClusterURL(nodes))
	store := c.Sessions()
	if _, err := store.Save(t.Context(), "k", nil, 0, time.Minute); err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		n.Kill()
	}
	for range 10 {
		mustFail(t, store, 2*time.Second)
	}
	if err := c.Ping(t.Context()); err == nil {
		t.Error("a cluster without nodes answers ping")
	}
}

func TestFaultSentinelFailover(t *testing.T) {
	s := sessiontest.StartSentinel(t)
	c := open(t, s.URL())
	store := c.Sessions()
	v, err := store.Save(t.Context(), "k", []byte("one"), 0, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	// WAIT makes sure that the replica has the record; whether it had is no matter of the store.
	if n, err := c.redis.(*goredis.Client).Wait(t.Context(), 1, patience/5).Result(); err != nil || n != 1 {
		t.Fatalf("replicated to %d: %v", n, err)
	}
	s.Master.Kill()
	mustRecover(t, store)
	if r, err := store.Load(t.Context(), "k"); err != nil || string(r.Data) != "one" || r.Version != v {
		t.Errorf("after the fail-over: %q, %v", r.Data, err)
	}
}

// mustFail loads and saves with a deadline and expects errors that come not long after it and name neither key nor data.
func mustFail(t *testing.T, store session.Store, deadline time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	begin := time.Now()
	_, errLoad := store.Load(ctx, "secret")
	_, errSave := store.Save(ctx, "secret", []byte("secret"), 0, time.Minute)
	for _, err := range []error{errLoad, errSave, store.Delete(ctx, "secret")} {
		if !errors.Is(err, session.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
			t.Fatalf("without a server: %v", err)
		}
	}
	if took := time.Since(begin); took > deadline+2*time.Second {
		t.Fatalf("an error after %v with a deadline of %v", took, deadline)
	}
}

// mustRecover expects a save to succeed before patience ends.
func mustRecover(t *testing.T, store session.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	begin := time.Now()
	for {
		_, err := store.Save(ctx, "recovered", nil, 0, time.Minute)
		if err == nil {
			t.Logf("recovered after %v", time.Since(begin).Round(time.Millisecond))
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("no recovery: %v", err)
		}
	}
}
