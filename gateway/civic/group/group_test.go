package group_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/group"
	"baro/gateway/civic/letter"
	"baro/gateway/civictest"
	"baro/gateway/identity"
	"baro/store"
)

var clerk = store.Act{Actor: "account:1", Reason: "test"}

// town is a commune with one group, its leader and second.
type town struct {
	*civictest.Bench
	*group.Service
	commune store.PlaceID
	group   int64
	leader  store.Officer
	pin     string
	sent    []letter.Letter
	noWay   error
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{Bench: civictest.New(t, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC))}
	db := w.DB
	w.commune = w.Commune("ML1", "Jèkabara", nil)
	w.Service = group.New(group.Stores{
		Tx: db, Organisations: db.Organisations(), Mandates: db.Mandates(), Officers: db.Officers(), Members: db.Members(), Consents: db.Consents(),
	}, group.Means{
		Keys: w.Keys, Secrets: identity.NewSecretHasher(w.Keys, 2), Letters: w, Dials: w, Rand: rand.Reader, Zone: time.UTC,
		TextVersion: func(message, lang string) string { return message + "@" + lang },
	})
	w.Bound = w.Binding()
	o, err := db.Organisations().Create(w.Ctx, store.Organisation{Commune: w.commune, Kind: store.OrganisationWomen,
		Name: store.Texts{"fr": "Femmes"}, ShortName: "Femmes"}, clerk)
	w.Must(err)
	w.group = o.ID
	w.leader, w.pin, err = w.Appoint(w.Ctx, w.commune, w.Caller(2).Number, store.Post{Organisation: w.group, Role: store.RoleLeader}, 0, clerk)
	w.Must(err)
	return w
}

func (w *town) Send(_ context.Context, letters ...letter.Letter) error {
	if w.noWay != nil {
		return w.noWay
	}
	w.sent = append(w.sent, letters...)
	return nil
}

func (w *town) String(store.PlaceID, ...int) string { return "*384*96*2*2#" }

func (w *town) do(c civic.Caller, name string, args ...flows.Field) flows.Outcome {
	w.T.Helper()
	return w.Outcome(c, flows.Need{Name: name, Lang: "fr", Args: civictest.In(w.commune, args...)})
}

func (w *town) enter(c civic.Caller, pin string) string {
	w.T.Helper()
	c.Now = w.Now
	return w.do(c, "group.enter", civictest.Word("pin", pin)).Edge
}

// other is a PIN that is not the given one.
func other(pin string) string {
	if pin == "2580" {
		return "2581"
	}
	return "2580"
}

func TestBoundAsDeclared(t *testing.T) { newTown(t).BoundAsDeclared("group") }

func TestPINThatWasHandedOutIsChanged(t *testing.T) {
	w := newTown(t)
	c, officer := w.Caller(2), civictest.Whole("officer", w.leader.ID)
	if got := w.enter(c, w.pin); got != "fresh" {
		t.Fatalf("a PIN that was handed out: %s", got)
	}
	if _, err := w.By(w.Ctx, w.commune, w.leader.ID, w.group, c.Pseudonym, store.RoleLeader); !errors.Is(err, group.ErrForeign) {
		t.Errorf("somebody acts with a PIN that a clerk knows: %v", err)
	}
	for _, weak := range []string{"0000", "1234", "4321", "7777", "12a4", "123"} {
		if got := w.do(c, "group.new_pin", officer, civictest.Word("pin", weak)).Edge; got != "weak" {
			t.Errorf("%s is %s", weak, got)
		}
	}
	if got := w.do(w.Caller(3), "group.new_pin", officer, civictest.Word("pin", "8462")).Edge; got != "gone" {
		t.Errorf("from another phone: %s", got)
	}
	for _, step := range []struct{ name, pin, want string }{
		{"group.new_pin", "8462", "ok"}, {"group.repeat_pin", "8463", "other"}, {"group.new_pin", "8462", "ok"}, {"group.repeat_pin", "8462", "ok"},
		{"group.new_pin", "9573", "gone"},
	} {
		if got := w.do(c, step.name, officer, civictest.Word("pin", step.pin)).Edge; got != step.want {
			t.Errorf("%s %s: %s", step.name, step.pin, got)
		}
	}
	if got := w.enter(c, w.pin); got != "wrong" {
		t.Errorf("the former PIN: %s", got)
	}
	if got := w.enter(c, "8462"); got != "ok" {
		t.Errorf("the chosen PIN: %s", got)
	}
	if _, err := w.By(w.Ctx, w.commune, w.leader.ID, w.group, c.Pseudonym, store.RoleSecond); !errors.Is(err, group.ErrForeign) {
		t.Errorf("a role that is not held: %v", err)
	}
	_, err := w.By(w.Ctx, w.commune, w.leader.ID, w.group, c.Pseudonym, store.RoleLeader)
	w.Must(err)
}

