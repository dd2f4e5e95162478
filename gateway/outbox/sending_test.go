package outbox_test

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

// bubble runs a test in fake time on SQLite.
func bubble(t *testing.T, change func(*outbox.Deps, *outbox.Channel), test func(t *testing.T, b *bench)) {
	t.Helper()
	address := sqlite(t)
	synctest.Test(t, func(t *testing.T) {
		b := open(t, address, change)
		defer b.close()
		test(t, b)
	})
}

func TestSentAtOnceAndInTurn(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		b.Start()
		synctest.Wait()
		before := time.Now()
		var want []string
		for i := range 20 {
			want = append(want, strconv.Itoa(i))
			b.say(1, strconv.Itoa(i), nil)
			pass(time.Microsecond)
		}
		synctest.Wait()
		if got := b.provider.texts(); !slices.Equal(got, want) {
			t.Errorf("one person got %v", got)
		}
		if waited := time.Since(before); waited > time.Millisecond {
			t.Errorf("a reply waited %v", waited)
		}
		for _, id := range b.ids {
			if m := b.get(id); m.State != store.OutboundSent || m.ProviderID != "P-"+id || m.Parts != 1 {
				t.Errorf("%s %q %d", m.State, m.ProviderID, m.Parts)
			}
		}
	})
}

func TestNotBeforeAndExpiry(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		start := time.Now()
		later := b.say(1, "demain", func(m *outbox.Message) { m.NotBefore = start.Add(3 * time.Minute) })
		short := b.say(2, "vite", func(m *outbox.Message) {
			m.NotBefore, m.ExpiresAt = start.Add(time.Minute), start.Add(2*time.Minute)
		})
		gone := b.say(3, "trop tard", func(m *outbox.Message) { m.ExpiresAt = start.Add(time.Second) })
		pass(5 * time.Second) // before anybody could send it
		b.Start()
		pass(4 * time.Minute)
		b.is(gone, store.OutboundExpired)
		b.is(short, store.OutboundSent)
		b.is(later, store.OutboundSent)
		for _, s := range b.provider.all() {
			due := start.Add(time.Minute)
			if s.mt.ID == later {
				due = start.Add(3 * time.Minute)
			}
			if d := s.at.Sub(due); s.mt.ID == gone || d < 0 || d > time.Second {
				t.Errorf("%q sent %v after it was due", s.mt.Text, d)
			}
		}
	})
}

// A message whose time passes while it waits in the pump's hands is not sent either.
func TestExpiresInHand(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.TPS = 1 }, func(t *testing.T, b *bench) {
		start := time.Now()
		for i := range 30 {
			b.say(i, strconv.Itoa(i), func(m *outbox.Message) { m.ExpiresAt = start.Add(10 * time.Second) })
		}
		b.Start()
		pass(time.Minute)
		n := b.counts()
		if n[store.OutboundSent] < 9 || n[store.OutboundSent]+n[store.OutboundExpired] != 30 {
			t.Errorf("%v", n)
		}
		for _, s := range b.provider.all() {
			if !s.at.Before(start.Add(10 * time.Second)) {
				t.Errorf("sent %v after the start", s.at.Sub(start))
			}
		}
	})
}

func TestPacing(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.TPS = 10 }, func(t *testing.T, b *bench) {
		for i := range 300 {
			b.say(i, strconv.Itoa(i), bulk)
		}
		start := time.Now()
		b.Start()
		pass(10 * time.Second)
		if n := len(b.provider.all()); n < 95 || n > 105 {
			t.Errorf("%d messages in 10 s at 10/s", n)
		}
		// A reply in the midst of a broadcast.
		asked := time.Now()
		id := b.say(999, "votre solde", nil)
		pass(time.Second)
		b.is(id, store.OutboundSent)
		for _, s := range b.provider.all() {
			if s.mt.ID == id && s.at.Sub(asked) > 200*time.Millisecond {
				t.Errorf("a reply waited %v behind a broadcast", s.at.Sub(asked))
			}
		}
		pass(30 * time.Second)
		if n := b.counts()[store.OutboundSent]; n != 301 {
			t.Errorf("%d sent after %v", n, time.Since(start))
		}
	})
}

