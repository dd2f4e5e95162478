package table

import (
	"math"
	"strconv"
	"strings"
	"time"

	"baro/gateway/exchange/report"
)

// Amount reads a sum in whole FCFA. unit is what the file counts in (1, 1,000, 1,000,000). Thousands may be parted by
// any blank, a point, a comma or an apostrophe, decimals by a comma or a point; a suffix FCFA is dropped. A value that
// does not come out in whole francs, or that can be read in two ways, is refused. A lone "1.500" is 1500: Malian
// files part thousands by points, and francs have no millimes.
func Amount(cell string, unit int64) (int64, report.Code) {
	text, negative := strip(cell)
	if text == "" {
		return 0, report.BadAmount
	}
	if isExponent(text) {
		return 0, report.Exponent
	}
	whole, fraction, code := split(text)
	if code != "" {
		return 0, code
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || unit < 1 || n > math.MaxInt64/unit {
		return 0, report.BadAmount
	}
	n *= unit
	for _, d := range strings.TrimRight(fraction, "0") {
		if unit /= 10; unit == 0 {
			return 0, report.Fraction
		}
		add := int64(d-'0') * unit
		if n > math.MaxInt64-add {
			return 0, report.BadAmount
		}
		n += add
	}
	if negative {
		n = -n
	}
	return n, ""
}

// strip removes blanks, currency and sign; "(5)" and "5-" are negative.
func strip(cell string) (text string, negative bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(cell) {
		switch r {
		case ' ', '\u00a0', '\u202f', '\u2009', '\u2007', '\t':
		case '\u2212':
			b.WriteByte('-')
		case '\u2019':
			b.WriteByte('\'')
		default:
			b.WriteRune(r)
		}
	}
	text = b.String()
	for _, suffix := range []string{"FCFA", "CFA", "XOF", "F"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text = rest
			break
		}
	}
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok {
			return inner, true
		}
	}
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return rest, true
	}
	if rest, ok := strings.CutSuffix(text, "-"); ok {
		return rest, true
	}
	return strings.TrimPrefix(text, "+"), false
}

// split tells thousands from decimals. Blanks are gone already.
func split(text string) (whole, fraction string, code report.Code) {
	var groups []string
	var marks []byte
	start := 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
		case c == '.' || c == ',' || c == '\'':
			groups, marks = append(groups, text[start:i]), append(marks, c)
			start = i + 1
		default:
			return "", "", report.BadAmount
		}
	}
	groups = append(groups, text[start:])
	for _, g := range groups {
		if g == "" {
			return "", "", report.BadAmount
		}
	}
	if len(marks) == 0 {
		return text, "", ""
	}
	last := marks[len(marks)-1]
	tail := groups[len(groups)-1]
	only := strings.Count(string(marks), string(last)) == len(marks)
	decimal := last != '\'' && (!only || len(marks) == 1)
	if decimal && len(marks) == 1 && len(tail) == 3 && len(groups[0]) <= 3 && groups[0][0] != '0' {
		if last == ',' {
			return "", "", report.Ambiguous
		}
		decimal = false
	}
	if decimal {
		groups, marks, fraction = groups[:len(groups)-1], marks[:len(marks)-1], tail
	}
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(marks) > 0 && len(g) > 3 || i > 0 && marks[i-1] != marks[0] {
			return "", "", report.BadAmount
		}
	}
	return strings.Join(groups, ""), fraction, ""
}

// isExponent recognises what a spreadsheet makes of a long number: 1,56412E+11.
func isExponent(text string) bool {
	at := strings.IndexAny(text, "Ee")
	if at < 1 || at == len(text)-1 {
		return false
	}
	for i := range len(text) {
		if i != at && !strings.ContainsRune("0123456789.,+-", rune(text[i])) {
			return false
		}
	}
	return true
}

// Code reads a code of a nomenclature as text, leading zeros included. One that a spreadsheet turned into a number with
// an exponent is refused, never repaired.
func Code(cell string) (string, report.Code) {
	if isExponent(cell) && strings.ContainsAny(cell, "+.,") {
		return "", report.BadCode
	}
	return cell, ""
}

// Degrees reads a coordinate in decimal degrees, with a point or a comma.
func Degrees(cell string) (float64, bool) {
	for i := range len(cell) {
		if !strings.ContainsRune("0123456789.,-+", rune(cell[i])) {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
	return v, err == nil && math.Abs(v) <= 180
}

// Date reads a civil day: ISO, day/month/year, or the serial number a workbook stores (1900 system).
func Date(cell string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "02/01/2006", "2/1/2006", "02-01-2006", "02.01.2006", "20060102"} {
		if t, err := time.Parse(form, cell); err == nil {
			return t, true
		}
	}
	if serial, err := strconv.Atoi(cell); err == nil && serial > 20_000 && serial < 100_000 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, serial), true
	}
	return time.Time{}, false
}
