package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"baro/store"
)

// group registers an organisation.
func (b *bench) group(commune store.PlaceID, short string) store.Organisation {
	b.t.Helper()
	o, err := b.Organisations.Create(b.ctx, store.Organisation{Commune: commune, Kind: store.OrganisationWomen,
		Name: store.Texts{"fr": "Femmes de " + short}, ShortName: short}, clerk)
	b.must(err)
	return o
}

// officer appoints the n-th number.
func (b *bench) officer(commune store.PlaceID, n byte, organisation int64, role store.Role) store.Officer {
	b.t.Helper()
	p := pseudonym(n)
	o, err := b.Officers.Appoint(b.ctx, store.Officer{Commune: commune, Pseudonym: &p, Phone: seal("phone"), PINHash: fmt.Sprint("hash", n)},
		store.Post{Organisation: organisation, Role: role}, clerk)
	b.must(err)
	return o
}

func testOrganisations(t *testing.T, b *bench) {
	one, two := b.communes()
	o := b.group(one, "F. Nyetaba")
	if o.State != store.OrganisationActive || o.Name["fr"] != "Femmes de F. Nyetaba" || o.Kind != store.OrganisationWomen || o.Created.IsZero() {
		t.Fatalf("came back changed: %+v", o)
	}
	for _, bad := range []store.Organisation{
		{Commune: one, Kind: "choir", Name: o.Name, ShortName: "x"}, {Commune: one, Kind: o.Kind, ShortName: "x"},
		{Commune: one, Kind: o.Kind, Name: o.Name}, {Commune: one, Kind: o.Kind, Name: o.Name, ShortName: "fifteen letters"},
	} {
		_, err := b.Organisations.Create(b.ctx, bad, clerk)
		b.wants(store.CodeInvalid, err)
	}
	_, err := b.Organisations.Create(b.ctx, o, clerk)
	b.wants(store.CodeConflict, err)
	elsewhere := b.group(two, "F. Nyetaba") // another commune's
	_, err = b.Organisations.Get(b.ctx, two, o.ID)
	b.wants(store.CodeNotFound, err)
	o.ShortName = "Femmes Nyetaba"
	o, err = b.Organisations.Revise(b.ctx, o, clerk)
	b.must(err)
	equal(t, "short name", o.ShortName, "Femmes Nyetaba")

	move := func(from, to store.OrganisationState, act store.Act) error {
		return b.Organisations.Move(b.ctx, one, o.ID, from, to, act)
	}
	b.wants(store.CodeInvalid, move(store.OrganisationActive, store.OrganisationSilenced, store.Act{Actor: "clerk"}))
	b.wants(store.CodeInvalid, move(store.OrganisationClosed, store.OrganisationActive, clerk))
	b.wants(store.CodeNotFound, b.Organisations.Move(b.ctx, two, o.ID, store.OrganisationActive, store.OrganisationClosed, clerk))
	b.must(move(store.OrganisationActive, store.OrganisationSilenced, clerk))
	b.wants(store.CodeConflict, move(store.OrganisationActive, store.OrganisationSilenced, clerk))
	b.must(move(store.OrganisationSilenced, store.OrganisationActive, store.Act{Actor: "clerk"}))
	active, err := b.Organisations.List(b.ctx, one, store.OrganisationActive)
	b.must(err)
	equal(t, "active", len(active), 1)

	grant := func(from, to store.Date) store.Mandate {
		t.Helper()
		m, err := b.Mandates.Grant(b.ctx, one, store.Mandate{Organisation: o.ID, Purpose: "Réunions", From: from, To: to, Quota: 4}, clerk)
		b.must(err)
		return m
	}
	m := grant("2026-11-01", "2026-11-30")
	for day, want := range map[store.Date]bool{"2026-10-31": false, "2026-11-01": true, "2026-11-30": true, "2026-12-01": false} {
		equal(t, "holds on "+string(day), m.Holds(day), want)
	}
	equal(t, "approved by", m.ApprovedBy, "clerk")
	for _, bad := range []store.Mandate{
		{Organisation: o.ID, From: m.From, To: m.To, Quota: 1}, {Organisation: o.ID, Purpose: "x", From: m.To, To: m.From, Quota: 1},
		{Organisation: o.ID, Purpose: "x", From: "2026-02-30", To: m.To, Quota: 1}, {Organisation: o.ID, Purpose: "x", From: m.From, To: m.To},
	} {
		_, err := b.Mandates.Grant(b.ctx, one, bad, clerk)
		b.wants(store.CodeInvalid, err)
	}
	_, err = b.Mandates.Grant(b.ctx, one, store.Mandate{Organisation: elsewhere.ID, Purpose: "x", From: m.From, To: m.To, Quota: 1}, clerk)
	b.wants(store.CodeNotFound, err)
	next := grant("2026-12-01", "2026-12-31")
	b.wants(store.CodeInvalid, b.Mandates.Revoke(b.ctx, one, m.ID, store.Act{Actor: "clerk"}))
	b.wants(store.CodeNotFound, b.Mandates.Revoke(b.ctx, two, m.ID, clerk))
	errs := together(4, func(int) error { return b.Mandates.Revoke(b.ctx, one, m.ID, clerk) })
	equal(t, "revokers", b.winners(errs, store.CodeConflict), 1)
	all, err := b.Mandates.List(b.ctx, one, o.ID)
	b.must(err)
	if len(all) != 2 || all[0].ID != next.ID || all[1].State != store.MandateRevoked || all[1].Reason != "test" || all[1].Holds("2026-11-10") {
		t.Errorf("mandates: %+v", all)
	}
	_, err = b.Mandates.List(b.ctx, two, o.ID)
	b.wants(store.CodeNotFound, err)
}

