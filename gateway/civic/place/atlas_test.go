package place_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"baro/gateway/civic/place"
	"baro/locales"
	"baro/store"
	"baro/store/sqldb"
)

// atlas is a small invented map in a real database.
type atlas struct {
	*place.Service
	db *sqldb.DB
}

// openCommunes says which communes ask something.
type openCommunes map[store.PlaceID]bool

func (o openCommunes) AnyOpen(_ context.Context, commune store.PlaceID, _ time.Time) (bool, error) {
	return o[commune], nil
}

func newAtlas(t *testing.T, live ...string) atlas {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "places.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Places().Upsert(ctx, records()); err != nil {
		t.Fatal(err)
	}
	a := atlas{db: db}
	a.Service = place.New(db.Places(), openCommunes{a.id(t, "C01"): true}, func() []locales.Language {
		var list []locales.Language
		for _, tag := range live {
			l, ok := locales.FindLanguage(tag)
			if !ok {
				t.Fatalf("no language %s", tag)
			}
			list = append(list, l)
		}
		return list
	})
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a atlas) id(t *testing.T, pcode string) store.PlaceID {
	t.Helper()
	p, err := a.db.Places().ByCode(context.Background(), "demo", pcode)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func records() []store.Place {
	at := func(lat, lon float64) *store.Point { return &store.Point{Lat: lat, Lon: lon} }
	list := []store.Place{
		{Pcode: "M", Level: store.LevelCountry, Name: "Mali"},
		{Pcode: "R", Level: store.LevelRegion, ParentPcode: "M", Name: "Faraba"},
		{Pcode: "K1", Level: store.LevelCercle, ParentPcode: "R", Name: "Sanankoro"},
		{Pcode: "K2", Level: store.LevelCercle, ParentPcode: "R", Name: "Bananba"},
		{Pcode: "C01", Level: store.LevelCommune, ParentPcode: "K1", Name: "Jèkabara", Number: "417", At: at(13, -6),
			Aliases: []string{"Diékabara"}, Languages: []string{"ffm", "bm", "fr"}},
		{Pcode: "C02", Level: store.LevelCommune, ParentPcode: "K1", Name: "Madina", Number: "418", At: at(13.2, -6)},
		{Pcode: "C03", Level: store.LevelCommune, ParentPcode: "K2", Name: "Madina", Number: "011", At: at(15, -6)},
		{Pcode: "C04", Level: store.LevelCommune, ParentPcode: "K2", Name: "Ségou Commune", At: at(13.4, -6.2),
			Languages: []string{"ses", "taq"}},
		{Pcode: "C05", Level: store.LevelCommune, ParentPcode: "K2", Name: "Commune II"},
		{Pcode: "C06", Level: store.LevelCommune, ParentPcode: "K2", Name: "N'Gouraba"},
		{Pcode: "C07", Level: store.LevelCommune, ParentPcode: "K2", Name: "La Fourche"},
		{Pcode: "C08", Level: store.LevelCommune, ParentPcode: "K2", Name: "Segala"},
		{Pcode: "V1", Level: store.LevelSettlement, ParentPcode: "C01", Name: "Nyètaba", At: at(13.05, -6)},
		{Pcode: "V2", Level: store.LevelSettlement, ParentPcode: "C02", Name: "Nyetaba", At: at(13.01, -6)},
		{Pcode: "V3", Level: store.LevelSettlement, ParentPcode: "C03", Name: "Nyètaba", At: at(15, -6)},
		{Pcode: "V4", Level: store.LevelSettlement, ParentPcode: "C01", Name: "Nyètaba Kura"},
		{Pcode: "V5", Level: store.LevelSettlement, ParentPcode: "C04", Name: "Sanjiba", At: at(13.4, -6.3)},
		{Pcode: "V6", Level: store.LevelSettlement, ParentPcode: "C02", Name: "MADINA", At: at(13.2, -6)},
	}
	for i := range list {
		list[i].Edition, list[i].InUse = "demo", true
	}
	hidden := store.Place{Edition: "old", Pcode: "M", Level: store.LevelCountry, Name: "Mali"}
	return append(list, hidden,
		store.Place{Edition: "old", Pcode: "X", ParentPcode: "M", Level: store.LevelCommune, Name: "Zantiébougou"})
}
