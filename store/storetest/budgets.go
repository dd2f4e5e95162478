package storetest

import (
	"fmt"
	"slices"
	"testing"

	"baro/store"
)

func (b *bench) budget(commune store.PlaceID, year int) store.BudgetDocument {
	b.t.Helper()
	d, err := b.Budgets.Create(b.ctx, store.BudgetDocument{Commune: commune, Year: year, Stage: store.BudgetPrimitif,
		SourceName: "bp.csv", SourceHash: [32]byte{7},
		Vote: store.Vote{On: "2025-10-24", Body: store.DelegationSpeciale, BodyText: "Délégation", For: ptr(int64(9)), Against: ptr(int64(0))}})
	b.must(err)
	return d
}

func sampleLines(n int) []store.BudgetLine {
	lines := make([]store.BudgetLine, n)
	for i := range lines {
		lines[i] = store.BudgetLine{Row: i + 1, Section: store.Investissement, Direction: store.Depense, Kind: store.LineReel,
			Nature: store.Coded{Code: "0231", Label: "Bâtiments"}, Chapter: store.Coded{Code: "23", Label: "Travaux"},
			Function: store.Coded{Code: "09", Label: "Éducation"}, Operation: fmt.Sprintf("École %d", i), Sector: "éducation",
			Village: "Nyetaba", Previous: ptr(int64(5)), Planned: 23_400_000, Realised: ptr(int64(0))}
	}
	return lines
}

func testBudgets(t *testing.T, b *bench) {
	one, two := b.communes()
	d := b.budget(one, 2026)
	if d.Version != 1 || d.Status != store.BudgetDraft || d.Vote.Body != store.DelegationSpeciale || *d.Vote.For != 9 || *d.Vote.Against != 0 ||
		d.Vote.Abstained != nil || d.SourceHash != [32]byte{7} || !d.Created.Equal(b.clock.Now()) || !d.PublishedAt.IsZero() {
		t.Errorf("the draft came back changed: %+v", d)
	}
	equal(t, "next version", b.budget(one, 2026).Version, 2)
	equal(t, "first version elsewhere", b.budget(two, 2026).Version, 1)

	lines := sampleLines(300)
	slices.Reverse(lines)
	b.must(b.Budgets.AddLines(b.ctx, one, d.ID, lines))
	got, err := b.Budgets.Lines(b.ctx, one, d.ID)
	b.must(err)
	equal(t, "lines", len(got), 300)
	if l := got[0]; l.Row != 1 || l.Nature.Code != "0231" || l.Function.Code != "09" || *l.Previous != 5 || l.Revised != nil || *l.Realised != 0 || l.Planned != 23_400_000 {
		t.Errorf("the line came back changed: %+v", l)
	}

	// Another commune neither sees nor changes it.
	_, err = b.Budgets.Document(b.ctx, two, d.ID)
	b.wants(store.CodeNotFound, err)
	foreign, err := b.Budgets.Lines(b.ctx, two, d.ID)
	b.must(err)
	equal(t, "lines seen by the other commune", len(foreign), 0)
	b.wants(store.CodeNotFound, b.Budgets.AddLines(b.ctx, two, d.ID, sampleLines(1)))
	b.wants(store.CodeNotFound, b.Budgets.Publish(b.ctx, two, d.ID, clerk))
	b.wants(store.CodeNotFound, b.Budgets.DeleteDraft(b.ctx, two, d.ID))

	b.wants(store.CodeConflict, b.Budgets.AddLines(b.ctx, one, d.ID, sampleLines(1)))
	bad := sampleLines(1)
	bad[0].Row, bad[0].Section = 999, "autre"
	b.wants(store.CodeInvalid, b.Budgets.AddLines(b.ctx, one, d.ID, bad))
	_, err = b.Budgets.Create(b.ctx, store.BudgetDocument{Commune: one, Year: 2026, Stage: "projet"})
	b.wants(store.CodeInvalid, err)
	_, err = b.Budgets.Create(b.ctx, store.BudgetDocument{Commune: 424242, Year: 2026, Stage: store.BudgetPrimitif})
	b.wants(store.CodeInvalid, err)
	b.wants(store.CodeInvalid, b.Budgets.SetVote(b.ctx, one, d.ID, store.Vote{On: "2025-02-30"}, "", "", clerk))
	b.must(b.Budgets.SetVote(b.ctx, one, d.ID, store.Vote{On: "2025-10-30", Body: store.ConseilCommunal}, "2025-11-03", "", clerk))
	d, err = b.Budgets.Document(b.ctx, one, d.ID)
	b.must(err)
	if d.Vote.On != "2025-10-30" || d.TransmittedOn != "2025-11-03" || d.Vote.For != nil {
		t.Errorf("the vote was not recorded: %+v", d)
	}
	b.must(b.Budgets.DeleteDraft(b.ctx, one, d.ID))
	_, err = b.Budgets.Document(b.ctx, one, d.ID)
	b.wants(store.CodeNotFound, err)
}

