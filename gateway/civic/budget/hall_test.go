package budget

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/civic/voice"
	"baro/gateway/civictest"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// hall is the town hall of the fictional commune, in a real database.
type hall struct {
	*Service
	db       *sqldb.DB
	manifest *flows.Manifest
	commune  store.PlaceID
	other    store.PlaceID
	keys     *identity.Keyring
	post     civictest.Post
}

func newHall(t testing.TB) *hall {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "budget.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	people := int64(9_400)
	places := []store.Place{
		{Pcode: "M", Level: store.LevelCountry, Name: "Mali"},
		{Pcode: "J", ParentPcode: "M", Level: store.LevelCommune, Name: "Jèkabara", Population: &people},
		{Pcode: "O", ParentPcode: "M", Level: store.LevelCommune, Name: "Another"},
	}
	for i := range places {
		places[i].Edition, places[i].InUse = "demo", true
	}
	if _, err := db.Places().Upsert(ctx, places); err != nil {
		t.Fatal(err)
	}
	h := &hall{db: db}
	h.commune, h.other = h.place(t, "J"), h.place(t, "O")
	if h.manifest, err = library.Manifest(); err != nil {
		t.Fatal(err)
	}
	if h.keys, _, err = identity.NewKeyring([]byte("a master key for tests, 32 bytes at least"), nil, rand.Reader); err != nil {
		t.Fatal(err)
	}
	h.Service = New(Stores{Documents: db.Budgets(), Votes: db.Budgets(), Calendar: db.Calendar(), Works: db.Works(), Numbers: db.DialNumbers(),
		Taxes: db.TaxFacts(), Places: db.Places()}, Means{Voices: voice.New(db.Voices(), h.keys), Letters: &h.post, Dials: civictest.Dials{}},
		UsualRules(), UsualDeadlines())
	return h
}

func (h *hall) place(t testing.TB, pcode string) store.PlaceID {
	t.Helper()
	p, err := h.db.Places().ByCode(context.Background(), "demo", pcode)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// draft imports a document and the works it names, as an import does.
func (h *hall) draft(t testing.TB, year int, stage store.BudgetStage, lines []store.BudgetLine) int64 {
	t.Helper()
	ctx := context.Background()
	d, err := h.db.Budgets().Create(ctx, store.BudgetDocument{Commune: h.commune, Year: year, Stage: stage})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.Budgets().AddLines(ctx, h.commune, d.ID, lines); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Section != store.Investissement || l.Operation == "" {
			continue
		}
		_, err := h.db.Works().Upsert(ctx, store.Work{Commune: h.commune, Year: year, Operation: l.Operation, Village: l.Village,
			Planned: l.Planned, Realised: l.Realised})
		if err != nil {
			t.Fatal(err)
		}
	}
	return d.ID
}

func (h *hall) publish(t testing.TB, document int64) int64 {
	t.Helper()
	if err := h.db.Budgets().Publish(context.Background(), h.commune, document, store.Act{Actor: "clerk"}); err != nil {
		t.Fatal(err)
	}
	return document
}

// both publishes the two sample documents.
func (h *hall) both(t testing.TB) (plan, accounts int64) {
	t.Helper()
	plan = h.publish(t, h.draft(t, 2026, store.BudgetPrimitif, plan2026(t)))
	return plan, h.publish(t, h.draft(t, 2025, store.CompteAdministratif, accounts2025(t)))
}

// today is the day on which everything is read.
var today = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

// act carries out an action as the i-th resident, in a transaction, and holds the outcome against the manifest.
func (h *hall) act(t testing.TB, i int, name string, commune store.PlaceID, args ...flows.Field) flows.Outcome {
	t.Helper()
	m, err := identity.Parse(fmt.Sprintf("70%06d", i))
	if err != nil {
		t.Fatal(err)
	}
	caller := civic.Caller{Number: m, Pseudonym: h.keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: today}
	need := flows.Need{Name: name, Action: true, Args: append(flows.Args{number("$commune", int64(commune))}, args...), Lang: "fr"}
	var out flows.Outcome
	err = h.db.Write(context.Background(), func(ctx context.Context) (err error) {
		out, err = h.Binding().Actions[name](ctx, caller, need)
		return err
	})
	if err == nil {
		err = h.manifest.CheckOutcome(name, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func number(name string, n int64) flows.Field { return field(name, flows.IntOf(n)) }

// rows reads a source for a commune and holds the answer against the manifest.
func (h *hall) rows(t testing.TB, source string, commune store.PlaceID, args ...flows.Field) []flows.Row {
	t.Helper()
	need := flows.Need{Name: source, Args: append(flows.Args{number("$commune", int64(commune))}, args...), Lang: "fr"}
	rows, err := h.Binding().Sources[source](context.Background(), civic.Caller{Now: today}, need)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	if err := h.manifest.CheckRows(source, rows); err != nil {
		t.Error(err)
	}
	return rows
}

// told writes rows shortly: key, then the fields in order.
func told(rows []flows.Row) string {
	var out []string
	for _, r := range rows {
		var cells []string
		if r.Key.Kind == flows.Text {
			cells = append(cells, r.Key.Text+":")
		}
		for _, f := range r.Fields {
			cells = append(cells, cell(f.Value))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return strings.Join(out, "; ")
}

func cell(v flows.Value) string {
	switch v.Kind {
	case flows.Text, flows.Label:
		return strings.TrimPrefix(strings.TrimPrefix(v.Text, "budget.sector."), "budget.")
	case flows.List, flows.Parts:
		var parts []string
		for _, p := range v.Parts {
			words := []string{}
			if v.Kind == flows.Parts || len(p.Fields) == 0 {
				words = append(words, strings.TrimPrefix(p.Message, "budget."))
			}
			for _, f := range p.Fields {
				words = append(words, cell(f.Value))
			}
			parts = append(parts, strings.Join(words, " "))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case flows.Date:
		return time.Unix(v.Num*86_400, 0).UTC().Format(time.DateOnly)
	}
	return fmt.Sprint(v.Num)
}
