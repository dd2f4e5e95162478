package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"baro/gateway/access"
	"baro/store"
)

func TestSignInBeginsAnotherSession(t *testing.T) {
	d := newDesk(t, false)
	d.enter("clerk", store.Grant{Role: "editor", Commune: d.own})
	proof, planted := d.proof("", "/console/login") // the cookie that an attacker knows and planted
	out := d.ask("POST", "/console/login", planted, proof+"&login=clerk&password="+url.QueryEscape(staffPassword))
	if out.Status != 303 || out.Header["Location"] != "/console" || out.Cookie == nil {
		t.Fatalf("signed in: %d %v", out.Status, out.Header)
	}
	if got := out.Cookie.Name + "=" + out.Cookie.Value; got == planted || !out.Cookie.Secure || out.Cookie.Name != "__Host-baro" {
		t.Errorf("the cookie is %+v, planted was %s", out.Cookie, planted)
	}
	if again := d.ask("GET", "/console", planted, ""); again.Status != 303 {
		t.Errorf("the planted cookie opens the door: %d", again.Status)
	}
	cookie := "__Host-baro=" + out.Cookie.Value
	if in := d.ask("GET", "/console", cookie, ""); in.Status != 200 || !strings.Contains(string(in.Body), "Name of clerk") {
		t.Errorf("after the sign-in: %d", in.Status)
	}
	// A form from before the sign-in is worth nothing after it, and one of another session neither.
	other := d.enter("binta")
	theirs, _ := d.proof(other, "/console/me")
	for _, stale := range []string{proof, theirs} {
		if out := d.ask("POST", "/console/me", cookie, stale+"&name=X&locale=fr"); out.Status != 403 {
			t.Errorf("a foreign form token: %d", out.Status)
		}
	}
	mine, _ := d.proof(cookie, "/console/me")
	for name, headers := range map[string][]string{
		"another origin": {"Origin", "https://evil.example"}, "no origin": {"Origin", "null"}, "plain http": {"Origin", "http://baro.example"},
		"another site": {"Sec-Fetch-Site", "cross-site"}, "a neighbour": {"Sec-Fetch-Site", "same-site"},
	} {
		if out := d.ask("POST", "/console/me", cookie, mine+"&name=X&locale=fr", headers...); out.Status != 403 {
			t.Errorf("sent from %s: %d", name, out.Status)
		}
	}
	if out := d.ask("POST", "/console/me", cookie, mine+"&name=X&locale=fr", "Origin", "https://baro.example", "Sec-Fetch-Site", "same-origin"); out.Status != 303 {
		t.Errorf("sent from our page: %d", out.Status)
	}
	// Signing out ends the session on our side as well.
	if out := d.ask("POST", "/console/logout", cookie, mine); out.Status != 303 || out.Cookie == nil {
		t.Errorf("sign-out: %d", out.Status)
	}
	if out := d.ask("GET", "/console/me", cookie, ""); out.Status != 303 {
		t.Errorf("after signing out: %d", out.Status)
	}
}

func TestGuessingAtTheDoor(t *testing.T) {
	d := newDesk(t, false)
	d.enter("clerk")
	proof, visitor := d.proof("", "/console/login")
	slowed := 0
	for i := range 40 {
		out := d.ask("POST", "/console/login", visitor, fmt.Sprintf("%s&login=clerk&password=guess-%d", proof, i))
		if out.Status != 422 {
			t.Fatalf("guess %d: %d", i, out.Status)
		}
		if strings.Contains(string(out.Body), "Trop d’essais") {
			slowed++
		}
		if strings.Contains(string(out.Body), fmt.Sprintf("guess-%d", i)) {
			t.Fatal("the page repeats a password")
		}
	}
	if slowed != 33 { // eight of the account, of which the first sign-in took one
		t.Errorf("%d of 40 guesses were slowed", slowed)
	}
}

