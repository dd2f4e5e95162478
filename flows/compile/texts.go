package compile

import (
	"slices"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// checkTexts checks every message against the record it is shown with, and settles which language each flow is shown
// in: fallback is per flow.
func (c *compiler) checkTexts() {
	for id, fields := range c.program.Manifest.Parts {
		if at, ok := c.opts.Catalogue.ID(id); ok {
			c.checkFields(at, fields, "its part")
		} else {
			c.problems.add(c.program.Manifest.File, c.program.Manifest.PartLines[id], "part %s: there is no such message", id)
		}
	}
	for i := range c.program.Flows {
		t := texts{compiler: c, flow: &c.program.Flows[i], raw: c.raw[i], ids: map[locales.ID]bool{}}
		t.collect()
	}
}

type texts struct {
	*compiler
	flow *flows.Flow
	raw  *rawFlow
	ids  map[locales.ID]bool
}

func (t *texts) collect() {
	nav := t.program.Nav
	for _, id := range []locales.ID{
		nav.Back, nav.More, nav.End, nav.Invalid, // finer notices give way to Invalid where a language lacks them
	} {
		t.ids[id] = true
	}
	for i := range t.flow.Nodes {
		n := &t.flow.Nodes[i]
		shown := t.spec(n.Show)
		t.message(n.Text, shown, n)
		for _, it := range n.Items {
			t.message(it.Text, shown, n)
		}
		if n.Row != render.NoText {
			t.message(n.Row, t.spec(n.List), n)
		}
	}
	for id := range t.ids {
		t.flow.Messages = append(t.flow.Messages, id)
	}
	slices.Sort(t.flow.Messages)
	for letters := charset.ASCII; letters <= charset.UCS2Letters; letters++ {
		t.flow.SetShown(letters, t.shown(letters))
	}
	t.complete()
}

func (t *texts) spec(r *flows.Reading) []flows.FieldSpec {
	if r == nil {
		return nil
	}
	if s := t.program.Manifest.Sources[r.Name]; s != nil {
		return s.Fields
	}
	return nil
}

// message notes a message of the flow with all that can stand in its fields.
func (t *texts) message(id locales.ID, fields []flows.FieldSpec, n *flows.Node) {
	if id == render.NoText {
		return
	}
	t.ids[id] = true
	t.checkFields(id, fields, "screen "+t.flow.Name+"."+n.Name)
	used := t.opts.Catalogue.Fields(id)
	for _, f := range fields {
		if slices.Contains(used, f.Name) {
			t.fieldMessages(f)
		}
	}
}

func (t *texts) fieldMessages(f flows.FieldSpec) {
	switch f.Kind {
	case flows.Label:
		found := false
		for _, name := range t.opts.Catalogue.IDs() {
			if f.Matches(name) {
				id, _ := t.opts.Catalogue.ID(name)
				t.ids[id] = true
				found = true
			}
		}
		if !found {
			t.problems.add(t.program.Manifest.File, f.Line, "field %s: no message is named %s", f.Name, f.Pattern)
		}
	case flows.List, flows.Parts:
		for _, name := range partsOf(t.program.Manifest, f) {
			if id, ok := t.opts.Catalogue.ID(name); ok {
				t.ids[id] = true
				for _, inner := range t.program.Manifest.Parts[name] {
					t.fieldMessages(inner)
				}
			}
		}
	}
}

// checkFields demands that every placeholder of a text is delivered where it is shown.
func (c *compiler) checkFields(id locales.ID, fields []flows.FieldSpec, where string) {
	for _, name := range c.opts.Catalogue.Fields(id) {
		known := slices.ContainsFunc(fields, func(f flows.FieldSpec) bool { return f.Name == name })
		if !known {
			file, line := c.opts.Catalogue.Position(c.opts.Catalogue.Default(), id)
			c.problems.add(file, line, "%s uses {{.%s}}, which %s does not deliver", c.opts.Catalogue.Name(id), name, where)
		}
	}
}

// shown decides for each language whether the whole flow can be shown in it with these letters.
func (t *texts) shown(letters charset.Letters) []locales.Lang {
	cat := t.opts.Catalogue
	table := make([]locales.Lang, len(cat.Tags()))
	for i := range table {
		table[i] = cat.Default()
		for _, candidate := range cat.Chain(locales.Lang(i)) {
			if t.writable(candidate, letters) {
				table[i] = candidate
				break
			}
		}
	}
	return table
}

func (t *texts) writable(l locales.Lang, letters charset.Letters) bool {
	for id := range t.ids {
		if !t.opts.Catalogue.Usable(l, id) || len(t.opts.Catalogue.Unconvertible(l, id, letters)) > 0 {
			return false
		}
	}
	return true
}

// complete demands that the languages approved by definition hold the whole flow, in plain letters.
func (t *texts) complete() {
	cat := t.opts.Catalogue
	for _, tag := range []string{"fr", "en"} {
		l, ok := cat.Lang(tag)
		if !ok {
			continue
		}
		for _, id := range t.flow.Messages {
			file, line := cat.Position(l, id)
			if !cat.Usable(l, id) {
				t.problems.add(t.raw.file, t.raw.line, "message %s is missing in %s", cat.Name(id), tag)
			} else if lost := cat.Unconvertible(l, id, charset.ASCII); len(lost) > 0 {
				t.problems.add(file, line, "%s: %q cannot be written in plain letters", cat.Name(id), string(lost))
			}
		}
	}
}
