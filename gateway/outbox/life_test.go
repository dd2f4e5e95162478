package outbox_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

func TestStopGivesLeasesBack(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.TPS = 2 }, func(t *testing.T, b *bench) {
		for i := range 30 {
			b.say(i, strconv.Itoa(i), nil)
		}
		b.Start()
		pass(5 * time.Second)
		if err := b.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := b.counts()
		if n[store.OutboundSent] != len(b.provider.all()) || n[store.OutboundSent]+n[store.OutboundQueued] != 30 || n[store.OutboundQueued] == 0 {
			t.Errorf("%v after %d sends", n, len(b.provider.all()))
		}
		b.Start() // of no effect
		pass(time.Minute)
		if m := b.counts(); m[store.OutboundQueued] != n[store.OutboundQueued] {
			t.Errorf("sent after Stop: %v", m)
		}
	})
}

func TestStopLetsCallsFinish(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
			pass(5 * time.Second)
			return b.provider.accept(m)
		}
		id := b.say(1, "1", nil)
		b.Start()
		pass(time.Second)
		var stops sync.WaitGroup
		for range 4 {
			stops.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				if err := b.Stop(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		stops.Wait()
		b.is(id, store.OutboundSent)
	})
}

func TestStopCutsCallsShort(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Timeout = time.Minute }, func(t *testing.T, b *bench) {
		b.provider.act = func(ctx context.Context, m channel.MT, _ int) channel.Result {
			<-ctx.Done()
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
		}
		id := b.say(1, "1", nil)
		b.Start()
		pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
		b.is(id, store.OutboundUnconfirmed)
	})
}

func TestStopBeforeStart(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		if err := b.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		b.Start()
	})
}

// A node that died left leases behind: what it had not begun is sent by another, what it had begun is unconfirmed.
func TestLeasesOfTheDead(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			synctest.Test(t, func(t *testing.T) {
				b := open(t, address, nil)
				defer b.close()
				for i := range 4 {
					b.say(i, strconv.Itoa(i), nil)
				}
				now := time.Now()
				rows, err := b.db.Outbox().Claim(t.Context(), "sms", store.Claim{Holder: "dead", Now: now.Add(time.Millisecond), Until: now.Add(time.Minute), Limit: 10})
				if err != nil || len(rows) != 4 {
					t.Fatalf("%d claimed, %v", len(rows), err)
				}
				if _, err := b.db.Outbox().Begin(t.Context(), "dead", []int64{rows[0].Seq, rows[1].Seq}, now); err != nil {
					t.Fatal(err)
				}
				b.Start()
				pass(2 * time.Minute)
				if n := b.counts(); n[store.OutboundSent] != 2 || n[store.OutboundUnconfirmed] != 2 {
					t.Errorf("%v", n)
				}
				b.check(t)
			})
		})
	}
}

// Several nodes on one database send every message once.
func TestManyNodes(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				taken := make(map[string]int)
				var nodes []*bench
				for range 3 {
					b := open(t, address, func(d *outbox.Deps, _ *outbox.Channel) {
						if len(nodes) > 0 {
							d.Keys = nodes[0].keys
						}
					})
					b.provider.act = func(_ context.Context, m channel.MT, call int) channel.Result {
						if call%7 == 0 {
							return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: time.Second}
						}
						mu.Lock()
						taken[m.ID]++
						mu.Unlock()
						return b.provider.accept(m)
					}
					nodes = append(nodes, b)
				}
				for i := range 120 {
					nodes[i%3].say(i, strconv.Itoa(i), nil)
				}
				for _, b := range nodes {
					b.Start()
				}
				pass(2 * time.Minute)
				for _, b := range nodes {
					if n := b.counts(); n[store.OutboundSent] != 40 {
						t.Errorf("%v", n)
					}
				}
				for _, b := range nodes {
					b.close()
				}
				if len(taken) != 120 {
					t.Errorf("%d messages taken", len(taken))
				}
				for _, n := range taken {
					if n != 1 {
						t.Errorf("a message was taken %d times", n)
					}
				}
			})
		})
	}
}

// bell is one that rings in every node of a test.
type bell struct{ heard chan string }

func (b *bell) Ring(_ context.Context, name string) error { b.heard <- name; return nil }
func (b *bell) Heard(context.Context) <-chan string       { return b.heard }

func TestBellWakesAnotherNode(t *testing.T) {
	address := sqlite(t)
	synctest.Test(t, func(t *testing.T) {
		rings := &bell{heard: make(chan string, 10)}
		there := open(t, address, func(d *outbox.Deps, _ *outbox.Channel) { d.Bell = rings })
		defer there.close()
		here := open(t, address, func(d *outbox.Deps, _ *outbox.Channel) { d.Bell, d.Keys = rings, there.keys })
		defer here.close()
		there.Start()
		pass(500 * time.Millisecond)
		before := time.Now()
		id := here.say(1, "1", nil)
		synctest.Wait()
		here.is(id, store.OutboundSent)
		if waited := time.Since(before); waited > 0 || len(there.provider.all()) != 1 {
			t.Errorf("%d sent after %v", len(there.provider.all()), waited)
		}
	})
}
