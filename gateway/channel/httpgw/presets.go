package httpgw

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// messageGroups are the keys of a preset that are about messages; all others are about dialogues.
var messageGroups = []string{"receive", "send", "report"}

// Presets lists the names of the presets that have a kind of channel, ussd or sms.
func Presets(kind string) (names []string) {
	entries, _ := presets.ReadDir("presets") // embedded
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".yaml")
		if leaves, err := preset(kind, name); err == nil && len(leaves) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// preset reads what a preset says about a kind of channel.
func preset(kind, name string) (map[string]leaf, error) {
	file := "presets/" + name + ".yaml"
	data, err := presets.ReadFile(file)
	if err != nil {
		return nil, err
	}
	leaves, err := presetLeaves(file, data)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(leaves, func(key string, _ leaf) bool {
		group, _, _ := strings.Cut(key, ".")
		return slices.Contains(messageGroups, group) != (kind == "sms")
	})
	return leaves, nil
}

// load lays a channel's settings over the preset they name.
func load(kind string, own map[string]any) (*settings, error) {
	mine := ownLeaves(own)
	name := ""
	if l, ok := mine["preset"]; ok && len(l.values) == 1 {
		name = l.values[0]
	}
	delete(mine, "preset")
	if name == "" {
		return over(nil, mine), nil
	}
	if known := Presets(kind); !slices.Contains(known, name) {
		return nil, fmt.Errorf("preset: one of %s", strings.Join(known, ", "))
	}
	base, err := preset(kind, name)
	if err != nil {
		return nil, err
	}
	return over(base, mine), nil
}