func TestWrongPINsWaitAndLock(t *testing.T) {
	w := newTown(t)
	c, wrong := w.Caller(2), other(w.pin)
	if got := w.enter(w.Caller(9), w.pin); got != "stranger" {
		t.Errorf("a stranger: %s", got)
	}
	for i, step := range []struct {
		pin, want string
		pass      time.Duration
	}{
		{wrong, "wrong", 0}, {wrong, "wrong", 0}, {wrong, "wrong", 30 * time.Second}, {w.pin, "wait", time.Minute}, {wrong, "wrong", 5 * time.Minute},
		{w.pin, "wait", 10 * time.Minute}, {wrong, "locked", 24 * time.Hour}, {w.pin, "locked", 0},
	} {
		if got := w.enter(c, step.pin); got != step.want {
			t.Fatalf("try %d: %s, want %s", i+1, got, step.want)
		}
		w.Now = w.Now.Add(step.pass)
	}
	fresh, err := w.ResetPIN(w.Ctx, w.commune, w.leader.ID, clerk)
	w.Must(err)
	if got := w.enter(c, fresh); got != "fresh" {
		t.Errorf("after a reset: %s", got)
	}
}

// One person in two groups has one PIN: the second appointment hands out none.
func TestSecondPostKeepsThePIN(t *testing.T) {
	w := newTown(t)
	o, err := w.DB.Organisations().Create(w.Ctx, store.Organisation{Commune: w.commune, Kind: store.OrganisationYouth,
		Name: store.Texts{"fr": "Jeunes"}, ShortName: "Jeunes"}, clerk)
	w.Must(err)
	again, pin, err := w.Appoint(w.Ctx, w.commune, w.Caller(2).Number, store.Post{Organisation: o.ID, Role: store.RoleSecond}, 0, clerk)
	w.Must(err)
	if again.ID != w.leader.ID || pin != "" || len(again.Posts) != 2 {
		t.Errorf("again: %d posts, PIN %q", len(again.Posts), pin)
	}
}

// acting is the leader with a PIN of their own.
func (w *town) acting() civic.Caller {
	w.T.Helper()
	w.Must(w.DB.Officers().SetPIN(w.Ctx, w.commune, w.leader.ID, w.leader.PINHash, false, clerk))
	return w.Caller(2)
}

func (w *town) invite(c civic.Caller, phone string) string {
	w.T.Helper()
	return w.do(c, "group.invite", civictest.Whole("officer", w.leader.ID), civictest.Whole("group", w.group), civictest.Word("phone", phone)).Edge
}

func TestInvitedPeopleDialToAgree(t *testing.T) {
	w := newTown(t)
	leader, guest := w.acting(), w.Caller(5)
	if got := w.invite(w.Caller(5), "70000005"); got != "gone" {
		t.Errorf("somebody else invites: %s", got)
	}
	if got := w.do(guest, "group.join", civictest.Whole("group", w.group)).Edge; got != "gone" {
		t.Errorf("joins without an invitation: %s", got)
	}
	w.noWay = letter.ErrNoWay
	if got := w.invite(leader, "70000005"); got != "unreachable" {
		t.Errorf("without SMS: %s", got)
	}
	w.noWay = nil
	for phone, want := range map[string]string{"70000005": "ok", "123": "bad"} {
		if got := w.invite(leader, phone); got != want {
			t.Errorf("invite %s: %s", phone, got)
		}
	}
	if got := w.invite(leader, "70000005"); got != "ok" || len(w.sent) != 1 {
		t.Errorf("invited twice: %s, %d letters", got, len(w.sent))
	}
	w.Must(w.Manifest.CheckLetter(w.sent[0].Message, w.sent[0].Fields))
	if n, err := w.Members.Count(w.Ctx, w.commune, w.group); err != nil || n != 0 {
		t.Errorf("an invitation counts as a member: %d, %v", n, err)
	}
	need := flows.Need{Name: "group.invitations", Args: civictest.In(w.commune)}
	if rows := w.Rows(guest, need); len(rows) != 1 || rows[0].Key.Num != w.group {
		t.Errorf("invitations: %v", rows)
	}
	if got := w.do(guest, "group.join", civictest.Whole("group", w.group)).Edge; got != "ok" {
		t.Fatalf("join: %s", got)
	}
	m, err := w.Members.Get(w.Ctx, w.commune, w.group, store.Pseudonym(guest.Pseudonym))
	w.Must(err)
	if m.TextVersion != "group.invitation@fr" || m.Source != "dial" || m.Channel != "ussd" {
		t.Errorf("the proof: %+v", m)
	}
	standing, err := w.Consents.Standing(w.Ctx, store.Pseudonym(guest.Pseudonym))
	w.Must(err)
	if len(standing) != 1 || standing[0].Purpose != store.PurposeGroups {
		t.Errorf("agreed to %v", standing)
	}
	if rows := w.Rows(guest, need); len(rows) != 0 {
		t.Errorf("still invited: %v", rows)
	}
	if got := w.do(guest, "group.leave", civictest.Whole("group", w.group)).Edge; got != "ok" {
		t.Errorf("leave: %s", got)
	}
	if rows := w.Rows(guest, flows.Need{Name: "group.joined", Args: civictest.In(w.commune)}); len(rows) != 0 {
		t.Errorf("still a member: %v", rows)
	}
}

