// Package locales holds every text that baro shows to people: one message file
// per language, read with go-i18n, checked as a whole, and compiled into a
// [Catalogue] of segments that renders without templates or allocation.
//
// Choice of language is ours throughout: the list of languages, the chains of
// fallbacks, the plural table and the review states do not depend on what a
// library happens to know of the languages of Mali. To change texts at run time
// load a new catalogue and swap the pointer.
package locales

import (
	"slices"
	"strings"

	"baro/locales/charset"
)

// Lang is the index of a language in its catalogue, in the order of the options.
type Lang uint8

// ID is the index of a message in its catalogue, the same in every language.
// Ids are sorted by name.
type ID int32

// State is how far a text of one language has come.
type State uint8

const (
	Missing  State = iota // no text of its own
	Draft                 // a text nobody has approved, or whose French source changed since
	Approved              // read and approved; fr and en by definition
)

// String returns the state's name: missing, draft or approved.
func (s State) String() string {
	switch s {
	case Draft:
		return "draft"
	case Approved:
		return "approved"
	default:
		return "missing"
	}
}

// smsSuffix marks the variant of a message worded for SMS.
const smsSuffix = "_sms"

// Catalogue is the compiled content of all message files of the live languages.
// It never changes and is safe for concurrent use. Lang and ID values belong to
// the catalogue that gave them; slices it returns without a copy are read-only,
// as their comments say.
type Catalogue struct {
	tags     []string
	langs    map[string]Lang
	rules    []pluralRule
	chains   [][]Lang
	drafts   []bool   // by language: unreviewed texts may be shown
	files    []string // by language
	fallback Lang
	ids      []string
	index    map[string]ID
	sms      []ID       // by id: its SMS variant, or itself
	fields   [][]string // by id, of the French text
	sources  []string   // by id, the French text that fingerprints are taken of
	texts    [][]text   // by language, then id
	hash     string
}

// Hash identifies the compiled content, as hex SHA-256: languages in order,
// ids, texts for each set of letters, states and which drafts are shown. It is
// the same in every process that loaded the same files with the same options.
func (c *Catalogue) Hash() string { return c.hash }

// Lang returns the language of a tag as the options spelled it canonically.
func (c *Catalogue) Lang(tag string) (Lang, bool) {
	l, ok := c.langs[tag]
	return l, ok
}

// Default returns the language for whoever has not chosen one.
func (c *Catalogue) Default() Lang { return c.fallback }

// Tag returns the tag of a language.
func (c *Catalogue) Tag(l Lang) string { return c.tags[l] }

// Tags lists the live languages in order.
func (c *Catalogue) Tags() []string { return slices.Clone(c.tags) }

// ID returns the message of that name.
func (c *Catalogue) ID(name string) (ID, bool) {
	id, ok := c.index[name]
	return id, ok
}

// Name returns the name of a message.
func (c *Catalogue) Name(id ID) string { return c.ids[id] }

// IDs lists the names of all messages; the position of a name is its ID.
func (c *Catalogue) IDs() []string { return slices.Clone(c.ids) }

// State returns how far the text of exactly this language has come.
func (c *Catalogue) State(l Lang, id ID) State { return c.texts[l][id].state }

// Usable tells whether the language's own text may be shown: it is approved, or
// drafts of that language are allowed.
func (c *Catalogue) Usable(l Lang, id ID) bool {
	switch c.texts[l][id].state {
	case Approved:
		return true
	case Draft:
		return c.drafts[l]
	default:
		return false
	}
}

// Chain lists a language, then its live fallbacks, ending with French. The
// slice is read-only. Which member to show is decided for a whole flow, so that
// a screen never mixes languages.
func (c *Catalogue) Chain(l Lang) []Lang { return c.chains[l] }

// Fields lists the placeholders of the French text, sorted; every other
// language has the same. The slice is read-only.
func (c *Catalogue) Fields(id ID) []string { return c.fields[id] }

// Segments returns the text of exactly this language, nil when there is none.
// Literals are already in the given letters, without GSM extension characters
// in the two narrow sets; values for the fields still need converting. count
// chooses the plural form and is ignored by other messages. The slice is
// read-only; nothing is allocated.
func (c *Catalogue) Segments(l Lang, id ID, letters charset.Letters, count int64) []Segment {
	t := &c.texts[l][id]
	if t.plural == nil {
		return t.plain[letters]
	}
	return t.plural[letters][c.rules[l].form(count)]
}

// Position returns where a text stands, for problems that other packages find
// in it. The line is 0 when the language has no such text.
func (c *Catalogue) Position(l Lang, id ID) (file string, line int) {
	return c.files[l], c.texts[l][id].line
}

// Unconvertible lists, sorted, the characters of the literals of a text that
// have no form in the given letters and are shown as "?". The slice is
// read-only.
func (c *Catalogue) Unconvertible(l Lang, id ID, letters charset.Letters) []rune {
	return c.texts[l][id].lost[letters]
}

// SMS returns the variant of a message worded for SMS (the sibling id ending in
// _sms), or the message itself. The variant is optional in each language: where
// it is not usable the message itself is shown, not the variant of a fallback.
func (c *Catalogue) SMS(id ID) ID { return c.sms[id] }

// Untranslated lists the names of messages that have no text of their own in a
// language. SMS variants are left out, since a language may do without them.
func (c *Catalogue) Untranslated(l Lang) []string {
	var names []string
	for id := range c.ids {
		if c.texts[l][id].state == Missing && !c.isVariant(ID(id)) {
			names = append(names, c.ids[id])
		}
	}
	return names
}

// isVariant tells whether a message is the SMS variant of another.
func (c *Catalogue) isVariant(id ID) bool {
	base, found := strings.CutSuffix(c.ids[id], smsSuffix)
	if !found {
		return false
	}
	_, ok := c.index[base]
	return ok
}
