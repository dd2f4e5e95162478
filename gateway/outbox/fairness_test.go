package outbox_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/store"
)

// slow answers each call after a while, so that broadcasts queue up before the senders.
func (p *provider) slow(d time.Duration) func(context.Context, channel.MT, int) channel.Result {
	return func(_ context.Context, m channel.MT, _ int) channel.Result {
		pass(d)
		return p.accept(m)
	}
}

// pile enqueues n messages of one priority at once.
func (b *bench) pile(n, from int, priority store.Priority, text string) {
	b.t.Helper()
	batch := make([]outbox.Message, n)
	for i := range batch {
		to, err := identity.Parse("+2237" + strconv.Itoa(1_000_000+from+i))
		if err != nil {
			b.t.Fatal(err)
		}
		batch[i] = outbox.Message{Channel: "sms", To: to, Text: text, Language: "fr", Priority: priority}
	}
	if err := b.Enqueue(b.t.Context(), batch...); err != nil {
		b.t.Fatal(err)
	}
}

// However many replies wait, notices and broadcasts move.
func TestBacklogOfRepliesStarvesNobody(t *testing.T) {
	for _, tps := range []float64{0, 100} {
		bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Concurrency, c.TPS = 4, tps }, func(t *testing.T, b *bench) {
			b.provider.act = b.provider.slow(10 * time.Millisecond)
			b.pile(2000, 0, store.PriorityReply, "reply")
			b.pile(20, 5000, store.PriorityNotice, "notice")
			b.pile(20, 6000, store.PriorityBulk, "bulk")
			b.Start()
			pass(time.Minute)
			order := b.provider.texts()
			if len(order) != 2040 {
				t.Fatalf("%d sent", len(order))
			}
			for text, most := range map[string]int{"notice": 700, "bulk": 1200} {
				if last := len(order) - 1 - slices.Index(reversed(order), text); last > most {
					t.Errorf("at %v/s the last %s went after %d others", tps, text, last)
				}
			}
			if first := strings.Count(strings.Join(order[:100], " "), "reply"); first < 70 {
				t.Errorf("at %v/s only %d of the first 100 were replies", tps, first)
			}
		})
	}
}

// A reply that comes in the midst of a broadcast of 10,000 is the next message of the next sender that is free, whatever
// has been claimed and begun before it.
func TestReplyGoesBeforeABroadcast(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Concurrency = 8 }, func(t *testing.T, b *bench) {
		b.provider.act = b.provider.slow(150 * time.Millisecond)
		b.pile(10_000, 0, store.PriorityBulk, "bulk")
		b.Start()
		for range 5 {
			pass(5*time.Second + 70*time.Millisecond)
			before, asked := len(b.provider.all()), time.Now()
			b.say(9000, "reply", nil)
			pass(time.Second)
			order := b.provider.texts()[before:]
			at := slices.Index(order, "reply")
			if at < 0 || at > 16 {
				t.Fatalf("the reply went after %d of the broadcast", at)
			}
			if waited := b.provider.all()[before+at].at.Sub(asked); waited > 300*time.Millisecond {
				t.Errorf("the reply waited %v", waited)
			}
		}
	})
}

// An operator's prefix has a pace of its own, which holds nobody else up.
func TestPrefixHasItsOwnPace(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) {
		c.TPS, c.Prefixes = 50, []outbox.Prefix{{Digits: "22371", TPS: 2}, {Digits: "2237", TPS: 40}}
	}, func(t *testing.T, b *bench) {
		b.pile(80, 0, store.PriorityBulk, "slow") // +22371…
		b.pile(300, 1_000_000, store.PriorityBulk, "quick")
		b.Start()
		pass(20 * time.Second)
		n := map[string]int{}
		for _, text := range b.provider.texts() {
			n[text]++
		}
		if n["slow"] < 35 || n["slow"] > 45 || n["quick"] != 300 {
			t.Errorf("after 20 s: %v", n)
		}
		pass(time.Minute)
		if got := len(b.provider.all()); got != 380 {
			t.Errorf("%d sent", got)
		}
	})
}

func reversed(s []string) []string {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}
