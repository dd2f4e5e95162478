package compile

import (
	"slices"
	"strings"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// A Fullness is how much of a channel's room a screen takes with the widest data its sources may deliver.
type Fullness struct {
	Flow     string `json:"flow"`
	Screen   string `json:"screen"`
	Language string `json:"language"`
	Profile  string `json:"profile"`
	Units    int    `json:"units"` // of the fullest page
	Limit    int    `json:"limit"`
	Pages    int    `json:"pages"`
	Text     string `json:"text"` // the fullest page
	Fixed    bool   `json:"fixed"`
	crowded  bool   // a fixed screen that its items do not fit on
	file     string
	line     int
}

// Measure lays out every screen of every flow in every language it is shown in, with the widest data.
func Measure(p *flows.Program, profiles []charset.Profile) (out []Fullness) {
	for _, profile := range profiles {
		for i := range p.Flows {
			for l := range p.Catalogue.Tags() {
				lang := locales.Lang(l)
				if p.Flows[i].Shown(lang, profile.Letters) != lang {
					continue
				}
				m := measurer{p: p, flow: &p.Flows[i], profile: profile, lang: lang}
				for j := range m.flow.Nodes {
					if n := &m.flow.Nodes[j]; n.Interactive() {
						out = append(out, m.node(n))
					}
				}
			}
		}
	}
	return out
}

// checkFit reports fixed screens that do not fit. What depends on data is paged and only measured.
func (c *compiler) checkFit() {
	for _, f := range Measure(c.program, c.opts.Profiles) {
		if f.crowded {
			c.problems.add(f.file, f.line, "screen %s.%s does not fit in %s on profile %s: %d pages",
				f.Flow, f.Screen, f.Language, f.Profile, f.Pages)
		}
	}
	c.checkLetters()
}

type measurer struct {
	p       *flows.Program
	flow    *flows.Flow
	profile charset.Profile
	lang    locales.Lang
}

func (m *measurer) node(n *flows.Node) Fullness {
	w := render.New(m.p, m.profile, m.lang)
	c := render.Content{Notice: render.NoText, Text: n.Text, Input: flows.InputKey}
	c.Keys = render.Keys{First: m.p.Nav.Back, Back: m.p.Nav.Back}
	c.Keys.Callback = n.Callback
	c.Fields = m.widest(n.Show)
	fixed := n.Text == render.NoText || len(m.p.Catalogue.Fields(n.Text)) == 0
	switch n.Kind {
	case flows.End:
		c.Input = flows.InputNone
		c.Keys.First = render.NoText
	case flows.Ask:
		c.Input = n.Input
		c.Notice = m.longestNotice(n)
		c.Bounds = flows.Record{{Name: "Min", Value: flows.IntOf(999999)}, {Name: "Max", Value: flows.IntOf(999999)}}
	case flows.Choose:
		fixed, c.Plain = false, n.Go == flows.NoTarget
		for range min(m.p.Manifest.Sources[n.List.Name].Rows, render.MaxItems) {
			c.Items = append(c.Items, render.Entry{Text: n.Row, Fields: m.widest(n.List)})
		}
	}
	for _, it := range n.Items {
		fixed = fixed && len(m.p.Catalogue.Fields(it.Text)) == 0
		c.Items = append(c.Items, render.Entry{Key: it.Key, Text: it.Text, Fields: c.Fields})
	}
	out := Fullness{
		Flow: m.flow.Name, Screen: n.Name, Language: m.p.Catalogue.Tag(m.lang), Profile: m.profile.Name, Fixed: fixed,
	}
	out.file, out.line = m.p.Catalogue.Position(m.lang, n.Text)
	for page := 0; ; page++ {
		pg := w.Fit(&c, page)
		text := pg.Screen.String()
		_, used, limit := render.Units(m.profile, text)
		if page == 0 {
			out.crowded = fixed && pg.More && pg.Count < min(len(c.Items), render.MaxItems)
			out.crowded = out.crowded || fixed && len(c.Items) == 0 && (pg.More || pg.Quiet)
		}
		if used > out.Units {
			out.Units, out.Limit, out.Text = used, limit, text
		}
		out.Pages = pg.Screen.Pages
		if page+1 >= out.Pages {
			return out
		}
	}
}

func (m *measurer) longestNotice(n *flows.Node) locales.ID {
	nav := m.p.Nav
	ids := []locales.ID{nav.TooLong, nav.TooShort, nav.Unreadable}
	if n.Input == flows.InputNumber {
		ids = []locales.ID{nav.NumberWanted}
		if n.Min.Set || n.Max.Set {
			ids = append(ids, nav.NumberRange)
		}
	}
	return m.longest(ids)
}

func (m *measurer) longest(ids []locales.ID) locales.ID {
	w := render.New(m.p, m.profile, m.lang)
	best, width := render.NoText, -1
	for _, id := range ids {
		if n := len(w.AppendMessage(nil, id, nil)); n > width {
			best, width = id, n
		}
	}
	return best
}

// widest is a record of a source with the widest value in every field.
func (m *measurer) widest(r *flows.Reading) flows.Record {
	if r == nil {
		return nil
	}
	return m.record(m.p.Manifest.Sources[r.Name].Fields)
}

func (m *measurer) record(specs []flows.FieldSpec) (rec flows.Record) {
	for _, f := range specs {
		rec = append(rec, flows.Field{Name: f.Name, Value: m.value(f)})
	}
	return rec
}

func (m *measurer) value(f flows.FieldSpec) flows.Value {
	switch f.Kind {
	case flows.Int:
		n := int64(0)
		for range f.Width {
			n = n*10 + 9
		}
		return flows.IntOf(n)
	case flows.Text:
		return flows.TextOf(strings.Repeat("m", f.Width))
	case flows.Label:
		if ids := m.matching(f); len(ids) > 0 {
			return flows.LabelOf(m.p.Catalogue.Name(m.longest(ids)))
		}
		return flows.LabelOf("") // no screen shows it
	case flows.Money:
		return flows.MoneyOf(1_230_000_000)
	case flows.Amount:
		return flows.AmountOf(1_250_000)
	case flows.Price:
		return flows.PriceOf(25_000)
	case flows.Percent:
		return flows.PercentOf(1005)
	case flows.Clock:
		return flows.ClockOf(23*60 + 30)
	case flows.Distance:
		return flows.DistanceOf(999_000)
	case flows.List, flows.Parts:
		return m.parts(f)
	case flows.Flag:
		return flows.FlagOf(true)
	}
	return flows.Value{Kind: f.Kind, Num: 20000}
}

func (m *measurer) matching(f flows.FieldSpec) (ids []locales.ID) {
	for _, name := range m.p.Catalogue.IDs() {
		if f.Matches(name) {
			id, _ := m.p.Catalogue.ID(name)
			ids = append(ids, id)
		}
	}
	return ids
}

// parts fills a list with its widest parts: a fixed sentence once, a list item with data of its own as often as allowed.
func (m *measurer) parts(f flows.FieldSpec) flows.Value {
	type sized struct {
		part  flows.Part
		width int
	}
	w := render.New(m.p, m.profile, m.lang)
	var all []sized
	for _, name := range partsOf(m.p.Manifest, f) {
		id, _ := m.p.Catalogue.ID(name)
		part := flows.Part{Message: name, Fields: m.record(m.p.Manifest.Parts[name].Fields)}
		all = append(all, sized{part, len(w.AppendMessage(nil, id, part.Fields))})
	}
	slices.SortStableFunc(all, func(a, b sized) int { return b.width - a.width })
	v := flows.Value{Kind: f.Kind}
	for _, s := range all {
		times := 1
		if f.Kind == flows.List && len(s.part.Fields) > 0 {
			times = f.Max
		}
		for ; times > 0 && len(v.Parts) < f.Max; times-- {
			v.Parts = append(v.Parts, s.part)
		}
	}
	return v
}
