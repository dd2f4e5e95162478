package exchange_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/store"
)

func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (d *desk) offers() []store.Opportunity {
	d.t.Helper()
	all, err := d.db.Opportunities().List(d.t.Context(), d.place("demo", "XX010101").ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestOpportunities(t *testing.T) {
	d := townHall(t)
	file := fixture(t, "opportunities.csv")
	rep, _ := d.plan(exchange.Opportunities, file, exchange.Options{})
	want := report.Counts{Read: 13, Accepted: 3, Refused: 10, New: 3}
	counts(t, rep, want)
	if len(d.offers()) != 0 {
		t.Fatal("a dry run has written")
	}
	for line, code := range map[int]report.Code{5: report.UnknownWord, 6: report.Past, 7: report.Missing, 8: report.BadDate, 9: report.Missing,
		10: report.UnknownCommune, 11: report.Duplicate, 12: report.OnlyTenders, 13: report.UnknownWord, 14: report.TooLong} {
		refused(t, rep, line, code)
	}
	d.take(exchange.Opportunities, file, exchange.Options{})
	byKind := map[store.OpportunityKind]store.Opportunity{}
	for _, o := range d.offers() {
		byKind[o.Kind] = o
		if o.State != store.OpportunityDraft || o.Number == 0 {
			t.Errorf("%s: %s, number %d", o.Title["fr"], o.State, o.Number)
		}
	}
	job, training, tender := byKind[store.OpportunityJob], byKind[store.OpportunityTraining], byKind[store.OpportunityTender]
	if job.Title["en"] != "Night watch" || !job.Deadline.Equal(time.Date(2026, 12, 16, 0, 0, 0, 0, time.UTC)) || job.PlaceName != "Nyètaba" {
		t.Errorf("job: %+v", job) // the whole of its last day
	}
	if !training.Deadline.Equal(time.Date(2026, 12, 20, 8, 30, 0, 0, time.UTC)) {
		t.Errorf("training until %s", training.Deadline)
	}
	if tender.OCID != "ocds-000000-417-1" || tender.Tender == nil || tender.Tender.Method != "open" || tender.Tender.Category != "works" ||
		*tender.Tender.Value != 23_400_000 || tender.Tender.Submission != "Mairie, pli fermé" {
		t.Errorf("tender: %+v", tender)
	}

	// The same file changes nothing; publishing shows the drafts; a put-off deadline keeps the number.
	want.New, want.Unchanged = 0, 3
	counts(t, d.take(exchange.Opportunities, file, exchange.Options{}), want)
	want.Unchanged, want.Changed = 0, 3
	counts(t, d.take(exchange.Opportunities, file, exchange.Options{Publish: true}), want)
	later := strings.Replace(file, "15/12/2026;;417", "18/12/2026;;417", 1)
	want.Unchanged, want.Changed = 2, 1
	counts(t, d.take(exchange.Opportunities, later, exchange.Options{}), want)
	for _, o := range d.offers() {
		if o.State != store.OpportunityPublished {
			t.Errorf("%s is %s", o.Title["fr"], o.State)
		}
		if o.Kind == store.OpportunityJob && (o.Number != job.Number || o.Deadline.Day() != 19) {
			t.Errorf("the job is number %d until %s", o.Number, o.Deadline)
		}
	}
	// What was closed does not come back by a list that still has it.
	act := store.Act{Actor: "clerk"}
	if err := d.db.Opportunities().Move(t.Context(), job.Commune, job.ID, store.OpportunityPublished, store.OpportunityClosed, act); err != nil {
		t.Fatal(err)
	}
	rep, _ = d.plan(exchange.Opportunities, file, exchange.Options{})
	refused(t, rep, 2, report.AlreadyOver)
}

// The same columns in a workbook, whose cells are numbers and dates.
func TestOpportunitiesFromAWorkbook(t *testing.T) {
	d := townHall(t)
	book := excelize.NewFile()
	defer book.Close()
	for at, row := range map[string][]any{
		"A1": {"kind", "title", "organisation", "deadline", "value"},
		"A2": {"tender", "Trois classes", "Mairie", time.Date(2026, 12, 16, 0, 0, 0, 0, time.UTC), 23_400_000},
		"A3": {"job", "Gardien", "ASACO", "2026-12-17", ""},
	} {
		if err := book.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	counts(t, d.take(exchange.Opportunities, file.String(), exchange.Options{Commune: "417", Publish: true}), report.Counts{Read: 2, Accepted: 2, New: 2})
	for _, o := range d.offers() {
		if o.Kind == store.OpportunityTender && (*o.Tender.Value != 23_400_000 || !o.Deadline.Equal(time.Date(2026, 12, 17, 0, 0, 0, 0, time.UTC))) {
			t.Errorf("tender: %+v until %s", o.Tender, o.Deadline)
		}
	}
}

func TestPractices(t *testing.T) {
	d := townHall(t)
	file := fixture(t, "practices.csv")
	rep, _ := d.plan(exchange.Practices, file, exchange.Options{})
	want := report.Counts{Read: 7, Accepted: 2, Refused: 5, New: 2}
	counts(t, rep, want)
	for line, code := range map[int]report.Code{4: report.Missing, 5: report.BadNumber, 6: report.Fraction, 7: report.UnknownCommune, 8: report.Duplicate} {
		refused(t, rep, line, code)
	}
	home := d.place("demo", "XX010101").ID
	list := func() []store.Practice {
		t.Helper()
		all, err := d.db.Practices().List(t.Context(), home)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if len(list()) != 0 {
		t.Fatal("a dry run has written")
	}
	d.take(exchange.Practices, file, exchange.Options{})
	all := list()
	if len(all) != 2 || all[0].State != store.PracticeDraft || *all[0].Cost != 150_000 || all[0].Year != 2025 || all[1].Cost != nil ||
		all[0].Measure["fr"] != "Chaque trimestre les comptes sont lus." {
		t.Fatalf("practices: %+v", all)
	}
	want.New, want.Unchanged = 0, 2
	counts(t, d.take(exchange.Practices, file, exchange.Options{}), want)
	changed := strings.Replace(file, "Deux fois plus payent.", "Trois fois plus payent.", 1)
	want.Unchanged, want.Changed = 0, 2 // one says something else, both are published
	counts(t, d.take(exchange.Practices, changed, exchange.Options{Publish: true}), want)
	for _, p := range list() {
		if p.State != store.PracticePublished {
			t.Errorf("%s is %s", p.Title["fr"], p.State)
		}
	}
	if got := list()[0]; got.Result["fr"] != "Trois fois plus payent." || got.Number != all[0].Number {
		t.Errorf("revised: %+v", got)
	}
}
