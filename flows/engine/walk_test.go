package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"baro/flows"
	"baro/flows/engine"
	"baro/flows/render"
	"baro/locales"
)

// Every edge of every flow is walked in every language, on both profiles, with the widest, ordinary, single and missing
// data and every outcome of every action. What must hold of each screen is checked by the phone; here it is checked that
// each offered key does something, that 0 and 00 lead on from everywhere, that paging shows everything once, and that no
// edge was missed.
func TestEveryEdgeInEveryLanguage(t *testing.T) {
	program := shipped(t)
	for _, profile := range ussdProfiles() {
		for _, lang := range program.Catalogue.Tags() {
			t.Run(profile.Name+"/"+lang, func(t *testing.T) {
				w := &walker{phone: newWorld(t, program).phone(profile), seen: map[string]bool{}, covered: map[string]bool{}}
				w.walk(lang)
				w.demand()
			})
		}
	}
}

type walker struct {
	*phone
	seen    map[string]bool // states that were walked from
	covered map[string]bool // "flow.screen edge"
	queue   []waiting
	steps   int
	lang    string
}

// A waiting is a screen that was met and not walked on from yet.
type waiting struct {
	session *flows.Session
	screen  flows.Screen
}

func (w *walker) walk(lang string) {
	w.lang = lang
	for _, o := range []engine.Opening{
		{Language: lang, Commune: 7, Callback: true}, // first: every screen is met with key 8 where it has it
		known(lang), {Language: lang}, {Commune: 7}, {}, {Deep: []string{"417", "1"}, Language: lang},
	} {
		w.every(func() *engine.Run { return engine.Open(w.p, w.profile, o) }, nil)
		w.exhaust()
	}
	w.resumeAll(lang)
	w.t.Logf("%d steps through %d states", w.steps, len(w.seen))
}

func (w *walker) exhaust() {
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.explore(next.session, next.screen)
	}
}

// resumeAll interrupts a dialogue in each flow and dials again.
func (w *walker) resumeAll(lang string) {
	for _, key := range []string{"1", "2", "5"} {
		w.script = nil
		w.open(known(lang)).press(key)
		previous := w.session.Clone()
		w.every(func() *engine.Run {
			return engine.Open(w.p, w.profile, engine.Opening{Language: lang, Commune: 7, Previous: previous.Clone()})
		}, nil)
		w.exhaust()
	}
}

// every runs a step once for each combination of answers its needs can get.
func (w *walker) every(start func() *engine.Run, after func()) {
	w.script = nil
	for {
		w.take(start())
		w.steps++
		w.note()
		w.enqueue()
		if after != nil {
			after()
		}
		script := append([]int(nil), w.script...)
		for len(script) < len(w.options) {
			script = append(script, 0)
		}
		script = script[:len(w.options)]
		for len(script) > 0 && script[len(script)-1]+1 >= w.options[len(script)-1] {
			script = script[:len(script)-1]
		}
		if len(script) == 0 {
			return
		}
		script[len(script)-1]++
		w.script = script
	}
}

// state is what a dialogue can do next, apart from its data. Of pages, the first five and the last count.
func (w *walker) state(s *flows.Session) string {
	var b strings.Builder
	for _, f := range s.Frames {
		fmt.Fprintf(&b, "%d.%d/", f.Flow, f.Node)
	}
	atHome := len(s.Frames) == 1
	fmt.Fprintf(&b, " %t %t %t %v %d", s.Homed, s.Asked && atHome, s.More, s.Keys, min(s.Page, 4))
	return b.String()
}

func (w *walker) enqueue() {
	state := w.state(w.session)
	if w.screen.End() || w.seen[state] || w.session.HasLang && w.p.Catalogue.Tag(w.session.Lang) != w.lang {
		return
	}
	w.seen[state] = true
	w.queue = append(w.queue, waiting{w.session, w.screen})
	w.checkPages()
}

