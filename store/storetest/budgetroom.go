package storetest

import (
	"testing"
	"time"

	"baro/store"
)

func testCalendar(t *testing.T, b *bench) {
	one, two := b.communes()
	e := store.CalendarEntry{Commune: one, Year: 2027, Step: store.StepDebate, Due: "2026-09-30"}
	first, err := b.Calendar.Put(b.ctx, e, clerk)
	b.must(err)
	if first.Revision != 1 || first.Due != "2026-09-30" || first.Done != "" || !first.Updated.Equal(b.clock.Now()) {
		t.Errorf("noted: %+v", first)
	}
	_, err = b.Calendar.Put(b.ctx, e, clerk) // as if nothing had been noted
	b.wants(store.CodeConflict, err)
	first.Done, first.Evidence, first.Reference = "2026-09-28", "Cahier de présence", "notice:12"
	errs := together(5, func(int) error {
		_, err := b.Calendar.Put(b.ctx, first, clerk)
		return err
	})
	equal(t, "who noted it", b.winners(errs, store.CodeConflict), 1)
	for name, spoil := range map[string]func(*store.CalendarEntry){
		"step": func(e *store.CalendarEntry) { e.Step = "party" }, "date": func(e *store.CalendarEntry) { e.Done = "2026-02-30" },
	} {
		bad := e
		spoil(&bad)
		if _, err := b.Calendar.Put(b.ctx, bad, clerk); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		commune store.PlaceID
		year    int
		want    int
	}{{one, 2027, 1}, {one, 2026, 0}, {two, 2027, 0}} {
		all, err := b.Calendar.List(b.ctx, c.commune, c.year)
		b.must(err)
		equal(t, "noted steps", len(all), c.want)
		if c.want == 1 && (all[0].Revision != 2 || all[0].Evidence != "Cahier de présence" || all[0].Reference != "notice:12") {
			t.Errorf("read: %+v", all[0])
		}
	}
	rows, err := b.Audit.List(b.ctx, one, 0, 10)
	b.must(err)
	if len(rows) != 2 || rows[1].Action != "calendar.note" || rows[1].Object != "calendar:2027:debate" || rows[0].Before != "" {
		t.Errorf("audit: %+v", rows)
	}
}

func testReferrals(t *testing.T, b *bench) {
	one, _ := b.communes()
	cercle, err := b.Places.ByCode(b.ctx, "demo", "ML0101")
	b.must(err)
	region, err := b.Places.ByCode(b.ctx, "demo", "ML01")
	b.must(err)
	r := store.Referral{Area: cercle.ID, Purpose: store.ReferralAbuse, Name: "Service social", Phone: "00 00 00 71", Verified: b.clock.Now()}
	made, err := b.Referrals.Put(b.ctx, r, clerk)
	b.must(err)
	r.Phone, r.Verified = "00 00 00 72", time.Time{}
	again, err := b.Referrals.Put(b.ctx, r, clerk)
	b.must(err)
	if again.ID != made.ID || again.Phone != "00 00 00 72" || !again.Verified.IsZero() || !made.Verified.Equal(b.clock.Now()) {
		t.Errorf("put again: %+v", again)
	}
	for name, spoil := range map[string]func(*store.Referral){
		"a commune": func(r *store.Referral) { r.Area = one }, "no area": func(r *store.Referral) { r.Area = 0 },
		"purpose": func(r *store.Referral) { r.Purpose = "gift" }, "no phone": func(r *store.Referral) { r.Phone = "" },
	} {
		bad := r
		spoil(&bad)
		if _, err := b.Referrals.Put(b.ctx, bad, clerk); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		area    store.PlaceID
		purpose store.ReferralPurpose
		want    int
	}{{cercle.ID, store.ReferralAbuse, 1}, {cercle.ID, "", 1}, {cercle.ID, store.ReferralThreat, 0}, {region.ID, "", 0}} {
		all, err := b.Referrals.List(b.ctx, c.area, c.purpose)
		b.must(err)
		equal(t, "referrals", len(all), c.want)
	}
	checked := r
	checked.Name, checked.Verified = "Autre service", b.clock.Now()
	_, err = b.Referrals.Put(b.ctx, checked, clerk)
	b.must(err)
	for since, want := range map[time.Time]int64{b.clock.Now(): 1, b.clock.Now().Add(time.Microsecond): 2} {
		n, err := b.Referrals.Unchecked(b.ctx, since)
		b.must(err)
		equal(t, "unchecked", n, want)
	}
	b.wants(store.CodeNotFound, b.Referrals.Remove(b.ctx, region.ID, made.ID, clerk))
	b.must(b.Referrals.Remove(b.ctx, cercle.ID, made.ID, clerk))
	b.wants(store.CodeNotFound, b.Referrals.Remove(b.ctx, cercle.ID, made.ID, clerk))
}

