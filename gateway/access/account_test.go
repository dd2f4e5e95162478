package access_test

import (
	"bytes"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/gateway/identity"
	"baro/store"
)

func TestWhoManagesWhom(t *testing.T) {
	h := newHall(t)
	chief := h.account("chief", grant(access.Administrator, 0))
	local := h.account("local", grant(access.Administrator, h.one))
	clerk := h.account("clerk", grant(access.Editor, h.one))
	far := h.account("far", grant(access.Editor, h.two))
	both := h.account("both", grant(access.Editor, h.one), grant(access.Editor, h.two))
	for _, c := range []struct {
		name     string
		by, whom *access.Principal
		want     store.Code
	}{
		{"platform, anybody", chief, far, ""}, {"platform, itself", chief, chief, ""}, {"commune, its own", local, clerk, ""},
		{"commune, elsewhere", local, far, store.CodeNotFound}, {"commune, also elsewhere", local, both, store.CodeNotFound},
		{"commune, the platform", local, chief, store.CodeNotFound}, {"no administrator", clerk, clerk, store.CodeNotFound},
	} {
		_, err := h.Managed(t.Context(), c.by, c.whom.Account.ID)
		if store.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		name   string
		by     *access.Principal
		grants []store.Grant
		want   store.Code
	}{
		{"in its commune", local, []store.Grant{grant(access.Approver, h.one)}, ""},
		{"elsewhere", local, []store.Grant{grant(access.Approver, h.two)}, store.CodeDenied},
		{"for the platform", local, []store.Grant{grant(access.Administrator, 0)}, store.CodeDenied},
		{"no role", local, nil, store.CodeDenied},
		{"an editor of everything", chief, []store.Grant{grant(access.Editor, 0)}, store.CodeInvalid},
		{"no such role", chief, []store.Grant{grant("king", h.one)}, store.CodeInvalid},
		{"an observer of everything", chief, []store.Grant{grant(access.Observer, 0)}, ""},
	} {
		a := clerk.Account
		a.Grants = c.grants
		if err := h.Describe(t.Context(), c.by, a, act); store.CodeOf(err) != c.want {
			t.Errorf("describe, %s: %v, want %q", c.name, err, c.want)
		}
		must(t, h.Describe(t.Context(), chief, clerk.Account, act))
		fresh := store.Account{Login: "new" + string(rune('a'+len(c.name))), Name: "New", Locale: "fr", Grants: c.grants}
		if _, err := h.Open(t.Context(), c.by, fresh, act); store.CodeOf(err) != c.want {
			t.Errorf("open, %s: %v, want %q", c.name, err, c.want)
		}
	}
	wants(t, store.CodeDenied, h.Disable(t.Context(), chief, chief.Account.ID, act))
	wants(t, store.CodeNotFound, h.Disable(t.Context(), local, far.Account.ID, act))
	must(t, h.Disable(t.Context(), local, clerk.Account.ID, act))
	must(t, h.Enable(t.Context(), local, clerk.Account.ID, act))
	_, err := h.AccountsOf(t.Context(), local, h.two)
	wants(t, store.CodeDenied, err)
	_, err = h.AccountsOf(t.Context(), local, 0)
	wants(t, store.CodeDenied, err)
	mine, err := h.AccountsOf(t.Context(), local, h.one)
	must(t, err)
	if len(mine) != 4 { // local, clerk, both and the one opened above
		t.Errorf("%d accounts", len(mine))
	}
}

// TestPermissionsByRole holds the whole table: every role, every permission, in its commune, in another and for the platform.
func TestPermissionsByRole(t *testing.T) {
	const here, there = store.PlaceID(1), store.PlaceID(2)
	for _, role := range access.Roles() {
		p := access.NewPrincipal(store.Account{Grants: []store.Grant{grant(role, here)}})
		for _, need := range access.Permissions() {
			if got := p.Can(need, here); got != role.Has(need) {
				t.Errorf("%s, %s in its commune: %t", role, need, got)
			}
			if p.Can(need, there) || p.Can(need, 0) {
				t.Errorf("%s, %s reaches beyond its commune", role, need)
			}
		}
		if !role.Platform() {
			continue
		}
		upper := access.NewPrincipal(store.Account{Grants: []store.Grant{grant(role, 0)}})
		for _, need := range []access.Permission{access.ReadRecords, access.AnswerCases, access.ModerateCases, access.ReadReferrals,
			access.Approve, access.ActForGroup, access.EditBudget} {
			if upper.Can(need, here) || upper.Anywhere(need) {
				t.Errorf("%s of the platform has %s in a commune: upper levels see aggregates only", role, need)
			}
		}
		if !upper.Can(access.ReadFigures, there) {
			t.Errorf("%s of the platform sees no figures", role)
		}
	}
	if access.Editor.Has(access.Approve) || access.Administrator.Has(access.Approve) {
		t.Error("who writes or opens accounts approves")
	}
	var nobody *access.Principal
	if nobody.Can(access.ReadFigures, here) || nobody.Anywhere(access.ReadFigures) || nobody.Communes() != nil {
		t.Error("nobody may do something")
	}
}

