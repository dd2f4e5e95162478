package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one mistake: where it was made, the key, and what is wrong. Values of secrets are never told.
type Problem struct {
	Origin string // baro.yaml:12, BARO_LISTEN, --listen, default
	Key    string
	Text   string
	line   int
}

// String is the problem as a line.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Origin + ": " + p.Text
	}
	return fmt.Sprintf("%s: %s: %s", p.Origin, p.Key, p.Text)
}

// Problems are all mistakes of a configuration.
type Problems []Problem

// Error lists the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// A Warning is something that works and should be looked at.
type Warning Problem

// String is the warning as a line.
func (w Warning) String() string { return Problem(w).String() }

func (l *loader) wrong(v value, key, format string, args ...any) {
	l.problems = append(l.problems, Problem{Origin: v.origin(), Key: key, Text: fmt.Sprintf(format, args...), line: v.line()})
}

func (l *loader) warn(v value, key, format string, args ...any) {
	l.warnings = append(l.warnings, Warning{Origin: v.origin(), Key: key, Text: fmt.Sprintf(format, args...), line: v.line()})
}

// missing reports a key that is set nowhere.
func (l *loader) missing(key, format string, args ...any) {
	l.problems = append(l.problems, Problem{Origin: "not set", Key: key, Text: fmt.Sprintf(format, args...)})
}

func (l *loader) sortedProblems() Problems {
	slices.SortStableFunc(l.problems, byPlace)
	return l.problems
}

func (l *loader) sortedWarnings() []Warning {
	slices.SortStableFunc(l.warnings, func(a, b Warning) int { return byPlace(Problem(a), Problem(b)) })
	return l.warnings
}

// byPlace puts the lines of the file first, in their order.
func byPlace(a, b Problem) int {
	if (a.line > 0) != (b.line > 0) {
		return cmp.Compare(b.line, a.line)
	}
	return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Key, b.Key))
}
