package publish

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"baro/flows"
	"baro/store"
	"baro/store/sqldb"
)

func files(text string) fstest.MapFS { return fstest.MapFS{"a.yaml": {Data: []byte(text)}} }

func pack(t *testing.T, origin Origin, text string) Bundle {
	t.Helper()
	b, err := Pack(origin, files(text), files("messages"), []byte("review"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBundlesAreNamedByTheirFiles(t *testing.T) {
	a, same, other := pack(t, Shipped, "x"), pack(t, Shipped, "x"), pack(t, Shipped, "y")
	if a.Hash != same.Hash || a.Hash == other.Hash || a.Hash == pack(t, Published, "x").Hash {
		t.Fatal("equal files are named differently, or different ones alike")
	}
	back, err := Open(a.Data)
	if err != nil || back.Origin != Shipped {
		t.Fatalf("%v %v", back.Origin, err)
	}
	review, err := back.Review()
	if err != nil || string(review) != "review" {
		t.Fatalf("%q %v", review, err)
	}
	for _, damaged := range [][]byte{nil, []byte("no zip"), a.Data[:len(a.Data)/2]} {
		if _, err := Open(damaged); err == nil {
			t.Error("damaged bytes open")
		}
	}
}

// A node in the tests: what it was told to run.
type programs struct{ added, active *flows.Program }

func (p *programs) Add(x *flows.Program)      { p.added = x }
func (p *programs) Activate(x *flows.Program) { p.active = x }

type world struct {
	t   *testing.T
	db  *sqldb.DB
	now time.Time
}

func newWorld(t *testing.T) *world {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &world{t: t, db: db, now: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
}

// node makes a service whose programs carry the text of their flow file as hash; it refuses a text of "refused".
func (w *world) node(name string, refused string) (*Service, *programs) {
	p := &programs{}
	return New(Deps{
		Releases: w.db.Releases(), Rollouts: w.db.Rollouts(), Programs: p, Node: name,
		Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Compile: func(b Bundle) (*flows.Program, error) {
			data, err := b.read("flows/a.yaml")
			if string(data) == refused {
				return nil, errors.New("refused")
			}
			return &flows.Program{Hash: string(data)}, err
		},
	}), p
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// start starts a node whose program shipped with the text.
func (w *world) start(s *Service, text string) {
	w.t.Helper()
	w.must(s.Start(w.t.Context(), pack(w.t, Shipped, text), &flows.Program{Hash: text}))
}

func (w *world) wants(p *programs, text string) {
	w.t.Helper()
	if p.active == nil || p.active.Hash != text {
		w.t.Fatalf("active is %v, want %s", p.active, text)
	}
}

func TestANewProgramWaitsForEveryLiveNode(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	a, pa := w.node("a", "")
	b, pb := w.node("b", "")
	w.start(a, "one")
	w.start(b, "one")
	w.wants(pa, "one")
	w.wants(pb, "one")
	next := pack(t, Published, "two")
	w.must(w.db.Releases().Put(ctx, store.Release{Hash: next.Hash, Kind: store.ReleaseFlows, Data: next.Data, Created: w.now}))
	w.must(w.db.Rollouts().Propose(ctx, next.Hash, w.now, store.Act{Actor: "operator"}))
	w.must(a.Tick(ctx))
	w.wants(pa, "one") // b has not loaded it
	w.must(b.Tick(ctx))
	w.wants(pb, "two")
	w.must(a.Tick(ctx))
	w.wants(pa, "two")
	w.start(a, "one") // a restart does not undo what was published
	w.must(a.Tick(ctx))
	w.wants(pa, "two")
	c, pc := w.node("c", "")
	w.start(c, "three") // of dialogues that others began before, one may come here
	if pc.added == nil || pc.added.Hash != "one" {
		t.Fatalf("a new node can run %v beside the active release, want the one before", pc.added)
	}
	w.wants(pc, "two")
}

func TestANodeThatCannotRunItKeepsItBackUntilItIsGone(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	old, pOld := w.node("old", "two")
	w.start(old, "one")
	fresh, pFresh := w.node("fresh", "")
	w.start(fresh, "two") // the next version of the program starts beside the old one
	w.must(old.Tick(ctx))
	w.must(fresh.Tick(ctx))
	w.wants(pOld, "one")
	w.wants(pFresh, "one")
	if fresh.Alone() {
		t.Fatal("two nodes are alive")
	}
	w.now = w.now.Add(2 * AliveFor) // the old node was stopped
	w.must(fresh.Tick(ctx))
	w.must(fresh.Tick(ctx))
	w.wants(pFresh, "two")
	if !fresh.Alone() {
		t.Fatal("the stopped node still counts")
	}
}