func testOfficers(t *testing.T, b *bench) {
	one, two := b.communes()
	women, youth := b.group(one, "Femmes"), b.group(one, "Jeunes")
	leader := b.officer(one, 1, women.ID, store.RoleLeader)
	second := b.officer(one, 2, women.ID, store.RoleSecond)
	approver := b.officer(one, 3, 0, store.RoleApprover)
	p := pseudonym(1)
	again := store.Officer{Commune: one, Pseudonym: &p, Phone: seal("phone"), PINHash: "another"}
	again, err := b.Officers.Appoint(b.ctx, again, store.Post{Organisation: youth.ID, Role: store.RoleSecond}, clerk)
	b.must(err)
	if again.ID != leader.ID || again.PINHash != "hash1" || len(again.Posts) != 2 || !again.Holds(women.ID, store.RoleLeader) ||
		!again.Holds(youth.ID, store.RoleLeader, store.RoleSecond) || again.Holds(youth.ID, store.RoleLeader) || again.Holds(0, store.RoleApprover) {
		t.Errorf("a second post: %+v", again)
	}
	for code, post := range map[store.Code][]store.Post{
		store.CodeConflict: {{Organisation: women.ID, Role: store.RoleLeader}, {Organisation: women.ID, Role: store.RoleSecond}},
		store.CodeInvalid:  {{Organisation: women.ID, Role: store.RoleApprover}, {Role: store.RoleLeader}, {Organisation: women.ID, Role: "boss"}},
	} {
		for _, post := range post {
			_, err := b.Officers.Appoint(b.ctx, again, post, clerk)
			b.wants(code, err)
		}
	}
	q := pseudonym(9)
	_, err = b.Officers.Appoint(b.ctx, store.Officer{Commune: one, Pseudonym: &q, Phone: seal("x")},
		store.Post{Organisation: women.ID, Role: store.RoleLeader}, clerk)
	b.wants(store.CodeConflict, err) // one leader
	_, err = b.Officers.ByPhone(b.ctx, one, q)
	b.wants(store.CodeNotFound, err) // and nothing is left of the attempt
	_, err = b.Officers.ByPhone(b.ctx, two, pseudonym(1))
	b.wants(store.CodeNotFound, err)
	for organisation, want := range map[int64][]int64{women.ID: {leader.ID, second.ID}, youth.ID: {leader.ID}, 0: {approver.ID}} {
		all, err := b.Officers.List(b.ctx, one, organisation)
		b.must(err)
		var ids []int64
		for _, o := range all {
			ids = append(ids, o.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("officers of %d: %v, want %v", organisation, ids, want)
		}
	}
	b.wants(store.CodeNotFound, b.Officers.Dismiss(b.ctx, one, second.ID, store.Post{Organisation: women.ID, Role: store.RoleLeader}, clerk))
	b.must(b.Officers.Dismiss(b.ctx, one, second.ID, store.Post{Organisation: women.ID, Role: store.RoleSecond}, clerk))
	got, err := b.Officers.Get(b.ctx, one, second.ID)
	b.must(err)
	equal(t, "posts left", len(got.Posts), 0)

	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: pseudonym(1)}))
	got, err = b.Officers.Get(b.ctx, one, leader.ID)
	b.must(err)
	if got.Pseudonym != nil || got.Phone.Box != nil || got.PINHash != "" || len(got.Posts) != 0 {
		t.Errorf("of an erased officer is left: %+v", got)
	}
	b.wants(store.CodeConflict, b.Officers.SetPIN(b.ctx, one, leader.ID, "new", true, clerk))
}

