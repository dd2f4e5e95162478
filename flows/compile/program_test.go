package compile_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"baro/flows"
	"baro/flows/compile"
	"baro/locales/charset"
)

var update = flag.Bool("update", false, "write golden files anew")

func flowOf(t testing.TB, p *flows.Program, name string) *flows.Flow {
	t.Helper()
	for i := range p.Flows {
		if p.Flows[i].Name == name {
			return &p.Flows[i]
		}
	}
	t.Fatalf("no flow %s", name)
	return nil
}

func TestGraph(t *testing.T) {
	p := sound().build(t)
	var b bytes.Buffer
	for _, name := range []string{"main", "budget"} {
		if err := compile.Graph(&b, p, flowOf(t, p, name)); err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/graph.mmd"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestHashFollowsEveryByte(t *testing.T) {
	hash := func(h house, drafts ...string) string {
		p, _ := h.compile(t, drafts...)
		return p.Hash
	}
	base := sound().and("bm", "nav.back: Segin\n")
	first := hash(base)
	if again := hash(base); again != first {
		t.Fatalf("the same files have the hashes %s and %s", first, again)
	}
	seen := map[string]string{first: "nothing"}
	note := func(what, hash string) {
		t.Helper()
		if before, ok := seen[hash]; ok {
			t.Errorf("%s has the hash of %s", what, before)
		}
		seen[hash] = what
	}
	for _, file := range []string{"main.yaml", "place.yaml", "budget.yaml", "services.yaml", "manifest.yaml"} {
		note("a comment in "+file, hash(base.and(file, base[file]+"# one more line\n")))
	}
	note("a flow more", hash(base.and("more.yaml", "flow: more\nstart: a\nscreens:\n  a: {end: main.bye}\n")))
	moved := base.and("agenda.yaml", base["budget.yaml"])
	delete(moved, "budget.yaml")
	note("another file name", hash(moved))
	note("a French text", hash(base.with(t, "fr", "main.bye: Merci.", "main.bye: Merci!")))
	note("an English text", hash(base.with(t, "en", "main.bye: Bye.", "main.bye: Goodbye.")))
	note("a draft text", hash(base.with(t, "bm", "Segin", "Sègin")))
	note("drafts shown", hash(base, "bm"))
}

// A language falls back for the flow that lacks a text and for no other.
func TestFallbackIsPerFlow(t *testing.T) {
	bm := strings.NewReplacer("Marché", "Sugu").Replace(sound()["fr"])
	whole := sound().and("bm", bm)
	lacking := whole.with(t, "bm", "budget.thanks: Merci.\n", "")
	shown := func(p *flows.Program, flow, tag string, letters charset.Letters) string {
		lang, ok := p.Catalogue.Lang(tag)
		if !ok {
			t.Fatalf("no language %s", tag)
		}
		return p.Catalogue.Tag(flowOf(t, p, flow).Shown(lang, letters))
	}
	all := []string{"main", "place", "budget", "services"}
	for _, c := range []struct {
		name   string
		house  house
		drafts []string
		want   map[string]string
	}{
		{"whole, drafts shown", whole, []string{"bm"}, map[string]string{"main": "bm", "place": "bm", "budget": "bm", "services": "bm"}},
		{"whole, drafts hidden", whole, nil, map[string]string{"main": "fr", "place": "fr", "budget": "fr", "services": "fr"}},
		{"one text missing", lacking, []string{"bm"}, map[string]string{"main": "bm", "place": "bm", "budget": "fr", "services": "bm"}},
		{"a shared text missing", whole.with(t, "bm", "nav.back: Retour\n", ""), []string{"bm"}, map[string]string{"main": "fr", "place": "fr", "budget": "fr", "services": "fr"}},
		{"a text of a label missing", whole.with(t, "bm", "stage.spent: dépensé\n", ""), []string{"bm"}, map[string]string{"main": "bm", "place": "bm", "budget": "fr", "services": "bm"}},
		{"a text of a part missing", whole.with(t, "bm", "share.school: école {{.Share}}\n", ""), []string{"bm"}, map[string]string{"main": "bm", "place": "bm", "budget": "fr", "services": "bm"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.house.build(t, c.drafts...)
			for _, flow := range all {
				for letters := charset.ASCII; letters <= charset.UCS2Letters; letters++ {
					if got := shown(p, flow, "bm", letters); got != c.want[flow] {
						t.Errorf("%s in bm, %s letters: shown in %s, want %s", flow, letters, got, c.want[flow])
					}
					if got := shown(p, flow, "en", letters); got != "en" {
						t.Errorf("%s in en: shown in %s", flow, got)
					}
				}
			}
		})
	}
}

// Arabic is shown where a channel carries its letters, and never as question marks.
func TestArabicNeedsItsLetters(t *testing.T) {
	ar := strings.NewReplacer("Merci.", "شكرا").Replace(sound()["fr"])
	p := sound().and("ar", ar).build(t, "ar")
	lang, _ := p.Catalogue.Lang("ar")
	for flow, texts := range map[string]bool{"main": true, "budget": true, "services": false} {
		for letters, narrow := range map[charset.Letters]bool{charset.ASCII: true, charset.GSM7Letters: true, charset.UCS2Letters: false} {
			want := "ar"
			if texts && narrow {
				want = "fr"
			}
			if got := p.Catalogue.Tag(flowOf(t, p, flow).Shown(lang, letters)); got != want {
				t.Errorf("%s with %s letters: shown in %s, want %s", flow, letters, got, want)
			}
		}
	}
}

func TestMeasureShowsTheFullestPages(t *testing.T) {
	p := sound().build(t)
	profiles := charset.Profiles()[:2]
	first := compile.Measure(p, profiles)
	if again := compile.Measure(p, profiles); !reflect.DeepEqual(first, again) {
		t.Error("measured twice, the screens differ")
	}
	interactive := 0
	for _, f := range p.Flows {
		for i := range f.Nodes {
			if f.Nodes[i].Interactive() {
				interactive++
			}
		}
	}
	if want := interactive * len(profiles) * len(p.Catalogue.Tags()); len(first) != want {
		t.Errorf("%d screens, want %d", len(first), want)
	}
	found := map[string]bool{}
	for _, f := range first {
		if f.Units < 1 || f.Units > f.Limit || f.Text == "" {
			t.Errorf("%s.%s in %s on %s takes %d of %d:\n%s", f.Flow, f.Screen, f.Language, f.Profile, f.Units, f.Limit, f.Text)
		}
		if f.Screen == "menu" && f.Language == "fr" && f.Profile == "ussd" {
			found["widest name"] = strings.Contains(f.Text, strings.Repeat("m", 20))
		}
		if f.Screen == "sum" && f.Language == "fr" && f.Profile == "ussd" {
			found["parts repeated"] = strings.Count(f.Text, "ecole 999") == 3
		}
		if f.Screen == "ask" && f.Flow == "budget" && f.Language == "fr" && f.Profile == "ussd" {
			found["longest notice"] = strings.HasPrefix(f.Text, "De 999999 a 999999.") || strings.HasPrefix(f.Text, "Tapez un nombre.")
		}
	}
	if len(found) != 3 || !found["widest name"] || !found["parts repeated"] || !found["longest notice"] {
		t.Errorf("%v", found)
	}
}

func TestReleaseIsTheBeginningOfTheHash(t *testing.T) {
	p := sound().build(t)
	if got := fmt.Sprintf("%x", p.Release()); len(p.Hash) != 64 || got != p.Hash[:16] {
		t.Errorf("release %s of hash %s", got, p.Hash)
	}
}

// Any bytes for a flow or a manifest are refused with a line, or compile; never do they panic.
func FuzzProgram(f *testing.F) {
	base := sound()
	for _, name := range []string{"main.yaml", "budget.yaml", "services.yaml", "place.yaml"} {
		f.Add(base[name], base["manifest.yaml"])
	}
	f.Add("flow: x\nstart: a\nroot: true\nhome: a\nleave: a\nresumed: a\nscreens:\n  a: {end: main.bye}\n", "sources: {}\n")
	f.Add("? [a]\n: b\n", "parts: {a: {b: parts a 1}}\n")
	f.Fuzz(func(t *testing.T, flow, manifest string) {
		p, problems := base.and("budget.yaml", flow).and("manifest.yaml", manifest).compile(t)
		if len(problems) == 0 && (p.Root < 0 || len(p.Flows) == 0) {
			t.Error("a program without flows has no problems")
		}
		for _, problem := range problems {
			if problem.File == "" || problem.Line < 0 || problem.Text == "" {
				t.Errorf("a problem without a place: %+v", problem)
			}
		}
	})
}
