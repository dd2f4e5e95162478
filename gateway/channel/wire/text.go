package wire

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"baro/gateway/channel"
)

// Text returns s when it is UTF-8, and what Windows-1252 makes of it otherwise. The five bytes that Windows-1252
// leaves undefined show that it was neither.
func Text(s string) (string, bool) {
	if utf8.ValidString(s) {
		return s, true
	}
	var b strings.Builder
	b.Grow(len(s) * 2)
	for i := range len(s) {
		switch s[i] {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			return "", false
		}
		b.WriteRune(charmap.Windows1252.DecodeByte(s[i]))
	}
	return b.String(), true
}

// Typed checks what a person typed: at most limit bytes, without control characters. Line breaks and tabs become blanks, one
// for one: histories are compared by prefix, and a prefix has to stay one.
func Typed(text string, limit int) (string, bool) {
	if len(text) > limit {
		return "", false
	}
	if strings.IndexFunc(text, unicode.IsControl) < 0 {
		return text, true
	}
	ok := true
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			ok = false
		}
		return r
	}, text)
	return text, ok
}

// Plain reports whether s is at most limit bytes of printable characters without blanks, as identifiers are.
func Plain(s string, limit int) bool {
	return len(s) <= limit && strings.IndexFunc(s, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) < 0
}

// Word is one enumerated value as far as it can be kept: empty when it is not plain.
func Word(s string) string {
	if s = strings.TrimSpace(s); Plain(s, maxWord) {
		return s
	}
	return ""
}

const maxWord = 64

// Invalid says which field makes a request channel.ErrInvalid, and never what it holds.
func Invalid(field string) error { return fmt.Errorf("%w: field %s", channel.ErrInvalid, field) }
