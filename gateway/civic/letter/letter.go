// Package letter writes one message of the catalogue to one person, in their language, and puts it into the outbox. What a
// letter may say is declared in the manifest and proved with the flows: its fields, its languages, its length.
package letter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/flows/render"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
)

// ErrNoWay says that no channel sends SMS to this number from this commune. Flows tell it as an outcome of its own.
var ErrNoWay = errors.New("letter: no channel sends SMS")

// A Letter is one message for one person.
type Letter struct {
	To        identity.MSISDN
	Language  string       // the person's; what the whole letter exists in is chosen from its chain
	Message   string       // id among the manifest's letters
	Fields    flows.Record // as declared there
	Commune   store.PlaceID
	Origin    string         // what it belongs to, for example case:12
	Purpose   store.Purpose  // the consent it needs, asked for again when it is about to be sent; "" for what was asked for
	Key       string         // a UUID that makes a repeat harmless; empty: a new message each time
	Priority  store.Priority // replies are what somebody waits for; all others honour quiet hours
	NotBefore time.Time      // zero: now
	ExpiresAt time.Time      // never sent from then on; zero: the outbox's default
	Scrub     bool           // the text is dropped as soon as it is sent
}

// A Text is a letter as it was written: in official orthography, which the channel converts as its last step.
type Text struct {
	Language string
	Text     string
}

// A Route tells what the channel that the outbox would choose for a number carries, or gives ErrNoWay.
type Route func(commune store.PlaceID, to identity.MSISDN) (charset.Profile, error)

// Outbox is where letters go.
type Outbox interface {
	Enqueue(ctx context.Context, messages ...outbox.Message) error
}

// Desk writes letters. It is safe for concurrent use.
type Desk struct {
	program func() *flows.Program
	route   Route
	outbox  Outbox
}

// New returns a desk. Program gives the release in use; it is asked for each letter.
func New(program func() *flows.Program, route Route, out Outbox) *Desk {
	return &Desk{program: program, route: route, outbox: out}
}

// Send puts letters into the outbox; in a transaction of the caller's they stand or fall with it. Without a channel for one
// of them it is ErrNoWay and none is sent.
func (d *Desk) Send(ctx context.Context, letters ...Letter) error {
	messages := make([]outbox.Message, len(letters))
	for i, l := range letters {
		text, err := d.Write(l)
		if err != nil {
			return err
		}
		messages[i] = outbox.Message{
			ID: l.Key, Commune: l.Commune, Origin: l.Origin, Purpose: l.Purpose, To: l.To, Text: text.Text, Language: text.Language,
			Priority: l.Priority, NotBefore: l.NotBefore, ExpiresAt: l.ExpiresAt, Scrub: l.Scrub, Quiet: l.Priority != store.PriorityReply,
		}
	}
	if err := d.outbox.Enqueue(ctx, messages...); err != nil {
		return fmt.Errorf("send letter: %w", err)
	}
	return nil
}

// Write gives the text that Send would send.
func (d *Desk) Write(l Letter) (Text, error) {
	profile, err := d.route(l.Commune, l.To)
	if err != nil {
		return Text{}, fmt.Errorf("letter %s: %w", l.Message, err)
	}
	p := d.program()
	letter, ok := p.Letters[l.Message]
	if !ok {
		return Text{}, fmt.Errorf("letter %s is not declared", l.Message)
	}
	if err := p.Manifest.CheckLetter(l.Message, l.Fields); err != nil {
		return Text{}, err
	}
	lang := tongue(p.Catalogue, letter, l.Language, profile.Letters)
	w := render.New(p, official(profile), lang)
	return Text{Language: p.Catalogue.Tag(lang), Text: string(w.AppendMessage(nil, letter.ID, l.Fields))}, nil
}

// tongue is the language a letter is written in for who prefers tag.
func tongue(c *locales.Catalogue, l *flows.Letter, tag string, letters charset.Letters) locales.Lang {
	wanted, ok := c.Lang(tag)
	if !ok {
		wanted = c.Default()
	}
	return l.Shown(wanted, letters)
}

// official is a profile that leaves every letter as it is: the outbox converts for the channel.
func official(p charset.Profile) charset.Profile {
	p.Letters = charset.UCS2Letters
	return p
}
