package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baro/gateway/access"
	"baro/gateway/server/browsertest"
	"baro/store"
)

// staff opens an account in the commune of the demonstration, with a password that has been changed already.
func (s *served) staff(t *testing.T, login string, roles ...access.Role) {
	t.Helper()
	home, ok := s.subjects.place.ByNumber("417")
	if !ok {
		t.Fatal("no commune 417")
	}
	account := store.Account{Login: login, Name: "Fictional " + login, Locale: "fr"}
	for _, r := range roles {
		account.Grants = append(account.Grants, store.Grant{Role: string(r), Commune: home.ID})
	}
	if _, err := s.access.Add(t.Context(), account, staffPassword, store.Act{Actor: "test"}); err != nil {
		t.Fatal(err)
	}
}

// signIn goes through the door as somebody with a keyboard does.
func (s *served) signIn(b *browsertest.Browser, login string) {
	b.T.Helper()
	b.Visit(s.url + "/console")
	b.Fill("#f-login", login)
	b.Fill("#f-password", staffPassword)
	b.Follow("main form button")
	b.Wants("Bonjour Fictional " + login)
}

// plantedBudget is the sample budget with two faults that a clerk makes.
func plantedBudget(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../gateway/exchange/demonstration/data/bp_2026_jekabara.csv")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "14300000", "quatorze millions", 1)
	text = strings.Replace(text, ",investissement,", ",travaux,", 1)
	text = strings.ReplaceAll(text, ",2026,", ",2027,")
	path := filepath.Join(t.TempDir(), "bp_2027.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A clerk brings in a budget with two faults, mends them on the page, looks at the phone, publishes with a second look; the
// phone and the page for everybody tell it. With a wide window and scripts, on a phone's screen, and without scripts.
func TestBudgetInTheBrowser(t *testing.T) {
	records := newSeed(t)
	for name, o := range map[string]browsertest.Options{
		"wide": {}, "narrow": {Width: 360, Height: 740}, "without scripts": {NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, records)
			s.staff(t, "clerk", access.Editor)
			if err := s.speak(t.Context(), "+22370000009", "fr"); err != nil {
				t.Fatal(err)
			}
			b := browsertest.Open(t, o)
			page := func(picture string) {
				t.Helper()
				if wide := b.Wide(); wide > 0 {
					t.Errorf("%s is %d pixels wider than the window", picture, wide)
				}
				if !o.NoScript { // axe-core is one; the page is the same
					b.Accessible()
				}
				b.Screenshot(strings.ReplaceAll(name, " ", "-") + "-" + picture + ".png")
			}
			s.signIn(b, "clerk")
			page("home")
			b.Follow(`a[href$="/budgets"]`)
			page("budgets")
			b.Follow(`a[href$="/budgets/new"]`)
			page("new")
			b.Attach("#f-file", plantedBudget(t))
			b.Follow("main form button")
			b.Wants("Lignes prêtes : 63. Refusées : 2.", "Montant illisible.", "Mot inconnu dans cette colonne.")
			page("check")
			b.Fill(`input[name="fix.2.BGT_MTPREV"]`, "14 300 000")
			b.Fill(`input[name="fix.45.BGT_SECTION"]`, "investissement")
			b.Follow(`form[action$="/fixes"] button`)
			b.Wants("Lignes prêtes : 65. Refusées : 0.", "Corrections faites ici : 2.")
			b.Follow(`form[action$="/commit"] button`)
			b.Wants("Brouillon créé. Lignes importées : 65.", "283 370 000 FCFA", "Les sommes tombent juste.")
			page("draft")
			if got := s.ussd(t, "before", "+22370000009", "1"); !strings.Contains(got, "Budget 2026") {
				t.Errorf("before anything is published the phone shows %q", got)
			}
			document := browsertest.Evaluate[string](b, "location.href")
			b.Follow(`a[href$="/phone"]`)
			b.Wants("Budget 2027: 283 M FCFA")
			page("phone")
			b.Visit(document)
			b.Follow(`a[href$="/vote"]`)
			page("vote")
			b.Choose("#f-on", "2026-10-23")
			b.Choose("#f-body", "conseil_communal")
			b.Fill("#f-for", "16")
			b.Fill("#f-against", "un") // a fault beside its field; what was typed stays
			b.Follow("main form:last-of-type button:not([name])")
			if got := browsertest.Evaluate[string](b, "document.querySelector('#f-for').value"); got != "16" {
				t.Errorf("after a fault the field holds %q", got)
			}
			page("vote-fault")
			b.Fill("#f-against", "1")
			b.Fill("#f-abstained", "0")
			b.Follow("main form:last-of-type button:not([name])")
			b.Wants("La délibération est notée.")
			b.Follow(`a[href$="/publish"]`)
			b.Wants("C’est la première publication de ce document.", "Budget 2027: 283 M FCFA")
			page("publish")
			b.Click("#f-looked")
			b.Follow(`form[action$="/publish"] button`)
			b.Wants("Publié.")
			page("published")
			b.Visit(s.url + "/communes/417")
			b.Wants("Budget 2027 (prévu) : 283 370 000 FCFA", "Pour : 16. Contre : 1. Abstentions : 0.")
			page("public")
			if got := s.ussd(t, "after", "+22370000009", "1"); !strings.Contains(got, "Budget 2027: 283 M FCFA") {
				t.Errorf("what was published is not on the phone: %q", got)
			}
			for _, complaint := range b.Complaints() {
				if !strings.Contains(complaint, "422") { // a form with a fault
					t.Errorf("the browser complains: %s", complaint)
				}
			}
		})
	}
}
