package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

// messages is how many a run of these tests sends.
const messages = 6

// final are the states nothing of ours leaves any more.
var final = map[store.OutboundState]bool{
	store.OutboundSent: true, store.OutboundDelivered: true, store.OutboundFailed: true, store.OutboundExpired: true, store.OutboundUnconfirmed: true,
}

// check holds a finished run to what must be true whatever went wrong.
func (b *bench) check(t *testing.T) {
	t.Helper()
	attempts := make(map[string][]channel.Outcome)
	for _, s := range b.provider.all() {
		attempts[s.mt.ID] = append(attempts[s.mt.ID], s.outcome)
	}
	for _, id := range b.ids {
		m := b.get(id)
		if !final[m.State] {
			t.Errorf("message ends as %s after %v", m.State, attempts[id])
		}
		if n := b.provider.taken[id]; n > 1 {
			t.Errorf("the provider has a message %d times", n)
		}
		for i, o := range attempts[id] {
			if i+1 < len(attempts[id]) && o != channel.RetryAfter {
				t.Errorf("sent again after outcome %d", o)
			}
		}
		if m.State == store.OutboundSent && b.provider.taken[id] != 1 {
			t.Errorf("sent, says the outbox; the provider knows nothing of it")
		}
		if m.State == store.OutboundFailed && b.provider.taken[id] > 0 {
			t.Errorf("failed, says the outbox; the provider has it")
		}
	}
}

func (b *bench) counts() map[store.OutboundState]int {
	n := make(map[store.OutboundState]int)
	for _, id := range b.ids {
		n[b.get(id).State]++
	}
	return n
}

// One call to the database fails, before or after it took effect: every message ends in one final state, and none reaches
// the provider twice.
func TestStoreFailsAtCallK(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			for _, after := range []bool{false, true} {
				for k, more := int64(1), true; more; k++ {
					synctest.Test(t, func(t *testing.T) {
						f := &faulty{k: k, after: after}
						name := fmt.Sprintf("sms-%v-%d", after, k)
						b := open(t, address, func(d *outbox.Deps, c *outbox.Channel) {
							f.Outbox, f.OutboxCare = d.Outbox, d.Care
							d.Outbox, d.Care = f, f
							c.Name, c.Concurrency = name, 2
							c.Timeout, c.UnconfirmedAfter, c.Lease = 3*time.Second, 6*time.Second, 12*time.Second
						})
						b.provider.act = func(_ context.Context, m channel.MT, call int) channel.Result {
							if call == 3 {
								return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: 2 * time.Second}
							}
							return b.provider.accept(m)
						}
						for i := range messages {
							b.say(i, "Réunion", func(m *outbox.Message) { m.Channel = name })
						}
						b.Start()
						pass(40 * time.Second)
						b.check(t)
						// Nothing was refused or lost on the way to the provider: only a lease may have run out.
						if n := b.counts(); n[store.OutboundSent] != messages {
							t.Errorf("call %d, after %v: %v", k, after, n)
						}
						more = k < f.calls.Load() && k < 20
						b.close()
					})
				}
			}
		})
	}
}

// A claim takes effect and its answer is lost, and so is the attempt to give it up: when the database is back the messages
// go at once, not after their lease.
func TestLostClaimIsGivenBack(t *testing.T) {
	f := &faulty{k: 1, after: true}
	bubble(t, func(d *outbox.Deps, c *outbox.Channel) {
		f.Outbox, f.OutboxCare = d.Outbox, d.Care
		d.Outbox, d.Care = f, &absent{OutboxCare: f, abandons: 2}
	}, func(t *testing.T, b *bench) {
		id := b.say(1, "1", nil)
		b.Start()
		pass(15 * time.Second)
		b.is(id, store.OutboundSent)
		b.check(t)
	})
}

// absent is a database that is away for the first attempts to give claims up.
type absent struct {
	store.OutboxCare
	abandons int
}

func (a *absent) Abandon(ctx context.Context, holder string, at time.Time) (int64, error) {
	if a.abandons--; a.abandons >= 0 {
		return 0, store.NewError(store.CodeUnavailable, "test", "planned")
	}
	return a.OutboxCare.Abandon(ctx, holder, at)
}

// One call to the provider goes wrong, each in turn and in every way.
func TestProviderFailsAtCallK(t *testing.T) {
	type way struct {
		act   func(ctx context.Context, p *provider, m channel.MT) channel.Result
		state store.OutboundState // what becomes of that message
	}
	ways := map[string]way{
		"later": {func(context.Context, *provider, channel.MT) channel.Result {
			return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: 3 * time.Second}
		}, store.OutboundSent},
		"refused": {func(context.Context, *provider, channel.MT) channel.Result {
			return channel.Result{Outcome: channel.Refused, Class: channel.ClassBadNumber}
		}, store.OutboundFailed},
		"error before": {func(context.Context, *provider, channel.MT) channel.Result {
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
		}, store.OutboundUnconfirmed},
		"taken, then error": {func(_ context.Context, p *provider, m channel.MT) channel.Result {
			p.accept(m)
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
		}, store.OutboundUnconfirmed},
		"taken, then silence": {func(ctx context.Context, p *provider, m channel.MT) channel.Result {
			p.accept(m)
			<-ctx.Done()
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown}
		}, store.OutboundUnconfirmed},
		"taken, then panic": {func(_ context.Context, p *provider, m channel.MT) channel.Result {
			p.accept(m)
			panic("planned")
		}, store.OutboundUnconfirmed},
		"panic": {func(context.Context, *provider, channel.MT) channel.Result { panic("planned") }, store.OutboundUnconfirmed},
	}
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			for how, w := range ways {
				for k := 1; k <= messages; k++ {
					synctest.Test(t, func(t *testing.T) {
						name := fmt.Sprintf("%s-%d", how, k)
						b := open(t, address, func(_ *outbox.Deps, c *outbox.Channel) {
							c.Name, c.Concurrency = name, 3
							c.Timeout, c.UnconfirmedAfter, c.Lease = 3*time.Second, 6*time.Second, 12*time.Second
						})
						b.provider.act = func(ctx context.Context, m channel.MT, call int) channel.Result {
							if call == k {
								return w.act(ctx, b.provider, m)
							}
							return b.provider.accept(m)
						}
						for i := range messages {
							b.say(i, "Réunion", func(m *outbox.Message) { m.Channel = name })
						}
						b.Start()
						pass(30 * time.Second)
						b.check(t)
						n := b.counts()
						if n[w.state] == 0 || n[store.OutboundSent] < messages-1 {
							t.Errorf("%s: %v", name, n)
						}
						b.close()
					})
				}
			}
		})
	}
}
