package learning

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/civic/question"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// bench is the service over a real database, with two communes.
type bench struct {
	*Service
	t        *testing.T
	ctx      context.Context
	db       *sqldb.DB
	file     string
	keys     *identity.Keyring
	asked    *question.Service
	now      time.Time
	manifest *flows.Manifest
	binding  civic.Binding
	home     store.PlaceID
	away     store.PlaceID
	by       store.Act
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), now: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC), by: store.Act{Actor: "clerk", Reason: "test"},
		file: filepath.Join(t.TempDir(), "baro.db")}
	db, err := sqldb.Open(b.ctx, "sqlite:"+b.file, sqldb.Options{Now: func() time.Time { return b.now }})
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
	keys, _, err := identity.NewKeyring([]byte("a master key for tests, 32 bytes at least"), nil, rand.Reader)
	b.must(err)
	b.manifest, err = library.Manifest()
	b.must(err)
	b.db, b.keys = db, keys
	b.asked = question.New(question.Stores{Reader: db.Cases(), Writer: db.Cases()}, keys, nil)
	b.Service = New(Stores{Practices: db.Practices(), Votes: db.PracticeVotes(), Places: db.Places()}, b.asked, keys)
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

func story(commune store.PlaceID, title string) store.Practice {
	cost := int64(150_000)
	return store.Practice{Commune: commune, Year: 2025, Cost: &cost, Title: store.Texts{"fr": title}, Problem: store.Texts{"fr": "Probleme"},
		Measure: store.Texts{"fr": "Mesure", "bm": "Baara"}, Result: store.Texts{"fr": "Resultat"}}
}

// tell drafts a practice and publishes it.
func (b *bench) tell(commune store.PlaceID, title string) store.Practice {
	b.t.Helper()
	p, err := b.Draft(b.ctx, story(commune, title))
	b.must(err)
	b.must(b.Publish(b.ctx, commune, p.ID, store.PracticeDraft, b.by))
	b.now = b.now.Add(time.Minute)
	return p
}

// caller is the i-th resident.
func (b *bench) caller(i int) civic.Caller {
	b.t.Helper()
	m, err := identity.Parse(fmt.Sprintf("70%06d", i))
	b.must(err)
	return civic.Caller{Number: m, Pseudonym: b.keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: b.now}
}

// read asks a source as somebody in the home commune does, and compares the rows with the manifest.
func (b *bench) read(c civic.Caller, name string, more ...flows.Field) []flows.Row {
	b.t.Helper()
	args := append(flows.Args{whole("$commune", int64(b.home))}, more...)
	rows, err := b.binding.Sources[name](b.ctx, c, flows.Need{Name: name, Args: args, Lang: "fr"})
	b.must(err)
	b.must(b.manifest.CheckRows(name, rows))
	return rows
}

// act carries out an action as the driver does and compares the outcome with the manifest.
func (b *bench) act(c civic.Caller, name string, args ...flows.Field) flows.Outcome {
	b.t.Helper()
	var out flows.Outcome
	b.must(b.db.Write(b.ctx, func(ctx context.Context) (err error) {
		out, err = b.binding.Actions[name](ctx, c, flows.Need{Name: name, Action: true, Args: args, Lang: "fr"})
		return err
	}))
	b.must(b.manifest.CheckOutcome(name, out))
	return out
}

func word(name, text string) flows.Field { return flows.Field{Name: name, Value: flows.TextOf(text)} }

func whole(name string, n int64) flows.Field { return integer(name, n) }
