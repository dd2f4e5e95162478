package wire

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// A Template is text with {{placeholders}}, filled in one pass: what a value holds is never filled again.
type Template []piece

type piece struct {
	text  string // as it is
	field string // or the name of what stands here
}

// ParseTemplate reads a template; known says which names there are. One that ends in a dot stands for all that begin with it.
func ParseTemplate(text string, known ...string) (t Template, err error) {
	for text != "" {
		before, rest, found := strings.Cut(text, "{{")
		if before != "" {
			t = append(t, piece{text: before})
		}
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		if !closed {
			return nil, fmt.Errorf("{{%s is not closed", rest)
		}
		if !slices.ContainsFunc(known, func(k string) bool { return k == name || strings.HasSuffix(k, ".") && strings.HasPrefix(name, k) }) {
			return nil, fmt.Errorf("unknown placeholder {{%s}}, known are %s", name, strings.ReplaceAll(strings.Join(known, ", "), "., ", ".NAME, "))
		}
		t = append(t, piece{field: name})
		text = after
	}
	return t, nil
}

// Has reports whether a placeholder stands in it.
func (t Template) Has(name string) bool {
	return slices.ContainsFunc(t, func(p piece) bool { return p.field == name })
}

// Fill writes the template with the value of each name, which the caller has escaped.
func (t Template) Fill(value func(name string) string) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.text)
		if p.field != "" {
			b.WriteString(value(p.field))
		}
	}
	return b.String()
}

// A Writing is how values are escaped for a type of content.
type Writing uint8

// The ways of writing.
const (
	PlainText Writing = iota // as they are
	JSONText                 // strings with their quotes
	XMLText
	FormText
)

// WritingOf tells it from a media type.
func WritingOf(contentType string) Writing {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	switch {
	case strings.HasSuffix(kind, "json"):
		return JSONText
	case strings.HasSuffix(kind, "xml"), kind == "text/html":
		return XMLText
	case kind == "application/x-www-form-urlencoded":
		return FormText
	}
	return PlainText
}

// Escape writes one value. newline stands between its lines: markup as it is, anything else escaped with the rest.
func (w Writing) Escape(value, newline string) string {
	markup := strings.HasPrefix(newline, "<") || strings.HasPrefix(newline, "%")
	if newline != "" && !markup {
		value = strings.ReplaceAll(value, "\n", newline)
		newline = ""
	}
	if newline == "" {
		return w.escapeLine(value)
	}
	lines := strings.Split(value, "\n")
	for i, l := range lines {
		lines[i] = w.escapeLine(l)
		if w == JSONText {
			lines[i] = lines[i][1 : len(lines[i])-1]
		}
	}
	out := strings.Join(lines, newline)
	if w == JSONText {
		out = `"` + out + `"`
	}
	return out
}

func (w Writing) escapeLine(s string) string {
	switch w {
	case JSONText:
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(s) // a string
		return strings.TrimSuffix(b.String(), "\n")
	case XMLText:
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(strings.Map(inXML, s))
	case FormText:
		return url.QueryEscape(s)
	}
	return s
}

// inXML drops the characters that no XML 1.0 document may hold, not even escaped (§2.2).
func inXML(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

// Try fills a template with values that hold everything an escape is for, and tells when no document comes of it.
func (w Writing) Try(t Template, newline string) error {
	body := t.Fill(func(string) string { return w.Escape("a \"b\" & <c> 'd' \\ {{text}} é\ne", newline) })
	switch w {
	case JSONText:
		if !json.Valid([]byte(body)) {
			return errors.New("with values filled in it is no JSON; values bring their own quotes")
		}
	case XMLText:
		dec := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return errors.New("with values filled in it is no XML")
			}
		}
	}
	return nil
}
