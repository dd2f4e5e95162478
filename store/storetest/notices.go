package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

// hall is a commune with a group, two of its officers, an approver and a venue.
type hall struct {
	*bench
	commune, other   store.PlaceID
	group            store.Organisation
	leader, second   store.By
	approver, judge  store.By
	venue            int64
	monthFrom, month time.Time
}

func (b *bench) hall() *hall {
	b.t.Helper()
	h := &hall{bench: b, monthFrom: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), month: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	h.commune, h.other = b.communes()
	h.group = b.group(h.commune, "Femmes")
	h.leader = store.By{Officer: b.officer(h.commune, 81, h.group.ID, store.RoleLeader).ID}
	h.second = store.By{Officer: b.officer(h.commune, 82, h.group.ID, store.RoleSecond).ID}
	h.approver, h.judge = store.By{Account: 7}, store.By{Account: 8}
	v, err := b.Venues.Add(b.ctx, store.Venue{Commune: h.commune, Name: "École"}, clerk)
	b.must(err)
	h.venue = v.ID
	return h
}

func (h *hall) content(after time.Duration) store.NoticeContent {
	return store.NoticeContent{Topic: store.TopicSavings, Venue: h.venue, StartsAt: h.clock.Now().Add(after)}
}

func (h *hall) draft(audience store.NoticeAudience) store.Notice {
	h.t.Helper()
	n, err := h.Notices.Draft(h.ctx, store.Notice{Commune: h.commune, Organisation: h.group.ID, Audience: audience,
		Content: h.content(48 * time.Hour), Author: h.leader}, clerk)
	h.must(err)
	return n
}

func (h *hall) ask(id int64, change store.NoticeChange, c store.NoticeContent) (store.NoticeVersion, error) {
	return h.Notices.Ask(h.ctx, h.commune, id, store.Asking{Change: change, Content: c, Author: h.leader, Recipients: 42, Cost: ptr(int64(840)),
		ApproveBy: h.clock.Now().Add(time.Hour), MonthFrom: h.monthFrom, MonthTo: h.month, Quota: 3}, clerk)
}

func (h *hall) approve(v store.NoticeVersion) error {
	return h.Notices.Decide(h.ctx, h.commune, v.Notice, v.Version, store.Decision{Approve: true, By: h.second}, clerk)
}

// announced brings a notice to its people.
func (h *hall) announced(audience store.NoticeAudience) store.Notice {
	h.t.Helper()
	n := h.draft(audience)
	h.change(n, store.ChangeNew, n.Content)
	return n
}

func (h *hall) change(n store.Notice, change store.NoticeChange, c store.NoticeContent) {
	h.t.Helper()
	v, err := h.ask(n.ID, change, c)
	h.must(err)
	h.must(h.approve(v))
	h.must(h.Notices.Announce(h.ctx, h.commune, n.ID, v.Version, 42, clerk))
}

func (h *hall) state(id int64, want store.NoticeState) store.Notice {
	h.t.Helper()
	n, err := h.Notices.Get(h.ctx, h.commune, id)
	h.must(err)
	equal(h.t, "state", n.State, want)
	return n
}

