package access_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/store"
)

func TestSignIn(t *testing.T) {
	h := newHall(t)
	h.account("awa", grant(access.Editor, h.one))
	off := h.account("off", grant(access.Editor, h.one))
	must(t, h.db.Accounts().Move(t.Context(), off.Account.ID, store.AccountActive, store.AccountDisabled, act))

	p, signed := h.enter(" Awa ", goodPassword)
	if p.Account.Login != "awa" || signed.Stage != store.StageFull || p.Session.Agent != "Firefox, Linux" {
		t.Errorf("signed in as %s, stage %s", p.Account.Login, signed.Stage)
	}
	for _, c := range []struct{ login, password string }{
		{"awa", "wrong"}, {"awa", ""}, {"nobody", goodPassword}, {"off", goodPassword}, {"awa", strings.Repeat("x", 100_000)},
	} {
		if _, err := h.SignIn(t.Context(), attempt(c.login, c.password)); !errors.Is(err, access.ErrWrong) {
			t.Errorf("%s with %.10q: %v", c.login, c.password, err)
		}
	}
	if _, err := h.Recognise(t.Context(), signed.Token+"x"); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("another token: %v", err)
	}
	rows, err := h.db.Audit().List(t.Context(), 0, 0, 100)
	must(t, err)
	if last := rows[len(rows)-1]; last.Action != "account.sign_in" || last.Actor != p.Actor() {
		t.Errorf("the trail ends with %+v", last)
	}
}

func TestGuessingIsSlow(t *testing.T) {
	h := newHall(t)
	h.account("awa")
	tries := func(login string, from netip.Addr) (n int) {
		for ; n < 100; n++ {
			try := attempt(login, "wrong guess")
			try.Address = from
			var slow access.Throttled
			if _, err := h.SignIn(t.Context(), try); errors.As(err, &slow) {
				if slow.RetryAfter <= 0 || slow.RetryAfter > time.Hour {
					t.Errorf("again in %s", slow.RetryAfter)
				}
				return n
			} else if !errors.Is(err, access.ErrWrong) {
				t.Fatal(err)
			}
		}
		return n
	}
	if n := tries("awa", netip.MustParseAddr("192.0.2.1")); n != 8 {
		t.Errorf("one account took %d guesses", n)
	}
	if n := tries("awa", netip.MustParseAddr("192.0.2.2")); n != 0 {
		t.Errorf("the same account took %d guesses from elsewhere", n)
	}
	// The right password does not open a throttled account either: a guess must not be told apart.
	if _, err := h.SignIn(t.Context(), attempt("awa", goodPassword)); !errors.As(err, new(access.Throttled)) {
		t.Errorf("throttled, with the right password: %v", err)
	}
	total := 0
	for i := range 10 { // one network, many logins and addresses
		total += tries("unknown"+string(rune('a'+i)), netip.MustParseAddr("2001:db8::"+string(rune('1'+i%9))))
	}
	if total > 30 {
		t.Errorf("one network took %d guesses", total)
	}
	h.pass(3 * time.Minute)
	h.enter("awa", goodPassword)
}

func TestSessionsEnd(t *testing.T) {
	h := newHall(t)
	h.account("awa")
	_, idle := h.enter("awa", goodPassword)
	_, used := h.enter("awa", goodPassword)
	if idle.Token == used.Token {
		t.Fatal("two sign-ins share a token")
	}
	for range 7 {
		h.pass(100 * time.Minute)
		_, err := h.Recognise(t.Context(), used.Token)
		must(t, err)
	}
	if _, err := h.Recognise(t.Context(), idle.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("an idle session: %v", err)
	}
	h.pass(time.Hour) // more than twelve hours since the sign-in
	if _, err := h.Recognise(t.Context(), used.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("an old session: %v", err)
	}
	gone, err := h.Purge(t.Context())
	must(t, err)
	if gone != 2 {
		t.Errorf("%d sessions purged", gone)
	}

	p, own := h.enter("awa", goodPassword)
	other := h.account("binta")
	wants(t, store.CodeNotFound, h.EndSession(t.Context(), other, p.Session.ID))
	must(t, h.SignOut(t.Context(), p))
	must(t, h.SignOut(t.Context(), p))
	if _, err := h.Recognise(t.Context(), own.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("after signing out: %v", err)
	}
	p, own = h.enter("awa", goodPassword)
	must(t, h.db.Accounts().Move(t.Context(), p.Account.ID, store.AccountActive, store.AccountDisabled, act))
	if _, err := h.Recognise(t.Context(), own.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("of a disabled account: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	h := newHall(t)
	h.account("awa.traore")
	for password, reason := range map[string]string{
		"court": "short", strings.Repeat("xyz12", 30): "long", "aaaaaaaaaaaaaa": "plain", "1234567890": "plain", "azertyuiop": "plain",
		"ici Awa.Traore": "login",
	} {
		var weak access.WeakPassword
		if err := access.CheckPassword("awa.traore", password); !errors.As(err, &weak) || weak.Reason != reason {
			t.Errorf("%q: %v, want %s", password, err, reason)
		}
	}
	_, elsewhere := h.enter("awa.traore", goodPassword)
	p, here := h.enter("awa.traore", goodPassword)
	if _, err := h.ChangePassword(t.Context(), p, "wrong", "un autre mot 77", act); !errors.Is(err, access.ErrWrong) {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := h.ChangePassword(t.Context(), p, goodPassword, goodPassword, act); !errors.As(err, new(access.WeakPassword)) {
		t.Errorf("the same again: %v", err)
	}
	next, err := h.ChangePassword(t.Context(), p, goodPassword, "un autre mot 77", act)
	must(t, err)
	for _, token := range []string{elsewhere.Token, here.Token} {
		if _, err := h.Recognise(t.Context(), token); !errors.Is(err, access.ErrSignedIn) {
			t.Errorf("a session from before: %v", err)
		}
	}
	_, err = h.Recognise(t.Context(), next.Token)
	must(t, err)

	must(t, h.Reset(t.Context(), "awa.traore", "donne par le chef", true, act))
	p, signed := h.enter("awa.traore", "donne par le chef")
	if signed.Stage != store.StagePassword {
		t.Fatalf("stage %s", signed.Stage)
	}
	next, err = h.ChangePassword(t.Context(), p, "donne par le chef", "choisi par moi", act)
	must(t, err)
	if next.Stage != store.StageFull {
		t.Errorf("stage %s after the change", next.Stage)
	}
}
