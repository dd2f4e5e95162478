package storetest

import (
	"fmt"
	"testing"
	"time"

	"baro/store"
)

func (b *bench) draftBroadcast(commune store.PlaceID) store.Broadcast {
	return store.Broadcast{Commune: commune, Content: []byte(`{"kind":"text"}`), Audience: []byte(`{}`), Author: "account:1",
		Expires: b.clock.Now().Add(24 * time.Hour)}
}

// broadcast gives one in a state, moved there step by step.
func (b *bench) broadcast(commune store.PlaceID, state store.BroadcastState) store.Broadcast {
	b.t.Helper()
	k, err := b.Broadcasts.Create(b.ctx, b.draftBroadcast(commune), clerk)
	b.must(err)
	for _, to := range []store.BroadcastState{store.BroadcastSubmitted, store.BroadcastApproved, store.BroadcastRunning} {
		if k.State == state {
			break
		}
		b.must(b.Broadcasts.Move(b.ctx, commune, k.ID, store.BroadcastMove{From: k.State, To: to, Approver: "account:2", Shown: 5, Act: clerk}))
		if to == store.BroadcastApproved {
			b.must(b.Recipients.SaveFreeze(b.ctx, k.ID, store.Freeze{}, true, b.clock.Now()))
		}
		k, err = b.Broadcasts.Get(b.ctx, commune, k.ID)
		b.must(err)
	}
	return k
}