func testProjects(t *testing.T, b *bench) {
	one, two := b.communes()
	p, err := b.Projects.Create(b.ctx, store.Project{Commune: one, Title: store.Texts{"fr": "Hangar du marché"}, Partner: "Coopérative", Amount: ptr(int64(4_000_000))}, clerk)
	b.must(err)
	if p.Number != 10 || p.State != store.ProjectProposed || !p.Published.IsZero() || *p.Amount != 4_000_000 || !p.Since.Equal(b.clock.Now()) {
		t.Errorf("created: %+v", p)
	}
	target, err := b.DialNumbers.Lookup(b.ctx, one, p.Number)
	b.must(err)
	equal(t, "behind the number", target, store.DialTarget{Kind: store.DialProject, Ref: p.ID})
	_, err = b.Projects.Create(b.ctx, store.Project{Commune: one, Title: store.Texts{"fr": "Sans partenaire"}}, clerk)
	b.wants(store.CodeInvalid, err)
	shown := func(commune store.PlaceID, want int) {
		t.Helper()
		all, err := b.Projects.Published(b.ctx, commune, 10)
		b.must(err)
		equal(t, "published", len(all), want)
	}
	shown(one, 0)
	b.wants(store.CodeNotFound, b.Projects.Publish(b.ctx, two, p.ID, clerk))
	b.must(b.Projects.Publish(b.ctx, one, p.ID, clerk))
	b.must(b.Projects.Publish(b.ctx, one, p.ID, clerk))
	shown(one, 1)
	shown(two, 0)
	_, err = b.Projects.Get(b.ctx, two, p.ID)
	b.wants(store.CodeNotFound, err)

	b.wants(store.CodeInvalid, b.Projects.Move(b.ctx, one, p.ID, store.ProjectProposed, store.ProjectDone, clerk))
	b.wants(store.CodeNotFound, b.Projects.Move(b.ctx, two, p.ID, store.ProjectProposed, store.ProjectAgreed, clerk))
	later := b.clock.Advance(time.Hour)
	errs := together(5, func(int) error {
		return b.Projects.Move(b.ctx, one, p.ID, store.ProjectProposed, store.ProjectAgreed, clerk)
	})
	equal(t, "movers", b.winners(errs, store.CodeConflict), 1)
	all, err := b.Projects.List(b.ctx, one)
	b.must(err)
	if len(all) != 1 || all[0].State != store.ProjectAgreed || !all[0].Since.Equal(later) {
		t.Errorf("listed: %+v", all)
	}
}

func testAlerts(t *testing.T, b *bench) {
	one, two := b.communes()
	jobs := store.PurposeOpportunities(store.OpportunityJob)
	agree := func(n byte, commune store.PlaceID, purpose store.Purpose) {
		t.Helper()
		b.must(b.Contacts.Keep(b.ctx, store.Contact{Pseudonym: pseudonym(n), Phone: seal("phone"), Language: seal("bm"), Commune: commune,
			Created: b.clock.Now(), LastActive: b.clock.Now()}))
		_, err := b.Consents.Give(b.ctx, store.Consent{Pseudonym: pseudonym(n), Purpose: purpose, TextVersion: "fr:1", Channel: "ussd", Source: "dial", GivenAt: b.clock.Now()})
		b.must(err)
	}
	for n := byte(1); n <= 4; n++ {
		agree(n, one, jobs)
	}
	agree(5, two, jobs)
	agree(6, one, store.PurposeOpportunities(store.OpportunityTender))
	b.must(b.Consents.Withdraw(b.ctx, pseudonym(2), store.PurposeAll, b.clock.Now())) // STOP
	b.must(b.Consents.Withdraw(b.ctx, pseudonym(3), store.PurposeNotices, b.clock.Now()))
	got, err := b.Alerts.Agreed(b.ctx, one, jobs, store.Pseudonym{}, 2)
	b.must(err)
	if len(got) != 2 || got[0].Pseudonym != pseudonym(1) || got[1].Pseudonym != pseudonym(3) || got[0].Phone.Box == nil {
		t.Fatalf("agreed: %+v", got)
	}
	got, err = b.Alerts.Agreed(b.ctx, one, jobs, pseudonym(3), 2)
	b.must(err)
	if len(got) != 1 || got[0].Pseudonym != pseudonym(4) {
		t.Errorf("the next page: %+v", got)
	}

	near, far := b.offer(b.job(one, "Bientot", time.Hour)), b.offer(b.job(two, "Plus tard", 2*time.Hour))
	b.offer(b.job(one, "Passe", -time.Hour))
	_, err = b.Opportunities.Create(b.ctx, b.job(one, "Brouillon", time.Hour))
	b.must(err)
	unheard := func(want ...int64) {
		t.Helper()
		all, err := b.Alerts.Unheard(b.ctx, b.clock.Now(), 10)
		b.must(err)
		equal(t, "unheard", len(all), len(want))
		for i, o := range all {
			equal(t, "unheard", o.ID, want[i])
		}
	}
	unheard(near.ID, far.ID)
	b.wants(store.CodeNotFound, b.Alerts.Told(b.ctx, two, near.ID, b.clock.Now()))
	errs := together(4, func(int) error { return b.Alerts.Told(b.ctx, one, near.ID, b.clock.Now()) })
	equal(t, "tellers", b.winners(errs, store.CodeConflict), 1)
	unheard(far.ID)
}
