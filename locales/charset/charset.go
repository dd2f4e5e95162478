// Package charset knows what basic phones can show and what it costs: the GSM
// 7-bit and UCS-2 alphabets, the length of a text in either, its SMS parts,
// its USSD packing, the spelling of the national languages within GSM 7-bit,
// and the key under which typed words are compared.
//
// Texts keep their official orthography everywhere else; a channel converts
// as its last step, with the [Profile] that says what the channel can carry.
// Invalid UTF-8 is accepted everywhere and counts as U+FFFD, one per octet.
package charset

import "unicode/utf8"

// Encoding is the alphabet in which a text travels.
type Encoding uint8

const (
	// GSM7 is the GSM 7-bit default alphabet with its extension table (3GPP
	// TS 23.038 §6.2.1). Its unit is the septet.
	GSM7 Encoding = iota
	// UCS2 is UTF-16, big endian (3GPP TS 23.038 §6.2.3). Its unit is the
	// UTF-16 code unit.
	UCS2
)

// String returns "gsm7" or "ucs2".
func (e Encoding) String() string {
	if e == UCS2 {
		return "ucs2"
	}
	return "gsm7"
}

// Measure is the size of a text sent by SMS.
type Measure struct {
	Encoding Encoding
	Units    int // septets or UTF-16 code units, headers not counted
	Parts    int // SMS parts with the 6-octet header, at least 1
}

// Count measures text exactly as given: nothing is normalised, converted or
// stripped. Parts are filled greedily from the left and only escape pairs and
// surrogate pairs are kept whole; [Split] can need a part more, because it
// keeps grapheme clusters whole where it can. The empty text is one part.
func Count(text string) Measure {
	e, units := Units(text)
	m := Measure{Encoding: e, Units: units, Parts: 1}
	if units <= singleLimit(e) {
		return m
	}
	limit := partLimit(e, Ref8)
	filled := 0
	for _, r := range text {
		cost := unitsOf(e, r)
		if filled+cost > limit {
			m.Parts++
			filled = 0
		}
		filled += cost
	}
	return m
}

// Units returns the encoding text needs and its length in the units of that
// encoding: septets (an extension character is two) or UTF-16 code units (a
// character above U+FFFF is two). It allocates nothing.
func Units(text string) (Encoding, int) {
	septets := 0
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			cost := latin1Septets[b]
			if cost == 0 {
				return UCS2, utf16Units(text)
			}
			septets += int(cost)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		cost := septetsOf(r)
		if cost == 0 {
			return UCS2, utf16Units(text)
		}
		septets += cost
		i += size
	}
	return GSM7, septets
}

// unitsOf is the cost of a character of a text that has encoding e.
func unitsOf(e Encoding, r rune) int {
	if e == GSM7 {
		return septetsOf(r)
	}
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func utf16Units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
