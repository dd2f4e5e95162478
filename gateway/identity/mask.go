package identity

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// shown digits at either end of the national number; a number too short to hide at least as many keeps none.
const shownDigits = 2

var errPlainNumber = errors.New("identity: a number is stored sealed, never in clear")

// Masked returns a form for screens and logs that names the country and two digits at either end, as in
// "+223 70 •• •• 01". The zero MSISDN gives "".
func (m MSISDN) Masked() string {
	if m.IsZero() {
		return ""
	}
	e164 := m.number.Value()
	n := 1 + countryCodeLen(e164[1:])
	code, national := e164[:n], e164[n:]
	var b strings.Builder
	b.Grow(len(e164) * 3)
	b.WriteString(code)
	show := len(national) >= 4*shownDigits
	for i := range len(national) {
		if i%2 == 0 && i < len(national)-shownDigits || i == len(national)-shownDigits {
			b.WriteByte(' ')
		}
		if show && (i < shownDigits || i >= len(national)-shownDigits) {
			b.WriteByte(national[i])
		} else {
			b.WriteRune('•')
		}
	}
	return b.String()
}

// String is Masked.
func (m MSISDN) String() string { return m.Masked() }

// Format writes the masked form for every verb, %d, %x and %#v included.
func (m MSISDN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.Masked()) }

// LogValue masks the number in slog records.
func (m MSISDN) LogValue() slog.Value { return slog.StringValue(m.Masked()) }

// MarshalText writes the masked form: it serves encoding/json, XML, YAML and slog's JSON handler.
func (m MSISDN) MarshalText() ([]byte, error) { return []byte(m.Masked()), nil }

// MarshalBinary refuses, and so does encoding/gob through it: bytes are for storing, and numbers are stored sealed.
func (m MSISDN) MarshalBinary() ([]byte, error) { return nil, errPlainNumber }

// countryCodeLen is the length of the country code at the head of E.164 digits. ITU-T E.164 assigns one digit to
// zones 1 and 7, two to the codes below, three to all others.
func countryCodeLen(digits string) int {
	if digits[0] == '1' || digits[0] == '7' {
		return 1
	}
	switch digits[:2] {
	case "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
		"51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86",
		"90", "91", "92", "93", "94", "95", "98":
		return 2
	}
	return 3
}
