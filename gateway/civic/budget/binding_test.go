package budget

import (
	"context"
	"slices"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

func TestSourcesTellTheSample(t *testing.T) {
	h := newHall(t)
	plan, accounts := h.both(t)
	err := h.db.TaxFacts().Put(context.Background(), store.TaxFacts{Commune: h.commune, Year: 2025, Rate: 1500,
		Exempt: []string{"budget.exempt.poor", "budget.exempt.student", "unknown"}})
	if err != nil {
		t.Fatal(err)
	}
	inAccounts, inPlan := number("document", accounts), number("document", plan)
	at := func(village string) flows.Field { return field("village", flows.TextOf(village)) }
	cases := []struct {
		source string
		args   []flows.Field
		want   string
	}{
		{"budget.summary", nil, "2026 stage.primitive 283370000 [school 57, water 14, town_hall 12, roads 9, health 6]"},
		{"budget.summary", []flows.Field{inPlan}, "2026 stage.primitive 283370000 [school 57, water 14, town_hall 12, roads 9, health 6]"},
		{"budget.summary", []flows.Field{inAccounts}, "2025 stage.account 284314500 [school 57, water 14, town_hall 13, roads 10, health 4]"},
		{"budget.documents", nil, "2026 stage.primitive; 2025 stage.account"},
		{"budget.places", nil, "Badaniba: Badaniba 8900000; Jèkabara: Jèkabara 34100000; Jiribani: Jiribani 8900000; " +
			"Kolonjiba: Kolonjiba 6800000; Nyètaba: Nyètaba 23400000; Sanjiba: Sanjiba 10800000; Sokurabani: Sokurabani 4500000; " +
			"Wasabara: Wasabara 2400000; Toute la commune: Toute la commune 8200000"},
		{"budget.works", []flows.Field{at("Sanjiba")}, "Piste Jèkabara - Sanjiba 9000000; Terrain de Sanjiba 1800000"},
		{"budget.works", []flows.Field{at("sanjiba"), inAccounts}, "Piste Jèkabara - Sanjiba 8600000; Terrain de Sanjiba 1500000"},
		{"budget.works", []flows.Field{at("Bamako")}, ""},
		{"budget.execution", nil, "2025 284314500 238430940 839 736"},
		{"budget.execution", []flows.Field{inPlan}, "2025 284314500 238430940 839 736"},
		{"budget.sectors", nil, "school: school 161350000 963; water: water 41470000 477; town_hall: town_hall 36080000 875; " +
			"roads: roads 27900000 646; health: health 11000000 893; culture: culture 3300000 421; social: social 1814500 799; " +
			"environment: environment 1400000 761"},
		{"budget.tax_use", nil, "2025 35645880 [school 39925000, town_hall 31555540, water 19792400, roads 18012500]"},
		{"budget.inhabitant", nil, "2026 30146 161870000 17220"},
		{"budget.tax", nil, "2025 15600000 6942000 35645880"},
		{"budget.tax_exempt", nil, "1500 [exempt.student, exempt.poor]"},
		{"budget.receipts", nil, "2026 283370000 49370000 212000000 19000000"},
		{"budget.receipts", []flows.Field{inAccounts}, "2025 239965380 35645880 173570000 21000000"},
	}
	for _, c := range cases {
		if got := told(h.rows(t, c.source, h.commune, c.args...)); got != c.want {
			t.Errorf("%s %v:\n%s; want\n%s", c.source, c.args, got, c.want)
		}
	}

	if rows := h.rows(t, "budget.receipt_lines", h.commune); len(rows) != 22 || !strings.Contains(told(rows[:1]), "TDRL") {
		t.Errorf("%d receipt lines, first %s", len(rows), told(rows[:1]))
	}
	// A receipt of which nothing came is told, not hidden.
	if got := told(h.rows(t, "budget.receipt_lines", h.commune, inAccounts)); !strings.Contains(got, "(hydraulique) 0;") {
		t.Errorf("receipts of the accounts are %s", got)
	}
	top := h.rows(t, "budget.top_lines", h.commune)
	if len(top) != 10 || told(top[:2]) != "Salaires des enseignants (crédits transférés) 121500000; École de Nyètaba 23400000" {
		t.Errorf("%d largest lines, first %s", len(top), told(top[:2]))
	}
}

func TestWorks(t *testing.T) {
	h := newHall(t)
	h.both(t)
	ctx := context.Background()
	find := func(year int, operation string) store.Work {
		works, err := h.db.Works().List(ctx, h.commune, year)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range works {
			if w.Operation == operation {
				return w
			}
		}
		t.Fatalf("no work %s in %d", operation, year)
		return store.Work{}
	}
	school, well := find(2026, "École de Nyètaba"), find(2025, "Forage de Badaniba")
	if err := h.db.Works().Move(ctx, h.commune, school.ID, store.WorkPlanned, store.WorkOngoing, store.Act{Actor: "clerk"}); err != nil {
		t.Fatal(err)
	}
	planned := number("work", school.ID)
	if got := told(h.rows(t, "budget.work", h.commune, planned)); got != "École de Nyètaba [work.planned 23400000, work.hall state.ongoing]" {
		t.Error(got)
	}
	if got := told(h.rows(t, "budget.work", h.commune, number("work", well.ID))); got != "Forage de Badaniba [work.spent 8700000 0, work.hall state.planned]" {
		t.Errorf("nothing spent is told as %q", got)
	}
	for number, want := range map[int]string{school.Number: "ok", 9999: "unknown", 0: "unknown"} {
		need := flows.Need{Args: flows.Args{field("$commune", flows.IntOf(int64(h.commune))), field("number", flows.IntOf(int64(number)))}}
		out, err := h.Binding().Actions["budget.dialled"](ctx, civic.Caller{}, need)
		if err != nil || out.Edge != want {
			t.Errorf("number %d ends in %s, %v; want %s", number, out.Edge, err, want)
		}
		if err := h.manifest.CheckOutcome("budget.dialled", out); err != nil {
			t.Error(err)
		}
		if want == "ok" && out.Fields.Get("Work").Num != school.ID {
			t.Errorf("number %d leads to work %d", number, out.Fields.Get("Work").Num)
		}
	}
}

// Until a document is published nothing of it is seen, by no way; and nothing is ever seen from another commune.
func TestOnlyPublishedDocumentsOfTheCommune(t *testing.T) {
	h := newHall(t)
	draft := h.draft(t, 2026, store.BudgetPrimitif, plan2026(t))
	draftAccounts := h.draft(t, 2025, store.CompteAdministratif, accounts2025(t))
	works, err := h.db.Works().List(context.Background(), h.commune, 0)
	if err != nil || len(works) == 0 {
		t.Fatalf("%d works, %v", len(works), err)
	}
	nothing := func(when string, commune store.PlaceID) {
		t.Helper()
		for source := range h.Binding().Sources {
			if slices.Contains([]string{"budget.years", "budget.cycle", "budget.calendar", "budget.step"}, source) {
				continue // they tell what is expected: see TestDraftsAreNoProof
			}
			for _, document := range []int64{0, draft, draftAccounts} {
				for _, w := range works[:3] {
					rows := h.rows(t, source, commune, number("document", document), number("work", w.ID), field("village", flows.TextOf(w.Village)))
					if len(rows) != 0 {
						t.Errorf("%s: %s shows %s", when, source, told(rows))
					}
				}
			}
		}
		out, err := h.Binding().Actions["budget.dialled"](context.Background(), civic.Caller{}, flows.Need{Args: flows.Args{
			number("$commune", int64(commune)), number("number", int64(works[0].Number))}})
		if err != nil || out.Edge != "unknown" {
			t.Errorf("%s: a work is found by its number: %s %v", when, out.Edge, err)
		}
	}
	nothing("as drafts", h.commune)
	h.publish(t, draft)
	h.publish(t, draftAccounts)
	nothing("from elsewhere", h.other)
	if len(h.rows(t, "budget.summary", h.commune)) != 1 {
		t.Error("nothing is seen after publication")
	}
}

func TestDraftAccountsDoNotShowThroughWorks(t *testing.T) {
	h := newHall(t)
	h.publish(t, h.draft(t, 2025, store.BudgetPrimitif, accountsAsPlan(t)))
	h.draft(t, 2025, store.CompteAdministratif, accounts2025(t))
	works, err := h.db.Works().List(context.Background(), h.commune, 2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range works {
		if w.Realised == nil {
			t.Fatalf("the record of %s knows of no spending: the test proves nothing", w.Operation)
		}
		if got := told(h.rows(t, "budget.work", h.commune, number("work", w.ID))); strings.Contains(got, "work.spent") {
			t.Errorf("spending of %s is seen before the accounts are published: %s", w.Operation, got)
		}
	}
}

func accountsAsPlan(t testing.TB) []store.BudgetLine {
	lines := accounts2025(t)
	for i := range lines {
		lines[i].Revised, lines[i].Realised = nil, nil
	}
	return lines
}

func TestWhichDocumentIsMeant(t *testing.T) {
	h := newHall(t)
	line := func(planned int64) []store.BudgetLine {
		return []store.BudgetLine{{Row: 1, Section: store.Fonctionnement, Direction: store.Depense, Kind: store.LineReel,
			Function: store.Coded{Code: "09"}, Planned: planned, Realised: &planned}}
	}
	total := func(document int64) int64 {
		t.Helper()
		rows := h.rows(t, "budget.summary", h.commune, number("document", document))
		if len(rows) == 0 {
			return 0
		}
		return rows[0].Fields.Get("Total").Num
	}
	expect := func(what string, got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %d, want %d", what, got, want)
		}
	}
	accounts := h.publish(t, h.draft(t, 2024, store.CompteAdministratif, line(24_000_003)))
	expect("with accounts alone the latest", total(0), 24_000_003)
	first := h.publish(t, h.draft(t, 2025, store.BudgetPrimitif, line(25_000_001)))
	expect("with a plan the latest", total(0), 25_000_001)
	h.publish(t, h.draft(t, 2025, store.BudgetAdditionnel, line(25_000_002)))
	expect("with a corrected plan the latest", total(0), 25_000_002)
	expect("the first plan, by id", total(first), 25_000_001)
	expect("the accounts, by id", total(accounts), 24_000_003)
	second := h.publish(t, h.draft(t, 2025, store.BudgetPrimitif, line(25_000_009)))
	expect("the second version", total(second), 25_000_009)
	expect("the first version, replaced while it was read", total(first), 25_000_009)
	h.draft(t, 2027, store.BudgetPrimitif, line(27_000_001))
	expect("beside a draft the latest", total(0), 25_000_002)

	year := func(document int64) int64 {
		t.Helper()
		return h.rows(t, "budget.execution", h.commune, number("document", document))[0].Fields.Get("Year").Num
	}
	expect("accounts of a year without any", year(0), 2024)
	h.publish(t, h.draft(t, 2025, store.CompteAdministratif, line(25_000_003)))
	expect("accounts of the plan's year", year(0), 2025)
	expect("accounts by their own id", year(accounts), 2024)
	if got := told(h.rows(t, "budget.documents", h.commune)); got != "2025 stage.account; 2025 stage.additional; 2025 stage.primitive; 2024 stage.account" {
		t.Errorf("documents are %s", got)
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	h := newHall(t)
	plan := h.publish(t, h.draft(t, 2026, store.BudgetPrimitif, plan2026(t)))
	for _, source := range []string{"budget.execution", "budget.sectors", "budget.tax", "budget.tax_use", "budget.tax_exempt"} {
		if rows := h.rows(t, source, h.commune, number("document", plan)); len(rows) != 0 {
			t.Errorf("%s shows %s without accounts", source, told(rows))
		}
	}
	places := []store.Place{{Edition: "demo", Pcode: "J", ParentPcode: "M", Level: store.LevelCommune, Name: "Jèkabara", InUse: true}}
	if _, err := h.db.Places().Upsert(context.Background(), places); err != nil {
		t.Fatal(err)
	}
	if rows := h.rows(t, "budget.inhabitant", h.commune); len(rows) != 0 {
		t.Errorf("people nobody counted have %s each", told(rows))
	}
}

func BenchmarkSummary(b *testing.B) {
	h := newHall(b)
	h.both(b)
	read := h.Binding().Sources["budget.summary"]
	need := flows.Need{Args: flows.Args{number("$commune", int64(h.commune))}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(context.Background(), civic.Caller{}, need); err != nil {
			b.Fatal(err)
		}
	}
}

func TestEverySourceOfTheSubjectIsBound(t *testing.T) {
	h := newHall(t)
	b := h.Binding()
	declared := 0
	for _, name := range h.manifest.SourceNames() {
		if strings.HasPrefix(name, "budget.") {
			declared++
			if b.Sources[name] == nil {
				t.Errorf("%s is not bound", name)
			}
		}
	}
	for _, name := range h.manifest.ActionNames() {
		if strings.HasPrefix(name, "budget.") {
			declared++
			if b.Actions[name] == nil {
				t.Errorf("%s is not bound", name)
			}
		}
	}
	if bound := len(b.Sources) + len(b.Actions); bound != declared {
		t.Errorf("%d bound, %d declared", bound, declared)
	}
}
