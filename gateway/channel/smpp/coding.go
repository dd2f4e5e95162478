package smpp

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"baro/locales/charset"
)

// Values of data_coding (SMPP 3.4 §5.2.19).
const (
	codingDefault = 0 // the message centre's own: what that is, the operator says
	codingASCII   = 1
	codingBinary2 = 2
	codingLatin1  = 3
	codingBinary  = 4
	codingUCS2    = 8
)

// encode writes text in the default alphabet, and in UCS-2 where that lacks a letter.
func (c *Config) encode(text string) (coding byte, octets []byte) {
	if octets, ok := c.encodeDefault(text); ok {
		return codingDefault, octets
	}
	return codingUCS2, encodeUCS2(text)
}

func encodeUCS2(text string) []byte { return charset.EncodeUCS2(text) }

func (c *Config) encodeDefault(text string) (octets []byte, ok bool) {
	switch c.Alphabet {
	case AlphabetUTF8:
		return []byte(text), true
	case AlphabetGSM7:
		octets, err := charset.EncodeGSM7(text)
		return octets, err == nil
	}
	last := rune(0xFF)
	if c.Alphabet == AlphabetASCII {
		last = 0x7F
	}
	octets = make([]byte, 0, len(text))
	for _, r := range text {
		if r > last {
			return nil, false
		}
		octets = append(octets, byte(r))
	}
	return octets, true
}

// decode reads what came in, as well as it can be read: a message of a person is never refused for its letters.
func (c *Config) decode(coding byte, octets []byte) string {
	var text string
	switch {
	case coding&0x0C == codingUCS2 && coding < 0xF0:
		text = charset.DecodeUCS2(octets)
	case coding == codingLatin1:
		text = latin1(octets)
	case coding == codingBinary, coding == codingBinary2, coding == codingASCII:
		text = utf8OrLatin1(octets)
	case c.Alphabet == AlphabetGSM7:
		text = charset.DecodeGSM7(octets)
	default:
		text = utf8OrLatin1(octets)
	}
	return printable(text)
}

func latin1(octets []byte) string {
	out := make([]rune, len(octets))
	for i, b := range octets {
		out[i] = rune(b)
	}
	return string(out)
}

func utf8OrLatin1(octets []byte) string {
	if utf8.Valid(octets) {
		return string(octets)
	}
	return latin1(octets)
}

// printable drops what no database column and no screen is prepared for.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// segments cuts text into what fits a part each, header included. All of them travel in one coding.
func (c *Config) segments(text string) []string {
	encoding, units := charset.Units(text)
	if c.Long == LongPayload || units == 0 {
		return []string{text}
	}
	if _, fits := c.encodeDefault(text); !fits && encoding == charset.GSM7 {
		return splitUnits(text) // letters of GSM 7-bit that the operator's default alphabet lacks
	}
	if c.Long == LongUDH8 {
		return charset.Split(text, charset.Ref8)
	}
	return charset.Split(text, charset.Ref16) // the message centre may make a 16-bit header of SAR parameters
}

// Room of a text in UTF-16 units: alone, and behind a header with a 16-bit reference.
const (
	singleUnits = 70
	partUnits   = 66
)

// splitUnits cuts a text that has to go in UCS-2 although GSM 7-bit could carry it.
func splitUnits(text string) []string {
	if len(utf16.Encode([]rune(text))) <= singleUnits {
		return []string{text}
	}
	var parts []string
	start, units := 0, 0
	for i, r := range text {
		n := max(utf16.RuneLen(r), 1)
		if units+n > partUnits {
			parts = append(parts, text[start:i])
			start, units = i, 0
		}
		units += n
	}
	return append(parts, text[start:])
}
