package flows

import (
	"strings"
	"testing"
)

func testManifest() *Manifest {
	return &Manifest{
		Parts: map[string]MessageSpec{
			"share.school": {Fields: []FieldSpec{{Name: "Share", Kind: Int}}},
			"share.none":   {},
		},
		Letters: map[string]MessageSpec{"thanks": {Fields: []FieldSpec{{Name: "Total", Kind: Money}, {Name: "Dial", Kind: Text}}}},
		Sources: map[string]*SourceSpec{
			"works": {Name: "works", Key: Int, Rows: 2, Fields: []FieldSpec{{Name: "Work", Kind: Text}, {Name: "State", Kind: Label, Pattern: "state.*"}}},
			"sum": {Name: "sum", Rows: 1, Fields: []FieldSpec{
				{Name: "Total", Kind: Money}, {Name: "Shares", Kind: List, Pattern: "share.*", Max: 2}, {Name: "Far", Kind: Distance, Optional: true},
			}},
		},
		Actions: map[string]*ActionSpec{
			"find":  {Name: "find", Outcomes: []string{"ok", "unknown"}, Fields: []FieldSpec{{Name: "Work", Kind: Int}}},
			"plain": {Name: "plain", Outcomes: []string{"ok"}},
		},
	}
}

func TestCheckRows(t *testing.T) {
	work := func(label string) Record {
		return Record{{"Work", TextOf("Puits")}, {"State", LabelOf(label)}}
	}
	share := func(message string, fields Record) Value { return ListOf(Part{Message: message, Fields: fields}) }
	good := Record{{"Share", IntOf(3)}}
	sum := func(total, shares Value, more ...Field) []Row {
		return []Row{{Fields: append(Record{{"Total", total}, {"Shares", shares}}, more...)}}
	}
	cases := []struct {
		name, source string
		rows         []Row
		want         string // part of the error; "" for none
	}{
		{"rows", "works", []Row{{IntOf(1), work("state.done")}, {IntOf(2), work("state.done")}}, ""},
		{"no rows", "works", nil, ""},
		{"record", "sum", sum(MoneyOf(5), share("share.school", good)), ""},
		{"empty list", "sum", sum(MoneyOf(5), ListOf()), ""},
		{"optional field there", "sum", sum(MoneyOf(5), ListOf(), Field{"Far", DistanceOf(3)}), ""},
		{"optional field absent by name", "sum", sum(MoneyOf(5), ListOf(), Field{"Far", Value{}}), ""},

		{"unknown source", "wells", nil, "no source wells"},
		{"too many rows", "works", []Row{{IntOf(1), work("state.a")}, {IntOf(2), work("state.a")}, {IntOf(3), work("state.a")}}, "3 rows, at most 2"},
		{"two records", "sum", append(sum(MoneyOf(5), ListOf()), sum(MoneyOf(5), ListOf())...), "2 rows, at most 1"},
		{"key of another kind", "works", []Row{{TextOf("a"), work("state.a")}}, "row 1: key"},
		{"no key", "works", []Row{{IntOf(1), work("state.a")}, {Value{}, work("state.a")}}, "row 2: key"},
		{"field too many", "sum", sum(MoneyOf(5), ListOf(), Field{"Extra", IntOf(1)}), "field Extra is not declared"},
		{"field missing", "works", []Row{{IntOf(1), Record{{"Work", TextOf("a")}}}}, "field State is missing"},
		{"field of another kind", "sum", sum(AmountOf(5), ListOf()), "field Total is missing or of another kind"},
		{"optional field of another kind", "sum", sum(MoneyOf(5), ListOf(), Field{"Far", IntOf(1)}), "field Far is missing or of another kind"},
		{"label of another pattern", "works", []Row{{IntOf(1), work("stage.done")}}, `message "stage.done" is not of state.*`},
		{"too many parts", "sum", sum(MoneyOf(5), ListOf(Part{Message: "share.none"}, Part{Message: "share.none"}, Part{Message: "share.none"})), "3 parts, at most 2"},
		{"part of another pattern", "sum", sum(MoneyOf(5), share("use.school", good)), `part "use.school" is not of share.*`},
		{"part that nobody declared", "sum", sum(MoneyOf(5), share("share.roads", nil)), `part "share.roads" is not declared`},
		{"part without its field", "sum", sum(MoneyOf(5), share("share.school", nil)), "part share.school: field Share is missing"},
		{"part with a field too many", "sum", sum(MoneyOf(5), share("share.none", good)), "part share.none: field Share is not declared"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { wantError(t, testManifest().CheckRows(c.source, c.rows), c.want) })
	}
}

func TestCheckOutcome(t *testing.T) {
	work := Record{{"Work", IntOf(3)}}
	cases := []struct {
		name, action string
		out          Outcome
		want         string
	}{
		{"first with its fields", "find", Outcome{"ok", work}, ""},
		{"later without", "find", Outcome{Edge: "unknown"}, ""},
		{"later with them", "find", Outcome{"unknown", work}, ""},
		{"no fields declared", "plain", Outcome{Edge: "ok"}, ""},
		{"unknown action", "seek", Outcome{Edge: "ok"}, "no action seek"},
		{"unknown outcome", "find", Outcome{"found", work}, `no outcome "found"`},
		{"no outcome", "find", Outcome{}, `no outcome ""`},
		{"first without its fields", "find", Outcome{Edge: "ok"}, "field Work is missing"},
		{"field of another kind", "find", Outcome{"ok", Record{{"Work", TextOf("3")}}}, "field Work is missing or of another kind"},
		{"field too many", "plain", Outcome{"ok", work}, "field Work is not declared"},
		{"later with another field", "find", Outcome{"unknown", Record{{"Extra", IntOf(1)}}}, "field Extra is not declared"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { wantError(t, testManifest().CheckOutcome(c.action, c.out), c.want) })
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && err == nil:
		t.Errorf("accepted, want %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("%v, want %q", err, want)
	}
}

func TestFieldPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, id string
		want        bool
	}{
		{"budget.sector.*", "budget.sector.school", true},
		{"budget.sector.*", "budget.sectors", false},
		{"budget.share", "budget.share", true},
		{"budget.share", "budget.share.more", false},
	} {
		if got := (FieldSpec{Pattern: c.pattern}).Matches(c.id); got != c.want {
			t.Errorf("%s matches %s: %t", c.pattern, c.id, got)
		}
	}
}

func TestCheckLetter(t *testing.T) {
	m := testManifest()
	full := Record{{Name: "Total", Value: MoneyOf(1)}, {Name: "Dial", Value: TextOf("*384*96#")}}
	if err := m.CheckLetter("thanks", full); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]Record{
		"a field is missing":    full[:1],
		"of another kind":       {{Name: "Total", Value: IntOf(1)}, full[1]},
		"one field is too much": append(full[:2:2], Field{Name: "More", Value: IntOf(1)}),
	} {
		if m.CheckLetter("thanks", bad) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if m.CheckLetter("greetings", nil) == nil {
		t.Error("an undeclared letter is accepted")
	}
}
