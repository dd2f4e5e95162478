package library

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"baro/flows"
	"baro/flows/compile"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// everywhere compiles the shipped flows in every language that has a message file, drafts on.
func everywhere(t *testing.T) *flows.Program {
	t.Helper()
	opts := locales.Options{Default: "fr"}
	for _, tag := range tags(t) {
		opts.Languages = append(opts.Languages, tag)
		if tag != "fr" && tag != "en" {
			opts.Drafts = append(opts.Drafts, tag)
		}
	}
	cat, problems := locales.Load(locales.Messages(), locales.Review(), opts)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	p, found := compile.Program(Files(), ManifestFile, compile.Options{Catalogue: cat})
	if len(found) > 0 {
		t.Fatal(found)
	}
	return p
}

func tags(t *testing.T) (out []string) {
	t.Helper()
	files, err := fs.Glob(locales.Messages(), "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f, ".yaml"))
	}
	return out
}

// The words of requirement P1: nothing that people see, and no name in flows or in the schema of the store, says or asks
// whether somebody is displaced, to which group or religion they belong, or what they went through. Beginnings of words
// are compared without accents; the phrases of the national languages as they are.
var (
	suspectStems = []string{
		"deplac", "displac", "refugi", "refugee", "retourne", "returnee", "rapatri", "ethni", "tribe", "religi",
		"musulman", "muslim", "chretien", "christian", "rebel", "jihad", "terroris",
	}
	suspectWords   = []string{"tribu", "tribus", "pdi", "idp", "idps", "vbg", "gbv", "pdis"}
	suspectPhrases = []string{
		"parti politique", "political party", "mogo bolilen", "eggunoo", "boro zuruntey", "النازح", "نازح", "لاجئ",
	}
)

var wordPattern = regexp.MustCompile(`[\p{L}\p{M}\p{Nd}]+`)

// suspect returns what a text says that it must not, or "".
func suspect(text string) string {
	plain := strings.ToLower(plainWords(text))
	for _, phrase := range suspectPhrases {
		if strings.Contains(plain, phrase) || strings.Contains(strings.ToLower(text), phrase) {
			return phrase
		}
	}
	for _, word := range wordPattern.FindAllString(plain, -1) {
		if slices.Contains(suspectWords, word) {
			return word
		}
		for _, stem := range suspectStems {
			if strings.HasPrefix(word, stem) {
				return word
			}
		}
	}
	return ""
}

// plainWords drops accents and splits names: one.two_three and OneTwo are words of their own.
func plainWords(text string) string {
	plain, _ := charset.Convert(text, "bm", charset.ASCII, false)
	if strings.Contains(plain, "?") && !strings.Contains(text, "?") {
		plain = text // another script
	}
	plain = regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(plain, "$1 $2")
	return strings.NewReplacer("_", " ", ".", " ", "-", " ", "'", " ").Replace(plain)
}

func TestSuspectWordsAreFound(t *testing.T) {
	for _, text := range []string{
		"Personnes déplacées", "menu.pdi", "IsDisplaced", "service_idp", "Mɔgɔ bolilenw", "Eggunooɓe", "Boro zuruntey", "النازحون",
		"parti politique", "Êtes-vous retournés?", "contacts.ethnic_group", "Religion", "vbg.menu",
	} {
		if suspect(text) == "" {
			t.Errorf("%q passes", text)
		}
	}
	for _, text := range []string{
		"Pour tous, sans donner de nom.", "partenaires", "participants", "Retour", "tribunal", "service.nearest", "Parti à pied",
		"à distance", "place", "Repondez",
	} {
		if got := suspect(text); got != "" {
			t.Errorf("%q is suspected of %q", text, got)
		}
	}
}

func TestNothingAsksWhoSomebodyIs(t *testing.T) {
	check := func(where, text string) {
		if got := suspect(text); got != "" {
			t.Errorf("%s says %q", where, got)
		}
	}
	p := everywhere(t)
	for i := range p.Flows {
		f := &p.Flows[i]
		check("flow "+f.Name, f.Name)
		for _, v := range f.Vars {
			check(f.Name+": variable "+v, v)
		}
		for j := range f.Nodes {
			n := &f.Nodes[j]
			check(f.Name+": screen "+n.Name, n.Name)
			for _, it := range n.Items {
				for _, a := range it.Set {
					check(f.Name+"."+n.Name+": value", a.Value.Text)
				}
			}
		}
	}
	fields := func(owner string, specs []flows.FieldSpec) {
		for _, s := range specs {
			check(owner+": field "+s.Name, s.Name+" "+s.Pattern)
		}
	}
	for name, s := range p.Manifest.Sources {
		check("source "+name, name)
		fields(name, s.Fields)
		for _, a := range s.Args {
			check(name+": argument", a.Name)
		}
	}
	for name, a := range p.Manifest.Actions {
		check("action "+name, name)
		fields(name, a.Fields)
		for _, word := range a.Outcomes {
			check(name+": outcome", word)
		}
		for _, arg := range a.Args {
			check(name+": argument", arg.Name)
		}
	}
	for name, spec := range p.Manifest.Parts {
		check("part "+name, name)
		fields(name, spec.Fields)
	}
	for name, spec := range p.Manifest.Letters {
		check("letter "+name, name)
		fields(name, spec.Fields)
	}
	for _, tag := range tags(t) {
		data, err := fs.ReadFile(locales.Messages(), tag+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		scalars(&doc, func(n *yaml.Node) { check(tag+".yaml", n.Value) })
	}
}

func scalars(n *yaml.Node, visit func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		visit(n)
	}
	for _, c := range n.Content {
		scalars(c, visit)
	}
}

