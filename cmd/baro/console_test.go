package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

const staffPassword = "riz au gras 2026"

// A desk is a console on the demonstration's records, asked directly.
type desk struct {
	t          *testing.T
	n          *node
	c, whole   *console.Console // whole has its rooms at work, also when c is blind
	own, other store.PlaceID
}

// newDesk opens a console. With blind set no room does anything: every request that the frame lets through is a 204.
func newDesk(t *testing.T, blind bool) *desk {
	t.Helper()
	set := fixedSettings(t, memoryFolder(t), newClock())
	set.publicURL = "https://baro.example"
	n := openFixed(t, set, slog.New(slog.DiscardHandler))
	whole, err := n.openConsole()
	if err != nil {
		t.Fatal(err)
	}
	rooms := n.rooms()
	for i := range rooms {
		for j := range rooms[i].Routes {
			if blind {
				rooms[i].Routes[j].Do = func(context.Context, *console.Request) (console.Answer, error) { return console.Done(), nil }
			}
		}
	}
	c, err := console.New(whole.Deps, rooms...)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, n: n, c: c, whole: whole}
	communes, err := n.db.Places().Communes(t.Context())
	if err != nil || len(communes) < 2 {
		t.Fatalf("%d communes, %v", len(communes), err)
	}
	d.own, d.other = communes[0].ID, communes[1].ID
	return d
}

// enter makes an account and signs it in; it gives the cookie.
func (d *desk) enter(login string, grants ...store.Grant) (cookie string) {
	d.t.Helper()
	_, err := d.n.access.Add(d.t.Context(), store.Account{Login: login, Name: "Name of " + login, Locale: "fr", Grants: grants}, staffPassword, store.Act{Actor: "test"})
	if err != nil {
		d.t.Fatal(err)
	}
	signed, err := d.n.access.SignIn(d.t.Context(), access.Attempt{Login: login, Password: staffPassword, Address: netip.MustParseAddr("192.0.2.1")})
	if err != nil {
		d.t.Fatal(err)
	}
	return "__Host-baro=" + signed.Token
}

// ask sends a request; headers are names and values by turns.
func (d *desk) ask(method, path, cookie, body string, headers ...string) *console.Outgoing {
	d.t.Helper()
	return d.askOf(d.c, method, path, cookie, body, headers...)
}

func (d *desk) askOf(c *console.Console, method, path, cookie, body string, headers ...string) *console.Outgoing {
	d.t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		d.t.Fatal(err)
	}
	h := map[string]string{"Cookie": cookie}
	if method == "POST" {
		h["Content-Type"] = "application/x-www-form-urlencoded"
	}
	for i := 0; i+1 < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	in := &console.Incoming{Method: method, Host: "baro.example", Path: u.Path, Query: u.Query(), Body: []byte(body), Remote: netip.MustParseAddr("192.0.2.1"),
		Header: func(name string) string { return h[name] }}
	if host := h["Host"]; host != "" {
		in.Host = host
	}
	return c.Serve(d.t.Context(), in)
}

var proofField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// proof reads the form token that a page carries for a cookie's owner. Without a cookie it gives the visitor's as well.
func (d *desk) proof(cookie, path string) (string, string) {
	d.t.Helper()
	out := d.askOf(d.whole, "GET", path, cookie, "")
	m := proofField.FindSubmatch(out.Body)
	if m == nil {
		d.t.Fatalf("%s: %d, no form token in %s", path, out.Status, out.Body)
	}
	if out.Cookie != nil {
		cookie = out.Cookie.Name + "=" + out.Cookie.Value
	}
	return "_csrf=" + url.QueryEscape(string(m[1])), cookie
}

// TestRoutesAreAsWritten keeps the table of everything that is served, with its permission, in one place to be read.
func TestRoutesAreAsWritten(t *testing.T) {
	d := newDesk(t, true)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, r := range d.c.Routes() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Method, r.Path, r.Where, r.Needs)
	}
	_ = w.Flush()
	text := regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n")
	path := filepath.Join("testdata", "routes.txt")
	if updating() {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the routes are no longer those of %s (refresh with -update, and read the diff):\n%s", path, text)
	}
}

// TestEveryRouteForEveryRole asks for every route as everybody: each role in its commune, the platform's roles, nobody;
// in the own commune, in a foreign one and in one that does not exist; and sends every form without its token.
func TestEveryRouteForEveryRole(t *testing.T) {
	d := newDesk(t, true)
	type person struct {
		name   string
		role   access.Role
		scope  store.PlaceID // 0: the platform
		cookie string
		proof  string
	}
	people := []person{{name: "nobody"}}
	for _, role := range access.Roles() {
		people = append(people, person{name: string(role), role: role, scope: d.own})
		if role.Platform() {
			people = append(people, person{name: string(role) + " of the platform", role: role})
		}
	}
	for i := range people {
		p := &people[i]
		if p.role != "" {
			p.cookie = d.enter("user-"+strings.ReplaceAll(p.name, " ", "-"), store.Grant{Role: string(p.role), Commune: p.scope})
			p.proof, p.cookie = d.proof(p.cookie, "/console")
		} else {
			p.proof, p.cookie = d.proof("", "/console/login")
		}
	}
	asked := 0
	for _, r := range d.c.Routes() {
		for _, p := range people {
			for _, commune := range []store.PlaceID{d.own, d.other, 999_999} {
				path := strings.NewReplacer("{commune}", fmt.Sprint(commune), "{account}", "1", "{token}", "1", "{session}", "1").Replace(r.Path)
				path = regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "1")
				if strings.Contains(r.Path, "{commune}") != (r.Where == console.InCommune) {
					t.Fatalf("%s: %s", r.Path, r.Where)
				}
				want := wanted(r, p.role, p.scope, commune)
				if r.Path == "/console" && want == 204 {
					want = 200 // the frame's own
				}
				if r.Path == "/console/drafts" && want == 204 {
					want = 400 // no form is named
				}
				out := d.ask(r.Method, path, p.cookie, p.proof)
				if out.Status != want {
					t.Errorf("%s %s as %s: %d, want %d", r.Method, path, p.name, out.Status, want)
				}
				asked++
				if r.Method == "POST" && want != 303 {
					if out := d.ask("POST", path, p.cookie, ""); out.Status != 403 {
						t.Errorf("POST %s as %s without a form token: %d", path, p.name, out.Status)
					}
					asked++
				}
				if r.Where != console.InCommune {
					break
				}
			}
		}
	}
	t.Logf("%d requests", asked)
}

// wanted is what the table says: 204 let through, 303 led to the door, 403 refused, 404 not known to exist.
func wanted(r console.Route, role access.Role, scope, commune store.PlaceID) int {
	switch {
	case r.Where == console.Anyone:
		return 204
	case role == "":
		return 303
	case r.Where == console.SecondStep:
		return 303
	case r.Where == console.SignedIn, r.Where == console.MustChange:
		return 204
	case r.Where == console.Anywhere && role.Has(r.Needs):
		return 204
	case r.Where == console.Platform && scope == 0 && role.Has(r.Needs):
		return 204
	case r.Where != console.InCommune:
		return 403
	case commune == 999_999:
		return 404
	case role.Has(r.Needs) && (scope == 0 || scope == commune):
		return 204
	case scope == commune:
		return 403
	}
	return 404
}
