package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"baro/store"
)

// send puts a number's message of a broadcast into the outbox and lets it end in a state; queued leaves it there.
func (b *bench) send(k store.Broadcast, p store.Pseudonym, state store.OutboundState, class string) string {
	b.t.Helper()
	m := b.outbound(fmt.Sprintf("b%d-%x", k.ID, p[:4]), p)
	m.Origin = fmt.Sprintf("broadcast:%d", k.ID)
	_, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{m})
	b.must(err)
	if state == store.OutboundQueued {
		return m.ID
	}
	claimed, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 1))
	b.must(err)
	equal(b.t, "claimed", claimed[0].ID, m.ID)
	if state == store.OutboundLeased {
		return m.ID
	}
	_, err = b.Outbox.Begin(b.ctx, "w", []int64{b.seq(m.ID)}, b.clock.Now())
	b.must(err)
	_, err = b.Outbox.Finish(b.ctx, "sms", "w", []store.Outcome{{Seq: b.seq(m.ID), State: state, ProviderID: "p" + m.ID, Parts: 2, FailureClass: class}}, b.clock.Now())
	b.must(err)
	return m.ID
}

// running gives a broadcast with its recipients.
func (b *bench) running(n int) (store.Broadcast, []store.Pseudonym, store.AudienceQuery) {
	b.t.Helper()
	one, _ := b.communes()
	people := b.readers(one, n)
	k, q := b.broadcast(one, store.BroadcastRunning), everybody(one)
	_, err := b.Recipients.Freeze(b.ctx, k.ID, q)
	b.must(err)
	return k, people, q
}

func (b *bench) queue(k store.Broadcast, people ...store.Pseudonym) {
	b.t.Helper()
	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: k.ID, Sender: "commune", Month: "2026-11", Charge: 1, People: people, At: b.clock.Now()}))
}

func (b *bench) counts(k store.Broadcast, want string) {
	b.t.Helper()
	got, err := b.Recipients.Counts(b.ctx, k.ID)
	b.must(err)
	equal(b.t, "counts", fmt.Sprint(got), want)
}

func testRecipients(t *testing.T, b *bench) {
	k, people, q := b.running(8)
	b.must(b.Recipients.Lock(b.ctx, k.ID))
	first, err := b.Recipients.Take(b.ctx, k.ID, store.Pseudonym{}, q, 3)
	b.must(err)
	equal(t, "taken", len(first), 3)
	equal(t, "in order", first[2].Pseudonym, people[2])
	b.must(b.Consents.Withdraw(b.ctx, people[3], store.PurposeNotices, b.clock.Now()))
	next, err := b.Recipients.Take(b.ctx, k.ID, people[2], q, 3)
	b.must(err)
	equal(t, "who stopped", next[0].Reason, store.ReasonOptedOut)
	equal(t, "who did not", next[1].Reason, store.ReasonNone)

	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: k.ID, Sender: "commune", Month: "2026-11", Charge: 1, People: people[:3],
		Skipped: map[store.Pseudonym]store.Reason{people[3]: store.ReasonOptedOut}, At: b.clock.Now()}))
	b.wants(store.CodeConflict, b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: k.ID, Sender: "commune", Month: "2026-11", People: people[2:4]}))
	b.counts(k, "map[queued:3 skipped:1 waiting:4]")

	sent := b.send(k, people[0], store.OutboundSent, "")
	b.send(k, people[1], store.OutboundUnconfirmed, "unknown")
	got, err := b.Recipients.Collect(b.ctx, k.ID, 10)
	b.must(err)
	equal(t, "collected", fmt.Sprint(got.States), "map[sent:1 unconfirmed:1]")
	equal(t, "parts", got.Parts, 4)
	left, err := b.Outbox.Get(b.ctx, sent)
	b.must(err)
	equal(t, "parts beside a number", left.Parts, 0)
	again, err := b.Recipients.Collect(b.ctx, k.ID, 10)
	b.must(err)
	equal(t, "collected again", len(again.States), 0)
	whole, err := b.Broadcasts.Get(b.ctx, k.Commune, k.ID)
	b.must(err)
	equal(t, "parts sent", whole.PartsSent, 4)

	_, err = b.Receipts.Record(b.ctx, store.Receipt{Channel: "sms", ProviderID: "p" + sent, Status: store.OutboundDelivered, At: b.clock.Now()})
	b.must(err)
	var after store.Pseudonym
	for more := true; more; {
		after, more, err = b.Recipients.Confirm(b.ctx, k.ID, after, 3)
		b.must(err)
	}
	b.counts(k, "map[delivered:1 queued:1 skipped:1 unconfirmed:1 waiting:4]")

	last, err := b.Recipients.Last(b.ctx, people[0], b.clock.Now().Add(-time.Hour))
	b.must(err)
	equal(t, "last received", last.Broadcast, k.ID)
	_, err = b.Recipients.Last(b.ctx, people[7], b.clock.Now().Add(-time.Hour))
	b.wants(store.CodeNotFound, err)

	// Who got one is an audience of its own.
	who := everybody(k.Commune)
	who.Source, who.ID, who.Cap = store.SourceBroadcast, k.ID, 0
	tally, err := b.Recipients.Tally(b.ctx, who)
	b.must(err)
	equal(t, "who got it, or is about to", fmt.Sprint(tally), "map[:3]")
	correction := b.broadcast(k.Commune, store.BroadcastApproved)
	frozen, err := b.Recipients.Freeze(b.ctx, correction.ID, who)
	b.must(err)
	equal(t, "who gets the correction", len(frozen), 3)
	b.must(b.Recipients.Remove(b.ctx, correction.ID, people[:1]))
	b.counts(correction, "map[waiting:2]")
}

