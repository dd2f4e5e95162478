package main

import (
	"log/slog"
	"strings"
	"testing"

	"baro/store"
)

// A draft is seen as callers will see it, in every language, while callers still see what stands.
func TestPreviewOfABudget(t *testing.T) {
	n := openFixed(t, fixedSettings(t, t.TempDir(), newClock()), slog.New(slog.DiscardHandler))
	ctx := t.Context()
	home, ok := n.subjects.place.ByNumber("417")
	if !ok {
		t.Fatal("no commune 417")
	}
	standing, err := n.db.Budgets().Published(ctx, home.ID, 2026, store.BudgetPrimitif)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := n.db.Budgets().Lines(ctx, home.ID, standing.ID)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := n.db.Budgets().Create(ctx, store.BudgetDocument{Commune: home.ID, Year: 2026, Stage: store.BudgetPrimitif})
	if err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i].Planned *= 2
		lines[i].Revised = nil
	}
	if err := n.db.Budgets().AddLines(ctx, home.ID, draft.ID, lines); err != nil {
		t.Fatal(err)
	}
	for lang, words := range map[string]string{"fr": "Budget 2026: 567 M FCFA", "en": "567 M FCFA"} {
		screens, profile, err := n.previewBudget(ctx, draft, lang, "3", "0")
		if err != nil || len(screens) != 3 {
			t.Fatalf("%s: %d screens, %v", lang, len(screens), err)
		}
		if first := screens[0].String(); !strings.Contains(first, words) || !profile.Fits(first) {
			t.Errorf("%s shows %q", lang, first)
		}
		if screens[2].String() != screens[0].String() || screens[1].String() == screens[0].String() {
			t.Errorf("%s: keys lead nowhere: %q, %q", lang, screens[1].String(), screens[2].String())
		}
	}
	screens, _, err := n.previewBudget(ctx, draft, "fr", "4", "1", "1")
	if err != nil || len(screens) == 0 {
		t.Errorf("a key that sends an SMS: %d screens, %v", len(screens), err)
	}
	now, _, err := n.previewBudget(ctx, standing, "fr")
	if err != nil || !strings.Contains(now[0].String(), "283 M FCFA") {
		t.Errorf("what stands shows %v, %v", now, err)
	}
	if sent := count(t, openSQL(t, strings.TrimSuffix(strings.TrimPrefix(n.set.database, "sqlite:"), "/baro.db")), "SELECT COUNT(*) FROM outbox"); sent != 0 {
		t.Errorf("a preview sent %d messages", sent)
	}
}
