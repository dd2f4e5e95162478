package budget

import (
	"strings"

	"baro/gateway/exchange/report"
	"baro/locales/charset"
	"baro/store"
)

// half is one direction of one section.
type half struct {
	section   store.Section
	direction store.Direction
}

func (h half) opposite() half {
	if h.direction == store.Recette {
		return half{h.section, store.Depense}
	}
	return half{h.section, store.Recette}
}

// Check warns of what does not add up in lines that are imported already, as their import did.
func Check(stage store.BudgetStage, lines []store.BudgetLine) []report.Warning {
	rep := report.New("budget", "")
	d := document{lines: lines, origin: make([]origin, len(lines))}
	d.check(stage, rep)
	return rep.Warnings
}

// Changes counts what differs between two versions of a document: lines that are new, changed and as before. What the later
// one no longer has is the rest of the former's.
func Changes(before, after []store.BudgetLine) report.Counts {
	var c report.Counts
	count(before, after, &c)
	return c
}

// Columns are the names by which columns are mapped, in the order of a town hall's sheet.
func Columns() []string {
	all := layouts()
	names := make([]string, 0, len(all[len(all)-1].Columns))
	for _, c := range all[len(all)-1].Columns {
		names = append(names, c.Name)
	}
	return names
}

// check warns of what does not add up: written totals, sections that must balance (law: équilibre réel, for BP and BA),
// lines above the total of their section, and a tax above everything else a commune receives.
func (d *document) check(stage store.BudgetStage, rep *report.Report) {
	computed := map[half]int64{}
	for _, l := range d.lines {
		computed[half{l.Section, l.Direction}] += forecast(l)
	}
	written := map[half]int64{}
	for _, t := range d.totals {
		d.checkTotal(t, rep)
		if t.section != "" && t.direction != "" {
			if n, ok := t.forecast(); ok {
				written[half{t.section, t.direction}] = n
			}
		}
	}
	for i, l := range d.lines {
		h := half{l.Section, l.Direction}
		above := func(limit int64, known bool) bool { return known && limit > 0 && forecast(l) > limit }
		limit, known := written[h]
		if !above(limit, known) {
			limit, known = computed[h.opposite()]
		}
		switch {
		case above(limit, known):
			rep.Warn(d.origin[i].line, d.origin[i].planned, l.Nature.Label, report.Because(report.RowAboveTotal, limit))
		case l.Direction == store.Recette && isTDRL(l.Nature.Label) && above(computed[h]-forecast(l), true):
			rep.Warn(d.origin[i].line, d.origin[i].planned, l.Nature.Label, report.Because(report.TaxAboveRest, computed[h]-forecast(l)))
		}
	}
	if stage == store.CompteAdministratif {
		return
	}
	for _, section := range []store.Section{store.Fonctionnement, store.Investissement} {
		in, out := computed[half{section, store.Recette}], computed[half{section, store.Depense}]
		if in != out {
			rep.Warn(0, "", string(section), report.Because(report.Unbalanced, in, out))
		}
	}
}

// checkTotal compares a row of totals with the lines it covers: those its label names, else those since the total
// before it, and for a grand total after other totals all lines.
func (d *document) checkTotal(t total, rep *report.Report) {
	for _, column := range sums {
		stated, ok := t.amounts[column]
		if !ok {
			continue
		}
		var sum int64
		for i, l := range d.lines {
			if !t.covers(i, l) {
				continue
			}
			sum += amount(l, column)
		}
		if sum != stated {
			rep.Warn(t.line, t.columns[column], t.label, report.Because(report.TotalDiffers, sum))
		}
	}
}

func (t total) covers(i int, l store.BudgetLine) bool {
	if t.section == "" && t.direction == "" {
		return t.from == t.to || i >= t.from && i < t.to
	}
	return (t.section == "" || t.section == l.Section) && (t.direction == "" || t.direction == l.Direction)
}

// forecast is the total's voted sum, corrected when the file says so.
func (t total) forecast() (int64, bool) {
	if n, ok := t.amounts["revised"]; ok {
		return n, true
	}
	n, ok := t.amounts["planned"]
	return n, ok
}

func forecast(l store.BudgetLine) int64 {
	if l.Revised != nil {
		return *l.Revised
	}
	return l.Planned
}

func amount(l store.BudgetLine, column string) int64 {
	value := func(p *int64) int64 {
		if p == nil {
			return 0
		}
		return *p
	}
	switch column {
	case "previous":
		return value(l.Previous)
	case "planned":
		return l.Planned
	case "additional":
		return forecast(l) - l.Planned
	case "revised":
		return forecast(l)
	}
	return value(l.Realised)
}

// isTDRL recognises the regional and local development tax, head of what residents pay.
func isTDRL(label string) bool {
	key := charset.Fold(label)
	return strings.Contains(key, "tdrl") || strings.Contains(key, charset.Fold("développement régional et local"))
}
