package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

func (b *bench) job(commune store.PlaceID, title string, until time.Duration) store.Opportunity {
	return store.Opportunity{Commune: commune, Kind: store.OpportunityJob, Title: store.Texts{"fr": title}, Organisation: "CSCOM",
		PlaceName: "Nyetaba", Deadline: b.clock.Now().Add(until)}
}

// offer stores an opportunity and publishes it.
func (b *bench) offer(o store.Opportunity) store.Opportunity {
	b.t.Helper()
	o, err := b.Opportunities.Create(b.ctx, o)
	b.must(err)
	b.must(b.Opportunities.Move(b.ctx, o.Commune, o.ID, store.OpportunityDraft, store.OpportunityPublished, clerk))
	return o
}

func titles(all []store.Opportunity) (names []string) {
	for _, o := range all {
		names = append(names, o.Title["fr"])
	}
	return names
}

func testOpportunities(t *testing.T, b *bench) {
	one, two := b.communes()
	now := b.clock.Now()
	begins := now.Add(-time.Hour)
	works := store.Opportunity{Commune: one, Kind: store.OpportunityTender, Title: store.Texts{"fr": "Trois classes", "bm": "Lakɔli"},
		Summary: store.Texts{"fr": "Construire trois classes"}, Organisation: "Mairie", PlaceName: "Nyetaba", Deadline: now.Add(48 * time.Hour),
		OCID: "ocds-000000-1", Tender: &store.Tender{Method: "open", Category: "works", Value: ptr(int64(23_400_000)), Submission: "Mairie, 10h",
			Eligibility: "Registre de commerce", Begins: &begins}}
	o, err := b.Opportunities.Create(b.ctx, works)
	b.must(err)
	if o.Number != 10 || o.State != store.OpportunityDraft || o.Title["bm"] != "Lakɔli" || *o.Tender.Value != 23_400_000 || o.OCID != works.OCID ||
		!o.Tender.Begins.Equal(begins) || !o.Deadline.Equal(works.Deadline) || !o.Created.Equal(now) || !o.Published.IsZero() {
		t.Fatalf("the draft came back changed: %+v", o)
	}
	_, err = b.Opportunities.Create(b.ctx, works)
	b.wants(store.CodeConflict, err) // one contracting process, one entry
	target, err := b.DialNumbers.Lookup(b.ctx, one, o.Number)
	b.must(err)
	equal(t, "behind the number", target, store.DialTarget{Kind: store.DialOpportunity, Ref: o.ID})
	_, err = b.Opportunities.Get(b.ctx, two, o.ID)
	b.wants(store.CodeNotFound, err)

	for name, spoil := range map[string]func(*store.Opportunity){
		"unknown kind":    func(o *store.Opportunity) { o.Kind = "gift" },
		"no deadline":     func(o *store.Opportunity) { o.Deadline = time.Time{} },
		"nobody offers":   func(o *store.Opportunity) { o.Organisation = "" },
		"no title":        func(o *store.Opportunity) { o.Title = nil },
		"a job's process": func(o *store.Opportunity) { o.OCID = "ocds-000000-2" },
		"a job's tender":  func(o *store.Opportunity) { o.Tender = &store.Tender{} },
	} {
		bad := b.job(one, "Gardien", time.Hour)
		spoil(&bad)
		if _, err := b.Opportunities.Create(b.ctx, bad); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}

	b.wants(store.CodeInvalid, b.Opportunities.Move(b.ctx, one, o.ID, store.OpportunityClosed, store.OpportunityPublished, clerk))
	b.wants(store.CodeNotFound, b.Opportunities.Move(b.ctx, two, o.ID, store.OpportunityDraft, store.OpportunityPublished, clerk))
	errs := together(5, func(int) error {
		return b.Opportunities.Move(b.ctx, one, o.ID, store.OpportunityDraft, store.OpportunityPublished, clerk)
	})
	equal(t, "publishers", b.winners(errs, store.CodeConflict), 1)

	// An extended deadline keeps the number on the poster.
	o.Deadline, o.Tender = now.Add(96*time.Hour), nil
	o, err = b.Opportunities.Revise(b.ctx, o, clerk)
	b.must(err)
	if o.Number != 10 || o.State != store.OpportunityPublished || o.Tender != nil || !o.Deadline.Equal(now.Add(96*time.Hour)) || o.Published.IsZero() {
		t.Errorf("revised: %+v", o)
	}
	elsewhere := o
	elsewhere.Commune = two
	_, err = b.Opportunities.Revise(b.ctx, elsewhere, clerk)
	b.wants(store.CodeNotFound, err)
	other := o
	other.Kind, other.OCID = store.OpportunityJob, ""
	_, err = b.Opportunities.Revise(b.ctx, other, clerk)
	b.wants(store.CodeInvalid, err)

	b.offer(b.job(one, "Plus tard", 3*time.Hour))
	b.offer(b.job(one, "Bientot", time.Hour))
	b.offer(b.job(one, "Passe", -time.Microsecond))
	b.offer(b.job(one, "Juste passe", 0))
	b.offer(b.job(two, "Ailleurs", time.Hour))
	_, err = b.Opportunities.Create(b.ctx, b.job(one, "Brouillon", time.Hour))
	b.must(err)
	gone := b.offer(b.job(one, "Retire", time.Hour))
	b.must(b.Opportunities.Move(b.ctx, one, gone.ID, store.OpportunityPublished, store.OpportunityWithdrawn, clerk))
	_, err = b.Opportunities.Revise(b.ctx, gone, clerk)
	b.wants(store.CodeConflict, err)
	open, err := b.Opportunities.Open(b.ctx, one, store.OpportunityJob, now, 10)
	b.must(err)
	if got := titles(open); !slices.Equal(got, []string{"Bientot", "Plus tard"}) {
		t.Errorf("open: %v", got)
	}
	open, err = b.Opportunities.Open(b.ctx, one, store.OpportunityJob, now, 1)
	b.must(err)
	equal(t, "limited", len(open), 1)
	for want, states := range map[int][]store.OpportunityState{7: nil, 1: {store.OpportunityWithdrawn}, 2: {store.OpportunityDraft, store.OpportunityWithdrawn}} {
		all, err := b.Opportunities.List(b.ctx, one, states...)
		b.must(err)
		equal(t, "listed", len(all), want)
	}
}

