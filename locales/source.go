package locales

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
)

// source is one message file as read: what go-i18n made of it, and what it
// hides: lines, duplicates, and which ids were dropped for a reported problem.
type source struct {
	file, tag  string
	messages   map[string]*i18n.Message
	positions  map[string]position
	broken     []string // ids, or nodes with all below them, that were reported and dropped
	unreadable bool     // no message could be read at all
	problems   []Problem
}

// position is where a message and each of its forms stand, as lines from 1.
type position struct {
	line  int
	forms [formCount]int
}

// readSource reads a message file. The YAML is composed once into nodes; the
// sound ones, flattened to dotted ids, are what go-i18n then parses, so that a
// single bad entry costs itself and not the file.
func readSource(file, tag string, data []byte) *source {
	s := &source{file: file, tag: tag, messages: map[string]*i18n.Message{}, positions: map[string]position{}}
	root, err := composeYAML(data)
	if err != nil {
		s.unreadable = true
		s.report(yamlLine(err), "", err.Error())
		return s
	}
	if root == nil {
		return s
	}
	if root.Kind != yaml.MappingNode {
		s.unreadable = true
		s.report(root.Line, "", "a message file maps ids to texts")
		return s
	}
	flat := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	s.walk("", root, flat)
	s.parse(data, flat)
	return s
}

func (s *source) parse(data []byte, flat *yaml.Node) {
	decode := func(_ []byte, v any) error { return flat.Decode(v) }
	parsed, err := i18n.ParseMessageFileBytes(data, s.file, map[string]i18n.UnmarshalFunc{"yaml": decode})
	if err != nil {
		s.unreadable = true
		s.report(0, "", err.Error())
		return
	}
	for _, m := range parsed.Messages {
		s.messages[m.ID] = m
	}
}

// walk descends a mapping below prefix and appends each sound message to flat.
func (s *source) walk(prefix string, node, flat *yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		id := key.Value
		if prefix != "" {
			id = prefix + "." + id
		}
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			s.drop(key.Line, id, fmt.Sprintf("key %q is not a string: quote it", key.Value))
			continue
		}
		if fault := nameFault(key.Value); fault != "" {
			s.drop(key.Line, id, fault)
			continue
		}
		switch value.Kind {
		case yaml.ScalarNode:
			if text := s.scalar(id, value); text != nil {
				s.add(id, position{line: key.Line, forms: [formCount]int{formOther: key.Line}}, text, flat)
			}
		case yaml.MappingNode:
			s.mapping(id, key, value, flat)
		case yaml.SequenceNode:
			s.drop(value.Line, id, fmt.Sprintf("%s is a list: a message is one text", id))
		default:
			s.drop(value.Line, id, fmt.Sprintf("%s is an alias: write the text out", id))
		}
	}
}

// mapping tells a message node (plural forms, description) from a group of
// messages; a mixture is refused, as go-i18n refuses it.
func (s *source) mapping(id string, key, node, flat *yaml.Node) {
	var reserved, free *yaml.Node
	for i := 0; i < len(node.Content); i += 2 {
		k := node.Content[i]
		if isReserved(k.Value) {
			if reserved == nil {
				reserved = k
			}
		} else if free == nil {
			free = k
		}
	}
	switch {
	case reserved == nil:
		s.walk(id, node, flat)
	case free != nil:
		s.drop(reserved.Line, id, fmt.Sprintf(
			"reserved word %q beside %q in %s: a message node holds plural forms and a description, nothing else, and no node may bear such a name",
			reserved.Value, free.Value, id))
	default:
		s.messageNode(id, key, node, flat)
	}
}

func (s *source) messageNode(id string, key, node, flat *yaml.Node) {
	at := position{line: key.Line}
	message := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	sound := true
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		k, v := node.Content[i], node.Content[i+1]
		f, isForm := formNamed(k.Value)
		fault := ""
		switch {
		case v.Kind != yaml.ScalarNode:
			fault = fmt.Sprintf("reserved word %q used as a node name in %s", k.Value, id)
		case !isForm && k.Value != "description":
			fault = fmt.Sprintf("key %q of %s is not supported: use zero, one, two, few, many, other, description", k.Value, id)
		case seen[k.Value] != 0:
			fault = fmt.Sprintf("%s of %s already stands at line %d", k.Value, id, seen[k.Value])
		}
		if fault != "" {
			s.drop(k.Line, id, fault)
			sound = false
			continue
		}
		seen[k.Value] = k.Line
		if isForm {
			at.forms[f] = k.Line
		}
		text := s.scalar(id, v)
		if text == nil {
			sound = false
			continue
		}
		message.Content = append(message.Content, stringNode(k.Value), text)
	}
	// A lone other is a plural to go-i18n and a slip of the pen to us; beside a
	// description it is how a plain text gets one.
	if s.tag == Source && len(seen) == 1 && seen["other"] != 0 {
		s.report(at.line, id, fmt.Sprintf("plural %s lacks the form one (or write the text directly after the id)", id))
	}
	if sound {
		s.add(id, at, message, flat)
	}
}

// scalar returns the node of a text, nil when it was refused. A missing value
// is an empty text, which counts as not translated.
func (s *source) scalar(id string, value *yaml.Node) *yaml.Node {
	switch value.ShortTag() {
	case "!!str":
		return stringNode(strings.TrimRight(value.Value, "\n"))
	case "!!null":
		return stringNode("")
	}
	s.drop(value.Line, id, fmt.Sprintf("the text of %s is read as %s: quote it", id, strings.TrimPrefix(value.ShortTag(), "!!")))
	return nil
}

func (s *source) add(id string, at position, value, flat *yaml.Node) {
	if first, ok := s.positions[id]; ok {
		s.report(at.line, id, fmt.Sprintf("id %s already stands at line %d", id, first.line))
		return
	}
	s.positions[id] = at
	flat.Content = append(flat.Content, stringNode(id), value)
}

func (s *source) drop(line int, id, text string) {
	s.broken = append(s.broken, id)
	s.report(line, id, text)
}

func (s *source) report(line int, id, text string) {
	s.problems = append(s.problems, Problem{File: s.file, Line: line, ID: id, Language: s.tag, Text: text})
}

// dropped tells whether the id, or a node above it, was reported already.
func (s *source) dropped(id string) bool {
	for _, b := range s.broken {
		if id == b || strings.HasPrefix(id, b+".") {
			return true
		}
	}
	return false
}

// nameFault checks a key. A key may hold several parts joined by dots, and then
// go-i18n gives none of them a meaning: menu.other is an ordinary id, while a
// node other inside a node menu is not.
func nameFault(key string) string {
	if isReserved(key) {
		return fmt.Sprintf("reserved word %q used as a node name", key)
	}
	for part := range strings.SplitSeq(key, ".") {
		if !isName(part) {
			return fmt.Sprintf("key %q: the parts of an id are letters, digits, - and _", key)
		}
	}
	return ""
}

func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return false
		}
	}
	return s != ""
}

// isReserved tells whether go-i18n gives the word a meaning inside a node.
func isReserved(word string) bool {
	switch strings.ToLower(word) {
	case "id", "description", "hash", "leftdelim", "rightdelim", "translation",
		"zero", "one", "two", "few", "many", "other":
		return true
	}
	return false
}

func formNamed(word string) (form, bool) {
	for f, name := range formNames {
		if name == word {
			return form(f), true
		}
	}
	return 0, false
}
