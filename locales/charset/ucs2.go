package charset

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EncodeUCS2 returns text as UTF-16, big endian and without a byte order mark:
// the body of an SMS with data_coding 8. Characters above U+FFFF become
// surrogate pairs, as phones expect in spite of the name UCS-2.
func EncodeUCS2(text string) []byte {
	octets := make([]byte, 0, 2*len(text))
	for _, r := range text {
		if r <= 0xFFFF {
			octets = binary.BigEndian.AppendUint16(octets, uint16(r))
			continue
		}
		high, low := utf16.EncodeRune(r)
		octets = binary.BigEndian.AppendUint16(octets, uint16(high))
		octets = binary.BigEndian.AppendUint16(octets, uint16(low))
	}
	return octets
}

// DecodeUCS2 reads UTF-16, big endian. A surrogate without its partner and an
// odd last octet each become U+FFFD.
func DecodeUCS2(octets []byte) string {
	var text strings.Builder
	text.Grow(len(octets))
	for len(octets) >= 2 {
		r := rune(binary.BigEndian.Uint16(octets))
		octets = octets[2:]
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if len(octets) >= 2 {
				pair = utf16.DecodeRune(r, rune(binary.BigEndian.Uint16(octets)))
			}
			if pair != utf8.RuneError {
				octets = octets[2:]
			}
			r = pair
		}
		text.WriteRune(r)
	}
	if len(octets) == 1 {
		text.WriteRune(utf8.RuneError)
	}
	return text.String()
}
