package storetest

import (
	"bytes"
	"testing"
	"time"

	"baro/store"
)

func testDataKeys(t *testing.T, b *bench) {
	key := func(id, purpose string, after time.Duration) store.DataKey {
		return store.DataKey{ID: id, Purpose: purpose, Box: []byte("box " + id), Created: b.clock.Now().Add(after)}
	}
	// Nodes that start together must end up with the same keys.
	all := make([][]store.DataKey, 4)
	for _, err := range together(4, func(i int) (err error) {
		id := string(rune('a' + i))
		all[i], err = b.DataKeys.Init(b.ctx, []store.DataKey{key("lookup-"+id, "lookup", 0), key("data-"+id, "data", 0)})
		return err
	}) {
		b.must(err)
	}
	for _, got := range all {
		if len(got) != 2 || got[0].ID != all[0][0].ID || got[1].ID != all[0][1].ID || !bytes.Equal(got[0].Box, all[0][0].Box) {
			t.Fatalf("nodes disagree: %v and %v", got, all[0])
		}
	}
	active := all[0][0]
	if active.Purpose != "data" {
		active = all[0][1]
	}
	b.wants(store.CodeConflict, b.DataKeys.Rotate(b.ctx, "unknown", key("data-new", "data", time.Hour)))
	b.must(b.DataKeys.Rotate(b.ctx, active.ID, key("data-new", "data", time.Hour)))
	b.wants(store.CodeConflict, b.DataKeys.Rotate(b.ctx, active.ID, key("data-newer", "data", time.Hour)))
	keys, err := b.DataKeys.All(b.ctx)
	b.must(err)
	equal(t, "keys", len(keys), 3)
	for _, k := range keys {
		equal(t, "retired "+k.ID, !k.Retired.IsZero(), k.ID == active.ID)
	}
	keys[0].Box, keys[1].Box = []byte("new"), []byte("new")
	b.must(b.DataKeys.Rewrap(b.ctx, keys))
	b.wants(store.CodeNotFound, b.DataKeys.Rewrap(b.ctx, []store.DataKey{{ID: keys[0].ID, Box: []byte("lost")}, {ID: "nobody", Box: []byte("x")}}))
	keys, err = b.DataKeys.All(b.ctx)
	b.must(err)
	equal(t, "box", string(keys[0].Box), "new")
}

func (b *bench) contact(p store.Pseudonym, commune store.PlaceID) store.Contact {
	return store.Contact{Pseudonym: p, Phone: seal("phone"), Language: seal("bm"), Commune: commune,
		Created: b.clock.Now(), LastActive: b.clock.Now()}
}

func testContacts(t *testing.T, b *bench) {
	one, two := b.communes()
	p := pseudonym(1)
	_, err := b.Contacts.Get(b.ctx, p)
	b.wants(store.CodeNotFound, err)
	first := b.contact(p, one)
	b.must(b.Contacts.Keep(b.ctx, first))
	later := b.clock.Advance(time.Hour)
	second := b.contact(p, two)
	second.Language = store.Sealed{}
	b.must(b.Contacts.Keep(b.ctx, second))
	got, err := b.Contacts.Get(b.ctx, p)
	b.must(err)
	if got.Commune != two || got.Language.Box != nil || got.Language.KeyID != "" || string(got.Phone.Box) != "box:phone" ||
		!got.Created.Equal(first.Created) || !got.LastActive.Equal(later) {
		t.Errorf("a new commune must overwrite the former: %+v", got)
	}
	b.must(b.Contacts.Touch(b.ctx, p, later.Add(-time.Minute)))
	got, err = b.Contacts.Get(b.ctx, p)
	b.must(err)
	if !got.LastActive.Equal(later) {
		t.Error("activity moved backwards")
	}
	b.must(b.Contacts.Touch(b.ctx, pseudonym(9), later))
	_, err = b.Contacts.Get(b.ctx, pseudonym(9))
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeInvalid, b.Contacts.Keep(b.ctx, store.Contact{Pseudonym: p}))

	b.must(b.Contacts.Keep(b.ctx, store.Contact{Pseudonym: pseudonym(2), Phone: seal("x"), Created: later, LastActive: later.Add(time.Hour)}))
	_, err = b.Consents.Give(b.ctx, b.consent(p, store.PurposeNotices))
	b.must(err)
	n, err := b.Contacts.PurgeInactive(b.ctx, later.Add(time.Minute))
	b.must(err)
	equal(t, "purged", n, 1)
	_, err = b.Contacts.Get(b.ctx, p)
	b.wants(store.CodeNotFound, err)
	standing, err := b.Consents.Standing(b.ctx, p)
	b.must(err)
	equal(t, "consents of a purged contact", len(standing), 0)
	_, err = b.Contacts.Get(b.ctx, pseudonym(2))
	b.must(err)
}

