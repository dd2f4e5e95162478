package place

import (
	"strings"
	"unicode/utf8"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// Bounds of Mali in degrees, with a little room: about 10–25 N, 12.3 W–4.3 E.
const south, north, west, east = 10.0, 25.1, -12.4, 4.4

// readPoint takes the coordinates, which a settlement must have.
func (l *listing) readPoint(row table.Row, e *entry) bool {
	lat, lon := row.Get("lat"), row.Get("lon")
	if lat == "" && lon == "" {
		if l.layout == villages {
			l.rep.Refuse(row.Line, row.Column("lat"), "", report.Because(report.Missing))
			return false
		}
		return true
	}
	var at store.Point
	var ok bool
	if at.Lat, ok = table.Degrees(row.Raw("lat")); !ok {
		l.rep.Refuse(row.Line, row.Column("lat"), lat, report.Because(report.BadNumber))
		return false
	}
	if at.Lon, ok = table.Degrees(row.Raw("lon")); !ok {
		l.rep.Refuse(row.Line, row.Column("lon"), lon, report.Because(report.BadNumber))
		return false
	}
	if at.Lat < south || at.Lat > north || at.Lon < west || at.Lon > east {
		l.rep.Refuse(row.Line, row.Column("lat"), lat+" "+lon, report.Because(report.OutsideMali))
		return false
	}
	e.place.At, e.says.point = &at, true
	return true
}

// readDetails takes what only baro's own layout tells of a place.
func (l *listing) readDetails(row table.Row, e *entry) bool {
	p := &e.place
	if number := row.Get("number"); number != "" {
		if len(number) != 3 || strings.Trim(number, "0123456789") != "" || p.Level != store.LevelCommune {
			l.rep.Refuse(row.Line, row.Column("number"), number, report.Because(report.BadDialNumber))
			return false
		}
		p.Number, e.says.number = number, true
	}
	if text := row.Raw("population"); text != "" {
		n, bad := table.Amount(text, 1)
		if bad != "" || n < 0 {
			l.rep.Refuse(row.Line, row.Column("population"), text, report.Because(report.BadNumber))
			return false
		}
		p.Population, e.says.population = &n, true
	}
	if short := row.Get("short_name"); short != "" {
		if utf8.RuneCountInString(short) > 14 {
			l.rep.Refuse(row.Line, row.Column("short_name"), short, report.Because(report.TooLong, 14))
			return false
		}
		p.ShortName, e.says.shortName = short, true
	}
	if list := words(row.Get("languages")); list != nil {
		p.Languages, e.says.languages = list, true
	}
	if list := words(row.Get("aliases")); list != nil {
		p.Aliases, e.says.aliases = list, true
	}
	return true
}

// level reads the word or digit for a level; "" for none of them.
func level(word string) store.Level {
	switch charset.Fold(word) {
	case "0", charset.Fold("country"), charset.Fold("pays"):
		return store.LevelCountry
	case "1", charset.Fold("région"), charset.Fold("region"), charset.Fold("district"):
		return store.LevelRegion
	case "2", charset.Fold("cercle"):
		return store.LevelCercle
	case "3", charset.Fold("commune"):
		return store.LevelCommune
	case "4", charset.Fold("village"), charset.Fold("quartier"), charset.Fold("fraction"), charset.Fold("settlement"), charset.Fold("localité"):
		return store.LevelSettlement
	}
	return ""
}

// words splits a cell that holds several values.
func words(cell string) []string {
	var list []string
	for _, w := range strings.FieldsFunc(cell, func(r rune) bool { return r == '|' || r == ';' || r == ',' }) {
		if w = strings.TrimSpace(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}