func testPINTries(t *testing.T, b *bench) {
	one, two := b.communes()
	o := b.officer(one, 1, b.group(one, "Femmes").ID, store.RoleLeader)
	begin := func() (store.Officer, error) { return b.Officers.Begin(b.ctx, one, o.ID, 5, b.clock.Now()) }
	_, err := b.Officers.Begin(b.ctx, two, o.ID, 5, b.clock.Now())
	b.wants(store.CodeNotFound, err)
	got, err := begin()
	b.must(err)
	equal(t, "tries", got.Tries, 1)
	b.must(b.Officers.Failed(b.ctx, one, o.ID, b.clock.Now().Add(time.Minute), b.clock.Now(), clerk))
	_, err = begin()
	b.wants(store.CodeDenied, err)
	b.clock.Advance(time.Minute)
	_, err = begin()
	b.must(err)
	b.must(b.Officers.Passed(b.ctx, one, o.ID))
	// Tries made at once do not outrun the limit.
	errs := together(12, func(int) error { _, err := begin(); return err })
	equal(t, "tries made at once", b.winners(errs, store.CodeDenied), 5)
	b.must(b.Officers.Failed(b.ctx, one, o.ID, time.Time{}, b.clock.Now(), clerk))
	b.wants(store.CodeConflict, b.Officers.Failed(b.ctx, one, o.ID, time.Time{}, b.clock.Now(), clerk))
	b.must(b.Officers.Passed(b.ctx, one, o.ID)) // does not unlock
	got, err = begin()
	b.wants(store.CodeDenied, err)
	if got.LockedAt.IsZero() {
		t.Error("not locked")
	}
	b.wants(store.CodeInvalid, b.Officers.SetPIN(b.ctx, one, o.ID, "", true, clerk))
	b.must(b.Officers.SetPIN(b.ctx, one, o.ID, "new", true, clerk))
	got, err = begin()
	b.must(err)
	if got.PINHash != "new" || !got.Fresh || got.Tries != 1 || !got.LockedAt.IsZero() {
		t.Errorf("after a new PIN: %+v", got)
	}
}

