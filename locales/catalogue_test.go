package locales

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"baro/locales/charset"
)

// show renders segments with fields in braces.
func show(segments []Segment) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Field != "" {
			b.WriteString("{" + s.Field + "}")
		} else {
			b.WriteString(s.Literal)
		}
	}
	return b.String()
}

func lang(tb testing.TB, c *Catalogue, tag string) Lang {
	tb.Helper()
	l, ok := c.Lang(tag)
	if !ok {
		tb.Fatalf("no language %s", tag)
	}
	return l
}

func id(tb testing.TB, c *Catalogue, name string) ID {
	tb.Helper()
	i, ok := c.ID(name)
	if !ok {
		tb.Fatalf("no message %s", name)
	}
	return i
}

const (
	frenchSample = `nav:
  back: Retour
  next: Suite
ask: "Réunion à {{.Place}}: [oui] ou «non»?"
ask_sms: "{{.Place}}?"
voices:
  one: Une voix à {{.Place}}
  other: "{{.Count}} voix à {{.Place}}"
money:
  one: "{{.Count}} franc"
  many: "{{.Count}} de francs"
  other: "{{.Count}} francs"
`
	bambaraSample = `nav.back: Segin
ask: "Ɲɔgɔnye {{.Place}}: awɔ?"
voices: "{{.Place}}: {{.Count}}"
`
	arabicSample = `nav.back: رجوع
voices: "{{.Place}}: {{.Count}} صوت"
`
	fulfuldeSample = `voices:
  one: go'o {{.Place}}
  other: "{{.Count}} {{.Place}}"
nav.back_sms: Rutto
`
)

func sample(tb testing.TB) *Catalogue {
	return mustLoad(tb, files("fr.yaml", frenchSample, "bm.yaml", bambaraSample, "ar.yaml", arabicSample, "ff.yaml", fulfuldeSample,
		"ffm.yaml", "", "mey.yaml", "", "en.yaml", "nav.back: Back\n"), "",
		Options{Languages: []string{"bm", "ar", "fr", "ff", "ffm", "mey", "en"}, Drafts: []string{"ff"}})
}

func TestIDsAreSortedAndTheSameInEveryLanguage(t *testing.T) {
	c := sample(t)
	want := []string{"ask", "ask_sms", "money", "nav.back", "nav.back_sms", "nav.next", "voices"}
	if got := c.IDs(); !slices.Equal(got, want) {
		t.Fatalf("ids %v", got)
	}
	for i, name := range want {
		if got := id(t, c, name); got != ID(i) || c.Name(got) != name {
			t.Errorf("%s is %d, named %s", name, got, c.Name(got))
		}
	}
	if got := c.Tags(); !slices.Equal(got, []string{"bm", "ar", "fr", "ff", "ffm", "mey", "en"}) {
		t.Errorf("tags %v", got)
	}
	if _, ok := c.ID("nav"); ok {
		t.Error("a group counts as a message")
	}
	if _, ok := c.Lang("ses"); ok {
		t.Error("ses is not live")
	}
	if c.Tag(c.Default()) != "fr" {
		t.Errorf("default %s", c.Tag(c.Default()))
	}
}

func TestSegmentsForEachSetOfLetters(t *testing.T) {
	c := sample(t)
	for _, tc := range []struct {
		tag, id string
		letters charset.Letters
		count   int64
		want    string
	}{
		{"fr", "ask", charset.UCS2Letters, 0, "Réunion à {Place}: [oui] ou «non»?"},
		{"fr", "ask", charset.GSM7Letters, 0, `Réunion à {Place}: (oui) ou "non"?`},
		{"fr", "ask", charset.ASCII, 0, `Reunion a {Place}: (oui) ou "non"?`},
		{"bm", "ask", charset.UCS2Letters, 0, "Ɲɔgɔnye {Place}: awɔ?"},
		{"bm", "ask", charset.GSM7Letters, 0, "Nyògònye {Place}: awò?"},
		{"bm", "ask", charset.ASCII, 0, "Nyogonye {Place}: awo?"},
		{"ar", "voices", charset.UCS2Letters, 3, "{Place}: {Count} صوت"},
		{"ar", "voices", charset.ASCII, 3, "{Place}: {Count} ???"},
		{"en", "ask", charset.ASCII, 0, ""},
		{"bm", "nav.next", charset.ASCII, 0, ""},
	} {
		got := c.Segments(lang(t, c, tc.tag), id(t, c, tc.id), tc.letters, tc.count)
		if show(got) != tc.want || (got == nil) != (tc.want == "") {
			t.Errorf("%s %s in %s: %q, want %q", tc.tag, tc.id, tc.letters, show(got), tc.want)
		}
	}
	if lost := c.Unconvertible(lang(t, c, "ar"), id(t, c, "voices"), charset.ASCII); string(lost) != "تصو" {
		t.Errorf("lost %q", string(lost))
	}
	for _, tag := range []string{"fr", "bm", "ff"} {
		for i := range c.IDs() {
			if lost := c.Unconvertible(lang(t, c, tag), ID(i), charset.ASCII); len(lost) > 0 {
				t.Errorf("%s %s loses %q", tag, c.Name(ID(i)), string(lost))
			}
		}
	}
}

