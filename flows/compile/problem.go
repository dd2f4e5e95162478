// Package compile turns flow files into a checked program: every link, source, field, key, text and width is looked at,
// and everything wrong is reported at once with its file and line.
package compile

import (
	"fmt"
	"sort"
)

// A Problem is one thing wrong, or worth a look, in a flow, the manifest or a text.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Warning bool   `json:"warning,omitempty"`
}

// String gives "file:line: text" as editors read it.
func (p Problem) String() string {
	word := "error"
	if p.Warning {
		word = "warning"
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, word, p.Text)
}

// Problems is what a compilation found.
type Problems []Problem

// Errors tells how many are not warnings.
func (ps Problems) Errors() (n int) {
	for _, p := range ps {
		if !p.Warning {
			n++
		}
	}
	return n
}

func (ps *Problems) add(file string, line int, format string, args ...any) {
	*ps = append(*ps, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)})
}

func (ps Problems) sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Text < b.Text
	})
}