func testMembers(t *testing.T, b *bench) {
	one, two := b.communes()
	women, youth := b.group(one, "Femmes"), b.group(one, "Jeunes")
	leader := b.officer(one, 90, women.ID, store.RoleLeader)
	invite := func(n byte) error {
		return b.Members.Invite(b.ctx, one, store.Member{Organisation: women.ID, Pseudonym: pseudonym(n), Phone: seal("phone"),
			InvitedBy: leader.ID, InvitedAt: b.clock.Now()}, b.clock.Now().Add(-time.Hour), clerk)
	}
	join := func(organisation int64, n byte) (bool, error) {
		return b.Members.Join(b.ctx, one, store.Member{Organisation: organisation, Pseudonym: pseudonym(n), Phone: seal("phone"),
			Language: seal("bm"), TextVersion: "join@1", Channel: "ussd", Source: "dial", JoinedAt: b.clock.Now()})
	}
	b.must(invite(1))
	b.wants(store.CodeConflict, invite(1))
	b.wants(store.CodeInvalid, b.Members.Invite(b.ctx, one, store.Member{Organisation: women.ID}, b.clock.Now(), clerk))
	b.wants(store.CodeNotFound, b.Members.Invite(b.ctx, two, store.Member{Organisation: women.ID, Phone: seal("x"), InvitedAt: b.clock.Now()}, b.clock.Now(), clerk))
	count := func(want int64) {
		t.Helper()
		n, err := b.Members.Count(b.ctx, one, women.ID)
		b.must(err)
		equal(t, "members", n, want)
	}
	count(0) // invited is not joined
	for _, want := range []bool{true, false} {
		joined, err := join(women.ID, 1)
		b.must(err)
		equal(t, "newly joined", joined, want)
	}
	b.wants(store.CodeConflict, invite(1))
	_, err := b.Members.Join(b.ctx, one, store.Member{Organisation: women.ID, Pseudonym: pseudonym(2), Phone: seal("x")})
	b.wants(store.CodeInvalid, err) // no proof
	_, err = b.Members.Join(b.ctx, two, store.Member{Organisation: women.ID, Phone: seal("x"), TextVersion: "1", Channel: "x", Source: "x", JoinedAt: b.clock.Now()})
	b.wants(store.CodeNotFound, err)
	m, err := b.Members.Get(b.ctx, one, women.ID, pseudonym(1))
	b.must(err)
	if m.State != store.MemberJoined || m.Commune != one || m.TextVersion != "join@1" || m.Source != "dial" || m.InvitedBy != leader.ID ||
		string(m.Language.Box) != "box:bm" || !m.JoinedAt.Equal(b.clock.Now()) {
		t.Errorf("came back changed: %+v", m)
	}
	for n := byte(2); n <= 6; n++ {
		_, err := join(women.ID, n)
		b.must(err)
	}
	var paged []byte
	for after := (store.Pseudonym{}); ; {
		page, err := b.Members.Joined(b.ctx, one, women.ID, after, 4)
		b.must(err)
		if len(page) == 0 {
			break
		}
		for _, m := range page {
			paged = append(paged, m.Pseudonym[0])
		}
		after = page[len(page)-1].Pseudonym
	}
	if !slices.Equal(paged, []byte{1, 2, 3, 4, 5, 6}) {
		t.Errorf("members page by page: %v", paged)
	}

	left, err := b.Members.Leave(b.ctx, one, women.ID, pseudonym(2), b.clock.Now())
	b.must(err)
	equal(t, "left", left, true)
	left, err = b.Members.Leave(b.ctx, one, women.ID, pseudonym(2), b.clock.Now())
	b.must(err)
	equal(t, "left again", left, false)
	m, err = b.Members.Get(b.ctx, one, women.ID, pseudonym(2))
	b.must(err)
	if m.State != store.MemberLeft || m.Phone.Box != nil || m.Language.Box != nil {
		t.Errorf("who left still has a number here: %+v", m)
	}
	b.must(invite(2)) // may be asked again

	// STOP ends every membership, and no other consent does.
	_, err = join(youth.ID, 3)
	b.must(err)
	b.must(b.Consents.Withdraw(b.ctx, pseudonym(3), store.PurposeNotices, b.clock.Now()))
	count(5)
	b.must(b.Consents.Withdraw(b.ctx, pseudonym(3), store.PurposeAll, b.clock.Now()))
	b.must(b.Consents.Withdraw(b.ctx, pseudonym(4), store.PurposeGroups, b.clock.Now()))
	count(3)
	of, err := b.Members.Of(b.ctx, pseudonym(3))
	b.must(err)
	if len(of) != 2 || of[0].State != store.MemberLeft || of[1].State != store.MemberLeft {
		t.Errorf("after STOP: %+v", of)
	}
	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: pseudonym(5)}))
	of, err = b.Members.Of(b.ctx, pseudonym(5))
	b.must(err)
	equal(t, "memberships of an erased number", len(of), 0)

	n, err := b.Members.CountInvited(b.ctx, one, women.ID, b.clock.Now())
	b.must(err)
	equal(t, "invited", n, 2)
	later := b.clock.Advance(time.Hour)
	n, err = b.Members.Purge(b.ctx, later, later)
	b.must(err)
	equal(t, "purged", n, 4) // the invitation of 2, and 3 twice and 4 who left
	count(2)
}