// explore tries every key that is offered, and what people type besides.
func (w *walker) explore(from *flows.Session, shown flows.Screen) {
	node := w.node(from)
	inputs := []string{"0", "00"}
	offered := map[string]bool{}
	for _, c := range append(slices.Clone(shown.Choices), shown.Nav...) {
		if c.Key != "" {
			inputs, offered[c.Key] = append(inputs, c.Key), true
		}
	}
	if offered["9"] != from.More {
		w.t.Fatalf("%s: 9 is offered: %t, there is a next page: %t", w.where(from), offered["9"], from.More)
	}
	if node.Kind == flows.Ask {
		inputs = append(inputs, "12", "1234", "70000001", "Jèkabara", "")
	}
	if node.Dial != flows.NoTarget {
		inputs, offered["31"] = append(inputs, "31"), true
	}
	invalid := w.notice(w.p.Nav.Invalid)
	for _, in := range inputs {
		w.every(func() *engine.Run { return engine.Input(w.p, w.profile, from.Clone(), in) }, func() {
			if offered[in] && strings.HasPrefix(w.screen.Text, invalid) {
				w.t.Fatalf("%s: key %s is offered and refused:\n%s", w.where(from), in, w.screen.String())
			}
			if in == "00" && from.Homed && len(w.script) == 0 && w.at() != "main.menu" {
				w.t.Fatalf("%s: 00 leads to %s", w.where(from), w.at())
			}
			w.edge(from, node, in)
		})
	}
}

func (w *walker) notice(id locales.ID) string {
	lang, _ := w.p.Catalogue.Lang(w.screen.Lang)
	r := render.New(w.p, w.profile, lang)
	return string(r.AppendMessage(nil, id, nil))
}

func (w *walker) node(s *flows.Session) *flows.Node {
	top := s.Top()
	return &w.p.Flows[top.Flow].Nodes[top.Node]
}

func (w *walker) cover(screen, edge string) { w.covered[screen+" "+edge] = true }

// edge notes the way an input took.
func (w *walker) edge(from *flows.Session, n *flows.Node, in string) {
	name := w.where(from)
	switch {
	case n.List != nil && len(in) == 1 && in >= "1" && in <= "5":
		w.cover(name, "go")
	case n.Kind == flows.Menu && len(in) == 1 && in >= "1" && in <= "7":
		w.cover(name, "item "+in)
	case in == "0" && n.Back != flows.NoTarget && from.Page == 0:
		w.cover(name, "back")
	case n.Kind == flows.Menu && in == "31":
		w.cover(name, "dial")
	case n.Kind == flows.Ask && !from.More && w.session.Step == from.Step+1 && w.at() != name:
		w.cover(name, "go")
	}
}

// note records what the needs of the last step tell of the silent edges, and every screen that was passed.
func (w *walker) note() {
	w.cover(w.at(), "reached")
	for i, asked := range w.asked {
		name, need, _ := strings.Cut(asked, " ")
		w.cover(name, "reached")
		kind := 0
		if i < len(w.script) {
			kind = w.script[i]
		}
		if spec := w.p.Manifest.Actions[need]; spec != nil {
			edge := spec.Outcomes[min(kind, len(spec.Outcomes)-1)]
			if fixed, ok := w.actions[need]; ok {
				edge = fixed
			}
			w.cover(name, "outcome "+edge)
			continue
		}
		switch rows := w.lastRows[need]; {
		case len(rows) == 0:
			w.cover(name, "nothing "+need)
		case len(rows) == 1:
			w.cover(name, "one "+need)
		}
	}
}

// demand fails for every screen and edge that was not walked.
func (w *walker) demand() {
	for i := range w.p.Flows {
		f := &w.p.Flows[i]
		for j := range f.Nodes {
			n := &f.Nodes[j]
			name := f.Name + "." + n.Name
			for _, edge := range edgesOf(n) {
				if !w.covered[name+" "+edge] {
					w.t.Errorf("%s: %s was never walked", name, edge)
				}
			}
		}
	}
}

