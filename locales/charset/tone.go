package charset

import (
	"fmt"

	"golang.org/x/text/unicode/norm"
)

// ToneWarnings reports the tone marks in a fixed text, once each: combining
// marks, which the conversion drops without a trace, and, in a language whose
// table writes ɛ as è and ɔ as ò, the letters è and ò themselves, which readers
// would take for ɛ and ɔ. Texts are written without tones.
func ToneWarnings(text, lang string) []string {
	spell, _ := spellingOf(lang)
	_, open := spell('ɛ')
	var warnings []string
	seen := map[rune]bool{}
	place := 0
	for _, r := range norm.NFC.String(text) {
		place++
		if seen[r] {
			continue
		}
		switch {
		case toneMark(r):
			warnings = append(warnings, fmt.Sprintf("character %d: combining tone mark %U is dropped by the conversion", place, r))
		case open && openVowel(r) != "":
			warnings = append(warnings, fmt.Sprintf("character %d: %c (%U) would be read as %s", place, r, r, openVowel(r)))
		default:
			continue
		}
		seen[r] = true
	}
	return warnings
}

// toneMark is true for the marks that dictionaries set on vowels: grave,
// acute, circumflex, macron, double acute, caron, double grave, and the
// vertical lines. The tilde is left out: it is a nasal, not a tone.
func toneMark(r rune) bool {
	switch r {
	case '\u0300', '\u0301', '\u0302', '\u0304', '\u030B', '\u030C', '\u030D', '\u030F', '\u0329':
		return true
	}
	return false
}

// openVowel is the letter for which a toned vowel would be taken.
func openVowel(r rune) string {
	switch r {
	case 'è':
		return "ɛ"
	case 'ò':
		return "ɔ"
	}
	return ""
}
