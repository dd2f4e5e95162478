//go:build unix

package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"baro/flows/simulate"
	"baro/store/session/redis"
	"baro/store/session/sessiontest"
	"baro/store/storetest/pgtest"
)

// An estate is what the nodes of one gateway share: PostgreSQL, Redis and the key.
type estate struct {
	postgres *pgtest.Server
	template string // a database with the demonstration's records, for copies
	redis    *sessiontest.Server
	database string
	sessions string // address of Redis
	clock    *clock
	now      func() time.Time // the clock, unless it runs
	random   io.Reader
}

// newEstate starts both servers. The records are those of the demonstration at the given time.
func newEstate(t testing.TB, at time.Time) *estate {
	t.Helper()
	redis.LogTo(slog.New(slog.DiscardHandler)) // before any client is open
	e := &estate{postgres: pgtest.Start(t), redis: sessiontest.StartRedis(t), clock: &clock{at: at}, random: randomness()}
	e.sessions, e.now = e.redis.URL(), e.clock.Now
	e.template = e.postgres.Database(t)
	e.database = e.template
	n, err := openDemoNode(t.Context(), e.settings(t), slog.New(slog.DiscardHandler), at)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.close(); err != nil {
		t.Fatal(err)
	}
	// The node that made the records does not count as alive to those that use them.
	db, err := sql.Open("pgx", e.template)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "DELETE FROM release_nodes"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	e.database = e.postgres.Copy(t, e.template)
	return e
}

// fresh is an estate on the same servers as if nothing had happened yet.
func (e *estate) fresh(t testing.TB) *estate {
	t.Helper()
	e.redisDo(t, "FLUSHALL")
	out := *e
	out.database, out.clock, out.random = e.postgres.Copy(t, e.template), newClock(), randomness()
	out.now = out.clock.Now
	return &out
}

// running is a fresh estate whose clock runs: pumps and leases go by it.
func (e *estate) running(t testing.TB) *estate {
	t.Helper()
	out, begin := e.fresh(t), time.Now()
	out.now = func() time.Time { return out.clock.Now().Add(time.Since(begin)) }
	return out
}

// settings are a node's: those of the demonstration, on the shared stores.
func (e *estate) settings(t testing.TB) settings {
	t.Helper()
	set := fixedSettings(t, t.TempDir(), e.clock)
	set.database, set.redis, set.random, set.now = e.database, e.sessions, e.random, e.now
	return set
}

// node opens one; change may alter its settings. It is closed when the test ends.
func (e *estate) node(t testing.TB, log *slog.Logger, change ...func(*settings)) *node {
	t.Helper()
	set := e.settings(t)
	for _, c := range change {
		c(&set)
	}
	return openFixed(t, set, log)
}

// pair opens two nodes, each of which knows of the other.
func (e *estate) pair(t testing.TB, log *slog.Logger, change ...func(*settings)) [2]*node {
	t.Helper()
	nodes := [2]*node{e.node(t, log, change...), e.node(t, log, change...)}
	for _, n := range nodes {
		if err := n.publish.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n.publish.Alone() {
			t.Fatal("a node does not see the other")
		}
	}
	return nodes
}

// serve starts a node's server and everything behind it, and stops them when the test ends.
func (e *estate) serve(t testing.TB, log *record, change ...func(*settings)) *served {
	t.Helper()
	handler := slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})
	s := &served{clock: e.clock, log: log, client: &http.Client{Timeout: 10 * time.Second}, node: e.node(t, slog.New(handler), change...)}
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + s.server.Addr().String()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		ctx, cancel := contextFor(stopWithin)
		defer cancel()
		if err := s.stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// open looks into the shared database beside the nodes.
func (e *estate) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", e.database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// redisDo sends one command to the estate's Redis, without a client in between.
func (e *estate) redisDo(t testing.TB, command string) {
	t.Helper()
	if answer := redisLine(t, e.redis.Addr(), command); !strings.HasPrefix(answer, "+OK") {
		t.Fatalf("redis: %s: %s", command, answer)
	}
}

// turns is a network that brings each request to the next node.
type turns struct {
	nodes []*node
	next  int
}

func (w *turns) USSD(ctx context.Context, r simulate.Request) (simulate.Reply, error) {
	w.next++
	return nodeNetwork{w.nodes[w.next%len(w.nodes)]}.USSD(ctx, r)
}

// phone is one whose requests go to the nodes in turn.
func (w *turns) phone(number string) *simulate.Phone {
	calls := 0
	return &simulate.Phone{Network: w, Number: number, Code: ussdCode(w.nodes[0]), NewID: func() string {
		calls++
		return fmt.Sprintf("%s-call-%d", number[1:], calls)
	}}
}

// longForm tells that time does not matter: "make faults" sets how often processes are killed.
func longForm() bool { return os.Getenv(killsWanted) != "" }

// until asks again and again; other processes offer no way to wait for what they do. Where it waits in vain, why tells more.
func until(t testing.TB, within time.Duration, what string, ok func() bool, why ...func() string) time.Duration {
	t.Helper()
	begin := time.Now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Since(begin) > within {
			for _, tell := range why {
				what += "\n" + tell()
			}
			t.Fatalf("waited %v in vain for %s", within, what)
		}
		<-tick.C
	}
	return time.Since(begin)
}