func (b *bench) consent(p store.Pseudonym, purpose store.Purpose) store.Consent {
	return store.Consent{Pseudonym: p, Purpose: purpose, TextVersion: "consent@3", Language: seal("fr"), Channel: "ussd",
		Source: "dial", GivenAt: b.clock.Now()}
}

func testConsents(t *testing.T, b *bench) {
	p := pseudonym(1)
	suppressed := func(purpose store.Purpose, want bool) {
		t.Helper()
		got, err := b.Consents.Suppressed(b.ctx, p, purpose)
		b.must(err)
		equal(t, "suppressed "+string(purpose), got, want)
	}
	standing := func(want int) {
		t.Helper()
		got, err := b.Consents.Standing(b.ctx, p)
		b.must(err)
		equal(t, "standing consents", len(got), want)
	}
	for i, want := range []bool{true, false} {
		given, err := b.Consents.Give(b.ctx, b.consent(p, store.PurposeNotices))
		b.must(err)
		if given != want {
			t.Errorf("consent %d: new is %v", i, given)
		}
	}
	_, err := b.Consents.Give(b.ctx, b.consent(p, store.PurposeContactBack))
	b.must(err)
	standing(2)
	b.must(b.Consents.Withdraw(b.ctx, p, store.PurposeNotices, b.clock.Now()))
	standing(1)
	suppressed(store.PurposeNotices, true)
	suppressed(store.PurposeContactBack, false)
	b.must(b.Consents.Withdraw(b.ctx, p, store.PurposeAll, b.clock.Now()))
	b.must(b.Consents.Withdraw(b.ctx, p, store.PurposeAll, b.clock.Now()))
	standing(0)
	suppressed(store.PurposeContactBack, true)
	given, err := b.Consents.Give(b.ctx, b.consent(p, store.PurposeConsultations))
	b.must(err)
	equal(t, "given again", given, true)
	suppressed(store.PurposeConsultations, false)
	suppressed(store.PurposeNotices, true)
	for _, bad := range []store.Consent{b.consent(p, store.PurposeAll), b.consent(p, ""), {Pseudonym: p, Purpose: store.PurposeNotices}} {
		_, err := b.Consents.Give(b.ctx, bad)
		b.wants(store.CodeInvalid, err)
	}
	got, err := b.Consents.Standing(b.ctx, p)
	b.must(err)
	want := b.consent(p, store.PurposeConsultations)
	if c := got[0]; c.TextVersion != want.TextVersion || c.Source != "dial" || !c.GivenAt.Equal(want.GivenAt) || !c.WithdrawnAt.IsZero() || c.Language.KeyID != "k1" {
		t.Errorf("the consent came back changed: %+v", c)
	}
}

