package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baro/store"
)

// account stores somebody with a password.
func (b *bench) account(login string, grants ...store.Grant) store.Account {
	b.t.Helper()
	a, err := b.Accounts.Create(b.ctx, store.Account{Login: login, Name: "Name of " + login, Locale: "fr", State: store.AccountActive,
		Password: "hash", Grants: grants}, clerk)
	b.must(err)
	return a
}

func testAccounts(t *testing.T, b *bench) {
	one, two := b.communes()
	editor := b.account("editor", store.Grant{Role: "editor", Commune: one}, store.Grant{Role: "observer", Commune: two})
	chief := b.account("chief", store.Grant{Role: "administrator"})
	if editor.Name != "Name of editor" || editor.State != store.AccountActive || len(editor.Grants) != 2 || editor.Created.IsZero() {
		t.Fatalf("came back changed: %+v", editor)
	}
	_, err := b.Accounts.Create(b.ctx, store.Account{Login: "editor", Name: "x", Locale: "fr", State: store.AccountInvited}, clerk)
	b.wants(store.CodeConflict, err)
	for _, bad := range []store.Grant{{Role: "editor"}, {Role: "king", Commune: one}, {Role: "editor", Commune: one, Organisation: 3}} {
		_, err = b.Accounts.Create(b.ctx, store.Account{Login: "bad", Name: "x", Locale: "fr", State: store.AccountInvited, Grants: []store.Grant{bad}}, clerk)
		b.wants(store.CodeInvalid, err)
	}
	_, err = b.Accounts.Create(b.ctx, store.Account{Login: "bad", Name: "x", Locale: "fr", State: store.AccountActive}, clerk)
	b.wants(store.CodeInvalid, err) // active without a password

	for _, c := range []struct {
		commune store.PlaceID
		want    []int64
	}{{0, []int64{chief.ID, editor.ID}}, {one, []int64{editor.ID}}, {two, []int64{editor.ID}}, {99, nil}} {
		all, err := b.Accounts.List(b.ctx, c.commune)
		b.must(err)
		var ids []int64
		for _, a := range all {
			ids = append(ids, a.ID)
		}
		if !slices.Equal(ids, c.want) {
			t.Errorf("accounts of %d: %v, want %v", c.commune, ids, c.want)
		}
	}

	editor.Name, editor.Locale, editor.Grants = "Awa", "en", []store.Grant{{Role: "approver", Commune: one}}
	b.must(b.Accounts.Describe(b.ctx, editor, clerk))
	got, err := b.Accounts.ByLogin(b.ctx, "editor")
	b.must(err)
	if got.Name != "Awa" || got.Locale != "en" || len(got.Grants) != 1 || got.Grants[0].Role != "approver" {
		t.Errorf("described: %+v", got)
	}

	keep, other := b.session(editor.ID, 1), b.session(editor.ID, 2)
	b.must(b.Accounts.SetPassword(b.ctx, editor.ID, "hash two", true, keep, clerk))
	_, err = b.ConsoleSessions.Find(b.ctx, other)
	b.wants(store.CodeNotFound, err)
	_, err = b.ConsoleSessions.Find(b.ctx, keep)
	b.must(err)
	b.wants(store.CodeNotFound, b.Accounts.SetPassword(b.ctx, 999, "x", false, keep, clerk))
	b.must(b.Accounts.SignedIn(b.ctx, editor.ID, b.clock.Now(), clerk))

	token, err := b.APITokens.Create(b.ctx, store.APIToken{Hash: [32]byte{7}, Account: editor.ID, Name: "t", Expires: b.clock.Now().Add(time.Hour)}, clerk)
	b.must(err)
	b.must(b.Invitations.Put(b.ctx, store.Invitation{Account: editor.ID, Hash: [32]byte{8}, Expires: b.clock.Now()}, clerk))
	b.wants(store.CodeInvalid, b.Accounts.Move(b.ctx, editor.ID, store.AccountActive, store.AccountInvited, clerk))
	b.wants(store.CodeNotFound, b.Accounts.Move(b.ctx, 999, store.AccountActive, store.AccountDisabled, clerk))
	errs := together(4, func(int) error {
		return b.Accounts.Move(b.ctx, editor.ID, store.AccountActive, store.AccountDisabled, clerk)
	})
	equal(t, "who disabled it", b.winners(errs, store.CodeConflict), 1)
	_, err = b.ConsoleSessions.Find(b.ctx, keep)
	b.wants(store.CodeNotFound, err)
	_, err = b.Invitations.Of(b.ctx, editor.ID)
	b.wants(store.CodeNotFound, err)
	token, err = b.APITokens.Find(b.ctx, token.Hash)
	b.must(err)
	if token.Revoked.IsZero() {
		t.Error("a token outlived its account")
	}
	b.accountTrail(editor.ID)
}

