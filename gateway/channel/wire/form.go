// Package wire reads what providers put on the wire, as it really arrives: forms with empty and repeated names, text in two
// alphabets, identifiers that have to stay within bounds. Adapters share it; what a field means is theirs.
package wire

import "strings"

// maxFields bounds how many fields of a form are looked at; providers send at most a few dozen.
const maxFields = 64

// A Form holds the first value of each field.
type Form map[string]string

// ParseForm reads application/x-www-form-urlencoded the way it really arrives: empty and repeated names, stray percent
// signs and semicolons are no errors, because a request refused here is a call that breaks off. Of a repeated name the
// first value counts. Values are UTF-8, else Windows-1252; a value that is neither makes ok false.
func ParseForm(raw string) (f Form, ok bool) {
	f = make(Form, 8)
	for range maxFields {
		if raw == "" {
			return f, true
		}
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, nameOK := Text(unescape(name))
		if _, repeated := f[name]; repeated || name == "" || !nameOK {
			continue
		}
		if value, ok = Text(unescape(value)); !ok {
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
