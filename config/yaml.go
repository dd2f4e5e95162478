package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yaml reads a file. JSON is YAML. What is not a key is a mistake, so that a misspelt one does not go unnoticed.
func (l *loader) yaml(path string, data []byte) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := decoder.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return // an empty file says nothing
	case err != nil:
		l.unreadable(path, err)
		return
	}
	var next yaml.Node
	if err := decoder.Decode(&next); !errors.Is(err, io.EOF) {
		l.wrong(value{layer: fromFile, place: path, node: &next}, "", "a second document: one file, one document")
	}
	if len(doc.Content) > 0 {
		l.walk(path, "", doc.Content[0])
	}
}

// unreadable reports a mistake of syntax. The library writes the line into its text.
func (l *loader) unreadable(path string, err error) {
	place, text := path, strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := regexp.MustCompile(`^line (\d+): (.*)`).FindStringSubmatch(text); m != nil {
		place, text = path+":"+m[1], m[2]
		line, _ = strconv.Atoi(m[1])
	}
	l.problems = append(l.problems, Problem{Origin: place, Text: "not YAML: " + text, line: line})
}

// walk sets what a mapping says. prefix is "" or ends in a dot.
func (l *loader) walk(path, prefix string, node *yaml.Node) {
	at := func(n *yaml.Node) value { return value{layer: fromFile, place: path, node: n} }
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return // "channels:" with nothing below it
	}
	if node.Kind != yaml.MappingNode {
		l.wrong(at(node), strings.TrimSuffix(prefix, "."), "must be a mapping of keys")
		return
	}
	first := make(map[string]int)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, content := node.Content[i], node.Content[i+1]
		key := prefix + name.Value
		if name.Kind != yaml.ScalarNode {
			l.wrong(at(name), strings.TrimSuffix(prefix, "."), "a key must be a word")
			continue
		}
		if line, twice := first[key]; twice {
			l.wrong(at(name), key, "is set twice, first in line %d", line)
			continue
		}
		first[key] = name.Line
		l.entry(at, path, key, name, content)
	}
}

func (l *loader) entry(at func(*yaml.Node) value, path, key string, name, content *yaml.Node) {
	switch {
	case hasAlias(content):
		l.wrong(at(name), key, "anchors and aliases are not supported")
	case isSection(key):
		l.walk(path, key+".", content)
	case strings.Count(key, ".") == 1 && strings.HasPrefix(key, channelsKey+"."):
		if !channelName(name.Value) {
			l.wrong(at(name), key, "a channel's name has up to 32 of a-z, 0-9, - and _, and begins with a letter or digit")
			return
		}
		l.walk(path, key+".", content)
	case content.Kind == yaml.ScalarNode && content.Tag == "!!null":
		if !l.known(key) {
			l.wrong(at(name), key, "unknown key%s", l.meant(key))
		}
	case !l.known(key):
		l.wrong(at(name), key, "unknown key%s", l.meant(key))
	default:
		l.spelled(key, at(content))
	}
}

// isSection reports whether keys stand below this one.
func isSection(key string) bool {
	if key == channelsKey {
		return true
	}
	return slices.ContainsFunc(schema(), func(e entry) bool { return strings.HasPrefix(e.key, key+".") })
}

// known reports whether the key exists for anything. Settings that another provider has are told apart later, when the
// channel's provider is known.
func (l *loader) known(key string) bool {
	for _, e := range schema() {
		if e.key == key || e.kind.hasFile() && e.key+"_file" == key {
			return true
		}
	}
	_, setting, ok := channelKey(key)
	if !ok {
		return false
	}
	_, _, ok = anySetting().find(setting)
	return ok
}

// meant names the key that was probably meant: the one of the same section that differs by a letter or two.
func (l *loader) meant(key string) string {
	candidates := []string{channelsKey}
	for _, e := range schema() {
		candidates = append(candidates, e.key)
		if i := strings.IndexByte(e.key, '.'); i > 0 {
			candidates = append(candidates, e.key[:i])
		}
	}
	if name, _, ok := channelKey(key); ok {
		candidates = nil
		for _, s := range slices.Concat(common(), anySetting().settings) {
			candidates = append(candidates, channelsKey+"."+name+"."+s.name)
		}
	}
	for _, c := range candidates {
		if max(len(c), len(key))-min(len(c), len(key)) <= 2 && distance(c, key) <= 2 {
			return ", did you mean " + lastPart(c) + "?"
		}
	}
	return ""
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// hasAlias looks for references between nodes, by which a small file can become endless work.
func hasAlias(node *yaml.Node) bool {
	return node.Kind == yaml.AliasNode || node.Anchor != "" || slices.ContainsFunc(node.Content, hasAlias)
}
