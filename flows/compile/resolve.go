package compile

import (
	"slices"

	"baro/flows"
	"baro/flows/render"
)

// A resolver turns one raw flow into nodes: names become indexes.
type resolver struct {
	*compiler
	raw *rawFlow
}

// contexts are the values of a dialogue by the names flows use.
var contexts = map[string]flows.Slot{
	"$language": flows.CtxLanguage, "$commune": flows.CtxCommune, "$dialled": flows.CtxDialled,
	"$asked": flows.CtxAsked, "$callback": flows.CtxCallback, "$subject": flows.CtxSubject,
}

// targets are the built-in places by the names flows use.
var targets = map[string]flows.Target{
	"$home": flows.ToHome, "$exit": flows.ToExit, "$return": flows.ToReturn, "$back": flows.ToBack,
	"$resume": flows.ToResume,
}

func (r *resolver) add(line int, format string, args ...any) {
	r.problems.add(r.raw.file, line, format, args...)
}

func (r *resolver) flow() flows.Flow {
	f := flows.Flow{
		Name: r.raw.name, Sensitive: r.raw.sensitive, Vars: r.raw.declared, Home: -1, Leave: -1, Resumed: -1, CallMe: -1,
	}
	switch r.raw.resume.text {
	case "restart", "":
	case "continue":
		f.Resume = flows.Continue
	case "ask":
		f.Resume = flows.AskFirst
	default:
		r.add(r.raw.resume.line, "resume is restart, continue or ask")
	}
	f.Start = r.place("start", r.raw.start)
	if r.raw.root {
		f.Home, f.Leave, f.Resumed = r.place("home", r.raw.home), r.place("leave", r.raw.leave), r.place("resumed", r.raw.resumed)
		if r.raw.callMe.given() {
			f.CallMe = r.place("callme", r.raw.callMe)
		}
	}
	f.Nodes = make([]flows.Node, len(r.raw.nodes))
	for i := range r.raw.nodes {
		f.Nodes[i] = r.node(&r.raw.nodes[i])
	}
	return f
}

// place finds a node that the flow itself names.
func (r *resolver) place(what string, w word) int {
	i, ok := r.raw.index[w.text]
	if !ok {
		line := w.line
		if !w.given() {
			line = r.raw.line
		}
		r.add(line, "%s: there is no screen %q", what, w.text)
		return 0
	}
	return i
}

func (r *resolver) node(raw *rawNode) flows.Node {
	n := flows.Node{
		Name: raw.name, Line: raw.line, Sensitive: raw.sensitive, Callback: raw.callback, Text: render.NoText, Row: render.NoText,
		None: flows.NoTarget, Go: flows.NoTarget, Single: flows.NoTarget, Empty: flows.NoTarget, Dial: flows.NoTarget, Back: flows.NoTarget,
		Else: flows.NoTarget, Save: flows.NoSlot, DialSave: flows.NoSlot, On: flows.NoSlot, Sub: -1,
	}
	if raw.text.given() {
		n.Text = r.message(raw.text)
	}
	if raw.show.given() {
		n.Show = r.source(raw.show, false)
		n.None = r.needed(raw, "none", raw.none)
	} else if raw.none.given() {
		r.add(raw.none.line, "%s: none without show", raw.name)
	}
	if root := r.compiler.raw[max(r.program.Root, 0)]; raw.callback && !root.callMe.given() {
		r.add(raw.line, "%s: callback, and the root flow names no callme screen", raw.name)
	}
	if raw.back.given() {
		n.Back = r.target(raw.back)
	}
	switch raw.kind {
	case "menu":
		r.menu(&n, raw)
	case "list":
		r.list(&n, raw)
	case "ask":
		r.ask(&n, raw)
	case "branch":
		r.branch(&n, raw)
	case "do":
		r.do(&n, raw)
	case "call":
		r.call(&n, raw)
	case "end":
		n.Kind, n.Text = flows.End, r.message(raw.end)
	}
	return n
}

func (r *resolver) menu(n *flows.Node, raw *rawNode) {
	n.Kind = flows.Menu
	for i := range raw.items {
		n.Items = append(n.Items, r.item(raw, &raw.items[i]))
	}
	if raw.dialGo.given() || raw.dialSave.given() {
		n.Dial, n.DialSave = r.target(raw.dialGo), r.saved(raw.dialSave)
	}
	doubles := map[byte]*flows.Item{}
	for i := range n.Items {
		it := &n.Items[i]
		if first := doubles[it.Key]; first != nil {
			r.add(raw.items[i].key.line, "%s: key %c stands twice", raw.name, it.Key)
		}
		doubles[it.Key] = it
	}
}

func (r *resolver) item(raw *rawNode, it *rawItem) flows.Item {
	out := flows.Item{Text: render.NoText, Ctx: flows.NoSlot, Go: r.needed(raw, "go", it.goTo)}
	if len(it.key.text) != 1 || it.key.text[0] < '1' || it.key.text[0] > '7' {
		r.add(it.key.line, "%s: key %q: items have the keys 1 to 7; 8 calls back, 9 goes on, 0 goes back", raw.name, it.key.text)
		out.Key = '1'
	} else {
		out.Key = it.key.text[0]
	}
	if it.text.given() {
		out.Text = r.message(it.text)
	} else {
		r.add(it.key.line, "%s: item %s has no text", raw.name, it.key.text)
	}
	cond := it.when
	if it.unless.given() {
		cond, out.Unless = it.unless, true
		if it.when.given() {
			r.add(it.unless.line, "%s: item %s has both when and unless", raw.name, it.key.text)
		}
	}
	if cond.given() {
		if slot, ok := contexts[cond.text]; ok {
			out.Ctx = slot
		} else {
			out.When = cond.text
			r.field(raw.show, cond)
		}
	}
	for _, s := range it.set {
		out.Set = append(out.Set, flows.Assign{Slot: r.saved(s.slot), Value: constant(s.from.text)})
	}
	return out
}

