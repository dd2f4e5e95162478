package compile

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The raw forms below are what a flow file says, word for word and with lines, before anything is resolved.

type rawFlow struct {
	file           string
	line           int
	name           string
	root           bool
	resume         word
	sensitive      bool
	start, home    word
	leave, resumed word
	callMe         word
	takes, returns []word
	nodes          []rawNode
	index          map[string]int
	declared       []string // variables in order of first appearance
	vars           map[string]int
}

// A word is a scalar with its line; empty when absent.
type word struct {
	text string
	line int
}

func (w word) given() bool { return w.text != "" }

type rawNode struct {
	name             string
	line             int
	kind             string // the key that names it: menu, list, ask, branch, do, call, end; "" for text alone
	sensitive        bool
	callback         bool
	show, list       word
	text, row        word
	save, give       []rawSave
	goTo, none       word
	single, empty    word
	back             word
	items            []rawItem
	dialSave, dialGo word
	ask              word
	min, max         word
	do               word
	repeatable       bool
	on               []rawEdge
	branch           word
	cases            []rawEdge
	otherwise        word
	call             word
	end              word
}

type rawSave struct{ slot, from word }

type rawEdge struct{ value, target word }

type rawItem struct {
	key          word
	text, goTo   word
	when, unless word
	set          []rawSave
}

// flow reads one flow file.
func (r *reader) flow(data []byte) *rawFlow {
	top := r.root(data)
	if top == nil {
		return nil
	}
	f := &rawFlow{file: r.file, line: top.Line, index: map[string]int{}, vars: map[string]int{}}
	for _, p := range r.pairs(top, "flow") {
		switch p.key {
		case "flow":
			f.name = r.text(p.value, "flow")
		case "root":
			f.root = r.bool(p.value, "root")
		case "resume":
			f.resume = r.word(p.value, "resume")
		case "sensitive":
			f.sensitive = r.bool(p.value, "sensitive")
		case "start":
			f.start = r.word(p.value, "start")
		case "home":
			f.home = r.word(p.value, "home")
		case "leave":
			f.leave = r.word(p.value, "leave")
		case "resumed":
			f.resumed = r.word(p.value, "resumed")
		case "callme":
			f.callMe = r.word(p.value, "callme")
		case "takes":
			for _, n := range r.list(p.value, "takes") {
				f.takes = append(f.takes, r.word(n, "takes"))
			}
		case "returns":
			for _, n := range r.list(p.value, "returns") {
				f.returns = append(f.returns, r.word(n, "returns"))
			}
		case "screens":
			for _, e := range r.pairs(p.value, "screens") {
				f.index[e.key] = len(f.nodes)
				f.nodes = append(f.nodes, r.node(e))
			}
		default:
			r.problems.add(r.file, p.line, "unknown key %q in a flow", p.key)
		}
	}
	if f.name == "" {
		r.problems.add(r.file, top.Line, "the flow has no name")
		return nil
	}
	f.declare()
	return f
}

func (r *reader) node(e pair) rawNode {
	n := rawNode{name: e.key, line: e.line}
	keys := r.pairs(e.value, e.key)
	for _, p := range keys {
		r.nodeKey(&n, p)
	}
	r.kind(&n)
	for _, p := range keys {
		if where, ok := companions[p.key]; ok && n.kind != "" && !slices.Contains(where, n.kind) {
			r.problems.add(r.file, p.line, "%s: %s does not go with %s", n.name, p.key, n.kind)
		}
	}
	return n
}

// companions are the kinds of screens that the other keys go with.
var companions = map[string][]string{
	"show": {"menu", "list", "ask", "end"}, "none": {"menu", "list", "ask", "end"}, "text": {"menu", "list", "ask"},
	"menu": {"menu"}, "dial": {"menu"}, "back": {"menu", "list"}, "callback": {"menu", "list"},
	"row": {"list"}, "single": {"list"}, "empty": {"list"},
	"min": {"ask"}, "max": {"ask"},
	"on": {"do"}, "repeatable": {"do"},
	"cases": {"branch"}, "else": {"branch"},
	"save": {"list", "ask", "do", "call"}, "give": {"call"}, "go": {"list", "ask", "call"},
}

