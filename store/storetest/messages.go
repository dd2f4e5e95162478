package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"baro/store"
)

func (b *bench) inbound(id string, sender store.Pseudonym) store.Inbound {
	return store.Inbound{Channel: "sms", ExternalID: id, Sender: sender, Phone: seal("phone"), Body: seal(id), Received: b.clock.Now()}
}

func (b *bench) outbound(id string, to store.Pseudonym) store.Outbound {
	now := b.clock.Now()
	return store.Outbound{ID: id, Channel: "sms", Recipient: to, Phone: seal("phone"), Body: seal(id), Priority: store.PriorityNotice,
		NotBefore: now, ExpiresAt: now.Add(24 * time.Hour), Origin: "notice:1"}
}

func (b *bench) claim(holder string, limit int) store.Claim {
	now := b.clock.Now()
	return store.Claim{Holder: holder, Now: now, Until: now.Add(time.Minute), Limit: limit}
}

func testInbox(t *testing.T, b *bench) {
	first, err := b.Inbox.Accept(b.ctx, []store.Inbound{b.inbound("a", pseudonym(1)), b.inbound("b", pseudonym(2)), b.inbound("a", pseudonym(1))})
	b.must(err)
	if len(first) != 3 || !first[0].New || !first[1].New || first[2].New || first[2].ID != first[0].ID || first[0].ID == first[1].ID {
		t.Fatalf("accepted: %+v", first)
	}
	again, err := b.Inbox.Accept(b.ctx, []store.Inbound{b.inbound("b", pseudonym(2)), b.inbound("c", pseudonym(3))})
	b.must(err)
	if again[0].New || again[0].ID != first[1].ID || !again[1].New {
		t.Errorf("accepted again: %+v", again)
	}
	elsewhere := b.inbound("a", pseudonym(1))
	elsewhere.Channel = "orange"
	other, err := b.Inbox.Accept(b.ctx, []store.Inbound{elsewhere})
	b.must(err)
	equal(t, "same id on another channel is new", other[0].New, true)
	once, err := b.Inbox.Accept(b.ctx, []store.Inbound{elsewhere})
	b.must(err)
	equal(t, "accepted once more by itself", once[0], store.Accepted{ID: other[0].ID})
	_, err = b.Inbox.Accept(b.ctx, []store.Inbound{{Channel: "sms", ExternalID: "x"}})
	b.wants(store.CodeInvalid, err)

	m, err := b.Inbox.Take(b.ctx, first[1].ID, b.claim("w1", 1))
	b.must(err)
	if m.ExternalID != "b" || m.Attempts != 1 || string(m.Body.Box) != "box:b" || m.Sender != pseudonym(2) || m.State != store.InboundReceived {
		t.Errorf("taken: %+v", m)
	}
	_, err = b.Inbox.Take(b.ctx, m.ID, b.claim("w2", 1))
	b.wants(store.CodeConflict, err)
	b.wants(store.CodeConflict, b.Inbox.Finish(b.ctx, m.ID, "w2", store.InboundHandled, false, b.clock.Now()))
	b.wants(store.CodeInvalid, b.Inbox.Finish(b.ctx, m.ID, "w1", store.InboundReceived, false, b.clock.Now()))
	b.must(b.Inbox.Finish(b.ctx, m.ID, "w1", store.InboundHandled, true, b.clock.Now()))
	b.wants(store.CodeConflict, b.Inbox.Finish(b.ctx, m.ID, "w1", store.InboundHandled, true, b.clock.Now()))

	// A claim that ran out is another's; the slow holder's outcome is refused.
	slow, err := b.Inbox.Take(b.ctx, first[0].ID, b.claim("slow", 1))
	b.must(err)
	b.clock.Advance(2 * time.Minute)
	quick, err := b.Inbox.Take(b.ctx, first[0].ID, b.claim("quick", 1))
	b.must(err)
	equal(t, "attempts", quick.Attempts, slow.Attempts+1)
	b.wants(store.CodeConflict, b.Inbox.Finish(b.ctx, slow.ID, "slow", store.InboundHandled, false, b.clock.Now()))
	b.must(b.Inbox.Return(b.ctx, quick.ID, "quick"))
	_, err = b.Inbox.Take(b.ctx, first[0].ID, b.claim("third", 1))
	b.must(err)
}

