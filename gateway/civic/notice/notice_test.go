package notice_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic/notice"
	"baro/gateway/civictest"
	"baro/store"
)

func TestBoundAsDeclared(t *testing.T) { newHall(t).BoundAsDeclared("notice") }

func TestDaysAndHours(t *testing.T) {
	h := newHall(t)
	_, err := h.DB.BlockedDates().Add(h.Ctx, store.BlockedDate{Commune: h.commune, From: "2026-11-27", To: "2026-11-28", Reason: "Scrutin"}, clerk)
	h.Must(err)
	days, err := h.Days(h.Ctx, h.commune, h.Now)
	h.Must(err)
	var got []string
	for _, d := range days {
		got = append(got, d.Format("02/01"))
	}
	if len(got) != 4 || got[0] != "26/11" || got[1] != "29/11" {
		t.Errorf("days: %v", got)
	}
	for typed, want := range map[int64]string{612: "2026-12-06", 2512: "2026-12-25", 1001: "2027-01-10", 2611: "2026-11-26"} {
		if day, err := h.Day(h.Ctx, h.commune, typed, h.Now); err != nil || day.Format(time.DateOnly) != want {
			t.Errorf("%d is %v, %v, want %s", typed, day, err, want)
		}
	}
	for typed, want := range map[int64]error{3102: notice.ErrTime, 2511: notice.ErrTime, 108: notice.ErrTime, 1313: notice.ErrTime, 2711: notice.ErrBlocked, 12: notice.ErrTime} {
		if _, err := h.Day(h.Ctx, h.commune, typed, h.Now); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", typed, err, want)
		}
	}
	for typed, want := range map[int64]int64{9: 540, 15: 900, 930: 570, 1530: 930, 22: 1320, 4: -1, 23: -1, 1565: -1, 2230: -1, 99: -1} {
		m, ok := notice.Minute(typed)
		if !ok {
			m = -1
		}
		if m != want {
			t.Errorf("%d is %d, want %d", typed, m, want)
		}
	}
	if got := h.ask(2, "").Edge; got != "time" {
		t.Errorf("a meeting on a blocked day: %s", got)
	}
}

// What two have agreed to is announced once, and each change of it again once the other of the two has agreed.
func TestChangesNeedTheOther(t *testing.T) {
	h := newHall(t)
	n := h.announced(5)
	if got := h.took(); !slices.Equal(got, []string{"notice.body.new"}) {
		t.Fatalf("announced: %v", got)
	}
	h.Now = h.Now.Add(time.Hour)
	for _, step := range []struct {
		change string
		day    int64
		state  store.NoticeState
	}{
		{"postponed", h.Now.AddDate(0, 0, 8).Unix() / 86400, store.NoticePostponed}, {"cancelled", 0, store.NoticeCancelled},
	} {
		args := []flows.Field{civictest.Whole("notice", n.ID), civictest.Word("change", step.change)}
		if step.day != 0 {
			args = append(args, civictest.Whole("day", step.day), civictest.Whole("minute", 600))
		}
		out := h.do(3, "notice.change", args...)
		if got := h.do(3, "notice.accept", out.Fields[0], civictest.Word("waiting", out.Fields.Get("Waiting").Text)).Edge; got != "own" {
			t.Errorf("agrees to their own change: %s", got)
		}
		if got := h.took(); len(got) > 0 {
			t.Errorf("announced before anybody agreed: %v", got)
		}
		if got := h.do(2, "notice.accept", civictest.Word("waiting", out.Fields.Get("Waiting").Text)).Edge; got != "ok" {
			t.Fatalf("%s: %s", step.change, got)
		}
		if got := h.took(); !slices.Equal(got, []string{"notice.body." + step.change}) {
			t.Errorf("%s was announced as %v", step.change, got)
		}
		got, err := h.Notices.Get(h.Ctx, h.commune, n.ID)
		h.Must(err)
		if got.State != step.state {
			t.Errorf("after %s: %s", step.change, got.State)
		}
	}
}

