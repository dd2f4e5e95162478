package compile

import (
	"slices"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// checkTexts checks every message against the record it is shown with, and settles which language each flow and each
// letter is shown in: fallback is per flow or letter.
func (c *compiler) checkTexts() {
	m := c.program.Manifest
	for id, part := range m.Parts {
		if at, ok := c.opts.Catalogue.ID(id); ok {
			c.checkFields(at, part.Fields, "its part")
		} else {
			c.problems.add(m.File, part.Line, "part %s: there is no such message", id)
		}
	}
	for i := range c.program.Flows {
		c.flowTexts(&c.program.Flows[i], c.raw[i])
	}
	c.program.Letters = make(map[string]*flows.Letter, len(m.Letters))
	for id, spec := range m.Letters {
		if at, ok := c.opts.Catalogue.ID(id); ok {
			c.program.Letters[id] = c.letter(at, spec)
		} else {
			c.problems.add(m.File, spec.Line, "letter %s: there is no such message", id)
		}
	}
}

// flowTexts notes every message a flow can show.
func (c *compiler) flowTexts(f *flows.Flow, raw *rawFlow) {
	t := texts{compiler: c, ids: map[locales.ID]bool{}}
	nav := c.program.Nav
	for _, id := range []locales.ID{
		nav.Back, nav.More, nav.End, nav.Invalid, // finer notices give way to Invalid where a language lacks them
	} {
		t.ids[id] = true
	}
	for i := range f.Nodes {
		n := &f.Nodes[i]
		shown, where := c.spec(n.Show), "screen "+f.Name+"."+n.Name
		t.message(n.Text, shown, where)
		for _, it := range n.Items {
			t.message(it.Text, shown, where)
		}
		if n.Row != render.NoText {
			t.message(n.Row, c.spec(n.List), where)
		}
	}
	f.Messages = t.settle(&f.Tongues, raw.file, raw.line)
}

// letter notes every message of a letter.
func (c *compiler) letter(id locales.ID, spec flows.MessageSpec) *flows.Letter {
	t := texts{compiler: c, ids: map[locales.ID]bool{}}
	t.message(id, spec.Fields, "its letter")
	l := &flows.Letter{ID: id, Fields: spec.Fields}
	t.settle(&l.Tongues, c.program.Manifest.File, spec.Line)
	return l
}

func (c *compiler) spec(r *flows.Reading) []flows.FieldSpec {
	if r == nil {
		return nil
	}
	if s := c.program.Manifest.Sources[r.Name]; s != nil {
		return s.Fields
	}
	return nil
}

// texts are the messages of one flow or letter.
type texts struct {
	*compiler
	ids map[locales.ID]bool
}

// message notes a message with all that can stand in its fields.
func (t *texts) message(id locales.ID, fields []flows.FieldSpec, where string) {
	if id == render.NoText {
		return
	}
	t.ids[id] = true
	t.checkFields(id, fields, where)
	used := t.opts.Catalogue.Fields(id)
	for _, f := range fields {
		if slices.Contains(used, f.Name) {
			t.fieldMessages(f)
		}
	}
}

// settle decides the language for each kind of letters and lists the messages.
func (t *texts) settle(tongues *flows.Tongues, file string, line int) (messages []locales.ID) {
	for id := range t.ids {
		messages = append(messages, id)
	}
	slices.Sort(messages)
	for letters := charset.ASCII; letters <= charset.UCS2Letters; letters++ {
		tongues.SetShown(letters, t.shown(letters))
	}
	t.complete(messages, file, line)
	return messages
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
				for _, inner := range t.program.Manifest.Parts[name].Fields {
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

// shown decides for each language whether the whole can be shown in it with these letters.
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

// complete demands that the languages approved by definition hold the whole, in plain letters.
func (t *texts) complete(messages []locales.ID, file string, line int) {
	cat := t.opts.Catalogue
	for _, tag := range []string{"fr", "en"} {
		l, ok := cat.Lang(tag)
		if !ok {
			continue
		}
		for _, id := range messages {
			if !cat.Usable(l, id) {
				t.problems.add(file, line, "message %s is missing in %s", cat.Name(id), tag)
			} else if lost := cat.Unconvertible(l, id, charset.ASCII); len(lost) > 0 {
				file, line := cat.Position(l, id)
				t.problems.add(file, line, "%s: %q cannot be written in plain letters", cat.Name(id), string(lost))
			}
		}
	}
}
