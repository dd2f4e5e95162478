package charset

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// escape introduces a character of the extension table (3GPP TS 23.038
// §6.2.1.1). It is a code of the alphabet, never a character of a text: a raw
// U+001B let through would turn the letter behind it into another character.
const escape = 0x1B

// defaultAlphabet lists the characters of the GSM 7-bit default alphabet by
// code (3GPP TS 23.038 §6.2.1). Code 0x09 is the capital Ç: tables that put
// the small ç there spell "reÇu" on the phone. The place of the escape code
// holds U+FFFD, which is in no alphabet.
var defaultAlphabet = [128]rune{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', utf8.RuneError, 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// extensionCharacter is the character behind ESC + code (3GPP TS 23.038
// §6.2.1.1).
func extensionCharacter(code byte) (rune, bool) {
	switch code {
	case 0x0A:
		return '\f', true
	case 0x14:
		return '^', true
	case 0x28:
		return '{', true
	case 0x29:
		return '}', true
	case 0x2F:
		return '\\', true
	case 0x3C:
		return '[', true
	case 0x3D:
		return '~', true
	case 0x3E:
		return ']', true
	case 0x40:
		return '|', true
	case 0x65:
		return '€', true
	}
	return 0, false
}

// Both tables are derived from the two above once, before main, and never
// written again: every length and every encoding starts with a look-up here.
var (
	latin1Septets = septetsByRune()
	latin1Codes   = codesByRune()
)

func septetsByRune() (septets [256]uint8) {
	for code, r := range defaultAlphabet {
		if r < 256 {
			septets[r] = 1
		}
		if r, ok := extensionCharacter(byte(code)); ok && r < 256 {
			septets[r] = 2
		}
	}
	return septets
}

func codesByRune() (codes [256]byte) {
	for code, r := range defaultAlphabet {
		if r < 256 {
			codes[r] = byte(code)
		}
		if r, ok := extensionCharacter(byte(code)); ok && r < 256 {
			codes[r] = byte(code)
		}
	}
	return codes
}

// UnencodableError reports the first character that the GSM 7-bit alphabet
// lacks. It names the code point and its place, never the text.
type UnencodableError struct {
	Rune   rune
	Offset int // octets from the start of the text
}

// Error implements error.
func (e *UnencodableError) Error() string {
	return fmt.Sprintf("encode gsm7: %U at octet %d is not in the alphabet", e.Rune, e.Offset)
}

// EncodeGSM7 returns text with one septet per octet, escape codes included,
// as the body of an SMPP submit_sm with data_coding 0. The error is an
// *[UnencodableError].
func EncodeGSM7(text string) ([]byte, error) {
	septets := make([]byte, 0, len(text)+8)
	for i, r := range text {
		code, cost := codeOf(r)
		switch cost {
		case 0:
			return nil, &UnencodableError{Rune: r, Offset: i}
		case 2:
			septets = append(septets, escape)
		}
		septets = append(septets, code)
	}
	return septets, nil
}

// DecodeGSM7 reads one septet per octet. As 3GPP TS 23.038 §6.2.1.1 asks of a
// receiver, an escape code before a code without extension is passed over and
// the code read from the default alphabet, while one that repeats or stands
// last is a space. An octet above 0x7F is no septet and becomes U+FFFD.
func DecodeGSM7(septets []byte) string {
	var text strings.Builder
	text.Grow(len(septets) + len(septets)/8)
	for i := 0; i < len(septets); i++ {
		code := septets[i]
		if code == escape {
			if i+1 == len(septets) || septets[i+1] == escape {
				text.WriteByte(' ')
				i++
				continue
			}
			i++
			code = septets[i]
			if r, ok := extensionCharacter(code); ok {
				text.WriteRune(r)
				continue
			}
		}
		if int(code) >= len(defaultAlphabet) {
			text.WriteRune(utf8.RuneError)
			continue
		}
		text.WriteRune(defaultAlphabet[code])
	}
	return text.String()
}

// septetsOf is 1 for a character of the default alphabet, 2 for one of the
// extension table, 0 for any other.
func septetsOf(r rune) int {
	if r < 256 {
		return int(latin1Septets[r])
	}
	_, cost := codeOf(r)
	return cost
}

// codeOf returns the septet of r, behind an escape when the cost is 2.
func codeOf(r rune) (code byte, cost int) {
	if r < 256 {
		return latin1Codes[r], int(latin1Septets[r])
	}
	switch r {
	case 'Δ':
		return 0x10, 1
	case 'Φ':
		return 0x12, 1
	case 'Γ':
		return 0x13, 1
	case 'Λ':
		return 0x14, 1
	case 'Ω':
		return 0x15, 1
	case 'Π':
		return 0x16, 1
	case 'Ψ':
		return 0x17, 1
	case 'Σ':
		return 0x18, 1
	case 'Θ':
		return 0x19, 1
	case 'Ξ':
		return 0x1A, 1
	case '€':
		return 0x65, 2
	}
	return 0, 0
}