func TestPluralsWhereGoI18nFails(t *testing.T) {
	c := sample(t)
	for _, tc := range []struct {
		tag, id string
		count   int64
		want    string
	}{
		{"fr", "voices", 0, "Une voix a {Place}"},
		{"fr", "voices", 1, "Une voix a {Place}"},
		{"fr", "voices", 2, "{Count} voix a {Place}"},
		{"fr", "voices", 1_000_000, "{Count} voix a {Place}"}, // no form many: other, not an error
		{"fr", "money", 1_000_000, "{Count} de francs"},
		{"fr", "money", 1_500_000, "{Count} francs"},
		{"fr", "money", -1, "{Count} franc"},
		{"ff", "voices", 1, "go'o {Place}"},
		{"ff", "voices", 5, "{Count} {Place}"},
		{"bm", "voices", 1, "{Place}: {Count}"},
		{"ar", "voices", 0, "{Place}: {Count} ???"}, // only other, for every number
		{"ar", "voices", 2, "{Place}: {Count} ???"},
		{"ar", "voices", 11, "{Place}: {Count} ???"},
		{"fr", "nav.back", 7, "Retour"},
	} {
		if got := show(c.Segments(lang(t, c, tc.tag), id(t, c, tc.id), charset.ASCII, tc.count)); got != tc.want {
			t.Errorf("%s %s %d: %q, want %q", tc.tag, tc.id, tc.count, got, tc.want)
		}
	}
}

func TestChainsTryTheNextLanguageBeforeFrench(t *testing.T) {
	c := sample(t)
	for tag, want := range map[string]string{
		"fr": "fr", "bm": "bm fr", "ff": "ff fr", "ffm": "ffm ff fr", "mey": "mey ar fr", "en": "en fr",
	} {
		var got []string
		for _, l := range c.Chain(lang(t, c, tag)) {
			got = append(got, c.Tag(l))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("chain of %s: %v", tag, got)
		}
	}
	// A fallback that is not live is skipped.
	without := mustLoad(t, files("fr.yaml", "a: x\n", "khq.yaml", ""), "", live("khq", "fr"))
	if got := without.Chain(lang(t, without, "khq")); !slices.Equal(got, []Lang{0, 1}) {
		t.Errorf("chain of khq without ses: %v", got)
	}
}

func TestStatesFieldsAndPositions(t *testing.T) {
	c := sample(t)
	back := id(t, c, "nav.back")
	for tag, want := range map[string]State{"fr": Approved, "en": Approved, "bm": Draft, "ar": Draft, "ff": Missing} {
		if got := c.State(lang(t, c, tag), back); got != want {
			t.Errorf("nav.back in %s is %s, want %s", tag, got, want)
		}
	}
	voices := id(t, c, "voices")
	for tag, want := range map[string]bool{"fr": true, "en": false, "bm": false, "ar": false, "ff": true} {
		if got := c.Usable(lang(t, c, tag), voices); got != want {
			t.Errorf("voices in %s usable: %v", tag, got)
		}
	}
	if got := c.Fields(voices); !slices.Equal(got, []string{"Count", "Place"}) {
		t.Errorf("fields %v", got)
	}
	if got := c.Fields(back); len(got) != 0 {
		t.Errorf("fields %v", got)
	}
	for _, tc := range []struct {
		tag, id, file string
		line          int
	}{{"fr", "nav.next", "fr.yaml", 3}, {"fr", "voices", "fr.yaml", 6}, {"bm", "voices", "bm.yaml", 3}, {"en", "voices", "en.yaml", 0}} {
		if file, line := c.Position(lang(t, c, tc.tag), id(t, c, tc.id)); file != tc.file || line != tc.line {
			t.Errorf("%s of %s stands at %s:%d", tc.id, tc.tag, file, line)
		}
	}
	if got := c.Untranslated(lang(t, c, "bm")); !slices.Equal(got, []string{"money", "nav.next"}) {
		t.Errorf("untranslated %v", got)
	}
}

func TestSMSVariants(t *testing.T) {
	c := sample(t)
	ask, back := id(t, c, "ask"), id(t, c, "nav.back")
	if got := c.Name(c.SMS(ask)); got != "ask_sms" {
		t.Errorf("variant %s", got)
	}
	if c.Usable(lang(t, c, "bm"), c.SMS(ask)) {
		t.Error("bm has no variant of its own")
	}
	// One that only Fulfulde needs; French keeps the message itself.
	if got := c.SMS(back); c.Name(got) != "nav.back_sms" || c.State(lang(t, c, "ff"), got) != Draft || c.State(lang(t, c, "fr"), got) != Missing {
		t.Errorf("variant %s", c.Name(got))
	}
	next := id(t, c, "nav.next")
	if c.SMS(next) != next || c.SMS(c.SMS(ask)) != c.SMS(ask) {
		t.Error("a message without a variant is its own")
	}
}

