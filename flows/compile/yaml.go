package compile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A pair is one key of a YAML mapping with its value and place.
type pair struct {
	key   string
	line  int
	value *yaml.Node
}

// A reader walks one file's YAML nodes and collects problems instead of stopping at the first.
type reader struct {
	file     string
	problems *Problems
}

// root parses a file into its top mapping; nil after a problem.
func (r *reader) root(data []byte) *yaml.Node {
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		r.problems.add(r.file, yamlErrorLine(err), "not YAML: %s", yamlErrorText(err))
		return nil
	}
	if err := d.Decode(&more); err == nil {
		r.problems.add(r.file, more.Line, "a file holds one document")
	} else if !errors.Is(err, io.EOF) {
		r.problems.add(r.file, yamlErrorLine(err), "not YAML: %s", yamlErrorText(err))
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.problems.add(r.file, 1, "a mapping is expected")
		return nil
	}
	return doc.Content[0]
}

// pairs lists a mapping in order; double keys and values of another kind are problems.
func (r *reader) pairs(n *yaml.Node, what string) []pair {
	if n.Kind != yaml.MappingNode {
		r.problems.add(r.file, n.Line, "%s: a mapping is expected", what)
		return nil
	}
	seen := map[string]bool{}
	out := make([]pair, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if seen[k.Value] {
			r.problems.add(r.file, k.Line, "%s: %q stands twice", what, k.Value)
			continue
		}
		seen[k.Value] = true
		out = append(out, pair{key: k.Value, line: k.Line, value: n.Content[i+1]})
	}
	return out
}

// text reads a scalar as it is written.
func (r *reader) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode {
		r.problems.add(r.file, n.Line, "%s: one word or text is expected", what)
		return ""
	}
	return n.Value
}

func (r *reader) bool(n *yaml.Node, what string) bool {
	b, err := strconv.ParseBool(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		r.problems.add(r.file, n.Line, "%s: true or false is expected", what)
	}
	return b
}

func (r *reader) list(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.problems.add(r.file, n.Line, "%s: a list is expected", what)
		return nil
	}
	return n.Content
}

// yamlErrorLine is the line of a syntax error. The library counts lines from 0 in what its parser reports, which always
// misses something expected, and from 1 in what its scanner reports.
func yamlErrorLine(err error) int {
	var line int
	if _, e := fmt.Sscanf(err.Error(), "yaml: line %d:", &line); e != nil {
		return 1
	}
	if strings.Contains(err.Error(), "did not find expected") {
		line++
	}
	return line
}

// yamlErrorText leaves out the line, which stands in front already.
func yamlErrorText(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if _, after, ok := strings.Cut(rest, ": "); ok {
			return after
		}
	}
	return text
}
