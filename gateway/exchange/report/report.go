// Package report says what an import found in a file: the detected format, the counts, every refused row with its
// reason in French and English, and what deserves a second look. It is what the console shows before a commit and what
// the command line prints.
package report

import (
	"context"
	"unicode/utf8"
)

// MaxRefused bounds the refused rows a report lists; the counts stay exact beyond it.
const MaxRefused = 10_000

// maxValue bounds a quoted cell in characters, so that one damaged cell cannot fill the page.
const maxValue = 60

// A Commit writes what a plan has accepted, in one transaction. It does nothing a second time, since every import is
// idempotent.
type Commit func(ctx context.Context) error

// Format is how the file was understood. The person who imports can see, and correct, every guess.
type Format struct {
	Kind      string            `json:"kind"`               // "csv" or "xlsx"
	Encoding  string            `json:"encoding"`           // "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252"
	Separator string            `json:"separator"`          // "," ";" "tab" "|", empty for xlsx
	Sheet     string            `json:"sheet,omitempty"`    // xlsx only
	Header    int               `json:"header_line"`        // line of the column names, 1-based
	Layout    string            `json:"layout"`             // which of the known layouts it is
	Columns   map[string]string `json:"columns"`            // our name → the file's name
	Unused    []string          `json:"unused,omitempty"`   // columns of the file that mean nothing to us
	Titles    []string          `json:"titles,omitempty"`   // text above the header
	Hashtags  []string          `json:"hashtags,omitempty"` // an HXL row below the header
}

// Counts are rows of the file, except New, Changed and Unchanged, which count the records they make.
type Counts struct {
	Read      int `json:"read"` // rows with content below the header, without totals
	Accepted  int `json:"accepted"`
	Refused   int `json:"refused"`
	Totals    int `json:"totals"` // total rows, checked and not imported
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

// A Refusal is one row that will not be imported.
type Refusal struct {
	Line   int    `json:"line"`   // 1-based, in the file
	Column string `json:"column"` // the file's own name of the column
	Value  string `json:"value"`  // as it stands in the file; empty where it may be a phone number
	Reason
}

// A Warning does not keep anything from being imported. Equal warnings are counted, with the first line they met.
type Warning struct {
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Times  int    `json:"times"`
	Reason
}

// A Report is the outcome of reading one file. Rejected is set when nothing of the file can be imported.
type Report struct {
	Kind       string            `json:"kind"`
	File       string            `json:"file,omitempty"`
	Format     Format            `json:"format"`
	Facts      map[string]string `json:"facts,omitempty"` // what was derived for the whole file: commune, year, stage, edition …
	Counts     Counts            `json:"counts"`
	Rejected   *Reason           `json:"rejected,omitempty"`
	Refused    []Refusal         `json:"refused"`
	NotListed  int               `json:"refused_not_listed,omitempty"` // beyond MaxRefused
	Warnings   []Warning         `json:"warnings"`
	warningKey map[warningKey]int
}

type warningKey struct {
	code          Code
	column, value string
}

// New starts a report.
func New(kind, file string) *Report {
	return &Report{Kind: kind, File: file, Facts: map[string]string{}, Refused: []Refusal{}, Warnings: []Warning{},
		warningKey: map[warningKey]int{}}
}

// Refuse notes a row that will not be imported.
func (r *Report) Refuse(line int, column, value string, reason Reason) {
	r.Counts.Refused++
	if len(r.Refused) >= MaxRefused {
		r.NotListed++
		return
	}
	r.Refused = append(r.Refused, Refusal{Line: line, Column: column, Value: Shorten(value), Reason: reason})
}

// Warn notes something to look at; warnings with the same code, column and value are one entry.
func (r *Report) Warn(line int, column, value string, reason Reason) {
	value = Shorten(value)
	key := warningKey{reason.Code, column, value}
	if i, ok := r.warningKey[key]; ok {
		r.Warnings[i].Times++
		return
	}
	r.warningKey[key] = len(r.Warnings)
	r.Warnings = append(r.Warnings, Warning{Line: line, Column: column, Value: value, Times: 1, Reason: reason})
}

// Reject says that nothing of the file can be imported; the first reason stands.
func (r *Report) Reject(reason Reason) {
	if r.Rejected == nil {
		r.Rejected = &reason
	}
}

// Clean tells whether every row of the file can be imported.
func (r *Report) Clean() bool { return r.Rejected == nil && r.Counts.Refused == 0 }

// Shorten cuts a quoted value to a readable length and drops control characters.
func Shorten(value string) string { return Clip(value, maxValue) }

// Clip is Shorten with another length in characters.
func Clip(value string, limit int) string {
	long := utf8.RuneCountInString(value) > limit
	n, out := 0, make([]rune, 0, min(len(value), limit))
	for _, c := range value {
		if long && n == limit-1 {
			return string(append(out, '…'))
		}
		if c < ' ' || c == 0x7f {
			c = ' '
		}
		out = append(out, c)
		n++
	}
	return string(out)
}
