// Package phone is a basic phone in the browser: it dials, shows USSD screens and receives SMS. It talks to a channel's
// hook as Africa's Talking does, keeping session id and history itself, so that what it shows went the whole way.
package phone

import (
	"bytes"
	_ "embed" // for the files below
	"errors"
	"fmt"
	"html/template"
)

//go:embed phone.html
var pageHTML string

//go:embed phone.css
var style []byte

//go:embed phone.js
var script []byte

// Options say what the phone is connected to.
type Options struct {
	Hook   string // address of the USSD hook, in the shape of Africa's Talking
	End    string // address for end notices; empty: none are sent
	SMS    string // address of the list of messages
	MO     string // address that takes a message typed here; empty: none can be sent
	Code   string // service code, *384*96#
	Number string // E.164, of a fictional range
	GSM7   int    // septets of one screen
	UCS2   int    // UTF-16 units of one screen; 0: the channel shows none
}

// Page is the phone, ready to be shown in either language.
type Page struct {
	tmpl    *template.Template
	options Options
	texts   map[string]texts
}

// New prepares the page.
func New(o Options) (*Page, error) {
	if o.Hook == "" || o.SMS == "" || o.Code == "" || o.GSM7 <= 0 {
		return nil, errors.New("new phone page: Hook, SMS, Code and GSM7 are needed")
	}
	tmpl, err := template.New("phone").Option("missingkey=error").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("parse phone page: %w", err)
	}
	return &Page{tmpl: tmpl, options: o, texts: translations()}, nil
}

// Render writes the page in French or English; any other language is French.
func (p *Page) Render(lang string) ([]byte, error) {
	t, ok := p.texts[lang]
	if !ok {
		lang, t = "fr", p.texts["fr"]
	}
	var b bytes.Buffer
	err := p.tmpl.Execute(&b, struct {
		Lang string
		T    texts
		O    Options
		Keys []string
	}{lang, t, p.options, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"}})
	if err != nil {
		return nil, fmt.Errorf("render phone page: %w", err)
	}
	return b.Bytes(), nil
}

// Style is the phone's own style sheet; the shared one comes first.
func Style() []byte { return bytes.Clone(style) }

// Script is the phone's program.
func Script() []byte { return bytes.Clone(script) }
