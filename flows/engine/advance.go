package engine

import (
	"strconv"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
)

// advance works on the present node once; true means that a need stands in waiting.
func (r *Run) advance() bool {
	n := r.node()
	if r.undo != nil && r.stopsDeep(n) {
		r.takeBack()
		return false
	}
	if r.s.Instead != "" && (r.flow().Sensitive || n.Sensitive) {
		r.sendElsewhere()
		return false
	}
	switch n.Kind {
	case flows.Branch:
		r.branch(n)
	case flows.Call:
		called := newFrame(r.p, n.Sub, r.p.Flows[n.Sub].Start)
		for _, g := range n.Gives {
			called.Vars[g.Slot] = r.value(g.From)
		}
		r.s.Frames = append(r.s.Frames, called)
		r.unload()
	case flows.Do:
		r.need(n.Do, true, n.Effect)
		return true
	default:
		if n.Show != nil && !r.shown {
			r.need(n.Show, false, flows.Reads)
			return true
		}
		if n.List != nil && !r.listed {
			r.shown = true
			r.need(n.List, false, flows.Reads)
			return true
		}
		r.present(n)
	}
	return false
}

// sendElsewhere answers a sensitive branch on a channel where texts stay on the phone: with the string to dial. The
// dialogue stands at the main menu afterwards.
func (r *Run) sendElsewhere() {
	r.home()
	r.unload()
	r.s.Page, r.s.Keys, r.s.Shown, r.s.More = 0, 0, nil, false
	w := render.New(r.p, r.profile, r.lang())
	page := w.Fit(&render.Content{
		Notice: render.NoText, Text: r.p.Nav.DialInstead, Fields: flows.Record{{Name: "Dial", Value: flows.TextOf(r.s.Instead)}},
		Input: flows.InputKey, Keys: render.Keys{First: r.p.Nav.Back, Back: r.p.Nav.Back},
	}, 0)
	r.s.Trail = append(r.s.Trail, flows.Mark{Depth: 1, Node: r.s.Top().Node})
	r.screen, r.done = page.Screen, true
}

func (r *Run) need(reading *flows.Reading, action bool, effect flows.Effect) {
	args := make(flows.Args, len(reading.Args))
	for i, a := range reading.Args {
		args[i] = flows.Field{Name: a.Name, Value: r.value(a.Slot)}
	}
	r.waiting = flows.Need{
		Name: reading.Name, Action: action, Effect: effect, Args: args, Lang: r.p.Catalogue.Tag(r.lang()),
	}
}

func (r *Run) branch(n *flows.Node) {
	v := r.value(n.On)
	word := v.Text
	switch {
	case v.Kind == flows.Int:
		word = strconv.FormatInt(v.Num, 10)
	case !v.True():
		word = "none"
	}
	for _, c := range n.Cases {
		if c.Value == word {
			r.jump(c.Go)
			return
		}
	}
	r.jump(n.Else)
}

// present shows the node, or lets a rule of its list or a pending deep string go on.
func (r *Run) present(n *flows.Node) {
	if n.List != nil {
		switch {
		case len(r.rows) == 0:
			r.jump(n.Empty)
			return
		case len(r.rows) == 1 && n.Single != flows.NoTarget:
			r.save(n.Save, r.rows[0].Key)
			r.jump(n.Single)
			return
		}
	}
	if r.check != nil {
		r.judge(n)
		return
	}
	r.draw(n)
	if len(r.s.Deep) > 0 && r.s.Homed {
		r.walkDeep(n)
		return
	}
	r.done = true
}

