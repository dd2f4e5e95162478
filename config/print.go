package config

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// line is one setting as Print shows it.
type line struct{ key, shown, origin string }

// Print writes the settings that hold, each with where it comes from. Secrets are left out.
func (c Config) Print(w io.Writer) error {
	out := bufio.NewWriter(w)
	var section []string
	for _, l := range c.lines {
		parts := strings.Split(l.key, ".")
		above := parts[:len(parts)-1]
		for depth, name := range above {
			if depth >= len(section) || !slices.Equal(section[:depth+1], above[:depth+1]) {
				fmt.Fprintf(out, "%s%s:\n", strings.Repeat("  ", depth), name)
				section = append(slices.Clone(above[:depth]), name)
			}
		}
		section = above
		fmt.Fprintf(out, "%s%s: %s  # %s\n", strings.Repeat("  ", len(above)), parts[len(parts)-1], l.shown, l.origin)
	}
	return out.Flush()
}

// lines lists all settings in the order of the schema, then the channels by name.
func (l *loader) lines() []line {
	var out []line
	add := func(key string, k kind) {
		v, set := l.values[key]
		if !set {
			return
		}
		if v.file {
			key += "_file" // the path may be shown
			k = text
		}
		out = append(out, line{key, shown(v, k), v.origin()})
	}
	for _, e := range schema() {
		add(e.key, e.kind)
	}
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		name, setting, ok := channelKey(key)
		if !ok {
			continue
		}
		p, _ := findProvider(l.text(channelsKey + "." + name + ".provider"))
		s, _, _ := p.find(setting)
		add(key, s.kind)
	}
	return out
}

func shown(v value, k kind) string {
	switch {
	case k == secret && v.node.Value != "":
		return quoted(redacted)
	case k == address:
		return quoted(Secret(v.node.Value).Address())
	case k == object:
		return "{…}" // a header's value may be a password
	case v.node.Kind == yaml.SequenceNode || k == list:
		var items []string
		for _, item := range v.node.Content {
			items = append(items, quoted(item.Value))
		}
		if v.node.Kind == yaml.ScalarNode && v.node.Value != "" {
			for item := range strings.SplitSeq(v.node.Value, ",") {
				items = append(items, quoted(strings.TrimSpace(item)))
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return quoted(v.node.Value)
}

// quoted writes a scalar so that YAML reads the same text again.
func quoted(s string) string {
	encoded, err := yaml.Marshal(s)
	if err != nil || strings.Count(string(encoded), "\n") > 1 {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(string(encoded), "\n")
}
