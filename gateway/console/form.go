package console

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baro/store"
)

// Form is what a page shows in its fields, and what is wrong with it.
type Form struct {
	Name   string // drafts go by it; "": none are kept
	Values url.Values
	Saved  time.Time // since when there is a draft in it; zero: it is none

	faults []Fault
}

// Fault is one field that cannot be taken as it is.
type Fault struct {
	Field string // "" for the form as a whole
	Text  string // id
	Args  []any
}

// Blank is a form as somebody first sees it: with what they left in it, else with what stands. The name tells this form
// and what it edits from all others, "notice:14"; "" keeps no drafts.
func (r *Request) Blank(ctx context.Context, name string, standing url.Values) (*Form, error) {
	f := &Form{Name: name, Values: standing}
	if f.Values == nil {
		f.Values = url.Values{}
	}
	if name == "" || r.Who == nil {
		return f, nil
	}
	left, since, err := r.c.Access.Draft(ctx, r.Who, name)
	if store.CodeOf(err) == store.CodeNotFound {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	f.Values, f.Saved = left, since
	return f, nil
}

// Sent is the form that came.
func (r *Request) Sent() *Form {
	return &Form{Name: r.draft, Values: r.Form}
}

// Fail notes what is wrong with a field, "" for the form as a whole.
func (f *Form) Fail(field, text string, args ...any) {
	f.faults = append(f.faults, Fault{field, text, args})
}

// OK tells whether nothing is.
func (f *Form) OK() bool { return len(f.faults) == 0 }

// Faults lists what is wrong, in the order in which it was found.
func (f *Form) Faults() []Fault { return f.faults }

// Fault gives what is wrong with one field first.
func (f *Form) Fault(field string) *Fault {
	for i := range f.faults {
		if f.faults[i].Field == field {
			return &f.faults[i]
		}
	}
	return nil
}

// Get gives the first value of a field, without the spaces around it.
func (f *Form) Get(field string) string { return strings.TrimSpace(f.Values.Get(field)) }

// Has tells whether a box is ticked or an option chosen.
func (f *Form) Has(field, value string) bool { return slices.Contains(f.Values[field], value) }

// Text reads a line or more of text. Whoever may leave it out gives min 0.
func (f *Form) Text(field string, least, most int) string {
	text := strings.ReplaceAll(f.Get(field), "\r\n", "\n")
	n := utf8.RuneCountInString(text)
	switch {
	case n < least && n == 0:
		f.Fail(field, "frame.fault.missing")
	case n < least:
		f.Fail(field, "frame.fault.short", "least", least)
	case n > most:
		f.Fail(field, "frame.fault.long", "most", most)
	case strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }):
		f.Fail(field, "frame.fault.letters")
	}
	return text
}

// Whole reads a whole number; spaces between its digits are how people write amounts.
func (f *Form) Whole(field string, least, most int64) int64 {
	text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(f.Get(field))
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "":
		f.Fail(field, "frame.fault.missing")
	case err != nil:
		f.Fail(field, "frame.fault.number")
	case n < least || n > most:
		f.Fail(field, "frame.fault.range", "least", least, "most", most)
	}
	return n
}

// Day reads a date as browsers send it; "" is taken when it may be left out.
func (f *Form) Day(field string, optional bool) store.Date {
	d := store.Date(f.Get(field))
	switch {
	case d == "" && !optional:
		f.Fail(field, "frame.fault.missing")
	case !d.Valid():
		f.Fail(field, "frame.fault.date")
	}
	return d
}

// Choice reads one of some words.
func (f *Form) Choice(field string, words ...string) string {
	word := f.Get(field)
	if !slices.Contains(words, word) {
		f.Fail(field, "frame.fault.choice")
	}
	return word
}
