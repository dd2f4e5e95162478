package place

import (
	"slices"
	"strconv"

	"baro/gateway/exchange/report"
	"baro/store"
)

// number gives every commune its permanent three digits: those the file names, then the next free ones from 100 up, in
// the order of the p-codes. Numbers of communes in use in other editions are taken.
func number(o Options, list *listing, known *snapshot, merged map[string]store.Place, inUse []store.Place, rep *report.Report) {
	taken := map[string]string{}
	for _, c := range inUse {
		if c.Number != "" && c.Edition != o.Edition {
			taken[c.Number] = c.Edition + " " + c.Pcode
		}
	}
	for code, p := range known.byCode {
		if p.Number != "" {
			taken[p.Number] = code
		}
	}
	var waiting []string
	for _, e := range list.entries {
		p, ok := merged[e.place.Pcode]
		if !ok || p.Level != store.LevelCommune {
			continue
		}
		old := known.byCode[p.Pcode].Number
		column := list.rep.Format.Columns["number"]
		switch owner, used := taken[e.place.Number]; {
		case e.says.number && old != "" && old != e.place.Number:
			drop(e, rep, column, report.Because(report.NumberFixed))
		case e.says.number && used && owner != p.Pcode:
			drop(e, rep, column, report.Because(report.NumberTaken))
		case e.says.number:
			taken[e.place.Number] = p.Pcode
		case p.Number == "":
			waiting = append(waiting, p.Pcode)
		}
	}
	list.resolveParents(known)
	for code := range merged {
		if e := list.byCode[code]; e != nil && e.refused {
			delete(merged, code)
		}
	}
	slices.Sort(waiting)
	next, given := 100, 0
	for _, code := range waiting {
		for next <= 999 && taken[strconv.Itoa(next)] != "" {
			next++
		}
		if next > 999 {
			rep.Warn(0, "", code, report.Because(report.NoNumberLeft))
			continue
		}
		p := merged[code]
		p.Number = strconv.Itoa(next)
		merged[code], taken[p.Number] = p, code
		given++
	}
	rep.Facts["numbers_given"] = strconv.Itoa(given)
}

// drop takes a commune back out of the import; [listing.resolveParents] then finds what hangs on it.
func drop(e *entry, rep *report.Report, column string, reason report.Reason) {
	e.refused = true
	rep.Counts.Accepted--
	rep.Refuse(e.line, column, e.place.Number, reason)
}