func testBroadcasts(t *testing.T, b *bench) {
	one, two := b.communes()
	k, err := b.Broadcasts.Create(b.ctx, b.draftBroadcast(one), clerk)
	b.must(err)
	equal(t, "state", k.State, store.BroadcastDraft)
	_, err = b.Broadcasts.Get(b.ctx, two, k.ID)
	b.wants(store.CodeNotFound, err)
	_, err = b.Broadcasts.Create(b.ctx, store.Broadcast{Commune: one}, clerk)
	b.wants(store.CodeInvalid, err)

	k.Content, k.Begins = []byte(`{"kind":"budget"}`), b.clock.Now().Add(time.Hour)
	b.clock.Advance(time.Second)
	b.must(b.Broadcasts.Edit(b.ctx, k, clerk))
	b.wants(store.CodeConflict, b.Broadcasts.Edit(b.ctx, k, clerk)) // it stands no longer as it was read
	k, err = b.Broadcasts.Get(b.ctx, one, k.ID)
	b.must(err)
	b.must(b.Broadcasts.SetRenderings(b.ctx, k.ID, []store.Rendering{{Language: "fr", Profile: "sms", Body: seal("un")}}))
	b.must(b.Broadcasts.SetRenderings(b.ctx, k.ID, []store.Rendering{
		{Language: "fr", Profile: "sms", Body: seal("deux")}, {Language: "bm", Profile: "sms", Body: seal("fila")}}))
	texts, err := b.Broadcasts.Renderings(b.ctx, k.ID)
	b.must(err)
	if len(texts) != 2 || texts[0].Language != "bm" || string(texts[1].Body.Box) != "box:deux" {
		t.Errorf("renderings: %+v", texts)
	}

	move := func(from, to store.BroadcastState) error {
		return b.Broadcasts.Move(b.ctx, one, k.ID, store.BroadcastMove{From: from, To: to, Approver: "account:2", Shown: 12,
			UndoUntil: b.clock.Now().Add(10 * time.Minute), Act: clerk})
	}
	b.wants(store.CodeInvalid, move(store.BroadcastDraft, store.BroadcastRunning))
	b.wants(store.CodeConflict, move(store.BroadcastSubmitted, store.BroadcastApproved))
	b.wants(store.CodeNotFound, b.Broadcasts.Move(b.ctx, two, k.ID, store.BroadcastMove{From: store.BroadcastDraft, To: store.BroadcastSubmitted}))
	b.wants(store.CodeConflict, b.Broadcasts.Move(b.ctx, one, k.ID, store.BroadcastMove{
		From: store.BroadcastDraft, To: store.BroadcastSubmitted, Since: k.Updated.Add(-time.Second), Act: clerk})) // read before the edit
	b.must(move(store.BroadcastDraft, store.BroadcastSubmitted))
	b.wants(store.CodeConflict, b.Broadcasts.Edit(b.ctx, k, clerk))
	equal(t, "approved by one of many", b.winners(together(4, func(int) error {
		return move(store.BroadcastSubmitted, store.BroadcastApproved)
	}), store.CodeConflict), 1)
	got, err := b.Broadcasts.Get(b.ctx, one, k.ID)
	b.must(err)
	if got.Approver != "account:2" || got.Shown != 12 || got.UndoUntil.IsZero() || string(got.Content) != `{"kind":"budget"}` || !got.Begins.Equal(k.Begins) {
		t.Errorf("approved: %+v", got)
	}
	if err := b.Broadcasts.SetRenderings(b.ctx, k.ID, []store.Rendering{{Language: "fr", Profile: "sms", Body: seal("autre")}}); err == nil {
		t.Error("the text of an approved broadcast was changed")
	}
	b.must(b.Recipients.SaveFreeze(b.ctx, k.ID, store.Freeze{Recipients: 3, Parts: map[string]int64{"sms": 4}}, true, b.clock.Now()))
	b.wants(store.CodeConflict, b.Recipients.SaveFreeze(b.ctx, k.ID, store.Freeze{}, true, b.clock.Now()))
	alive, err := b.Broadcasts.Alive(b.ctx)
	b.must(err)
	if len(alive) != 1 || alive[0].Freeze.Parts["sms"] != 4 || alive[0].FrozenAt.IsZero() {
		t.Errorf("alive: %+v", alive)
	}
	b.must(move(store.BroadcastApproved, store.BroadcastDraft)) // taken back
	got, err = b.Broadcasts.Get(b.ctx, one, k.ID)
	b.must(err)
	if got.Approver != "" || !got.UndoUntil.IsZero() || !got.FrozenAt.IsZero() || got.Freeze.Recipients != 0 {
		t.Errorf("an approval that was taken back left: %+v", got)
	}
	b.must(move(store.BroadcastDraft, store.BroadcastCancelled))
	ended, err := b.Broadcasts.Ended(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "ended", len(ended), 1)
	trail, err := b.Audit.List(b.ctx, one, 0, 100)
	b.must(err)
	equal(t, "audit rows", len(trail), 6) // create, edit and four moves

	made := b.draftBroadcast(one)
	made.Origin = "reminder:9"
	_, err = b.Broadcasts.Create(b.ctx, made, clerk)
	b.must(err)
	_, err = b.Broadcasts.Create(b.ctx, made, clerk)
	b.wants(store.CodeConflict, err)
	newest, err := b.Broadcasts.List(b.ctx, one, 0, 1)
	b.must(err)
	equal(t, "newest", newest[0].Origin, "reminder:9")

	urgent := b.draftBroadcast(one)
	urgent.Urgent = "flood"
	u, err := b.Broadcasts.Create(b.ctx, urgent, clerk)
	b.must(err)
	b.wants(store.CodeConflict, b.Broadcasts.Second(b.ctx, one, u.ID, "account:2", clerk))
	b.must(b.Broadcasts.Move(b.ctx, one, u.ID, store.BroadcastMove{From: store.BroadcastDraft, To: store.BroadcastSubmitted, Act: clerk}))
	b.must(b.Broadcasts.Second(b.ctx, one, u.ID, "account:2", clerk))
	b.wants(store.CodeConflict, b.Broadcasts.Second(b.ctx, one, u.ID, "account:3", clerk))

	stopped := func(place store.PlaceID, want bool) {
		t.Helper()
		got, err := b.Broadcasts.Stopped(b.ctx, place)
		b.must(err)
		equal(t, "stopped", got, want)
	}
	b.wants(store.CodeInvalid, b.Broadcasts.Stop(b.ctx, one, true, store.Act{Actor: "clerk"}))
	b.must(b.Broadcasts.Stop(b.ctx, one, true, clerk))
	b.must(b.Broadcasts.Stop(b.ctx, one, true, clerk))
	stopped(one, true)
	stopped(two, false)
	b.must(b.Broadcasts.Stop(b.ctx, one, false, clerk))
	stopped(one, false)
}

