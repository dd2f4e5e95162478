// Package wording chooses among the texts a commune wrote in several languages.
package wording

import (
	"maps"
	"slices"

	"baro/store"
)

// source is the language every commune writes in; the others are translations of it.
const source = "fr"

// In returns the text in a language, else the French one, else any: the one whose tag comes first, so that two nodes
// choose alike. Without any text it returns "". Empty texts count as absent.
func In(texts store.Texts, lang string) string {
	if t := texts[lang]; t != "" {
		return t
	}
	if t := texts[source]; t != "" {
		return t
	}
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		if texts[tag] != "" {
			return texts[tag]
		}
	}
	return ""
}
