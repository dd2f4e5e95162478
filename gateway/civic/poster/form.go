package poster

import (
	"bytes"
	_ "embed" // for the page
	"fmt"
	"html/template"
	"strings"
)

// Form is how a sheet is told.
type Form string

// The forms.
const (
	Wall  Form = "poster" // for the wall: large, short
	Radio Form = "radio"  // read by a speaker: the string is spelt out and repeated
	Crier Form = "crier"  // called out on the market: the shortest
)

// Text is a sheet in plain text.
func (s Sheet) Text(form Form) string {
	t := textsIn(s.Language)
	facts := s.Facts
	var lines []string
	switch form {
	case Radio:
		lines = append(lines, fmt.Sprintf(t.listen, s.Commune), ended(s.Title))
	case Crier:
		lines = append(lines, fmt.Sprintf(t.from, s.Commune), ended(s.Title))
		facts = facts[:min(len(facts), 2)] // what is called out is kept in mind
	default:
		lines = append(lines, fmt.Sprintf(t.townHallOf, s.Commune), s.Title)
	}
	lines = append(lines, facts...)
	if s.Ask != "" {
		lines = append(lines, s.Ask)
	}
	if s.Dial != "" {
		said := s.Dial
		if form != Wall {
			said = spoken(s.Dial, t.spellHash)
		}
		lines = append(lines, fmt.Sprintf(t.dial, said))
		if form == Radio {
			lines = append(lines, fmt.Sprintf(t.again, said))
		}
	}
	return strings.Join(append(lines, t.free), "\n") + "\n"
}

// ended makes a sentence of a title.
func ended(title string) string {
	if strings.HasSuffix(title, ".") || strings.HasSuffix(title, "?") || strings.HasSuffix(title, "!") {
		return title
	}
	return title + "."
}

// spoken spells a dial string out: "étoile 3 8 4 étoile 9 6 dièse".
func spoken(dial, names string) string {
	star, hash, _ := strings.Cut(names, "|")
	var out []string
	for _, c := range dial {
		switch c {
		case '*':
			out = append(out, star)
		case '#':
			out = append(out, hash)
		default:
			out = append(out, string(c))
		}
	}
	return strings.Join(out, " ")
}

//go:embed sheet.html
var sheetHTML string

//go:embed sheet.css
var sheetCSS string

// A Page writes sheets as pages to print.
type Page struct{ tmpl *template.Template }

// NewPage prepares it.
func NewPage() (*Page, error) {
	tmpl, err := template.New("sheet").Option("missingkey=error").Parse(sheetHTML)
	if err != nil {
		return nil, fmt.Errorf("parse sheet: %w", err)
	}
	return &Page{tmpl}, nil
}

// Render writes a page that is a file of its own, with its style inside: it is carried on a stick to where the printer is.
func (p *Page) Render(s Sheet, form Form) ([]byte, error) {
	t := textsIn(s.Language)
	var b bytes.Buffer
	err := p.tmpl.Execute(&b, struct {
		Sheet
		Head, DialHead, Free, Script string
		Style                        template.CSS
	}{s, fmt.Sprintf(t.townHallOf, s.Commune), t.dialHead, t.free, script(s, form), template.CSS(sheetCSS)})
	if err != nil {
		return nil, fmt.Errorf("render sheet: %w", err)
	}
	return b.Bytes(), nil
}

// script is the text to read aloud, "" on the wall.
func script(s Sheet, form Form) string {
	if form == Wall {
		return ""
	}
	return s.Text(form)
}