func TestHash(t *testing.T) {
	load := func(change func(f map[string]string, o *Options)) string {
		content := map[string]string{"fr.yaml": frenchSample, "bm.yaml": bambaraSample}
		opts := live("fr", "bm")
		change(content, &opts)
		var pairs []string
		for name, text := range content {
			pairs = append(pairs, name, text)
		}
		c, _ := Load(files(pairs...), nil, opts)
		return c.Hash()
	}
	same := func(map[string]string, *Options) {}
	base := load(same)
	if len(base) != 64 {
		t.Fatalf("hash %q", base)
	}
	for name, change := range map[string]func(map[string]string, *Options){
		"again":                   same,
		"a comment and new lines": func(f map[string]string, _ *Options) { f["fr.yaml"] = "# hello\n\n" + frenchSample },
		"a language not live":     func(f map[string]string, _ *Options) { f["ff.yaml"] = fulfuldeSample },
		"the default spelt out":   func(_ map[string]string, o *Options) { o.Default = "fr" },
	} {
		for range 5 { // go-i18n returns messages in random order
			if got := load(change); got != base {
				t.Errorf("%s changes the hash", name)
			}
		}
	}
	seen := map[string]string{base: "the sample"}
	for name, change := range map[string]func(map[string]string, *Options){
		"a text": func(f map[string]string, _ *Options) {
			f["bm.yaml"] = strings.Replace(bambaraSample, "Segin", "Segi", 1)
		},
		"a letter": func(f map[string]string, _ *Options) {
			f["fr.yaml"] = strings.Replace(frenchSample, "Suite", "Suité", 1)
		},
		"a plural form": func(f map[string]string, _ *Options) {
			f["fr.yaml"] = strings.Replace(frenchSample, "de francs", "de f", 1)
		},
		"drafts":    func(_ map[string]string, o *Options) { o.Drafts = []string{"bm"} },
		"order":     func(_ map[string]string, o *Options) { o.Languages = []string{"bm", "fr"} },
		"a default": func(_ map[string]string, o *Options) { o.Default = "bm" },
		"languages": func(_ map[string]string, o *Options) { o.Languages = []string{"fr"} },
	} {
		got := load(change)
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[got] = name
	}
}

func TestConcurrentReadsOfACatalogueWhileOthersLoad(t *testing.T) {
	c := sample(t)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			if worker == 0 {
				if again, _ := Load(files("fr.yaml", frenchSample), nil, live("fr")); again.Hash() == c.Hash() {
					t.Error("another catalogue with the same hash")
				}
				return
			}
			for l := range c.Tags() {
				for i := range c.IDs() {
					for letters := range letterSets {
						show(c.Segments(Lang(l), ID(i), charset.Letters(letters), int64(worker)))
					}
					c.Usable(Lang(l), ID(i))
					c.Position(Lang(l), c.SMS(ID(i)))
				}
				c.Untranslated(Lang(l))
				c.Chain(Lang(l))
			}
		})
	}
	wg.Wait()
}

func TestReadingAllocatesNothing(t *testing.T) {
	c := sample(t)
	voices, fr := id(t, c, "voices"), lang(t, c, "fr")
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { buf = renderSample(buf[:0], c, fr, voices) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// renderSample renders a plural with formatted values, as a screen would.
func renderSample(dst []byte, c *Catalogue, l Lang, i ID) []byte {
	for _, s := range c.Segments(l, i, charset.ASCII, 1_250_000) {
		switch s.Field {
		case "":
			dst = append(dst, s.Literal...)
		case "Count":
			dst = AppendAmount(dst, 1_250_000, Full)
		default:
			dst = AppendDistance(AppendPercent(dst, 125), 6200)
		}
	}
	return dst
}

func BenchmarkSegmentsAndAppenders(b *testing.B) {
	c := sample(b)
	voices, fr := id(b, c, "voices"), lang(b, c, "fr")
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = renderSample(buf[:0], c, fr, voices)
	}
}

func BenchmarkLoad(b *testing.B) {
	var french, other strings.Builder
	for i := range 500 {
		fmt.Fprintf(&french, "m.k%d: Réunion à {{.Place}}, le budget n° %d\n", i, i)
		fmt.Fprintf(&other, "m.k%d: Ɲɔgɔnye {{.Place}} %d\n", i, i)
	}
	folder := files("fr.yaml", french.String(), "bm.yaml", other.String(), "ff.yaml", other.String(), "ses.yaml", other.String())
	b.ReportAllocs()
	for b.Loop() {
		mustLoad(b, folder, "", live("fr", "bm", "ff", "ses"))
	}
}
