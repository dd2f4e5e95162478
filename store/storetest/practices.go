package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

func practice(commune store.PlaceID, title string) store.Practice {
	return store.Practice{Commune: commune, Title: store.Texts{"fr": title}, Problem: store.Texts{"fr": "Taxe mal payée"},
		Measure: store.Texts{"fr": "Comptes lus au marché"}, Cost: ptr(int64(150_000)), Result: store.Texts{"fr": "Deux fois plus"}, Year: 2025}
}

// tell stores a practice and publishes it.
func (b *bench) tell(commune store.PlaceID, title string) store.Practice {
	b.t.Helper()
	p, err := b.Practices.Create(b.ctx, practice(commune, title))
	b.must(err)
	b.must(b.Practices.Move(b.ctx, commune, p.ID, store.PracticeDraft, store.PracticePublished, clerk))
	b.clock.Advance(time.Minute)
	return p
}

func testPractices(t *testing.T, b *bench) {
	one, two := b.communes()
	p, err := b.Practices.Create(b.ctx, practice(one, "Comptes au marché"))
	b.must(err)
	if p.Number != 10 || p.State != store.PracticeDraft || *p.Cost != 150_000 || p.Year != 2025 || p.Measure["fr"] != "Comptes lus au marché" {
		t.Fatalf("the draft came back changed: %+v", p)
	}
	_, err = b.Practices.Get(b.ctx, p.ID)
	b.wants(store.CodeNotFound, err) // drafts are nobody else's business
	_, err = b.Practices.ByNumber(b.ctx, 10)
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeInvalid, b.Practices.Move(b.ctx, one, p.ID, store.PracticeDraft, store.PracticeWithdrawn, clerk))
	b.wants(store.CodeNotFound, b.Practices.Move(b.ctx, two, p.ID, store.PracticeDraft, store.PracticePublished, clerk))
	errs := together(5, func(int) error {
		return b.Practices.Move(b.ctx, one, p.ID, store.PracticeDraft, store.PracticePublished, clerk)
	})
	equal(t, "publishers", b.winners(errs, store.CodeConflict), 1)

	p.Title, p.Cost = store.Texts{"fr": "Comptes lus"}, nil
	p, err = b.Practices.Revise(b.ctx, p, clerk)
	b.must(err)
	if p.Title["fr"] != "Comptes lus" || p.Cost != nil || p.Number != 10 || p.State != store.PracticePublished {
		t.Errorf("revised: %+v", p)
	}
	elsewhere := p
	elsewhere.Commune = two
	_, err = b.Practices.Revise(b.ctx, elsewhere, clerk)
	b.wants(store.CodeNotFound, err)
	bad := practice(one, "Future")
	bad.Year = 1
	_, err = b.Practices.Create(b.ctx, bad)
	b.wants(store.CodeInvalid, err)

	b.clock.Advance(time.Minute)
	second, third := b.tell(two, "Banque de céréales"), b.tell(two, "Pompe gardée")
	_, err = b.Practices.Create(b.ctx, practice(two, "Brouillon"))
	b.must(err)
	for _, c := range []struct {
		commune store.PlaceID
		others  bool
		want    []int64
	}{
		{one, true, []int64{third.ID, second.ID}}, {two, true, []int64{p.ID}}, {one, false, []int64{p.ID}},
		{two, false, []int64{third.ID, second.ID}}, {0, true, []int64{third.ID, second.ID, p.ID}},
	} {
		all, err := b.Practices.Published(b.ctx, c.commune, c.others, 10)
		b.must(err)
		var ids []int64
		for _, v := range all {
			ids = append(ids, v.ID)
		}
		if !slices.Equal(ids, c.want) {
			t.Errorf("published for %d, others %t: %v, want %v", c.commune, c.others, ids, c.want)
		}
	}
	got, err := b.Practices.ByNumber(b.ctx, third.Number)
	b.must(err)
	equal(t, "by number", got.ID, third.ID)
	b.must(b.Practices.Move(b.ctx, two, third.ID, store.PracticePublished, store.PracticeWithdrawn, clerk))
	_, err = b.Practices.Get(b.ctx, third.ID)
	b.wants(store.CodeNotFound, err)
	own, err := b.Practices.List(b.ctx, two)
	b.must(err)
	equal(t, "all of a commune", len(own), 3)

	numbers := make([]int, 8)
	for _, err := range together(len(numbers), func(i int) error {
		v, err := b.Practices.Create(b.ctx, practice([]store.PlaceID{one, two}[i%2], "Ensemble"))
		numbers[i] = v.Number
		return err
	}) {
		b.must(err)
	}
	slices.Sort(numbers)
	if len(slices.Compact(numbers)) != 8 || numbers[0] != 14 {
		t.Errorf("numbers given at once: %v", numbers)
	}

	idea, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CasePractice})
	b.must(err)
	equal(t, "practice of a proposal", idea.Practice, 0)
	_, err = b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseRoad, Practice: p.ID})
	b.wants(store.CodeInvalid, err)
	k, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CasePractice, Practice: p.ID})
	b.must(err)
	equal(t, "practice asked about", k.Practice, p.ID)
}
