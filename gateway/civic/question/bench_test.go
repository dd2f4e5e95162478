package question

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
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// bench is the service over a real database, with a clock the test sets.
type bench struct {
	*Service
	t        *testing.T
	ctx      context.Context
	db       *sqldb.DB
	file     string
	keys     *identity.Keyring
	now      time.Time
	manifest *flows.Manifest
	binding  civic.Binding
	home     store.PlaceID
	other    store.PlaceID
}

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
		{Edition: "test", Pcode: "ML1", Level: store.LevelCommune, ParentPcode: "ML", Name: "Jèkabara", InUse: true},
		{Edition: "test", Pcode: "ML2", Level: store.LevelCommune, ParentPcode: "ML", Name: "Autre", InUse: true},
	})
	b.must(err)
	for code, id := range map[string]*store.PlaceID{"ML1": &b.home, "ML2": &b.other} {
		p, err := db.Places().ByCode(b.ctx, "test", code)
		b.must(err)
		*id = p.ID
	}
	keys, _, err := identity.NewKeyring([]byte("a master key for tests, 32 bytes at least"), nil, rand.Reader)
	b.must(err)
	b.manifest, err = library.Manifest()
	b.must(err)
	b.db, b.keys = db, keys
	b.Service = New(Stores{Reader: db.Cases(), Writer: db.Cases()}, keys, nil)
	b.binding = b.Binding()
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// caller is the i-th resident.
func (b *bench) caller(i int) civic.Caller {
	b.t.Helper()
	m, err := identity.Parse(fmt.Sprintf("70%06d", i))
	b.must(err)
	return civic.Caller{Number: m, Pseudonym: b.keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: b.now}
}

func args(commune store.PlaceID, more ...flows.Field) flows.Args {
	return append(flows.Args{{Name: "$commune", Value: flows.IntOf(int64(commune))}}, more...)
}

func word(name, text string) flows.Field { return flows.Field{Name: name, Value: flows.TextOf(text)} }

func integer(name string, n int64) flows.Field {
	return flows.Field{Name: name, Value: flows.IntOf(n)}
}

// act carries out an action as the driver does and compares the outcome with the manifest.
func (b *bench) act(c civic.Caller, name string, args flows.Args) flows.Outcome {
	b.t.Helper()
	var out flows.Outcome
	b.must(b.db.Write(b.ctx, func(ctx context.Context) (err error) {
		out, err = b.binding.Actions[name](ctx, c, flows.Need{Name: name, Action: true, Args: args, Lang: "fr"})
		return err
	}))
	b.must(b.manifest.CheckOutcome(name, out))
	return out
}

// report puts a question and returns its follow-up number.
func (b *bench) report(c civic.Caller, kind, words string) int64 {
	b.t.Helper()
	out := b.act(c, "question.report", args(b.home, word("kind", kind), word("words", words)))
	if out.Edge != "ok" {
		b.t.Fatalf("report is %q", out.Edge)
	}
	return out.Fields.Get("Number").Num
}

// state reads how far a case is and compares the rows with the manifest; nil when there is none.
func (b *bench) state(c civic.Caller, commune store.PlaceID, number int64, lang string) flows.Record {
	b.t.Helper()
	need := flows.Need{Name: "question.state", Args: args(commune, integer("case", number)), Lang: lang}
	rows, err := b.binding.Sources[need.Name](b.ctx, c, need)
	b.must(err)
	b.must(b.manifest.CheckRows(need.Name, rows))
	if len(rows) == 0 {
		return nil
	}
	return rows[0].Fields
}

// stored gives the caller's cases as the store has them.
func (b *bench) stored(c civic.Caller) []store.Case {
	b.t.Helper()
	cases, err := b.db.Cases().Own(b.ctx, b.home, store.Pseudonym(c.Pseudonym))
	b.must(err)
	return cases
}