func testBroadcastRules(t *testing.T, b *bench) {
	one, two := b.communes()
	now := b.clock.Now()
	r, err := b.BroadcastRules.Create(b.ctx, store.BroadcastRule{Commune: one, Spec: "0 9 * * 1", Content: []byte(`{}`), Audience: []byte(`{}`),
		Life: 48 * time.Hour, Author: "account:1", Until: now.AddDate(1, 0, 0), Most: 4}, clerk)
	b.must(err)
	_, err = b.BroadcastRules.Get(b.ctx, two, r.ID)
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeInvalid, b.BroadcastRules.Move(b.ctx, one, r.ID, store.RuleDraft, store.RuleApproved, "account:2", now, clerk))
	b.must(b.BroadcastRules.Move(b.ctx, one, r.ID, store.RuleDraft, store.RuleSubmitted, "", time.Time{}, clerk))
	b.must(b.BroadcastRules.Move(b.ctx, one, r.ID, store.RuleSubmitted, store.RuleApproved, "account:2", now, clerk))
	due, err := b.BroadcastRules.Due(b.ctx, now)
	b.must(err)
	if len(due) != 1 || due[0].Life != 48*time.Hour || due[0].Approver != "account:2" {
		t.Fatalf("due: %+v", due)
	}
	instance := b.draftBroadcast(one)
	instance.Rule, instance.Due = r.ID, now
	equal(t, "instances made by many", b.winners(together(4, func(int) error {
		_, err := b.Broadcasts.Create(b.ctx, instance, clerk)
		return err
	}), store.CodeConflict), 1)
	b.must(b.BroadcastRules.Advance(b.ctx, r.ID, now, now.Add(time.Hour), true, clerk))
	b.wants(store.CodeConflict, b.BroadcastRules.Advance(b.ctx, r.ID, now, now.Add(time.Hour), true, clerk))
	b.must(b.BroadcastRules.Advance(b.ctx, r.ID, now.Add(time.Hour), time.Time{}, false, clerk))
	all, err := b.BroadcastRules.List(b.ctx, one)
	b.must(err)
	if all[0].State != store.RuleEnded || all[0].Made != 1 || !all[0].Next.IsZero() {
		t.Errorf("ended: %+v", all[0])
	}
}

// readers gives n contacts of a commune who agreed to notices.
func (b *bench) readers(commune store.PlaceID, n int) []store.Pseudonym {
	b.t.Helper()
	people := make([]store.Pseudonym, n)
	for i := range people {
		people[i] = store.Pseudonym{0: byte(i >> 8), 1: byte(i), 30: byte(commune), 31: 0xff}
		b.must(b.Contacts.Keep(b.ctx, b.contact(people[i], commune)))
		_, err := b.Consents.Give(b.ctx, b.consent(people[i], store.PurposeNotices))
		b.must(err)
	}
	return people
}

func everybody(commune store.PlaceID) store.AudienceQuery {
	q := store.AudienceQuery{Source: store.SourcePlace, ID: int64(commune), Purpose: store.PurposeNotices, Sender: "commune", Month: "2026-11", Cap: 4}
	for i := range q.UpTo {
		q.UpTo[i] = 0xff
	}
	return q
}

