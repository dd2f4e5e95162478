package broadcasts

import (
	"fmt"
	"slices"
	"strings"

	"baro/gateway/campaign"
	"baro/locales"
	"baro/locales/charset"
)

// mostSigns bounds the signs that are named: one is enough to mend a text, a script of its own needs none.
const mostSigns = 6

// screen is a text as phones show it, once for all who read the same.
type screen struct {
	Lang     string // that it is written in
	Readers  string // languages of those who get it, by their own names
	Text     string
	Encoding string // id of a text
	Units    int
	Parts    int
	Forcing  string // signs that the short alphabet lacks
	Lost     string // signs that arrive as question marks
}

// screens puts together who reads the same.
func screens(all []campaign.Text) (out []screen) {
	for _, t := range all {
		name, lang := t.Language, t.Shown
		if l, ok := locales.FindLanguage(t.Language); ok {
			name = l.Own
		}
		if lang == "" { // of kept texts only the readers' languages are known: who has none of their own reads French
			lang = t.Language
		}
		i := slices.IndexFunc(out, func(o screen) bool { return o.Text == t.Text })
		if i < 0 {
			out = append(out, screen{lang, name, t.Text, encodingID(t.Encoding), t.Units, t.Parts, signs(t.Forcing), signs(t.Lost)})
			continue
		}
		if out[i].Lost == "" {
			out[i].Lost = signs(t.Lost)
		}
		if !slices.Contains(strings.Split(out[i].Readers, ", "), name) {
			out[i].Readers += ", " + name
		}
		if lang == french {
			out[i].Lang = french
		}
	}
	return out
}

func encodingID(e charset.Encoding) string { return "broadcasts.encoding." + e.String() }

// signs names signs by what they look like and by their number: some look like nothing.
func signs(all string) string {
	var named []string
	for _, r := range all {
		if len(named) == mostSigns {
			named = append(named, "…")
			break
		}
		named = append(named, fmt.Sprintf("%c (%U)", r, r))
	}
	return strings.Join(named, ", ")
}
