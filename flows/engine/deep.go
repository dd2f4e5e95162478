package engine

import (
	"baro/flows"
	"baro/flows/render"
)

// walkDeep lets the next input of a dialled string act on the screen that was just drawn. Where it cannot, the walk
// ends there and the screen is shown.
func (r *Run) walkDeep(n *flows.Node) {
	s := r.s
	token := s.Deep[0]
	rest := s.Deep[1:]
	before := s.Clone()
	before.Deep = nil
	s.Deep = rest
	r.hops = 0
	r.press(n, key(token))
	if r.notice != render.NoText {
		r.notice = render.NoText
		s.Deep = nil
		r.done = true
		return
	}
	r.undo = before
}

// stopsDeep reports whether a dialled string must not go on to a node: a question, an act, a sensitive branch.
func (r *Run) stopsDeep(n *flows.Node) bool {
	return r.flow().Sensitive || n.Sensitive || n.Kind == flows.Ask || n.Kind == flows.End ||
		n.Kind == flows.Do && n.Effect != flows.Reads
}

// takeBack shows the last screen the walk passed, and drops the rest of the string.
func (r *Run) takeBack() {
	*r.s = *r.undo
	r.undo = nil
	r.unload()
}