// Replies come faster than the channel carries; the broadcast still moves.
func TestBroadcastDoesNotStarve(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.TPS = 10 }, func(t *testing.T, b *bench) {
		var slow []string
		for i := range 20 {
			slow = append(slow, b.say(i, "b"+strconv.Itoa(i), bulk), b.say(i+100, "n"+strconv.Itoa(i), func(m *outbox.Message) { m.Priority = store.PriorityNotice }))
		}
		b.Start()
		for second := range 30 {
			for i := range 12 {
				b.say(1000+second*12+i, "r", nil)
			}
			pass(time.Second)
		}
		moved := 0
		for _, id := range slow {
			if b.get(id).State == store.OutboundSent {
				moved++
			}
		}
		replies := len(b.provider.all()) - moved
		if moved < 15 || replies < 200 {
			t.Errorf("%d of 40 others and %d replies in 30 s at 10/s", moved, replies)
		}
	})
}

func TestQuietOutboxIsLeftAlone(t *testing.T) {
	f := &faulty{}
	bubble(t, func(d *outbox.Deps, c *outbox.Channel) {
		f.Outbox, f.OutboxCare = d.Outbox, d.Care
		d.Outbox, d.Care = f, f
	}, func(t *testing.T, b *bench) {
		b.Start()
		pass(time.Minute)
		if n := f.calls.Load(); n < 50 || n > 62 {
			t.Errorf("%d looks in a quiet minute", n)
		}
	})
}

func TestRetryKeepsTheOrder(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Concurrency = 1 }, func(t *testing.T, b *bench) {
		b.provider.act = func(_ context.Context, m channel.MT, call int) channel.Result {
			if call == 2 || call == 3 {
				return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: 10 * time.Second}
			}
			return b.provider.accept(m)
		}
		for i := range 6 {
			b.say(i, strconv.Itoa(i), nil)
			pass(time.Microsecond)
		}
		b.Start()
		pass(time.Minute)
		if got, want := b.provider.texts(), []string{"0", "1", "1", "1", "2", "3", "4", "5"}; !slices.Equal(got, want) {
			t.Errorf("handed over %v, want %v", got, want)
		}
		all := b.provider.all()
		for i := 2; i <= 3; i++ {
			if wait := all[i].at.Sub(all[i-1].at); wait < 10*time.Second || wait > 14*time.Second {
				t.Errorf("tried again after %v", wait)
			}
		}
	})
}

// A trouble of one recipient delays nobody else.
func TestOneRecipientsTrouble(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		var stuck string
		b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
			if m.ID == stuck && len(b.provider.all()) < 12 {
				return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassUnreachableNow, After: 30 * time.Second}
			}
			return b.provider.accept(m)
		}
		stuck = b.say(0, "0", nil)
		for i := range 9 {
			b.say(i+1, strconv.Itoa(i+1), nil)
		}
		b.Start()
		pass(time.Second)
		if n := b.counts(); n[store.OutboundSent] != 9 || n[store.OutboundQueued] != 1 {
			t.Errorf("%v", n)
		}
		pass(10 * time.Minute)
		b.is(stuck, store.OutboundSent)
	})
}

func TestUnknownWaitsForItsReceipt(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
		}
		told, untold := b.say(1, "1", nil), b.say(2, "2", nil)
		b.Start()
		pass(time.Minute)
		b.is(told, store.OutboundLeased)
		if err := b.Record(t.Context(), channel.Receipt{Channel: "sms", ProviderID: "X", OurID: told, State: channel.ReceiptDelivered}); err != nil {
			t.Fatal(err)
		}
		b.is(told, store.OutboundDelivered)
		pass(2 * time.Minute)
		b.is(told, store.OutboundDelivered)
		b.is(untold, store.OutboundUnconfirmed)
		pass(6 * time.Minute) // a lease and more
		if n := len(b.provider.all()); n != 2 {
			t.Errorf("%d sends of two messages", n)
		}
		if err := b.Record(t.Context(), channel.Receipt{Channel: "sms", OurID: untold, State: channel.ReceiptSent}); err != nil {
			t.Fatal(err)
		}
		b.is(untold, store.OutboundSent)
	})
}

