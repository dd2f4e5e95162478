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
	c.checkCalls()
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
	for _, n := range []int{f.Home, f.Leave, f.Resumed, f.CallMe} {
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
	return append(out, n.Dial, n.Back)
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
		if s.node >= len(c.program.Flows[s.flow].Nodes) {
			return // a flow without screens is reported as such
		}
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

// checkCalls walks from flow to flow. A flow that nobody calls cannot be reached; one that calls itself, over others or
// not, would stack up without end.
func (c *compiler) checkCalls() {
	called := make([]bool, len(c.program.Flows))
	under := make([]bool, len(c.program.Flows))
	var visit func(int)
	visit = func(at int) {
		called[at], under[at] = true, true
		for _, n := range c.program.Flows[at].Nodes {
			switch {
			case n.Kind != flows.Call || n.Sub < 0:
			case under[n.Sub]:
				c.problems.add(c.raw[at].file, n.Line, "%s: flow %s calls itself", n.Name, c.program.Flows[n.Sub].Name)
			case !called[n.Sub]:
				visit(n.Sub)
			}
		}
		under[at] = false
	}
	visit(c.program.Root)
	for i, ok := range called {
		if !ok {
			c.problems.add(c.raw[i].file, c.raw[i].line, "flow %s is never called", c.program.Flows[i].Name)
		}
	}
}
