package main

import (
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/gateway/server/browsertest"
)

// A clerk writes to many, mends what is wrong, sees what phones will show and puts it forward; another person approves; the
// phone of somebody who agreed gets it, and the page tells that it is done. With scripts and a wide window, on a phone's screen,
// and on a phone's screen without scripts.
func TestComposingInTheBrowser(t *testing.T) {
	records := newSeed(t)
	const reader = "+22370000009"
	for name, o := range map[string]browsertest.Options{
		"wide": {}, "narrow": {Width: 360, Height: 740}, "narrow without scripts": {Width: 360, Height: 740, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, records)
			s.staff(t, "clerk", access.Editor)
			s.staff(t, "approver", access.Approver)
			from, err := identity.Parse(reader)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.sms.Accept(t.Context(), []channel.MO{{Channel: "sms", ExternalID: "start", From: from, Text: "START"}}); err != nil {
				t.Fatal(err)
			}
			before := len(s.received(t, reader, 1))
			b := browsertest.Open(t, o)
			page := func(picture string) {
				t.Helper()
				if wide := b.Wide(); wide > 0 {
					t.Errorf("%s is %d pixels wider than the window", picture, wide)
				}
				if !o.NoScript {
					b.Accessible()
				}
				b.Screenshot("compose-" + strings.ReplaceAll(name, " ", "-") + "-" + picture + ".png")
			}
			const french, bambara, save = `textarea[name="text.fr"]`, `textarea[name="text.bm"]`, "main form button:not([name])"

			s.signIn(b, "clerk")
			b.Follow(`#menu a[href$="/broadcasts"]`)
			page("none")
			b.Follow(`a[href$="/broadcasts/new"]`)
			page("blank")
			b.Fill(french, "Réunion mardi {jour} à {commune} ✓")
			b.Click("summary")
			b.Fill(bambara, "Bɛn bɛ kɛ tarata.")
			b.Follow(save)
			b.Wants("Entre accolades, seuls")
			page("fault")
			if got := browsertest.Evaluate[string](b, "document.querySelector('"+bambara+"').value"); got != "Bɛn bɛ kɛ tarata." {
				t.Errorf("after a fault the field holds %q", got)
			}
			b.Fill(french, "Réunion mardi à {commune} ✓")
			b.Follow(save)
			b.Wants("Brouillon enregistré. Rien n’est parti.", "moins de 10", "Français", "Bamanankan", "points d’interrogation : ✓ (U+2713)", "Pour dix numéros")
			page("preview")
			b.Follow(`a[href$="/edit"]`)
			b.Fill(french, "Réunion mardi à {commune}.")
			page("edit")
			b.Follow(save)
			b.Wants("Brouillon modifié.", "(alphabet court)", "prouve que le message est vrai")
			b.Follow(`form[action$="/submit"] button`)
			b.Wants("L’accord d’une autre personne est demandé.")
			page("asked")
			b.Follow(`p a[href$="/broadcasts"]`)
			page("list")
			b.Follow(`a[href$="/broadcasts/rules"]`)
			b.Follow(`a[href$="/rules/new"]`)
			b.Click(`input[name="when"][value="line"]`)
			b.Follow(save)
			b.Wants("Cinq champs, par exemple")
			page("rule-fault")
			b.Fill("#f-spec", "30 8 * * 1")
			b.Follow(save)
			b.Wants("Brouillon enregistré.", "30/11/2026 à 08:30", "Ce qu’elle dirait aujourd’hui", "FCFA", "Le recevraient", "Pour dix numéros")
			page("rule")
			b.Follow(`form[action$="/submit"] button`)
			b.Follow(`p a[href$="/broadcasts/rules"]`)
			page("rules")
			b.Follow(".who button")

			s.signIn(b, "approver")
			b.Wants("1 envoi groupé à approuver", "1 règle d’envoi à approuver")
			b.Follow(`main a[href$="/broadcasts"]`)
			b.Follow(`main table a`)
			page("approve")
			b.Follow(`form[action$="/approve"] button`)
			b.Wants("Approuvé. L’accord peut encore être retiré")
			shown := browsertest.Evaluate[string](b, "location.href")
			s.clock.pass(11 * time.Minute)
			got := s.received(t, reader, before+1)[before].Text
			if !strings.Contains(got, "Réunion mardi à") || !strings.Contains(got, "*384*96") {
				t.Errorf("the phone got %q", got)
			}
			until(t, 20*time.Second, "the page to tell that it is done", func() bool {
				b.Visit(shown)
				return b.Says("Terminé")
			})
			page("done")
			for _, complaint := range b.Complaints() {
				if !strings.Contains(complaint, "422") { // a form with a fault
					t.Errorf("the browser complains: %s", complaint)
				}
			}
		})
	}
}
