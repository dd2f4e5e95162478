package locales

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// variantsPerKeyword is how many misspelt forms of each keyword are tried.
const variantsPerKeyword = 200

// stopping tells a phrase by which somebody may have meant STOP: the language's own stop words, letter for letter after
// folding.
func stopping(k *Keywords, typed string) bool { return k.find(typed) == Stop }

// Of every keyword in every language: as written it means what it says, dressed up (case, quotes, trailing words) it still
// does, and one letter wrong it lands right or means nothing — never another subject, and never STOP by accident.
func TestMisspeltKeywordsLandRightOrAsk(t *testing.T) {
	k, problems := LoadKeywords(KeywordFiles(), []string{"fr", "en", "bm", "ff", "ses", "taq", "ar"})
	for _, p := range problems {
		t.Fatal(p)
	}
	random := rand.New(rand.NewPCG(7, 11))
	tried, landed := 0, 0
	for _, key := range slices.Sorted(maps.Keys(k.meanings)) { // the same variants on every run
		meaning := k.meanings[key]
		if meaning >= Accept {
			continue
		}
		for _, dressed := range []string{key, strings.ToUpper(key), "  " + key + ".", "\"" + key + "\"", key + " svp", key + "!"} {
			if got := k.Match(dressed); got != meaning {
				t.Errorf("%q means %v, want %v", dressed, got, meaning)
			}
		}
		for range variantsPerKeyword {
			typed := misspell(random, key)
			tried++
			switch got := k.Match(typed); {
			case got == meaning:
				landed++
			case got == NoMeaning:
			case got == Stop && !stopping(k, typed):
				t.Errorf("%q, meant as %v, stops everything by accident", typed, meaning)
			case got != k.find(typed):
				t.Errorf("%q, meant as %v, is taken for %v", typed, meaning, got)
			}
		}
	}
	if tried < 5000 || landed*3 < tried {
		t.Errorf("%d of %d variants landed", landed, tried)
	}
}

// misspell changes one letter as thumbs do: left out, doubled, swapped with its neighbour, or another.
func misspell(random *rand.Rand, word string) string {
	r := []rune(word)
	at := random.IntN(len(r))
	switch random.IntN(4) {
	case 0:
		return string(append(append([]rune{}, r[:at]...), r[at+1:]...))
	case 1:
		return string(r[:at+1]) + string(r[at:])
	case 2:
		if at+1 < len(r) {
			r[at], r[at+1] = r[at+1], r[at]
		}
		return string(r)
	}
	r[at] = rune('a' + random.IntN(26))
	return string(r)
}

// Words that are not keywords never stop anything, however near they are to one.
func TestNothingButAStopWordStops(t *testing.T) {
	k, _ := LoadKeywords(KeywordFiles(), []string{"fr", "en", "bm", "ff", "ses", "taq", "ar"})
	random := rand.New(rand.NewPCG(13, 17))
	for _, key := range slices.Sorted(maps.Keys(k.meanings)) {
		if k.meanings[key] != Stop {
			continue
		}
		for range variantsPerKeyword {
			if typed := misspell(random, key); k.Match(typed) == Stop && !stopping(k, typed) {
				t.Errorf("%q stops, and is no stop word", typed)
			}
		}
	}
}
