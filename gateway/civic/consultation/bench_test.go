package consultation

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
	keys     *identity.Keyring
	now      time.Time
	manifest *flows.Manifest
	binding  civic.Binding
	home     store.PlaceID
	other    store.PlaceID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)}
	db, err := sqldb.Open(b.ctx, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), sqldb.Options{Now: func() time.Time { return b.now }})
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
	b.Service = New(Stores{Reader: db.Consultations(), Writer: db.Consultations(), Ballots: db.Ballots(), Numbers: db.DialNumbers()}, keys, Options{})
	b.binding = b.Binding()
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// water is a consultation of a choice, a number and a choice in random order.
func (b *bench) water() store.Consultation {
	low, high := int64(0), int64(500)
	return store.Consultation{
		Commune: b.home, Title: store.Texts{"fr": "Eau: choisir un travail", "bm": "Ji"},
		OpensAt: b.now.Add(-time.Hour), ClosesAt: time.Date(2026, 12, 12, 0, 0, 0, 0, time.UTC), ReadingOn: "2026-12-15",
		Questions: []store.Question{
			{Kind: store.QuestionOne, Text: store.Texts{"fr": "Quel travail d'abord?"}, Choices: choices("Forage", "Pompe", "Puits")},
			{Kind: store.QuestionNumber, Text: store.Texts{"fr": "Combien par mois?"}, Min: &low, Max: &high},
			{Kind: store.QuestionOne, Text: store.Texts{"fr": "Dans quel village?"}, Randomise: true,
				Choices: choices("Badaniba", "Nyetaba", "Tiguila", "Sanankoro")},
		},
	}
}

func choices(labels ...string) (all []store.Choice) {
	for _, l := range labels {
		all = append(all, store.Choice{Label: store.Texts{"fr": l}})
	}
	return all
}

// opened drafts and opens a consultation.
func (b *bench) opened(c store.Consultation) store.Consultation {
	b.t.Helper()
	made, err := b.Draft(b.ctx, c)
	b.must(err)
	b.must(b.Open(b.ctx, made.Commune, made.ID, store.Act{Actor: "maire"}))
	return made
}

// concluded closes and publishes a consultation.
func (b *bench) concluded(c store.Consultation) {
	b.t.Helper()
	b.now = c.ClosesAt.Add(time.Minute)
	if n, err := b.CloseDue(b.ctx, b.now); err != nil || n != 1 {
		b.t.Fatalf("closing: %d, %v", n, err)
	}
	b.now = date(c.ReadingOn).Add(20 * time.Hour)
	b.must(b.Publish(b.ctx, c.Commune, c.ID, b.now, store.Act{Actor: "maire"}))
}

// caller is the i-th resident.
func (b *bench) caller(i int) civic.Caller {
	b.t.Helper()
	m, err := identity.Parse(fmt.Sprintf("70%06d", i))
	b.must(err)
	return civic.Caller{Number: m, Pseudonym: b.keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: b.now}
}

// args names the values of one consultation's need.
func (b *bench) args(c store.Consultation, more ...flows.Field) flows.Args {
	return append(flows.Args{
		{Name: "$commune", Value: flows.IntOf(int64(b.home))}, {Name: "consultation", Value: flows.IntOf(c.ID)},
	}, more...)
}

// read asks a source and compares the rows with the manifest.
func (b *bench) read(c civic.Caller, name string, args flows.Args) []flows.Row {
	b.t.Helper()
	rows, err := b.binding.Sources[name](b.ctx, c, flows.Need{Name: name, Args: args, Lang: "fr"})
	b.must(err)
	b.must(b.manifest.CheckRows(name, rows))
	return rows
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

func integerArg(name string, n int64) flows.Field {
	return flows.Field{Name: name, Value: flows.IntOf(n)}
}
