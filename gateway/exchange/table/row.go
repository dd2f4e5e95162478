package table

import (
	"slices"
	"strings"

	"baro/gateway/exchange/report"
	"baro/locales/charset"
)

// A Row is one line of the file under our column names. It is valid until the next call of Next; the strings stay.
type Row struct {
	Line  int    // 1-based, in the file
	Total string // the label, when the row is a total and not data
	cells []string
	raw   []string
	bound *binding
}

// Get gives a cell without blanks around it, "" when the file has no such column.
func (r Row) Get(name string) string { return r.cell(r.cells, name) }

// Raw gives a cell as the workbook stores it, without number format: what an amount must be read from, since the
// format may round it. For text files it is the same as Get.
func (r Row) Raw(name string) string {
	if r.raw == nil {
		return r.Get(name)
	}
	return r.cell(r.raw, name)
}

// Has tells whether the file has the column.
func (r Row) Has(name string) bool { _, ok := r.bound.index[name]; return ok }

// Column gives the file's own name of a column, or ours when the file has none.
func (r Row) Column(name string) string {
	if i, ok := r.bound.index[name]; ok {
		return r.bound.header[i]
	}
	return name
}

func (r Row) cell(cells []string, name string) string {
	i, ok := r.bound.index[name]
	if !ok || i >= len(cells) {
		return ""
	}
	return trim(cells[i])
}

// binding is a layout found in a file.
type binding struct {
	layout  *Layout
	line    int
	header  []string       // the file's names, trimmed
	keys    []string       // the same, folded
	index   map[string]int // our name → position
	unused  []string
	doubled []string
	titles  []string
}

// bind compares a row with a layout and tells how many columns it names and which required ones it lacks.
func bind(layout *Layout, o Options, line int, cells []string) (b *binding, matched int, lacking []string) {
	b = &binding{layout: layout, line: line, index: map[string]int{}}
	position := map[string]int{}
	for i, c := range cells {
		name := trim(c)
		key := charset.Fold(name)
		b.header, b.keys = append(b.header, name), append(b.keys, key)
		if key == "" {
			continue
		}
		if _, twice := position[key]; twice {
			b.doubled = append(b.doubled, name)
			continue
		}
		position[key] = i
	}
	used := map[int]bool{}
	for _, c := range layout.Columns {
		i, ok := find(c, o.Map[c.Name], position)
		switch {
		case ok && !used[i]:
			b.index[c.Name], used[i] = i, true
		case c.Required:
			lacking = append(lacking, c.wanted())
		}
	}
	for i, name := range b.header {
		if name != "" && !used[i] {
			b.unused = append(b.unused, name)
		}
	}
	return b, len(used), lacking
}

// fixed gives a row's cells with other values in place of some.
func (b *binding) fixed(cells []string, fixes []Fix) []string {
	out := make([]string, max(len(cells), len(b.header)))
	copy(out, cells)
	for _, f := range fixes {
		at, known := b.index[f.Column]
		if i := slices.Index(b.keys, charset.Fold(f.Column)); i >= 0 {
			at, known = i, true
		}
		if known {
			out[at] = f.Value
		}
	}
	return out
}

func find(c Column, mapped string, position map[string]int) (int, bool) {
	if mapped != "" {
		i, ok := position[charset.Fold(mapped)]
		return i, ok
	}
	for _, alias := range c.Aliases {
		if i, ok := position[charset.Fold(alias)]; ok {
			return i, true
		}
	}
	i, ok := position[charset.Fold(c.Name)]
	return i, ok
}

func (c Column) wanted() string {
	if len(c.Aliases) > 0 {
		return c.Aliases[0]
	}
	return c.Name
}

func (b *binding) names() map[string]string {
	names := make(map[string]string, len(b.index))
	for name, i := range b.index {
		names[name] = b.header[i]
	}
	return names
}

// repeats tells whether a row is the header again, as at the top of each printed page.
func (b *binding) repeats(cells []string) bool {
	if len(cells) == 0 || len(cells) > len(b.header) {
		return false
	}
	for i, c := range cells {
		if trim(c) != b.header[i] {
			return false
		}
	}
	return true
}

// checkPersonal refuses a file in which a phone number stands beside what tells of displacement, ethnicity, religion
// or party (requirement P1), by its column names and its HXL tags.
func (b *binding) checkPersonal(tags []string) error {
	phone, group := "", ""
	for i, key := range b.keys {
		if isPhone(key) {
			phone = b.header[i]
		}
		if isGroup(key) {
			group = b.header[i]
		}
	}
	for _, t := range tags {
		tag := strings.ToLower(strings.ReplaceAll(t, " ", ""))
		if strings.HasPrefix(tag, "#contact") && strings.Contains(tag, "+phone") {
			phone = t
		}
		for _, part := range strings.FieldsFunc(tag, func(r rune) bool { return r == '+' || r == '#' }) {
			if part == "asylum" || isGroup(charset.Fold(part)) {
				group = t
			}
		}
	}
	if phone != "" && group != "" {
		return reject(report.PhoneAndGroup, report.Shorten(phone)+", "+report.Shorten(group))
	}
	return nil
}

func isPhone(key string) bool {
	for _, word := range strings.Fields(key) {
		for _, stem := range []string{"téléphone", "phone", "portable", "mobile", "msisdn", "whatsapp", "cellulaire"} {
			if strings.HasPrefix(word, charset.Fold(stem)) || strings.HasSuffix(word, charset.Fold(stem)) {
				return true
			}
		}
		if word == "tel" || word == charset.Fold("gsm") {
			return true
		}
	}
	return false
}

// Sensitive tells whether a text speaks of displacement, ethnicity, religion or party: what may not stand beside a number.
func Sensitive(text string) bool { return isGroup(charset.Fold(text)) }

func isGroup(key string) bool {
	for _, word := range strings.Fields(key) {
		for _, stem := range []string{"déplac", "displac", "réfugi", "refugee", "retourné", "returnee", "rapatri", "ethni", "religi", "confession"} {
			if strings.HasPrefix(word, charset.Fold(stem)) || strings.HasPrefix(word, "is"+charset.Fold(stem)) {
				return true
			}
		}
		switch word {
		case "pdi", "idp", "idps", "vbg", "gbv", charset.Fold("parti"), charset.Fold("party"), "clan", "tribu", "tribus":
			return true
		}
	}
	return false
}

// hashtags gives the tags of an HXL row: at least half of its filled cells are hashtags (HXL 1.1).
func hashtags(cells []string) (tags []string, ok bool) {
	filled := 0
	for _, c := range cells {
		c = trim(c)
		if c == "" {
			continue
		}
		filled++
		if isHashtag(c) {
			tags = append(tags, c)
		}
	}
	return tags, len(tags) > 0 && 2*len(tags) >= filled
}

// isHashtag matches #tag, then any number of +attribute, with blanks allowed before each plus sign.
func isHashtag(s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	for _, part := range strings.Split(s[1:], "+") {
		part = strings.TrimRight(part, " ")
		for i := range len(part) {
			c := part[i] | 0x20
			letter := 'a' <= c && c <= 'z'
			if !letter && (i == 0 || part[i] != '_' && (part[i] < '0' || part[i] > '9')) {
				return false
			}
		}
		if part == "" {
			return false
		}
	}
	return true
}
