package budget

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// heading is what holds for the whole document: commune, year, stage and unit. It is taken from the options, then the
// rows, then the titles above the header, then the file's name.
type heading struct {
	options Options
	rep     *report.Report
	year    int
	stage   store.BudgetStage
	code    string // of the commune, as the rows write it
	unit    int64
}

func newHeading(o Options, rep *report.Report) *heading {
	h := &heading{options: o, rep: rep, year: o.Year, stage: o.Stage, unit: max(o.Unit, 1)}
	return h
}

// rejectUnit refuses a file that speaks of thousands or millions while nobody has said so: the press mixes both.
func (h *heading) rejectUnit() bool {
	if h.options.Unit != 0 {
		return false
	}
	for _, title := range h.rep.Format.Titles {
		for _, word := range strings.Fields(charset.Fold(title)) {
			if word == charset.Fold("milliers") || word == charset.Fold("millions") {
				h.rep.Reject(report.Because(report.UnitStated, title))
				return true
			}
		}
	}
	return false
}

// accept takes what a row says of the document, and refuses the row when it belongs to another one.
func (h *heading) accept(row table.Row) (column string, code report.Code) {
	if text := row.Get("year"); text != "" {
		year, err := strconv.Atoi(strings.TrimSuffix(row.Raw("year"), ".0"))
		switch {
		case err != nil || year < 1960 || year > 2200:
			return "year", report.BadNumber
		case h.year == 0:
			h.year = year
		case h.year != year:
			return "year", report.OtherYear
		}
	}
	if text := row.Get("stage"); text != "" {
		stage := stageOf(text)
		switch {
		case stage == "":
			return "stage", report.UnknownWord
		case h.stage == "":
			h.stage = stage
		case h.stage != stage:
			return "stage", report.OtherStage
		}
	}
	if text := row.Get("commune"); text != "" {
		if h.code == "" {
			h.code = text
		}
		if h.code != text {
			return "commune", report.OtherCommune
		}
	}
	return "", ""
}

// settle completes the heading and finds the commune; what stays open rejects the file.
func (h *heading) settle(ctx context.Context, places Places) (store.Place, error) {
	for _, text := range append(h.rep.Format.Titles, h.options.File) {
		if h.stage == "" {
			h.stage = stageIn(text)
		}
		if h.year == 0 {
			h.year = yearIn(text)
		}
	}
	if h.year == 0 {
		h.rep.Reject(report.Because(report.NoYear))
	}
	if h.stage == "" {
		h.rep.Reject(report.Because(report.NoStage))
	}
	commune, err := h.commune(ctx, places)
	if err != nil {
		return store.Place{}, err
	}
	h.rep.Facts["year"], h.rep.Facts["stage"] = strconv.Itoa(h.year), string(h.stage)
	h.rep.Facts["commune"], h.rep.Facts["unit"] = commune.Name, strconv.FormatInt(h.unit, 10)
	return commune, nil
}

func (h *heading) commune(ctx context.Context, places Places) (store.Place, error) {
	find := func(code string) (store.Place, bool, error) {
		if code == "" {
			return store.Place{}, false, nil
		}
		p, err := places.Commune(ctx, code)
		if store.CodeOf(err) == store.CodeNotFound {
			return store.Place{}, false, nil
		}
		return p, err == nil, err
	}
	named, hasNamed, err := find(h.options.Commune)
	if err != nil {
		return store.Place{}, err
	}
	written, hasWritten, err := find(h.code)
	switch {
	case err != nil:
		return store.Place{}, err
	case h.options.Commune != "" && !hasNamed:
		h.rep.Reject(report.Because(report.UnknownCommune))
	case hasNamed && hasWritten && named.ID != written.ID:
		h.rep.Reject(report.Because(report.OtherCommune))
	case hasNamed:
		if h.code != "" && !hasWritten {
			h.rep.Warn(0, h.rep.Format.Columns["commune"], h.code, report.Because(report.CodeNotRecognised))
		}
		return named, nil
	case hasWritten:
		return written, nil
	case h.code != "":
		h.rep.Reject(report.Because(report.UnknownCommune))
	default:
		h.rep.Reject(report.Because(report.NoCommune))
	}
	return store.Place{}, nil
}

// stageIn finds the name of a document within a title or a file name.
func stageIn(text string) store.BudgetStage {
	words := wordsOf(text)
	for i := range len(words) - 1 {
		if s := stageOf(words[i] + " " + words[i+1]); s != "" {
			return s
		}
	}
	for _, w := range words {
		switch w = strings.ToLower(w); w {
		case "bp", "ba", "ca", "collectif":
			return stageOf(w)
		}
	}
	return ""
}

// yearIn finds the first year within a title or a file name, or rather the one after "exercice".
func yearIn(text string) int {
	first, after := 0, false
	for _, w := range wordsOf(text) {
		if n, err := strconv.Atoi(w); err == nil && len(w) == 4 && n >= 1960 && n <= 2200 {
			if after {
				return n
			}
			if first == 0 {
				first = n
			}
		}
		after = strings.EqualFold(w, "exercice")
	}
	return first
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