func (r *reader) nodeKey(n *rawNode, p pair) {
	words := map[string]*word{
		"show": &n.show, "none": &n.none, "list": &n.list, "row": &n.row, "text": &n.text, "go": &n.goTo,
		"single": &n.single, "empty": &n.empty, "ask": &n.ask, "min": &n.min, "max": &n.max, "do": &n.do,
		"branch": &n.branch, "back": &n.back, "else": &n.otherwise, "call": &n.call, "end": &n.end,
	}
	if w, ok := words[p.key]; ok {
		*w = r.word(p.value, p.key)
		return
	}
	switch p.key {
	case "save":
		n.save = r.saves(p.value)
	case "give":
		n.give = r.saves(p.value)
	case "menu":
		for _, e := range r.pairs(p.value, "menu") {
			n.items = append(n.items, r.item(e))
		}
	case "dial":
		for _, e := range r.pairs(p.value, "dial") {
			switch e.key {
			case "save":
				n.dialSave = r.word(e.value, "dial")
			case "go":
				n.dialGo = r.word(e.value, "dial")
			default:
				r.problems.add(r.file, e.line, "%s: unknown key %q in dial", n.name, e.key)
			}
		}
	case "on":
		n.on = r.edges(p.value, "on")
	case "cases":
		n.cases = r.edges(p.value, "cases")
	case "sensitive":
		n.sensitive = r.bool(p.value, "sensitive")
	case "callback":
		n.callback = r.bool(p.value, "callback")
	case "repeatable":
		n.repeatable = r.bool(p.value, "repeatable")
	default:
		r.problems.add(r.file, p.line, "%s: unknown key %q", n.name, p.key)
	}
}

// kind names the node by its leading key; two leading keys contradict each other.
func (r *reader) kind(n *rawNode) {
	var kinds []string
	for _, k := range []struct {
		name  string
		given bool
	}{
		{"list", n.list.given()}, {"ask", n.ask.given()}, {"branch", n.branch.given()},
		{"do", n.do.given()}, {"call", n.call.given()}, {"end", n.end.given()},
	} {
		if k.given {
			kinds = append(kinds, k.name)
		}
	}
	switch {
	case len(kinds) > 1:
		r.problems.add(r.file, n.line, "%s: cannot be %s at once", n.name, strings.Join(kinds, " and "))
	case len(kinds) == 1:
		n.kind = kinds[0]
	case n.text.given():
		n.kind = "menu"
	default:
		r.problems.add(r.file, n.line, "%s: shows nothing and does nothing", n.name)
	}
}

func (r *reader) item(e pair) rawItem {
	it := rawItem{key: word{e.key, e.line}}
	for _, p := range r.pairs(e.value, "item "+e.key) {
		switch p.key {
		case "text":
			it.text = r.word(p.value, "text")
		case "go":
			it.goTo = r.word(p.value, "go")
		case "when":
			it.when = r.word(p.value, "when")
		case "unless":
			it.unless = r.word(p.value, "unless")
		case "set":
			it.set = r.saves(p.value)
		default:
			r.problems.add(r.file, p.line, "item %s: unknown key %q", e.key, p.key)
		}
	}
	return it
}

// saves reads "save: year" and "save: {number: Number}".
func (r *reader) saves(n *yaml.Node) (out []rawSave) {
	if n.Kind == yaml.ScalarNode {
		return []rawSave{{slot: r.word(n, "save")}}
	}
	for _, p := range r.pairs(n, "save") {
		out = append(out, rawSave{slot: word{p.key, p.line}, from: r.word(p.value, "save")})
	}
	return out
}

func (r *reader) edges(n *yaml.Node, what string) (out []rawEdge) {
	for _, p := range r.pairs(n, what) {
		out = append(out, rawEdge{value: word{p.key, p.line}, target: r.word(p.value, what)})
	}
	return out
}

func (r *reader) word(n *yaml.Node, what string) word { return word{r.text(n, what), n.Line} }

// declare collects the flow's variables: whatever is saved, set or returned.
func (f *rawFlow) declare() {
	add := func(w word) {
		if !w.given() || strings.HasPrefix(w.text, "$") {
			return
		}
		if _, ok := f.vars[w.text]; !ok {
			f.vars[w.text] = len(f.declared)
			f.declared = append(f.declared, w.text)
		}
	}
	for _, w := range append(slices.Clone(f.takes), f.returns...) {
		add(w)
	}
	for _, n := range f.nodes {
		for _, s := range n.save {
			add(s.slot)
		}
		for _, it := range n.items {
			for _, s := range it.set {
				add(s.slot)
			}
		}
		add(n.dialSave)
	}
}

func isNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
