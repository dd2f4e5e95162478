package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"baro/gateway/server/browsertest"
	"baro/store"
)

// serveStaff serves the demonstration with a clock that runs and an account that somebody has just made.
func serveStaff(t *testing.T) (n *node, origin, login, password string) {
	t.Helper()
	set := fixedSettings(t, memoryFolder(t), newClock())
	set.now = time.Now
	n = openFixed(t, set, slog.New(slog.DiscardHandler))
	if err := n.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = n.server.Stop(ctx)
		n.scheduler.Stop()
		if n.outbox != nil {
			n.sms.Stop()
			_ = n.outbox.Stop(ctx)
		}
	})
	communes, err := n.db.Places().Communes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.access.Add(t.Context(), store.Account{Login: "clerk", Name: "Awa Fictive", Locale: "fr", MustChange: true, Grants: []store.Grant{
		{Role: "editor", Commune: communes[0].ID}, {Role: "administrator", Commune: communes[0].ID}, {Role: "administrator"}, {Role: "approver", Commune: communes[0].ID},
	}}, staffPassword, store.Act{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return n, "http://" + n.server.Addr().String(), "clerk", staffPassword
}

// firstSignIn is the journey of somebody's first day: a password they were given, their own, a second factor, out, and in
// again with it.
func firstSignIn(b *browsertest.Browser, origin, login, password string) {
	b.T.Helper()
	b.Visit(origin + "/console/login?lang=fr")
	shot(b, "login")
	b.Fill("#f-login", login)
	b.Fill("#f-password", "wrong "+password)
	b.Follow("main form button")
	if got := b.Text(".faults"); !strings.Contains(got, "incorrect") {
		b.T.Errorf("a wrong password says %q", got)
	}
	shot(b, "login-wrong")
	b.Fill("#f-password", password)
	b.Follow("main form button")
	if got := b.Text("h1"); got != "Changer de mot de passe" {
		b.T.Fatalf("the first sign-in leads to %q", got)
	}
	const own = "ma phrase a moi 77"
	b.Fill("#f-password", password)
	b.Fill("#f-new_password", own)
	b.Fill("#f-new_password_again", own)
	b.Follow("main form button")
	if got := b.Text("h1"); got != "Bonjour Awa Fictive" {
		b.T.Fatalf("after the change: %q", got)
	}
	shot(b, "home")
	b.Visit(origin + "/console/me/factor")
	secret := strings.ReplaceAll(b.Text("#factor-secret"), " ", "")
	shot(b, "factor")
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			b.T.Fatal(err)
		}
		return c
	}
	used := time.Now()
	b.Fill("#f-code", code(used))
	b.Fill("#f-password", own)
	b.Follow("main form button")
	if got := b.Text("h1"); got != "Vos codes de secours" {
		b.T.Fatalf("after the code: %q", b.Text("main"))
	}
	recovery := strings.TrimSpace(b.Text(".codes li code"))
	b.Follow(".who button")
	b.Visit(origin + "/console/login?next=/console/me&lang=fr")
	b.Fill("#f-login", login)
	b.Fill("#f-password", own)
	b.Follow("main form button")
	if got := b.Text("h1"); got != "Code de sécurité" {
		b.T.Fatalf("the second sign-in leads to %q", got)
	}
	shot(b, "code")
	b.Fill("#f-code", code(used)) // once is once
	b.Follow("main form button")
	if got := b.Text(".faults"); !strings.Contains(got, "déjà servi") {
		b.T.Errorf("a code used before says %q", got)
	}
	b.Fill("#f-code", code(used.Add(30*time.Second)))
	b.Follow("main form button")
	if got := b.Text("h1"); got != "Mon compte" {
		b.T.Fatalf("with the code: %q; recovery code %d", b.Text("main"), len(recovery))
	}
}

func TestFirstSignInInTheBrowser(t *testing.T) {
	for _, c := range []struct {
		name string
		how  browsertest.Options
	}{{"wide", browsertest.Options{Width: 1280, Height: 900}}, {"narrow, without a script", browsertest.Options{Width: 360, Height: 740, NoScript: true}}} {
		t.Run(c.name, func(t *testing.T) {
			_, origin, login, password := serveStaff(t)
			b := browsertest.Open(t, c.how)
			firstSignIn(b, origin, login, password)
			for _, path := range []string{"/console", "/console/me", "/console/me/sessions", "/console/me/tokens", "/console/audit", "/console/accounts", "/console/accounts/new"} {
				b.Visit(origin + path)
				shot(b, fmt.Sprintf("%d%s", c.how.Width, strings.ReplaceAll(path, "/", "-")))
			}
			for _, complaint := range b.Complaints() {
				if !strings.Contains(complaint, "422") { // a form that is refused is no failure
					t.Errorf("the browser complains: %s", complaint)
				}
			}
		})
	}
}

// shot keeps a picture, and holds the page to the width of its window.
func shot(b *browsertest.Browser, name string) {
	b.T.Helper()
	if wide := b.Wide(); wide > 0 {
		b.T.Errorf("%s: %d px wider than the window", name, wide)
	}
	b.Screenshot(name + ".png")
}

// TestNobodyIsKeptOut asks axe-core about every page of the frame.
func TestNobodyIsKeptOut(t *testing.T) {
	_, origin, login, password := serveStaff(t)
	b := browsertest.Open(t, browsertest.Options{Width: 1280, Height: 900})
	b.Visit(origin + "/console/login")
	browsertest.Evaluate[bool](b, `document.querySelector("label").remove(); true`)
	if len(b.Barriers()) == 0 {
		t.Fatal("axe-core finds nothing on a page with a nameless field")
	}
	for _, path := range []string{"/console/login", "/console/invitation", "/console/invitation/none", "/console/nowhere"} {
		b.Visit(origin + path)
		b.Accessible()
	}
	firstSignIn(b, origin, login, password)
	for _, width := range []int64{1280, 360} {
		b.Run(chromedp.EmulateViewport(width, 900))
		for _, path := range []string{"/console", "/console/me", "/console/me/password", "/console/me/factor", "/console/me/sessions", "/console/me/tokens",
			"/console/audit", "/console/accounts", "/console/accounts/new", "/console/accounts/1"} {
			b.Visit(origin + path)
			b.Accessible()
		}
	}
}
