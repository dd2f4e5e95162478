package inbound

import (
	"sync"

	"baro/flows"
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// Releases are the programs a node can run: the one that new dialogues begin with, and those that older dialogues end
// with.
type Releases struct {
	mu      sync.RWMutex
	current *flows.Program
	all     map[flows.ReleaseID]*flows.Program
	strict  charset.Profile
}

// NewReleases starts with one program. The profile is the strictest in use: faults are written for it.
func NewReleases(p *flows.Program, strict charset.Profile) *Releases {
	return &Releases{current: p, all: map[flows.ReleaseID]*flows.Program{p.Release(): p}, strict: strict}
}

// Current is the program new dialogues begin with.
func (r *Releases) Current() *flows.Program {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.current
}

// Find is the program a dialogue began with.
func (r *Releases) Find(id flows.ReleaseID) (*flows.Program, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.all[id]
	return p, ok
}

// Add makes a program runnable without starting new dialogues with it.
func (r *Releases) Add(p *flows.Program) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[p.Release()] = p
}

// Activate lets new dialogues begin with a program; the former one stays for those under way.
func (r *Releases) Activate(p *flows.Program) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[p.Release()] = p
	r.current = p
}

func (r *Releases) fault(kind FaultKind) flows.Screen {
	p := r.Current()
	id := map[FaultKind]locales.ID{
		FaultLater: p.Nav.FaultLater, FaultBusy: p.Nav.FaultBusy, FaultRequest: p.Nav.FaultRequest, FaultEnded: p.Nav.FaultEnded,
	}[kind]
	w := render.New(p, r.strict, p.Catalogue.Default())
	return flows.Screen{
		Text: string(w.AppendMessage(nil, id, nil)), Lang: p.Catalogue.Tag(p.Catalogue.Default()), Page: 1, Pages: 1,
	}
}
