package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"baro/flows"
	"baro/locales/charset"
	"baro/store"
)

// A Content is what a broadcast says. Structured first: a letter of the catalogue with its fields speaks every language; a
// subject makes such a letter from the records when it is submitted. Free text is the exception, written per language.
type Content struct {
	Text   store.Texts  `json:"text,omitempty"`
	Letter string       `json:"letter,omitempty"` // message id among the manifest's letters
	Fields flows.Record `json:"fields,omitempty"`
	// Told are fields, by name, that the records hold in several languages; Fields holds each in its own.
	Told    map[string]store.Texts `json:"told,omitempty"`
	Also    string                 `json:"also,omitempty"` // a letter without fields that follows it
	Subject string                 `json:"subject,omitempty"`
	Sender  string                 `json:"sender,omitempty"` // an organisation's name; empty: the town hall of the commune
	Path    []int                  `json:"path,omitempty"`   // keys below the main menu that show the same, which proves it genuine
	Replies string                 `json:"replies,omitempty"`
}

// RepliesMeeting marks a text that people answer with 1, "I come", or 2, "no".
const RepliesMeeting = "meeting"

// A Subject composes a content from the records of a commune: the budget, the practice of the week. ErrNothing says that
// there is nothing to tell now.
type Subject func(ctx context.Context, commune store.PlaceID, at time.Time) (Content, error)

// What is refused of a content.
var (
	ErrNothing  = errors.New("campaign: there is nothing to tell")
	ErrContent  = errors.New("campaign: a content is a text, a letter or a subject")
	ErrLetter   = errors.New("campaign: no such letter, or its fields do not fit")
	ErrVariable = errors.New("campaign: a text names a variable that does not exist")
	ErrTooLong  = errors.New("campaign: a text takes more parts than its channel carries")
	ErrNoWay    = errors.New("campaign: no channel sends SMS from this commune")
)

// TextError is a text that cannot be sent as it is written in a language.
type TextError struct {
	Language string
	Err      error
}

func (e *TextError) Error() string { return e.Err.Error() + ": in " + e.Language }

// Unwrap gives ErrTooLong or ErrVariable.
func (e *TextError) Unwrap() error { return e.Err }

func (c Content) encode() json.RawMessage {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("campaign: encode content: %v", err)) // numbers and texts
	}
	return raw
}

func contentOf(b store.Broadcast) (c Content, err error) {
	if err := json.Unmarshal(b.Content, &c); err != nil {
		return c, errors.New("campaign: the content of a broadcast cannot be read")
	}
	return c, nil
}

func audienceOf(b store.Broadcast) (a Audience, err error) {
	if err := json.Unmarshal(b.Audience, &a); err != nil {
		return a, errors.New("campaign: the audience of a broadcast cannot be read")
	}
	return a, nil
}

// check refuses a content that says nothing or several things, and fields that the letter does not declare.
func (s *Service) check(c Content) error {
	kinds := 0
	for _, there := range []bool{len(c.Text) > 0, c.Letter != "", c.Subject != ""} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		return ErrContent
	}
	if c.Letter != "" {
		if err := s.Program().Manifest.CheckLetter(c.Letter, c.Fields); err != nil {
			return fmt.Errorf("%w: %w", ErrLetter, err)
		}
	}
	if _, known := s.Subjects[c.Subject]; c.Subject != "" && !known {
		return fmt.Errorf("%w: unknown subject %q", ErrContent, c.Subject)
	}
	return nil
}

// compose turns a subject into its letter.
func (s *Service) compose(ctx context.Context, commune store.PlaceID, c Content) (Content, error) {
	if c.Subject == "" {
		return c, nil
	}
	made, err := s.Subjects[c.Subject](ctx, commune, s.Now())
	if err != nil {
		return c, fmt.Errorf("compose %s: %w", c.Subject, err)
	}
	made.Sender, made.Subject = c.Sender, ""
	return made, s.check(made)
}

// fields are those of the letter for readers of a language: in theirs where the records have it and the channel shows it in
// a letter of language shown.
func (c Content) fields(reader, shown string, profile charset.Profile) flows.Record {
	if len(c.Told) == 0 {
		return c.Fields
	}
	fields := slices.Clone(c.Fields)
	for i, f := range fields {
		text := c.Told[f.Name][reader]
		if text == "" {
			continue
		}
		if _, lost := profile.Convert(text, shown); len(lost) == 0 {
			fields[i].Value = flows.TextOf(text)
		}
	}
	return fields
}

// variables are the names that a free text may hold in braces.
func variables(commune, sender, dial, day string) map[string]string {
	return map[string]string{"commune": commune, "sender": sender, "dial": dial, "date": day}
}

// expand puts values in place of {names}, once: what a value holds is not looked at again. A brace that encloses no word
// stands for itself.
func expand(text string, values map[string]string) (string, error) {
	var b strings.Builder
	unknown := make(map[string]bool)
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		b.WriteString(text[:open])
		text = text[open:]
		name, rest, closed := strings.Cut(text[1:], "}")
		if !closed || !word(name) {
			b.WriteByte('{')
			text = text[1:]
			continue
		}
		value, ok := values[name]
		if !ok {
			unknown[name] = true
		}
		b.WriteString(value)
		text = rest
	}
	b.WriteString(text)
	if len(unknown) > 0 {
		return "", fmt.Errorf("%w: %s", ErrVariable, strings.Join(slices.Sorted(maps.Keys(unknown)), ", "))
	}
	return b.String(), nil
}

// word tells whether s is a variable's name: small letters only.
func word(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}
