package place

import (
	"io"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// entry is a place as the file tells it, with what of it the file really says.
type entry struct {
	line    int
	column  string // of the name, for reports
	ownRow  bool   // not only an ancestor in another place's row
	refused bool
	place   store.Place
	says    fields
}

// fields marks what a file tells of a place; the rest stays as stored.
type fields struct{ point, number, population, languages, aliases, shortName bool }

// listing is the content of one file: every place once.
type listing struct {
	edition string
	rep     *report.Report
	entries []*entry
	byCode  map[string]*entry
	layout  string
}

func newListing(edition string, rep *report.Report) *listing {
	return &listing{edition: edition, rep: rep, byCode: map[string]*entry{}}
}

func (l *listing) read(file *table.Reader) error {
	l.layout = l.rep.Format.Layout
	for {
		row, err := file.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if l.layout == boundaries {
			l.readAncestry(row)
		} else {
			l.readPlain(row)
		}
	}
}

// readAncestry takes a row of a boundary table: the unit itself and, above it, the units that contain it.
func (l *listing) readAncestry(row table.Row) {
	ranks := [levels]store.Level{store.LevelCountry, store.LevelRegion, store.LevelCercle, store.LevelCommune, store.LevelSettlement}
	deepest, parent := -1, ""
	for n := range levels {
		if row.Get(codeColumn(n)) != "" || row.Get(nameColumn(n)) != "" {
			deepest = n
		}
	}
	for n := 0; n <= deepest; n++ {
		e := &entry{line: row.Line, column: row.Column(nameColumn(n)), ownRow: n == deepest, place: store.Place{
			Edition: l.edition, Pcode: row.Get(codeColumn(n)), Level: ranks[n], ParentPcode: parent, Name: row.Get(nameColumn(n)),
		}}
		for _, column := range []string{aliasColumn(n), otherColumn(n)} {
			if alias := row.Get(column); alias != "" && alias != e.place.Name {
				e.place.Aliases, e.says.aliases = append(e.place.Aliases, alias), true
			}
		}
		for _, need := range []string{codeColumn(n), nameColumn(n)} {
			if row.Get(need) == "" {
				l.rep.Refuse(row.Line, row.Column(need), "", report.Because(report.Missing))
				return
			}
		}
		if !l.add(row, e, codeColumn(n)) {
			return
		}
		parent = e.place.Pcode
	}
}

// readPlain takes a row that tells of one place, its level and its parent.
func (l *listing) readPlain(row table.Row) {
	refuse := func(column string, code report.Code, args ...any) {
		l.rep.Refuse(row.Line, row.Column(column), row.Get(column), report.Because(code, args...))
	}
	e := &entry{line: row.Line, column: row.Column("name"), ownRow: true, place: store.Place{
		Edition: l.edition, Pcode: row.Get("pcode"), Level: store.LevelSettlement, ParentPcode: row.Get("parent"), Name: row.Get("name"),
	}}
	p := &e.place
	for _, need := range []string{"pcode", "name"} {
		if row.Get(need) == "" {
			refuse(need, report.Missing)
			return
		}
	}
	if other := row.Get("edition"); other != "" && other != l.edition {
		refuse("edition", report.OtherEdition)
		return
	}
	if l.layout != villages {
		if p.Level = level(row.Get("level")); p.Level == "" {
			refuse("level", report.UnknownWord)
			return
		}
	}
	if l.layout == globalCodes && p.Level == store.LevelRegion {
		p.ParentPcode = l.country(row, p.ParentPcode)
	}
	if p.ParentPcode == "" && p.Level != store.LevelCountry {
		refuse("parent", report.Missing)
		return
	}
	if !l.readPoint(row, e) || !l.readDetails(row, e) {
		return
	}
	l.add(row, e, "pcode")
}

// country adds the country a global list only names by its ISO code, and gives the p-code it has in boundary tables.
func (l *listing) country(row table.Row, iso string) string {
	code, name := iso, iso
	if iso == "MLI" {
		code, name = "ML", "Mali"
	}
	if code != "" && l.byCode[code] == nil {
		e := &entry{line: row.Line, column: row.Column("country"), place: store.Place{Edition: l.edition, Pcode: code, Level: store.LevelCountry, Name: name}}
		l.entries, l.byCode[code] = append(l.entries, e), e
	}
	return code
}

// add keeps an entry once. It refuses the row when its code already stands for something else.
func (l *listing) add(row table.Row, e *entry, codeColumn string) bool {
	old := l.byCode[e.place.Pcode]
	if old == nil {
		l.entries, l.byCode[e.place.Pcode] = append(l.entries, e), e
		if e.ownRow {
			l.rep.Counts.Accepted++
		}
		return true
	}
	same := old.place.Name == e.place.Name && old.place.ParentPcode == e.place.ParentPcode && old.place.Level == e.place.Level
	switch {
	case !same:
		l.rep.Refuse(row.Line, row.Column(codeColumn), e.place.Pcode, report.Because(report.Conflict, old.line))
		return false
	case e.ownRow && old.ownRow:
		l.rep.Refuse(row.Line, row.Column(codeColumn), e.place.Pcode, report.Because(report.Duplicate, old.line))
		return false
	case e.ownRow:
		e.line = old.line
		*old = *e
		l.rep.Counts.Accepted++
	}
	return true
}

// resolveParents refuses entries whose parent is neither in the file nor stored, or does not rank above them; what
// depends on a refused entry is refused too.
func (l *listing) resolveParents(known *snapshot) {
	for changed := true; changed; {
		changed = false
		for _, e := range l.entries {
			if e.refused || e.place.Level == store.LevelCountry && e.place.ParentPcode == "" {
				continue
			}
			var above store.Level
			if p := l.byCode[e.place.ParentPcode]; p != nil && !p.refused {
				above = p.place.Level
			} else if p, ok := known.byCode[e.place.ParentPcode]; ok {
				above = p.Level
			}
			code := report.Code("")
			switch {
			case above == "":
				code = report.UnknownParent
			case above.Rank() >= e.place.Level.Rank():
				code = report.WrongParent
			default:
				continue
			}
			e.refused, changed = true, true
			if e.ownRow {
				l.rep.Counts.Accepted--
				l.rep.Refuse(e.line, l.rep.Format.Columns["parent"], e.place.ParentPcode, report.Because(code))
			}
		}
	}
	kept := l.entries[:0]
	for _, e := range l.entries {
		if !e.refused {
			kept = append(kept, e)
		}
	}
	l.entries = kept
}
