package question

import (
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civictest"
	"baro/store"
)

// bench is the service over a real database, with two communes.
type bench struct {
	*civictest.Bench
	*Service
	home  store.PlaceID
	other store.PlaceID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC))}
	b.home, b.other = b.Commune("ML1", "Jèkabara", nil), b.Commune("ML2", "Autre", nil)
	b.Service = New(Stores{Reader: b.DB.Cases(), Writer: b.DB.Cases(), Tx: b.DB}, b.Keys, Options{})
	b.Bound = b.Binding()
	return b
}

// act carries out an action in French.
func (b *bench) act(c civic.Caller, name string, args flows.Args) flows.Outcome {
	b.T.Helper()
	return b.Outcome(c, flows.Need{Name: name, Args: args, Lang: "fr"})
}

// report puts a question and returns its follow-up number.
func (b *bench) report(c civic.Caller, kind, words string) int64 {
	b.T.Helper()
	out := b.act(c, "question.report", civictest.In(b.home, civictest.Word("kind", kind), civictest.Word("words", words)))
	if out.Edge != "ok" {
		b.T.Fatalf("report is %q", out.Edge)
	}
	return out.Fields.Get("Number").Num
}

// state reads how far a case is and compares the rows with the manifest; nil when there is none.
func (b *bench) state(c civic.Caller, commune store.PlaceID, number int64, lang string) flows.Record {
	b.T.Helper()
	need := flows.Need{Name: "question.state", Args: civictest.In(commune, civictest.Whole("case", number)), Lang: lang}
	rows := b.Rows(c, need)
	if len(rows) == 0 {
		return nil
	}
	return rows[0].Fields
}

// stored gives the caller's cases as the store has them.
func (b *bench) stored(c civic.Caller) []store.Case {
	b.T.Helper()
	cases, err := b.DB.Cases().Own(b.Ctx, b.home, store.Pseudonym(c.Pseudonym))
	b.Must(err)
	return cases
}
