package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"baro/locales"
	"baro/locales/charset"
)

type textCommand struct {
	Lang    string `help:"Language of the text: which letters its transliteration uses."`
	Profile string `help:"Channel profile: ussd, ussd182, sms, sms-ascii." default:"sms"`
	JSON    bool   `help:"As JSON. Without TEXT a JSON array of strings is read from standard input."`
	Text    string `arg:"" optional:"" help:"The text; standard input when absent."`
}

// A measured text, as printed by --json.
type measured struct {
	Encoding string `json:"encoding"`
	Units    int    `json:"units"`
	Parts    int    `json:"parts"`
	Forcing  string `json:"forcing,omitempty"` // the characters outside GSM-7
	Sent     *sent  `json:"sent,omitempty"`
}

// sent is the text after the profile's conversion.
type sent struct {
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
	Units    int    `json:"units"`
	Parts    int    `json:"parts"`
	Lost     string `json:"lost,omitempty"` // characters without any form, sent as "?"
	Fits     bool   `json:"fits"`
}

// Run measures.
func (t *textCommand) Run(p Process) error {
	profile, ok := charset.FindProfile(t.Profile)
	if !ok {
		return usageError{fmt.Errorf("there is no profile %q", t.Profile)}
	}
	if t.Lang != "" {
		if _, ok := locales.FindLanguage(t.Lang); !ok {
			return usageError{fmt.Errorf("there is no language %q", t.Lang)}
		}
	}
	if t.JSON && t.Text == "" {
		var texts []string
		if err := json.NewDecoder(p.Stdin).Decode(&texts); err != nil {
			return usageError{fmt.Errorf("read a JSON array of strings: %w", err)}
		}
		out := make([]measured, len(texts))
		for i, text := range texts {
			out[i] = t.measure(profile, text)
		}
		return json.NewEncoder(p.Stdout).Encode(out)
	}
	text, err := t.input(p)
	if err != nil {
		return err
	}
	m := t.measure(profile, text)
	if t.JSON {
		return json.NewEncoder(p.Stdout).Encode(m)
	}
	fmt.Fprintf(p.Stdout, "as written  %s, %d units, %s\n", strings.ToUpper(m.Encoding), m.Units, partsText(m.Parts))
	if m.Forcing != "" {
		fmt.Fprintf(p.Stdout, "outside GSM-7  %s\n", m.Forcing)
	}
	s := t.convert(profile, text)
	fmt.Fprintf(p.Stdout, "sent on %s  %s, %d units, %s\n%s\n", profile.Name, strings.ToUpper(s.Encoding), s.Units, partsText(s.Parts), s.Text)
	if s.Lost != "" {
		fmt.Fprintf(p.Stdout, "cannot be sent  %s\n", s.Lost)
	}
	if !s.Fits {
		fmt.Fprintf(p.Stdout, "too long for %s\n", profile.Name)
	}
	return nil
}

func (t *textCommand) input(p Process) (string, error) {
	if t.Text != "" {
		return t.Text, nil
	}
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := p.Stdin.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return strings.TrimSuffix(b.String(), "\n"), nil
		}
		if b.Len() > 1<<20 {
			return "", usageError{fmt.Errorf("the text is longer than a mebibyte")}
		}
	}
}

func (t *textCommand) measure(profile charset.Profile, text string) measured {
	m := charset.Count(text)
	out := measured{Encoding: m.Encoding.String(), Units: m.Units, Parts: m.Parts, Forcing: forcing(text)}
	if t.Lang != "" {
		s := t.convert(profile, text)
		out.Sent = &s
	}
	return out
}

func (t *textCommand) convert(profile charset.Profile, text string) sent {
	lang := t.Lang
	if lang == "" {
		lang = locales.Source
	}
	converted, lost := profile.Convert(text, lang)
	m := charset.Count(converted)
	return sent{
		Text: converted, Encoding: m.Encoding.String(), Units: m.Units, Parts: m.Parts,
		Lost: string(lost), Fits: profile.Fits(converted),
	}
}

// forcing lists each character that turns a text into UCS-2, once.
func forcing(text string) string {
	var b strings.Builder
	for _, r := range text {
		if !charset.Encodable(string(r), charset.GSM7Letters, true) && !strings.ContainsRune(b.String(), r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func partsText(n int) string {
	if n == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", n)
}
