// Package civictest is the bench on which the services of gateway/civic are tried: a migrated SQLite database in a folder
// of the test, a clock the test sets, real keys, and the manifest that every answer of a service must fit.
package civictest

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// Edition is the edition of the places of a bench.
const Edition = "test"

// Bench holds what a service is built from. The test sets Bound once it has built one.
type Bench struct {
	T        *testing.T
	Ctx      context.Context
	DB       *sqldb.DB
	File     string // of the database
	Keys     *identity.Keyring
	Now      time.Time // what the clock of the database says
	Manifest *flows.Manifest
	Bound    civic.Binding
}

// New returns a bench with an empty country; it is taken down with the test.
func New(t *testing.T, now time.Time) *Bench {
	t.Helper()
	b := &Bench{T: t, Ctx: t.Context(), Now: now, File: filepath.Join(t.TempDir(), "baro.db")}
	var err error
	b.DB, err = sqldb.Open(b.Ctx, "sqlite:"+b.File, sqldb.Options{Now: func() time.Time { return b.Now }})
	b.Must(err)
	t.Cleanup(func() { b.Must(b.DB.Close()) })
	_, err = b.DB.Migrate(b.Ctx)
	b.Must(err)
	b.place(store.Place{Pcode: "ML", Level: store.LevelCountry, Name: "Pays"})
	b.Keys, _, err = identity.NewKeyring([]byte("a master key for tests, 32 bytes at least"), nil, rand.Reader)
	b.Must(err)
	b.Manifest, err = library.Manifest()
	b.Must(err)
	return b
}

// Must ends the test at an error.
func (b *Bench) Must(err error) {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
}

// Wants ends the test unless the error has the code.
func (b *Bench) Wants(code store.Code, err error) {
	b.T.Helper()
	if store.CodeOf(err) != code {
		b.T.Fatalf("got %v, want code %q", err, code)
	}
}

// Commune adds a commune of the country; at may be nil.
func (b *Bench) Commune(pcode, name string, at *store.Point) store.PlaceID {
	b.T.Helper()
	return b.place(store.Place{Pcode: pcode, Level: store.LevelCommune, ParentPcode: "ML", Name: name, At: at})
}

// Settlement adds a village of a commune; at may be nil.
func (b *Bench) Settlement(commune, pcode, name string, at *store.Point) store.PlaceID {
	b.T.Helper()
	return b.place(store.Place{Pcode: pcode, Level: store.LevelSettlement, ParentPcode: commune, Name: name, At: at})
}

func (b *Bench) place(p store.Place) store.PlaceID {
	b.T.Helper()
	p.Edition, p.InUse = Edition, true
	_, err := b.DB.Places().Upsert(b.Ctx, []store.Place{p})
	b.Must(err)
	added, err := b.DB.Places().ByCode(b.Ctx, Edition, p.Pcode)
	b.Must(err)
	return added.ID
}

// Caller is the i-th resident, up to 999 999.
func (b *Bench) Caller(i int) civic.Caller {
	b.T.Helper()
	m, err := identity.Parse(fmt.Sprintf("70%06d", i))
	b.Must(err)
	return civic.Caller{Number: m, Pseudonym: b.Keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: b.Now}
}

// Rows reads a source and holds the rows against the manifest.
func (b *Bench) Rows(c civic.Caller, need flows.Need) []flows.Row {
	b.T.Helper()
	rows, err := b.Bound.Sources[need.Name](b.Ctx, c, need)
	b.Must(err)
	b.Must(b.Manifest.CheckRows(need.Name, rows))
	return rows
}

// Outcome carries out an action in a transaction, as the driver does, and holds the outcome against the manifest.
func (b *Bench) Outcome(c civic.Caller, need flows.Need) flows.Outcome {
	b.T.Helper()
	need.Action = true
	var out flows.Outcome
	b.Must(b.DB.Write(b.Ctx, func(ctx context.Context) (err error) {
		out, err = b.Bound.Actions[need.Name](ctx, c, need)
		return err
	}))
	b.Must(b.Manifest.CheckOutcome(need.Name, out))
	return out
}

// BoundAsDeclared fails the test unless every source and action the manifest declares for a subject is bound, and
// nothing else is.
func (b *Bench) BoundAsDeclared(subject string) {
	b.T.Helper()
	declared := func(names []string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, subject+".") })
	}
	if got, want := slices.Sorted(maps.Keys(b.Bound.Sources)), declared(b.Manifest.SourceNames()); !slices.Equal(got, want) {
		b.T.Errorf("sources %v, declared %v", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(b.Bound.Actions)), declared(b.Manifest.ActionNames()); !slices.Equal(got, want) {
		b.T.Errorf("actions %v, declared %v", got, want)
	}
}

// Word is an argument of text.
func Word(name, text string) flows.Field { return flows.Field{Name: name, Value: flows.TextOf(text)} }

// Whole is an argument of a whole number.
func Whole(name string, n int64) flows.Field {
	return flows.Field{Name: name, Value: flows.IntOf(n)}
}

// In names the values of a need within a commune.
func In(commune store.PlaceID, more ...flows.Field) flows.Args {
	return append(flows.Args{Whole("$commune", int64(commune))}, more...)
}