func testVenues(t *testing.T, b *bench) {
	one, two := b.communes()
	for _, err := range together(3, func(i int) error {
		_, err := b.Venues.Add(b.ctx, store.Venue{Commune: one, Name: fmt.Sprint("École ", i)}, clerk)
		return err
	}) {
		b.must(err)
	}
	v, err := b.Venues.ByNumber(b.ctx, one, 2)
	b.must(err)
	_, err = b.Venues.Add(b.ctx, store.Venue{Commune: one, Name: v.Name}, clerk)
	b.wants(store.CodeConflict, err)
	_, err = b.Venues.Add(b.ctx, store.Venue{Commune: one, Name: "A name of more than twenty-four letters"}, clerk)
	b.wants(store.CodeInvalid, err)
	_, err = b.Venues.Get(b.ctx, two, v.ID)
	b.wants(store.CodeNotFound, err)
	v.Name = "Mairie"
	v, err = b.Venues.Rename(b.ctx, v, clerk)
	b.must(err)
	b.must(b.Venues.Retire(b.ctx, one, v.ID, clerk))
	b.wants(store.CodeConflict, b.Venues.Retire(b.ctx, one, v.ID, clerk))
	_, err = b.Venues.Rename(b.ctx, v, clerk)
	b.wants(store.CodeConflict, err)
	_, err = b.Venues.ByNumber(b.ctx, one, 2)
	b.wants(store.CodeNotFound, err)
	got, err := b.Venues.Get(b.ctx, one, v.ID)
	b.must(err)
	equal(t, "a retired venue's name", got.Name, "Mairie")
	again, err := b.Venues.Add(b.ctx, store.Venue{Commune: one, Name: "Mairie"}, clerk)
	b.must(err)
	equal(t, "number", again.Number, 4) // 2 is not given again
	all, err := b.Venues.List(b.ctx, one)
	b.must(err)
	equal(t, "in use", len(all), 3)

	block := func(from, to store.Date) store.BlockedDate {
		t.Helper()
		d, err := b.BlockedDates.Add(b.ctx, store.BlockedDate{Commune: one, From: from, To: to, Reason: "Scrutin"}, clerk)
		b.must(err)
		return d
	}
	first := block("2026-12-01", "2026-12-03")
	block("2026-12-10", "2026-12-10")
	for _, bad := range []store.BlockedDate{{Commune: one, From: "2026-12-03", To: "2026-12-01", Reason: "x"}, {Commune: one, From: "2026-12-01", To: "2026-12-01"}} {
		_, err := b.BlockedDates.Add(b.ctx, bad, clerk)
		b.wants(store.CodeInvalid, err)
	}
	for days, want := range map[[2]store.Date]int{{"2026-12-03", "2026-12-10"}: 2, {"2026-12-04", "2026-12-09"}: 0, {"2026-11-01", "2026-12-01"}: 1} {
		got, err := b.BlockedDates.Between(b.ctx, one, days[0], days[1])
		b.must(err)
		equal(t, fmt.Sprint("blocked in ", days), len(got), want)
	}
	b.wants(store.CodeNotFound, b.BlockedDates.Remove(b.ctx, two, first.ID, clerk))
	b.must(b.BlockedDates.Remove(b.ctx, one, first.ID, clerk))

	level := func(commune store.PlaceID, want store.SafetyLevel) {
		t.Helper()
		got, err := b.Safety.Level(b.ctx, commune)
		b.must(err)
		equal(t, "safety level", got, want)
	}
	level(one, store.SafetyOpen)
	b.wants(store.CodeInvalid, b.Safety.Set(b.ctx, one, store.SafetyShielded, store.Act{Actor: "clerk"}))
	b.wants(store.CodeInvalid, b.Safety.Set(b.ctx, one, "loud", clerk))
	b.must(b.Safety.Set(b.ctx, one, store.SafetyShielded, clerk))
	level(one, store.SafetyShielded)
	level(two, store.SafetyOpen)
}
