package place

import (
	"slices"
	"strings"

	"baro/locales/charset"
)

// A key is a folded name. It is compared, never stored and never shown.
type key []rune

// fillers are folded words that say what a place is, not which: people write "la mairie de Kati", official names end in
// "Commune", and answers to surveys in "District".
type fillers struct {
	kinds map[string]bool // commune, mairie, cercle, …
	links map[string]bool // de, du, la: dropped only beside a kind, for they begin names too
}

func newFillers() fillers {
	return fillers{
		kinds: folded("commune", "communes", "mairie", "cercle", "rurale", "rural", "urbaine", "urbain", "ville", "village",
			"quartier", "fraction", "district", "cr", "cu"),
		links: folded("de", "du", "des", "la", "le", "d", "l"),
	}
}

func folded(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[charset.Fold(w)] = true
	}
	return set
}

// keysOf gives the distinct keys of some spellings: as written, without fillers, and without the articles it begins with
// ("mairie de la Fourche" loses the one of "La Fourche").
func (f fillers) keysOf(names ...string) []key {
	var keys []key
	add := func(text string) {
		k := key(text)
		if len(k) > 0 && !slices.ContainsFunc(keys, func(other key) bool { return slices.Equal(k, other) }) {
			keys = append(keys, k)
		}
	}
	for _, name := range names {
		add(charset.Fold(name))
		stripped := f.strip(name)
		add(stripped)
		add(f.bare(stripped))
	}
	return keys
}

// strip folds a name without fillers and with repeated words once: the same answer is often typed two or three times in
// a row. A name of fillers only keeps them.
func (f fillers) strip(name string) string {
	words := strings.Fields(charset.Fold(parted(name)))
	kept := make([]string, 0, len(words))
	beside := false // the word before was a filler
	for i, w := range words {
		drop := f.kinds[w] || f.links[w] && (beside || i == 0 && f.leads(words[1:]))
		if !drop {
			kept = append(kept, w)
		}
		beside = drop
	}
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(once(kept), " ")
}

// bare leaves out the articles a stripped name begins with, unless nothing else is left.
func (f fillers) bare(stripped string) string {
	words := strings.Fields(stripped)
	for i, w := range words {
		if !f.links[w] {
			return strings.Join(words[i:], " ")
		}
	}
	return stripped
}

// leads tells whether the first word that is no link is a kind: "la mairie", but not "La Fourche".
func (f fillers) leads(words []string) bool {
	for _, w := range words {
		if !f.links[w] {
			return f.kinds[w]
		}
	}
	return false
}

// parted writes the elided article as a word of its own, which folding would glue to the name: "d'Ansongo".
func parted(name string) string {
	words := strings.Fields(strings.ReplaceAll(name, "’", "'"))
	for i, w := range words {
		if len(w) > 2 && w[1] == '\'' && strings.ContainsRune("dDlL", rune(w[0])) {
			words[i] = w[:1] + " " + w[2:]
		}
	}
	return strings.Join(words, " ")
}

// once leaves out words that repeat the ones directly before them, singly or as a group.
func once(words []string) []string {
	for size := 1; size <= len(words)/2; size++ {
		for i := 0; i+2*size <= len(words); {
			if slices.Equal(words[i:i+size], words[i+size:i+2*size]) {
				words = slices.Delete(words, i+size, i+2*size)
				continue
			}
			i++
		}
	}
	return words
}