func testNotices(t *testing.T, b *bench) {
	h := b.hall()
	n := h.draft(store.AudienceMembers)
	if n.Number != 10 || n.State != store.NoticeDraft || n.Version != 0 || n.Author != h.leader || n.Content.Venue != h.venue {
		t.Fatalf("the draft came back changed: %+v", n)
	}
	_, err := b.Notices.Get(b.ctx, h.other, n.ID)
	b.wants(store.CodeNotFound, err)
	for _, bad := range []store.NoticeContent{{Topic: "gossip", Venue: h.venue, StartsAt: b.clock.Now()}, {Topic: store.TopicBudget, Venue: h.venue},
		{Topic: store.TopicBudget, StartsAt: b.clock.Now()}, {Topic: store.TopicBudget, Venue: h.venue, Place: "both", StartsAt: b.clock.Now()}} {
		_, err := b.Notices.Draft(b.ctx, store.Notice{Commune: h.commune, Organisation: h.group.ID, Audience: store.AudienceMembers, Content: bad}, clerk)
		b.wants(store.CodeInvalid, err)
	}
	_, err = b.Notices.Draft(b.ctx, store.Notice{Commune: h.other, Organisation: h.group.ID, Audience: store.AudienceMembers, Content: n.Content}, clerk)
	b.wants(store.CodeNotFound, err)
	_, err = b.Notices.Draft(b.ctx, store.Notice{Commune: h.commune, Audience: store.AudienceMembers, Content: n.Content}, clerk)
	b.wants(store.CodeInvalid, err) // the town hall has no members

	n.Content.Topic = store.TopicWorks
	n, err = b.Notices.Revise(b.ctx, n, clerk)
	b.must(err)
	equal(t, "topic", n.Content.Topic, store.TopicWorks)
	_, err = h.ask(n.ID, store.ChangePostponed, n.Content)
	b.wants(store.CodeConflict, err) // nobody has got it
	var versions []store.NoticeVersion
	errs := together(4, func(int) error {
		v, err := h.ask(n.ID, store.ChangeNew, n.Content)
		if err == nil {
			versions = append(versions, v)
		}
		return err
	})
	equal(t, "askers", b.winners(errs, store.CodeConflict), 1)
	v := versions[0]
	if v.Version != 1 || v.Recipients != 42 || *v.Cost != 840 || v.Author != h.leader || v.State != store.VersionAsked {
		t.Errorf("asked: %+v", v)
	}
	_, err = b.Notices.Revise(b.ctx, n, clerk)
	b.wants(store.CodeConflict, err) // frozen
	waiting, err := b.Notices.Waiting(b.ctx, h.commune, h.group.ID)
	b.must(err)
	equal(t, "waiting for the second officer", len(waiting), 1)
	waiting, err = b.Notices.Waiting(b.ctx, h.commune, 0)
	b.must(err)
	equal(t, "waiting for the commune", len(waiting), 0)

	decide := func(d store.Decision) error {
		return b.Notices.Decide(b.ctx, h.commune, n.ID, 1, d, clerk)
	}
	b.wants(store.CodeDenied, decide(store.Decision{Approve: true, By: h.leader})) // their own
	b.wants(store.CodeInvalid, decide(store.Decision{Approve: true}))
	b.wants(store.CodeInvalid, decide(store.Decision{By: h.second})) // a refusal says why
	b.wants(store.CodeConflict, b.Notices.Announce(b.ctx, h.commune, n.ID, 1, 42, clerk))
	errs = together(4, func(i int) error {
		return decide(store.Decision{Approve: i%2 == 0, By: h.second, Reason: "date"})
	})
	equal(t, "deciders", b.winners(errs, store.CodeConflict), 1)
	v, err = b.Notices.Version(b.ctx, h.commune, n.ID, 1)
	b.must(err)
	if v.State == store.VersionRefused {
		equal(t, "reason", v.Reason, "date")
		v, err = h.ask(n.ID, store.ChangeNew, n.Content)
		b.must(err)
		b.must(h.approve(v))
	}
	errs = together(4, func(int) error { return b.Notices.Announce(b.ctx, h.commune, n.ID, v.Version, 40, clerk) })
	equal(t, "announcers", b.winners(errs, store.CodeConflict), 1)
	n = h.state(n.ID, store.NoticeAnnounced)
	if !n.Announced.Equal(b.clock.Now()) {
		t.Errorf("announced at %v", n.Announced)
	}
}

func testNoticeChanges(t *testing.T, b *bench) {
	h := b.hall()
	n := h.announced(store.AudienceMembers)
	later := h.content(96 * time.Hour)
	v, err := h.ask(n.ID, store.ChangePostponed, later)
	b.must(err)
	got := h.state(n.ID, store.NoticeAnnounced)
	if !got.Content.StartsAt.Equal(n.Content.StartsAt) {
		t.Error("a change that nobody agreed to shows already")
	}
	_, err = h.ask(n.ID, store.ChangeCancelled, n.Content)
	b.wants(store.CodeConflict, err) // one at a time
	b.must(b.Notices.Withdraw(b.ctx, h.commune, n.ID, v.Version, clerk))
	b.wants(store.CodeConflict, b.Notices.Withdraw(b.ctx, h.commune, n.ID, v.Version, clerk))
	h.change(n, store.ChangePostponed, later)
	got = h.state(n.ID, store.NoticePostponed)
	if !got.Content.StartsAt.Equal(later.StartsAt) || !got.Announced.Equal(b.clock.Now()) {
		t.Errorf("postponed: %+v", got)
	}
	later.Place, later.Venue = "Cour", 0
	h.change(n, store.ChangeCorrected, later)
	equal(t, "place", h.state(n.ID, store.NoticePostponed).Content.Place, "Cour")
	h.change(n, store.ChangeCancelled, later)
	h.state(n.ID, store.NoticeCancelled)
	_, err = h.ask(n.ID, store.ChangePostponed, later)
	b.wants(store.CodeConflict, err)
	all, err := b.Notices.Versions(b.ctx, h.commune, n.ID)
	b.must(err)
	equal(t, "versions", len(all), 5)

	// A decision not taken in time is no decision.
	slow := h.draft(store.AudienceMembers)
	v, err = h.ask(slow.ID, store.ChangeNew, slow.Content)
	b.must(err)
	now := b.clock.Advance(time.Hour)
	b.wants(store.CodeDenied, h.approve(v))
	lapsed, err := b.Notices.Lapse(b.ctx, now, clerk)
	b.must(err)
	equal(t, "lapsed", lapsed, 1)
	h.state(slow.ID, store.NoticeDraft)

	// The quota counts what is under way or sent: one is (n), a lapsed one is not.
	for range 2 {
		m := h.draft(store.AudienceMembers)
		_, err := h.ask(m.ID, store.ChangeNew, m.Content)
		b.must(err)
	}
	_, err = h.ask(slow.ID, store.ChangeNew, slow.Content)
	b.wants(store.CodeDenied, err)
	b.must(b.Organisations.Move(b.ctx, h.commune, h.group.ID, store.OrganisationActive, store.OrganisationSilenced, clerk))
	h.monthFrom, h.month = h.month, h.month.AddDate(0, 1, 0)
	_, err = h.ask(slow.ID, store.ChangeNew, slow.Content)
	b.wants(store.CodeDenied, err)
	b.must(b.Organisations.Move(b.ctx, h.commune, h.group.ID, store.OrganisationSilenced, store.OrganisationActive, clerk))
	_, err = h.ask(slow.ID, store.ChangeNew, slow.Content)
	b.must(err)
	rows, err := b.Audit.List(b.ctx, h.commune, 0, 1000)
	b.must(err)
	asked := slices.DeleteFunc(rows, func(r store.AuditRow) bool { return r.Action != "notice.ask" })
	equal(t, "audited asks", len(asked), 9)
}

