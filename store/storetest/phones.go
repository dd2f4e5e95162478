package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

func (b *bench) phone(id string, n byte) store.Phone {
	return store.Phone{ID: id, Channel: "phone", Name: "Tecno", Token: [32]byte{n, 31: 0xdd}, Admission: [32]byte{0xaa}, Created: b.clock.Now(), LastSeen: b.clock.Now()}
}

func testPhones(t *testing.T, b *bench) {
	first := b.phone("one", 1)
	b.must(b.Phones.Register(b.ctx, first))
	b.wants(store.CodeConflict, b.Phones.Register(b.ctx, first))
	b.wants(store.CodeConflict, b.Phones.Register(b.ctx, b.phone("two", 1)))
	b.clock.Advance(time.Minute)
	b.must(b.Phones.Register(b.ctx, b.phone("two", 2)))
	got, err := b.Phones.ByToken(b.ctx, "phone", first.Token)
	b.must(err)
	if got.ID != "one" || got.Name != "Tecno" || got.Admission != first.Admission || !got.LastSeen.Equal(first.Created) || got.Health.Battery != nil || !got.DisabledAt.IsZero() {
		t.Errorf("the phone came back changed: %+v", got)
	}
	_, err = b.Phones.ByToken(b.ctx, "other", first.Token)
	b.wants(store.CodeNotFound, err)
	_, err = b.Phones.Get(b.ctx, "other", "one")
	b.wants(store.CodeNotFound, err)

	later := b.clock.Now()
	b.must(b.Phones.Seen(b.ctx, "phone", "one", later, &store.PhoneHealth{Battery: ptr(int64(71)), Verdict: "warn"}))
	b.must(b.Phones.Seen(b.ctx, "phone", "one", later.Add(-time.Second), &store.PhoneHealth{Verdict: "fail"}))
	b.must(b.Phones.Seen(b.ctx, "other", "one", later.Add(time.Hour), nil))
	got, err = b.Phones.Get(b.ctx, "phone", "one")
	b.must(err)
	if !got.LastSeen.Equal(later) || got.Health.Battery == nil || *got.Health.Battery != 71 || got.Health.Verdict != "warn" {
		t.Errorf("what was told last does not stand: %+v", got)
	}

	b.wants(store.CodeNotFound, b.Phones.Disable(b.ctx, "other", "one", clerk))
	b.must(b.Phones.Disable(b.ctx, "phone", "one", clerk))
	b.wants(store.CodeConflict, b.Phones.Disable(b.ctx, "phone", "one", clerk))
	_, err = b.Phones.ByToken(b.ctx, "phone", first.Token)
	b.wants(store.CodeDenied, err)
	b.must(b.Phones.Enable(b.ctx, "phone", "one", clerk))
	b.wants(store.CodeConflict, b.Phones.Enable(b.ctx, "phone", "one", clerk))
	all, err := b.Phones.List(b.ctx, "phone")
	b.must(err)
	if len(all) != 2 || all[0].ID != "one" || all[1].ID != "two" || !all[0].DisabledAt.IsZero() {
		t.Errorf("phones: %+v", all)
	}
	rows, err := b.Audit.List(b.ctx, 0, 0, 10)
	b.must(err)
	var acts []string
	for _, r := range rows {
		acts = append(acts, r.Action)
	}
	if want := []string{"phone.register", "phone.register", "phone.disable", "phone.enable"}; !slices.Equal(acts, want) {
		t.Errorf("audit: %v", acts)
	}
}

// offered puts messages into the outbox, claims them, and lays them ready.
func (b *bench) offered(phone string, ids ...string) {
	b.t.Helper()
	var rows []store.Outbound
	for _, id := range ids {
		row := b.outbound(id, pseudonym(1))
		row.Channel = "phone"
		rows = append(rows, row)
	}
	_, err := b.Outbox.Enqueue(b.ctx, rows)
	b.must(err)
	_, err = b.Outbox.Claim(b.ctx, "phone", b.claim("w", 100))
	b.must(err)
	for _, id := range ids {
		b.clock.Advance(time.Second)
		b.must(b.PhoneOffers.Offer(b.ctx, store.PhoneOffer{Message: id, Channel: "phone", Phone: phone, SIM: 1, Parts: 2, Offered: b.clock.Now()}))
	}
}

