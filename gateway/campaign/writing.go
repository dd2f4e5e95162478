package campaign

import (
	"context"
	"fmt"

	"baro/flows"
	"baro/flows/render"
	"baro/gateway/civic/wording"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
)

// frame is the letter every broadcast is put into: who speaks, what, the number to dial that proves it genuine, how to stop.
const (
	frame = "broadcast.frame"
	hall  = "broadcast.sender.hall"
)

// A Text is a broadcast as it arrives at the phones of one language on one kind of channel.
type Text struct {
	Language string           `json:"language"` // of the reader
	Shown    string           `json:"shown"`    // the language it is written in
	Profile  string           `json:"profile"`
	Text     string           `json:"text"`
	Encoding charset.Encoding `json:"-"`
	Units    int              `json:"units"`
	Parts    int              `json:"parts"`
	Forcing  string           `json:"forcing,omitempty"` // the characters that leave less than half the room in a part
	Lost     string           `json:"lost,omitempty"`    // the characters that the channel does not carry at all; of drafts only
}

// A writer writes one broadcast.
type writer struct {
	program *flows.Program
	content Content
	commune string
	dial    string
	day     string
}

// writer prepares a broadcast's content, composed before.
func (s *Service) writer(ctx context.Context, b store.Broadcast, c Content) (*writer, error) {
	place, err := s.Places.Get(ctx, b.Commune)
	if err != nil {
		return nil, fmt.Errorf("find sender: %w", err)
	}
	name := place.ShortName
	if name == "" {
		name = place.Name
	}
	return &writer{program: s.Program(), content: c, commune: name, dial: s.Dial(b.Commune, c.Path...),
		day: string(locales.AppendDate(nil, s.begin(b).In(s.zone())))}, nil
}

// texts writes for every language that is spoken here and every kind of channel there is a way over.
func (w *writer) texts(ways []Way) (all []Text, err error) {
	seen := make(map[string]bool)
	for _, way := range ways {
		if seen[way.Profile.Name] {
			continue
		}
		seen[way.Profile.Name] = true
		for _, tag := range w.program.Catalogue.Tags() {
			t, err := w.text(tag, way.Profile)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// text writes for readers of a language: in the first of its chain in which the whole can be said and shown.
func (w *writer) text(tag string, profile charset.Profile) (Text, error) {
	cat := w.program.Catalogue
	lang, ok := cat.Lang(tag)
	if !ok {
		lang = cat.Default()
	}
	chain := cat.Chain(lang)
	for i, candidate := range chain {
		last := i == len(chain)-1
		official, shown, ok, err := w.whole(tag, candidate, profile, last)
		if err != nil {
			return Text{}, err
		}
		if !ok {
			continue
		}
		text, lost := profile.Convert(official, shown)
		if len(lost) > 0 && !last {
			continue
		}
		if !profile.Fits(text) {
			return Text{}, &TextError{shown, ErrTooLong}
		}
		t := measured(text)
		t.Language, t.Shown, t.Profile, t.Lost = tag, shown, profile.Name, string(lost)
		return t, nil
	}
	return Text{}, fmt.Errorf("%w: nothing in %s", ErrContent, tag)
}

// whole writes frame and body in one language; the last of a chain takes what there is.
func (w *writer) whole(reader string, lang locales.Lang, profile charset.Profile, last bool) (text, shown string, ok bool, err error) {
	cat, outer := w.program.Catalogue, w.program.Letters[frame]
	if outer == nil {
		return "", "", false, fmt.Errorf("%w: %s", ErrLetter, frame)
	}
	tag, framed := cat.Tag(lang), outer.Shown(lang, profile.Letters)
	body := ""
	if w.content.Letter == "" {
		body = w.content.Text[tag]
		if last && body == "" {
			body = wording.In(w.content.Text, tag)
		}
		if body == "" {
			return "", "", false, nil
		}
		if body, err = expand(body, variables(w.commune, w.name(framed, profile), w.dial, w.day)); err != nil {
			return "", "", false, &TextError{tag, err}
		}
	} else {
		inner := w.program.Letters[w.content.Letter]
		if inner == nil {
			return "", "", false, fmt.Errorf("%w: %s", ErrLetter, w.content.Letter)
		}
		if !last && (inner.Shown(lang, profile.Letters) != lang || framed != lang) {
			return "", "", false, nil
		}
		body = w.write(inner.Shown(lang, profile.Letters), inner.ID, w.content.fields(reader, tag, profile), profile)
	}
	if also := w.program.Letters[w.content.Also]; also != nil {
		body += " " + w.write(also.Shown(lang, profile.Letters), also.ID, nil, profile)
	}
	return w.write(framed, outer.ID, flows.Record{
		{Name: "Sender", Value: flows.TextOf(w.name(framed, profile))}, {Name: "Body", Value: flows.TextOf(body)}, {Name: "Dial", Value: flows.TextOf(w.dial)},
	}, profile), tag, true, nil
}

// name is who speaks: an organisation by its own name, or the town hall.
func (w *writer) name(lang locales.Lang, profile charset.Profile) string {
	if w.content.Sender != "" {
		return w.content.Sender
	}
	id, _ := w.program.Catalogue.ID(hall)
	return w.write(lang, id, flows.Record{{Name: "Commune", Value: flows.TextOf(w.commune)}}, profile)
}

// write gives a message in official orthography: the channel's letters are made at the end, of the whole.
func (w *writer) write(lang locales.Lang, id locales.ID, fields flows.Record, profile charset.Profile) string {
	profile.Letters = charset.UCS2Letters
	r := render.New(w.program, profile, lang)
	return string(r.AppendMessage(nil, id, fields))
}

// measured is a text with its size. Parts are those that are really sent: letters and their marks stay together, which may
// take a part more than the units alone.
func measured(text string) Text {
	e, units := charset.Units(text)
	return Text{Text: text, Encoding: e, Units: units, Parts: len(charset.Split(text, charset.Ref8)), Forcing: forcing(text, e)}
}

// forcing lists the characters for which a text cannot travel in the GSM alphabet.
func forcing(text string, e charset.Encoding) string {
	if e != charset.UCS2 {
		return ""
	}
	var found []rune
	seen := make(map[rune]bool)
	for _, r := range text {
		if !seen[r] && !charset.Encodable(string(r), charset.GSM7Letters, true) {
			seen[r] = true
			found = append(found, r)
		}
	}
	return string(found)
}
