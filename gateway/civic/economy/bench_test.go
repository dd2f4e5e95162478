package economy

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/store"
	"baro/store/sqldb"
)

// bench is the service over a real database, with two communes. Its zone lies an hour east of UTC, so that a day that
// begins in the wrong one shows.
type bench struct {
	*Service
	t        *testing.T
	ctx      context.Context
	db       *sqldb.DB
	now      time.Time
	zone     *time.Location
	manifest *flows.Manifest
	binding  civic.Binding
	home     store.PlaceID
	away     store.PlaceID
	act      store.Act
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), now: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC), zone: time.FixedZone("here", 3600),
		act: store.Act{Actor: "clerk", Reason: "test"}}
	db, err := sqldb.Open(b.ctx, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), sqldb.Options{Now: func() time.Time { return b.now }})
	b.must(err)
	t.Cleanup(func() { b.must(db.Close()) })
	_, err = db.Migrate(b.ctx)
	b.must(err)
	_, err = db.Places().Upsert(b.ctx, []store.Place{
		{Edition: "test", Pcode: "ML", Level: store.LevelCountry, Name: "Pays", InUse: true},
		{Edition: "test", Pcode: "ML1", Level: store.LevelCommune, ParentPcode: "ML", Name: "Jèkabara", InUse: true},
		{Edition: "test", Pcode: "ML2", Level: store.LevelCommune, ParentPcode: "ML", Name: "Sanjiba", InUse: true},
	})
	b.must(err)
	for code, id := range map[string]*store.PlaceID{"ML1": &b.home, "ML2": &b.away} {
		p, err := db.Places().ByCode(b.ctx, "test", code)
		b.must(err)
		*id = p.ID
	}
	b.manifest, err = library.Manifest()
	b.must(err)
	b.db = db
	b.Service = New(Stores{Opportunities: db.Opportunities(), Markets: db.MarketDays(), Answers: db.Cases(), Numbers: db.DialNumbers()}, b.zone)
	b.binding = b.Binding()
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) wants(code store.Code, err error) {
	b.t.Helper()
	if store.CodeOf(err) != code {
		b.t.Fatalf("got %v, want code %q", err, code)
	}
}

// job is what may be published until a time.
func (b *bench) job(title string, until time.Time) store.Opportunity {
	return store.Opportunity{Commune: b.home, Kind: store.OpportunityJob, Title: store.Texts{"fr": title, "bm": "Baara"},
		Summary: store.Texts{"fr": "Nuit, douze mois"}, Organisation: "ASACO", PlaceName: "Nyetaba", Deadline: until}
}

// publish drafts an opportunity and publishes it.
func (b *bench) publish(o store.Opportunity) store.Opportunity {
	b.t.Helper()
	made, err := b.Draft(b.ctx, o)
	b.must(err)
	b.must(b.Publish(b.ctx, made.Commune, made.ID, b.now, b.act))
	return made
}

func (b *bench) need(name, lang string, more ...flows.Field) flows.Need {
	args := append(flows.Args{{Name: "$commune", Value: flows.IntOf(int64(b.home))}}, more...)
	return flows.Need{Name: name, Args: args, Lang: lang}
}

// read asks a source and compares the rows with the manifest.
func (b *bench) read(name, lang string, more ...flows.Field) []flows.Row {
	b.t.Helper()
	rows, err := b.binding.Sources[name](b.ctx, civic.Caller{Now: b.now}, b.need(name, lang, more...))
	b.must(err)
	b.must(b.manifest.CheckRows(name, rows))
	return rows
}

// dial looks a number up and compares the outcome with the manifest.
func (b *bench) dial(number int) flows.Outcome {
	b.t.Helper()
	out, err := b.binding.Actions["economy.dialled"](b.ctx, civic.Caller{Now: b.now}, b.need("economy.dialled", "fr", whole("number", int64(number))))
	b.must(err)
	b.must(b.manifest.CheckOutcome("economy.dialled", out))
	return out
}

func word(name, text string) flows.Field { return flows.Field{Name: name, Value: flows.TextOf(text)} }

func whole(name string, n int64) flows.Field { return flows.Field{Name: name, Value: flows.IntOf(n)} }
