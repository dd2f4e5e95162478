package storetest

import (
	"testing"
	"time"

	"baro/store"
)

func testChannelStates(t *testing.T, b *bench) {
	now := b.clock.Now()
	report := func(channel, node, state string, at time.Time) store.ChannelState {
		return store.ChannelState{
			Channel: channel, Node: node, State: state, Reason: "5 of 9 failed", LastIn: at.Add(-time.Second), Recent: []byte(`[{"way":"mt"}]`), At: at,
		}
	}
	old := report("sms", "a", "down", now.Add(-time.Hour))
	b.must(b.ChannelStates.Report(b.ctx, []store.ChannelState{old, report("ussd", "a", "ok", now.Add(-time.Hour))}))
	b.must(b.ChannelStates.Report(b.ctx, []store.ChannelState{report("sms", "b", "degraded", now), report("sms", "a", "ok", now)}))
	got, err := b.ChannelStates.List(b.ctx, now.Add(-2*time.Hour))
	b.must(err)
	equal(t, "reports", len(got), 3)
	for i, want := range []struct{ channel, node, state string }{{"sms", "a", "ok"}, {"sms", "b", "degraded"}, {"ussd", "a", "ok"}} {
		equal(t, "channel", got[i].Channel, want.channel)
		equal(t, "node", got[i].Node, want.node)
		equal(t, "state", got[i].State, want.state)
	}
	if k := got[1]; !k.At.Equal(now) || !k.LastIn.Equal(now.Add(-time.Second)) || !k.LastOut.IsZero() || string(k.Recent) != `[{"way":"mt"}]` || k.Reason != "5 of 9 failed" {
		t.Errorf("read back %+v", k)
	}
	fresh, err := b.ChannelStates.List(b.ctx, now)
	b.must(err)
	equal(t, "fresh reports", len(fresh), 2)
	gone, err := b.ChannelStates.Purge(b.ctx, now)
	b.must(err)
	equal(t, "purged", gone, 1)
	bad := report("sms", "c", "fine", now)
	b.wants(store.CodeInvalid, b.ChannelStates.Report(b.ctx, []store.ChannelState{bad}))
}
