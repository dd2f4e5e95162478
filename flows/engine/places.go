package engine

import "baro/flows"

// home leaves everything for the main menu. Before the main menu was ever reached there is none to go to: the questions
// of the first dial begin again.
func (r *Run) home() {
	root := &r.p.Flows[r.p.Root]
	r.drop()
	r.s.Frames[0].Node = uint16(root.Start)
	if r.s.Homed || r.s.Commune != 0 {
		r.s.Frames[0].Node = uint16(root.Home)
	}
}

// exit goes to the last word of the root flow.
func (r *Run) exit() {
	r.drop()
	r.s.Frames[0].Node = uint16(r.p.Flows[r.p.Root].Leave)
}

// callable tells whether 8 asks to be called back here.
func (r *Run) callable(n *flows.Node) bool {
	return n.Callback && r.s.Callback && r.p.Flows[r.p.Root].CallMe >= 0
}

// callMe leaves everything for the question whether to be called back. From a sensitive branch nothing goes along that would
// tell of it, and the way back leads to the main menu from anywhere.
func (r *Run) callMe() {
	s, root := r.s, &r.p.Flows[r.p.Root]
	s.Subject = ""
	if len(s.Frames) > 1 {
		s.Subject = r.p.Flows[s.Frames[1].Flow].Name
	}
	for _, f := range s.Frames {
		if flow := &r.p.Flows[f.Flow]; flow.Sensitive || flow.Nodes[f.Node].Sensitive {
			s.Subject = ""
		}
	}
	r.drop()
	s.Frames[0].Node = uint16(root.CallMe)
	s.Trail = append(s.Trail, flows.Mark{Depth: 1, Node: uint16(root.Home)})
	r.unload()
	s.Page = 0
}

// drop leaves every flow but the root and forgets the way there, and a former call that was not gone on with.
func (r *Run) drop() {
	s := r.s
	s.Frames, s.Trail = s.Frames[:1], s.Trail[:0]
	s.Parked, s.Trailed = nil, nil
}

// giveBack ends a called flow: its results are saved. The back key returns to its beginning, if it showed anything.
func (r *Run) giveBack() {
	s := r.s
	if len(s.Frames) == 1 {
		r.home()
		return
	}
	callee := s.Frames[len(s.Frames)-1]
	s.Frames = s.Frames[:len(s.Frames)-1]
	marks := len(s.Trail)
	for marks > 0 && int(s.Trail[marks-1].Depth) > len(s.Frames) {
		marks--
	}
	if marks < len(s.Trail) {
		s.Trail = append(s.Trail[:marks], flows.Mark{Depth: uint8(len(s.Frames)), Node: s.Top().Node})
	}
	n := r.node()
	for _, sv := range n.Saves {
		r.save(sv.Slot, callee.Vars[sv.From])
	}
	r.jump(n.Go)
}

// back returns to the screen before, or leaves from the first one.
func (r *Run) back() {
	s := r.s
	if len(s.Trail) == 0 {
		r.exit()
		return
	}
	m := s.Trail[len(s.Trail)-1]
	s.Trail = s.Trail[:len(s.Trail)-1]
	s.Frames = s.Frames[:m.Depth]
	s.Top().Node = m.Node
	s.Page = m.Page
}

// forget lets the back key return no further than the main menu: what was done is done.
func (r *Run) forget() {
	if len(r.s.Trail) > 1 {
		r.s.Trail = r.s.Trail[:1]
	}
}

// resume picks an interrupted dialogue up as its flow's policy says. A sensitive flow is never gone back to, and neither is
// one that a flow with another policy has called but that begins anew itself: whoever dials may be somebody else.
func (r *Run) resume(previous *flows.Session, root *flows.Flow) {
	if previous.Release != r.s.Release || len(previous.Frames) < 2 || !previous.Homed {
		return
	}
	for i, f := range previous.Frames {
		flow := &r.p.Flows[f.Flow]
		if flow.Sensitive || flow.Nodes[f.Node].Sensitive || i > 0 && flow.Resume == flows.Restart {
			return
		}
	}
	policy := r.p.Flows[previous.Frames[1].Flow].Resume
	if policy == flows.Restart {
		return
	}
	r.s.Lang, r.s.HasLang = previous.Lang, previous.HasLang
	r.s.Commune, r.s.Asked, r.s.Homed = previous.Commune, previous.Asked, true
	r.s.Parked, r.s.Trailed = previous.Frames, previous.Trail
	if policy == flows.AskFirst {
		r.s.Frames[0].Node = uint16(root.Resumed)
		return
	}
	r.unpark()
	r.s.Page = previous.Page
}

// unpark goes on where the former call stopped.
func (r *Run) unpark() {
	s := r.s
	if len(s.Parked) == 0 {
		r.home()
		return
	}
	s.Frames, s.Trail = s.Parked, s.Trailed
	s.Parked, s.Trailed = nil, nil
}

// value reads a slot.
func (r *Run) value(slot flows.Slot) flows.Value {
	if slot >= 0 {
		return r.s.Top().Vars[slot]
	}
	s := r.s
	switch slot {
	case flows.CtxLanguage:
		if s.HasLang {
			return flows.TextOf(r.p.Catalogue.Tag(s.Lang))
		}
	case flows.CtxCommune:
		if s.Commune != 0 {
			return flows.IntOf(s.Commune)
		}
	case flows.CtxDialled:
		if s.Dialled != "" {
			return flows.TextOf(s.Dialled)
		}
	case flows.CtxAsked:
		return flows.FlagOf(s.Asked)
	case flows.CtxCallback:
		return flows.FlagOf(s.Callback)
	case flows.CtxSubject:
		if s.Subject != "" {
			return flows.TextOf(s.Subject)
		}
	}
	return flows.Value{}
}

// save writes a slot. A language or commune chosen in this call may be kept at its end, if the person says so.
func (r *Run) save(slot flows.Slot, v flows.Value) {
	s := r.s
	switch {
	case slot >= 0:
		s.Top().Vars[slot] = v
	case slot == flows.CtxLanguage:
		if lang, ok := r.p.Catalogue.Lang(v.Text); ok {
			s.Asked = s.Asked || !s.HasLang || s.Lang != lang
			s.Lang, s.HasLang = lang, true
		}
	case slot == flows.CtxAsked:
		s.Asked = v.True()
	case slot == flows.CtxCommune:
		if v.Num != 0 {
			s.Asked = s.Asked || s.Commune != v.Num
			s.Commune = v.Num
		}
	}
}
