package service

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// bench is the directory over a real database. The commune lies at 14° N 6° W; its neighbour 40 km north of it, a third
// commune 150 km north.
type bench struct {
	*Service
	t        *testing.T
	ctx      context.Context
	db       *sqldb.DB
	file     string
	now      time.Time
	manifest *flows.Manifest
	binding  civic.Binding
	home     store.PlaceID
	north    store.PlaceID
	remote   store.PlaceID
	village  store.PlaceID // of home, 10 km north
	lost     store.PlaceID // a village of north without coordinates
}

// north of the commune's centre by so many kilometres.
func north(km float64) *store.Point { return &store.Point{Lat: 14 + km/111.195, Lon: -6} }

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), now: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), file: filepath.Join(t.TempDir(), "baro.db")}
	db, err := sqldb.Open(b.ctx, "sqlite:"+b.file, sqldb.Options{Now: func() time.Time { return b.now }})
	b.must(err)
	t.Cleanup(func() { b.must(db.Close()) })
	_, err = db.Migrate(b.ctx)
	b.must(err)
	_, err = db.Places().Upsert(b.ctx, []store.Place{
		{Edition: "test", Pcode: "ML", Level: store.LevelCountry, Name: "Pays", InUse: true},
		{Edition: "test", Pcode: "ML1", Level: store.LevelCommune, ParentPcode: "ML", Name: "Jèkabara", At: north(0), InUse: true},
		{Edition: "test", Pcode: "ML2", Level: store.LevelCommune, ParentPcode: "ML", Name: "Nord", At: north(40), InUse: true},
		{Edition: "test", Pcode: "ML3", Level: store.LevelCommune, ParentPcode: "ML", Name: "Loin", At: north(150), InUse: true},
		{Edition: "test", Pcode: "ML11", Level: store.LevelSettlement, ParentPcode: "ML1", Name: "Nyetaba", At: north(10), InUse: true},
		{Edition: "test", Pcode: "ML21", Level: store.LevelSettlement, ParentPcode: "ML2", Name: "Badaniba", InUse: true},
	})
	b.must(err)
	for code, id := range map[string]*store.PlaceID{"ML1": &b.home, "ML2": &b.north, "ML3": &b.remote, "ML11": &b.village, "ML21": &b.lost} {
		p, err := db.Places().ByCode(b.ctx, "test", code)
		b.must(err)
		*id = p.ID
	}
	b.manifest, err = library.Manifest()
	b.must(err)
	b.db = db
	b.Service = New(db.Services(), db.Places(), db.Counters(), nil)
	b.binding = b.Binding()
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// entry is an active service, checked ten days ago.
func (b *bench) entry(need, name string, at *store.Point) store.Service {
	return store.Service{Need: need, Kind: need, Name: name, At: at, Status: store.ServiceActive,
		VerifiedAt: b.now.AddDate(0, 0, -10), Source: "test", ExternalID: name}
}

// add stores services of a commune and returns them as stored.
func (b *bench) add(commune store.PlaceID, entries ...store.Service) (stored []store.Service) {
	b.t.Helper()
	_, err := b.db.Services().Upsert(b.ctx, commune, entries)
	b.must(err)
	all, err := b.db.Services().List(b.ctx, commune, "")
	b.must(err)
	for _, e := range entries {
		for _, v := range all {
			if v.ExternalID == e.ExternalID {
				stored = append(stored, v)
			}
		}
	}
	return stored
}

func (b *bench) caller() civic.Caller {
	b.t.Helper()
	m, err := identity.Parse("70123456")
	b.must(err)
	return civic.Caller{Number: m, Pseudonym: identity.Pseudonym{7, 7, 7}, Channel: "ussd", Source: "dial", Now: b.now}
}

func (b *bench) args(more ...flows.Field) flows.Args {
	return append(flows.Args{{Name: "$commune", Value: flows.IntOf(int64(b.home))}}, more...)
}

// read asks a source and compares the rows with the manifest.
func (b *bench) read(name string, args flows.Args) []flows.Row {
	b.t.Helper()
	rows, err := b.binding.Sources[name](b.ctx, b.caller(), flows.Need{Name: name, Args: args, Lang: "fr"})
	b.must(err)
	b.must(b.manifest.CheckRows(name, rows))
	return rows
}

// act carries out an action and compares the outcome with the manifest.
func (b *bench) act(name string, args flows.Args) {
	b.t.Helper()
	out, err := b.binding.Actions[name](b.ctx, b.caller(), flows.Need{Name: name, Action: true, Effect: flows.Counts, Args: args, Lang: "fr"})
	b.must(err)
	b.must(b.manifest.CheckOutcome(name, out))
}

func word(name, text string) flows.Field { return flows.Field{Name: name, Value: flows.TextOf(text)} }

func integer(name string, n int64) flows.Field {
	return flows.Field{Name: name, Value: flows.IntOf(n)}
}