func (b *bench) fetch(phone string) (ids []string) {
	b.t.Helper()
	got, err := b.PhoneOffers.Fetch(b.ctx, "phone", phone, 100, b.clock.Now())
	b.must(err)
	for _, m := range got {
		if m.Message.Phone.Box == nil || m.Message.Body.Box == nil || m.SIM != 1 || m.Message.ExpiresAt.IsZero() {
			b.t.Errorf("the message lacks something: %+v", m)
		}
		ids = append(ids, m.Message.ID)
	}
	return ids
}

func testPhoneOffers(t *testing.T, b *bench) {
	for i, id := range []string{"one", "two"} {
		b.must(b.Phones.Register(b.ctx, b.phone(id, byte(i+1))))
	}
	begun := b.clock.Now()
	b.offered("one", "m1", "m2", "m3")
	b.offered("two", "m4")
	b.wants(store.CodeConflict, b.PhoneOffers.Offer(b.ctx, store.PhoneOffer{Message: "m1", Channel: "phone", Phone: "two", Parts: 1, Offered: b.clock.Now()}))

	waiting, err := b.PhoneOffers.Waiting(b.ctx, "phone")
	b.must(err)
	slices.Sort(waiting)
	equal(t, "waiting phones", len(waiting), 2)
	parts, earliest, err := b.PhoneOffers.Spent(b.ctx, "one", 1, begun)
	b.must(err)
	equal(t, "spent", parts, 6)
	equal(t, "earliest", earliest.Equal(begun.Add(time.Second)), true)
	parts, earliest, err = b.PhoneOffers.Spent(b.ctx, "one", 2, begun)
	b.must(err)
	equal(t, "spent by the other SIM", parts, 0)
	equal(t, "earliest of nothing", earliest.IsZero(), true)

	// What nobody fetched can be taken back, and offered to somebody else.
	back, err := b.PhoneOffers.Withdraw(b.ctx, "phone", "m3")
	b.must(err)
	equal(t, "withdrawn", back, true)
	_, err = b.PhoneOffers.Get(b.ctx, "phone", "m3")
	b.wants(store.CodeNotFound, err)

	for range 2 { // a phone that asks again gets the same again
		if got := b.fetch("one"); !slices.Equal(got, []string{"m1", "m2"}) {
			t.Errorf("fetched: %v", got)
		}
	}
	back, err = b.PhoneOffers.Withdraw(b.ctx, "phone", "m1")
	b.must(err)
	equal(t, "withdrawn after it was handed out", back, false)

	own, err := b.PhoneOffers.Answer(b.ctx, "phone", "one", []string{"m1", "m4", "nothing"}, b.clock.Advance(time.Second))
	b.must(err)
	if !slices.Equal(own, []string{"m1"}) {
		t.Errorf("a phone answers for others: %v", own)
	}
	first, err := b.PhoneOffers.Get(b.ctx, "phone", "m1")
	b.must(err)
	_, err = b.PhoneOffers.Answer(b.ctx, "phone", "one", []string{"m1"}, b.clock.Advance(time.Second))
	b.must(err)
	again, err := b.PhoneOffers.Get(b.ctx, "phone", "m1")
	b.must(err)
	equal(t, "the first answer counts", again.Answered.Equal(first.Answered) && !again.Answered.IsZero(), true)
	if got := b.fetch("one"); !slices.Equal(got, []string{"m2"}) {
		t.Errorf("after the answer: %v", got)
	}
	if got := b.fetch("other"); len(got) != 0 {
		t.Errorf("another phone fetched: %v", got)
	}
	waiting, err = b.PhoneOffers.Waiting(b.ctx, "phone")
	b.must(err)
	if !slices.Equal(waiting, []string{"two"}) {
		t.Errorf("waiting: %v", waiting)
	}

	// Of a withdrawal and a fetch at the same moment one has it.
	var back4 bool
	var fetched []store.PhoneMessage
	for _, err := range together(2, func(i int) (err error) {
		if i == 0 {
			back4, err = b.PhoneOffers.Withdraw(b.ctx, "phone", "m4")
		} else {
			fetched, err = b.PhoneOffers.Fetch(b.ctx, "phone", "two", 10, b.clock.Now())
		}
		return err
	}) {
		b.must(err)
	}
	if back4 == (len(fetched) == 1) {
		t.Errorf("withdrawn %v and fetched %d", back4, len(fetched))
	}

	b.clock.Advance(48 * time.Hour)
	if got := b.fetch("one"); len(got) != 0 {
		t.Errorf("expired messages are handed out: %v", got)
	}
	gone, err := b.PhoneOffers.Purge(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "purged", gone >= 2, true)
}
