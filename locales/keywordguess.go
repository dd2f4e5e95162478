package locales

import (
	"strings"

	"baro/locales/charset"
)

// minGuessed is the shortest keyword, in folded letters, that may be misspelt:
// shorter ones are one letter away from too many words.
const minGuessed = 4

// guess finds the one meaning whose keywords are a letter away from a message of
// one word: left out, added, wrong or swapped with its neighbour. Two meanings
// at that distance are none, also when one is that of a word which itself may
// not be misspelt.
func (k *Keywords) guess(message string) Meaning {
	word := charset.Fold(message)
	if word == "" || strings.ContainsRune(word, ' ') {
		return NoMeaning
	}
	near, guessable := NoMeaning, false
	for key, m := range k.meanings {
		if m >= Accept || !oneApart(word, key) {
			continue
		}
		if near != NoMeaning && near != m {
			return NoMeaning
		}
		near = m
		guessable = guessable || m != Stop && m != Start && len([]rune(key)) >= minGuessed
	}
	if !guessable {
		return NoMeaning
	}
	return near
}

// oneApart reports whether a becomes b by one insertion, deletion, substitution
// or swap of neighbours.
func oneApart(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	switch len(y) - len(x) {
	case 0:
		if i == len(x) {
			return false
		}
		if i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] {
			return string(x[i+2:]) == string(y[i+2:])
		}
		return string(x[i+1:]) == string(y[i+1:])
	case 1:
		return string(x[i:]) == string(y[i+1:])
	}
	return false
}
