package charset

import (
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Reference is the width of the number that ties the parts of one message
// together in their user data headers (3GPP TS 23.040 §9.2.3.24.1 and .8).
type Reference uint8

const (
	// Ref8 is an 8-bit reference: a header of 6 octets leaves 153 septets or
	// 67 UTF-16 units a part.
	Ref8 Reference = iota
	// Ref16 is a 16-bit reference: a header of 7 octets leaves 152 septets or
	// 66 UTF-16 units a part.
	Ref16
)

// Split cuts text into SMS parts. Joined they give text back, octet for octet.
// A text that fits a single SMS is one part, and so is the empty text.
//
// Parts are filled from the left. No part ends inside an escape pair or a
// surrogate pair, nor inside a grapheme cluster (a letter and its marks, a
// flag), unless that cluster is longer than a whole part. The GSM 7-bit
// alphabet has no combining characters, so its parts are as many as [Count]
// says. A header can number 255 parts: refusing more is the caller's work.
func Split(text string, ref Reference) []string {
	e, units := Units(text)
	if units <= singleLimit(e) {
		return []string{text}
	}
	limit := partLimit(e, ref)
	parts := make([]string, 0, units/(limit-1)+1)
	for text != "" {
		n := partLength(text, e, limit)
		parts = append(parts, text[:n])
		text = text[n:]
	}
	return parts
}

// partsOf is len(Split(text, Ref8)) without the slice.
func partsOf(text string, e Encoding, units int) int {
	if units <= singleLimit(e) {
		return 1
	}
	limit := partLimit(e, Ref8)
	parts := 0
	for text != "" {
		text = text[partLength(text, e, limit):]
		parts++
	}
	return parts
}

// singleLimit is the room of an SMS without a header: 140 octets.
func singleLimit(e Encoding) int {
	if e == UCS2 {
		return 70
	}
	return 160
}

func partLimit(e Encoding, ref Reference) int {
	limit := 153
	if e == UCS2 {
		limit = 67
	}
	if ref == Ref16 {
		limit--
	}
	return limit
}

// partLength is the length in octets of the longest part at the start of text.
func partLength(text string, e Encoding, limit int) int {
	end, filled := 0, 0
	last, next, peek := rune(0), rune(0), 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		cost := unitsOf(e, r)
		if filled+cost > limit {
			next, peek = r, size
			break
		}
		filled += cost
		end += size
		last = r
	}
	if end == len(text) || e == GSM7 || standApart(last, next) {
		return end
	}
	// The character behind the cut decides whether it is one; more of the text
	// would let a hostile chain of marks be walked again for every part.
	if whole := clustersWithin(text[:end+peek], end); whole > 0 {
		return whole
	}
	return end
}

// standApart is true where a cluster boundary is certain without the rules of
// Unicode Annex #29: below U+0300 only CR LF holds together. It spares the
// slow look for everything written in Latin letters, ɛ ɔ ɲ ŋ ɓ ɗ included.
func standApart(left, right rune) bool {
	return left < 0x300 && right < 0x300 && !(left == '\r' && right == '\n')
}

// clustersWithin is the length in octets of the clusters of text that end at or
// before end, and 0 when already the first one goes on behind it.
func clustersWithin(text string, end int) int {
	whole, state, rest := 0, -1, text
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if whole+len(cluster) > end {
			break
		}
		whole += len(cluster)
	}
	return whole
}
