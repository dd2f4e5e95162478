package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/store"
)

// at417 opens a desk in a commune from which channels send.
func at417(t *testing.T) *desk {
	d := newDesk(t, false)
	if home, ok := d.n.subjects.place.ByNumber("417"); ok && home.ID != d.own {
		d.own, d.other = home.ID, d.own
	}
	return d
}

// written is what the form of a broadcast sends, with names and values by turns in place of its own.
func written(changed ...string) string {
	v := url.Values{"what": {"text"}, "text.fr": {"Réunion mardi à {commune}."}, "purpose": {"notices"}, "leaves": {"now"}, "hours": {"48"}}
	for i := 0; i+1 < len(changed); i += 2 {
		v.Set(changed[i], changed[i+1])
	}
	return v.Encode()
}

var sinceField = regexp.MustCompile(`name="since" value="(\d+)"`)

// What cannot be sent is said beside its field, with what was typed; nothing of it is stored.
func TestComposingTellsFaults(t *testing.T) {
	d := at417(t)
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	page := fmt.Sprintf("/console/c/%d/broadcasts/new", d.own)
	d.sees(clerk, page, "Français", "Bamanankan", "Le résumé du budget publié", "Autres langues")
	now := d.n.set.now().In(d.n.set.zone)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"no French":         {written("text.fr", "", "text.bm", "Bɛn bɛ kɛ tarata."), []string{`href="#f-text.fr"`, "Bɛn bɛ kɛ tarata.", "<details open>"}},
		"unknown name":      {written("text.fr", "Bonjour {prenom}."), []string{`href="#f-text.fr"`, "Entre accolades", "Bonjour {prenom}."}},
		"unknown in bm":     {written("text.bm", "I ni ce {tɔgɔ} {nom}"), []string{`href="#f-text.bm"`, "Entre accolades"}},
		"too long":          {written("text.fr", strings.Repeat("Réunion à Ouélessébougou. ", 24)+"€"), []string{`href="#f-text.fr"`}},
		"foreign purpose":   {written("purpose", "contact_back"), []string{`href="#f-purpose"`}},
		"everything at all": {written("purpose", "all"), []string{`href="#f-purpose"`}},
		"unknown subject":   {written("what", "weather"), []string{`href="#f-what"`}},
		"no day":            {written("leaves", "later", "clock", "09:30"), []string{`href="#f-day"`, `value="09:30"`}},
		"no hour":           {written("leaves", "later", "day", now.AddDate(0, 0, 1).Format(time.DateOnly), "clock", "neuf"), []string{`href="#f-clock"`, "09:30."}},
		"past":              {written("leaves", "later", "day", now.AddDate(0, 0, -1).Format(time.DateOnly), "clock", "09:30"), []string{"Ce moment est passé."}},
		"no life":           {written("hours", "0"), []string{`href="#f-hours"`}},
		"beyond a life":     {written("leaves", "later", "day", now.AddDate(0, 0, 89).Format(time.DateOnly), "clock", "09:30"), []string{`href="#f-hours"`, "Trop court ou trop long."}},
		"urgent for nought": {written("urgent", "oui"), []string{`href="#f-urgent"`}},
	} {
		t.Run(name, func(t *testing.T) {
			part := *d
			part.t = t
			part.refuses(clerk, page, page, c.body, 422, c.want...)
		})
	}
	d.sees(clerk, fmt.Sprintf("/console/c/%d/broadcasts", d.own), "Aucun envoi.")
	d.refuses(clerk, page, page, written("correct", "999999"), 404)
}