func TestInvitations(t *testing.T) {
	h := newHall(t)
	chief := h.account("chief", grant(access.Administrator, h.one))
	fresh, err := h.Open(t.Context(), chief, store.Account{Login: "Awa", Name: "Awa", Locale: "fr", Grants: []store.Grant{grant(access.Editor, h.one)}}, act)
	must(t, err)
	if _, err := h.SignIn(t.Context(), attempt("awa", "")); !errors.Is(err, access.ErrWrong) {
		t.Errorf("signed in before the invitation: %v", err)
	}
	former, err := h.Invite(t.Context(), chief, fresh.ID, act)
	must(t, err)
	token, err := h.Invite(t.Context(), chief, fresh.ID, act)
	must(t, err)
	if _, err := h.Invited(t.Context(), former); !errors.Is(err, access.ErrExpired) {
		t.Errorf("the former link: %v", err)
	}
	if a, err := h.Invited(t.Context(), token); err != nil || a.Login != "awa" {
		t.Errorf("the link leads to %q, %v", a.Login, err)
	}
	if _, err := h.Accept(t.Context(), token, "court", "r"); !errors.As(err, new(access.WeakPassword)) {
		t.Errorf("a short password: %v", err)
	}
	_, err = h.Accept(t.Context(), token, goodPassword, "r")
	must(t, err)
	if _, err := h.Accept(t.Context(), token, "un autre mot 77", "r"); !errors.Is(err, access.ErrExpired) {
		t.Errorf("the link again: %v", err)
	}
	h.enter("awa", goodPassword)
	token, err = h.Invite(t.Context(), chief, fresh.ID, act)
	must(t, err)
	h.pass(access.InvitationLife)
	if _, err := h.Invited(t.Context(), token); !errors.Is(err, access.ErrExpired) {
		t.Errorf("an old link: %v", err)
	}
	wantsForeign := h.account("local2", grant(access.Administrator, h.two))
	_, err = h.Invite(t.Context(), wantsForeign, fresh.ID, act)
	wants(t, store.CodeNotFound, err)
}

func TestInvitationBySMS(t *testing.T) {
	h := newHall(t)
	chief := h.account("chief", grant(access.Administrator, h.one))
	fresh, err := h.Open(t.Context(), chief, store.Account{Login: "awa", Name: "Awa", Locale: "fr", Grants: []store.Grant{grant(access.Editor, h.one)}}, act)
	must(t, err)
	number, err := identity.Parse("+22370000009")
	must(t, err)
	must(t, h.InviteBySMS(t.Context(), chief, fresh.ID, number, act))
	code := h.texts["+22370000009"]
	if len(code) != 8 {
		t.Fatalf("a code of %d characters was sent", len(code))
	}
	from := netip.MustParseAddr("192.0.2.9")
	for _, c := range []struct{ login, code string }{{"awa", "00000000"}, {"chief", code}, {"nobody", code}, {"awa", ""}} {
		if _, err := h.AcceptCode(t.Context(), c.login, c.code, goodPassword, from, "r"); !errors.Is(err, access.ErrWrong) {
			t.Errorf("%s with %q: %v", c.login, c.code, err)
		}
	}
	_, err = h.AcceptCode(t.Context(), "AWA", code[:4]+" "+code[4:], goodPassword, from, "r")
	must(t, err)
	if _, err = h.AcceptCode(t.Context(), "awa", code, goodPassword, from, "r"); !errors.Is(err, access.ErrWrong) {
		t.Errorf("the code again: %v", err)
	}
	h.enter("awa", goodPassword)
}