// accountTrail looks for every change of an account in the trail, and for its secrets nowhere.
func (b *bench) accountTrail(id int64) {
	b.t.Helper()
	rows, err := b.Audit.List(b.ctx, 0, 0, 1000)
	b.must(err)
	var actions []string
	for _, r := range rows {
		if r.Object == fmt.Sprintf("account:%d", id) {
			actions = append(actions, r.Action)
		}
		if strings.Contains(r.Before+r.After, "hash") {
			b.t.Errorf("a secret is in the trail: %+v", r)
		}
	}
	want := []string{"account.create", "account.describe", "account.password", "account.sign_in", "account.invite", "account.state"}
	if !slices.Equal(actions, want) {
		b.t.Errorf("the trail has %v, want %v", actions, want)
	}
}

func testSecondFactors(t *testing.T, b *bench) {
	a := b.account("awa")
	b.wants(store.CodeConflict, b.SecondFactors.Step(b.ctx, a.ID, 5)) // there is none
	b.must(b.SecondFactors.Set(b.ctx, a.ID, seal("secret"), [][32]byte{{1}, {2}}, clerk))
	a, err := b.Accounts.Get(b.ctx, a.ID)
	b.must(err)
	if string(a.TOTP.Box) != "box:secret" || a.TOTP.KeyID != "k1" {
		t.Fatalf("secret: %+v", a.TOTP)
	}
	errs := together(5, func(int) error { return b.SecondFactors.Step(b.ctx, a.ID, 100) })
	equal(t, "uses of one code", b.winners(errs, store.CodeConflict), 1)
	b.wants(store.CodeConflict, b.SecondFactors.Step(b.ctx, a.ID, 99))
	b.must(b.SecondFactors.Step(b.ctx, a.ID, 101))

	errs = together(5, func(int) error { return b.SecondFactors.Spend(b.ctx, a.ID, [32]byte{1}, clerk) })
	equal(t, "uses of one recovery code", b.winners(errs, store.CodeNotFound), 1)
	left, err := b.SecondFactors.Left(b.ctx, a.ID)
	b.must(err)
	equal(t, "codes left", left, 1)
	b.must(b.SecondFactors.Remove(b.ctx, a.ID, clerk))
	left, err = b.SecondFactors.Left(b.ctx, a.ID)
	b.must(err)
	equal(t, "codes left without a factor", left, 0)
	b.wants(store.CodeNotFound, b.SecondFactors.Remove(b.ctx, 999, clerk))
}

