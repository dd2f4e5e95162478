package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"baro/gateway/access"
	"baro/gateway/civic/callback"
	"baro/gateway/civic/question"
	"baro/gateway/console"
	"baro/gateway/identity"
	"baro/store"
)

// put stores a case of a kind and gives the path of its record.
func (d *desk) put(kind store.CaseKind, words string) int64 {
	d.t.Helper()
	c, taken, err := d.n.subjects.question.Put(d.t.Context(), question.Report{
		Commune: d.own, Kind: kind, Words: words, Asker: store.Pseudonym(d.n.keys.Pseudonym(mustNumber(d.t, "+22370000041"))), At: d.n.set.now(),
	})
	if err != nil || !taken {
		d.t.Fatalf("put: taken %v, %v", taken, err)
	}
	return c.ID
}

func mustNumber(t *testing.T, number string) identity.MSISDN {
	t.Helper()
	m, err := identity.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sees asks for a page and wants words in it.
func (d *desk) sees(cookie, path string, words ...string) string {
	d.t.Helper()
	return d.has(d.ask("GET", path, cookie, ""), 200, path, words...)
}

// sends posts a form of a page and follows where it leads; words are wanted there.
func (d *desk) sends(cookie, page, action, fields string, words ...string) string {
	d.t.Helper()
	proof, _ := d.proof(cookie, page)
	out := d.ask("POST", action, cookie, proof+"&"+fields)
	if out.Status != 303 {
		d.t.Fatalf("POST %s: %d %s", action, out.Status, out.Body)
	}
	if out.Cookie != nil {
		cookie = out.Cookie.Name + "=" + out.Cookie.Value
	}
	return d.sees(cookie, out.Header["Location"], words...)
}

// refuses posts a form that is not taken as it is.
func (d *desk) refuses(cookie, page, action, fields string, status int, words ...string) string {
	d.t.Helper()
	proof, _ := d.proof(cookie, page)
	return d.has(d.ask("POST", action, cookie, proof+"&"+fields), status, action, words...)
}

func (d *desk) has(out *console.Outgoing, status int, path string, words ...string) string {
	d.t.Helper()
	if out.Status != status {
		d.t.Fatalf("%s: %d, want %d: %s", path, out.Status, status, out.Body)
	}
	for _, w := range words {
		if !strings.Contains(string(out.Body), w) {
			d.t.Errorf("%s does not say %q:\n%s", path, w, out.Body)
		}
	}
	return string(out.Body)
}

func (d *desk) grant(r access.Role) store.Grant { return store.Grant{Role: string(r), Commune: d.own} }

// A clerk finds on the home page what is late, gives a case away, answers it; a moderator reads and closes with a reason.
func TestCasesAreWorkedOn(t *testing.T) {
	d := newDesk(t, false)
	id := d.put(store.CaseWater, "La pompe <b>est</b> cassée")
	d.put(store.CaseRoad, "La piste")
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	d.enter("clerk-b", d.grant(access.Editor))
	d.enter("referral-a", d.grant(access.Referral))
	home := d.sees(clerk, "/console", "questions ou problèmes attendent une réponse")
	if !strings.Contains(home, fmt.Sprintf("/console/c/%d/cases", d.own)) {
		t.Errorf("home leads nowhere: %s", home)
	}
	list := fmt.Sprintf("/console/c/%d/cases", d.own)
	body := d.sees(clerk, list, "Eau", "Route")
	if strings.Contains(body, "pompe") {
		t.Error("the list tells what was written")
	}
	if body := d.sees(clerk, list+"?kind=road", "Route"); strings.Contains(body, `data-head="Sujet">Eau`) {
		t.Error("the list is not narrowed to a subject")
	}
	page := fmt.Sprintf("%s/%d", list, id)
	body = d.sees(clerk, page, "La pompe &lt;b&gt;est&lt;/b&gt; cassée", "Name of clerk-b")
	if strings.Contains(body, "Name of referral-a") {
		t.Error("a case of the town hall can be given to the person outside")
	}
	colleague := regexp.MustCompile(`value="(\d+)"[^>]*>Name of clerk-b`).FindStringSubmatch(body)[1]
	d.refuses(clerk, page, page+"/assign", "from=received&account=999", 422, `aria-invalid="true"`)
	d.sends(clerk, page, page+"/assign", "from=received&account="+colleague, "Demande confiée.", "Name of clerk-b")
	d.refuses(clerk, page, page+"/answer", "from=received&text_fr=Merci.", 409) // it has moved on
	kept := d.refuses(clerk, page, page+"/answer", "from=assigned&text_fr="+strings.Repeat("x", question.MaxAnswer+1)+"&text_en=Kept", 422)
	for _, want := range []string{strings.Repeat("x", question.MaxAnswer+1), ">Kept<", `aria-invalid="true"`} {
		if !strings.Contains(kept, want) {
			t.Errorf("after a fault the page has no %q", want)
		}
	}
	d.sends(clerk, page, page+"/answer", "from=assigned&text_fr=La+pompe+est+r%C3%A9par%C3%A9e.&text_en=Mended.", "Réponse à la demande")
	d.sees(clerk, page, "La pompe est réparée.", "Mended.")
	d.sends(clerk, page, page+"/close", "from=answered&reason=", "fermée")

	other := d.put(store.CaseRoad, "Une injure")
	moderator := d.enter("moderator-a", d.grant(access.Moderator))
	d.sees(moderator, "/console", "demandes à lire")
	page = fmt.Sprintf("/console/c/%d/moderation/%d", d.own, other)
	if body := d.sees(moderator, page, "Une injure"); strings.Contains(body, "/answer") {
		t.Error("a moderator may answer")
	}
	d.refuses(moderator, page, page+"/close", "from=received&reason=", 422, `href="#f-reason"`)
	d.sends(moderator, page, page+"/close", "from=received&reason=injure", "fermée")
}

// Who opens a case is in the trail, once however often the page is loaded; a list and a case that is not theirs leave nothing.
func TestReadingACaseIsNoted(t *testing.T) {
	d := newDesk(t, false)
	id := d.put(store.CaseWater, "La pompe")
	outside := d.put(store.CaseTownHall, "On me demande de payer")
	read := func() (actors []string) {
		t.Helper()
		rows, err := d.n.db.Audit().Search(t.Context(), store.AuditFilter{Commune: d.own, Action: "case.read"}, 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Object != fmt.Sprintf("case:%d", id) || r.Before+r.After+r.Reason != "" {
				t.Errorf("noted %+v", r)
			}
			actors = append(actors, r.Actor)
		}
		return actors
	}
	clerk, colleague := d.enter("clerk-a", d.grant(access.Editor)), d.enter("clerk-b", d.grant(access.Editor))
	list := fmt.Sprintf("/console/c/%d/cases", d.own)
	page := fmt.Sprintf("%s/%d", list, id)
	d.sees(clerk, list)
	d.has(d.ask("GET", fmt.Sprintf("%s/%d", list, outside), clerk, ""), 404, "a case of the other desk")
	if got := read(); got != nil {
		t.Errorf("before anything was read: %v", got)
	}
	d.sees(clerk, page, "La pompe")
	d.sees(clerk, page, "La pompe")
	proof, _ := d.proof(clerk, list) // of a page that shows no words: the fixture's tokens come from a console of their own
	d.has(d.ask("POST", page+"/close", clerk, proof+"&from=received&reason="), 422, "a fault", "La pompe")
	if got := read(); len(got) != 1 || !strings.HasPrefix(got[0], "account:") {
		t.Errorf("after one clerk: %v", got)
	}
	d.sees(colleague, page, "La pompe")
	if got := read(); len(got) != 2 || got[0] == got[1] {
		t.Errorf("after two clerks: %v", got)
	}
}

// The town hall never learns of what is said about it: not in lists, counts, by address or on the home page.
func TestComplaintsGoOutsideTheTownHall(t *testing.T) {
	d := newDesk(t, false)
	clerk := d.enter("clerk-a", d.grant(access.Editor), d.grant(access.Moderator))
	outside := d.enter("outside", d.grant(access.Referral))
	before := d.sees(clerk, "/console")
	id := d.put(store.CaseTownHall, "On me demande de payer")
	if after := d.sees(clerk, "/console"); stripProof(after) != stripProof(before) {
		t.Error("the clerk's home page changes with a complaint")
	}
	for _, path := range []string{"cases", "moderation"} {
		list := fmt.Sprintf("/console/c/%d/%s", d.own, path)
		d.has(d.ask("GET", fmt.Sprintf("%s/%d", list, id), clerk, ""), 404, list)
		if body := d.sees(clerk, list+"?kind=town_hall"); strings.Contains(body, "Mairie") {
			t.Errorf("%s names the kind", list)
		}
		d.refuses(clerk, list, fmt.Sprintf("%s/%d/close", list, id), "from=received&reason=nothing", 404)
	}
	d.has(d.ask("GET", fmt.Sprintf("/console/c/%d/referrals", d.own), clerk, ""), 403, "referrals")
	d.sees(outside, "/console", "sur la mairie")
	page := fmt.Sprintf("/console/c/%d/referrals/%d", d.own, id)
	d.sees(outside, page, "On me demande de payer")
	d.sends(outside, page, page+"/answer", "from=received&text_fr=Je+vous+aide.", "Réponse à la demande")
	own := d.put(store.CaseRoad, "La piste")
	d.has(d.ask("GET", fmt.Sprintf("/console/c/%d/referrals/%d", d.own, own), outside, ""), 404, "a clerks' case")
}

func stripProof(page string) string { return proofField.ReplaceAllString(page, "") }

// Who wants to be called is listed without a number; it is opened to call and gone when the call is noted.
func TestCallsAreMade(t *testing.T) {
	d := newDesk(t, false)
	if _, err := d.n.subjects.callback.Ask(t.Context(), callback.Wish{
		Number: mustNumber(t, "+22370000042"), Commune: d.own, Subject: "budget", At: d.n.set.now(),
	}); err != nil {
		t.Fatal(err)
	}
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	d.sees(clerk, "/console", "personne à rappeler")
	list := fmt.Sprintf("/console/c/%d/calls", d.own)
	body := d.sees(clerk, list, "Budget")
	if strings.Contains(body, "70000042") {
		t.Error("the list tells numbers")
	}
	page := regexp.MustCompile(list + `/\d+`).FindString(body)
	d.sees(clerk, page, "22370000042")
	d.refuses(clerk, page, page, "result=perhaps", 422)
	if body := d.sends(clerk, page, page, "result=called", "Le numéro est effacé."); strings.Contains(body, list+"/") {
		t.Error("the wish is still listed")
	}
	d.has(d.ask("GET", page, clerk, ""), 404, page)
	foreign := d.enter("foreign", store.Grant{Role: string(access.Editor), Commune: d.other})
	d.has(d.ask("GET", strings.Replace(page, fmt.Sprintf("/c/%d/", d.own), fmt.Sprintf("/c/%d/", d.other), 1), foreign, ""), 404, page)
}
