package outbox_test

import (
	"strconv"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

// Messages that honour quiet hours wait for their end in the queue; replies go at once.
func TestQuietHoursAtClaim(t *testing.T) {
	var end time.Time
	bubble(t, func(d *outbox.Deps, _ *outbox.Channel) {
		end = time.Now().Add(3 * time.Hour)
		d.Quiet = func(now time.Time) (time.Time, bool) { return end, now.Before(end) }
	}, func(t *testing.T, b *bench) {
		hushed := func(p store.Priority) func(*outbox.Message) {
			return func(m *outbox.Message) { m.Quiet, m.Priority = true, p }
		}
		reply, notice, urgent := b.say(1, "1", hushed(store.PriorityReply)), b.say(2, "2", hushed(store.PriorityNotice)), b.say(3, "3", bulk)
		var many []string
		for i := range 700 {
			many = append(many, b.say(10+i, strconv.Itoa(i), hushed(store.PriorityBulk)))
		}
		b.Start()
		pass(2 * time.Hour)
		b.is(reply, store.OutboundSent)
		b.is(urgent, store.OutboundSent)
		b.is(notice, store.OutboundQueued)
		if m := b.get(notice); !m.NotBefore.Equal(end) || m.ProviderID != "" {
			t.Errorf("waits until %v, quiet until %v", m.NotBefore, end)
		}
		if n := len(b.provider.all()); n != 2 {
			t.Errorf("%d sent in quiet hours", n)
		}
		pass(time.Hour + time.Minute)
		b.is(notice, store.OutboundSent)
		b.is(many[699], store.OutboundSent)
		b.check(t)
	})
}

// Who withdrew a consent after a message was queued does not get it.
func TestConsentAtClaim(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		purpose := func(p store.Purpose) func(*outbox.Message) { return func(m *outbox.Message) { m.Purpose = p } }
		stopped := b.say(1, "1", purpose(store.PurposeNotices))
		answer, other := b.say(1, "2", nil), b.say(2, "3", purpose(store.PurposeNotices))
		who := b.get(stopped).Recipient
		if err := b.db.Consents().Withdraw(t.Context(), who, store.PurposeNotices, time.Now()); err != nil {
			t.Fatal(err)
		}
		b.Start()
		pass(time.Second)
		b.is(stopped, store.OutboundFailed)
		b.is(answer, store.OutboundSent)
		b.is(other, store.OutboundSent)
		if m := b.get(stopped); m.FailureClass != "consent_withdrawn" || len(b.provider.all()) != 2 {
			t.Errorf("%s after %d sends", m.FailureClass, len(b.provider.all()))
		}
	})
}

// A message of which only parts arrived is not read as one that arrived.
func TestPartsThatArrived(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		id := b.say(1, "1", nil)
		b.Start()
		pass(time.Second)
		report := func(state channel.ReceiptState, class channel.Class, word string) {
			t.Helper()
			if err := b.Record(t.Context(), channel.Receipt{Channel: "sms", OurID: id, State: state, Class: class, Code: word}); err != nil {
				t.Fatal(err)
			}
		}
		report(channel.ReceiptSent, channel.ClassPartial, "partially_delivered")
		if m := b.get(id); m.State != store.OutboundSent || m.FailureClass != "partial" {
			t.Errorf("%s %q", m.State, m.FailureClass)
		}
		report(channel.ReceiptDelivered, "", "delivered")
		if m := b.get(id); m.State != store.OutboundDelivered || m.FailureClass != "" {
			t.Errorf("%s %q", m.State, m.FailureClass)
		}
	})
}

// The job tells what it found, and finds it once.
func TestReconcileCounts(t *testing.T) {
	bubble(t, nil, func(t *testing.T, b *bench) {
		b.say(1, "1", nil)
		b.say(2, "2", nil)
		b.say(3, "3", func(m *outbox.Message) {
			m.NotBefore = time.Now().Add(time.Hour)
			m.ExpiresAt = time.Now().Add(2 * time.Hour)
		})
		now := time.Now()
		rows, err := b.db.Outbox().Claim(t.Context(), "sms", store.Claim{Holder: "dead", Now: now.Add(time.Millisecond), Until: now.Add(time.Minute), Limit: 10})
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d claimed, %v", len(rows), err)
		}
		if _, err := b.db.Outbox().Begin(t.Context(), "dead", []int64{rows[0].Seq}, now); err != nil {
			t.Fatal(err)
		}
		if err := b.Record(t.Context(), channel.Receipt{Channel: "sms", ProviderID: "stray", State: channel.ReceiptDelivered}); err != nil {
			t.Fatal(err)
		}
		pass(3 * time.Hour)
		for _, want := range []outbox.Reconciled{{Returned: 1, Unconfirmed: 1, Expired: 1, Strays: 1}, {Strays: 1}} {
			got, err := b.Audit(t.Context())
			if err != nil || got != want {
				t.Errorf("%v, %v; want %v", got, err, want)
			}
		}
	})
}