// Who has said STOP gets no invitation, and the leader does not learn of it. Who comes back to one group is left with
// everything else stopped.
func TestSTOPAndGroups(t *testing.T) {
	w := newTown(t)
	leader, guest := w.acting(), w.Caller(5)
	p := store.Pseudonym(guest.Pseudonym)
	if got := w.invite(leader, "70000005"); got != "ok" {
		t.Fatal(got)
	}
	w.Must(w.Consents.Withdraw(w.Ctx, p, store.PurposeAll, w.Now))
	w.Now = w.Now.Add(40 * 24 * time.Hour)
	if got := w.invite(leader, "70000005"); got != "ok" || len(w.sent) != 1 {
		t.Errorf("after STOP: %s, %d letters", got, len(w.sent))
	}
	joined, err := w.Enrol(w.Ctx, w.commune, w.group, guest.Number, "bm", "sheet 12", w.Now)
	w.Must(err)
	if !joined {
		t.Error("not enrolled from paper")
	}
	var stopped []store.Purpose
	for _, purpose := range store.MessagePurposes() {
		yes, err := w.Consents.Suppressed(w.Ctx, p, purpose)
		w.Must(err)
		if yes {
			stopped = append(stopped, purpose)
		}
	}
	if len(stopped) != len(store.MessagePurposes())-1 || slices.Contains(stopped, store.PurposeGroups) {
		t.Errorf("stopped: %v", stopped)
	}
}

func TestInvitationsAreLimited(t *testing.T) {
	w := newTown(t)
	leader := w.acting()
	for i := range 20 {
		if got := w.invite(leader, w.Caller(100+i).Number.E164()); got != "ok" {
			t.Fatalf("invitation %d: %s", i+1, got)
		}
	}
	if got := w.invite(leader, "70000999"); got != "limit" {
		t.Errorf("the 21st: %s", got)
	}
	w.Must(w.Organisations.Move(w.Ctx, w.commune, w.group, store.OrganisationActive, store.OrganisationSilenced, clerk))
	if got := w.invite(leader, "70000998"); got != "silenced" {
		t.Errorf("silenced: %s", got)
	}
}

func TestStanding(t *testing.T) {
	w := newTown(t)
	grant := func(from, to store.Date) store.Mandate {
		t.Helper()
		m, err := w.Mandates.Grant(w.Ctx, w.commune, store.Mandate{Organisation: w.group, Purpose: "Réunions", From: from, To: to, Quota: 2}, clerk)
		w.Must(err)
		return m
	}
	st, err := w.Standing(w.Ctx, w.commune, w.group, w.Now)
	w.Must(err)
	if st.Mandated || st.Mandate.ID != 0 {
		t.Errorf("without a mandate: %+v", st)
	}
	now := grant("2026-11-01", "2026-11-30")
	later := grant("2026-12-01", "2026-12-31")
	if st, err = w.Standing(w.Ctx, w.commune, w.group, w.Now); err != nil || !st.Mandated || st.Mandate.ID != now.ID {
		t.Errorf("in November: %+v, %v", st, err)
	}
	w.Must(w.Mandates.Revoke(w.Ctx, w.commune, now.ID, clerk))
	if st, err = w.Standing(w.Ctx, w.commune, w.group, w.Now); err != nil || st.Mandated || st.Mandate.ID != later.ID {
		t.Errorf("revoked: %+v, %v", st, err)
	}
}