func testNoticeAppeals(t *testing.T, b *bench) {
	h := b.hall()
	refused := func() store.Notice {
		t.Helper()
		n := h.draft(store.AudiencePublic)
		v, err := h.ask(n.ID, store.ChangeNew, n.Content)
		b.must(err)
		b.must(b.Notices.Decide(b.ctx, h.commune, n.ID, v.Version, store.Decision{By: h.approver, Reason: "mandate", Note: "Voir le maire"}, clerk))
		return n
	}
	n := refused()
	h.state(n.ID, store.NoticeRefused)
	decide := func(id int64, granted bool, by store.By) error {
		return b.Notices.DecideAppeal(b.ctx, h.commune, id, granted, by, clerk)
	}
	b.wants(store.CodeConflict, decide(n.ID, true, h.judge)) // nobody appealed
	b.wants(store.CodeNotFound, b.Notices.Appeal(b.ctx, h.other, n.ID, clerk))
	b.must(b.Notices.Appeal(b.ctx, h.commune, n.ID, clerk))
	b.wants(store.CodeConflict, b.Notices.Appeal(b.ctx, h.commune, n.ID, clerk))
	for commune, want := range map[store.PlaceID]int{h.commune: 1, h.other: 0, 0: 1} {
		all, err := b.Notices.Appeals(b.ctx, commune)
		b.must(err)
		equal(t, "appeals", len(all), want)
	}
	b.wants(store.CodeDenied, decide(n.ID, true, h.approver)) // who refused
	b.wants(store.CodeDenied, decide(n.ID, true, h.leader))   // who asked
	b.wants(store.CodeInvalid, decide(n.ID, true, store.By{}))
	b.must(decide(n.ID, true, h.judge))
	b.wants(store.CodeConflict, decide(n.ID, false, h.judge))
	n = h.state(n.ID, store.NoticeApproved)
	equal(t, "appeal", n.Appeal, store.AppealGranted)
	b.must(b.Notices.Announce(b.ctx, h.commune, n.ID, n.Version, 3, clerk))

	m := refused()
	b.must(b.Notices.Appeal(b.ctx, h.commune, m.ID, clerk))
	b.must(decide(m.ID, false, h.judge))
	h.state(m.ID, store.NoticeRefused)
	b.wants(store.CodeConflict, b.Notices.Appeal(b.ctx, h.commune, m.ID, clerk))
	m.Content.Topic = store.TopicOther
	_, err := h.ask(m.ID, store.ChangeNew, m.Content) // but it may be asked for again
	b.must(err)
	equal(t, "appeal of a new text", h.state(m.ID, store.NoticeAsked).Appeal, store.AppealNone)

	// The officer's console account is the same person.
	p := pseudonym(85)
	clerkToo, err := b.Officers.Appoint(b.ctx, store.Officer{Commune: h.commune, Pseudonym: &p, Phone: seal("x"), PINHash: "h", Account: 7},
		store.Post{Role: store.RoleApprover}, clerk)
	b.must(err)
	hall, err := b.Notices.Draft(b.ctx, store.Notice{Commune: h.commune, Audience: store.AudiencePublic, Content: h.content(time.Hour)}, clerk)
	b.must(err)
	v, err := b.Notices.Ask(b.ctx, h.commune, hall.ID, store.Asking{Change: store.ChangeNew, Content: hall.Content, Author: store.By{Account: 7},
		ApproveBy: b.clock.Now().Add(time.Minute)}, clerk)
	b.must(err)
	b.wants(store.CodeDenied, b.Notices.Decide(b.ctx, h.commune, hall.ID, v.Version, store.Decision{Approve: true, By: store.By{Officer: clerkToo.ID}}, clerk))
	own, err := b.Notices.Own(b.ctx, h.commune, 0, 10)
	b.must(err)
	equal(t, "the town hall's own", len(own), 1)
	own, err = b.Notices.Own(b.ctx, h.commune, h.group.ID, 10)
	b.must(err)
	equal(t, "the group's own", len(own), 2)
}