// testInboxTurns lets workers drain messages of a few people at once: nobody's
// messages are handled out of turn or two at a time.
func testInboxTurns(t *testing.T, b *bench) {
	const people, each = 5, 8
	var all []store.Inbound
	for n := range each {
		for p := range people {
			all = append(all, b.inbound(fmt.Sprintf("%d-%d", p, n), pseudonym(byte(p+1))))
		}
	}
	_, err := b.Inbox.Accept(b.ctx, all)
	b.must(err)
	claimed, err := b.Inbox.Claim(b.ctx, b.claim("probe", 100))
	b.must(err)
	equal(t, "claimed at once: one of each person", len(claimed), people)
	for _, m := range claimed {
		b.must(b.Inbox.Return(b.ctx, m.ID, "probe"))
	}

	handled := make(chan store.Inbound, people*each)
	errs := together(4, func(worker int) error {
		holder := fmt.Sprint("w", worker)
		for len(handled) < people*each {
			batch, err := b.Inbox.Claim(b.ctx, b.claim(holder, 2))
			if err != nil {
				return err
			}
			for _, m := range batch {
				handled <- m
				if err := b.Inbox.Finish(b.ctx, m.ID, holder, store.InboundHandled, false, b.clock.Now()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, err := range errs {
		b.must(err)
	}
	equal(t, "handled", len(handled), people*each)
	last := make(map[store.Pseudonym]int64)
	for range people * each {
		m := <-handled
		if m.ID <= last[m.Sender] {
			t.Fatalf("message %d came after %d of the same person", m.ID, last[m.Sender])
		}
		last[m.Sender] = m.ID
	}
}

func ids(messages []store.Outbound) (all []string) {
	for _, m := range messages {
		all = append(all, m.ID)
	}
	return all
}

// seq is the key of a queued message.
func (b *bench) seq(id string) int64 {
	m, err := b.Outbox.Get(b.ctx, id)
	b.must(err)
	return m.Seq
}

func testOutbox(t *testing.T, b *bench) {
	reply, notice, bulk := b.outbound("reply", pseudonym(1)), b.outbound("notice", pseudonym(2)), b.outbound("bulk", pseudonym(3))
	reply.Priority, reply.Scrub, bulk.Priority = store.PriorityReply, true, store.PriorityBulk
	later, stale, orange := b.outbound("later", pseudonym(4)), b.outbound("stale", pseudonym(5)), b.outbound("orange", pseudonym(6))
	later.NotBefore = b.clock.Now().Add(time.Hour)
	stale.ExpiresAt = b.clock.Now().Add(time.Second)
	orange.Channel = "orange"
	n, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{bulk, notice, reply, later, stale, orange, notice})
	b.must(err)
	equal(t, "new", n, 6)
	n, err = b.Outbox.Enqueue(b.ctx, []store.Outbound{notice})
	b.must(err)
	equal(t, "new the second time", n, 0)
	_, err = b.Outbox.Enqueue(b.ctx, []store.Outbound{{ID: "x", Channel: "sms", Phone: seal("p"), ExpiresAt: b.clock.Now()}})
	b.wants(store.CodeInvalid, err)
	b.clock.Advance(2 * time.Second)

	first, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 2))
	b.must(err)
	if got := ids(first); !slices.Equal(got, []string{"reply", "notice"}) {
		t.Fatalf("claimed first: %v", got)
	}
	if m := first[0]; m.State != store.OutboundLeased || m.Attempts != 1 || m.Holder != "w" || string(m.Body.Box) != "box:reply" || m.Recipient != pseudonym(1) {
		t.Errorf("claimed: %+v", m.State)
	}
	second, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 10))
	b.must(err)
	if got := ids(second); !slices.Equal(got, []string{"bulk"}) {
		t.Errorf("claimed second: %v", got)
	}
	depth, err := b.Outbox.Depth(b.ctx, "sms")
	b.must(err)
	equal(t, "queued", depth, 2)
	expired, err := b.Outbox.Expire(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "expired", expired, 1)

	now := b.clock.Now()
	moved, err := b.Outbox.Finish(b.ctx, "sms", "stranger", []store.Outcome{{Seq: b.seq("reply"), State: store.OutboundSent, ProviderID: "zz"}}, now)
	b.must(err)
	equal(t, "moved by a stranger", moved, 0)
	moved, err = b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{
		{Seq: b.seq("reply"), State: store.OutboundSent, ProviderID: "p1", Parts: 2},
		{Seq: b.seq("notice"), State: store.OutboundQueued, NotBefore: now.Add(time.Minute), FailureClass: "throttled"},
		{Seq: b.seq("bulk"), State: store.OutboundFailed, FailureClass: "refused"}}, now)
	b.must(err)
	equal(t, "moved", moved, 3)
	sent, err := b.Outbox.Get(b.ctx, "reply")
	b.must(err)
	if sent.State != store.OutboundSent || sent.ProviderID != "p1" || sent.Parts != 2 || sent.Body.Box != nil || sent.Phone.Box == nil {
		t.Errorf("a scrubbed message must lose its body once sent: %+v", sent)
	}
	moved, err = b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq("reply"), State: store.OutboundFailed}}, now)
	b.must(err)
	equal(t, "moved after sent", moved, 0)
	_, err = b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq("reply"), State: store.OutboundDelivered}}, now)
	b.wants(store.CodeInvalid, err)
	b.clock.Advance(time.Minute)
	retry, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 10))
	b.must(err)
	if len(retry) != 1 || retry[0].ID != "notice" || retry[0].Attempts != 2 || retry[0].Body.Box == nil {
		t.Errorf("retried: %v", ids(retry))
	}
	// An outbox row stands or falls with the change that caused it.
	_ = b.Writer.Write(b.ctx, func(ctx context.Context) error {
		_, err := b.Outbox.Enqueue(ctx, []store.Outbound{b.outbound("undone", pseudonym(7))})
		b.must(err)
		return errProbe
	})
	_, err = b.Outbox.Get(b.ctx, "undone")
	b.wants(store.CodeNotFound, err)
}