// A mandate that is over, or revoked, ends public notices; only a silenced group cannot write to its own members.
func TestMandates(t *testing.T) {
	h := newHall(t)
	if got := h.ask(3, "public").Edge; got != "public" {
		t.Errorf("with a mandate: %s", got)
	}
	h.Now = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	if got := h.ask(3, "public").Edge; got != "mandate" {
		t.Errorf("after its end: %s", got)
	}
	drafts, err := h.Notices.Own(h.Ctx, h.commune, h.group, 1)
	h.Must(err)
	if drafts[0].State != store.NoticeDraft || drafts[0].Audience != store.AudiencePublic {
		t.Errorf("what is left: %+v", drafts[0])
	}
	for i, want := range []string{"ok", "ok", "quota"} {
		if got := h.ask(3+i, "").Edge; got != want {
			t.Errorf("members' notice %d: %s, want %s", i+1, got, want)
		}
	}
	move := func(from, to store.OrganisationState) {
		t.Helper()
		h.Must(h.DB.Organisations().Move(h.Ctx, h.commune, h.group, from, to, clerk))
	}
	move(store.OrganisationActive, store.OrganisationSilenced)
	if got := h.ask(9, "").Edge; got != "silenced" {
		t.Errorf("silenced: %s", got)
	}
	move(store.OrganisationSilenced, store.OrganisationActive)
	h.Must(h.DB.Officers().Dismiss(h.Ctx, h.commune, h.second, store.Post{Organisation: h.group, Role: store.RoleSecond}, clerk))
	if got := h.ask(9, "").Edge; got != "nobody" {
		t.Errorf("without a second officer: %s", got)
	}
}

// The town hall's refusal has a reason and can be taken outside it; what is granted there goes out.
func TestAppeal(t *testing.T) {
	h := newHall(t)
	out := h.ask(5, "public")
	waiting := civictest.Word("waiting", out.Fields.Get("Waiting").Text)
	if got := h.do(3, "notice.accept", waiting).Edge; got != "gone" {
		t.Errorf("the second officer approves for the commune: %s", got)
	}
	if got := h.do(7, "notice.refuse", waiting, civictest.Word("reason", "topic")).Edge; got != "ok" {
		t.Fatalf("refused: %s", got)
	}
	n, err := h.Notices.Own(h.Ctx, h.commune, h.group, 1)
	h.Must(err)
	id := n[0].ID
	for _, want := range []string{"ok", "gone"} {
		if got := h.do(2, "notice.appeal", civictest.Whole("notice", id)).Edge; got != want {
			t.Errorf("appeal: %s, want %s", got, want)
		}
	}
	judge := store.By{Account: 9}
	if err := h.DecideAppeal(h.Ctx, h.commune, id, true, false, judge, clerk); !errors.Is(err, notice.ErrOutside) {
		t.Errorf("decided inside: %v", err)
	}
	h.Must(h.DecideAppeal(h.Ctx, h.commune, id, true, true, judge, clerk))
	if err := h.DecideAppeal(h.Ctx, h.commune, id, true, true, judge, clerk); !errors.Is(err, notice.ErrGone) {
		t.Errorf("decided twice: %v", err)
	}
	all, err := h.Upcoming(h.Ctx, h.now(1), h.commune)
	h.Must(err)
	if len(all) != 1 || all[0].ID != id {
		t.Errorf("after the appeal: %v", all)
	}
}

func (h *hall) detail(i int, id int64) []flows.Row {
	h.T.Helper()
	return h.Rows(h.now(i), flows.Need{Name: "notice.detail", Lang: "fr", Args: civictest.In(h.commune, civictest.Whole("notice", id))})
}

