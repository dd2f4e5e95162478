package contact

import (
	"strings"
	"time"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/gateway/identity"
	"baro/locales"
	"baro/locales/charset"
)

// rapidpro is the layout's name, as the report shows it: the export of contacts of RapidPro and TextIt, whose columns
// changed their names over the years. Its "Group:…" and "Field:…" columns mean nothing to us.
const rapidpro = "rapidpro-contacts"

func layouts() []table.Layout {
	return []table.Layout{{Name: rapidpro, Columns: []table.Column{
		{Name: "urn", Aliases: []string{"URN:Tel", "URN:tel", "URN:Phone", "URN", "URNs", "Phone", "Tel"}, Required: true},
		{Name: "uuid", Aliases: []string{"Contact UUID", "UUID"}},
		{Name: "name", Aliases: []string{"Name"}},
		{Name: "language", Aliases: []string{"Language"}},
		{Name: "status", Aliases: []string{"Status"}},
		{Name: "groups", Aliases: []string{"Groups"}},
		{Name: "seen", Aliases: []string{"Last Seen On", "Last Seen"}},
	}}}
}

// readRow takes one row. A group's name is read for one thing only: a number beside displacement, ethnicity, religion or
// party is refused, with the whole file (requirement P1).
func readRow(row table.Row, rep *report.Report) (p person, ok bool) {
	if group := row.Get("groups"); table.Sensitive(group) {
		rep.Reject(report.Because(report.PhoneAndGroup, row.Column("urn")+", "+row.Column("groups")))
		return p, false
	}
	p.line = row.Line
	raw := row.Get("urn")
	if raw == "" {
		rep.Refuse(row.Line, numberColumn(row), "", report.Because(report.Missing))
		return p, false
	}
	number, found := telephone(raw)
	if !found {
		rep.Refuse(row.Line, numberColumn(row), "", report.Because(report.BadPhone))
		return p, false
	}
	p.number = number
	switch status(row.Get("status")) {
	case "active":
	case "stopped":
		p.stopped = true
	case "archived":
		rep.Refuse(row.Line, row.Column("status"), row.Get("status"), report.Because(report.Archived))
		return p, false
	default:
		rep.Refuse(row.Line, row.Column("status"), row.Get("status"), report.Because(report.UnknownWord))
		return p, false
	}
	if code := row.Get("language"); code != "" {
		if p.language = language(code); p.language == "" && !p.stopped {
			rep.Warn(row.Line, row.Column("language"), code, report.Because(report.UnknownLanguage))
		}
	}
	p.seen = instant(row.Get("seen"))
	return p, true
}

// status reads how somebody stood with the other system, "" for a word that is not known. Exports without the column hold
// active people only.
func status(word string) string {
	for _, known := range []struct{ status, words string }{
		{"active", "active,actif"}, {"stopped", "stopped,blocked,bloqué,arrêté"}, {"archived", "archived,archivé"},
	} {
		for w := range strings.SplitSeq(known.words, ",") {
			if charset.Fold(w) == charset.Fold(word) {
				return known.status
			}
		}
	}
	if word == "" {
		return "active"
	}
	return ""
}

func numberColumn(row table.Row) string { return row.Column("urn") }

// telephone finds the number among what stands for one: "tel:+22370000001", a bare number, or several with other networks.
func telephone(raw string) (identity.MSISDN, bool) {
	for _, urn := range strings.FieldsFunc(raw, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '\n' }) {
		scheme, path, named := strings.Cut(strings.TrimSpace(urn), ":")
		if !named {
			path = scheme
		} else if !strings.EqualFold(scheme, "tel") {
			continue
		}
		path, _, _ = strings.Cut(path, "?") // parameters of a URN
		if number, err := identity.Parse(path); err == nil {
			return number, true
		}
	}
	return identity.MSISDN{}, false
}

// language is our tag of an ISO 639-3 code, "" for one that has no texts. Codes of a language's varieties count as it.
func language(code string) string {
	code = strings.ToLower(code)
	for _, known := range []struct{ code, tag string }{
		{"fra", "fr"}, {"eng", "en"}, {"bam", "bm"}, {"dyu", "bm"}, {"ful", "ff"}, {"ffm", "ff"}, {"fuc", "ff"}, {"ses", "ses"}, {"khq", "ses"},
		{"taq", "taq"}, {"tmh", "taq"}, {"ara", "ar"}, {"mey", "ar"},
	} {
		if known.code == code {
			return known.tag
		}
	}
	if l, ok := locales.FindLanguage(code); ok {
		return l.Tag
	}
	return ""
}

// instant reads when somebody was last heard of, and gives the zero time for what it cannot read: it only decides when
// they are forgotten.
func instant(cell string) time.Time {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999", "2006-01-02 15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, cell); err == nil {
			return t.UTC()
		}
	}
	t, _ := table.Date(cell)
	return t
}
