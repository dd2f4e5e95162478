package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/gateway/server/browsertest"
	"baro/store"
)

// What waits leads from the home page to where it is done, for each role: a clerk writes a meeting and answers a question, an
// approver decides, an observer reads figures. With scripts and a wide window, on a phone's screen, and without scripts.
func TestRoomsInTheBrowser(t *testing.T) {
	records := newSeed(t)
	for name, o := range map[string]browsertest.Options{
		"wide": {}, "narrow": {Width: 360, Height: 740}, "without scripts": {NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, records)
			s.staff(t, "clerk", access.Editor)
			s.staff(t, "approver", access.Approver)
			home, _ := s.subjects.place.ByNumber("417")
			if _, err := s.access.Add(t.Context(), store.Account{Login: "observer", Name: "Fictional observer", Locale: "fr",
				Grants: []store.Grant{{Role: string(access.Observer)}}}, staffPassword, store.Act{Actor: "test"}); err != nil {
				t.Fatal(err)
			}
			b := browsertest.Open(t, o)
			page := func(picture string) {
				t.Helper()
				if wide := b.Wide(); wide > 0 {
					t.Errorf("%s is %d pixels wider than the window", picture, wide)
				}
				if !o.NoScript {
					b.Accessible()
				}
				b.Screenshot("rooms-" + strings.ReplaceAll(name, " ", "-") + "-" + picture + ".png")
			}
			leave := func() { b.Follow(".who button") }
			in := func(path string) string { return fmt.Sprintf("%s/console/c/%d%s", s.url, home.ID, path) }

			s.signIn(b, "clerk")
			page("clerk")
			b.Follow(`main a[href$="/cases"]`)
			b.Wants("Questions et problèmes", "Reçu")
			page("cases")
			b.Follow(`main table a`)
			b.Wants("Ce que l’habitant a écrit")
			page("case")
			b.Fill("#f-text_fr", "")
			b.Fill("#f-text_fr", "Exemple : la réparation est prévue lundi.")
			b.Follow(`form[action$="/answer"] button:not([name])`)
			b.Wants("Réponse à la demande")
			page("answered")
			b.Visit(in("/calls"))
			page("calls")
			b.Visit(in("/notices"))
			page("notices")
			b.Follow(`a[href$="/notices/new"]`)
			b.Choose("#f-day", s.set.now().In(s.set.zone).AddDate(0, 0, 4).Format(time.DateOnly))
			b.Choose("#f-clock", "09:30")
			b.Fill("#f-place", "x")
			b.Follow("main form button:not([name])")
			b.Wants("Au moins 2 caractères.")
			page("write-fault")
			b.Fill("#f-place", "Sous le fromager")
			b.Follow("main form button:not([name])")
			b.Wants("L’accord d’une deuxième personne est demandé.", "Sous le fromager")
			notice := browsertest.Evaluate[string](b, "location.pathname")
			page("asked")
			b.Visit(in("/broadcasts"))
			page("broadcasts")
			leave()

			s.signIn(b, "approver")
			page("approver")
			b.Follow(`main a[href$="/notices"]`)
			b.Follow(`main table a[href="` + notice + `"]`)
			page("decide")
			b.Click(`input[name="decision"][value="approve"]`)
			b.Follow(`form[action$="/decide"] button`)
			b.Wants("Approuvée. L’annonce part.")
			leave()

			s.signIn(b, "observer")
			b.Follow(`a[href="/console/figures"]`)
			b.Wants("Chiffres des communes", home.Name)
			page("figures")
			for _, complaint := range b.Complaints() {
				if !strings.Contains(complaint, "422") { // a form with a fault
					t.Errorf("the browser complains: %s", complaint)
				}
			}
		})
	}
}