func testBudgetPublication(t *testing.T, b *bench) {
	one, two := b.communes()
	first, second := b.budget(one, 2026), b.budget(one, 2026)
	_, err := b.Budgets.Published(b.ctx, one, 2026, store.BudgetPrimitif)
	b.wants(store.CodeNotFound, err)
	b.must(b.Budgets.Publish(b.ctx, one, first.ID, clerk))
	b.wants(store.CodeConflict, b.Budgets.Publish(b.ctx, one, first.ID, clerk))
	b.wants(store.CodeConflict, b.Budgets.AddLines(b.ctx, one, first.ID, sampleLines(1)))
	b.wants(store.CodeConflict, b.Budgets.DeleteDraft(b.ctx, one, first.ID))
	b.must(b.Budgets.Publish(b.ctx, one, second.ID, clerk))
	standing, err := b.Budgets.Published(b.ctx, one, 2026, store.BudgetPrimitif)
	b.must(err)
	equal(t, "standing document", standing.ID, second.ID)
	former, err := b.Budgets.Document(b.ctx, one, first.ID)
	b.must(err)
	equal(t, "former document", former.Status, store.BudgetSuperseded)

	b.must(b.Budgets.Publish(b.ctx, one, b.budget(one, 2025).ID, clerk))
	list, err := b.Budgets.PublishedList(b.ctx, one)
	b.must(err)
	if len(list) != 2 || list[0].Year != 2026 || list[1].Year != 2025 {
		t.Errorf("published: %+v", list)
	}
	all, err := b.Budgets.Documents(b.ctx, one)
	b.must(err)
	equal(t, "all versions", len(all), 3)
	list, err = b.Budgets.PublishedList(b.ctx, two)
	b.must(err)
	equal(t, "published by the other commune", len(list), 0)

	// A publication taken back leaves the former version standing, and then none.
	b.wants(store.CodeNotFound, withdraw(b, two, second.ID))
	b.wants(store.CodeConflict, withdraw(b, one, first.ID))
	back, err := b.Budgets.Withdraw(b.ctx, one, second.ID, clerk)
	b.must(err)
	if back == nil || back.ID != first.ID || back.Status != store.BudgetPublished {
		t.Errorf("what stands again: %+v", back)
	}
	taken, err := b.Budgets.Document(b.ctx, one, second.ID)
	b.must(err)
	if taken.Status != store.BudgetDraft || !taken.PublishedAt.IsZero() {
		t.Errorf("what was taken back: %+v", taken)
	}
	back, err = b.Budgets.Withdraw(b.ctx, one, first.ID, clerk)
	b.must(err)
	if back != nil {
		t.Errorf("nothing was superseded, and %+v stands", back)
	}
	b.must(b.Budgets.Publish(b.ctx, one, second.ID, clerk))

	// One draft published by many at once: one wins, and the trail says so once.
	draft := b.budget(two, 2026)
	errs := together(6, func(int) error { return b.Budgets.Publish(b.ctx, two, draft.ID, clerk) })
	equal(t, "winners", b.winners(errs, store.CodeConflict), 1)
	trail, err := b.Audit.List(b.ctx, two, 0, 100)
	b.must(err)
	if len(trail) != 1 || trail[0].Action != "budget.publish" || trail[0].Actor != "clerk" || trail[0].Object != fmt.Sprintf("budget:%d", draft.ID) {
		t.Errorf("trail: %+v", trail)
	}
	_, err = b.Audit.Verify(b.ctx)
	b.must(err)
}

