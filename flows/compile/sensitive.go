package compile

import (
	"slices"

	"baro/flows"
)

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
			if savesContext(n) {
				c.problems.add(raw.file, n.Line, "%s: a sensitive screen changes neither language nor commune", n.Name)
			}
		}
	}
}

func savesContext(n *flows.Node) bool {
	slots := []flows.Slot{n.Save, n.DialSave}
	for _, s := range n.Saves {
		slots = append(slots, s.Slot)
	}
	for _, it := range n.Items {
		for _, a := range it.Set {
			slots = append(slots, a.Slot)
		}
	}
	return slices.ContainsFunc(slots, func(s flows.Slot) bool { return s < flows.NoSlot })
}
