// Package page has the page that says what this server is, and the style that all pages share.
package page

import (
	"bytes"
	_ "embed" // for the files below
	"fmt"
	"html/template"
)

//go:embed style.css
var style []byte

//go:embed icon.svg
var icon []byte

//go:embed home.html
var homeHTML string

// Home is the page at "/".
type Home struct {
	tmpl  *template.Template
	texts map[string]texts
}

// texts are the page's words in one language.
type texts struct {
	Title, Lead, What, How, Free, Phone, PhoneHint, Other, OtherLang, OtherName string
}

// New prepares the page.
func New() (*Home, error) {
	tmpl, err := template.New("home").Option("missingkey=error").Parse(homeHTML)
	if err != nil {
		return nil, fmt.Errorf("parse home page: %w", err)
	}
	return &Home{tmpl: tmpl, texts: map[string]texts{
		"fr": {
			Title:     "baro",
			Lead:      "Parler avec sa commune depuis un simple téléphone.",
			What:      "Ce serveur relie les habitants et leur mairie par USSD et par SMS : budget et taxes, réunions, votre avis, services, travail, questions.",
			How:       "Pas besoin d’internet, d’application ni de compte. On compose le code affiché à la mairie.",
			Free:      "La mairie ne demande jamais d’argent ni de code secret par téléphone.",
			Phone:     "Essayer avec le téléphone de démonstration",
			PhoneHint: "Un téléphone simple, dessiné à l’écran, avec un numéro fictif.",
			Other:     "Read this page in English", OtherLang: "en", OtherName: "English",
		},
		"en": {
			Title:     "baro",
			Lead:      "Talk with your commune from any basic phone.",
			What:      "This server connects residents and their town hall over USSD and SMS: budget and taxes, meetings, your say, services, work, questions.",
			How:       "No internet, no app, no account. People dial the code that is posted at the town hall.",
			Free:      "The town hall never asks for money or for a secret code by phone.",
			Phone:     "Try it on the demonstration phone",
			PhoneHint: "A basic phone drawn on the screen, with a fictional number.",
			Other:     "Lire cette page en français", OtherLang: "fr", OtherName: "Français",
		},
	}}, nil
}

// Render writes the page in French or English; any other language is French. With a phone it links to it.
func (h *Home) Render(lang string, phone bool) ([]byte, error) {
	t, ok := h.texts[lang]
	if !ok {
		lang, t = "fr", h.texts["fr"]
	}
	var b bytes.Buffer
	err := h.tmpl.Execute(&b, struct {
		Lang     string
		T        texts
		HasPhone bool
	}{lang, t, phone})
	if err != nil {
		return nil, fmt.Errorf("render home page: %w", err)
	}
	return b.Bytes(), nil
}

// Icon is the sign in the browser's tab, as SVG.
func Icon() []byte { return bytes.Clone(icon) }

// Style is the style sheet of all pages.
func Style() []byte { return bytes.Clone(style) }
