package server_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/simulator"
)

// patience is how long anything in the browser may take: only so that a hung one does not hang the tests.
const patience = 30 * time.Second

// A browser is one tab of a real Chromium, with what it complained about.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// open starts Chromium with a profile of its own. Without Chromium on PATH the test is skipped by name.
func open(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), "chromium") {
			t.Fatal("chromium is not on PATH")
		}
		t.Skip("chromium is not on PATH")
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.WindowSize(1100, 900),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancelTab() }) // waits for Chromium to end, so that its profile can be removed
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: ctx}
	err = chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			b.complain("console " + string(e.Type))
		case *runtime.EventExceptionThrown:
			b.complain("exception " + e.ExceptionDetails.Text)
		case *log.EventEntryAdded: // content policy, failed loads
			b.complain(string(e.Entry.Source) + ": " + e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) complain(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// taken returns the complaints so far and forgets them.
func (b *browser) taken() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.complaints
	b.complaints = nil
	return out
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// evaluate reads a value out of the page.
func evaluate[T any](b *browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for a condition, watched by the page from frame to frame. chromedp's own Poll builds a function from a
// string, which the content policy forbids. A page that is left meanwhile is asked again.
func (b *browser) until(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	watch := `new Promise((done) => { const look = () => (` + condition + `) ? done(true) : requestAnimationFrame(look); look(); })`
	for {
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool](watch, chromedp.EvalAwaitPromise))
		if held {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("never became true: %s (%v); the screen shows %q and %q", condition, err, b.text("#screen"), b.text("#state"))
		}
	}
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return evaluate[string](b, "document.querySelector(`"+selector+"`).textContent")
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(selector)))
}

func (b *browser) set(selector, value string) {
	b.t.Helper()
	evaluate[string](b, "document.querySelector(`"+selector+"`).value = `"+value+"`")
}

func (b *browser) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.run(chromedp.KeyEvent(k))
	}
}

func (b *browser) phone(address string) {
	b.t.Helper()
	b.run(chromedp.Navigate(address))
	b.until(`document.documentElement.dataset.ready === 'yes'`)
}

// shows waits until the phone shows the text.
func (b *browser) shows(text string) {
	b.t.Helper()
	b.until("document.querySelector('#screen').textContent === `" + text + "`")
}

func (b *browser) states(text string) {
	b.t.Helper()
	b.until("document.querySelector('#state').textContent === `" + text + "`")
}

func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		b.click(`[data-key="` + key + `"]`)
	}
}

func (b *browser) screenshot(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	dir := b.t.TempDir()
	if kept := os.Getenv("BARO_TEST_SCREENSHOTS"); kept != "" {
		dir = kept
	}
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
	if len(png) < 5000 {
		b.t.Errorf("the screenshot %s has %d bytes: nothing is drawn", name, len(png))
	}
}

// menus is a small dialogue: a menu, a page that repeats the history, an end.
func menus(_ context.Context, ev channel.USSD) flows.Screen {
	nav := []flows.Choice{{Key: "0", Label: "Retour"}}
	switch {
	case ev.Text == "":
		return flows.Screen{Text: "Mairie Jekabara", Choices: []flows.Choice{{Key: "1", Label: "Budget et taxes"}}, Nav: nav, Input: flows.InputKey}
	case strings.HasSuffix(ev.Text, "*0"):
		return flows.Screen{Text: "Au revoir."}
	case ev.Text == "7":
		return flows.Screen{Text: "ɛɔ", Input: flows.InputKey}
	}
	return flows.Screen{Text: "[" + ev.Text + "]", Nav: nav, Input: flows.InputText}
}

