package budget

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/voice"
	"baro/store"
)

func textOf(s string) flows.Value { return flows.TextOf(s) }

// What residents see stands beside what the town hall says once ten have answered, and not before.
func TestResidentsSeeWorks(t *testing.T) {
	h := newHall(t)
	h.both(t)
	works, err := h.db.Works().List(context.Background(), h.commune, 2026)
	if err != nil {
		t.Fatal(err)
	}
	work := number("work", works[0].ID)
	see := func(i int, seen, want string) {
		t.Helper()
		if out := h.act(t, i, "budget.see", h.commune, work, field("seen", textOf(seen))); out.Edge != want {
			t.Errorf("seeing %s: %q", seen, out.Edge)
		}
	}
	tells := func(want string) {
		t.Helper()
		got := told(h.rows(t, "budget.work", h.commune, work))
		if (want == "") == strings.Contains(got, "work.seen") || !strings.Contains(got, want) || !strings.Contains(got, "work.hall state.planned") {
			t.Errorf("told is %s, want %q", got, want)
		}
	}
	for i := range voice.Few - 1 {
		see(i, "ongoing", "ok")
		see(i, "nothing", "ok") // one number, one vote: the last
	}
	tells("")
	see(100, "done", "ok")
	tells("work.seen 10 [seen.nothing]")
	for i := range voice.Few - 1 {
		see(200+i, "done", "ok")
		tells("work.seen 10 [seen.nothing]") // two looks tell nothing of who answered in between
	}
	see(0, "done", "ok") // thought again: the tenth that is new
	tells("work.seen 19 [seen.done]")

	see(1, "a lot", "unknown")
	if out := h.act(t, 1, "budget.see", h.other, work, field("seen", textOf("done"))); out.Edge != "unknown" {
		t.Errorf("another commune's work: %q", out.Edge)
	}
	draft := newHall(t)
	draft.draft(t, 2026, store.BudgetPrimitif, plan2026(t))
	if out := draft.act(t, 1, "budget.see", draft.commune, work, field("seen", textOf("done"))); out.Edge != "unknown" {
		t.Errorf("a draft's work: %q", out.Edge)
	}
}

func TestSummaryBySMS(t *testing.T) {
	h := newHall(t)
	h.both(t)
	send := func(i int, want string, args ...flows.Field) {
		t.Helper()
		if out := h.act(t, i, "budget.send", h.commune, args...); out.Edge != want {
			t.Errorf("sending: %q, want %s", out.Edge, want)
		}
	}
	send(1, "ok", field("$language", textOf("bm")))
	send(1, "ok")
	send(2, "ok")
	if len(h.post.Letters) != 3 {
		t.Fatalf("%d letters", len(h.post.Letters))
	}
	first, again, other := h.post.Letters[0], h.post.Letters[1], h.post.Letters[2]
	if first.Language != "bm" || again.Language != "fr" || first.Commune != h.commune || first.Message != "budget.letter" {
		t.Errorf("letter: %+v", first)
	}
	if first.Key != again.Key || first.Key == other.Key || len(first.Key) != 36 {
		t.Errorf("keys %s, %s, %s", first.Key, again.Key, other.Key)
	}
	if err := h.manifest.CheckLetter(first.Message, first.Fields); err != nil {
		t.Error(err)
	}
	got := told([]flows.Row{{Fields: first.Fields}})
	budgetNumber, err := h.Number(context.Background(), h.commune, 2026)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("Jèkabara 2026 stage.primitive 283370000 [school 57, water 14, town_hall 12, roads 9, health 6] [letter.proof *384*96[1 %d]#]", budgetNumber)
	if got != want {
		t.Errorf("it says\n%s, want\n%s", got, want)
	}
	// The number it names leads to the same budget, whichever version stands by then.
	second := h.publish(t, h.draft(t, 2026, store.BudgetPrimitif, plan2026(t)))
	out := h.act(t, 1, "budget.dialled", h.commune, number("number", int64(budgetNumber)))
	if out.Edge != "budget" || out.Fields.Get("Document").Num != second {
		t.Errorf("dialling leads to %+v", out)
	}
	h.post.Err = fmt.Errorf("route: %w", letter.ErrNoWay)
	send(3, "no_way")
	if out := h.act(t, 1, "budget.send", h.other); out.Edge != "unknown" {
		t.Errorf("a budget that is not there: %q", out.Edge)
	}
}