func testAttendances(t *testing.T, b *bench) {
	h := b.hall()
	mine, open := h.announced(store.AudienceMembers), h.announced(store.AudiencePublic)
	draft := h.draft(store.AudiencePublic)
	_, err := b.Members.Join(b.ctx, h.commune, store.Member{Organisation: h.group.ID, Pseudonym: pseudonym(1), Phone: seal("x"),
		TextVersion: "1", Channel: "ussd", Source: "dial", JoinedAt: b.clock.Now()})
	b.must(err)
	upcoming := func(n byte, now time.Time, want ...int64) {
		t.Helper()
		all, err := b.Notices.Upcoming(b.ctx, h.commune, pseudonym(n), now, 10)
		b.must(err)
		var ids []int64
		for _, v := range all {
			ids = append(ids, v.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("upcoming for %d: %v, want %v", n, ids, want)
		}
	}
	upcoming(1, b.clock.Now(), mine.ID, open.ID)
	upcoming(2, b.clock.Now(), open.ID)
	upcoming(1, open.Content.StartsAt)

	answer := func(id int64, n int, coming bool) error {
		return b.Attendances.Answer(b.ctx, h.commune, id, voter(n), coming, b.clock.Now())
	}
	coming := func(want int64) {
		t.Helper()
		n, err := b.Attendances.Coming(b.ctx, h.commune, open.ID)
		b.must(err)
		equal(t, "coming", n, want)
	}
	b.wants(store.CodeDenied, answer(draft.ID, 1, true))
	b.wants(store.CodeNotFound, b.Attendances.Answer(b.ctx, h.other, open.ID, voter(1), true, b.clock.Now()))
	for _, err := range together(6, func(i int) error { return answer(open.ID, i%3, true) }) {
		b.must(err)
	}
	coming(3)
	b.must(answer(open.ID, 0, false))
	coming(2)
	got, err := b.Attendances.Get(b.ctx, h.commune, open.ID, voter(0))
	b.must(err)
	equal(t, "own word", got, store.Attendance{Answered: true})

	// An answer is for a day: after a postponement it is asked anew.
	later := open.Content
	later.StartsAt = later.StartsAt.Add(24 * time.Hour)
	h.change(open, store.ChangePostponed, later)
	coming(0)
	got, err = b.Attendances.Get(b.ctx, h.commune, open.ID, voter(1))
	b.must(err)
	equal(t, "word on the former day", got, store.Attendance{})
	for i := range 3 {
		b.must(answer(open.ID, i, true))
	}
	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: pseudonym(1), Voters: []store.Voter{voter(1)}}))
	got, err = b.Attendances.Get(b.ctx, h.commune, open.ID, voter(1))
	b.must(err)
	equal(t, "word of an erased number", got, store.Attendance{})
	coming(3)
	linked, err := b.Attendances.Linked(b.ctx)
	b.must(err)
	if !slices.Equal(linked, []int64{open.ID}) {
		t.Errorf("linked: %v", linked)
	}
	n, err := b.Attendances.Unlink(b.ctx, later.StartsAt)
	b.must(err)
	equal(t, "unlinked too early", n, 0)
	n, err = b.Attendances.Unlink(b.ctx, later.StartsAt.Add(time.Second))
	b.must(err)
	equal(t, "unlinked", n, 2)
	coming(3)

	finished, err := b.Notices.Finish(b.ctx, later.StartsAt.Add(time.Second), clerk)
	b.must(err)
	equal(t, "finished", finished, 2)
	h.state(open.ID, store.NoticePast)
	b.wants(store.CodeDenied, answer(open.ID, 7, true))
}