// A provider that fails without saying whether it took a message is left alone after a few: the broadcast survives.
func TestOutageDoesNotBurnTheBroadcast(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Concurrency = 2 }, func(t *testing.T, b *bench) {
		var down atomic.Bool
		down.Store(true)
		b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
			if down.Load() {
				return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
			}
			return b.provider.accept(m)
		}
		for i := range 500 {
			b.say(i, strconv.Itoa(i), bulk)
		}
		b.Start()
		pass(30 * time.Minute)
		if h := b.Health(); h[0].State != "down" || h[0].Reason == "" || h[0].Class != channel.ClassProviderDown || h[0].Until.IsZero() {
			t.Errorf("%+v", h)
		}
		down.Store(false)
		pass(7 * time.Minute)
		n := b.counts()
		if n[store.OutboundUnconfirmed] > 40 || n[store.OutboundUnconfirmed]+n[store.OutboundSent] != 500 {
			t.Errorf("after half an hour's outage: %v", n)
		}
		if h := b.Health(); h[0].State != "ok" {
			t.Errorf("%+v", h)
		}
		b.check(t)
	})
}

func TestAccountTroubleKeepsMessages(t *testing.T) {
	for _, class := range []channel.Class{channel.ClassAuth, channel.ClassNoCredit} {
		bubble(t, nil, func(t *testing.T, b *bench) {
			var bad atomic.Bool
			bad.Store(true)
			b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
				if bad.Load() {
					return channel.Result{Outcome: channel.Refused, Class: class}
				}
				return b.provider.accept(m)
			}
			for i := range 20 {
				b.say(i, strconv.Itoa(i), nil)
			}
			b.Start()
			pass(10 * time.Minute)
			if n := b.counts(); n[store.OutboundQueued] != 20 {
				t.Errorf("%s: %v", class, n)
			}
			if h := b.Health(); h[0].State != "down" || h[0].Class != class {
				t.Errorf("%+v", h)
			}
			if n := len(b.provider.all()); n > 80 {
				t.Errorf("%s: %d attempts in ten minutes", class, n)
			}
			bad.Store(false)
			pass(16 * time.Minute)
			if n := b.counts(); n[store.OutboundSent] != 20 {
				t.Errorf("%s, mended: %v", class, n)
			}
		})
	}
}

// A wrong setting fails the messages it meets, and halts the channel before it meets them all.
func TestMisconfigurationHalts(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Concurrency = 1 }, func(t *testing.T, b *bench) {
		b.provider.act = func(context.Context, channel.MT, int) channel.Result {
			return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig}
		}
		for i := range 100 {
			b.say(i, strconv.Itoa(i), bulk)
		}
		b.Start()
		pass(5 * time.Minute)
		if n := b.counts(); n[store.OutboundFailed] < 3 || n[store.OutboundFailed] > 10 {
			t.Errorf("%v", n)
		}
		if h := b.Health(); h[0].State != "down" {
			t.Errorf("%+v", h)
		}
	})
}

func TestOptOutReachesTheLedger(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		b.provider.act = func(_ context.Context, m channel.MT, call int) channel.Result {
			if call == 1 {
				return channel.Result{Outcome: channel.Refused, Class: channel.ClassOptedOut}
			}
			return b.provider.accept(m)
		}
		first := b.say(1, "1", nil)
		b.Start()
		pass(time.Second)
		second := b.say(2, "2", nil)
		pass(time.Second)
		b.is(first, store.OutboundFailed)
		if err := b.Record(t.Context(), channel.Receipt{Channel: "sms", OurID: second, State: channel.ReceiptFailed, Class: channel.ClassOptedOut, Code: "failed 21610"}); err != nil {
			t.Fatal(err)
		}
		third := b.say(3, "3", nil)
		pass(time.Second)
		for id, want := range map[string]bool{first: true, second: true, third: false} {
			got, err := b.db.Consents().Suppressed(t.Context(), b.get(id).Recipient, store.PurposeNotices)
			if err != nil || got != want {
				t.Errorf("suppressed: %v, %v; want %v", got, err, want)
			}
		}
	})
}

func TestScrubbedOnceSent(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		id := b.say(1, "Réunion", func(m *outbox.Message) { m.Scrub = true })
		kept := b.say(2, "Réunion", nil)
		b.Start()
		pass(time.Second)
		if b.get(id).Body.Box != nil || b.get(kept).Body.Box == nil {
			t.Error("the wrong text is kept")
		}
	})
}

func TestReadyHolds(t *testing.T) {
	var ready atomic.Bool
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) { c.Ready = ready.Load }, func(t *testing.T, b *bench) {
		id := b.say(1, "1", nil)
		b.Start()
		pass(time.Minute)
		b.is(id, store.OutboundQueued)
		ready.Store(true)
		pass(2 * time.Second)
		b.is(id, store.OutboundSent)
	})
}