// draw renders the node into r.screen and remembers what was offered.
func (r *Run) draw(n *flows.Node) {
	s := r.s
	if int(s.Top().Flow) == r.p.Root && int(s.Top().Node) == r.flow().Home {
		s.Homed = true
		s.Trail = s.Trail[:0]
	}
	if r.notice != render.NoText && !r.p.Catalogue.Usable(r.lang(), r.notice) {
		r.notice = r.p.Nav.Invalid
	}
	c := &r.content
	*c = render.Content{
		Notice: r.notice, Bounds: r.bounds, Text: n.Text, Fields: r.record, Input: input(n), Keys: r.keys(n),
	}
	s.Keys, s.Shown = 0, s.Shown[:0]
	switch {
	case n.List != nil:
		c.Plain = n.Go == flows.NoTarget
		c.Items = make([]render.Entry, len(r.rows))
		for i := range r.rows {
			c.Items[i] = render.Entry{Text: n.Row, Fields: r.rows[i].Fields}
		}
	case len(n.Items) > 0:
		c.Items = r.items[:0]
		for i := range n.Items {
			if it := &n.Items[i]; r.offered(it) {
				c.Items = append(c.Items, render.Entry{Key: it.Key, Text: it.Text, Fields: r.record})
				s.Keys |= 1 << (it.Key - '0')
			}
		}
	}
	r.hush()
	r.writer = render.New(r.p, r.profile, r.lang())
	page := r.writer.Fit(c, int(s.Page))
	r.screen = page.Screen
	s.More = page.More
	s.Page = uint8(page.Screen.Page - 1)
	if n.List != nil && n.Go != flows.NoTarget {
		for _, row := range r.rows[page.First : page.First+page.Count] {
			s.Shown = append(s.Shown, row.Key)
		}
	}
}

// hush takes a PIN out of the session again: only the act that follows its question may see it.
func (r *Run) hush() {
	if at := r.secret; at.depth > 0 && at.depth <= len(r.s.Frames) && r.s.Frames[at.depth-1].Flow == at.flow {
		r.s.Frames[at.depth-1].Vars[at.slot] = flows.Value{}
	}
}

func (r *Run) offered(it *flows.Item) bool {
	switch {
	case it.Ctx != flows.NoSlot:
		return r.value(it.Ctx).True() != it.Unless
	case it.When == "":
		return true
	default:
		return r.record.Get(it.When).True() != it.Unless
	}
}

func (r *Run) keys(n *flows.Node) render.Keys {
	k := render.Keys{First: r.p.Nav.Back, Back: r.p.Nav.Back, Callback: r.callable(n)}
	switch {
	case n.Kind == flows.End:
		k.First = render.NoText
	case len(r.s.Trail) == 0 && (n.Kind != flows.Ask || !r.s.Homed): // on a question 00 leads home once there is one
		k.First = r.p.Nav.End
	}
	return k
}

func input(n *flows.Node) flows.Input {
	switch n.Kind {
	case flows.End:
		return flows.InputNone
	case flows.Ask:
		return n.Input
	default:
		return flows.InputKey
	}
}

// lang is the language the present flow is shown in.
func (r *Run) lang() locales.Lang { return r.flow().Shown(r.s.Lang, r.profile.Letters) }

// jump goes to a target without leaving a mark for the back key.
func (r *Run) jump(t flows.Target) {
	r.unload()
	r.s.Page = 0
	switch t {
	case flows.ToHome:
		r.home()
	case flows.ToExit:
		r.exit()
	case flows.ToReturn:
		r.giveBack()
	case flows.ToBack:
		r.back()
	case flows.ToResume:
		r.unpark()
	default:
		r.s.Top().Node = uint16(t)
	}
}

// follow is jump for an input: the screen that is left can be returned to.
func (r *Run) follow(t flows.Target) {
	s := r.s
	s.Trail = append(s.Trail, flows.Mark{Depth: uint8(len(s.Frames)), Node: s.Top().Node, Page: s.Page})
	if len(s.Trail) > maxTrail {
		s.Trail = append(s.Trail[:1], s.Trail[2:]...)
	}
	r.jump(t)
}

// maxTrail bounds what the back key remembers; the oldest mark stays, so that back always ends at the main menu.
const maxTrail = 16

func (r *Run) unload() {
	r.record, r.shown, r.rows, r.listed = nil, false, nil, false
}