func TestPhoneInTheBrowser(t *testing.T) {
	b := open(t)
	notices := make(chan channel.EndNotice, 16)
	d := &dialogues{answer: menus, told: notices}
	inbox := simulator.NewInbox(time.Now)
	_, origin := start(t, withPhone(options(d, &record{}), inbox))
	b.phone(origin + "/phone")
	// Each part goes on where the last one left the phone.
	part := func(name string, run func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, func(t *testing.T) { b.t = t; run(t) }) {
			t.FailNow()
		}
	}

	part("mouse", func(t *testing.T) {
		b.click("#call")
		b.shows("Mairie Jekabara\n1 Budget et taxes\n0 Retour")
		if meter := b.text("#meter"); meter != "[GSM7 42/160]" {
			t.Errorf("the meter shows %q", meter)
		}
		b.screenshot("menu.png")
		b.press("1", "#", "2") // no # inside an answer
		b.click("#send")
		b.shows("[12]\n0 Retour")
		b.press("3", "4")
		b.run(chromedp.Click(chromedp.CSS("#clear")), chromedp.Click(chromedp.CSS("#call")))
		b.shows("[12*3]\n0 Retour")
		b.press("0")
		b.click("#send")
		b.shows("Au revoir.")
		b.states("Appel terminé.")
		events := d.asked()
		for i, want := range []string{"", "12", "12*3", "12*3*0"} {
			ev := events[i]
			if ev.Text != want || ev.Session != events[0].Session || ev.Number != channeltest.Number("+22370000001") || ev.ServiceCode != "*384*96#" || ev.Network != "99999" {
				t.Errorf("request %d: %+v, want text %q", i, ev, want)
			}
		}
		b.until(`document.querySelector('#reply').disabled && document.querySelector('#hang-up').disabled`)
	})

	part("keyboard", func(t *testing.T) {
		before := len(d.asked())
		b.set("#dial", "")
		b.run(chromedp.Focus(chromedp.CSS("#screen")))
		b.keys("*384*96*1*1##", kb.Backspace)
		b.until(`document.querySelector('#dial').value === '*384*96*1*1#'`)
		b.keys(kb.Enter)
		b.shows("[1*1]\n0 Retour")
		b.until(`document.activeElement.id === 'reply'`)
		b.keys("École & marché +1#", kb.Enter)
		b.shows("[1*1*École & marché +1]\n0 Retour")
		b.keys("2", kb.Enter)
		b.shows("[1*1*École & marché +1*2]\n0 Retour")
		b.keys(kb.Escape)
		b.states("Vous avez raccroché.")
		b.shows("")
		events := d.asked()[before:]
		if len(events) != 3 || events[0].Text != "1*1" || events[0].Session == d.asked()[0].Session {
			t.Errorf("asked %+v", events)
		}
	})

	part("letters beyond GSM", func(t *testing.T) {
		b.set("#dial", "*384*96*7#")
		b.click("#call")
		b.shows("ɛɔ")
		b.until(`document.querySelector('#meter').textContent === '[UCS2 2/0]' && document.querySelector('#meter').classList.contains('over')`)
		b.click("#hang-up")
		b.states("Vous avez raccroché.")
	})

	part("codes that lead nowhere", func(t *testing.T) {
		before := len(d.asked())
		for dialled, want := range map[string]string{
			"*384*96":   "Un code USSD commence par * et finit par #.",
			"384*96#":   "Un code USSD commence par * et finit par #.",
			"*384*961#": "Ce téléphone ne connaît que le code *384*96#.",
			"*144#":     "Ce téléphone ne connaît que le code *384*96#.",
		} {
			b.set("#dial", dialled)
			b.click("#call")
			b.states(want)
		}
		if n := len(d.asked()); n != before {
			t.Errorf("%d requests were sent", n-before)
		}
	})

	part("messages", func(t *testing.T) {
		b.until(`!document.querySelector('#thread-empty').hidden`)
		inbox.Add(channeltest.Number("+22370000001"), "COMMUNE", "Budget <b>2026</b>: 283 M FCFA")
		b.click("#refresh")
		b.until(`document.querySelectorAll('#thread li').length === 1 && document.querySelector('#thread-empty').hidden`)
		if text := b.text("#thread li"); !strings.Contains(text, "COMMUNE") || !strings.HasSuffix(text, "Budget <b>2026</b>: 283 M FCFA") {
			t.Errorf("the thread shows %q", text)
		}
		b.set("#number", "+22370000002")
		b.click("#refresh")
		b.until(`document.querySelectorAll('#thread li').length === 0 && !document.querySelector('#thread-empty').hidden`)
	})

	part("English keeps what was typed", func(t *testing.T) {
		b.set("#dial", "*384*96*3#")
		b.click("#other-language")
		b.until(`document.documentElement.lang === 'en' && document.documentElement.dataset.ready === 'yes'`)
		b.until(`document.querySelector('#dial').value === '*384*96*3#' && document.querySelector('#number').value === '+22370000002'`)
		if state := b.text("#state"); state != "Dial the code and call." {
			t.Errorf("the state is %q", state)
		}
	})

	part("a narrow screen", func(t *testing.T) {
		b.run(chromedp.EmulateViewport(360, 740), chromedp.Click(chromedp.CSS("#call")))
		b.shows("[3]\n0 Retour")
		if evaluate[bool](b, `document.documentElement.scrollWidth > 360`) {
			t.Error("the page is wider than a screen of 360 px")
		}
		b.screenshot("narrow.png")
		b.keys(kb.Escape)
		b.states("You hung up.")
	})

	part("names for every control", func(t *testing.T) {
		nameless := evaluate[[]string](b, `[...document.querySelectorAll('input, button, a')].filter((e) =>
			!(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim()).map((e) => e.outerHTML)`)
		if len(nameless) > 0 {
			t.Errorf("without a name: %q", nameless)
		}
	})

	if complaints := b.taken(); len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
	statuses := make(map[string]int)
	for range 4 { // four calls were made
		statuses[(<-notices).Status]++
	}
	if statuses["success"] != 1 || statuses["incomplete"] != 3 {
		t.Errorf("end notices: %v", statuses)
	}
}

func TestPhoneWithoutNetwork(t *testing.T) {
	b := open(t)
	refuse := &dialogues{answer: menus}
	o := withPhone(options(refuse, &record{}), nil)
	o.Phone.Hook = "/hooks/nobody/ussd"
	s, origin := start(t, o)
	b.phone(origin + "/phone")
	b.click("#call")
	b.states("Problème de connexion ou code MMI non valide.")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	b.click("#call")
	b.states("Le réseau ne répond pas. Réessayez dans un moment.")
	b.until(`!document.querySelector('#call').disabled && document.querySelector('#hang-up').disabled`)
	b.click("#refresh")
	b.until(`document.querySelector('#thread-empty').textContent === 'Les SMS ne peuvent pas être lus en ce moment.'`)
}
