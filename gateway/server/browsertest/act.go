package browsertest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// Run carries out actions.
func (b *Browser) Run(actions ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.T.Fatal(err)
	}
}

// Evaluate reads a value out of the page.
func Evaluate[T any](b *Browser, expression string) T {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.T.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Until waits for a condition. It asks from outside, so that it works on pages whose scripts are off, and again when a page is
// left meanwhile.
func (b *Browser) Until(condition string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if held {
			return
		}
		if ctx.Err() != nil {
			b.T.Fatalf("never became true: %s (%v)", condition, err)
		}
	}
}

// Visit goes to an address.
func (b *Browser) Visit(address string) {
	b.T.Helper()
	b.Run(chromedp.Navigate(address))
}

// Text is what an element says; the first one for a selector that finds several.
func (b *Browser) Text(selector string) string {
	b.T.Helper()
	return strings.TrimSpace(Evaluate[string](b, "document.querySelector("+quoted(selector)+").textContent"))
}

// Says tells whether the page holds a text; spaces that no line breaks at read like any other.
func (b *Browser) Says(text string) bool {
	b.T.Helper()
	return Evaluate[bool](b, "document.body.textContent.replaceAll('\u00a0', ' ').includes("+quoted(text)+")")
}

// Wants fails the test unless the page holds every text.
func (b *Browser) Wants(texts ...string) {
	b.T.Helper()
	for _, text := range texts {
		if !b.Says(text) {
			b.T.Fatalf("%s lacks %q:\n%s", Evaluate[string](b, "location.pathname"), text, Evaluate[string](b, "document.body.innerText"))
		}
	}
}

// Fill types a value into a field, in place of what stands there.
func (b *Browser) Fill(selector, value string) {
	b.T.Helper()
	b.Run(chromedp.Focus(chromedp.CSS(selector)))
	Evaluate[bool](b, "((e) => { e.value = ''; return true })(document.querySelector("+quoted(selector)+"))")
	b.Run(chromedp.SendKeys(chromedp.CSS(selector), value))
}

// Choose sets a field without typing: an option of a select, a date.
func (b *Browser) Choose(selector, value string) {
	b.T.Helper()
	Evaluate[bool](b, "((e) => { e.value = "+quoted(value)+"; return true })(document.querySelector("+quoted(selector)+"))")
}

// Attach puts a file into a file field.
func (b *Browser) Attach(selector, path string) {
	b.T.Helper()
	b.Run(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// Click clicks an element that leads nowhere.
func (b *Browser) Click(selector string) {
	b.T.Helper()
	b.Run(chromedp.Click(chromedp.CSS(selector)))
}

// Follow clicks a link or a button that leads to another page, and waits for that page.
func (b *Browser) Follow(selector string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.T.Fatalf("%s: %v", selector, err)
	}
}

// Screenshot keeps a picture of the whole page, in the folder that BARO_TEST_SCREENSHOTS names when it does.
func (b *Browser) Screenshot(name string) {
	b.T.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.T.Fatal(err)
	}
	dir := b.T.TempDir()
	if kept := os.Getenv("BARO_TEST_SCREENSHOTS"); kept != "" {
		dir = kept
	}
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o600); err != nil {
		b.T.Fatal(err)
	}
	if len(png) < 5000 {
		b.T.Errorf("the screenshot %s has %d bytes: nothing is drawn", name, len(png))
	}
}

// Wide tells by how many pixels the page is wider than its window.
func (b *Browser) Wide() int {
	b.T.Helper()
	return Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// quoted is a text as JavaScript writes it.
func quoted(text string) string {
	out, _ := json.Marshal(text) // a string cannot fail
	return string(out)
}
