package budget

import (
	"io"
	"strings"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// document is what the rows of a file add up to.
type document struct {
	lines  []store.BudgetLine
	origin []origin // of each line
	totals []total
}

// origin says where a line stands in the file.
type origin struct {
	line    int
	planned string // the file's name of the column
}

// total is a row of sums, kept for checking.
type total struct {
	line      int
	label     string
	section   store.Section   // "" when the label does not say
	direction store.Direction // "" when the label does not say
	from, to  int             // lines since the total before
	amounts   map[string]int64
	columns   map[string]string
}

// sums are the columns that total rows add up.
var sums = [...]string{"previous", "planned", "additional", "revised", "realised"}

func read(file *table.Reader, h *heading, rep *report.Report) (*document, error) {
	d := &document{}
	since := 0
	for {
		row, err := file.Next()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
		if row.Total != "" {
			d.totals = append(d.totals, readTotal(row, h.unit, since, len(d.lines)))
			since = len(d.lines)
			continue
		}
		if l, ok := readLine(row, h, rep); ok {
			l.Row = len(d.lines) + 1
			d.lines = append(d.lines, l)
			d.origin = append(d.origin, origin{row.Line, row.Column("planned")})
		}
	}
}

func readLine(row table.Row, h *heading, rep *report.Report) (l store.BudgetLine, ok bool) {
	refuse := func(column string, code report.Code) (store.BudgetLine, bool) {
		rep.Refuse(row.Line, row.Column(column), row.Get(column), report.Because(code))
		return store.BudgetLine{}, false
	}
	if column, code := h.accept(row); code != "" {
		return refuse(column, code)
	}
	if l.Section = sectionOf(row.Get("section")); l.Section == "" {
		return refuse("section", wordCode(row.Get("section")))
	}
	if l.Direction = directionOf(row.Get("direction")); l.Direction == "" {
		return refuse("direction", wordCode(row.Get("direction")))
	}
	if l.Kind, ok = kindOf(row.Get("kind")); !ok {
		return refuse("kind", report.UnknownWord)
	}
	for _, c := range []struct {
		to          *store.Coded
		code, label string
		required    bool
	}{
		{&l.Nature, "nature", "label", true},
		{&l.Chapter, "chapter", "chapter_label", false},
		{&l.Function, "function", "function_label", false},
	} {
		text, bad := table.Code(row.Get(c.code))
		if bad != "" {
			return refuse(c.code, bad)
		}
		*c.to = store.Coded{Code: text, Label: squeeze(row.Get(c.label))}
		if c.required && (c.to.Code == "" || c.to.Label == "") {
			if c.to.Code != "" {
				return refuse(c.label, report.Missing)
			}
			return refuse(c.code, report.Missing)
		}
	}
	l.Operation, l.Sector, l.Village = squeeze(row.Get("operation")), squeeze(row.Get("sector")), squeeze(row.Get("village"))
	if l.Operation == "" && l.Section == store.Investissement && l.Direction == store.Depense {
		l.Nature.Label, l.Operation = splitOperation(l.Nature.Label)
	}
	amounts := map[string]*int64{}
	for _, column := range sums {
		text := row.Raw(column)
		if text == "" {
			continue
		}
		n, bad := table.Amount(text, h.unit)
		if bad == "" && n < 0 && column != "additional" {
			bad = report.Negative
		}
		if bad != "" {
			return refuse(column, bad)
		}
		amounts[column] = &n
	}
	l.Previous, l.Revised, l.Realised = amounts["previous"], amounts["revised"], amounts["realised"]
	if planned := amounts["planned"]; planned != nil {
		l.Planned = *planned
	} else if l.Revised == nil {
		return refuse("planned", report.Missing)
	}
	if l.Revised == nil && amounts["additional"] != nil {
		revised := l.Planned + *amounts["additional"]
		l.Revised = &revised
	}
	checkRow(row, h.unit, l, amounts["additional"], rep)
	return l, true
}

// checkRow compares sums within a row; the file's own formula may be another, so it only warns.
func checkRow(row table.Row, unit int64, l store.BudgetLine, additional *int64, rep *report.Report) {
	expected := l.Planned
	if additional != nil {
		expected += *additional
	}
	if row.Has("additional") && row.Get("revised") != "" && *l.Revised != expected {
		rep.Warn(row.Line, row.Column("revised"), row.Get("revised"), report.Because(report.SumDiffers, expected))
	}
	if text := row.Raw("remaining"); text != "" && l.Realised != nil {
		rest := l.Planned - *l.Realised
		if l.Revised != nil {
			rest = *l.Revised - *l.Realised
		}
		if n, bad := table.Amount(text, unit); bad != "" || n != rest {
			rep.Warn(row.Line, row.Column("remaining"), row.Get("remaining"), report.Because(report.RestDiffers, rest))
		}
	}
}

func readTotal(row table.Row, unit int64, from, to int) total {
	t := total{line: row.Line, label: row.Total, from: from, to: to, amounts: map[string]int64{}, columns: map[string]string{}}
	for _, w := range strings.FieldsFunc(charset.Fold(strings.NewReplacer("'", " ", "’", " ").Replace(row.Total)), func(r rune) bool { return r == ' ' }) {
		if s := sectionOf(w); s != "" && len(w) > 1 {
			t.section = s
		}
		if d := directionOf(w); d != "" && len(w) > 1 {
			t.direction = d
		}
	}
	for _, column := range sums {
		if n, bad := table.Amount(row.Raw(column), unit); bad == "" {
			t.amounts[column], t.columns[column] = n, row.Column(column)
		}
	}
	return t
}

// splitOperation parts "what is done – where or for whom", as town halls write investment labels, at the first dash
// that is not a hyphen: hyphens stand inside the names of roads.
func splitOperation(label string) (what, operation string) {
	for _, dash := range []string{" – ", " — "} {
		if before, after, ok := strings.Cut(label, dash); ok {
			return strings.TrimSpace(before), strings.TrimSpace(after)
		}
	}
	return label, ""
}

func wordCode(text string) report.Code {
	if text == "" {
		return report.Missing
	}
	return report.UnknownWord
}

// squeeze writes runs of blanks once.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }
