package httpgw

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A leaf is one setting at the end of its path, "request.fields.session", with where it was written.
type leaf struct {
	values []string
	origin string
}

// settings are a preset with a channel's own settings over it. Reading marks what is known, and the rest is a mistake.
type settings struct {
	leaves map[string]leaf
	used   map[string]bool
	faults []error
}

// replaced are the groups of which a channel's own setting leaves nothing of the preset's: half a rule is none.
var replaced = []string{"begin", "end"}

// presetLeaves flattens a preset's file.
func presetLeaves(file string, data []byte) (map[string]leaf, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) != 1 {
		return nil, fmt.Errorf("%s: not one YAML document", file)
	}
	out := map[string]leaf{}
	var walk func(prefix string, n *yaml.Node) error
	walk = func(prefix string, n *yaml.Node) error {
		origin := fmt.Sprintf("%s:%d", file, n.Line)
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if err := walk(join(prefix, n.Content[i].Value), n.Content[i+1]); err != nil {
					return err
				}
			}
			return nil
		case yaml.SequenceNode:
			l := leaf{origin: origin}
			for _, item := range n.Content {
				if item.Kind != yaml.ScalarNode {
					return fmt.Errorf("%s: %s: a list of single values is expected", origin, prefix)
				}
				l.values = append(l.values, item.Value)
			}
			out[prefix] = l
			return nil
		case yaml.ScalarNode:
			out[prefix] = leaf{[]string{n.Value}, origin}
			return nil
		}
		return fmt.Errorf("%s: %s: aliases are not supported", origin, prefix)
	}
	return out, walk("", doc.Content[0])
}

// ownLeaves flattens a channel's settings as the configuration gives them.
func ownLeaves(own map[string]any) map[string]leaf {
	out := map[string]leaf{}
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				walk(join(prefix, key), value)
			}
		case []any:
			l := leaf{}
			for _, item := range v {
				l.values = append(l.values, fmt.Sprint(item))
			}
			out[prefix] = l
		case []string:
			out[prefix] = leaf{values: v}
		case nil:
		default:
			out[prefix] = leaf{values: []string{fmt.Sprint(v)}}
		}
	}
	walk("", own)
	return out
}

// over lays a channel's own settings over a preset's.
func over(preset, own map[string]leaf) *settings {
	s := &settings{leaves: maps.Clone(preset), used: map[string]bool{}}
	if s.leaves == nil {
		s.leaves = map[string]leaf{}
	}
	for _, group := range replaced {
		if slices.ContainsFunc(slices.Collect(maps.Keys(own)), func(k string) bool { return strings.HasPrefix(k, group+".") }) {
			maps.DeleteFunc(s.leaves, func(k string, _ leaf) bool { return strings.HasPrefix(k, group+".") })
		}
	}
	maps.Copy(s.leaves, own)
	return s
}

// wrong notes a fault at a setting, with the file and line where it has them.
func (s *settings) wrong(key, format string, args ...any) {
	at := key
	if origin := s.leaves[key].origin; origin != "" {
		at = origin + ": " + key
	}
	s.faults = append(s.faults, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// has reports whether a setting is there, and counts it as known.
func (s *settings) has(key string) bool { return len(s.list(key)) > 0 }

func (s *settings) list(key string) []string {
	s.used[key] = true
	return s.leaves[key].values
}

func (s *settings) text(key, otherwise string) string {
	values := s.list(key)
	switch len(values) {
	case 0:
		return otherwise
	case 1:
		return values[0]
	}
	s.wrong(key, "a single value is expected")
	return otherwise
}

func (s *settings) oneOf(key, otherwise string, words ...string) string {
	word := strings.ToLower(s.text(key, otherwise))
	if !slices.Contains(words, word) {
		s.wrong(key, "one of %s", strings.Join(words, ", "))
		return otherwise
	}
	return word
}

func (s *settings) onOff(key string) bool {
	return slices.Contains([]string{"true", "yes", "on"}, s.oneOf(key, "false", "true", "false", "yes", "no", "on", "off"))
}

// below lists the keys of a mapping.
func (s *settings) below(prefix string) []string {
	var out []string
	for key := range s.leaves {
		if rest, ok := strings.CutPrefix(key, prefix+"."); ok {
			out = append(out, rest)
		}
	}
	sort.Strings(out)
	return out
}

// done reports every fault, unknown keys among them, in an order of their own.
func (s *settings) done() error {
	for key := range s.leaves {
		if !s.used[key] {
			s.wrong(key, "unknown key")
		}
	}
	slices.SortFunc(s.faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(s.faults...)
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}
