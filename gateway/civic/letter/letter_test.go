package letter_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"baro/flows"
	"baro/flows/compile"
	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
)

// program is the smallest with a letter: bm writes all of it only with letters that plain ASCII lacks.
func program(t *testing.T) *flows.Program {
	t.Helper()
	texts := map[string]string{"fr": "Merci: {{.Total}}, {{.Stage}}.", "en": "Thanks: {{.Total}}, {{.Stage}}.", "bm": "Aw ni ce: {{.Total}}, {{.Stage}}."}
	stages := map[string]string{"fr": "réalisé", "en": "spent", "bm": "kɛlen"}
	messages, opts := fstest.MapFS{}, locales.Options{Default: "fr", Drafts: []string{"bm"}}
	for _, tag := range []string{"fr", "en", "bm"} {
		var b strings.Builder
		b.WriteString("thanks: '" + texts[tag] + "'\nstage.spent: " + stages[tag] + "\n")
		for _, id := range strings.Fields(`nav.back nav.more nav.end nav.callback nav.invalid nav.number_wanted nav.number_range nav.too_long
			nav.too_short nav.unreadable nav.dial_instead fault.later fault.busy fault.request fault.ended main.menu main.bye`) {
			b.WriteString(id + ": x\n")
		}
		messages[tag+".yaml"] = &fstest.MapFile{Data: []byte(b.String())}
		opts.Languages = append(opts.Languages, tag)
	}
	cat, problems := locales.Load(messages, nil, opts)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	files := fstest.MapFS{
		"main.yaml": {Data: []byte(`flow: main
root: true
resume: restart
start: menu
home: menu
leave: bye
resumed: again
screens:
  menu:
    text: main.menu
    menu:
      1: {text: main.menu, go: bye}
  again:
    text: main.menu
    menu:
      1: {text: main.menu, go: $resume}
  bye: {end: main.bye}
`)},
		"manifest.yaml": {Data: []byte(`letters:
  thanks: {Total: money, Stage: label stage.spent}
sources:
  none: {args: "", fields: {Total: money}}
`)},
	}
	p, found := compile.Program(files, "manifest.yaml", compile.Options{Catalogue: cat})
	if found.Errors() > 0 {
		t.Fatal(found)
	}
	return p
}

type box struct{ messages []outbox.Message }

func (b *box) Enqueue(_ context.Context, messages ...outbox.Message) error {
	b.messages = append(b.messages, messages...)
	return nil
}

func number(t *testing.T) identity.MSISDN {
	t.Helper()
	m, err := identity.Parse("70000001")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func thanks(t *testing.T, lang string) letter.Letter {
	return letter.Letter{
		To: number(t), Language: lang, Message: "thanks", Commune: 7, Origin: "budget:1", Priority: store.PriorityNotice,
		Fields: flows.Record{{Name: "Total", Value: flows.MoneyOf(283_000_000)}, {Name: "Stage", Value: flows.LabelOf("stage.spent")}},
	}
}

func TestLettersAreWrittenInThePersonsLanguage(t *testing.T) {
	p := program(t)
	for _, c := range []struct {
		lang    string
		letters charset.Letters
		want    string
		in      string
	}{
		{"fr", charset.ASCII, "Merci: 283 M FCFA, réalisé.", "fr"}, // the outbox makes plain letters of it
		{"en", charset.ASCII, "Thanks: 283 M FCFA, spent.", "en"},
		{"bm", charset.UCS2Letters, "Aw ni ce: 283 M FCFA, kɛlen.", "bm"},
		{"xx", charset.ASCII, "Merci: 283 M FCFA, réalisé.", "fr"},
		{"", charset.ASCII, "Merci: 283 M FCFA, réalisé.", "fr"},
	} {
		out := &box{}
		desk := letter.New(func() *flows.Program { return p }, func(store.PlaceID, identity.MSISDN) (charset.Profile, error) {
			return charset.Profile{GSM7: 160, UCS2: 70, Letters: c.letters}, nil
		}, out)
		if err := desk.Send(t.Context(), thanks(t, c.lang)); err != nil {
			t.Fatal(err)
		}
		got := out.messages[0]
		if got.Text != c.want || got.Language != c.in {
			t.Errorf("%s: %q in %s, want %q in %s", c.lang, got.Text, got.Language, c.want, c.in)
		}
		if got.Channel != "" || got.Commune != 7 || got.Origin != "budget:1" || got.Priority != store.PriorityNotice || got.To != number(t) {
			t.Errorf("%s: the message is %+v", c.lang, got)
		}
	}
}

// Only what somebody waits for is sent in quiet hours.
func TestLettersHonourQuietHours(t *testing.T) {
	p, out := program(t), &box{}
	desk := letter.New(func() *flows.Program { return p }, func(store.PlaceID, identity.MSISDN) (charset.Profile, error) {
		return charset.Profile{GSM7: 160, UCS2: 70}, nil
	}, out)
	for _, priority := range []store.Priority{store.PriorityReply, store.PriorityNotice, store.PriorityBulk} {
		l := thanks(t, "fr")
		l.Priority = priority
		if err := desk.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		if got := out.messages[len(out.messages)-1]; got.Quiet != (priority != store.PriorityReply) {
			t.Errorf("priority %d: quiet is %v", priority, got.Quiet)
		}
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	p, out := program(t), &box{}
	var noWay error
	desk := letter.New(func() *flows.Program { return p }, func(store.PlaceID, identity.MSISDN) (charset.Profile, error) {
		return charset.Profile{Letters: charset.ASCII}, noWay
	}, out)
	short := thanks(t, "fr")
	short.Fields = short.Fields[:1]
	if err := desk.Send(t.Context(), thanks(t, "fr"), short); err == nil {
		t.Error("a letter without its fields is sent")
	}
	unknown := thanks(t, "fr")
	unknown.Message = "main.menu"
	if err := desk.Send(t.Context(), unknown); err == nil {
		t.Error("a message that is no letter is sent")
	}
	noWay = letter.ErrNoWay
	if err := desk.Send(t.Context(), thanks(t, "fr")); !errors.Is(err, letter.ErrNoWay) {
		t.Errorf("without a channel: %v", err)
	}
	if len(out.messages) > 0 {
		t.Errorf("%d messages left all the same", len(out.messages))
	}
}