// Names of tables and columns, with comments and quoted text left out.
func TestNoColumnSaysWhoSomebodyIs(t *testing.T) {
	files, err := filepath.Glob("../../store/sqldb/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema found: %v", err)
	}
	comments := regexp.MustCompile(`(?m)--.*$|'[^']*'`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(comments.ReplaceAllString(string(data), ""), "\n") {
			if got := suspect(line); got != "" {
				t.Errorf("%s:%d says %q", filepath.Base(file), i+1, got)
			}
		}
	}
}

// assurances are the texts of requirement P10: what a service costs, or that it costs nothing. In each language they
// have to say it with one of these words.
var (
	assurances = []string{"services.help", "services.nearest", "services.nothing", "service.fact.free", "service.fact.price",
		"services.aid.contacts", "services.aid.nearest", "services.aid.nothing", "services.aid.detail", "services.aid.papers"}
	costWords = map[string][]string{
		"fr": {"gratuit", "payez", "prix"}, "en": {"free", "pay", "price"}, "bm": {"gansan", "sara", "songo"},
		"ff": {"meere", "yob", "coggu"}, "ses": {"yaada", "bana"}, "taq": {"bannan"}, "ar": {"مجان", "ثمن", "سعر", "تدفع"},
	}
)

func TestAssurancesSpeakOfMoney(t *testing.T) {
	p := everywhere(t)
	for _, id := range assurances {
		at, ok := p.Catalogue.ID(id)
		if !ok {
			t.Errorf("there is no message %s", id)
			continue
		}
		for l, tag := range p.Catalogue.Tags() {
			segments := p.Catalogue.Segments(locales.Lang(l), at, charset.UCS2Letters, 0)
			text := ""
			for _, s := range segments {
				text += s.Literal
			}
			if segments != nil && !slices.ContainsFunc(costWords[tag], func(w string) bool { return strings.Contains(strings.ToLower(text), w) }) {
				t.Errorf("%s in %s says nothing of money: %q", id, tag, text)
			}
		}
	}
}

// Every screen that names an aid or a service tells what it costs, or stands directly behind one that does.
func TestServicesTellWhatTheyCost(t *testing.T) {
	p := everywhere(t)
	checked := 0
	for i := range p.Flows {
		f := &p.Flows[i]
		for j := range f.Nodes {
			n := &f.Nodes[j]
			if !namesService(p, n) {
				continue
			}
			checked++
			if assured(p, n) {
				continue
			}
			before := comesFrom(f, j)
			if len(before) == 0 {
				t.Errorf("%s.%s names a service and tells no price", f.Name, n.Name)
			}
			for _, b := range before {
				if !assured(p, &f.Nodes[b]) {
					t.Errorf("%s.%s names a service and tells no price, nor does %s before it", f.Name, n.Name, f.Nodes[b].Name)
				}
			}
		}
	}
	if checked < 5 {
		t.Errorf("only %d screens name a service", checked)
	}
}

// Every screen of aid says that it is free and that nobody is to be paid, in every language it is shown in.
func TestEveryAidScreenIsFree(t *testing.T) {
	p := everywhere(t)
	literal := func(l locales.Lang, id locales.ID) (text string) {
		for _, s := range p.Catalogue.Segments(l, id, charset.UCS2Letters, 0) {
			text += s.Literal
		}
		return text
	}
	free, ok := p.Catalogue.ID("service.fact.free")
	if !ok {
		t.Fatal("nothing says that aid is free")
	}
	checked := 0
	for i := range p.Flows {
		f := &p.Flows[i]
		if f.Name != "aid" {
			continue
		}
		for l, tag := range p.Catalogue.Tags() {
			lang := locales.Lang(l)
			if f.Shown(lang, charset.UCS2Letters) != lang {
				continue // the screens are those of another language, which is checked
			}
			for j := range f.Nodes {
				n := &f.Nodes[j]
				if !n.Interactive() {
					continue
				}
				checked++
				warning := strings.TrimRight(literal(lang, free), ".")
				if n.Text == render.NoText || warning == "" || !strings.Contains(literal(lang, n.Text), warning) {
					t.Errorf("%s.%s in %s does not say %q", f.Name, n.Name, tag, warning)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d screens were looked at", checked)
	}
}

func namesService(p *flows.Program, n *flows.Node) bool {
	if !n.Interactive() {
		return false
	}
	for _, r := range []*flows.Reading{n.Show, n.List} {
		if r != nil && strings.HasPrefix(r.Name, "service.") {
			return true
		}
	}
	return n.Text != render.NoText && slices.Contains([]string{"services.help", "services.nothing"}, p.Catalogue.Name(n.Text))
}

// assured tells whether a screen's text is an assurance, or shows a list of facts that may hold both of them.
func assured(p *flows.Program, n *flows.Node) bool {
	if n.Text != render.NoText && slices.Contains(assurances, p.Catalogue.Name(n.Text)) {
		return true
	}
	if n.Show == nil || n.Text == render.NoText {
		return false
	}
	for _, spec := range p.Manifest.Sources[n.Show.Name].Fields {
		if spec.Matches("service.fact.free") && spec.Matches("service.fact.price") &&
			slices.Contains(p.Catalogue.Fields(n.Text), spec.Name) {
			return true
		}
	}
	return false
}

// comesFrom lists the screens from which one key leads to a node.
func comesFrom(f *flows.Flow, to int) (out []int) {
	for i := range f.Nodes {
		n := &f.Nodes[i]
		targets := []flows.Target{n.Go, n.Single, n.Dial, n.Back, n.None, n.Empty, n.Else}
		for _, it := range n.Items {
			targets = append(targets, it.Go)
		}
		for _, e := range n.Edges {
			targets = append(targets, e.Go)
		}
		if slices.Contains(targets, flows.Target(to)) {
			out = append(out, i)
		}
	}
	return out
}