func TestNoWayOutOfTheSite(t *testing.T) {
	d := newDesk(t, false)
	d.enter("clerk", store.Grant{Role: "approver", Commune: d.own})
	audit := fmt.Sprintf("/console/c/%d/audit", d.own)
	for next, want := range map[string]string{
		"https://evil.example/": "/console", "//evil.example": "/console", `/\evil.example`: "/console", "/console/me": "/console/me", audit: audit,
		"/console/../etc": "/console", "javascript:alert(1)": "/console",
	} {
		page := d.ask("GET", "/console/login?next="+url.QueryEscape(next), "", "")
		if strings.Contains(string(page.Body), "evil.example") {
			t.Errorf("the page repeats %q", next)
		}
		proof, visitor := d.proof("", "/console/login")
		out := d.ask("POST", "/console/login", visitor, proof+"&login=clerk&password="+url.QueryEscape(staffPassword)+"&next="+url.QueryEscape(next))
		if out.Header["Location"] != want {
			t.Errorf("next %q leads to %q, want %q (%d)", next, out.Header["Location"], want, out.Status)
		}
		if out.Status != 303 {
			break // the door is slow by now
		}
	}
	for _, host := range []string{"evil.example", "baro.example.evil.example", "baro.example@evil.example"} {
		if out := d.ask("GET", "/console/login", "", "", "Host", host); out.Status != 421 || strings.Contains(string(out.Body), host) {
			t.Errorf("host %s: %d", host, out.Status)
		}
	}
}