// A draft is its author's: seen as phones will show it, changed as it was read, thrown away; for a colleague it is to be read.
func TestDraftsAreTheirAuthors(t *testing.T) {
	d := at417(t)
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	colleague := d.enter("clerk-b", d.grant(access.Editor), d.grant(access.Approver))
	list := fmt.Sprintf("/console/c/%d/broadcasts", d.own)
	shown := d.sends(clerk, list+"/new", list+"/new", written("text.bm", "Bɛn bɛ kɛ tarata."), "Brouillon enregistré. Rien n’est parti.",
		"Réunion mardi à", "moins de 10", "prouve que le message est vrai", "*384*96#", "Français", "Modifier")
	all, err := d.n.db.Broadcasts().List(t.Context(), d.own, 0, 9)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d broadcasts are kept, %v", len(all), err)
	}
	page := fmt.Sprintf("%s/%d", list, all[0].ID)
	if n := packed(t, []byte(shown)); n > 3<<10 {
		t.Errorf("a preview weighs %d bytes on the line", n)
	}

	form := d.sees(clerk, page+"/edit", "Bɛn bɛ kɛ tarata.", `value="48"`)
	since := sinceField.FindStringSubmatch(form)
	if since == nil {
		t.Fatal("the form does not tell how the draft stood")
	}
	next := d.n.set.now().In(d.n.set.zone).AddDate(0, 0, 2).Format(time.DateOnly)
	changed := written("since", since[1], "text.fr", "Réunion jeudi.", "leaves", "later", "day", next, "clock", "08:15", "hours", "12", "urgent", "Crue du fleuve")
	d.sends(clerk, page+"/edit", page+"/edit", changed, "Brouillon modifié.", "Réunion jeudi.", "Crue du fleuve")
	kept, err := d.n.db.Broadcasts().Get(t.Context(), d.own, all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Begins.In(d.n.set.zone).Format("2006-01-02 15:04") != next+" 08:15" || kept.Expires.Sub(kept.Begins) != 12*time.Hour {
		t.Errorf("it goes from %v to %v", kept.Begins, kept.Expires)
	}
	d.sees(clerk, page+"/edit", `value="08:15"`, `value="12"`, "Crue du fleuve")

	stale := d.refuses(clerk, page+"/edit", page+"/edit", written("since", "1", "text.fr", "Autre fenêtre."), 422, "a changé entre-temps", "Autre fenêtre.")
	again := sinceField.FindStringSubmatch(stale)
	d.sends(clerk, page+"/edit", page+"/edit", written("since", again[1], "text.fr", "Autre fenêtre."), "Brouillon modifié.", "Autre fenetre.")

	if body := d.sees(colleague, page, "Autre fenetre."); strings.Contains(body, page+"/edit") || strings.Contains(body, page+"/drop") {
		t.Error("a colleague is offered to change the draft of another")
	}
	d.has(d.ask("GET", page+"/edit", colleague, ""), 403, "a draft of another")
	d.refuses(colleague, page, page+"/edit", written("since", again[1]), 403)
	d.refuses(colleague, page, page+"/drop", "", 403)
	foreign := d.enter("foreign", store.Grant{Role: string(access.Editor), Commune: d.other})
	beside := strings.Replace(page, fmt.Sprintf("/c/%d/", d.own), fmt.Sprintf("/c/%d/", d.other), 1)
	d.has(d.ask("GET", beside+"/edit", foreign, ""), 404, "a foreign draft")
	d.refuses(foreign, strings.TrimSuffix(beside, fmt.Sprintf("/%d", all[0].ID)), beside+"/edit", written("since", "1"), 404)

	d.sends(clerk, page, page+"/drop", "", "Brouillon jeté.")
	d.has(d.ask("GET", page+"/edit", clerk, ""), 409, "a draft that was thrown away")
}

// What the records tell is written by them, in every language.
func TestComposingFromRecords(t *testing.T) {
	d := at417(t)
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	list := fmt.Sprintf("/console/c/%d/broadcasts", d.own)
	d.sends(clerk, list+"/new", list+"/new", written("what", "budget", "text.fr", ""), "Brouillon enregistré.", "Budget", "FCFA")
}

