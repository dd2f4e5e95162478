package render_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rivo/uniseg"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

const messages = `
nav: {back: Retour, more: Suite, end: Fin, callback: Rappelez-moi, invalid: Choix invalide., range: "De {{.Min}} à {{.Max}}."}
t: {text: "{{.Text}}", row: "{{.Row}}", shares: "Sur 100 F: {{.Shares}}", facts: "{{.Facts}}", pair: "{{.A}} {{.B}}"}
share: {school: "école {{.Share}}", water: "eau {{.Share}}"}
fact: {free: Gratuit., phone: "Tél {{.Phone}}."}
count: {one: "{{.Count}} réponse", other: "{{.Count}} réponses"}
`

// program is all a renderer needs of one.
func program(t testing.TB) *flows.Program {
	t.Helper()
	files := fstest.MapFS{"fr.yaml": {Data: []byte(messages)}}
	cat, problems := locales.Load(files, nil, locales.Options{Languages: []string{"fr"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p := &flows.Program{Catalogue: cat}
	for name, id := range map[string]*locales.ID{
		"nav.back": &p.Nav.Back, "nav.more": &p.Nav.More, "nav.end": &p.Nav.End, "nav.callback": &p.Nav.Callback, "nav.invalid": &p.Nav.Invalid,
	} {
		*id = message(t, p, name)
	}
	return p
}

func message(t testing.TB, p *flows.Program, name string) locales.ID {
	t.Helper()
	id, ok := p.Catalogue.ID(name)
	if !ok {
		t.Fatalf("no message %s", name)
	}
	return id
}

func profile(name string) charset.Profile {
	p, _ := charset.FindProfile(name)
	return p
}

// wide shows every letter, in UCS-2 where it has to.
var wide = charset.Profile{Name: "wide", GSM7: 182, UCS2: 80, Letters: charset.UCS2Letters, Extension: true}

func textOf(p *flows.Program, t testing.TB, text string, items ...string) render.Content {
	c := render.Content{
		Notice: render.NoText, Text: message(t, p, "t.text"), Fields: flows.Record{{Name: "Text", Value: flows.TextOf(text)}},
		Input: flows.InputKey, Keys: render.Keys{First: p.Nav.End, Back: p.Nav.Back},
	}
	for _, item := range items {
		c.Items = append(c.Items, render.Entry{Text: message(t, p, "t.row"), Fields: flows.Record{{Name: "Row", Value: flows.TextOf(item)}}})
	}
	return c
}

// pages reads all pages and holds each to what must be true of any.
func pages(t testing.TB, w *render.Renderer, prof charset.Profile, c *render.Content) (all []render.Page) {
	t.Helper()
	for n := 0; ; n++ {
		p := w.Fit(c, n)
		text := p.Screen.String()
		if e, used, limit := render.Units(prof, text); used > limit || !prof.Fits(text) {
			t.Fatalf("page %d takes %d of %d %s:\n%s", n+1, used, limit, e, text)
		}
		if p.Screen.Page != n+1 || n > 0 && p.Screen.Pages != all[0].Screen.Pages {
			t.Fatalf("page %d says it is %d of %d", n+1, p.Screen.Page, p.Screen.Pages)
		}
		if len(p.Screen.Choices) > render.MaxItems {
			t.Fatalf("%d items on page %d", len(p.Screen.Choices), n+1)
		}
		if len(p.Screen.Choices) != p.Count {
			t.Fatalf("page %d counts %d entries and shows %d", n+1, p.Count, len(p.Screen.Choices))
		}
		if p.Screen.Text == "" && len(p.Screen.Choices) == 0 {
			t.Fatalf("page %d of %d says nothing", n+1, p.Screen.Pages)
		}
		if offers(p.Screen, "9") != p.More {
			t.Fatalf("page %d: more %t, and offers\n%s", n+1, p.More, text)
		}
		all = append(all, p)
		if !p.More {
			if n+1 != p.Screen.Pages {
				t.Fatalf("the last page is %d of %d", n+1, p.Screen.Pages)
			}
			return all
		}
	}
}

func offers(s flows.Screen, key string) bool {
	for _, c := range s.Nav {
		if c.Key == key {
			return true
		}
	}
	return false
}

func TestScreens(t *testing.T) {
	p := program(t)
	ask := textOf(p, t, "Combien?")
	ask.Input = flows.InputNumber
	ask.Keys.First = p.Nav.Back
	end := textOf(p, t, "Merci.")
	end.Input, end.Keys.First = flows.InputNone, render.NoText
	plain := textOf(p, t, "Dépenses", "école 3 M", "eau 2 M")
	plain.Plain = true
	call := textOf(p, t, "Mairie", "Budget")
	call.Keys.Callback = true
	keys := textOf(p, t, "Mairie", "Budget", "Avis")
	keys.Items[0].Key, keys.Items[1].Key = '2', '7'
	cases := []struct {
		name    string
		content render.Content
		want    string
	}{
		{"menu", textOf(p, t, "Mairie", "Budget", "Avis"), "Mairie\n1 Budget\n2 Avis\n0 Fin"},
		{"permanent keys", keys, "Mairie\n2 Budget\n7 Avis\n0 Fin"},
		{"lines to read", plain, "Depenses\necole 3 M\neau 2 M\n0 Fin"},
		{"question", ask, "Combien?\n00 Retour"},
		{"end", end, "Merci."},
		{"call back", call, "Mairie\n1 Budget\n8 Rappelez-moi 0 Fin"},
		{"only a text", textOf(p, t, "Rien ici."), "Rien ici.\n0 Fin"},
		{"blanks", textOf(p, t, " \tRien\n\n  ici. "), "Rien ici.\n0 Fin"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := render.New(p, profile("ussd"), 0)
			if got := w.Fit(&c.content, 0); got.Screen.String() != c.want || got.More {
				t.Errorf("got\n%s\nwant\n%s", got.Screen.String(), c.want)
			}
		})
	}
}

func TestSixthItemGoesToTheSecondPage(t *testing.T) {
	p := program(t)
	c := textOf(p, t, "Mairie", "a", "b", "c", "d", "e", "f")
	w := render.New(p, profile("ussd"), 0)
	all := pages(t, &w, profile("ussd"), &c)
	if len(all) != 2 || all[0].Screen.String() != "Mairie\n1 a\n2 b\n3 c\n4 d\n5 e\n9 Suite 0 Fin" || all[1].Screen.String() != "1 f\n0 Retour" {
		t.Errorf("%v", all)
	}
	if past := w.Fit(&c, 9); past.Screen.String() != all[1].Screen.String() {
		t.Errorf("a page past the end:\n%s", past.Screen.String())
	}
}

// What stands on a page does not depend on the page that is asked for, on the label of the key that leaves the first
// page, nor on a notice: paging shows everything once and in order, text before items, words and letters whole.
func TestPagingShowsEverythingOnce(t *testing.T) {
	p := program(t)
	r := rand.New(rand.NewSource(1))
	tight := charset.Profile{Name: "tight", GSM7: 40, Letters: charset.ASCII}
	for i := range 1200 {
		prof := []charset.Profile{profile("ussd"), profile("ussd182"), wide, tight}[i%4]
		w := render.New(p, prof, 0)
		var items []string
		for range r.Intn(14) {
			items = append(items, randomText(r, 1+r.Intn(90)))
		}
		c := textOf(p, t, randomText(r, 1+r.Intn(600)), items...)
		switch r.Intn(6) {
		case 0:
			c.Items, c.Input, c.Keys.First = nil, flows.InputText, p.Nav.Back
		case 1:
			c.Items, c.Input, c.Keys.First = nil, flows.InputNone, render.NoText
		case 2:
			c.Plain = true
		case 3:
			c.Text = render.NoText
			if len(c.Items) == 0 {
				continue
			}
		}
		c.Keys.Callback = r.Intn(5) == 0 && prof.GSM7 > 100
		checkPages(t, &w, prof, &c)
	}
}

func checkPages(t *testing.T, w *render.Renderer, prof charset.Profile, c *render.Content) {
	t.Helper()
	all := pages(t, w, prof, c)
	text, texts := "", ""
	if c.Text != render.NoText {
		text = string(w.AppendMessage(nil, c.Text, c.Fields))
	}
	shown := make([]string, len(c.Items))
	next := 0
	for n, p := range all {
		if p.Screen.Text != "" {
			texts += " " + p.Screen.Text
			if n+1 < len(all) && next > 0 {
				t.Fatalf("text after items on page %d", n+1)
			}
		}
		if len(p.Screen.Choices) > 0 && p.First != next && p.First != next-1 {
			t.Fatalf("page %d begins with entry %d, after %d", n+1, p.First, next-1)
		}
		for i, choice := range p.Screen.Choices {
			if want := fmt.Sprint(i + 1); !c.Plain && choice.Key != want {
				t.Fatalf("page %d: key %q, want %s", n+1, choice.Key, want)
			}
			shown[p.First+i] += choice.Label
			next = p.First + i + 1
		}
		if whole(p.Screen.Text) != p.Screen.Text {
			t.Fatalf("page %d has loose blanks: %q", n+1, p.Screen.Text)
		}
	}
	if got := squeeze(texts); got != squeeze(text) {
		t.Fatalf("the pages say\n%s\nand should\n%s", texts, text)
	}
	sameWords(t, prof, text, strings.TrimSpace(texts))
	for i := range shown {
		if want := string(w.AppendMessage(nil, c.Items[i].Text, c.Items[i].Fields)); squeeze(shown[i]) != squeeze(want) {
			t.Fatalf("entry %d says %q and should %q", i, shown[i], want)
		}
	}
	if c.Input == flows.InputNone {
		for n, p := range all {
			if last := n+1 == len(all); p.Screen.End() != last || last && len(p.Screen.Nav) > 0 {
				t.Fatalf("page %d of an end of %d:\n%s", n+1, len(all), p.Screen.String())
			}
		}
	}
}

// sameWords fails if a word that fits on a page is broken, or a grapheme cluster is.
func sameWords(t *testing.T, prof charset.Profile, want, got string) {
	t.Helper()
	long := prof.GSM7 / 4
	if prof.UCS2 > 0 {
		long = prof.UCS2 / 4
	}
	broken := false
	for _, word := range strings.Fields(want) {
		broken = broken || len([]rune(word)) > long
	}
	if !broken && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Fatalf("words are broken:\n%s\nshould be\n%s", got, want)
	}
	if uniseg.GraphemeClusterCount(squeeze(got)) != uniseg.GraphemeClusterCount(squeeze(want)) {
		t.Fatalf("a cluster is broken in\n%s", got)
	}
}

func whole(s string) string   { return strings.Trim(s, " \n") }
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// randomText is made of words, some longer than a page, in letters of every kind.
func randomText(r *rand.Rand, n int) string {
	alphabets := [][]string{
		{"a", "e", "n", "t", "s", "o", ",", "1"}, {"é", "è", "ç", "œ", "ɛ", "ŋ"}, {"ا", "ل", "ع", "م"}, {"{", "€", "^"},
		{"👍🏽", "e\u0301", "ɛ\u0303", "🇲🇱", "ߒ", "\U0001E90A"},
	}
	var b strings.Builder
	letters := alphabets[0]
	for b.Len() < n {
		if r.Intn(12) == 0 {
			letters = alphabets[r.Intn(len(alphabets))]
			if r.Intn(2) == 0 {
				letters = alphabets[0]
			}
		}
		word := 1 + r.Intn(9)
		if r.Intn(60) == 0 {
			word = 250
		}
		for range word {
			b.WriteString(letters[r.Intn(len(letters))])
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

func TestNoticeMovesNothing(t *testing.T) {
	p := program(t)
	r := rand.New(rand.NewSource(2))
	told := 0
	for range 600 {
		prof := []charset.Profile{profile("ussd"), profile("ussd182"), wide}[r.Intn(3)]
		w := render.New(p, prof, 0)
		var items []string
		for range r.Intn(9) {
			items = append(items, randomText(r, 1+r.Intn(30)))
		}
		c := textOf(p, t, randomText(r, 1+r.Intn(200)), items...)
		loud := c
		loud.Notice = p.Nav.Invalid
		for n, quiet := range pages(t, &w, prof, &c) {
			got := w.Fit(&loud, n)
			if !prof.Fits(got.Screen.String()) {
				t.Fatalf("with a notice:\n%s", got.Screen.String())
			}
			if !got.Quiet {
				told++
				var ok bool
				if got.Screen.Text, ok = strings.CutPrefix(got.Screen.Text, "Choix invalide."); !ok {
					t.Fatalf("no notice:\n%s", got.Screen.String())
				}
				got.Screen.Text = strings.TrimPrefix(got.Screen.Text, " ")
			}
			got.Quiet = false
			if got.Screen.String() != quiet.Screen.String() || got.First != quiet.First || got.Count != quiet.Count || got.More != quiet.More {
				t.Fatalf("a notice changes\n%s\ninto\n%s", quiet.Screen.String(), got.Screen.String())
			}
		}
	}
	if told < 300 {
		t.Errorf("only %d notices had room", told)
	}
}

func TestNoticeWithBounds(t *testing.T) {
	p := program(t)
	c := textOf(p, t, "Combien?")
	c.Input, c.Keys.First, c.Notice = flows.InputNumber, p.Nav.Back, message(t, p, "nav.range")
	c.Bounds = flows.Record{{Name: "Min", Value: flows.IntOf(1)}, {Name: "Max", Value: flows.IntOf(30)}}
	w := render.New(p, profile("ussd"), 0)
	if got := w.Fit(&c, 0).Screen; got.String() != "De 1 a 30. Combien?\n00 Retour" {
		t.Errorf("got\n%s", got.String())
	}
}

func TestUCS2ScreensAreMeasuredInUnits(t *testing.T) {
	p := program(t)
	w := render.New(p, wide, 0)
	c := textOf(p, t, strings.Repeat("\U0001E90A", 100)) // two units each
	all := pages(t, &w, wide, &c)
	if len(all) < 4 {
		t.Errorf("200 units on %d pages of 80", len(all))
	}
	if e, used, _ := render.Units(wide, all[0].Screen.String()); e != charset.UCS2 || used < 78 {
		t.Errorf("the first page takes %d units of %s", used, e)
	}
}