func edgesOf(n *flows.Node) (out []string) {
	if n.Kind == flows.Branch || n.Kind == flows.Call {
		return nil // seen by where they lead: every screen has to be reached
	}
	out = append(out, "reached")
	for _, it := range n.Items {
		out = append(out, "item "+string(rune(it.Key)))
	}
	if n.Dial != flows.NoTarget {
		out = append(out, "dial")
	}
	if n.Back != flows.NoTarget {
		out = append(out, "back")
	}
	if n.Show != nil {
		out = append(out, "nothing "+n.Show.Name)
	}
	if n.List != nil {
		out = append(out, "nothing "+n.List.Name)
		if n.Single != flows.NoTarget {
			out = append(out, "one "+n.List.Name)
		}
	}
	if n.Kind == flows.Ask || n.Kind == flows.Choose && n.Go != flows.NoTarget {
		out = append(out, "go")
	}
	for _, e := range n.Edges {
		out = append(out, "outcome "+e.Outcome)
	}
	return out
}

// checkPages reads a screen from its first page to its last and compares it with what it has to say.
func (w *walker) checkPages() {
	if w.screen.Page != 1 || w.screen.Pages == 1 {
		return
	}
	n := w.node(w.session)
	lang, _ := w.p.Catalogue.Lang(w.screen.Lang)
	r := render.New(w.p, w.profile, lang)
	var record flows.Record
	if n.Show != nil {
		record = w.lastRows[n.Show.Name][0].Fields
	}
	want := ""
	if n.Text != render.NoText {
		want = string(r.AppendMessage(nil, n.Text, record))
	}
	if n.List != nil {
		for _, row := range w.lastRows[n.List.Name] {
			want += string(r.AppendMessage(nil, n.Row, row.Fields))
		}
	}
	for i := range n.Items {
		if it := &n.Items[i]; w.session.Keys&(1<<(it.Key-'0')) != 0 {
			want += string(r.AppendMessage(nil, it.Text, record))
		}
	}
	reader := w.world.phone(w.profile)
	saved, options := append([]int(nil), w.script...), append([]int(nil), w.options...)
	asked := append([]string(nil), w.asked...)
	reader.sources = map[string]int{}
	world := *w.world
	world.sources = w.sameAnswers(n)
	reader.world = &world
	reader.session, reader.screen = w.session.Clone(), w.screen
	got, pages := "", 1
	for ; ; pages++ {
		got += reader.screen.Text
		for _, c := range reader.screen.Choices {
			got += c.Label
		}
		if !reader.session.More {
			break
		}
		reader.press("9")
	}
	if pages != w.screen.Pages {
		w.t.Fatalf("%s says it has %d pages, and has %d", w.at(), w.screen.Pages, pages)
	}
	if squeeze(got) != squeeze(want) {
		w.t.Fatalf("%s in %s: the pages say\n%s\nand should\n%s", w.at(), w.screen.Lang, got, want)
	}
	for back := pages; back > 1; back-- {
		reader.press("0")
		if reader.screen.Page != back-1 {
			w.t.Fatalf("%s: 0 on page %d leads to page %d", w.at(), back, reader.screen.Page)
		}
	}
	if reader.screen.String() != w.screen.String() {
		w.t.Fatalf("%s: paged back, the first page is\n%s\nand was\n%s", w.at(), reader.screen.String(), w.screen.String())
	}
	w.script, w.options, w.asked = saved, options, asked
}

// sameAnswers fixes the sources of a node to what they delivered last.
func (w *walker) sameAnswers(n *flows.Node) map[string]int {
	fixed := map[string]int{}
	for _, r := range []*flows.Reading{n.Show, n.List} {
		if r != nil {
			fixed[r.Name] = w.lastKind[r.Name]
		}
	}
	return fixed
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