func testAudiences(t *testing.T, b *bench) {
	one, two := b.communes()
	region, err := b.Places.ByCode(b.ctx, "demo", "ML01")
	b.must(err)
	communes, err := b.Recipients.Communes(b.ctx, region.ID)
	b.must(err)
	equal(t, "communes of a region", fmt.Sprint(communes), fmt.Sprint([]store.PlaceID{one, two}))

	people := b.readers(one, 12)
	b.readers(two, 2)
	b.must(b.Consents.Withdraw(b.ctx, people[0], store.PurposeNotices, b.clock.Now()))
	b.must(b.Consents.Withdraw(b.ctx, people[1], store.PurposeAll, b.clock.Now()))
	b.must(b.Contacts.Keep(b.ctx, b.contact(pseudonym(200), one))) // never agreed
	_, err = b.Consents.Give(b.ctx, b.consent(pseudonym(200), store.PurposeConsultations))
	b.must(err)
	q := everybody(one)
	tally := func(want string) {
		t.Helper()
		got, err := b.Recipients.Tally(b.ctx, q)
		b.must(err)
		equal(t, "tally", fmt.Sprint(got), want)
	}
	tally("map[:10 no_consent:1 opted_out:2]")
	q.Channel = "sms"
	tally("map[no_consent:11 opted_out:2]")
	q.Channel = ""

	// Two months of another sender, and of ours, do not count.
	earlier := b.broadcast(one, store.BroadcastRunning)
	_, err = b.Recipients.Freeze(b.ctx, earlier.ID, q)
	b.must(err)
	for range 4 {
		capped := store.Queueing{Broadcast: earlier.ID, Sender: "commune", Month: "2026-11", Charge: 1, People: people[2:3], At: b.clock.Now()}
		_ = b.Recipients.Queue(b.ctx, capped)
		_, err := b.Recipients.Recall(b.ctx, earlier.ID) // nothing is in the outbox: the cap is given back
		b.must(err)
	}
	tally("map[:10 no_consent:1 opted_out:2]")
	q.Cap = 1
	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: earlier.ID, Sender: "commune", Month: "2026-11", Charge: 1, People: people[2:3], At: b.clock.Now()}))
	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: earlier.ID, Sender: "other", Month: "2026-11", Charge: 1, People: people[3:4], At: b.clock.Now()}))
	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: earlier.ID, Sender: "commune", Month: "2026-10", Charge: 1, People: people[4:5], At: b.clock.Now()}))
	tally("map[:9 capped:1 no_consent:1 opted_out:2]")

	// In spans, each number once, however often a span is done.
	k := b.broadcast(one, store.BroadcastApproved)
	total := 0
	for _, again := range []bool{false, true} {
		for q.After = (store.Pseudonym{}); ; {
			upTo, more, err := b.Recipients.Bound(b.ctx, q, 4)
			b.must(err)
			span := q
			if more {
				span.UpTo = upTo
			}
			got, err := b.Recipients.Freeze(b.ctx, k.ID, span)
			b.must(err)
			if again && len(got) > 0 {
				t.Errorf("%d recipients twice", len(got))
			}
			for _, r := range got {
				if string(r.Language.Box) != "box:bm" || string(r.Phone.Box) != "box:phone" {
					t.Errorf("recipient: %+v", r)
				}
			}
			total += len(got)
			if !more {
				break
			}
			q.After = upTo
		}
	}
	equal(t, "frozen", total, 9)
	counts, err := b.Recipients.Counts(b.ctx, k.ID)
	b.must(err)
	equal(t, "waiting", counts[store.RecipientWaiting], 9)
	gone, err := b.Recipients.Discard(b.ctx, k.ID, 100)
	b.must(err)
	equal(t, "discarded", gone, 9)

	if _, err := b.Recipients.Tally(b.ctx, store.AudienceQuery{Source: "nowhere"}); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("unknown source: %v", err)
	}
	// Once the network refuses a number for good, it is out until its owner asks again.
	b.must(b.Recipients.Queue(b.ctx, store.Queueing{Broadcast: earlier.ID, Sender: "commune", Month: "2026-12", People: people[5:6], At: b.clock.Now()}))
	b.send(earlier, people[5], store.OutboundFailed, "bad_number")
	progress, err := b.Recipients.Collect(b.ctx, earlier.ID, 10)
	b.must(err)
	equal(t, "refused numbers", len(progress.Refused), 1)
	q.After = store.Pseudonym{}
	tally("map[:8 capped:1 no_consent:2 opted_out:2]")
	_, err = b.Consents.Give(b.ctx, b.consent(people[5], store.PurposeNotices))
	b.must(err)
	tally("map[:9 capped:1 no_consent:1 opted_out:2]")
}
