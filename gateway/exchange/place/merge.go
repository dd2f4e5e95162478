package place

import (
	"cmp"
	"context"
	"slices"

	"baro/gateway/exchange/report"
	"baro/locales/charset"
	"baro/store"
)

// merge lays the file over what is stored, gives numbers to communes without one and positions to communes whose
// settlements it brings, and returns what differs from the store.
func (im *Importer) merge(ctx context.Context, o Options, list *listing, known *snapshot, rep *report.Report) ([]store.Place, error) {
	inUse, err := im.reader.Communes(ctx)
	if err != nil {
		return nil, err
	}
	use := decideUse(o, known, inUse, rep)
	merged := make(map[string]store.Place, len(list.entries))
	for _, e := range list.entries {
		old, stored := known.byCode[e.place.Pcode]
		p := e.place
		if stored {
			p = e.says.over(old, e.place)
		}
		p.InUse = use == "yes" || stored && old.InUse
		p.Fictional = p.Fictional || o.Fictional
		if !stored && list.layout != plain {
			p.Unverified = true
		}
		merged[p.Pcode] = p
	}
	if list.layout == villages || list.layout == plain {
		locate(list, known, merged)
	}
	number(o, list, known, merged, inUse, rep)
	return difference(list, known, merged, rep), nil
}

// decideUse tells whether the edition is reachable: "yes" already, "new" with this import, which is so for the first
// edition that is not fictional and for fictional ones, else "no".
func decideUse(o Options, known *snapshot, inUse []store.Place, rep *report.Report) string {
	use := "new"
	for _, p := range known.byCode {
		if p.InUse {
			use = "yes"
			break
		}
	}
	if use == "new" && !o.Fictional {
		for _, c := range inUse {
			if !c.Fictional && c.Edition != o.Edition {
				use = "no"
				rep.Warn(0, "", c.Edition, report.Because(report.NotInUse))
				break
			}
		}
	}
	rep.Facts["in_use"] = use
	return use
}

// over keeps of a stored place what the file does not tell.
func (f fields) over(old, from store.Place) store.Place {
	p := old
	p.Level, p.Name, p.ParentPcode = from.Level, from.Name, from.ParentPcode
	if f.point {
		p.At = from.At
	}
	if f.number && old.Number == "" {
		p.Number = from.Number
	}
	if f.population {
		p.Population = from.Population
	}
	if f.languages {
		p.Languages = from.Languages
	}
	if f.aliases {
		p.Aliases = from.Aliases
	}
	if f.shortName {
		p.ShortName = from.ShortName
	}
	return p
}

// locate gives communes without a checked position that of the settlement with their own name, else the centre of all
// their settlements.
func locate(list *listing, known *snapshot, merged map[string]store.Place) {
	below := map[string][]store.Place{}
	seen := map[string]bool{}
	for code, p := range merged {
		if p.Level == store.LevelSettlement && p.At != nil {
			below[p.ParentPcode] = append(below[p.ParentPcode], p)
			seen[code] = true
		}
	}
	for code, p := range known.byCode {
		if p.Level == store.LevelSettlement && p.At != nil && !seen[code] && below[p.ParentPcode] != nil {
			below[p.ParentPcode] = append(below[p.ParentPcode], p)
		}
	}
	for code, settlements := range below {
		commune, ok := merged[code]
		if !ok {
			if commune, ok = known.byCode[code]; !ok {
				continue
			}
		}
		e := list.byCode[code]
		if e != nil && e.says.point || commune.At != nil && !commune.Unverified {
			continue
		}
		at := centre(commune, settlements)
		commune.At = &at
		merged[code] = commune
	}
}

func centre(commune store.Place, settlements []store.Place) store.Point {
	slices.SortFunc(settlements, func(a, b store.Place) int { return cmp.Compare(a.Pcode, b.Pcode) })
	name := charset.Fold(commune.Name)
	var sum store.Point
	for _, s := range settlements {
		if charset.Fold(s.Name) == name {
			return *s.At
		}
		sum.Lat += s.At.Lat
		sum.Lon += s.At.Lon
	}
	n := float64(len(settlements))
	return store.Point{Lat: sum.Lat / n, Lon: sum.Lon / n}
}

// difference counts new, changed and unchanged places and gives the first two in the file's order, then the communes
// that only got a position.
func difference(list *listing, known *snapshot, merged map[string]store.Place, rep *report.Report) []store.Place {
	var out []store.Place
	done := map[string]bool{}
	take := func(code string) {
		p, ok := merged[code]
		if !ok || done[code] {
			return
		}
		done[code] = true
		old, stored := known.byCode[code]
		switch {
		case !stored:
			rep.Counts.New++
		case same(old, p):
			rep.Counts.Unchanged++
			return
		default:
			rep.Counts.Changed++
		}
		out = append(out, p)
	}
	for _, e := range list.entries {
		take(e.place.Pcode)
	}
	rest := make([]string, 0, len(merged))
	for code := range merged {
		if !done[code] {
			rest = append(rest, code)
		}
	}
	slices.Sort(rest)
	for _, code := range rest {
		take(code)
	}
	return out
}

func same(a, b store.Place) bool {
	return a.Level == b.Level && a.Name == b.Name && a.ShortName == b.ShortName && a.ParentPcode == b.ParentPcode &&
		a.Number == b.Number && a.Fictional == b.Fictional && a.Unverified == b.Unverified && a.InUse == b.InUse &&
		slices.Equal(a.Aliases, b.Aliases) && slices.Equal(a.Languages, b.Languages) &&
		equal(a.At, b.At) && equal(a.Population, b.Population)
}

func equal[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
