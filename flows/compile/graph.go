package compile

import (
	"fmt"
	"io"

	"baro/flows"
)

// Graph draws a flow as a Mermaid flowchart: screens as boxes, questions as slanted boxes, acts as rounded ones,
// branches as diamonds.
func Graph(w io.Writer, p *flows.Program, f *flows.Flow) error {
	g := graph{w: w, p: p, f: f}
	g.print("flowchart TD\n")
	for i := range f.Nodes {
		n := &f.Nodes[i]
		open, closing := shape(n.Kind)
		g.print("  %s%s\"%s\"%s\n", n.Name, open, g.label(n), closing)
	}
	for i := range f.Nodes {
		g.node(&f.Nodes[i])
	}
	return g.err
}

type graph struct {
	w   io.Writer
	p   *flows.Program
	f   *flows.Flow
	err error
}

func (g *graph) print(format string, args ...any) {
	if g.err == nil {
		_, g.err = fmt.Fprintf(g.w, format, args...)
	}
}

func shape(k flows.NodeKind) (open, closing string) {
	switch k {
	case flows.Branch:
		return "{", "}"
	case flows.Do:
		return "(", ")"
	case flows.Ask:
		return "[/", "/]"
	case flows.Call:
		return "[[", "]]"
	case flows.End:
		return "([", "])"
	}
	return "[", "]"
}

func (g *graph) label(n *flows.Node) string {
	switch {
	case n.Do != nil:
		return n.Do.Name
	case n.Kind == flows.Call:
		return g.p.Flows[n.Sub].Name
	case n.List != nil:
		return n.Name + "<br>" + n.List.Name
	case n.Show != nil:
		return n.Name + "<br>" + n.Show.Name
	}
	return n.Name
}

func (g *graph) node(n *flows.Node) {
	for _, it := range n.Items {
		g.edge(n, string(rune(it.Key)), it.Go)
	}
	for _, e := range n.Edges {
		g.edge(n, e.Outcome, e.Go)
	}
	for _, c := range n.Cases {
		g.edge(n, c.Value, c.Go)
	}
	g.edge(n, "else", n.Else)
	g.edge(n, "nothing", n.None)
	g.edge(n, "empty", n.Empty)
	g.edge(n, "only one", n.Single)
	g.edge(n, "number", n.Dial)
	g.edge(n, "0", n.Back)
	if n.Kind != flows.Menu {
		g.edge(n, "", n.Go)
	}
}

func (g *graph) edge(n *flows.Node, label string, t flows.Target) {
	if t == flows.NoTarget {
		return
	}
	to := ""
	if t >= 0 {
		to = g.f.Nodes[t].Name
	} else {
		for name, target := range targets {
			if target == t {
				to = name[1:] + "_([" + name + "])"
			}
		}
	}
	if label != "" {
		label = "|" + label + "|"
	}
	g.print("  %s -->%s %s\n", n.Name, label, to)
}