func testOutboxLeases(t *testing.T, b *bench) {
	_, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{b.outbound("begun", pseudonym(1)), b.outbound("idle", pseudonym(2)), b.outbound("kept", pseudonym(3))})
	b.must(err)
	_, err = b.Outbox.Claim(b.ctx, "sms", b.claim("w", 10))
	b.must(err)
	held, err := b.Outbox.Begin(b.ctx, "stranger", []int64{b.seq("begun")}, b.clock.Now())
	b.must(err)
	equal(t, "begun by a stranger", len(held), 0)
	held, err = b.Outbox.Begin(b.ctx, "w", []int64{b.seq("begun"), 1 << 40}, b.clock.Now())
	b.must(err)
	if !slices.Equal(held, []int64{b.seq("begun")}) {
		t.Errorf("begun: %v", held)
	}
	b.clock.Advance(2 * time.Minute)
	held, err = b.Outbox.Begin(b.ctx, "w", []int64{b.seq("idle")}, b.clock.Now())
	b.must(err)
	equal(t, "begun after the lease", len(held), 0)
	returned, unconfirmed, err := b.Outbox.ExpireLeases(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "returned", returned, 2)
	equal(t, "unconfirmed", unconfirmed, 1)
	again, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w2", 10))
	b.must(err)
	if got := ids(again); !slices.Equal(got, []string{"idle", "kept"}) {
		t.Errorf("what may have been sent is claimed again: %v", got)
	}
	// The slow worker's answer still settles the doubt.
	moved, err := b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq("begun"), State: store.OutboundSent, ProviderID: "p"}}, b.clock.Now())
	b.must(err)
	equal(t, "settled", moved, 1)
	n, err := b.Outbox.Return(b.ctx, "w2", b.clock.Now())
	b.must(err)
	equal(t, "given back", n, 2)
	depth, err := b.Outbox.Depth(b.ctx, "sms")
	b.must(err)
	equal(t, "queued", depth, 2)

	// Claimed and begun in one: doubtful unless the holder knows better.
	straight := b.claim("w3", 10)
	straight.Begin = true
	taken, err := b.Outbox.Claim(b.ctx, "sms", straight)
	b.must(err)
	equal(t, "taken", len(taken), 2)
	n, err = b.Outbox.Return(b.ctx, "w3", b.clock.Now())
	b.must(err)
	equal(t, "given back though begun", n, 0)
	n, err = b.Outbox.Abandon(b.ctx, "w3", b.clock.Now())
	b.must(err)
	equal(t, "abandoned", n, 2)
	_, err = b.Outbox.Claim(b.ctx, "sms", straight)
	b.must(err)
	b.clock.Advance(2 * time.Minute)
	returned, unconfirmed, err = b.Outbox.ExpireLeases(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "returned after a crash", returned, 0)
	equal(t, "unconfirmed after a crash", unconfirmed, 2)
}

