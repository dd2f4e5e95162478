package publish

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"baro/flows"
	"baro/store"
)

// AliveFor is how long after its last report a node counts as alive. Nodes report every few seconds.
const AliveFor = 30 * time.Second

// Programs are what a node can run.
type Programs interface {
	Add(p *flows.Program)
	Activate(p *flows.Program)
}

// Deps are what the service stands on.
type Deps struct {
	Releases store.Releases
	Rollouts store.Rollouts
	Programs Programs
	// Compile proves a bundle on this node: flows, texts, and that everything they name is bound here.
	Compile func(Bundle) (*flows.Program, error)
	Node    string
	Now     func() time.Time
	Log     *slog.Logger
}

// Service keeps one node at the programs all nodes agreed on.
type Service struct {
	deps   Deps
	mu     sync.Mutex
	loaded map[[32]byte]*flows.Program
	failed map[[32]byte]bool // do not compile here; said once
	active [32]byte
	alone  atomic.Bool
}

// New returns a service.
func New(d Deps) *Service {
	s := &Service{deps: d, loaded: map[[32]byte]*flows.Program{}, failed: map[[32]byte]bool{}}
	s.alone.Store(true)
	return s
}

// Start stores what this program shipped with. On a new database that becomes the active release at once; a database with
// another one keeps it until every node has loaded the new files, or for good if an operator published it. Program is the
// shipped bundle as it was proved on this node.
func (s *Service) Start(ctx context.Context, shipped Bundle, program *flows.Program) error {
	s.mu.Lock()
	s.loaded[shipped.Hash] = program
	s.mu.Unlock()
	now := s.deps.Now()
	err := s.deps.Releases.Put(ctx, store.Release{Hash: shipped.Hash, Kind: store.ReleaseFlows, Data: shipped.Data, Created: now})
	if err != nil {
		return err
	}
	active, err := s.deps.Releases.Active(ctx, store.ReleaseFlows)
	act := store.Act{Actor: "system", Reason: "shipped with the program"}
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		err = s.propose(ctx, shipped.Hash, act)
	case err == nil && active != shipped.Hash:
		err = s.succeed(ctx, active, shipped, act)
	}
	if err != nil {
		return err
	}
	if err := s.recall(ctx); err != nil {
		return err
	}
	return s.Tick(ctx)
}

// recall makes the release before the active one runnable: other nodes may have dialogues under way that began with it,
// and the next request of one of them may come here.
func (s *Service) recall(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.deps.Rollouts.List(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if !r.Previous {
			continue
		}
		p, err := s.load(ctx, r.Hash)
		if err != nil {
			return err
		}
		if p != nil {
			s.deps.Programs.Add(p)
		}
	}
	return nil
}

// succeed proposes the shipped files where the active ones were shipped too, by another version.
func (s *Service) succeed(ctx context.Context, active [32]byte, shipped Bundle, act store.Act) error {
	former, err := s.fetch(ctx, active)
	if err != nil {
		return err
	}
	if former.Origin == Published {
		return nil
	}
	return s.propose(ctx, shipped.Hash, act)
}

func (s *Service) propose(ctx context.Context, hash [32]byte, act store.Act) error {
	return s.deps.Rollouts.Propose(ctx, hash, s.deps.Now(), act)
}

// Tick reports this node, loads what is proposed, settles a proposal that every live node has loaded, and follows the
// active release. It is called every few seconds.
func (s *Service) Tick(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.proposal(ctx); err != nil {
		return err
	}
	active, err := s.deps.Releases.Active(ctx, store.ReleaseFlows)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if active != s.active {
		p, err := s.load(ctx, active)
		if err != nil {
			return err
		}
		if p != nil {
			s.deps.Programs.Activate(p)
			s.active = active
			s.deps.Log.Info("flows active", "release", hex.EncodeToString(active[:6]))
		}
	}
	if err := s.deps.Releases.Seen(ctx, s.deps.Node, active, s.deps.Now()); err != nil {
		return err
	}
	alive, err := s.deps.Rollouts.Alive(ctx, s.deps.Now().Add(-AliveFor))
	s.alone.Store(err == nil && len(alive) <= 1)
	return err
}

// Alone reports whether this was the only live node when it last looked. It answers at once, also while a Tick compiles or
// waits for the database.
func (s *Service) Alone() bool { return s.alone.Load() }

func (s *Service) proposal(ctx context.Context) error {
	hash, err := s.deps.Rollouts.Proposed(ctx)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := s.load(ctx, hash)
	if err != nil || p == nil {
		return err
	}
	s.deps.Programs.Add(p)
	if err := s.deps.Releases.Seen(ctx, s.deps.Node, hash, s.deps.Now()); err != nil {
		return err
	}
	lagging, err := s.deps.Releases.Lagging(ctx, hash, s.deps.Now().Add(-AliveFor))
	if err != nil || len(lagging) > 0 {
		return err
	}
	err = s.deps.Rollouts.Settle(ctx, hash, s.deps.Now(), store.Act{Actor: "system", Reason: "every live node has loaded it"})
	if store.CodeOf(err) == store.CodeConflict {
		return nil // another node was first, or something newer is proposed
	}
	return err
}

// load compiles a release; nil without an error when it cannot run here, which keeps it from becoming active.
func (s *Service) load(ctx context.Context, hash [32]byte) (*flows.Program, error) {
	if p := s.loaded[hash]; p != nil || s.failed[hash] {
		return p, nil
	}
	b, err := s.fetch(ctx, hash)
	if err != nil {
		return nil, err
	}
	p, err := s.deps.Compile(b)
	if err != nil {
		s.failed[hash] = true
		s.deps.Log.Error("flows cannot run on this node", "release", hex.EncodeToString(hash[:6]), "error", err)
		return nil, nil
	}
	s.loaded[hash] = p
	return p, nil
}

func (s *Service) fetch(ctx context.Context, hash [32]byte) (Bundle, error) {
	r, err := s.deps.Releases.Get(ctx, hash)
	if err != nil {
		return Bundle{}, err
	}
	b, err := Open(r.Data)
	if err != nil {
		return Bundle{}, fmt.Errorf("release %x: %w", hash[:6], err)
	}
	return b, nil
}