func testInvitations(t *testing.T, b *bench) {
	a, err := b.Accounts.Create(b.ctx, store.Account{Login: "awa", Name: "A", Locale: "fr", State: store.AccountInvited}, clerk)
	b.must(err)
	link := store.Invitation{Account: a.ID, Hash: [32]byte{1}, Expires: b.clock.Now().Add(time.Hour)}
	b.must(b.Invitations.Put(b.ctx, link, clerk))
	got, err := b.Invitations.ByHash(b.ctx, [32]byte{1})
	b.must(err)
	equal(t, "invitation", got, link)
	code := store.Invitation{Account: a.ID, Code: "slow hash", Expires: b.clock.Now().Add(2 * time.Hour)}
	b.must(b.Invitations.Put(b.ctx, code, clerk))
	_, err = b.Invitations.ByHash(b.ctx, [32]byte{1})
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeConflict, b.Invitations.Spend(b.ctx, link))
	got, err = b.Invitations.Of(b.ctx, a.ID)
	b.must(err)
	equal(t, "invitation by code", got, code)
	errs := together(4, func(int) error { return b.Invitations.Spend(b.ctx, code) })
	equal(t, "who accepted", b.winners(errs, store.CodeConflict), 1)
	b.must(b.Accounts.SetPassword(b.ctx, a.ID, "h", false, [32]byte{}, clerk))
	a, err = b.Accounts.Get(b.ctx, a.ID)
	b.must(err)
	equal(t, "state", a.State, store.AccountActive)
}

// session stores one and gives its hash.
func (b *bench) session(account int64, n byte) [32]byte {
	b.t.Helper()
	now := b.clock.Now()
	hash := [32]byte{n, byte(account), 9}
	b.must(b.ConsoleSessions.Insert(b.ctx, store.ConsoleSession{Hash: hash, Account: account, Stage: store.StageFull, Agent: "Firefox, Linux",
		Created: now, Seen: now, Expires: now.Add(12 * time.Hour)}))
	return hash
}

func testConsoleSessions(t *testing.T, b *bench) {
	a, other := b.account("awa"), b.account("binta")
	first, second := b.session(a.ID, 1), b.session(a.ID, 2)
	b.session(other.ID, 3)
	later := b.clock.Advance(time.Hour)
	b.must(b.ConsoleSessions.Seen(b.ctx, first, later))
	all, err := b.ConsoleSessions.List(b.ctx, a.ID)
	b.must(err)
	if len(all) != 2 || all[0].Hash != first || !all[0].Seen.Equal(later) || all[0].Agent != "Firefox, Linux" || all[1].Hash != second {
		t.Fatalf("sessions: %+v", all)
	}
	b.wants(store.CodeNotFound, b.ConsoleSessions.Delete(b.ctx, other.ID, all[0].ID)) // somebody else's
	b.must(b.ConsoleSessions.Delete(b.ctx, a.ID, all[0].ID))
	_, err = b.ConsoleSessions.Find(b.ctx, first)
	b.wants(store.CodeNotFound, err)
	gone, err := b.ConsoleSessions.Purge(b.ctx, later, later.Add(-30*time.Minute))
	b.must(err)
	equal(t, "idle ones purged", gone, 2)
	third := b.session(a.ID, 4)
	gone, err = b.ConsoleSessions.Purge(b.ctx, b.clock.Now().Add(12*time.Hour), time.Time{}.Add(time.Hour))
	b.must(err)
	equal(t, "expired ones purged", gone, 1)
	_, err = b.ConsoleSessions.Find(b.ctx, third)
	b.wants(store.CodeNotFound, err)
}

func testAPITokens(t *testing.T, b *bench) {
	one, _ := b.communes()
	a, other := b.account("awa"), b.account("binta")
	v, err := b.APITokens.Create(b.ctx, store.APIToken{Hash: [32]byte{1}, Account: a.ID, Name: "Export", Scopes: []string{"figures.read"},
		Commune: one, Expires: b.clock.Now().Add(time.Hour)}, clerk)
	b.must(err)
	b.must(b.APITokens.Used(b.ctx, v.ID, b.clock.Now()))
	got, err := b.APITokens.Find(b.ctx, [32]byte{1})
	b.must(err)
	if got.Name != "Export" || got.Commune != one || !slices.Equal(got.Scopes, []string{"figures.read"}) || got.Used.IsZero() || !got.Revoked.IsZero() {
		t.Errorf("token: %+v", got)
	}
	b.wants(store.CodeNotFound, b.APITokens.Revoke(b.ctx, other.ID, v.ID, clerk))
	errs := together(4, func(int) error { return b.APITokens.Revoke(b.ctx, a.ID, v.ID, clerk) })
	equal(t, "who revoked it", b.winners(errs, store.CodeConflict), 1)
	list, err := b.APITokens.List(b.ctx, a.ID)
	b.must(err)
	if len(list) != 1 || list[0].Revoked.IsZero() {
		t.Errorf("tokens: %+v", list)
	}
	list, err = b.APITokens.List(b.ctx, other.ID)
	b.must(err)
	equal(t, "tokens of another", len(list), 0)
}