func testOutboxClaims(t *testing.T, b *bench) {
	const total = 300
	var all []store.Outbound
	for i := range total {
		m := b.outbound(fmt.Sprintf("m%03d", i), pseudonym(byte(i)))
		m.Priority = store.Priority(i % 3)
		all = append(all, m)
	}
	_, err := b.Outbox.Enqueue(b.ctx, all)
	b.must(err)
	claimed := make([][]string, 4)
	for _, err := range together(4, func(w int) error {
		for {
			part, err := b.Outbox.Claim(b.ctx, "sms", b.claim(fmt.Sprint("w", w), 17))
			if err != nil {
				return err
			}
			if len(part) == 0 {
				return nil
			}
			claimed[w] = append(claimed[w], ids(part)...)
		}
	}) {
		b.must(err)
	}
	joined := slices.Concat(claimed...)
	slices.Sort(joined)
	equal(t, "claimed", len(joined), total)
	equal(t, "claimed once", len(slices.Compact(joined)), total)
}

// testOutboxMoves: what waits where its sender did not send it may wait elsewhere; nothing that is under way moves.
func testOutboxMoves(t *testing.T, b *bench) {
	free, named, held := b.outbound("free", pseudonym(1)), b.outbound("named", pseudonym(2)), b.outbound("held", pseudonym(3))
	free.Routed, held.Routed, held.Priority, held.Purpose, held.Quiet = "first of 2", "first of 2", store.PriorityReply, store.PurposeNotices, true
	_, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{free, named, held})
	b.must(err)
	claimed, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 1))
	b.must(err)
	if m := claimed[0]; m.ID != "held" || m.Purpose != store.PurposeNotices || !m.Quiet || m.Routed == "" {
		t.Errorf("claimed: %+v", m)
	}
	stranded, err := b.Outbox.Stranded(b.ctx, "sms", 0, 10)
	b.must(err)
	if len(stranded) != 1 || stranded[0].Seq != b.seq("free") || stranded[0].Phone.Box == nil {
		t.Fatalf("stranded: %+v", stranded)
	}
	after, err := b.Outbox.Stranded(b.ctx, "sms", stranded[0].Seq, 10)
	b.must(err)
	equal(t, "stranded after the last", len(after), 0)
	moved, err := b.Outbox.Move(b.ctx, "sms", "orange", "sms is down", []int64{b.seq("free"), b.seq("held")}, b.clock.Now())
	b.must(err)
	equal(t, "moved", moved, 1)
	again, err := b.Outbox.Move(b.ctx, "sms", "orange", "sms is down", []int64{b.seq("free")}, b.clock.Now())
	b.must(err)
	equal(t, "moved twice", again, 0)
	there, err := b.Outbox.Claim(b.ctx, "orange", b.claim("w2", 10))
	b.must(err)
	if len(there) != 1 || there[0].ID != "free" || there[0].Routed != "sms is down" {
		t.Errorf("on the other channel: %v", ids(there))
	}

	b.must(b.Consents.Withdraw(b.ctx, pseudonym(2), store.PurposeNotices, b.clock.Now()))
	refusing, err := b.Outbox.Refusing(b.ctx, store.PurposeNotices, []store.Pseudonym{pseudonym(1), pseudonym(2)})
	b.must(err)
	if !slices.Equal(refusing, []store.Pseudonym{pseudonym(2)}) {
		t.Errorf("refusing: %v", refusing)
	}
}
