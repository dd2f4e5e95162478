package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"baro/flows"
	"baro/flows/compile"
	"baro/flows/engine"
	"baro/flows/library"
	"baro/locales"
	"baro/locales/charset"
)

// shipped are the flows that ship, in every language that has a message file, drafts on, for both USSD profiles.
func shipped(t testing.TB) *flows.Program {
	t.Helper()
	program, err := compileShipped()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// compileShipped compiles once: a program is immutable.
var compileShipped = sync.OnceValues(func() (*flows.Program, error) {
	files, err := fs.Glob(locales.Messages(), "*.yaml")
	if err != nil {
		return nil, err
	}
	opts := locales.Options{Default: "fr"}
	for _, f := range files {
		tag := strings.TrimSuffix(f, ".yaml")
		opts.Languages = append(opts.Languages, tag)
		if tag != "fr" && tag != "en" {
			opts.Drafts = append(opts.Drafts, tag)
		}
	}
	cat, problems := locales.Load(locales.Messages(), locales.Review(), opts)
	for _, p := range problems {
		if !p.Warning {
			return nil, errors.New(p.String())
		}
	}
	program, found := compile.Program(library.Files(), library.ManifestFile, compile.Options{Catalogue: cat, Profiles: ussdProfiles()})
	if found.Errors() > 0 {
		return nil, errors.New(found[0].String())
	}
	return program, nil
})

func ussdProfiles() []charset.Profile {
	strict, _ := charset.FindProfile("ussd")
	wide, _ := charset.FindProfile("ussd182")
	return []charset.Profile{strict, wide}
}

// A world answers any need from the manifest alone. Each need has a few possible answers, numbered from 0; script says
// which to take, and what is not scripted takes 0. Options tells how many each need of the last step had, so that a
// caller can go through all of them.
type world struct {
	t        testing.TB
	p        *flows.Program
	script   []int
	options  []int
	asked    []string // needs in order, "flow.screen need"
	sources  map[string]int
	actions  map[string]string // outcome by action; others are scripted
	acts     []flows.Need
	lastRows map[string][]flows.Row
	lastKind map[string]int
	made     map[string][]flows.Row // rows by source and kind
}

func newWorld(t testing.TB, p *flows.Program) *world {
	return &world{
		t: t, p: p, sources: map[string]int{}, actions: map[string]string{},
		lastRows: map[string][]flows.Row{}, lastKind: map[string]int{}, made: map[string][]flows.Row{},
	}
}

// The answers a source can give.
const (
	wideRows  = iota // the widest values everywhere, as many rows as declared, conditions hold
	plainRows        // ordinary values, two rows, no condition holds
	oneRow           // lists only
	noRows
)

func (w *world) choose(n int) int {
	at := len(w.options)
	w.options = append(w.options, n)
	if at < len(w.script) {
		return w.script[at] % n
	}
	return 0
}

func (w *world) read(need flows.Need) []flows.Row {
	spec := w.p.Manifest.Sources[need.Name]
	kinds := []int{wideRows, plainRows, noRows}
	if spec.Key != flows.None {
		kinds = []int{wideRows, plainRows, oneRow, noRows}
	}
	kind, fixed := w.sources[need.Name]
	if !fixed {
		kind = kinds[w.choose(len(kinds))]
	}
	made := fmt.Sprintf("%s %d", need.Name, kind)
	rows, ok := w.made[made]
	if !ok {
		rows = w.rows(spec, kind)
		if err := w.p.Manifest.CheckRows(need.Name, rows); err != nil {
			w.t.Fatal(err)
		}
		w.made[made] = rows
	}
	w.lastRows[need.Name], w.lastKind[need.Name] = rows, kind
	return rows
}

func (w *world) act(need flows.Need) flows.Outcome {
	spec := w.p.Manifest.Actions[need.Name]
	if need.Name != "question.pending" { // asked before every main menu
		w.acts = append(w.acts, need)
	}
	edge, fixed := w.actions[need.Name]
	if !fixed {
		edge = spec.Outcomes[w.choose(len(spec.Outcomes))]
	}
	out := flows.Outcome{Edge: edge}
	if !slices.Contains([]string{"unknown", "none", "closed", "limit"}, edge) {
		out.Fields = w.record(spec.Fields, 0, plainRows)
	}
	if err := w.p.Manifest.CheckOutcome(need.Name, out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) rows(spec *flows.SourceSpec, kind int) (rows []flows.Row) {
	n := map[int]int{wideRows: spec.Rows, plainRows: min(spec.Rows, 2), oneRow: 1}[kind]
	for i := range n {
		row := flows.Row{Fields: w.record(spec.Fields, i+1, kind)}
		switch {
		case spec.Name == "profile.languages" || spec.Name == "profile.all_languages":
			row.Key = flows.TextOf(w.p.Catalogue.Tags()[i%len(w.p.Catalogue.Tags())])
		case spec.Key == flows.Int && i > 0 && i == n-1:
			row.Key = flows.IntOf(0) // "another one", where a list has that
		case spec.Key == flows.Int:
			row.Key = flows.IntOf(int64(i + 1))
		case spec.Key == flows.Text:
			row.Key = flows.TextOf(fmt.Sprintf("key %d", i+1))
		}
		rows = append(rows, row)
	}
	return rows
}

func (w *world) record(specs []flows.FieldSpec, row, kind int) (rec flows.Record) {
	for _, f := range specs {
		rec = append(rec, flows.Field{Name: f.Name, Value: w.value(f, row, kind)})
	}
	return rec
}

func (w *world) value(f flows.FieldSpec, row, kind int) flows.Value {
	wide := kind == wideRows
	if f.Optional && kind == plainRows {
		return flows.Value{}
	}
	switch f.Kind {
	case flows.Text:
		width := f.Width
		if !wide {
			width = min(width, 12)
		}
		return flows.TextOf(words(row, width))
	case flows.Int:
		switch {
		case f.Name == "Max" || wide && row == 1:
			return flows.IntOf(pow10(f.Width) - 1)
		case f.Name == "Min":
			return flows.IntOf(1)
		}
		return flows.IntOf(int64(row) + 3)
	case flows.Label:
		return flows.LabelOf(w.message(f, row))
	case flows.Flag:
		return flows.FlagOf(wide)
	case flows.List, flows.Parts:
		return w.parts(f, wide)
	case flows.Money, flows.Amount:
		return flows.Value{Kind: f.Kind, Num: int64(row+1) * 1_234_567}
	case flows.Date, flows.Day:
		return flows.Value{Kind: f.Kind, Num: 20_000 + int64(row)}
	}
	return flows.Value{Kind: f.Kind, Num: int64(100*row + 905)}
}

// parts takes every declared part once, then the first again up to the declared most.
func (w *world) parts(f flows.FieldSpec, wide bool) flows.Value {
	var names []string
	for name := range w.p.Manifest.Parts {
		if f.Matches(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	n := 1
	if wide {
		n = f.Max
	}
	v := flows.Value{Kind: f.Kind}
	for i := range n {
		name := names[i%len(names)]
		v.Parts = append(v.Parts, flows.Part{Message: name, Fields: w.record(w.p.Manifest.Parts[name].Fields, i+1, plainRows)})
	}
	return v
}

func (w *world) message(f flows.FieldSpec, row int) string {
	var names []string
	for _, name := range w.p.Catalogue.IDs() {
		if f.Matches(name) {
			names = append(names, name)
		}
	}
	return names[row%len(names)]
}

// words is a text of exactly n characters that tells its row; that of the first two rows has letters no narrow alphabet
// holds.
func words(row, n int) string {
	text := fmt.Sprintf("Nyetaba %d Jekabara ouvrage pres de la route ", row)
	if row <= 2 {
		text = fmt.Sprintf("Nyɛtaba %d Jɛkabara œuvre à côté de ŋɔɲa forêt ", row)
	}
	r := []rune(strings.Repeat(text, 1+n/len([]rune(text))))
	out := []rune(strings.TrimRight(string(r[:n]), " "))
	for len(out) < n {
		out = append(out, 'x')
	}
	return string(out)
}

func pow10(n int) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

// drive answers every need of a run.
func (w *world) drive(run *engine.Run) {
	w.options, w.asked = w.options[:0], w.asked[:0]
	for need := run.Next(); need != nil; need = run.Next() {
		w.asked = append(w.asked, w.where(run.Session())+" "+need.Name)
		if need.Action {
			run.Did(w.act(*need))
		} else {
			run.Got(w.read(*need))
		}
	}
}

func (w *world) where(s *flows.Session) string {
	top := s.Top()
	f := &w.p.Flows[top.Flow]
	return f.Name + "." + f.Nodes[top.Node].Name
}

// A phone is one dialogue that checks what must hold of every screen: no fault, nothing over the profile, and a session
// that survives its encoding.
type phone struct {
	*world
	profile charset.Profile
	session *flows.Session
	screen  flows.Screen
}

func (w *world) phone(profile charset.Profile) *phone { return &phone{world: w, profile: profile} }

func (p *phone) open(o engine.Opening) *phone {
	p.take(engine.Open(p.p, p.profile, o))
	return p
}

func (p *phone) press(inputs ...string) *phone {
	for _, in := range inputs {
		p.take(engine.Input(p.p, p.profile, p.session, in))
	}
	return p
}

func (p *phone) take(run *engine.Run) {
	p.t.Helper()
	p.drive(run)
	if err := run.Err(); err != nil {
		p.t.Fatalf("%s: %v", p.where(run.Session()), err)
	}
	p.screen = run.Screen()
	p.check(run.Session())
}

func (p *phone) check(s *flows.Session) {
	p.t.Helper()
	if text := p.screen.String(); !p.profile.Fits(text) || text == "" {
		p.t.Fatalf("%s in %s does not fit on %s:\n%s", p.where(s), p.screen.Lang, p.profile.Name, text)
	}
	if n := len(p.screen.Choices); n > 5 {
		p.t.Fatalf("%s: %d items on a page", p.where(s), n)
	}
	data := s.AppendBinary(nil)
	back, err := flows.DecodeSession(data)
	if err != nil {
		p.t.Fatalf("%s: the session cannot be read back: %v", p.where(s), err)
	}
	if again := back.AppendBinary(nil); string(again) != string(data) {
		p.t.Fatalf("%s: the session changes when it is read back", p.where(s))
	}
	if len(s.Trail) > 16 || len(data) > 4096 {
		p.t.Fatalf("%s: the session grows: %d marks, %d bytes", p.where(s), len(s.Trail), len(data))
	}
	p.session = back
}

// at is the screen the dialogue stands at.
func (p *phone) at() string { return p.where(p.session) }

// want fails unless the dialogue stands there.
func (p *phone) want(at string) *phone {
	p.t.Helper()
	if p.at() != at {
		p.t.Fatalf("stands at %s, want %s:\n%s", p.at(), at, p.screen.String())
	}
	return p
}

// known is the opening of somebody whose language and commune are known.
func known(lang string) engine.Opening { return engine.Opening{Language: lang, Commune: 7} }
