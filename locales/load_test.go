package locales

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// files makes a folder of message files from name, content pairs.
func files(pairs ...string) fstest.MapFS {
	folder := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		folder[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return folder
}

// live are options for the given languages.
func live(tags ...string) Options { return Options{Languages: tags} }

// mustLoad loads without any problem, warnings included.
func mustLoad(tb testing.TB, folder fstest.MapFS, review string, opts Options) *Catalogue {
	tb.Helper()
	c, problems := Load(folder, []byte(review), opts)
	if len(problems) > 0 {
		tb.Fatalf("problems: %v", problems)
	}
	return c
}

func lines(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return out
}

func TestProblemsInTheSource(t *testing.T) {
	for _, tc := range []struct {
		name, yaml string
		want       []string
	}{
		{"flat and nested ids are one and the same", "nav.back: Retour\nnav:\n  next: Suite\n", nil},
		{"a reserved word as the last part of a dotted id is harmless", "kind.other: Autre\n", nil},
		{"reserved word beside an ordinary id",
			"ok: Oui\nmenu:\n  back: Retour\n  other: Autre\n",
			[]string{`fr.yaml:4: reserved word "other" beside "back" in menu: a message node holds plural forms and a description, nothing else, and no node may bear such a name`}},
		{"own key in a message node",
			"ask:\n  one: a\n  other: \"{{.Count}}\"\n  sms: c\n",
			[]string{`fr.yaml:2: reserved word "one" beside "sms" in ask: a message node holds plural forms and a description, nothing else, and no node may bear such a name`}},
		{"reserved word with a node below it, which go-i18n takes for a group",
			"gen:\n  description:\n    long: x\n",
			[]string{`fr.yaml:2: reserved word "description" used as a node name in gen`}},
		{"reserved word at the top, which go-i18n gives the id \"\"",
			"ok: Oui\nother: Autre\ntranslation: x\n",
			[]string{`fr.yaml:2: reserved word "other" used as a node name`, `fr.yaml:3: reserved word "translation" used as a node name`}},
		{"reserved words in another case are still reserved",
			"a:\n  Other: x\n",
			[]string{`fr.yaml:2: key "Other" of a is not supported: use zero, one, two, few, many, other, description`}},
		{"delimiters, hashes and ids of go-i18n",
			"a:\n  other: x\n  leftdelim: <<\n  hash: h\n  id: b\n",
			[]string{
				`fr.yaml:1: plural a lacks the form one (or write the text directly after the id)`,
				`fr.yaml:3: key "leftdelim" of a is not supported: use zero, one, two, few, many, other, description`,
				`fr.yaml:4: key "hash" of a is not supported: use zero, one, two, few, many, other, description`,
				`fr.yaml:5: key "id" of a is not supported: use zero, one, two, few, many, other, description`}},
		{"a text with a description is no plural", "a:\n  description: for the first screen\n  other: x\n", nil},
		{"node with only other, silently a plural for go-i18n",
			"a:\n  other: x\n",
			[]string{"fr.yaml:1: plural a lacks the form one (or write the text directly after the id)"}},
		{"numbers, booleans and dates",
			"a: 12\nb: true\nc: 2026-01-01\nd: 1.5\ne: \"12\"\n",
			[]string{"fr.yaml:1: the text of a is read as int: quote it", "fr.yaml:2: the text of b is read as bool: quote it",
				"fr.yaml:3: the text of c is read as timestamp: quote it", "fr.yaml:4: the text of d is read as float: quote it"}},
		{"numeric key", "day:\n  1: Lundi\n  \"2\": Mardi\n", []string{`fr.yaml:2: key "1" is not a string: quote it`}},
		{"list, every item of which would get the same id", "x:\n  - a\n  - b\n", []string{"fr.yaml:2: x is a list: a message is one text"}},
		{"alias", "a: &t Texte\nb: *t\n", []string{"fr.yaml:2: b is an alias: write the text out"}},
		{"empty texts count as absent", "a: \"\"\nb:\nc: x\n", []string{"fr.yaml:1: a has no text", "fr.yaml:2: b has no text"}},
		{"the same id twice, of which go-i18n takes either",
			"a.b: un\na:\n  b: deux\n", []string{"fr.yaml:3: id a.b already stands at line 1"}},
		{"the same key twice", "a: un\nb: x\na: deux\n", []string{"fr.yaml:3: id a already stands at line 1"}},
		{"the same group twice is one group", "a:\n  b: un\na:\n  c: deux\n", nil},
		{"the same form twice", "a:\n  one: x\n  other: \"{{.Count}}\"\n  one: z\n", []string{"fr.yaml:4: one of a already stands at line 2"}},
		{"unusable ids", "a b: x\n\"c.\": y\né: z\n", []string{
			`fr.yaml:1: key "a b": the parts of an id are letters, digits, - and _`,
			`fr.yaml:2: key "c.": the parts of an id are letters, digits, - and _`,
			`fr.yaml:3: key "é": the parts of an id are letters, digits, - and _`}},
		{"a second document, which YAML readers drop", "a: x\n---\nb: y\n", []string{"fr.yaml:2: yaml: line 2: a second document in one file"}},
		{"no mapping", "just a text\n", []string{"fr.yaml:1: a message file maps ids to texts"}},
		{"comments only is an empty file, not an error", "# nothing yet\n", nil},
		{"broken YAML", "a: x\n  b: y\n", []string{"fr.yaml:2: yaml: line 2: mapping values are not allowed in this context"}},
		{"bad template, which go-i18n finds when it is shown",
			"a: x\nb: Salut {{.Name\n", []string{"fr.yaml:2: b: not a text with {{.Name}} fields: unclosed action"}},
		{"anything but a field",
			strings.Join([]string{`a: "{{.A.B}}"`, `b: "{{if .A}}x{{end}}"`, `c: "{{.A | print}}"`, `d: "{{$x := .A}}"`, `e: "{{/* c */}}"`,
				`f: "{{define \"z\"}}y{{end}}"`, `g: "{{.}}"`, `h: "{{\"lit\"}}"`, `i: "x {{- .A}}"`, `j: "{{len .A}}"`, `k: "{{ .A }}"`}, "\n"),
			[]string{"fr.yaml:1: a: {{.A.B}} is not supported, only {{.Name}}",
				"fr.yaml:2: b: {{if .A}}x{{end}} is not supported, only {{.Name}}",
				"fr.yaml:3: c: not a text with {{.Name}} fields: function \"print\" not defined",
				"fr.yaml:4: d: {{$x := .A}} is not supported, only {{.Name}}",
				"fr.yaml:5: e: {{/* c */}} is not supported, only {{.Name}}",
				"fr.yaml:6: f: define is not supported, only {{.Name}}",
				"fr.yaml:7: g: {{.}} is not supported, only {{.Name}}",
				"fr.yaml:8: h: {{\"lit\"}} is not supported, only {{.Name}}",
				"fr.yaml:9: i: trim markers are not supported, only {{.Name}}",
				"fr.yaml:10: j: not a text with {{.Name}} fields: function \"len\" not defined"}},
		{"plural without one", "a:\n  many: \"{{.Count}} de\"\n  other: \"{{.Count}}\"\n", []string{
			"fr.yaml:1: plural a lacks the form one"}},
		{"plural without other", "a:\n  one: x\n", []string{"fr.yaml:1: plural a lacks the form other", "fr.yaml:1: plural a does not show {{.Count}}, by which its form is chosen"}},
		{"plural that does not show its number", "a:\n  one: x\n  other: y\n",
			[]string{"fr.yaml:3: plural a does not show {{.Count}}, by which its form is chosen"}},
		{"form that French never uses", "a:\n  zero: x\n  one: y\n  other: \"{{.Count}}\"\n", []string{"fr.yaml:2: a: no number leads to the form zero in fr"}},
		{"one may leave out the number, no other field",
			"a:\n  one: Une réunion\n  other: \"{{.Count}} réunions à {{.Place}}\"\n", []string{"fr.yaml:2: a lacks {{.Place}}"}},
		{"SMS variant asks for data that the message has not", "a: x {{.B}}\na_sms: x {{.C}}\n", []string{"fr.yaml:2: a_sms has {{.C}}, which a has not"}},
		{"SMS variant may say less", "a: x {{.B}} {{.C}}\na_sms: x {{.C}}\n", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := Load(files("fr.yaml", tc.yaml), nil, live("fr"))
			got := lines(problems)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(tc.want))
			if !slices.Equal(got, want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

func TestProblemsAgainstTheSource(t *testing.T) {
	const french = "a: Bonjour {{.Name}}\nb: Merci\nn:\n  one: Une voix pour {{.Name}}\n  other: \"{{.Count}} voix pour {{.Name}}\"\n"
	for _, tc := range []struct {
		name, tag, yaml string
		want            []string
	}{
		{"nothing translated yet", "bm", "# later\n", nil},
		{"a missing id is no problem", "bm", "b: I ni ce\n", nil},
		{"unknown id", "bm", "b: I ni ce\nc: x\nd:\n  e: y\n", []string{"bm.yaml:2: c is not in fr.yaml", "bm.yaml:4: d.e is not in fr.yaml"}},
		{"placeholder missing and misspelt", "bm", "b: x\na: I ni ce {{.Nmae}}\n",
			[]string{"bm.yaml:2: a has {{.Nmae}}, which the French text has not", "bm.yaml:2: a lacks {{.Name}}"}},
		{"plural as one text", "bm", "n: \"{{.Name}}: {{.Count}}\"\n", nil},
		{"number left out of the form that serves every number", "bm", "n: \"{{.Name}}\"\n", []string{"bm.yaml:1: n lacks {{.Count}}"}},
		{"form without use", "bm", "n:\n  one: x {{.Name}}\n  other: y {{.Name}} {{.Count}}\n", []string{"bm.yaml:2: n: no number leads to the form one in bm"}},
		{"forms of the language", "ff", "n:\n  one: x {{.Name}}\n  other: y {{.Name}} {{.Count}}\n", nil},
		{"only other in Arabic is enough", "ar", "n:\n  other: \"{{.Name}} {{.Count}}\"\n", nil},
		{"plural of what is none in French", "en", "b:\n  one: Thank\n  other: Thanks\n", []string{"en.yaml:1: b has plural forms but none in fr.yaml, so no number reaches it"}},
		{"SMS variant of its own", "ff", "a_sms: Jaraama\n", nil},
		{"SMS variant of nothing", "ff", "z_sms: Jaraama\n", []string{"ff.yaml:1: z_sms is not in fr.yaml"}},
		{"tone mark", "bm", "b: I ni cè\n", []string{"bm.yaml:1: warning: b: character 7: è (U+00E8) would be read as ɛ"}},
		{"one bad entry costs only itself", "bm", "b: 5\na: I ni ce {{.Name}}\n", []string{"bm.yaml:1: the text of b is read as int: quote it"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := Load(files("fr.yaml", french, tc.tag+".yaml", tc.yaml), nil, live("fr", tc.tag))
			if got := lines(problems); !slices.Equal(got, tc.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tc.want, "\n  "))
			}
		})
	}
}

func TestAFaultInFrenchIsNotReportedAgainInEveryLanguage(t *testing.T) {
	for _, french := range []string{"a: {{.X\nb: ok\n", "a: \"{{.X\"\nb: ok\n", "a: [x]\nb: ok\n", "a:\n  c: x\n  other: y\nb: ok\n", "a:\nb: ok\n"} {
		_, problems := Load(files("fr.yaml", french, "en.yaml", "a: x\nb: fine\n"), nil, live("fr", "en"))
		if len(problems) != 1 || problems[0].File != "fr.yaml" {
			t.Errorf("%q: %v", french, problems)
		}
	}
}

func TestProblemsOfFilesAndOptions(t *testing.T) {
	good := files("fr.yaml", "a: x\n", "bm.yaml", "a: y\n")
	for _, tc := range []struct {
		name   string
		folder fstest.MapFS
		opts   Options
		want   []string
	}{
		{"not configured is not read", files("fr.yaml", "a: x\n", "bm.yaml", "broken: [\n"), live("fr"), nil},
		{"unknown language, which go-i18n loads as und", files("fr.yaml", "a: x\n", "klingonish.yaml", "a: x\n"), live("fr"), []string{`klingonish.yaml: "klingonish" is not a known language`}},
		{"refused code", files("fr.yaml", "a: x\n", "dgo.yaml", "a: x\n"), live("fr"), []string{`dgo.yaml: "dgo" is not a known language`}},
		{"another spelling of the tag", files("fr.yaml", "a: x\n", "bam.yaml", "a: x\n"), live("fr"), []string{`bam.yaml: name this file bm.yaml`}},
		{"a prefix that go-i18n skips", files("fr.yaml", "a: x\n", "active.bm.yaml", "a: x\n"), live("fr"), []string{`active.bm.yaml: "active.bm" is not a known language`}},
		{"other formats", files("fr.yaml", "a: x\n", "bm.yml", "a: x\n", "README.md", ""), live("fr"), []string{`bm.yml: not read: message files are named TAG.yaml`}},
		{"language without a file", files("fr.yaml", "a: x\n"), live("fr", "taq"), []string{"taq.yaml: warning: language taq has no message file"}},
		{"no French file", files("bm.yaml", ""), live("fr", "bm"), []string{"fr.yaml: language fr has no message file"}},
		{"no French", good, live("bm"), []string{"the languages lack fr, in which every chain ends"}},
		{"unknown and repeated", good, live("fr", "dgo", "bm", "bam"), []string{"language bm is listed twice", `language "dgo" is not known`}},
		{"default and drafts", good, Options{Languages: []string{"fr"}, Default: "bm", Drafts: []string{"bm", "xx"}},
			[]string{"warning: draft language bm is not among the languages", `default language "bm" is not among the languages`, `draft language "xx" is not known`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := Load(tc.folder, nil, tc.opts)
			got := slices.Sorted(slices.Values(lines(problems)))
			if want := slices.Sorted(slices.Values(tc.want)); !slices.Equal(got, want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}

func TestShippedFilesLoadWithoutAProblem(t *testing.T) {
	c, problems := Load(Messages(), Review(), Options{Languages: []string{"fr", "bm", "ff", "ses", "taq", "ar", "en"}, Drafts: []string{"bm", "ff", "ses", "taq", "ar"}})
	for _, p := range problems {
		if !p.Warning {
			t.Error(p)
		}
	}
	fr, _ := c.Lang("fr")
	en, _ := c.Lang("en")
	if len(c.IDs()) == 0 || len(c.Untranslated(fr)) > 0 || len(c.Untranslated(en)) > 0 {
		t.Errorf("%d ids; not in French: %v; not in English: %v", len(c.IDs()), c.Untranslated(fr), c.Untranslated(en))
	}
	for id := range c.IDs() {
		if lost := c.Unconvertible(fr, ID(id), 0); len(lost) > 0 {
			t.Errorf("%s loses %q", c.Name(ID(id)), lost)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("a: x\n", "a: y\n")
	f.Add("a:\n  one: x\n  other: \"{{.Count}} y\"\n", "a:\n  b: [\n")
	f.Add("a: &x {b: c}\n<<: *x\n? [k]\n: v\n", "a: !!binary aGk=\n")
	f.Add("a_sms: {{.X}}\n", "a: \"{{.X}}{{/**/}}\"\n")
	f.Fuzz(func(t *testing.T, french, other string) {
		folder := files("fr.yaml", french, "ff.yaml", other)
		c, problems := Load(folder, []byte(other), live("fr", "ff"))
		again, _ := Load(folder, []byte(other), live("fr", "ff"))
		if c.Hash() != again.Hash() {
			t.Fatal("the same files gave two hashes")
		}
		for _, p := range problems {
			if p.Text == "" {
				t.Fatalf("a problem without a text: %+v", p)
			}
		}
		for id := range c.IDs() {
			for l := range c.Tags() {
				for letters := range letterSets {
					for _, s := range c.texts[l][id].plain[letters] {
						if (s.Literal == "") == (s.Field == "") {
							t.Fatalf("segment %+v", s)
						}
					}
				}
			}
		}
	})
}