func TestTokens(t *testing.T) {
	h := newHall(t)
	p := h.account("awa", grant(access.Editor, h.one), grant(access.Observer, h.two))
	if _, err := h.NewToken(t.Context(), p, "Export", []access.Permission{access.Approve}, 0, time.Hour, act); store.CodeOf(err) != store.CodeDenied {
		t.Errorf("more than the account may: %v", err)
	}
	if _, err := h.NewToken(t.Context(), p, "Export", []access.Permission{access.EditBudget}, h.two, time.Hour, act); store.CodeOf(err) != store.CodeDenied {
		t.Errorf("elsewhere: %v", err)
	}
	for _, c := range []struct {
		name   string
		scopes []access.Permission
		life   time.Duration
	}{{"", []access.Permission{access.ReadFigures}, time.Hour}, {"x", nil, time.Hour}, {"x", []access.Permission{access.ReadFigures}, 400 * 24 * time.Hour}} {
		_, err := h.NewToken(t.Context(), p, c.name, c.scopes, 0, c.life, act)
		wants(t, store.CodeInvalid, err)
	}
	secret, err := h.NewToken(t.Context(), p, "Export", []access.Permission{access.ReadFigures, access.EditBudget}, h.one, time.Hour, act)
	must(t, err)
	b, err := h.Bearer(t.Context(), secret)
	must(t, err)
	for _, c := range []struct {
		need    access.Permission
		commune store.PlaceID
		want    bool
	}{
		{access.ReadFigures, h.one, true}, {access.EditBudget, h.one, true}, {access.EditNotices, h.one, false}, {access.ReadFigures, h.two, false},
		{access.ReadFigures, 0, false},
	} {
		if got := b.Can(c.need, c.commune); got != c.want {
			t.Errorf("%s in %d: %t", c.need, c.commune, got)
		}
	}
	if got := b.Communes(); !slices.Equal(got, []store.PlaceID{h.one}) {
		t.Errorf("communes %v", got)
	}
	// Roles that end take their tokens' powers along.
	chief := h.account("chief", grant(access.Administrator, 0))
	a := p.Account
	a.Grants = []store.Grant{grant(access.Observer, h.one)}
	must(t, h.Describe(t.Context(), chief, a, act))
	b, err = h.Bearer(t.Context(), secret)
	must(t, err)
	if b.Can(access.EditBudget, h.one) || !b.Can(access.ReadFigures, h.one) {
		t.Error("a token outlived the role it was made under")
	}
	for _, bad := range []string{"", "baro_", secret + "x", secret[5:]} {
		if _, err := h.Bearer(t.Context(), bad); !errors.Is(err, access.ErrSignedIn) {
			t.Errorf("%.8q: %v", bad, err)
		}
	}
	list, err := h.TokensOf(t.Context(), p)
	must(t, err)
	wants(t, store.CodeNotFound, h.RevokeToken(t.Context(), chief, list[0].ID, act))
	must(t, h.RevokeToken(t.Context(), p, list[0].ID, act))
	if _, err := h.Bearer(t.Context(), secret); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("a revoked token: %v", err)
	}
	secret, err = h.NewToken(t.Context(), p, "Export", []access.Permission{access.ReadFigures}, 0, time.Hour, act)
	must(t, err)
	h.pass(time.Hour)
	if _, err := h.Bearer(t.Context(), secret); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("an old token: %v", err)
	}
}

func TestDrafts(t *testing.T) {
	h := newHall(t)
	p, other := h.account("awa"), h.account("binta")
	must(t, h.SaveDraft(t.Context(), p, "notice:4", url.Values{"what": {"Réunion"}, "days": {"1", "2"}}))
	got, since, err := h.Draft(t.Context(), p, "notice:4")
	must(t, err)
	if got.Get("what") != "Réunion" || len(got["days"]) != 2 || !since.Equal(h.Now()) {
		t.Errorf("draft %v of %s", got, since)
	}
	_, _, err = h.Draft(t.Context(), other, "notice:4")
	wants(t, store.CodeNotFound, err)
	raw, err := h.db.FormDrafts().Get(t.Context(), p.Account.ID, "notice:4")
	must(t, err)
	if bytes.Contains(raw.Content.Box, []byte("union")) {
		t.Error("a draft is not sealed")
	}
	wants(t, store.CodeInvalid, h.SaveDraft(t.Context(), p, "x", url.Values{"a": {string(make([]byte, 40_000))}}))
	for i := range 49 {
		must(t, h.SaveDraft(t.Context(), p, "n"+string(rune('A'+i)), url.Values{}))
	}
	wants(t, store.CodeDenied, h.SaveDraft(t.Context(), p, "one more", url.Values{}))
	must(t, h.DropDraft(t.Context(), p, "notice:4"))
	_, _, err = h.Draft(t.Context(), p, "notice:4")
	wants(t, store.CodeNotFound, err)
}