func testFormDrafts(t *testing.T, b *bench) {
	a, other := b.account("awa"), b.account("binta")
	put := func(account int64, form, words string, limit int) error {
		return b.FormDrafts.Put(b.ctx, store.FormDraft{Account: account, Form: form, Content: seal(words), Saved: b.clock.Now()}, limit)
	}
	b.must(put(a.ID, "notice", "un", 2))
	b.clock.Advance(time.Hour)
	b.must(put(a.ID, "notice", "deux", 2))
	b.must(put(a.ID, "budget", "x", 2))
	b.wants(store.CodeDenied, put(a.ID, "case", "x", 2))
	b.must(put(a.ID, "budget", "y", 2)) // what stands may always be replaced
	got, err := b.FormDrafts.Get(b.ctx, a.ID, "notice")
	b.must(err)
	if string(got.Content.Box) != "box:deux" || !got.Saved.Equal(b.clock.Now()) {
		t.Errorf("draft: %+v", got)
	}
	_, err = b.FormDrafts.Get(b.ctx, other.ID, "notice")
	b.wants(store.CodeNotFound, err)
	b.must(b.FormDrafts.Delete(b.ctx, other.ID, "notice"))
	b.must(b.FormDrafts.Delete(b.ctx, a.ID, "budget"))
	gone, err := b.FormDrafts.Purge(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "purged before their time", gone, 0)
	gone, err = b.FormDrafts.Purge(b.ctx, b.clock.Now().Add(time.Second))
	b.must(err)
	equal(t, "purged", gone, 1)
}

func testAuditSearch(t *testing.T, b *bench) {
	start := b.clock.Now()
	for i := range 12 {
		_, err := b.Audit.Append(b.ctx, store.AuditRow{Actor: []string{"account:1", "account:2"}[i%2], Commune: store.PlaceID(i % 3),
			Action: []string{"budget.publish", "case.answer", "budget.withdraw"}[i%3], Object: fmt.Sprint("thing:", i)})
		b.must(err)
		b.clock.Advance(time.Hour)
	}
	for _, c := range []struct {
		name   string
		f      store.AuditFilter
		before int64
		limit  int
		want   []int64
	}{
		{"the newest", store.AuditFilter{}, 0, 3, []int64{12, 11, 10}},
		{"the next page", store.AuditFilter{}, 10, 3, []int64{9, 8, 7}},
		{"a commune", store.AuditFilter{Commune: 2}, 0, 9, []int64{12, 9, 6, 3}},
		{"a commune, further", store.AuditFilter{Commune: 2}, 9, 1, []int64{6}},
		{"an actor", store.AuditFilter{Actor: "account:2", Commune: 1}, 0, 9, []int64{8, 2}},
		{"a kind of action", store.AuditFilter{Action: "budget."}, 0, 4, []int64{12, 10, 9, 7}},
		{"no pattern", store.AuditFilter{Action: "%"}, 0, 4, nil},
		{"an object", store.AuditFilter{Object: "thing:4"}, 0, 9, []int64{5}},
		{"a time", store.AuditFilter{Since: start.Add(2 * time.Hour), Until: start.Add(4 * time.Hour)}, 0, 9, []int64{4, 3}},
	} {
		rows, err := b.Audit.Search(b.ctx, c.f, c.before, c.limit)
		b.must(err)
		var got []int64
		for _, r := range rows {
			got = append(got, r.Seq)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
