// Package engine takes dialogues one step further: from a session and an input to the next screen. It is pure: what it
// needs from the outside it asks for, one Need at a time, and the driver hands back what it got.
//
//	run := engine.Input(program, profile, session, "1")
//	for need := run.Next(); need != nil; need = run.Next() {
//		// read or act, then run.Got(rows) or run.Did(outcome)
//	}
//	screen := run.Screen()
package engine

import (
	"errors"
	"fmt"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// maxHops is how often one input may pass on without showing a screen: to another node, or for something from outside.
// The compiler refuses flows that loop without input; this stops a loop that data makes.
const maxHops = 64

// ErrLoop says that a step passed too many nodes without showing a screen.
var ErrLoop = errors.New("engine: the flow shows no screen")

// A Run is one step under way.
type Run struct {
	p       *flows.Program
	profile charset.Profile
	s       *flows.Session
	undo    *flows.Session // deep strings: the last screen that may be shown instead
	notice  locales.ID
	bounds  flows.Record
	record  flows.Record
	shown   bool // record is loaded
	rows    []flows.Row
	listed  bool // rows are loaded
	waiting flows.Need
	open    bool // waiting was handed out and is not answered yet
	check   *asked
	secret  secret
	acted   bool // an action that writes has run in this step
	screen  flows.Screen
	done    bool
	hops    int // nodes passed since the last input, over all calls of Next
	err     error
	writer  render.Renderer
	content render.Content
	items   [8]render.Entry // of a menu
}

// An Opening is what is known when a dialogue begins.
type Opening struct {
	Language string         // tag kept for this number, "" when unknown
	Commune  int64          // kept, or bound to the channel; 0 when unknown
	Callback bool           // somebody does call back on this channel
	Instead  string         // not empty: sensitive flows are answered with this string to dial
	Deep     []string       // inputs that came with the dialled string
	Previous *flows.Session // an interrupted dialogue of the same program, or nil
}

// Open begins a dialogue.
func Open(p *flows.Program, profile charset.Profile, o Opening) *Run {
	s := &flows.Session{Release: p.Release(), Commune: o.Commune, Callback: o.Callback, Instead: o.Instead, Deep: o.Deep}
	if lang, ok := p.Catalogue.Lang(o.Language); ok {
		s.Lang, s.HasLang = lang, true
	} else {
		s.Lang = p.Catalogue.Default()
	}
	if len(s.Deep) > 0 && isCommuneNumber(s.Deep[0]) {
		s.Dialled, s.Deep = s.Deep[0], s.Deep[1:]
	}
	r := newRun(p, profile, s)
	root := &p.Flows[p.Root]
	s.Frames = []flows.Frame{newFrame(p, p.Root, root.Start)}
	if o.Previous != nil && len(o.Deep) == 0 {
		r.resume(o.Previous, root)
	}
	return r
}

// Input takes what the person typed. The session is changed in place; a driver that may have to take the step back
// clones it first.
func Input(p *flows.Program, profile charset.Profile, s *flows.Session, typed string) *Run {
	r := newRun(p, profile, s)
	s.Step++
	r.take(typed)
	return r
}

// Show renders the present screen again, as after a lost answer of the same step.
func Show(p *flows.Program, profile charset.Profile, s *flows.Session) *Run {
	return newRun(p, profile, s)
}

func newRun(p *flows.Program, profile charset.Profile, s *flows.Session) *Run {
	return &Run{p: p, profile: profile, s: s, notice: render.NoText}
}

// Next goes on until something is needed from the outside; nil means that the step is over.
func (r *Run) Next() *flows.Need {
	if r.open {
		return &r.waiting
	}
	for !r.done {
		if r.hops++; r.hops > maxHops {
			r.fail(ErrLoop)
			break
		}
		if r.advance() {
			r.open = true
			return &r.waiting
		}
	}
	return nil
}

// Got hands over the rows of the source that Next asked for.
func (r *Run) Got(rows []flows.Row) {
	r.open = false
	if r.waiting.Name == r.listName() && r.shown {
		r.rows, r.listed = rows, true
		return
	}
	r.shown = true
	if len(rows) > 0 {
		r.record = rows[0].Fields
		return
	}
	r.check = nil // what was asked is not there any more
	r.jump(r.node().None)
}

// Did hands over the outcome of the action that Next asked for.
func (r *Run) Did(out flows.Outcome) {
	r.open = false
	n := r.node()
	if n.Effect == flows.Writes {
		r.acted = true
		if !n.Repeatable {
			r.forget()
		}
	}
	for _, sv := range n.Saves {
		if v := out.Fields.Get(sv.Field); v.Kind != flows.None {
			r.save(sv.Slot, v)
		}
	}
	for _, e := range n.Edges {
		if e.Outcome == out.Edge {
			r.jump(e.Go)
			return
		}
	}
	r.fail(fmt.Errorf("engine: %s: no edge for outcome %q", n.Do.Name, out.Edge))
}

// Screen is what to show. Err is to be asked first.
func (r *Run) Screen() flows.Screen { return r.screen }

// Session is the session after the step.
func (r *Run) Session() *flows.Session { return r.s }

// Acted reports whether an action of the step wrote records.
func (r *Run) Acted() bool { return r.acted }

// Err is a fault of the flow or its binding; the dialogue cannot go on.
func (r *Run) Err() error { return r.err }

func (r *Run) fail(err error) { r.err, r.done = err, true }

func (r *Run) flow() *flows.Flow { return &r.p.Flows[r.s.Top().Flow] }

func (r *Run) node() *flows.Node {
	top := r.s.Top()
	return &r.p.Flows[top.Flow].Nodes[top.Node]
}

func (r *Run) listName() string {
	if n := r.node(); n.List != nil {
		return n.List.Name
	}
	return ""
}

func newFrame(p *flows.Program, flow, node int) flows.Frame {
	return flows.Frame{Flow: uint16(flow), Node: uint16(node), Vars: make([]flows.Value, len(p.Flows[flow].Vars))}
}

// isCommuneNumber tells a commune's number from menu keys: three digits.
func isCommuneNumber(token string) bool {
	if len(token) != 3 {
		return false
	}
	for i := range token {
		if token[i] < '0' || token[i] > '9' {
			return false
		}
	}
	return true
}
