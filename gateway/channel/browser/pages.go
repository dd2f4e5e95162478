package browser

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"baro/flows"
	"baro/gateway/channel"
)

// Pages is the language that a browser reads.
type Pages uint8

// The languages of pages.
const (
	// XHTML is the subset that Orange documents: text, br, links with access keys, one form.
	XHTML Pages = iota
	// Cellflash is the older XML of Cellicium's browser (cellflash-1.3), which services of Orange Mali still answer with.
	// The browser writes the keys of links itself.
	Cellflash
	// JSON is what Myriad's hub takes.
	JSON
)

// ParsePages finds a language by its name in the configuration.
func ParsePages(name string) (Pages, bool) {
	switch name {
	case "xhtml":
		return XHTML, true
	case "cellflash":
		return Cellflash, true
	case "json":
		return JSON, true
	}
	return 0, false
}

func (l Pages) contentType() string {
	switch l {
	case Cellflash:
		return "text/xml; charset=utf-8"
	case JSON:
		return "application/json; charset=utf-8"
	}
	return "text/html; charset=utf-8"
}

// page writes a screen for a phone.
func (p *Provider) page(s *flows.Screen, c caller) channel.Response {
	var body []byte
	switch p.Pages {
	case Cellflash:
		body = p.cellflash(s, c)
	case JSON:
		body = p.json(s, c)
	default:
		body = p.xhtml(s, c)
	}
	return channel.Response{Status: http.StatusOK, ContentType: p.Pages.contentType(), Body: body}
}

// asks reports whether a screen needs a form: it wants something typed, or a key that it does not show.
func asks(s *flows.Screen) bool {
	if s.Input != flows.InputKey {
		return !s.End()
	}
	return len(s.Nav) == 0 && !slices.ContainsFunc(s.Choices, func(c flows.Choice) bool { return c.Key != "" })
}

func (p *Provider) address(s *flows.Screen, key string, c caller) string {
	return p.Hook + "?" + tokenParam + "=" + p.token(s.Place, key, c)
}

func (p *Provider) xhtml(s *flows.Screen, c caller) []byte {
	var b strings.Builder
	b.WriteString("<html><body>")
	w := breaks{&b, "<br/>", false}
	w.text(s.Text)
	for _, item := range s.Choices {
		w.line()
		p.anchor(&b, s, item, c)
	}
	if asks(s) {
		// A browser may drop the query of a form's address, so that the token travels as a field as well.
		b.WriteString(`<form action="` + p.address(s, "", c) + `" method="get"><input type="hidden" name="` + tokenParam + `" value="` +
			p.token(s.Place, "", c) + `"/><input type="text" name="` + p.param() + `"/></form>`)
	}
	for i, item := range s.Nav {
		if i == 0 {
			w.line()
		} else {
			b.WriteByte(' ')
		}
		p.anchor(&b, s, item, c)
	}
	b.WriteString("</body></html>")
	return []byte(b.String())
}

// param is the name of the one input of a form.
func (p *Provider) param() string {
	if p.Param != "" {
		return p.Param
	}
	return "response"
}

// anchor writes a choice as a link, or as text where it has no key or the dialogue is over.
func (p *Provider) anchor(b *strings.Builder, s *flows.Screen, item flows.Choice, c caller) {
	if item.Key == "" || s.End() {
		b.WriteString(escape(strings.TrimPrefix(item.Key+" "+item.Label, " ")))
		return
	}
	b.WriteString(`<a href="` + p.address(s, item.Key, c) + `" accesskey="` + escape(item.Key) + `">` + escape(item.Key+" "+item.Label) + "</a>")
}

func (p *Provider) cellflash(s *flows.Screen, c caller) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE pages SYSTEM "cellflash-1.3.dtd"><pages><page`)
	if s.End() {
		b.WriteString(` nav="end"`)
	}
	b.WriteByte('>')
	w := breaks{&b, "<br/>", false}
	w.text(s.Text)
	link := func(item flows.Choice) {
		w.line()
		if item.Key == "" || s.End() {
			b.WriteString(escape(strings.TrimPrefix(item.Key+" "+item.Label, " ")))
			return
		}
		b.WriteString(`<a href="` + p.address(s, item.Key, c) + `" key="` + escape(item.Key) + `">` + escape(item.Label) + "</a>")
	}
	for _, item := range s.Choices {
		link(item)
	}
	if asks(s) {
		kind := ""
		if s.Input != flows.InputText {
			kind = ` kind="digits"`
		}
		b.WriteString(`<form action="` + p.address(s, "", c) + `"><entry` + kind + ` var="` + p.param() + `"><prompt></prompt></entry></form>`)
	}
	for _, item := range s.Nav {
		link(item)
	}
	b.WriteString("</page></pages>")
	return []byte(b.String())
}

type jsonLink struct {
	Content string `json:"content"`
	URL     string `json:"url"`
}

type jsonForm struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Method string `json:"method"`
}

type jsonPage struct {
	Title   string            `json:"title"`
	Message string            `json:"message"`
	Links   []jsonLink        `json:"links,omitempty"`
	Form    *jsonForm         `json:"form,omitempty"`
	Page    map[string]string `json:"page"`
}

func (p *Provider) json(s *flows.Screen, c caller) []byte {
	// The hub's own "back" is harmless: what it brings back is a page whose links are of an earlier place.
	out := jsonPage{Page: map[string]string{"menu": "true", "history": "true", "navigation_keywords": "true"}}
	plain := *s
	plain.Choices, plain.Nav = nil, nil
	if s.End() {
		out.Page = map[string]string{"session_end": "true"}
		plain = *s
	}
	for _, item := range s.Choices {
		switch {
		case s.End():
		case item.Key == "":
			plain.Choices = append(plain.Choices, item)
		default:
			out.Links = append(out.Links, jsonLink{item.Key + " " + item.Label, p.address(s, item.Key, c)})
		}
	}
	if !s.End() {
		for _, item := range s.Nav {
			out.Links = append(out.Links, jsonLink{item.Key + " " + item.Label, p.address(s, item.Key, c)})
		}
	}
	if asks(s) {
		out.Form = &jsonForm{URL: p.address(s, "", c), Type: "text", Method: "get"}
	}
	out.Message = plain.String()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out) // of strings only
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// breaks writes lines with a page's own line break between them.
type breaks struct {
	b       *strings.Builder
	newline string
	written bool
}

func (w *breaks) line() {
	if w.written {
		w.b.WriteString(w.newline)
	}
	w.written = true
}

func (w *breaks) text(s string) {
	if s == "" {
		return
	}
	w.written = true
	w.b.WriteString(strings.ReplaceAll(escape(s), "\n", w.newline))
}

// escape writes text for XML; it is the same in attributes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", " ").Replace(s)
}

// fullest is the size of the fullest page that can be: a profile's room of characters that all have to be escaped, spread
// over as many choices as there are keys on a phone and a navigation of its own.
func (p *Provider) fullest() int {
	room := max(p.Config.Profile.GSM7, p.Config.Profile.UCS2)
	s := flows.Screen{Text: strings.Repeat("&", room), Input: flows.InputText, Place: strings.Repeat("0", 16)}
	for range 9 {
		s.Choices = append(s.Choices, flows.Choice{Key: "00"})
	}
	for range 4 {
		s.Nav = append(s.Nav, flows.Choice{Key: "00"})
	}
	return len(p.page(&s, caller{session: strings.Repeat("s", maxSession)}).Body)
}