// A rule is written with hours in words or as a line, seen with what it would say today, and approved by another person; who
// stops it need not be.
func TestRulesOfTheConsole(t *testing.T) {
	d := at417(t)
	both := d.enter("both", d.grant(access.Editor), d.grant(access.Approver))
	approver := d.enter("approver-a", d.grant(access.Approver))
	list := fmt.Sprintf("/console/c/%d/broadcasts/rules", d.own)
	d.sees(both, list, "Aucune règle.")
	form := func(changed ...string) string {
		v := url.Values{"subject": {"budget"}, "purpose": {"notices"}, "when": {"quarterly"}, "spec": {""}, "hours": {"48"}, "most": {"4"}, "until": {"2027-11-25"}}
		for i := 0; i+1 < len(changed); i += 2 {
			v.Set(changed[i], changed[i+1])
		}
		return v.Encode()
	}
	for _, c := range []struct{ body, want string }{
		{form("when", "line"), `href="#f-spec"`},
		{form("when", "line", "spec", "0 9 31 2 *"), `href="#f-spec"`},
		{form("when", "line", "spec", "TZ=UTC 9 1 * *"), `href="#f-spec"`},
		{form("when", "@every"), `href="#f-when"`},
		{form("until", "2026-12-31"), "Aucun départ avant cette fin."},
		{form("most", "61"), `href="#f-most"`},
		{form("subject", "weather"), `href="#f-subject"`},
		{form("purpose", "all"), `href="#f-purpose"`},
	} {
		d.refuses(both, list+"/new", list+"/new", c.body, 422, c.want)
	}
	d.sees(both, list, "Aucune règle.")
	shown := d.sends(both, list+"/new", list+"/new", form("when", "line", "spec", "30  8 * * 1"), "Brouillon enregistré.", "30 8 * * 1", "30/11/2026 à 08:30",
		"07/12/2026 à 08:30", "FCFA")
	if n := packed(t, []byte(shown)); n > 3<<10 {
		t.Errorf("a rule weighs %d bytes on the line", n)
	}
	rules, err := d.n.db.BroadcastRules().List(t.Context(), d.own)
	if err != nil || len(rules) != 1 {
		t.Fatalf("%d rules are kept, %v", len(rules), err)
	}
	page := fmt.Sprintf("%s/%d", list, rules[0].ID)
	d.refuses(approver, page, page+"/submit", "", 403)
	d.sends(both, page, page+"/submit", "", "est demandé.", "une autre personne décide")
	if body := d.sees(both, "/console"); strings.Contains(body, "règle d’envoi") {
		t.Error("an author is told to approve their own rule")
	}
	d.refuses(both, page, page+"/approve", "", 422, "Une autre personne que l’auteur approuve.")
	d.sees(approver, "/console", "1 règle d’envoi à approuver")
	d.sends(approver, page, page+"/approve", "", "La règle est en vigueur.", "En vigueur")
	d.sees(both, list, "30/11/2026 à 08:30", "0 / 4")
	foreign := d.enter("foreign", store.Grant{Role: string(access.Approver), Commune: d.other})
	d.has(d.ask("GET", strings.Replace(page, fmt.Sprintf("/c/%d/", d.own), fmt.Sprintf("/c/%d/", d.other), 1), foreign, ""), 404, "a foreign rule")
	d.sends(both, page, page+"/end", "", "La règle est finie.", "Finie")
	d.refuses(approver, page, page+"/end", "", 409)
}

// Who got a broadcast is written to again, and nobody else, also once the draft is changed.
func TestCorrectingInTheConsole(t *testing.T) {
	d := at417(t)
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	list := fmt.Sprintf("/console/c/%d/broadcasts", d.own)
	first := number(t, d.draft("account:77", 1200, true))
	form := fmt.Sprintf("%s/new?correct=%d", list, first)
	d.sees(clerk, form, fmt.Sprintf("ont reçu l’envoi %d, et eux seuls", first))
	d.sends(clerk, form, list+"/new", written("correct", fmt.Sprint(first), "text.fr", "Rectification."), "Brouillon enregistré.", "Rectification.")
	all, err := d.n.db.Broadcasts().List(t.Context(), d.own, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprintf("%s/%d", list, all[0].ID)
	since := sinceField.FindStringSubmatch(d.sees(clerk, page+"/edit", "et eux seuls"))
	d.sends(clerk, page+"/edit", page+"/edit", written("since", since[1], "text.fr", "Rectification, bis."), "Brouillon modifié.")
	kept, err := d.n.db.Broadcasts().Get(t.Context(), d.own, all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`"broadcast":%d`, first); !strings.Contains(string(kept.Audience), want) || strings.Contains(string(kept.Audience), "place") {
		t.Errorf("it goes to %s", kept.Audience)
	}
	d.has(d.ask("GET", list+"/new?correct=x", clerk, ""), 404, "no number")
	foreign := d.enter("foreign", store.Grant{Role: string(access.Editor), Commune: d.other})
	d.has(d.ask("GET", fmt.Sprintf("/console/c/%d/broadcasts/new?correct=%d", d.other, first), foreign, ""), 404, "a foreign broadcast")
}