// TestTextStaysText puts markup everywhere somebody can type or send something and looks at the pages that show it.
func TestTextStaysText(t *testing.T) {
	const markup = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	d := newDesk(t, false)
	cookie := d.enter("chief", store.Grant{Role: "administrator"}, store.Grant{Role: "administrator", Commune: d.own})
	proof, _ := d.proof(cookie, "/console/me")
	accounts := fmt.Sprintf("/console/c/%d/accounts", d.own)
	typed := url.QueryEscape(markup)
	for path, body := range map[string]string{
		"/console/me":        "name=" + typed + "&locale=fr",
		accounts + "/new":    "login=awa&locale=fr&roles=editor&name=" + typed,
		"/console/me/tokens": "life=30&commune=0&scopes=figures.read&name=" + typed,
	} {
		if out := d.ask("POST", path, cookie, proof+"&"+body); out.Status >= 400 {
			t.Fatalf("%s: %d %s", path, out.Status, out.Body)
		}
	}
	d.ask("POST", "/console/drafts", cookie, proof+"&_form="+url.QueryEscape(fmt.Sprintf("account:new:%d", d.own))+"&name="+typed)
	shown := 0
	for _, path := range []string{
		"/console", "/console/me", "/console/me/tokens", "/console/audit", accounts, accounts + "/new", accounts + "/2",
		"/console/audit?who=" + typed + "&action=" + typed + "&object=" + typed + "&from=" + typed, "/console/accounts?number=" + typed,
		"/console/" + typed, "/console/invitation/" + typed, "/console/login?next=" + typed + "&lang=" + typed,
	} {
		out := d.ask("GET", path, cookie, "")
		page := string(out.Body)
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") || strings.Contains(page, `"><script`) {
			t.Errorf("%s: markup comes through", path)
		}
		shown += strings.Count(page, "&lt;script&gt;alert")
	}
	if shown < 6 {
		t.Errorf("the markup was shown as text %d times only", shown)
	}
	for _, path := range []string{"/console/c/" + typed + "/audit", "/console/c/-1/audit", "/console/c/01/audit", "/console/c/9223372036854775808/audit"} {
		if out := d.ask("GET", path, cookie, ""); out.Status != 404 {
			t.Errorf("%s: %d", path, out.Status)
		}
	}
	csv := d.ask("GET", "/console/audit.csv", cookie, "")
	if csv.Status != 200 || !strings.HasPrefix(csv.Header["Content-Disposition"], "attachment") || !strings.Contains(string(csv.Body), "account.create") {
		t.Errorf("the file: %d %v", csv.Status, csv.Header)
	}
}

// TestAccountsOfOthers: who administers one commune neither sees nor changes what is of another.
func TestAccountsOfOthers(t *testing.T) {
	d := newDesk(t, false)
	d.enter("far", store.Grant{Role: "editor", Commune: d.other})
	local := d.enter("local", store.Grant{Role: "administrator", Commune: d.own})
	far, err := d.n.db.Accounts().ByLogin(t.Context(), "far")
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/console/c/%d/accounts", d.own)
	proof, _ := d.proof(local, path+"/new")
	if out := d.ask("GET", fmt.Sprintf("%s/%d", path, far.ID), local, ""); out.Status != 404 {
		t.Errorf("shown: %d", out.Status)
	}
	for _, act := range []string{"", "/invite", "/disable", "/factor", "/enable"} {
		out := d.ask("POST", fmt.Sprintf("%s/%d%s", path, far.ID, act), local, proof+"&name=X&locale=fr&roles=editor&reason=because")
		if out.Status != 404 {
			t.Errorf("%s: %d", act, out.Status)
		}
	}
	if out := d.ask("GET", path, local, ""); strings.Contains(string(out.Body), "Name of far") {
		t.Error("the list shows another commune's account")
	}
	for _, role := range []string{"administrator", "king"} {
		out := d.ask("POST", path+"/new", local, proof+"&login=new-"+role+"&name=New&locale=fr&roles="+role)
		a, err := d.n.db.Accounts().ByLogin(t.Context(), "new-"+role)
		if role == "king" && (err == nil || out.Status != 422) {
			t.Errorf("an unknown role: %d", out.Status)
		}
		for _, g := range a.Grants {
			if g.Commune != d.own {
				t.Errorf("a grant in %d: %d", g.Commune, out.Status)
			}
		}
	}
	if p := access.NewPrincipal(far); !p.Can(access.EditBudget, d.other) {
		t.Error("the other's account has changed")
	}
}

// TestDraftsComeBack: what was typed and not taken is there again, without its passwords, and goes once it is taken.
func TestDraftsComeBack(t *testing.T) {
	d := newDesk(t, false)
	cookie := d.enter("chief", store.Grant{Role: "administrator", Commune: d.own})
	path := fmt.Sprintf("/console/c/%d/accounts/new", d.own)
	proof, _ := d.proof(cookie, path)
	form := "&_form=" + url.QueryEscape(fmt.Sprintf("account:new:%d", d.own))
	page := func() string { return string(d.ask("GET", path, cookie, "").Body) }
	if out := d.ask("POST", "/console/drafts", cookie, proof+form+"&name=Awa+Fictive&password=x"); out.Status != 204 {
		t.Fatalf("draft: %d", out.Status)
	}
	if !strings.Contains(page(), `value="Awa Fictive"`) || !strings.Contains(page(), "Jeter ce brouillon") {
		t.Error("what was typed is not there")
	}
	if out := d.ask("POST", path, cookie, proof+form+"&_draft=drop&name=Awa+Fictive"); out.Status != 303 || strings.Contains(page(), "Fictive") {
		t.Errorf("thrown away: %d", out.Status)
	}
	if out := d.ask("POST", path, cookie, proof+form+"&login=awa&name=Awa+Fictive&locale=fr"); out.Status != 422 || !strings.Contains(string(out.Body), `aria-describedby="f-roles-fault"`) {
		t.Errorf("without a role: %d", out.Status)
	}
	if !strings.Contains(page(), `value="Awa Fictive"`) {
		t.Error("without a script nothing was kept")
	}
	if out := d.ask("POST", path, cookie, proof+form+"&login=awa&name=Awa+Fictive&locale=fr&roles=editor"); out.Status != 303 || strings.Contains(page(), "Fictive") {
		t.Errorf("taken: %d", out.Status)
	}
}
