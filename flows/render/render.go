// Package render fits the text of a program to a language and a channel: it writes values into messages, converts them
// to the channel's letters, and lays the result out in pages. It pages; it never cuts.
package render

import (
	"baro/flows"
	"baro/locales"
	"baro/locales/charset"
)

// MaxItems is the most items a page offers.
const MaxItems = 5

// A Renderer writes for one program, language and channel profile. It is not for concurrent use.
type Renderer struct {
	catalogue *locales.Catalogue
	nav       *flows.Nav
	profile   charset.Profile
	lang      locales.Lang
	tag       string
	arena     [384]byte // space for the text of one ordinary screen
	marks     [16]int   // and for where its parts end
}

// New returns a renderer. The language is the one to show, after any fallback.
func New(p *flows.Program, profile charset.Profile, lang locales.Lang) Renderer {
	return Renderer{
		catalogue: p.Catalogue, nav: &p.Nav, profile: profile, lang: lang, tag: p.Catalogue.Tag(lang),
	}
}

// A Content is what a node shows before it is laid out.
type Content struct {
	Notice locales.ID   // a word about the last input; -1 for none
	Bounds flows.Record // fields of the notice
	Text   locales.ID   // -1 for none
	Fields flows.Record
	Items  []Entry
	Plain  bool // items are lines to read, without keys
	Input  flows.Input
	Keys   Keys
}

// An Entry is one item: a fixed message, or a row's message with its fields.
type Entry struct {
	Key    byte // '1' to '8'
	Text   locales.ID
	Fields flows.Record
}

// Keys are the navigation keys a page may carry. A text of NoText: the key is not offered.
type Keys struct {
	First    locales.ID // what 0 (a question: 00) does on the first page
	Back     locales.ID // what it does on the others
	Callback bool       // 8 asks to be called back
}

// Page is one fitted page and what the dialogue must remember of it.
type Page struct {
	Screen flows.Screen
	More   bool
	First  int  // index of the first entry on the page
	Count  int  // entries on the page
	Quiet  bool // there was no room for the notice
}

// NoText marks an absent message.
const NoText locales.ID = -1

// Units is the size of a screen's text in the profile's units, and its limit.
func Units(profile charset.Profile, text string) (encoding charset.Encoding, used, limit int) {
	encoding, used = charset.Units(text)
	return encoding, used, profile.Limit(encoding)
}