// Residents hear of ten and more in full tens; officers of everybody. An erased number's word stays, without the number.
func TestWhoComes(t *testing.T) {
	h := newHall(t)
	n := h.announced(5)
	come := func(i int, coming int64) string {
		t.Helper()
		return h.do(i, "notice.answer", civictest.Whole("notice", n.ID), civictest.Whole("coming", coming)).Edge
	}
	if got := come(500, 1); got != "gone" {
		t.Errorf("a stranger comes to the members' meeting: %s", got)
	}
	facts := func() int64 {
		t.Helper()
		for _, p := range h.detail(100, n.ID)[0].Fields.Get("Facts").Parts {
			if p.Message == "notice.fact.coming" {
				return p.Fields.Get("Count").Num
			}
		}
		return 0
	}
	for i := range 9 {
		come(100+i, 1)
	}
	if got := facts(); got != 0 {
		t.Errorf("nine are told as %d", got)
	}
	for i := 9; i < 12; i++ {
		come(100+i, 1)
	}
	if got := facts(); got != 10 {
		t.Errorf("twelve are told as %d", got)
	}
	rows := h.Rows(h.now(2), flows.Need{Name: "notice.counts", Args: civictest.In(h.commune, civictest.Whole("officer", h.leader), civictest.Whole("group", h.group))})
	if len(rows) != 1 || rows[0].Fields.Get("Count").Num != 12 {
		t.Errorf("the leader hears %v", rows)
	}
	if rows := h.Rows(h.now(5), flows.Need{Name: "notice.counts", Args: civictest.In(h.commune, civictest.Whole("officer", h.leader), civictest.Whole("group", h.group))}); len(rows) > 0 {
		t.Errorf("somebody else's phone hears %v", rows)
	}
	if rows := h.detail(500, n.ID); len(rows) > 0 {
		t.Error("a stranger reads the members' notice")
	}
	voters, err := h.Voters(h.Ctx, h.Caller(100).Number)
	h.Must(err)
	h.Must(h.DB.Contacts().Erase(h.Ctx, store.Erasure{Pseudonym: store.Pseudonym(h.Caller(100).Pseudonym), Voters: voters}))
	if coming, err := h.Coming(h.Ctx, h.commune, n.ID); err != nil || coming != 12 {
		t.Errorf("after an erasure %d come, %v", coming, err)
	}
	if a, err := h.Attendances.Get(h.Ctx, h.commune, n.ID, h.Voter(n.ID, h.Caller(100).Number)); err != nil || a.Answered {
		t.Errorf("the erased number still answers: %v, %v", a, err)
	}
	h.Now = h.Now.AddDate(0, 0, 40)
	tidied, err := h.Tidy(h.Ctx, h.Now)
	h.Must(err)
	unlinked, err := h.Unlink(h.Ctx, h.Now.AddDate(0, 0, -30))
	h.Must(err)
	if tidied != 1 || unlinked != 11 {
		t.Errorf("tidied %d, unlinked %d", tidied, unlinked)
	}
}

// A shielded commune tells neither place nor time in texts and on pages; whoever may dials and hears them.
func TestShielded(t *testing.T) {
	h := newHall(t)
	h.Must(h.DB.Safety().Set(h.Ctx, h.commune, store.SafetyShielded, clerk))
	n := h.announced(5)
	if got := h.took(); !slices.Equal(got, []string{"notice.body.shielded"}) {
		t.Fatalf("announced: %v", got)
	}
	if rows := h.detail(101, n.ID); len(rows) != 1 || rows[0].Fields.Get("Where").Text != "École" {
		t.Errorf("a member hears %v", rows)
	}
	out := h.ask(6, "public")
	if got := h.do(7, "notice.accept", civictest.Word("waiting", out.Fields.Get("Waiting").Text)).Edge; got != "ok" {
		t.Fatal(got)
	}
	all, shielded, err := h.Public(h.Ctx, h.commune, h.Now)
	h.Must(err)
	if len(all) != 1 || !shielded || all[0].Content.Venue != 0 || !all[0].Content.StartsAt.IsZero() {
		t.Errorf("the public page gets %+v, %t", all, shielded)
	}
}

func TestLateDecisions(t *testing.T) {
	h := newHall(t)
	out := h.ask(3, "")
	waiting := civictest.Word("waiting", out.Fields.Get("Waiting").Text)
	rows := h.Rows(h.now(2), flows.Need{Name: "notice.asked", Args: civictest.In(h.commune, waiting)})
	if len(rows) != 1 || rows[0].Fields.Get("Clock").Num != 18*60 {
		t.Fatalf("until when: %v", rows)
	}
	h.Now = time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC)
	if got := h.do(3, "notice.accept", waiting).Edge; got != "gone" {
		t.Errorf("at six: %s", got)
	}
	if n, err := h.Tidy(h.Ctx, h.Now); err != nil || n != 1 {
		t.Errorf("tidied %d, %v", n, err)
	}
	if got := h.took(); len(got) > 0 {
		t.Errorf("announced too late: %v", got)
	}
}
