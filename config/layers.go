package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// layer is where a value comes from, the weakest first.
type layer uint8

const (
	fromDefault layer = iota
	fromMode          // defaults of demo
	fromFile
	fromEnv
	fromFlag
)

// value is what one layer says about a key.
type value struct {
	layer layer
	place string     // file, variable or flag
	node  *yaml.Node // scalar, sequence or mapping
	file  bool       // the key was spelled with _file: the scalar is a path
}

func (v value) origin() string {
	if v.layer == fromFile && v.node != nil {
		return fmt.Sprintf("%s:%d", v.place, v.node.Line)
	}
	if v.place == "" {
		return "default"
	}
	return v.place
}

func (v value) line() int {
	if v.layer == fromFile && v.node != nil {
		return v.node.Line
	}
	return 0
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// set replaces what weaker layers said. One layer that says the same key twice, inline and by file, is a mistake.
func (l *loader) set(key string, v value) {
	if old, known := l.values[key]; known && old.layer == v.layer && v.layer >= fromFile && old.file != v.file {
		l.wrong(v, key, "is set both inline and as %s_file: keep one", lastPart(key))
	}
	l.values[key] = v
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

func (l *loader) defaults() {
	for _, e := range schema() {
		l.values[e.key] = value{layer: fromDefault, node: scalar(e.def)}
	}
	for _, key := range slices.Sorted(maps.Keys(l.Defaults)) {
		l.spelled(key, value{layer: fromMode, place: "demo", node: scalar(l.Defaults[key])})
	}
}

func (l *loader) flags() {
	for _, key := range slices.Sorted(maps.Keys(l.Flags)) {
		l.spelled(key, value{layer: fromFlag, place: "--" + strings.ReplaceAll(key, "_", "-"), node: scalar(l.Flags[key])})
	}
}

// spelled sets a key that may be written with _file, and refuses one that does not exist.
func (l *loader) spelled(key string, v value) {
	for _, e := range schema() {
		switch {
		case e.key == key:
			l.set(key, v)
			return
		case e.kind.hasFile() && e.key+"_file" == key:
			v.file = true
			l.set(e.key, v)
			return
		}
	}
	if _, setting, ok := channelKey(key); ok {
		if s, file, known := anySetting().find(setting); known {
			v.file = file
			l.set(strings.TrimSuffix(key, setting)+s.name, v)
			return
		}
	}
	l.wrong(v, key, "unknown key")
}

// environment takes the variables that begin with BARO_. A variable that nothing knows is worth a warning only: other
// programs may use the prefix.
func (l *loader) environment() {
	keys := make(map[string]string)
	for _, e := range schema() {
		keys[envName(e.key)] = e.key
		if e.kind.hasFile() {
			keys[envName(e.key)+"_FILE"] = e.key + "_file"
		}
	}
	for _, variable := range slices.Sorted(slices.Values(l.Env)) {
		name, text, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix) || strings.HasPrefix(name, envTestPrefix) || text == "" {
			continue // an empty variable is how compose files say "not set"
		}
		v := value{layer: fromEnv, place: name, node: scalar(text)}
		key, ok := keys[name]
		if !ok {
			key, ok = l.channelVariable(name)
		}
		if !ok {
			l.warn(v, "", "unknown variable, ignored")
			continue
		}
		l.spelled(key, v)
	}
}

// channelVariable finds the key of BARO_CHANNELS_NAME_SETTING. Names of channels that exist are tried first, as both
// parts may hold underscores; otherwise what stands before a known setting is the name of a new channel.
func (l *loader) channelVariable(variable string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(variable, envPrefix+"CHANNELS_")
	if !ok {
		return "", false
	}
	all := anySetting()
	names := l.channelNames()
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		head := strings.TrimPrefix(envName(name), envPrefix) + "_"
		if setting, ok := strings.CutPrefix(rest, head); ok {
			if _, _, known := all.find(strings.ToLower(setting)); known {
				return channelsKey + "." + name + "." + strings.ToLower(setting), true
			}
		}
	}
	for i, c := range rest {
		if c != '_' {
			continue
		}
		name, setting := strings.ToLower(rest[:i]), strings.ToLower(rest[i+1:])
		if _, _, known := all.find(setting); known && channelName(name) {
			return channelsKey + "." + name + "." + setting, true
		}
	}
	return "", false
}

// channelNames are the channels that any layer speaks of, sorted.
func (l *loader) channelNames() []string {
	names := make(map[string]bool)
	for key := range l.values {
		if name, _, ok := channelKey(key); ok {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// channelName reports whether a channel may be called so: the name is a path part of its hooks.
func channelName(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`).MatchString(name)
}