func testRecall(t *testing.T, b *bench) {
	k, people, q := b.running(6)
	b.queue(k, people[:5]...)
	held := b.seq(b.send(k, people[0], store.OutboundLeased, ""))
	begun := b.send(k, people[1], store.OutboundLeased, "")
	_, err := b.Outbox.Begin(b.ctx, "w", []int64{b.seq(begun)}, b.clock.Now())
	b.must(err)
	b.send(k, people[2], store.OutboundQueued, "")
	n, err := b.Recipients.Recall(b.ctx, k.ID)
	b.must(err)
	equal(t, "recalled", n, 4) // two had not reached the outbox
	b.counts(k, "map[queued:1 waiting:5]")
	left, err := b.Outbox.Begin(b.ctx, "w", []int64{held}, b.clock.Now())
	b.must(err)
	equal(t, "begun after the recall", len(left), 0)
	q.Cap = 1
	tally, err := b.Recipients.Tally(b.ctx, q)
	b.must(err)
	equal(t, "caps given back", fmt.Sprint(tally), "map[:5 capped:1]")

	// A pause and a feeder take turns; after the pause nothing is locked.
	b.must(b.Broadcasts.Move(b.ctx, k.Commune, k.ID, store.BroadcastMove{From: store.BroadcastRunning, To: store.BroadcastPaused, PausedFor: "x", Act: clerk}))
	b.wants(store.CodeConflict, b.Recipients.Lock(b.ctx, k.ID))
	b.must(b.Broadcasts.Move(b.ctx, k.Commune, k.ID, store.BroadcastMove{From: store.BroadcastPaused, To: store.BroadcastCancelled, Act: clerk}))
	var after store.Pseudonym
	for more := true; more; {
		after, more, err = b.Recipients.Close(b.ctx, k.ID, store.RecipientCancelled, after, 2)
		b.must(err)
	}
	b.counts(k, "map[cancelled:5 queued:1]")

	b.clock.Advance(40 * 24 * time.Hour)
	gone, err := b.Recipients.Purge(b.ctx, b.clock.Now().Add(-30*24*time.Hour))
	b.must(err)
	equal(t, "purged", gone, 6)
}

