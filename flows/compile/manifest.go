package compile

import (
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"baro/flows"
)

// Manifest reads the declaration of sources and actions.
func Manifest(file string, data []byte) (*flows.Manifest, Problems) {
	var problems Problems
	m := &flows.Manifest{
		File:    file,
		Parts:   map[string]flows.MessageSpec{},
		Letters: map[string]flows.MessageSpec{},
		Sources: map[string]*flows.SourceSpec{},
		Actions: map[string]*flows.ActionSpec{},
	}
	r := &manifestReader{reader: reader{file: file, problems: &problems}}
	top := r.root(data)
	if top == nil {
		return m, problems
	}
	for _, p := range r.pairs(top, "manifest") {
		switch p.key {
		case "parts":
			r.messages(p, m.Parts)
		case "letters":
			r.messages(p, m.Letters)
		case "sources":
			for _, e := range r.pairs(p.value, "sources") {
				m.Sources[e.key] = r.source(e)
			}
		case "actions":
			for _, e := range r.pairs(p.value, "actions") {
				m.Actions[e.key] = r.action(e)
			}
		default:
			problems.add(file, p.line, "unknown key %q: parts, letters, sources and actions are known", p.key)
		}
	}
	r.checkParts(m)
	problems.sort()
	return m, problems
}

type manifestReader struct{ reader }

func (r *manifestReader) messages(p pair, into map[string]flows.MessageSpec) {
	for _, e := range r.pairs(p.value, p.key) {
		into[e.key] = flows.MessageSpec{Line: e.line, Fields: r.fields(e.value, e.key)}
	}
}

func (r *manifestReader) source(e pair) *flows.SourceSpec {
	s := &flows.SourceSpec{Name: e.key, Line: e.line, Rows: 1}
	for _, p := range r.pairs(e.value, e.key) {
		switch p.key {
		case "args":
			s.Args = r.args(p.value, e.key)
		case "fields":
			s.Fields = r.fields(p.value, e.key)
		case "key":
			switch r.text(p.value, e.key) {
			case "int":
				s.Key = flows.Int
			case "text":
				s.Key = flows.Text
			default:
				r.problems.add(r.file, p.line, "%s: a key is int or text", e.key)
			}
		case "rows":
			n, err := strconv.Atoi(r.text(p.value, e.key))
			if err != nil || n < 1 {
				r.problems.add(r.file, p.line, "%s: rows is a number from 1", e.key)
			}
			s.Rows = n
		default:
			r.problems.add(r.file, p.line, "%s: unknown key %q", e.key, p.key)
		}
	}
	if (s.Key != flows.None) != (s.Rows > 1) {
		r.problems.add(r.file, e.line, "%s: a list has both key and rows, a record neither", e.key)
	}
	return s
}

func (r *manifestReader) action(e pair) *flows.ActionSpec {
	a := &flows.ActionSpec{Name: e.key, Line: e.line}
	for _, p := range r.pairs(e.value, e.key) {
		switch p.key {
		case "args":
			a.Args = r.args(p.value, e.key)
		case "fields":
			a.Fields = r.fields(p.value, e.key)
		case "outcomes":
			for _, n := range r.list(p.value, e.key) {
				a.Outcomes = append(a.Outcomes, r.text(n, e.key))
			}
		case "effect":
			switch r.text(p.value, e.key) {
			case "none":
				a.Effect = flows.Reads
			case "count":
				a.Effect = flows.Counts
			case "write":
				a.Effect = flows.Writes
			default:
				r.problems.add(r.file, p.line, "%s: an effect is none, count or write", e.key)
			}
		default:
			r.problems.add(r.file, p.line, "%s: unknown key %q", e.key, p.key)
		}
	}
	if len(a.Outcomes) == 0 {
		r.problems.add(r.file, e.line, "%s: an action has outcomes", e.key)
	}
	return a
}

func (r *manifestReader) args(n *yaml.Node, what string) (args []flows.ArgSpec) {
	for _, word := range strings.Fields(r.text(n, what)) {
		name, optional := strings.CutSuffix(word, "?")
		args = append(args, flows.ArgSpec{Name: name, Optional: optional})
	}
	return args
}

func (r *manifestReader) fields(n *yaml.Node, what string) (specs []flows.FieldSpec) {
	for _, p := range r.pairs(n, what) {
		spec, ok := parseField(p.key, r.text(p.value, what))
		spec.Line = p.line
		if !ok {
			r.problems.add(r.file, p.line, "%s: field %s has an unknown type %q", what, p.key, p.value.Value)
			continue
		}
		specs = append(specs, spec)
	}
	return specs
}

// simpleKinds are the types without parameters.
var simpleKinds = map[string]flows.Kind{
	"money": flows.Money, "amount": flows.Amount, "price": flows.Price, "percent": flows.Percent, "date": flows.Date, "day": flows.Day,
	"clock": flows.Clock, "distance": flows.Distance, "flag": flows.Flag,
}

func parseField(name, text string) (flows.FieldSpec, bool) {
	f := flows.FieldSpec{Name: name}
	text, f.Optional = strings.CutPrefix(text, "optional ")
	words := strings.Fields(text)
	if len(words) == 1 {
		kind, ok := simpleKinds[words[0]]
		f.Kind = kind
		return f, ok
	}
	var err error
	switch {
	case len(words) == 2 && words[0] == "int":
		f.Kind = flows.Int
		f.Width, err = strconv.Atoi(words[1])
	case len(words) == 2 && words[0] == "text":
		f.Kind = flows.Text
		f.Width, err = strconv.Atoi(words[1])
	case len(words) == 2 && words[0] == "label":
		f.Kind, f.Pattern = flows.Label, words[1]
	case len(words) == 3 && (words[0] == "list" || words[0] == "parts"):
		f.Kind, f.Pattern = flows.List, words[1]
		if words[0] == "parts" {
			f.Kind = flows.Parts
		}
		f.Max, err = strconv.Atoi(words[2])
	default:
		return f, false
	}
	return f, err == nil && plausible(f)
}

// plausible keeps slips of the pen from asking for screens of a million letters.
func plausible(f flows.FieldSpec) bool {
	switch f.Kind {
	case flows.Int:
		return f.Width >= 1 && f.Width <= 18
	case flows.Text:
		return f.Width >= 1 && f.Width <= 1000
	case flows.List, flows.Parts:
		return f.Max >= 1 && f.Max <= 100
	}
	return true
}

// checkParts demands that every list names at least one declared part.
func (r *manifestReader) checkParts(m *flows.Manifest) {
	check := func(line int, owner string, specs []flows.FieldSpec) {
		for _, f := range specs {
			if f.Kind != flows.List && f.Kind != flows.Parts {
				continue
			}
			if len(partsOf(m, f)) == 0 {
				r.problems.add(r.file, line, "%s: field %s: no part %s is declared", owner, f.Name, f.Pattern)
			}
		}
	}
	for name, l := range m.Letters {
		check(l.Line, name, l.Fields)
	}
	for name, s := range m.Sources {
		check(s.Line, name, s.Fields)
	}
	for name, a := range m.Actions {
		check(a.Line, name, a.Fields)
	}
}

// partsOf lists the declared parts a list or parts field may hold, in order of their names.
func partsOf(m *flows.Manifest, f flows.FieldSpec) (ids []string) {
	for id := range m.Parts {
		if f.Matches(id) {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids
}
