package locales

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"baro/locales/charset"
)

// Segment is a piece of a text: a literal, or the name of a field whose value
// goes there. Exactly one of the two is set.
type Segment struct {
	Literal, Field string
}

// letterSets counts the sets of letters each text is prepared for.
const letterSets = int(charset.UCS2Letters) + 1

// countField is the field that a plural is chosen by.
const countField = "Count"

// pieces is a message cut into segments, before conversion; a nil form is
// absent.
type pieces [formCount][]Segment

// text is a message of one language, ready to render.
type text struct {
	line   int
	state  State
	plain  [letterSets][]Segment             // the form other
	plural *[letterSets][formCount][]Segment // nil without plural forms; absent forms hold other
	lost   [letterSets][]rune
}

// formTexts returns the forms of a message in the order of form.
func formTexts(m *i18n.Message) [formCount]string {
	return [formCount]string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}
}

// cut splits every form of a message. The map holds the error of each form
// that is no plain text with {{.Name}} fields.
func cut(m *i18n.Message) (pieces, map[form]error) {
	var out pieces
	var faults map[form]error
	for f, src := range formTexts(m) {
		if src == "" {
			continue
		}
		segments, err := cutText(src)
		if err != nil {
			if faults == nil {
				faults = map[form]error{}
			}
			faults[form(f)] = err
			continue
		}
		out[f] = segments
	}
	return out, faults
}

// cutText splits a text at its {{.Name}} fields and refuses every other action:
// what a translator may write is substitution, not a program.
func cutText(src string) ([]Segment, error) {
	if strings.Contains(src, "{{-") || strings.Contains(src, "-}}") {
		return nil, errors.New("trim markers are not supported, only {{.Name}}")
	}
	tree := parse.New("text")
	tree.Mode = parse.ParseComments
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(src, "{{", "}}", set); err != nil {
		return nil, fmt.Errorf("not a text with {{.Name}} fields: %s", strings.TrimPrefix(err.Error(), "template: text:1: "))
	}
	if len(set) > 1 || tree.Root == nil {
		return nil, errors.New("define is not supported, only {{.Name}}")
	}
	var out []Segment
	for _, node := range tree.Root.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			out = append(out, Segment{Literal: string(n.Text)})
		case *parse.ActionNode:
			name, ok := fieldName(n)
			if !ok {
				return nil, fmt.Errorf("%s is not supported, only {{.Name}}", n)
			}
			out = append(out, Segment{Field: name})
		default:
			return nil, fmt.Errorf("%s is not supported, only {{.Name}}", n)
		}
	}
	return out, nil
}

func fieldName(action *parse.ActionNode) (string, bool) {
	if len(action.Pipe.Decl) != 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 1 {
		return "", false
	}
	field, ok := action.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(field.Ident) != 1 || !isName(field.Ident[0]) {
		return "", false
	}
	return field.Ident[0], true
}

// isPlural tells whether a form besides other is present.
func (p *pieces) isPlural() bool {
	for f := formZero; f < formOther; f++ {
		if p[f] != nil {
			return true
		}
	}
	return false
}

// empty tells whether no form is present: the message is not translated.
func (p *pieces) empty() bool {
	return p[formOther] == nil && !p.isPlural()
}

// fields returns the names of all forms together, sorted, each once.
func (p *pieces) fields() []string {
	var names []string
	for f := range p {
		names = append(names, fieldsOf(p[f])...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func fieldsOf(segments []Segment) []string {
	var names []string
	for _, s := range segments {
		if s.Field != "" {
			names = append(names, s.Field)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// prepare converts the pieces for each set of letters. Sets for which nothing
// changes share their segments.
func prepare(p *pieces, tag string) text {
	var t text
	if p.isPlural() {
		t.plural = new([letterSets][formCount][]Segment)
	}
	for f := range p {
		if p[f] == nil {
			continue
		}
		var previous []Segment
		for letters := letterSets - 1; letters >= 0; letters-- {
			converted, lost := convert(p[f], tag, charset.Letters(letters))
			if slices.Equal(converted, previous) {
				converted = previous
			}
			previous = converted
			t.lost[letters] = append(t.lost[letters], lost...)
			if form(f) == formOther {
				t.plain[letters] = converted
			}
			if t.plural != nil {
				t.plural[letters][f] = converted
			}
		}
	}
	for letters := range letterSets {
		slices.Sort(t.lost[letters])
		t.lost[letters] = slices.Compact(t.lost[letters])
		if t.plural == nil {
			continue
		}
		for f := range formOther {
			if t.plural[letters][f] == nil {
				t.plural[letters][f] = t.plain[letters]
			}
		}
	}
	return t
}

// convert brings the literals into the letters of a channel. Extension
// characters cost two septets and some gateways drop them, so the two narrow
// sets do without.
func convert(segments []Segment, tag string, letters charset.Letters) ([]Segment, []rune) {
	out := make([]Segment, 0, len(segments))
	var lost []rune
	for _, s := range segments {
		if s.Field != "" {
			out = append(out, s)
			continue
		}
		literal, missing := charset.Convert(s.Literal, tag, letters, letters == charset.UCS2Letters)
		lost = append(lost, missing...)
		if literal != "" {
			out = append(out, Segment{Literal: literal})
		}
	}
	return out, lost
}
