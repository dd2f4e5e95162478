package console

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// locales are the languages of the console. French is the source.
func consoleLocales() []string { return []string{"fr", "en"} }

// texts holds the interface's words: by language, by id.
type texts map[string]map[string]string

var (
	textID      = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
)

// loadTexts reads texts/fr.yaml and texts/en.yaml of every room and finds what is in one and not in the other, texts whose
// ids are another room's, and placeholders that differ.
func loadTexts(rooms []Room) (texts, error) {
	all := texts{}
	var faults []error
	for _, locale := range consoleLocales() {
		all[locale] = map[string]string{}
		for _, room := range rooms {
			if room.Files == nil {
				continue
			}
			file := "texts/" + locale + ".yaml"
			raw, err := fs.ReadFile(room.Files, file)
			if err != nil {
				return nil, fmt.Errorf("room %s: %w", room.Name, err)
			}
			var own map[string]string
			if err := yaml.Unmarshal(raw, &own); err != nil {
				return nil, fmt.Errorf("room %s, %s: %w", room.Name, file, err)
			}
			for id, text := range own {
				if !textID.MatchString(id) || !strings.HasPrefix(id, room.Name+".") || strings.TrimSpace(text) == "" {
					faults = append(faults, fmt.Errorf("room %s, %s: %s is empty or no id of this room", room.Name, file, id))
				}
				all[locale][id] = text
			}
		}
	}
	source := all[consoleLocales()[0]]
	for _, locale := range consoleLocales()[1:] {
		faults = append(faults, compare(source, all[locale], locale)...)
	}
	return all, errors.Join(faults...)
}

func compare(source, other map[string]string, locale string) (faults []error) {
	for _, id := range slices.Sorted(maps.Keys(source)) {
		text, ok := other[id]
		if !ok {
			faults = append(faults, fmt.Errorf("text %s is missing in %s", id, locale))
			continue
		}
		if !slices.Equal(placeholders(source[id]), placeholders(text)) {
			faults = append(faults, fmt.Errorf("text %s has other placeholders in %s", id, locale))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(other)) {
		if _, ok := source[id]; !ok {
			faults = append(faults, fmt.Errorf("text %s is in %s only", id, locale))
		}
	}
	return faults
}

func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func (t texts) has(id string) bool { _, ok := t["fr"][id]; return ok }

// text fills a text's placeholders; args are names and values by turns. A missing text shows its id: the start has checked
// all ids that stand in pages, so that can only be one put together by a program.
func (t texts) text(locale, id string, args ...any) string {
	text, ok := t[locale][id]
	if !ok {
		return id
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// count gives ID.one or ID.other with {n} filled in. None is counted like one in French and like many in English.
func (t texts) count(locale, id string, n int64, args ...any) string {
	form := ".other"
	if n == 1 || n == 0 && locale == "fr" {
		form = ".one"
	}
	return t.text(locale, id+form, append([]any{"n", grouped(n)}, args...)...)
}
