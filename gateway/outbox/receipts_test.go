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

// Receipts may come before the provider has answered, twice, in any order, and by the provider's id alone.
func TestReceiptsInAnyOrder(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			for name, c := range map[string]struct {
				early, late []channel.ReceiptState
				want        store.OutboundState
			}{
				"none":                    {nil, nil, store.OutboundSent},
				"delivered":               {nil, []channel.ReceiptState{channel.ReceiptSent, channel.ReceiptDelivered}, store.OutboundDelivered},
				"backwards":               {nil, []channel.ReceiptState{channel.ReceiptDelivered, channel.ReceiptSent, channel.ReceiptPending}, store.OutboundDelivered},
				"early":                   {[]channel.ReceiptState{channel.ReceiptSent, channel.ReceiptDelivered}, nil, store.OutboundDelivered},
				"early and again":         {[]channel.ReceiptState{channel.ReceiptDelivered}, []channel.ReceiptState{channel.ReceiptSent, channel.ReceiptDelivered}, store.OutboundDelivered},
				"early failure":           {[]channel.ReceiptState{channel.ReceiptFailed}, []channel.ReceiptState{channel.ReceiptSent}, store.OutboundFailed},
				"nothing to move":         {[]channel.ReceiptState{channel.ReceiptPending}, []channel.ReceiptState{channel.ReceiptPending}, store.OutboundSent},
				"expired at the operator": {nil, []channel.ReceiptState{channel.ReceiptExpired, channel.ReceiptSent}, store.OutboundExpired},
			} {
				for _, ours := range []bool{true, false} {
					synctest.Test(t, func(t *testing.T) {
						channelName := fmt.Sprintf("%s-%v", name, ours)
						b := open(t, address, func(_ *outbox.Deps, c *outbox.Channel) { c.Name = channelName })
						defer b.close()
						report := func(id string, states []channel.ReceiptState) {
							for _, s := range states {
								r := channel.Receipt{Channel: channelName, ProviderID: "P-" + id, State: s, Code: "word"}
								if ours {
									r.OurID = id
								}
								if err := b.Record(context.Background(), r); err != nil {
									t.Error(err)
								}
							}
						}
						b.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
							report(m.ID, c.early)
							return b.provider.accept(m)
						}
						id := b.say(1, "1", func(m *outbox.Message) { m.Channel = channelName })
						b.Start()
						pass(2 * time.Second)
						report(id, c.late)
						m := b.get(id)
						if m.State != c.want || m.ProviderID != "P-"+id {
							t.Errorf("%s: %s %q, want %s", channelName, m.State, m.ProviderID, c.want)
						}
						kept, err := b.db.Receipts().Of(t.Context(), id)
						if err != nil || len(kept) != len(c.early)+len(c.late) {
							t.Errorf("%s: %d of %d receipts kept, %v", channelName, len(kept), len(c.early)+len(c.late), err)
						}
						if n := len(b.provider.all()); n != 1 {
							t.Errorf("%s: sent %d times", channelName, n)
						}
					})
				}
			}
		})
	}
}

func TestReceiptsOfOneCallAreFolded(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		id := b.say(1, "1", nil)
		b.Start()
		pass(time.Second)
		r := channel.Receipt{Channel: "sms", OurID: id}
		failed, delivered := r, r
		failed.State, failed.Class, delivered.State = channel.ReceiptFailed, channel.ClassUnreachableNow, channel.ReceiptDelivered
		if err := b.Record(t.Context(), failed, delivered); err != nil {
			t.Fatal(err)
		}
		b.is(id, store.OutboundDelivered)
	})
}

// What a provider writes into a receipt cannot keep it from being stored.
func TestHostileReceipts(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			b := open(t, start(t), nil)
			defer b.close()
			long := fmt.Sprintf("%0300d", 1)
			for _, r := range []channel.Receipt{
				{ProviderID: "a\x00b", Code: "\xff\xfe", State: channel.ReceiptDelivered},
				{ProviderID: long, OurID: long, Code: long, State: channel.ReceiptFailed, Class: channel.ClassOptedOut},
				{OurID: "not a UUID", State: channel.ReceiptSent},
				{State: channel.ReceiptState(99)},
			} {
				r.Channel = "sms"
				if err := b.Record(t.Context(), r); err != nil {
					t.Errorf("%+v: %v", r, err)
				}
			}
		})
	}
}
