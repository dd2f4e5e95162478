package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"baro/store"
)

// patience is how long anything in the browser may take: only so that a hung one does not hang the tests.
const patience = 30 * time.Second

// A tab is one of a real Chromium, with what it complained about.
type tab struct {
	t          *testing.T
	ctx        context.Context
	origin     string
	complaints chan string
}

// openTab starts Chromium; without one on PATH the test is skipped by name.
func openTab(t *testing.T, origin string, script bool, width int64) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		demanded(t, "chromium", "chromium is not on PATH")
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancelTab() })
	b := &tab{t: t, ctx: ctx, origin: origin, complaints: make(chan string, 100)}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script}); err != nil {
		t.Fatal(err)
	}
	err = chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.complaints <- e.ExceptionDetails.Text
		case *log.EventEntryAdded: // content policy, failed loads; a form that is refused is no failure
			if !strings.Contains(e.Entry.Text, "422") {
				b.complaints <- e.Entry.Text
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// demanded skips a test for want of a tool, unless it is demanded.
func demanded(t *testing.T, tool, why string) {
	t.Helper()
	if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), tool) {
		t.Fatal(why)
	}
	t.Skip(why)
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%v; the page is %q", err, evaluated[string](b, `location.pathname + ": " + document.querySelector("main")?.innerText`))
	}
}

func evaluated[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.80s: %v", expression, err)
	}
	return value
}

func (b *tab) visit(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.origin + path))
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// submit presses a form's button and waits until another page has taken this one's place.
func (b *tab) submit(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return evaluated[string](b, "document.querySelector(`"+selector+"`)?.innerText ?? 'none of "+strings.ReplaceAll(selector, "'", "")+"'")
}

// shot keeps a picture where BARO_TEST_SCREENSHOTS names a folder, and holds the page to the width of its window.
func (b *tab) shot(name string) {
	b.t.Helper()
	if wide := evaluated[int](b, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		b.t.Errorf("%s: %d px wider than the window", name, wide)
	}
	dir := os.Getenv("BARO_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) complained() {
	b.t.Helper()
	for len(b.complaints) > 0 {
		b.t.Errorf("the browser complains: %s", <-b.complaints)
	}
}

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
func (b *tab) firstSignIn(login, password string) {
	b.t.Helper()
	b.visit("/console/login?lang=fr")
	b.shot("login")
	b.fill("#f-login", login)
	b.fill("#f-password", "wrong "+password)
	b.submit("main form button")
	if got := b.text(".faults"); !strings.Contains(got, "incorrect") {
		b.t.Errorf("a wrong password says %q", got)
	}
	b.shot("login-wrong")
	b.fill("#f-password", password)
	b.submit("main form button")
	if got := b.text("h1"); got != "Changer de mot de passe" {
		b.t.Fatalf("the first sign-in leads to %q", got)
	}
	const own = "ma phrase a moi 77"
	b.fill("#f-password", password)
	b.fill("#f-new_password", own)
	b.fill("#f-new_password_again", own)
	b.submit("main form button")
	if got := b.text("h1"); got != "Bonjour Awa Fictive" {
		b.t.Fatalf("after the change: %q", got)
	}
	b.shot("home")
	b.visit("/console/me/factor")
	secret := strings.ReplaceAll(b.text("#factor-secret"), " ", "")
	b.shot("factor")
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			b.t.Fatal(err)
		}
		return c
	}
	used := time.Now()
	b.fill("#f-code", code(used))
	b.fill("#f-password", own)
	b.submit("main form button")
	if got := b.text("h1"); got != "Vos codes de secours" {
		b.t.Fatalf("after the code: %q", b.text("main"))
	}
	recovery := strings.TrimSpace(b.text(".codes li code"))
	b.submit(".who button")
	b.visit("/console/login?next=/console/me&lang=fr")
	b.fill("#f-login", login)
	b.fill("#f-password", own)
	b.submit("main form button")
	if got := b.text("h1"); got != "Code de sécurité" {
		b.t.Fatalf("the second sign-in leads to %q", got)
	}
	b.shot("code")
	b.fill("#f-code", code(used)) // once is once
	b.submit("main form button")
	if got := b.text(".faults"); !strings.Contains(got, "déjà servi") {
		b.t.Errorf("a code used before says %q", got)
	}
	b.fill("#f-code", code(used.Add(30*time.Second)))
	b.submit("main form button")
	if got := b.text("h1"); got != "Mon compte" {
		b.t.Fatalf("with the code: %q; recovery code %d", b.text("main"), len(recovery))
	}
}

func TestFirstSignInInTheBrowser(t *testing.T) {
	for _, c := range []struct {
		name   string
		script bool
		width  int64
	}{{"wide", true, 1280}, {"narrow, without a script", false, 360}} {
		t.Run(c.name, func(t *testing.T) {
			_, origin, login, password := serveStaff(t)
			b := openTab(t, origin, c.script, c.width)
			b.firstSignIn(login, password)
			for _, path := range []string{"/console", "/console/me", "/console/me/sessions", "/console/me/tokens", "/console/audit", "/console/accounts", "/console/accounts/new"} {
				b.visit(path)
				b.shot(fmt.Sprintf("%d%s", c.width, strings.ReplaceAll(path, "/", "-")))
			}
			b.complained()
		})
	}
}

// TestNobodyIsKeptOut asks axe-core about every page of the frame.
func TestNobodyIsKeptOut(t *testing.T) {
	cache, _ := os.UserCacheDir()
	axe, err := os.ReadFile(filepath.Join(cache, "baro", "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		demanded(t, "axe", "axe-core is not in the cache: npm ci in a copy of gateway/console/testdata/axe")
	}
	_, origin, login, password := serveStaff(t)
	b := openTab(t, origin, true, 1280)
	find := func() []string {
		evaluated[bool](b, string(axe)+"; true")
		return evaluated[[]string](b, `axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" | ")))`)
	}
	b.visit("/console/login")
	evaluated[bool](b, `document.querySelector("label").remove(); true`)
	if found := find(); len(found) == 0 {
		t.Fatal("axe-core finds nothing on a page with a nameless field")
	}
	check := func(name string) {
		t.Helper()
		for _, f := range find() {
			t.Errorf("%s: %s", name, f)
		}
	}
	for _, path := range []string{"/console/login", "/console/invitation", "/console/invitation/none", "/console/nowhere"} {
		b.visit(path)
		check(path)
	}
	b.firstSignIn(login, password)
	for _, width := range []int64{1280, 360} {
		b.run(chromedp.EmulateViewport(width, 900))
		for _, path := range []string{"/console", "/console/me", "/console/me/password", "/console/me/factor", "/console/me/sessions", "/console/me/tokens",
			"/console/audit", "/console/accounts", "/console/accounts/new", "/console/accounts/1"} {
			b.visit(path)
			check(fmt.Sprintf("%s at %d px", path, width))
		}
	}
}
