package httpgw

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// A template is text with {{placeholders}}, filled in one pass: what a value holds is never filled again.
type template []piece

type piece struct {
	text  string // as it is
	field string // or the name of what stands here
}

// compileTemplate reads a template; known says which names there are beside "in." paths.
func compileTemplate(text string, known []string) (t template, err error) {
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
		if !strings.HasPrefix(name, "in.") && !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown placeholder {{%s}}, known are %s and in.NAME", name, strings.Join(known, ", "))
		}
		t = append(t, piece{field: name})
		text = after
	}
	return t, nil
}

func (t template) fill(value func(name string) string) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.text)
		if p.field != "" {
			b.WriteString(value(p.field))
		}
	}
	return b.String()
}

// A writing is how values are escaped for a type of content.
type writing uint8

const (
	plainText writing = iota
	jsonText          // strings with their quotes
	xmlText
	formText
)

// writingOf tells it from a media type.
func writingOf(contentType string) writing {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	switch {
	case strings.HasSuffix(kind, "json"):
		return jsonText
	case strings.HasSuffix(kind, "xml"), kind == "text/html":
		return xmlText
	case kind == "application/x-www-form-urlencoded":
		return formText
	}
	return plainText
}

// escape writes one value. newline stands between its lines: markup as it is, anything else escaped with the rest.
func (w writing) escape(value, newline string) string {
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
		if w == jsonText {
			lines[i] = lines[i][1 : len(lines[i])-1]
		}
	}
	out := strings.Join(lines, newline)
	if w == jsonText {
		out = `"` + out + `"`
	}
	return out
}

func (w writing) escapeLine(s string) string {
	switch w {
	case jsonText:
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(s) // a string
		return strings.TrimSuffix(b.String(), "\n")
	case xmlText:
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;", "\x00", "").Replace(s)
	case formText:
		return url.QueryEscape(s)
	}
	return s
}
