package storetest

import (
	"slices"
	"testing"

	"baro/store"
)

func names(places []store.Place) (all []string) {
	for _, p := range places {
		all = append(all, p.Name)
	}
	return all
}

func testPlaces(t *testing.T, b *bench) {
	n, err := b.Places.Upsert(b.ctx, samplePlaces())
	b.must(err)
	equal(t, "rows", n, 8)
	jekabara, err := b.Places.ByCode(b.ctx, "demo", "ML010101")
	b.must(err)
	cercle, err := b.Places.ByCode(b.ctx, "demo", "ML0101")
	b.must(err)
	equal(t, "parent", jekabara.ParentID, cercle.ID)
	if jekabara.ShortName != "Jekabara" || !slices.Equal(jekabara.Aliases, []string{"Djekabara"}) || jekabara.Number != "417" ||
		!slices.Equal(jekabara.Languages, []string{"bm", "fr"}) || !jekabara.Unverified || jekabara.Fictional || jekabara.At != nil {
		t.Errorf("the commune came back changed: %+v", jekabara)
	}
	communes, err := b.Places.Communes(b.ctx)
	b.must(err)
	if got := names(communes); !slices.Equal(got, []string{"Benkadi", "Jèkabara"}) {
		t.Errorf("communes: %v", got)
	}
	villages, err := b.Places.Settlements(b.ctx, jekabara.ID)
	b.must(err)
	if got := names(villages); !slices.Equal(got, []string{"Badaniba", "Nyetaba"}) {
		t.Errorf("settlements: %v", got)
	}
	if v := villages[1]; v.At == nil || v.At.Lat != 13.25 || v.At.Lon != -6.5 || v.Population == nil || *v.Population != 812 || !v.Fictional {
		t.Errorf("the village came back changed: %+v", v)
	}
	below, err := b.Places.Children(b.ctx, cercle.ID)
	b.must(err)
	equal(t, "places below the cercle", len(below), 2)

	again := samplePlaces()[3]
	again.Name, again.Number, again.Languages = "Jèkabara-Sud", "999", nil
	_, err = b.Places.Upsert(b.ctx, []store.Place{again})
	b.must(err)
	after, err := b.Places.Get(b.ctx, jekabara.ID)
	b.must(err)
	if after.Name != "Jèkabara-Sud" || after.Number != "417" || !slices.Equal(after.Languages, []string{"bm", "fr"}) {
		t.Errorf("an import must change the name and keep number and languages: %+v", after)
	}

	for _, bad := range []store.Place{
		{Edition: "demo", Pcode: "X", Level: store.LevelCommune, ParentPcode: "nowhere", Name: "X"},
		{Edition: "demo", Pcode: "X", Level: store.LevelCommune, Name: "X"},
		{Edition: "demo", Pcode: "X", Level: "hamlet", ParentPcode: "ML", Name: "X"},
		{Edition: "demo", Pcode: "X", Level: store.LevelRegion, ParentPcode: "ML0101", Name: "X"},
		{Edition: "demo", Pcode: "X", Level: store.LevelRegion, ParentPcode: "ML", Name: "X", At: &store.Point{Lat: 100}},
		{Edition: "demo", Pcode: "X", Level: store.LevelRegion, ParentPcode: "ML", Name: "X", ShortName: "fifteen letters"},
		{Edition: "other", Pcode: "X", Level: store.LevelRegion, ParentPcode: "ML", Name: "X"},
	} {
		_, err := b.Places.Upsert(b.ctx, []store.Place{bad})
		b.wants(store.CodeInvalid, err)
	}
	_, err = b.Places.Get(b.ctx, 999999)
	b.wants(store.CodeNotFound, err)
	_, err = b.Places.ByCode(b.ctx, "2015", "ML010101")
	b.wants(store.CodeNotFound, err)
}

func testPlaceNumbers(t *testing.T, b *bench) {
	one, two := b.communes()
	found, err := b.Places.ByNumber(b.ctx, "417")
	b.must(err)
	equal(t, "commune 417", found.ID, one)
	b.wants(store.CodeConflict, b.Places.AssignNumber(b.ctx, one, "418"))
	b.must(b.Places.AssignNumber(b.ctx, one, "417"))
	b.wants(store.CodeConflict, b.Places.AssignNumber(b.ctx, two, "417"))
	for _, bad := range []string{"", "41", "4177", "4a7", "-41"} {
		b.wants(store.CodeInvalid, b.Places.AssignNumber(b.ctx, two, bad))
	}
	b.must(b.Places.AssignNumber(b.ctx, two, "007"))
	found, err = b.Places.ByNumber(b.ctx, "007")
	b.must(err)
	equal(t, "commune 007", found.ID, two)
	cercle, err := b.Places.ByCode(b.ctx, "demo", "ML0101")
	b.must(err)
	b.wants(store.CodeInvalid, b.Places.AssignNumber(b.ctx, cercle.ID, "555"))
	b.must(b.Places.SetLanguages(b.ctx, two, []string{"ses", "fr"}))
	b.wants(store.CodeNotFound, b.Places.SetLanguages(b.ctx, cercle.ID, []string{"fr"}))

	// A second edition has the same number: only one of the two can be in use.
	next := samplePlaces()
	for i := range next {
		next[i].Edition, next[i].InUse = "next", false
	}
	_, err = b.Places.Upsert(b.ctx, next)
	b.must(err)
	b.wants(store.CodeConflict, b.Places.SetInUse(b.ctx, "next", true, clerk))
	b.must(b.Places.SetInUse(b.ctx, "demo", false, clerk))
	_, err = b.Places.ByNumber(b.ctx, "417")
	b.wants(store.CodeNotFound, err)
	b.must(b.Places.SetInUse(b.ctx, "next", true, clerk))
	found, err = b.Places.ByNumber(b.ctx, "417")
	b.must(err)
	equal(t, "edition of 417", found.Edition, "next")
	b.wants(store.CodeNotFound, b.Places.SetInUse(b.ctx, "none", true, clerk))
}
