package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeFile is where "npm ci" puts axe-core, below the user's cache: nothing of it is shipped. .ci/run does it.
const axeFile = "baro/axe/node_modules/axe-core/axe.min.js"

// axeScript reads axe-core; without it the test is skipped by name.
func axeScript(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join(cache, axeFile))
	if err != nil {
		Require(t, "axe", "axe-core is not in the cache: npm ci in a copy of gateway/server/browsertest's package files")
	}
	return string(script)
}

// Barriers lists what axe-core finds on the page against WCAG 2.2, levels A and AA, and its own best practices.
func (b *Browser) Barriers() []string {
	b.T.Helper()
	Evaluate[bool](b, axeScript(b.T)+"\n;true")
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run().then((r) => r.violations.flatMap((v) =>
		v.nodes.map((n) => v.id + ': ' + v.help + ' at ' + n.target.join(' ') + ' ' + n.html.slice(0, 160))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("run axe-core: %v", err)
	}
	return found
}

// Accessible fails the test for every barrier on the page.
func (b *Browser) Accessible() {
	b.T.Helper()
	if found := b.Barriers(); len(found) > 0 {
		b.T.Errorf("%s is not for everybody:\n%s", Evaluate[string](b, "location.pathname"), strings.Join(found, "\n"))
	}
}
