package compile

import (
	"strings"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
)

// single is the one slot a list or question saves into.
func (r *resolver) single(raw *rawNode) flows.Slot {
	if len(raw.save) == 0 {
		return flows.NoSlot
	}
	if len(raw.save) > 1 || raw.save[0].from.given() {
		r.add(raw.save[0].slot.line, "%s: one variable is saved here", raw.name)
	}
	return r.saved(raw.save[0].slot)
}

// saved is a slot that something is put into.
func (r *resolver) saved(w word) flows.Slot {
	slot := r.slot(w)
	if slot == flows.CtxDialled || slot == flows.CtxCallback || slot == flows.CtxSubject {
		r.add(w.line, "%s can be read, not saved", w.text)
	}
	return slot
}

func (r *resolver) source(w word, rows bool) *flows.Reading {
	spec := r.program.Manifest.Sources[w.text]
	switch {
	case spec == nil:
		r.add(w.line, "there is no source %q", w.text)
		return &flows.Reading{Name: w.text}
	case rows && spec.Rows == 1:
		r.add(w.line, "%s is a record: show it", w.text)
	case !rows && spec.Rows > 1:
		r.add(w.line, "%s is a list of rows: list it", w.text)
	}
	return &flows.Reading{Name: w.text, Args: r.args(w, spec.Args)}
}

func (r *resolver) args(w word, specs []flows.ArgSpec) (args []flows.Arg) {
	for _, spec := range specs {
		slot, ok := r.find(spec.Name)
		if !ok {
			if !spec.Optional {
				r.add(w.line, "%s wants %q, which this flow never saves", w.text, spec.Name)
			}
			continue
		}
		args = append(args, flows.Arg{Name: spec.Name, Slot: slot})
	}
	return args
}

func (r *resolver) find(name string) (flows.Slot, bool) {
	if slot, ok := contexts[name]; ok {
		return slot, true
	}
	i, ok := r.raw.vars[name]
	return flows.Slot(i), ok
}

func (r *resolver) slot(w word) flows.Slot {
	slot, ok := r.find(w.text)
	if !ok {
		r.add(w.line, "there is no variable %q", w.text)
	}
	return slot
}

// field checks that a field a node names is delivered by its record.
func (r *resolver) field(show, w word) {
	if !show.given() {
		r.add(w.line, "%q is a field, and nothing is shown that has fields", w.text)
		return
	}
	if spec := r.program.Manifest.Sources[show.text]; spec != nil && spec.Field(w.text) == nil {
		r.add(w.line, "%s has no field %q", show.text, w.text)
	}
}

func (r *resolver) needed(raw *rawNode, what string, w word) flows.Target {
	if !w.given() {
		r.add(raw.line, "%s: %s is missing", raw.name, what)
		return flows.NoTarget
	}
	return r.target(w)
}

func (r *resolver) target(w word) flows.Target {
	if t, ok := targets[w.text]; ok {
		return t
	}
	i, ok := r.raw.index[w.text]
	if !ok {
		r.add(w.line, "there is no screen %q", w.text)
		return flows.ToHome
	}
	return flows.Target(i)
}

func (r *resolver) message(w word) locales.ID {
	id, ok := r.opts.Catalogue.ID(w.text)
	if !ok {
		r.add(w.line, "there is no message %q", w.text)
		return render.NoText
	}
	return id
}

// constant is what an item sets: a number, a word, or nothing.
func constant(text string) flows.Value {
	if text == "none" {
		return flows.Value{}
	}
	if n, ok := isNumber(text); ok {
		return flows.IntOf(n)
	}
	return flows.TextOf(strings.TrimSpace(text))
}
