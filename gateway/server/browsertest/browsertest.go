// Package browsertest drives a real Chromium in tests: it navigates, types and clicks as a person does, notes what the browser
// complains about, and asks axe-core whether a page can be used by everybody. Only tests import it.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything in the browser may take: only so that a hung one does not hang the tests.
const patience = 30 * time.Second

// Options are how the browser is set up.
type Options struct {
	Width, Height int  // of the window, in CSS pixels; 1100 × 900
	NoScript      bool // JavaScript is off
}

// A Browser is one tab of a real Chromium, with what it complained about.
type Browser struct {
	T *testing.T

	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

// Require ends the test, or skips it by name where BARO_TEST_REQUIRE does not demand the program.
func Require(t *testing.T, name, missing string) {
	t.Helper()
	if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), name) {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// Open starts Chromium with a profile of its own. Without Chromium on PATH the test is skipped by name.
func Open(t *testing.T, o Options) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		Require(t, "chromium", "chromium is not on PATH")
	}
	if o.Width == 0 {
		o.Width, o.Height = 1100, 900
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.WindowSize(o.Width, o.Height),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancelTab() }) // waits for Chromium to end, so that its profile can be removed
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	b := &Browser{T: t, ctx: ctx}
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
	// Chromium's own windows are never narrower than 500 pixels; a phone's screen is.
	b.Run(chromedp.EmulateViewport(int64(o.Width), int64(o.Height)))
	if o.NoScript {
		b.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	return b
}

func (b *Browser) complain(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// Complaints gives what the browser complained about so far, and forgets it.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.complaints
	b.complaints = nil
	return out
}