func testRecipientsLeave(t *testing.T, b *bench) {
	k, people, _ := b.running(4)
	b.queue(k, people[:2]...)
	first := b.send(k, people[0], store.OutboundQueued, "")
	second := b.send(k, people[1], store.OutboundQueued, "")

	b.must(b.Consents.Withdraw(b.ctx, people[0], store.PurposeNotices, b.clock.Now()))
	stopped, err := b.Outbox.Get(b.ctx, first)
	b.must(err)
	equal(t, "what was still to be sent after STOP", stopped.State, store.OutboundExpired)
	got, err := b.Recipients.Collect(b.ctx, k.ID, 10)
	b.must(err)
	equal(t, "collected", fmt.Sprint(got.States), "map[expired:1]")

	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: people[1]}))
	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: people[2]}))
	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: people[2]}))
	b.counts(k, "map[expired:1 skipped:2 waiting:1]")
	gone, err := b.Outbox.Get(b.ctx, second)
	b.must(err)
	if gone.State != store.OutboundExpired || gone.Phone.Box != nil {
		t.Errorf("the outbox still has the erased number: %s", gone.State)
	}
	_, err = b.Recipients.Last(b.ctx, people[1], time.Time{}.Add(time.Hour))
	b.wants(store.CodeNotFound, err)

	// Taking turns: of two feeders one waits for the other.
	order := make(chan int, 2)
	for _, err := range together(2, func(i int) error {
		return b.Writer.Write(b.ctx, func(ctx context.Context) error {
			if err := b.Recipients.Lock(ctx, k.ID); err != nil {
				return err
			}
			taken, err := b.Recipients.Take(ctx, k.ID, store.Pseudonym{}, everybody(k.Commune), 10)
			if err != nil {
				return err
			}
			order <- len(taken)
			if len(taken) == 0 {
				return nil
			}
			return b.Recipients.Queue(ctx, store.Queueing{Broadcast: k.ID, Sender: "commune", Month: "2026-11", People: []store.Pseudonym{taken[0].Pseudonym}, At: b.clock.Now()})
		})
	}) {
		b.must(err)
	}
	if a, z := <-order, <-order; a+z != 1 {
		t.Errorf("two feeders took %d and %d of one", a, z)
	}
}

// Who joined an organisation gets its notices, and no one else does.
func testMembersAsAudience(t *testing.T, b *bench) {
	one, _ := b.communes()
	o, err := b.Organisations.Create(b.ctx, store.Organisation{Commune: one, Kind: store.OrganisationWomen, Name: store.Texts{"fr": "Benkadi"}, ShortName: "Benkadi"}, clerk)
	b.must(err)
	people := b.readers(one, 4) // agreed to notices of the town hall, which is another matter
	join := func(p store.Pseudonym) {
		t.Helper()
		_, err := b.Members.Join(b.ctx, one, store.Member{Organisation: o.ID, Pseudonym: p, Phone: seal("phone"), Language: seal("ff"),
			TextVersion: "join@1", Channel: "ussd", Source: "dial", JoinedAt: b.clock.Now()})
		b.must(err)
	}
	join(people[0])
	join(people[1])
	join(people[2])
	b.must(b.Consents.Withdraw(b.ctx, people[2], store.PurposeAll, b.clock.Now()))
	q := everybody(one)
	q.Source, q.ID, q.Organisation, q.Purpose, q.Sender = store.SourceOrganisation, o.ID, o.ID, store.PurposeGroups, "organisation"
	tally, err := b.Recipients.Tally(b.ctx, q)
	b.must(err)
	equal(t, "members", fmt.Sprint(tally), "map[:2]") // who said STOP is no member any more
	_, more, err := b.Recipients.Bound(b.ctx, q, 3)
	b.must(err)
	equal(t, "more than three", more, false)
	k := b.broadcast(one, store.BroadcastRunning)
	frozen, err := b.Recipients.Freeze(b.ctx, k.ID, q)
	b.must(err)
	if len(frozen) != 2 || string(frozen[0].Language.Box) != "box:ff" {
		t.Errorf("frozen: %+v", frozen)
	}
	_, err = b.Members.Leave(b.ctx, one, o.ID, people[1], b.clock.Now())
	b.must(err)
	taken, err := b.Recipients.Take(b.ctx, k.ID, store.Pseudonym{}, q, 10)
	b.must(err)
	equal(t, "who stayed", taken[0].Reason, store.ReasonNone)
	equal(t, "who left", taken[1].Reason, store.ReasonNoConsent)
}