// testErase walks every path that could still lead to an erased number.
func testErase(t *testing.T, b *bench) {
	one, _ := b.communes()
	p, other := pseudonym(1), pseudonym(2)
	for _, who := range []store.Pseudonym{p, other} {
		b.must(b.Contacts.Keep(b.ctx, b.contact(who, one)))
		_, err := b.Consents.Give(b.ctx, b.consent(who, store.PurposeNotices))
		b.must(err)
	}
	question, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseWater, Body: seal("words"), Asker: &p})
	b.must(err)
	accepted, err := b.Inbox.Accept(b.ctx, []store.Inbound{b.inbound("x1", p), b.inbound("x2", other)})
	b.must(err)
	_, err = b.Outbox.Enqueue(b.ctx, []store.Outbound{b.outbound("o1", p), b.outbound("o2", other)})
	b.must(err)
	k := b.openConsultation(one)
	b.vote(k, voter(1), 0, true)
	b.vote(k, voter(2), 1, true)

	for _, who := range []store.Pseudonym{p, other} {
		_, err = b.Callbacks.Ask(b.ctx, store.Callback{Commune: one, Caller: who, Phone: seal("phone"), Channel: "ussd", Made: b.clock.Now()})
		b.must(err)
	}
	kinds := b.openKinds(one)
	b.must(b.Ballots.Answer(b.ctx, one, kinds.ID, voter(7), store.Answer{Question: kinds.Questions[3].ID, Words: seal("words")}, b.clock.Now()))
	b.must(b.Ballots.Confirm(b.ctx, one, kinds.ID, voter(7), b.clock.Now()))

	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: p, Voters: []store.Voter{voter(1), voter(7)}}))

	asked, err := b.Callbacks.List(b.ctx, one, store.CallbackOpen, 10)
	b.must(err)
	if len(asked) != 1 || asked[0].Caller != other {
		t.Errorf("the erased number would still be called: %+v", asked)
	}
	words, err := b.Ballots.Words(b.ctx, one, kinds.ID, kinds.Questions[3].ID, 10, clerk)
	b.must(err)
	equal(t, "words of the erased number", len(words), 0)
	_, err = b.Contacts.Get(b.ctx, p)
	b.wants(store.CodeNotFound, err)
	standing, err := b.Consents.Standing(b.ctx, p)
	b.must(err)
	equal(t, "consents", len(standing), 0)
	for _, purpose := range []store.Purpose{store.PurposeNotices, store.PurposeConsultations, store.PurposeContactBack} {
		refused, err := b.Consents.Suppressed(b.ctx, p, purpose)
		b.must(err)
		equal(t, "suppressed "+string(purpose), refused, true)
	}
	own, err := b.Cases.Own(b.ctx, one, p)
	b.must(err)
	equal(t, "own cases", len(own), 0)
	left, err := b.Cases.Get(b.ctx, one, question.ID)
	b.must(err)
	if left.Asker != nil || left.Body.Box != nil {
		t.Errorf("the case still holds the asker or the words: %+v", left)
	}
	claimed, err := b.Inbox.Claim(b.ctx, b.claim("w", 10))
	b.must(err)
	if len(claimed) != 1 || claimed[0].ID != accepted[1].ID {
		t.Errorf("messages of the erased number are still handled: %v", len(claimed))
	}
	sendable, err := b.Outbox.Claim(b.ctx, "sms", b.claim("w", 10))
	b.must(err)
	if len(sendable) != 1 || sendable[0].ID != "o2" {
		t.Errorf("messages to the erased number are still sent: %v", len(sendable))
	}
	gone, err := b.Outbox.Get(b.ctx, "o1")
	b.must(err)
	if gone.Phone.Box != nil || gone.Body.Box != nil || gone.Recipient != (store.Pseudonym{}) || gone.State != store.OutboundExpired {
		t.Errorf("the outbox still holds the number: %+v", gone.State)
	}
	ballot, err := b.Ballots.Get(b.ctx, one, k.ID, voter(1))
	b.must(err)
	equal(t, "answers of the voter", len(ballot.Answers), 0)
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	results, err := b.Consultations.Results(b.ctx, one, k.ID)
	b.must(err)
	equal(t, "the anonymous answer still counts", results[0].Answers, 2)
	_, err = b.Contacts.Get(b.ctx, other)
	b.must(err)
}
