package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// pageLimit is what a page of the console may weigh on the line, in bytes.
const pageLimit = 40 << 10

// TestPagesAreLight draws every page that can be drawn without records of its own.
func TestPagesAreLight(t *testing.T) {
	d := newDesk(t, false)
	cookie := d.enter("all", store.Grant{Role: "administrator"}, store.Grant{Role: "administrator", Commune: d.own}, store.Grant{Role: "editor", Commune: d.own},
		store.Grant{Role: "approver", Commune: d.own})
	drawn := 0
	for _, r := range d.c.Routes() {
		path := strings.NewReplacer("{commune}", fmt.Sprint(d.own), "{account}", "1").Replace(r.Path)
		if r.Method != "GET" || strings.Contains(path, "{") {
			continue
		}
		out := d.ask("GET", path, cookie, "")
		if out.Status != 200 {
			continue
		}
		if n := packed(t, out.Body); n > pageLimit && strings.HasPrefix(out.Header["Content-Type"], "text/html") {
			t.Errorf("%s weighs %d bytes", r.Path, n)
		} else {
			t.Logf("%6d bytes, %5d on the line: %s", len(out.Body), n, r.Path)
		}
		drawn++
	}
	style, err := console.Style()
	if err != nil {
		t.Fatal(err)
	}
	script, err := console.Script()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pages; style %d, script %d bytes on the line", drawn, packed(t, style), packed(t, script))
	if drawn < 12 {
		t.Errorf("only %d pages were drawn", drawn)
	}
}

func packed(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// BenchmarkConsole is the server's time for a page: who asks, what waits, and drawing it.
func BenchmarkConsole(b *testing.B) {
	n := openFixed(b, fixedSettings(b, memoryFolder(b), newClock()), slog.New(slog.DiscardHandler))
	c, err := n.openConsole()
	if err != nil {
		b.Fatal(err)
	}
	communes, err := n.db.Places().Communes(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	_, err = n.access.Add(b.Context(), store.Account{Login: "clerk", Name: "Clerk", Locale: "fr", Grants: []store.Grant{
		{Role: "editor", Commune: communes[0].ID}, {Role: "administrator", Commune: communes[0].ID}}}, staffPassword, store.Act{Actor: "test"})
	if err != nil {
		b.Fatal(err)
	}
	from := netip.MustParseAddr("127.0.0.1")
	signed, err := n.access.SignIn(b.Context(), access.Attempt{Login: "clerk", Password: staffPassword, Address: from})
	if err != nil {
		b.Fatal(err)
	}
	header := map[string]string{"Cookie": "baro=" + signed.Token}
	for _, path := range []string{"/console", "/console/me", fmt.Sprintf("/console/c/%d/accounts", communes[0].ID), fmt.Sprintf("/console/c/%d/audit", communes[0].ID)} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out := c.Serve(b.Context(), &console.Incoming{Method: "GET", Host: "127.0.0.1", Path: path, Remote: from, Header: func(name string) string { return header[name] }})
				if out.Status != 200 {
					b.Fatalf("%d", out.Status)
				}
			}
		})
	}
}
