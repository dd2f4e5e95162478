package locales

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is one thing wrong with a message file, the review file, a keyword
// file or the options. Loading collects all of them instead of stopping at the
// first.
type Problem struct {
	File     string // name inside its folder; empty for an option
	Line     int    // from 1; 0 when it concerns the whole file
	ID       string // message id, where one is concerned
	Language string // tag, where one is concerned
	Text     string
	Warning  bool // worth reading, but no reason to refuse to start
}

// String renders file:line: text, leaving out what is not known.
func (p Problem) String() string {
	text := p.Text
	if p.Warning {
		text = "warning: " + text
	}
	switch {
	case p.File == "":
		return text
	case p.Line == 0:
		return p.File + ": " + text
	default:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, text)
	}
}

func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text))
	})
}
