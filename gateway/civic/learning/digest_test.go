package learning

import (
	"fmt"
	"testing"
	"time"

	"baro/gateway/civic/letter"
	"baro/gateway/civic/question"
	"baro/gateway/civictest"
	"baro/store"
)

// A practice that somebody proposes is a case for the clerks of the commune, with its words sealed.
func TestProposingAPractice(t *testing.T) {
	b := newBench(t)
	home := civictest.Whole("$commune", int64(b.home))
	out := b.act(b.Caller(1), "learning.propose", home, civictest.Word("words", "Un cahier au puits"))
	if out.Edge != "ok" {
		t.Fatalf("proposing: %+v", out)
	}
	waiting, err := b.asked.Waiting(b.Ctx, b.home, question.DeskTownHall, store.CaseReceived, 10)
	b.Must(err)
	if len(waiting) != 1 || waiting[0].Kind != store.CasePractice || waiting[0].Practice != 0 || waiting[0].Number != fmt.Sprint(out.Fields.Get("Case").Num) {
		t.Fatalf("waiting: %+v", waiting)
	}
	_, words, err := b.asked.Read(b.Ctx, b.home, question.DeskTownHall, waiting[0].ID)
	if err != nil || words != "Un cahier au puits" {
		t.Errorf("the clerk reads %q, %v", words, err)
	}
	for range question.MaxOpen - 1 {
		b.act(b.Caller(1), "learning.propose", home, civictest.Word("words", "Encore"))
	}
	if out := b.act(b.Caller(1), "learning.propose", home, civictest.Word("words", "Encore")); out.Edge != "limit" {
		t.Errorf("one too many: %q", out.Edge)
	}
}

// Each month's new practices of other communes go to who agreed to it in the commune, once, with what to dial.
func TestDigest(t *testing.T) {
	b := newBench(t)
	b.tell(b.home, "Chez nous")
	idea := b.tell(b.away, "Comptes lus")
	gone := b.tell(b.away, "Retire")
	b.Must(b.Withdraw(b.Ctx, b.away, gone.ID, b.by))
	month := b.Now
	b.Now = time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)
	b.tell(b.away, "Decembre")
	for i := range 3 {
		b.act(b.Caller(i), "learning.subscribe", civictest.Whole("$commune", int64(b.home)), civictest.Word("$language", []string{"bm", "fr", ""}[i]))
	}
	b.act(b.Caller(7), "learning.subscribe", civictest.Whole("$commune", int64(b.away)))
	b.Must(b.DB.Consents().Withdraw(b.Ctx, store.Pseudonym(b.Caller(2).Pseudonym), store.PurposeAll, b.Now)) // STOP

	d, err := b.Digest(b.Ctx, b.home, month)
	b.Must(err)
	want := fmt.Sprintf("*384*96[6 %d]#", idea.Number)
	if len(d.Ideas) != 1 || d.Ideas[0].ID != idea.ID || d.Ideas[0].From != "Sanjiba" || d.Ideas[0].Dial != want || d.First.Month() != time.November {
		t.Fatalf("digest: %+v", d)
	}
	send := func(want int) {
		t.Helper()
		if n, err := b.SendDigest(b.Ctx, b.home, month, b.Now); err != nil || n != want {
			t.Errorf("%d sent, want %d: %v", n, want, err)
		}
	}
	send(2)
	send(2)
	if len(b.post.Letters) != 4 {
		t.Fatalf("%d letters", len(b.post.Letters))
	}
	languages, keys := map[string]int{}, map[string]bool{}
	for _, l := range b.post.Letters {
		languages[l.Language]++
		keys[l.Key] = true
		b.Must(b.Manifest.CheckLetter(l.Message, l.Fields))
		if l.Commune != b.home || l.Priority != store.PriorityBulk || l.Purpose != store.PurposePractices || len(l.Fields.Get("Ideas").Parts) != 1 {
			t.Errorf("letter: %+v", l)
		}
	}
	if len(keys) != 2 || languages["bm"] != 2 || languages["fr"] != 2 {
		t.Errorf("keys %v, languages %v", keys, languages)
	}
	if n, err := b.SendDigest(b.Ctx, b.home, month.AddDate(0, -1, 0), b.Now); err != nil || n != 0 {
		t.Errorf("%d sent of a month without news: %v", n, err)
	}
	b.post.Err = fmt.Errorf("route: %w", letter.ErrNoWay)
	send(0)
}