func testWorks(t *testing.T, b *bench) {
	one, two := b.communes()
	w, err := b.Works.Upsert(b.ctx, store.Work{Commune: one, Year: 2026, Operation: "École", Sector: "éducation", Village: "Nyetaba", Planned: 23_400_000})
	b.must(err)
	if w.Number != 10 || w.State != store.WorkPlanned || w.Realised != nil {
		t.Errorf("first work: %+v", w)
	}
	b.wants(store.CodeInvalid, b.Works.Move(b.ctx, one, w.ID, store.WorkDone, store.WorkOngoing, clerk))
	b.wants(store.CodeConflict, b.Works.Move(b.ctx, one, w.ID, store.WorkStopped, store.WorkOngoing, clerk))
	b.wants(store.CodeNotFound, b.Works.Move(b.ctx, two, w.ID, store.WorkPlanned, store.WorkOngoing, clerk))
	b.must(b.Works.Move(b.ctx, one, w.ID, store.WorkPlanned, store.WorkOngoing, clerk))
	again, err := b.Works.Upsert(b.ctx, store.Work{Commune: one, Year: 2026, Operation: "École", Village: "Nyetaba", Planned: 25_000_000, Realised: ptr(int64(0))})
	b.must(err)
	if again.ID != w.ID || again.Number != w.Number || again.State != store.WorkOngoing || again.Planned != 25_000_000 || *again.Realised != 0 {
		t.Errorf("a second import must keep id, number and state: %+v", again)
	}

	// Numbers are shared with consultations, each commune counts for itself.
	number, err := b.DialNumbers.Assign(b.ctx, one, store.DialTarget{Kind: store.DialNotice, Ref: 5})
	b.must(err)
	equal(t, "next number", number, 11)
	number, err = b.DialNumbers.Assign(b.ctx, one, store.DialTarget{Kind: store.DialNotice, Ref: 5})
	b.must(err)
	equal(t, "same target", number, 11)
	target, err := b.DialNumbers.Lookup(b.ctx, one, 10)
	b.must(err)
	equal(t, "behind 10", target, store.DialTarget{Kind: store.DialWork, Ref: w.ID})
	_, err = b.DialNumbers.Lookup(b.ctx, two, 10)
	b.wants(store.CodeNotFound, err)

	given := make([]int, 12)
	for _, err := range together(len(given), func(i int) (err error) {
		given[i], err = b.DialNumbers.Assign(b.ctx, two, store.DialTarget{Kind: store.DialNotice, Ref: int64(i / 2)})
		return err
	}) {
		b.must(err)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(given)))
	if len(distinct) != 6 || distinct[0] != 10 || distinct[5] != 15 {
		t.Errorf("numbers given at once: %v", given)
	}

	_, err = b.Works.Get(b.ctx, two, w.ID)
	b.wants(store.CodeNotFound, err)
	for year, want := range map[int]int{0: 1, 2026: 1, 2025: 0} {
		list, err := b.Works.List(b.ctx, one, year)
		b.must(err)
		equal(t, fmt.Sprintf("works of %d", year), len(list), want)
	}
}

func testTaxFacts(t *testing.T, b *bench) {
	one, two := b.communes()
	f := store.TaxFacts{Commune: one, Year: 2025, Rate: 1500, Exempt: []string{"tax.exempt.pupils"}, LocalNote: store.Texts{"fr": "note"}, Source: "délibération"}
	b.must(b.TaxFacts.Put(b.ctx, f))
	f.Year, f.Rate = 2026, 2000
	b.must(b.TaxFacts.Put(b.ctx, f))
	f.Rate = 1750
	b.must(b.TaxFacts.Put(b.ctx, f))
	got, err := b.TaxFacts.Get(b.ctx, one, 2026)
	b.must(err)
	if got.Rate != 1750 || got.Exempt[0] != "tax.exempt.pupils" || got.LocalNote["fr"] != "note" {
		t.Errorf("facts: %+v", got)
	}
	for year, want := range map[int]int64{2025: 1500, 2026: 1750, 2030: 1750} {
		got, err := b.TaxFacts.Latest(b.ctx, one, year)
		b.must(err)
		equal(t, "rate", got.Rate, want)
	}
	_, err = b.TaxFacts.Latest(b.ctx, one, 2024)
	b.wants(store.CodeNotFound, err)
	_, err = b.TaxFacts.Get(b.ctx, two, 2026)
	b.wants(store.CodeNotFound, err)
}

func withdraw(b *bench, commune store.PlaceID, document int64) error {
	_, err := b.Budgets.Withdraw(b.ctx, commune, document, clerk)
	return err
}
