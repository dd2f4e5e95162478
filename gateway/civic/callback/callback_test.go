package callback

import (
	"bytes"
	"os"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

// bench is the service over a real database. What the channel says is the test's.
type bench struct {
	*civictest.Bench
	*Service
	terms Terms
	home  store.PlaceID
	other store.PlaceID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)), terms: Terms{Offered: true}}
	b.home, b.other = b.Commune("ML1", "Jèkabara", nil), b.Commune("ML2", "Autre", nil)
	b.Service = New(b.DB.Callbacks(), b.Keys, func(string) Terms { return b.terms })
	b.Bound = b.Binding()
	return b
}

func (b *bench) ask(i int, subject string) string {
	b.T.Helper()
	args := civictest.In(b.home)
	if subject != "" {
		args = append(args, civictest.Word("$subject", subject))
	}
	return b.Outcome(b.Caller(i), flows.Need{Name: "callback.ask", Args: args}).Edge
}

func TestBindingIsTheManifests(t *testing.T) { newBench(t).BoundAsDeclared("callback") }

func TestANumberHasOneOpenWish(t *testing.T) {
	b := newBench(t)
	for _, step := range []struct {
		caller int
		want   string
	}{{1, "ok"}, {1, "already"}, {2, "ok"}} {
		if got := b.ask(step.caller, "budget"); got != step.want {
			t.Errorf("caller %d: %s, want %s", step.caller, got, step.want)
		}
	}
	waiting, err := b.Waiting(b.Ctx, b.home)
	if err != nil || len(waiting) != 2 || waiting[0].Subject != "budget" {
		t.Fatalf("waiting: %+v, %v", waiting, err)
	}
	number, err := b.Number(b.Ctx, b.home, waiting[0].ID)
	if err != nil || number != b.Caller(1).Number {
		t.Errorf("number to call: %v", err)
	}
	_, err = b.Number(b.Ctx, b.other, waiting[0].ID)
	b.Wants(store.CodeNotFound, err)
	act := store.Act{Actor: "account:7"}
	b.Wants(store.CodeNotFound, b.Called(b.Ctx, b.other, waiting[0].ID, act))
	b.Must(b.Called(b.Ctx, b.home, waiting[0].ID, act))
	b.Wants(store.CodeConflict, b.GivenUp(b.Ctx, b.home, waiting[0].ID, act))
	_, err = b.Number(b.Ctx, b.home, waiting[0].ID)
	b.Wants(store.CodeConflict, err)
	if got := b.ask(1, ""); got != "ok" {
		t.Errorf("who was called asks again: %s", got)
	}
	rows, err := b.DB.Audit().List(b.Ctx, b.home, 0, 10)
	if err != nil || len(rows) != 1 || rows[0].Actor != "account:7" || rows[0].After != "called" {
		t.Errorf("audit: %+v, %v", rows, err)
	}
}

// A sensitive flow is no subject, whoever names it; nor is anything else that is not known to be harmless.
func TestOnlyHarmlessSubjectsAreKept(t *testing.T) {
	b := newBench(t)
	for i, subject := range []string{"services", "abuse", "70000001", ""} {
		b.ask(i, subject)
	}
	waiting, err := b.Waiting(b.Ctx, b.home)
	b.Must(err)
	for _, w := range waiting {
		if w.Subject != "" {
			t.Errorf("kept %q", w.Subject)
		}
	}
}

func TestNumbersAreSealed(t *testing.T) {
	b := newBench(t)
	b.ask(123456, "budget")
	for _, file := range []string{b.File, b.File + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("70123456")) {
			t.Errorf("%s holds the number", file)
		}
	}
}

func TestTheOfferIsTheChannels(t *testing.T) {
	b := newBench(t)
	price := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		terms Terms
		want  string
	}{{Terms{}, "no row"}, {Terms{Offered: true}, ""}, {Terms{Offered: true, Cost: price(0)}, "callback.cost.free"}, {Terms{Offered: true, Cost: price(25)}, "callback.cost.price"}} {
		b.terms = c.terms
		rows := b.Rows(b.Caller(1), flows.Need{Name: "callback.offer"})
		got := "no row"
		if len(rows) == 1 {
			got = ""
			for _, p := range rows[0].Fields.Get("Cost").Parts {
				got += p.Message
			}
		}
		if got != c.want {
			t.Errorf("%+v offers %q, want %q", c.terms, got, c.want)
		}
	}
	b.terms = Terms{}
	if got := b.ask(1, ""); got != "nobody" {
		t.Errorf("nobody calls back, and asking is %q", got)
	}
}
