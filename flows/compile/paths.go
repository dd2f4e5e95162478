package compile

import (
	"strings"

	"baro/flows"
)

// A spot is a node by flow and index.
type spot struct{ flow, node int }

// checkPaths finds screens nobody can reach, flows that promise a result and never return, and ways that go round
// without ever waiting for the person.
func (c *compiler) checkPaths() {
	for i := range c.program.Flows {
		c.checkReach(i)
	}
	c.checkLoops()
}

func (c *compiler) checkReach(at int) {
	f, raw := &c.program.Flows[at], c.raw[at]
	if len(f.Nodes) == 0 {
		c.problems.add(raw.file, raw.line, "flow %s has no screens", f.Name)
		return
	}
	seen := make([]bool, len(f.Nodes))
	var visit func(int)
	returns := false
	visit = func(n int) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, t := range edges(&f.Nodes[n]) {
			returns = returns || t == flows.ToReturn
			if t >= 0 {
				visit(int(t))
			}
		}
	}
	visit(f.Start)
	for _, n := range []int{f.Home, f.Leave, f.Resumed} {
		if n >= 0 {
			visit(n)
		}
	}
	for n, ok := range seen {
		if !ok {
			c.problems.add(raw.file, f.Nodes[n].Line, "screen %s can never be reached", f.Nodes[n].Name)
		}
	}
	if len(raw.returns) > 0 && !returns {
		c.problems.add(raw.file, raw.line, "flow %s promises a result and never goes to $return", f.Name)
	}
}

// edges are all targets a node can lead to.
func edges(n *flows.Node) (out []flows.Target) {
	out = append(out, silent(n)...)
	for _, it := range n.Items {
		out = append(out, it.Go)
	}
	if n.Kind == flows.Choose || n.Kind == flows.Ask || n.Kind == flows.Call {
		out = append(out, n.Go)
	}
	return append(out, n.Dial)
}

// silent are the targets a node can lead to without waiting for an input.
func silent(n *flows.Node) (out []flows.Target) {
	out = append(out, n.None, n.Empty, n.Single, n.Else)
	for _, e := range n.Edges {
		out = append(out, e.Go)
	}
	for _, cs := range n.Cases {
		out = append(out, cs.Go)
	}
	return out
}

// checkLoops walks the silent edges, over calls too; a way back to a node under way is a loop.
func (c *compiler) checkLoops() {
	const (
		under = 1
		over  = 2
	)
	state := map[spot]int{}
	var way []spot
	var visit func(spot)
	visit = func(s spot) {
		switch state[s] {
		case over:
			return
		case under:
			c.reportLoop(way, s)
			return
		}
		state[s] = under
		way = append(way, s)
		for _, next := range c.silentFrom(s) {
			visit(next)
		}
		way = way[:len(way)-1]
		state[s] = over
	}
	for f := range c.program.Flows {
		for n := range c.program.Flows[f].Nodes {
			visit(spot{f, n})
		}
	}
}

func (c *compiler) silentFrom(s spot) (out []spot) {
	p := c.program
	n := &p.Flows[s.flow].Nodes[s.node]
	for _, t := range silent(n) {
		switch {
		case t >= 0:
			out = append(out, spot{s.flow, int(t)})
		case t == flows.ToHome && p.Flows[p.Root].Home >= 0:
			out = append(out, spot{p.Root, p.Flows[p.Root].Home})
		case t == flows.ToExit && p.Flows[p.Root].Leave >= 0:
			out = append(out, spot{p.Root, p.Flows[p.Root].Leave})
		}
	}
	if n.Kind == flows.Call && n.Sub >= 0 {
		out = append(out, spot{n.Sub, p.Flows[n.Sub].Start})
	}
	return out
}

func (c *compiler) reportLoop(way []spot, back spot) {
	var names []string
	for i := len(way) - 1; i >= 0; i-- {
		names = append([]string{c.program.Flows[way[i].flow].Nodes[way[i].node].Name}, names...)
		if way[i] == back {
			break
		}
	}
	f := &c.program.Flows[back.flow]
	c.problems.add(c.raw[back.flow].file, f.Nodes[back.node].Line,
		"goes round without waiting for an input: %s → %s", strings.Join(names, " → "), f.Nodes[back.node].Name)
}

// checkSensitive holds the rules of flows and screens that leave no trace: no record is written, nothing is resumed,
// nothing of the dialogue's own values changes, no flow is called that would do so (requirements P2 and P7).
func (c *compiler) checkSensitive() {
	for i := range c.program.Flows {
		f, raw := &c.program.Flows[i], c.raw[i]
		if f.Sensitive && f.Resume != flows.Restart {
			c.problems.add(raw.file, raw.resume.line, "a sensitive flow is never resumed")
		}
		for j := range f.Nodes {
			n := &f.Nodes[j]
			if !f.Sensitive && !n.Sensitive {
				continue
			}
			if n.Kind == flows.Do && n.Effect == flows.Writes {
				c.problems.add(raw.file, n.Line, "%s: %s writes records, which a sensitive screen may not", n.Name, n.Do.Name)
			}
			if n.Kind == flows.Call && n.Sub >= 0 && !c.program.Flows[n.Sub].Sensitive {
				c.problems.add(raw.file, n.Line, "%s: flow %s is not sensitive", n.Name, c.program.Flows[n.Sub].Name)
			}
			if n.Save < flows.NoSlot || savesContext(n) {
				c.problems.add(raw.file, n.Line, "%s: a sensitive screen changes neither language nor commune", n.Name)
			}
		}
	}
}

func savesContext(n *flows.Node) bool {
	for _, s := range n.Saves {
		if s.Slot < flows.NoSlot {
			return true
		}
	}
	return false
}
