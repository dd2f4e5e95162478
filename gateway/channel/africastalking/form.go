package africastalking

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxFields bounds how many fields of a form are looked at; the provider sends at most a dozen.
const maxFields = 64

// form holds the first value of each field.
type form map[string]string

// parseForm reads application/x-www-form-urlencoded the way it really arrives: empty and repeated names, stray percent
// signs and semicolons are no errors, because a request refused here is a call that breaks off. Of a repeated name the
// first value counts. Values are UTF-8, else Windows-1252; a value that is neither makes ok false.
func parseForm(raw string) (f form, ok bool) {
	f = make(form, 8)
	for range maxFields {
		if raw == "" {
			return f, true
		}
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, nameOK := decodeText(unescape(name))
		if _, repeated := f[name]; repeated || name == "" || !nameOK {
			continue
		}
		if value, ok = decodeText(unescape(value)); !ok {
			return nil, false
		}
		f[name] = value
	}
	return f, true
}

// unescape undoes percent encoding and leaves a percent sign that begins none as it is.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out = append(out, ' ')
		case c == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0:
			out = append(out, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeText returns s when it is UTF-8, and what Windows-1252 makes of it otherwise. The five bytes that Windows-1252
// leaves undefined show that it was neither.
func decodeText(s string) (string, bool) {
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