func (r *resolver) list(n *flows.Node, raw *rawNode) {
	n.Kind = flows.Choose
	n.List = r.source(raw.list, true)
	if raw.row.given() {
		n.Row = r.message(raw.row)
	} else {
		r.add(raw.line, "%s: a list has a row text", raw.name)
	}
	n.Empty = r.needed(raw, "empty", raw.empty)
	if raw.goTo.given() {
		n.Go = r.target(raw.goTo)
	}
	n.Save = r.single(raw)
	if raw.single.given() {
		n.Single = r.target(raw.single)
	}
}

func (r *resolver) ask(n *flows.Node, raw *rawNode) {
	n.Kind = flows.Ask
	switch raw.ask.text {
	case "text":
		n.Input = flows.InputText
	case "number":
		n.Input = flows.InputNumber
	case "pin":
		n.Input = flows.InputPIN
	default:
		r.add(raw.ask.line, "%s: what is asked is text, number or pin", raw.name)
	}
	n.Min, n.Max = r.limit(raw, raw.min), r.limit(raw, raw.max)
	if n.Input == flows.InputNumber && n.Min.Set != n.Max.Set {
		r.add(raw.line, "%s: a number has both min and max, or neither", raw.name)
	}
	n.Go = r.needed(raw, "go", raw.goTo)
	n.Save = r.single(raw)
	if n.Save == flows.NoSlot {
		r.add(raw.line, "%s: the answer is saved nowhere", raw.name)
	}
	if !raw.text.given() {
		r.add(raw.line, "%s: a question has a text", raw.name)
	}
}

func (r *resolver) limit(raw *rawNode, w word) flows.Limit {
	if !w.given() {
		return flows.Limit{}
	}
	if n, ok := isNumber(w.text); ok {
		return flows.Limit{Set: true, Fixed: n}
	}
	r.field(raw.show, w)
	return flows.Limit{Set: true, Field: w.text}
}

func (r *resolver) branch(n *flows.Node, raw *rawNode) {
	n.Kind, n.On = flows.Branch, r.slot(raw.branch)
	for _, e := range raw.cases {
		n.Cases = append(n.Cases, flows.Case{Value: e.value.text, Go: r.target(e.target)})
	}
	n.Else = r.needed(raw, "else", raw.otherwise)
}

func (r *resolver) do(n *flows.Node, raw *rawNode) {
	n.Kind, n.Repeatable = flows.Do, raw.repeatable
	spec := r.program.Manifest.Actions[raw.do.text]
	if spec == nil {
		r.add(raw.do.line, "%s: there is no action %q", raw.name, raw.do.text)
		return
	}
	n.Effect = spec.Effect
	n.Do = &flows.Reading{Name: spec.Name, Args: r.args(raw.do, spec.Args)}
	missing := map[string]bool{}
	for _, o := range spec.Outcomes {
		missing[o] = true
	}
	for _, e := range raw.on {
		if !missing[e.value.text] {
			r.add(e.value.line, "%s: %s has no outcome %q", raw.name, spec.Name, e.value.text)
		}
		delete(missing, e.value.text)
		n.Edges = append(n.Edges, flows.Edge{Outcome: e.value.text, Go: r.target(e.target)})
	}
	for _, o := range spec.Outcomes {
		if missing[o] {
			r.add(raw.line, "%s: outcome %q of %s leads nowhere", raw.name, o, spec.Name)
		}
	}
	for _, s := range raw.save {
		switch field := spec.Field(s.from.text); {
		case field == nil:
			r.add(s.slot.line, "%s: %s has no field %q", raw.name, spec.Name, s.from.text)
		case field.Kind == flows.List || field.Kind == flows.Parts:
			r.add(s.slot.line, "%s: %s is a list, which a variable cannot hold", raw.name, s.from.text)
		}
		n.Saves = append(n.Saves, flows.Saving{Slot: r.saved(s.slot), Field: s.from.text})
	}
}

func (r *resolver) call(n *flows.Node, raw *rawNode) {
	n.Kind = flows.Call
	at, ok := r.flows[raw.call.text]
	if !ok {
		r.add(raw.call.line, "%s: there is no flow %q", raw.name, raw.call.text)
		return
	}
	n.Sub = at
	n.Go = r.needed(raw, "go", raw.goTo)
	callee := r.compiler.raw[at]
	for _, s := range raw.save {
		if !named(callee.returns, s.from.text) {
			r.add(s.slot.line, "%s: flow %s does not return %q", raw.name, callee.name, s.from.text)
			continue
		}
		n.Saves = append(n.Saves, flows.Saving{Slot: r.saved(s.slot), From: flows.Slot(callee.vars[s.from.text])})
	}
	for _, g := range raw.give {
		if !named(callee.takes, g.slot.text) {
			r.add(g.slot.line, "%s: flow %s does not take %q", raw.name, callee.name, g.slot.text)
			continue
		}
		n.Gives = append(n.Gives, flows.Saving{Slot: flows.Slot(callee.vars[g.slot.text]), From: r.slot(g.from)})
	}
}

func named(words []word, name string) bool {
	return slices.ContainsFunc(words, func(w word) bool { return w.text == name })
}
