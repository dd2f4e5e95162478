package storetest

import (
	"fmt"
	"testing"
	"time"

	"baro/store"
)

func testReceipts(t *testing.T, b *bench) {
	_, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{b.outbound("m1", pseudonym(1)), b.outbound("m2", pseudonym(2)), b.outbound("m3", pseudonym(3))})
	b.must(err)
	_, err = b.Outbox.Claim(b.ctx, "sms", b.claim("w", 10))
	b.must(err)
	now := b.clock.Now()
	record := func(provider, ours string, status store.OutboundState, want bool) {
		t.Helper()
		moved, err := b.Receipts.Record(b.ctx, store.Receipt{Channel: "sms", ProviderID: provider, OurID: ours, Status: status, RawCode: "c", At: now})
		b.must(err)
		if moved != want {
			t.Errorf("receipt %s %s %s: moved is %v", provider, ours, status, moved)
		}
	}
	state := func(id string, want store.OutboundState) {
		t.Helper()
		m, err := b.Outbox.Get(b.ctx, id)
		b.must(err)
		equal(t, "state of "+id, m.State, want)
	}
	finish := func(id, provider string, want int64) {
		t.Helper()
		moved, err := b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq(id), State: store.OutboundSent, ProviderID: provider, Parts: 1}}, now)
		b.must(err)
		equal(t, "moved", moved, want)
	}
	finish("m1", "p1", 1)
	record("p1", "", store.OutboundUnconfirmed, false)
	record("p1", "", store.OutboundDelivered, true)
	record("p1", "", store.OutboundDelivered, false)
	record("p1", "", store.OutboundFailed, false)
	record("p1", "", store.OutboundSent, false)
	state("m1", store.OutboundDelivered)
	kept, err := b.Receipts.Of(b.ctx, "m1")
	b.must(err)
	equal(t, "receipts kept", len(kept), 5)

	// The receipt is quicker than the answer, known by the provider's id only.
	record("p2", "", store.OutboundFailed, false)
	state("m2", store.OutboundLeased)
	finish("m2", "p2", 1)
	state("m2", store.OutboundFailed)
	kept, err = b.Receipts.Of(b.ctx, "m2")
	b.must(err)
	if len(kept) != 1 || !kept[0].Matched || kept[0].RawCode != "c" {
		t.Errorf("parked receipt: %+v", kept)
	}

	// The receipt is quicker and carries our id.
	record("p3", "m3", store.OutboundDelivered, true)
	finish("m3", "p3", 0)
	state("m3", store.OutboundDelivered)
	m, err := b.Outbox.Get(b.ctx, "m3")
	b.must(err)
	equal(t, "provider id noted all the same", m.ProviderID, "p3")

	// Another channel's receipt with the same ids is about something else.
	moved, err := b.Receipts.Record(b.ctx, store.Receipt{Channel: "orange", ProviderID: "p1", OurID: "m1", Status: store.OutboundFailed, At: now})
	b.must(err)
	equal(t, "moved across channels", moved, false)
	_, err = b.Receipts.Record(b.ctx, store.Receipt{Channel: "sms", Status: store.OutboundQueued, At: now})
	b.wants(store.CodeInvalid, err)
	n, err := b.Receipts.Purge(b.ctx, now.Add(time.Microsecond))
	b.must(err)
	equal(t, "purged", n, 8)
}

// testReceiptRace sends each answer and its receipt at the same moment: none
// may stay parked.
func testReceiptRace(t *testing.T, b *bench) {
	const total = 40
	var all []store.Outbound
	for i := range total {
		all = append(all, b.outbound(fmt.Sprintf("m%02d", i), pseudonym(byte(i))))
	}
	_, err := b.Outbox.Enqueue(b.ctx, all)
	b.must(err)
	_, err = b.Outbox.Claim(b.ctx, "sms", b.claim("w", total))
	b.must(err)
	now := b.clock.Now()
	for _, err := range together(total+total/4, func(i int) error {
		if i >= total { // four messages are answered together
			var outcomes []store.Outcome
			for j := range 4 {
				n := (i-total)*4 + j
				outcomes = append(outcomes, store.Outcome{Seq: b.seq(fmt.Sprintf("m%02d", n)), State: store.OutboundSent, ProviderID: fmt.Sprint("p", n)})
			}
			_, err := b.Outbox.Finish(b.ctx, "sms", "w", outcomes, now)
			return err
		}
		_, err := b.Receipts.Record(b.ctx, store.Receipt{Channel: "sms", ProviderID: fmt.Sprint("p", i), Status: store.OutboundDelivered, At: now})
		return err
	}) {
		b.must(err)
	}
	for i := range total {
		m, err := b.Outbox.Get(b.ctx, fmt.Sprintf("m%02d", i))
		b.must(err)
		equal(t, "state of "+m.ID, m.State, store.OutboundDelivered)
	}
}

func testMessagePurge(t *testing.T, b *bench) {
	one, two := b.communes()
	in, mine := b.inbound("a", pseudonym(1)), b.inbound("b", pseudonym(2))
	mine.Commune = one
	accepted, err := b.Inbox.Accept(b.ctx, []store.Inbound{in, mine})
	b.must(err)
	_, err = b.Inbox.Take(b.ctx, accepted[0].ID, b.claim("w", 1))
	b.must(err)
	b.must(b.Inbox.Finish(b.ctx, accepted[0].ID, "w", store.InboundHandled, false, b.clock.Now()))
	sent, queued, foreign := b.outbound("sent", pseudonym(1)), b.outbound("queued", pseudonym(2)), b.outbound("foreign", pseudonym(3))
	sent.Priority, queued.Commune, foreign.Commune = store.PriorityReply, one, two
	_, err = b.Outbox.Enqueue(b.ctx, []store.Outbound{sent, queued, foreign})
	b.must(err)
	_, err = b.Outbox.Claim(b.ctx, "sms", b.claim("w", 1))
	b.must(err)
	_, err = b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq("sent"), State: store.OutboundSent, ProviderID: "p"}}, b.clock.Now())
	b.must(err)

	n, err := b.MessagePurge.PurgeBodies(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "purged too early", n, 0)
	n, err = b.MessagePurge.PurgeBodies(b.ctx, b.clock.Now().Add(time.Microsecond))
	b.must(err)
	equal(t, "purged", n, 2)
	gone, err := b.Outbox.Get(b.ctx, "sent")
	b.must(err)
	if gone.Phone.Box != nil || gone.Body.Box != nil || gone.Recipient != (store.Pseudonym{}) || gone.State != store.OutboundSent {
		t.Errorf("purged: %+v", gone)
	}
	_, err = b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseOther, Body: seal("words")})
	b.must(err)
	n, err = b.MessagePurge.WipeCommune(b.ctx, one, clerk)
	b.must(err)
	equal(t, "wiped", n, 3)
	wiped, err := b.Outbox.Get(b.ctx, "queued")
	b.must(err)
	if wiped.Body.Box != nil || wiped.State != store.OutboundExpired {
		t.Errorf("wiped: %+v", wiped.State)
	}
	left, err := b.Outbox.Get(b.ctx, "foreign")
	b.must(err)
	if left.Body.Box == nil || left.State != store.OutboundQueued {
		t.Error("another commune's message was wiped")
	}
	claimed, err := b.Inbox.Claim(b.ctx, b.claim("w", 10))
	b.must(err)
	equal(t, "wiped messages handled", len(claimed), 0)
}