func testMarketDays(t *testing.T, b *bench) {
	one, two := b.communes()
	m, err := b.MarketDays.Put(b.ctx, store.MarketDay{Commune: one, PlaceName: "Jèkabara", Days: store.WeekdaysOf(time.Thursday, time.Sunday),
		Note: store.Texts{"fr": "Betail le matin"}}, clerk)
	b.must(err)
	if m.ID == 0 || !slices.Equal(m.Days.Numbers(), []int{4, 7}) || m.Note["fr"] != "Betail le matin" || !m.Days.Has(time.Sunday) || m.Days.Has(time.Monday) {
		t.Errorf("market: %+v", m)
	}
	again, err := b.MarketDays.Put(b.ctx, store.MarketDay{Commune: one, PlaceName: "Jèkabara", Days: store.EveryDay}, clerk)
	b.must(err)
	if again.ID != m.ID || again.Days != store.EveryDay || len(again.Note) != 0 {
		t.Errorf("overwritten: %+v", again)
	}
	_, err = b.MarketDays.Put(b.ctx, store.MarketDay{Commune: two, PlaceName: "Jèkabara", Days: store.WeekdaysOf(time.Monday)}, clerk)
	b.must(err)
	_, err = b.MarketDays.Put(b.ctx, store.MarketDay{Commune: one, PlaceName: "Badaniba", Days: store.WeekdaysOf(time.Monday)}, clerk)
	b.must(err)
	for name, bad := range map[string]store.MarketDay{
		"no day":        {Commune: one, PlaceName: "X"},
		"an eighth day": {Commune: one, PlaceName: "X", Days: 1 << 7},
		"no place":      {Commune: one, Days: store.EveryDay},
	} {
		if _, err := b.MarketDays.Put(b.ctx, bad, clerk); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.wants(store.CodeNotFound, b.MarketDays.Remove(b.ctx, two, m.ID, clerk))
	list, err := b.MarketDays.List(b.ctx, one)
	b.must(err)
	if len(list) != 2 || list[0].PlaceName != "Badaniba" {
		t.Errorf("markets: %+v", list)
	}
	b.must(b.MarketDays.Remove(b.ctx, one, m.ID, clerk))
	b.wants(store.CodeNotFound, b.MarketDays.Remove(b.ctx, one, m.ID, clerk))
}

func testPublicCases(t *testing.T, b *bench) {
	one, two := b.communes()
	asker := pseudonym(4)
	ask := func(commune store.PlaceID, kind store.CaseKind) store.Case {
		k, err := b.Cases.Create(b.ctx, store.Case{Commune: commune, Kind: kind, Body: seal("words"), Asker: &asker})
		b.must(err)
		return k
	}
	k, road := ask(one, store.CaseBusiness), ask(one, store.CaseRoad)
	subject := store.Texts{"fr": "Places au marché"}
	b.wants(store.CodeConflict, b.Cases.Publish(b.ctx, one, k.ID, subject, clerk))
	for _, c := range []store.Case{k, road} {
		b.must(b.Cases.Answer(b.ctx, one, c.ID, store.CaseReceived, store.Texts{"fr": "Douze places en mars"}, clerk))
	}
	b.wants(store.CodeInvalid, b.Cases.Publish(b.ctx, one, k.ID, nil, clerk))
	b.wants(store.CodeNotFound, b.Cases.Publish(b.ctx, two, k.ID, subject, clerk))
	b.must(b.Cases.Publish(b.ctx, one, k.ID, subject, clerk))
	first := b.clock.Now()
	b.clock.Advance(time.Hour)
	b.must(b.Cases.Publish(b.ctx, one, k.ID, store.Texts{"fr": "Places de marché"}, clerk))
	for commune, want := range map[store.PlaceID]int{one: 1, two: 0} {
		all, err := b.Cases.Published(b.ctx, commune, store.CaseBusiness, 10)
		b.must(err)
		equal(t, "published", len(all), want)
		if want == 1 && (all[0].Subject["fr"] != "Places de marché" || all[0].Answer["fr"] != "Douze places en mars" || !all[0].Published.Equal(first)) {
			t.Errorf("published: %+v", all[0])
		}
	}
	all, err := b.Cases.Published(b.ctx, one, store.CaseRoad, 10)
	b.must(err)
	equal(t, "published of another kind", len(all), 0)
	ask(two, store.CaseOther)
	n, err := b.Cases.CountOwn(b.ctx, asker)
	b.must(err)
	equal(t, "own cases everywhere", n, 3)
	k, err = b.Cases.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.Subject["fr"] == "" || !k.Published.Equal(first) {
		t.Errorf("case: %+v", k)
	}
}
