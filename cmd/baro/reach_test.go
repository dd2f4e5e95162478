package main

import (
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"baro/gateway/civic/question"
	"baro/gateway/exchange/demonstration"
	"baro/store"
)

// TestKeysToTheBudget counts what has to be pressed from dialling to the first figure of the budget, digit by digit.
func TestKeysToTheBudget(t *testing.T) {
	records := newSeed(t)
	for _, c := range []struct {
		name    string
		bound   bool
		known   bool
		pressed []string
		most    int
	}{
		{"who is known", true, true, []string{"1"}, 3},
		{"who calls for the first time", true, false, []string{"4", "1"}, 6},
		{"who calls for the first time and says which commune", false, false, []string{"4", "417", "1", "1"}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := memoryFolder(t)
			records.copyTo(t, folder)
			set := fixedSettings(t, folder, newClock())
			if !c.bound {
				unbind(&set)
			}
			n := openFixed(t, set, slog.New(slog.DiscardHandler))
			if c.known {
				if err := n.speak(t.Context(), demoNumber, "fr"); err != nil {
					t.Fatal(err)
				}
			}
			phone := fixedPhone(n, demoNumber)
			shown, err := phone.Dial(t.Context(), "")
			keys := 0
			for _, key := range c.pressed {
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(shown.Text, "FCFA") {
					t.Fatalf("a figure after %d keys already", keys)
				}
				shown, err = phone.Type(t.Context(), key)
				keys += utf8.RuneCountInString(key)
			}
			if err != nil || !strings.Contains(shown.Text, "Budget 2026: 283 M FCFA") {
				t.Fatalf("after %d keys: %q, %v", keys, shown.Text, err)
			}
			if keys > c.most {
				t.Errorf("%d keys to the budget, at most %d", keys, c.most)
			}
		})
	}
}

// TestAnswerReachesWhoAsked follows a question from the phone to the desk and back. Somebody else who types the number
// sees only how far it is.
func TestAnswerReachesWhoAsked(t *testing.T) {
	folder := memoryFolder(t)
	newSeed(t).copyTo(t, folder)
	n := openFixed(t, fixedSettings(t, folder, newClock()), slog.New(slog.DiscardHandler))
	asker := fixedPhone(n, demoNumber)
	walk := func(number string, acts ...string) string {
		t.Helper()
		phone := asker
		if number != demoNumber {
			phone = fixedPhone(n, number)
		}
		shown, err := phone.Dial(t.Context(), "*384*96*5#")
		for _, act := range acts {
			if err != nil {
				t.Fatal(err)
			}
			shown, err = phone.Type(t.Context(), act)
		}
		if err != nil {
			t.Fatal(err)
		}
		return shown.Text
	}
	received := walk(demoNumber, "4", "2", "la pompe est en panne")
	number := caseNumber(t, received)

	commune, err := n.subjects.places.ByNumber(t.Context(), demonstration.CommuneNumber)
	if err != nil {
		t.Fatal(err)
	}
	act := store.Act{Actor: "clerk", Reason: "test"}
	waiting, err := n.subjects.question.Waiting(t.Context(), commune.ID, question.DeskTownHall, store.CaseReceived, 10)
	if err != nil {
		t.Fatal(err)
	}
	var mine store.Case
	for _, c := range waiting {
		if c.Number == number {
			mine = c
		}
	}
	if mine.ID == 0 {
		t.Fatalf("case %s is not among the %d that wait at the town hall's desk", number, len(waiting))
	}
	if _, words, err := n.subjects.question.Read(t.Context(), commune.ID, question.DeskTownHall, mine.ID); err != nil || words != "la pompe est en panne" {
		t.Errorf("the desk reads %q, %v", words, err)
	}
	err = n.subjects.question.Answer(t.Context(), commune.ID, question.DeskTownHall, mine.ID, store.CaseReceived,
		store.Texts{"fr": "Le réparateur vient vendredi."}, act)
	if err != nil {
		t.Fatal(err)
	}

	if got := walk(demoNumber, "4", "9", "6", number, "1"); !strings.HasPrefix(got, "Reponse: Le reparateur vient vendredi.") {
		t.Errorf("who asked reads %q", got)
	}
	if got := walk("+22370000002", "4", "9", "6", number); !strings.Contains(got, "il y a une reponse") || strings.Contains(got, "Eau") {
		t.Errorf("somebody else reads %q", got)
	}
	if got := walk("+22370000003", "4", "9", "6", number, "1"); strings.Contains(got, "reparateur") {
		t.Errorf("somebody else reads the answer: %q", got)
	}
}

// caseNumber takes the case number out of "C'est recu. Votre numero de suivi: 1234. …".
func caseNumber(t testing.TB, screen string) string {
	t.Helper()
	_, rest, ok := strings.Cut(screen, "suivi: ")
	number, _, end := strings.Cut(rest, ".")
	if !ok || !end || number == "" {
		t.Fatalf("no case number in %q", screen)
	}
	return number
}
