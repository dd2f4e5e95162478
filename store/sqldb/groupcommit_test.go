package sqldb

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"baro/store"
)

func step(n int) store.Step {
	return store.Step{Session: [32]byte{1}, Step: int64(n), Created: time.UnixMicro(1)}
}

func taken(tb testing.TB, db *DB, n int) bool {
	tb.Helper()
	_, err := db.Steps().Find(tb.Context(), [32]byte{1}, int64(n))
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		tb.Fatalf("find step: %v", err)
	}
	return err == nil
}

// hold keeps the writer busy inside a closure until release is called.
func hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	leave := holdOpen(db)
	return func() {
		if err := leave(); err != nil {
			t.Errorf("the holder: %v", err)
		}
	}
}

// holdOpen is hold for groups that are meant to fail: leave gives the holder's
// outcome.
func holdOpen(db *DB) (leave func() error) {
	inside, out, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(context.Context) error {
			close(inside)
			<-out
			return nil
		})
	}()
	<-inside
	return func() error {
		close(out)
		return <-done
	}
}

// waiting returns once n closures wait for the writer.
func waiting(db *DB, n int) {
	for len(db.engine.(*sqlite).writer.jobs) < n {
		runtime.Gosched()
	}
}

func TestGroupSharesOneCommit(t *testing.T) {
	db := openTest(t)
	release := hold(t, db)
	errs := make([]error, 3)
	var group sync.WaitGroup
	var acknowledged sync.Mutex
	var early bool
	committed := false
	for i, fn := range []func(ctx context.Context) error{
		func(ctx context.Context) error { return db.Steps().Insert(ctx, step(0)) },
		func(ctx context.Context) error { _ = db.Steps().Insert(ctx, step(1)); return errors.New("probe") },
		func(ctx context.Context) error {
			// The last of the group: what the first wrote is not visible outside,
			// so it cannot have been acknowledged.
			acknowledged.Lock()
			early = committed || taken(t, db, 0)
			acknowledged.Unlock()
			return db.Steps().Insert(ctx, step(2))
		},
	} {
		group.Go(func() {
			errs[i] = db.Write(context.Background(), fn)
			acknowledged.Lock()
			committed = true
			acknowledged.Unlock()
		})
		waiting(db, i+1)
	}
	release()
	group.Wait()
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("outcomes: %v", errs)
	}
	if early {
		t.Error("a member was acknowledged before the group's commit")
	}
	if !taken(t, db, 0) || taken(t, db, 1) || !taken(t, db, 2) {
		t.Error("the failing member took others along, or left something")
	}
}

func TestQueuedClosureIsCancelled(t *testing.T) {
	db := openTest(t)
	release := hold(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	ran := false
	done := make(chan error, 1)
	go func() {
		done <- db.Write(ctx, func(context.Context) error { ran = true; return nil })
	}()
	waiting(db, 1)
	cancel()
	if err := <-done; store.CodeOf(err) != store.CodeUnavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if err := db.Write(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if ran {
		t.Error("the closure ran after its caller had left")
	}
}

// TestStartedClosureFinishes: once a closure runs, its caller learns the true
// outcome although its context ends, and an interrupt does not undo neighbours.
func TestStartedClosureFinishes(t *testing.T) {
	db := openTest(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := db.Write(ctx, func(ctx context.Context) error {
		if err := db.Steps().Insert(ctx, step(1)); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err != nil || !taken(t, db, 1) {
		t.Errorf("got %v, taken %v", err, taken(t, db, 1))
	}
	ctx, cancel = context.WithCancel(context.Background())
	err = db.Write(ctx, func(ctx context.Context) error {
		if err := db.Steps().Insert(ctx, step(2)); err != nil {
			return err
		}
		cancel()
		return db.Steps().Insert(ctx, step(3))
	})
	if store.CodeOf(err) != store.CodeUnavailable || taken(t, db, 2) || taken(t, db, 3) {
		t.Errorf("got %v", err)
	}
}

// TestFailedCommitFailsEverybody breaks a foreign key that is checked only at
// the commit.
func TestFailedCommitFailsEverybody(t *testing.T) {
	db := openTest(t)
	leave := holdOpen(db)
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i, fn := range []func(ctx context.Context) error{
		func(ctx context.Context) error { return db.Steps().Insert(ctx, step(1)) },
		func(ctx context.Context) error {
			r, err := db.runner(ctx)
			if err != nil {
				return err
			}
			if err := r.control(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
				return err
			}
			_, err = r.exec(ctx, &query{text: "INSERT INTO dial_numbers (commune_id, number, kind, ref) VALUES (99, 10, 'work', 1)"})
			return err
		},
	} {
		group.Go(func() { errs[i] = db.Write(context.Background(), fn) })
		waiting(db, i+1)
	}
	held := leave()
	group.Wait()
	if held == nil || errs[0] == nil || errs[1] == nil || taken(t, db, 1) {
		t.Errorf("outcomes: %v, taken %v", errs, taken(t, db, 1))
	}
	if err := db.Steps().Insert(t.Context(), step(1)); err != nil {
		t.Errorf("the writer did not recover: %v", err)
	}
}

func TestGoexitInClosureDoesNotStopTheWriter(t *testing.T) {
	db := openTest(t)
	for range 3 {
		err := db.Write(t.Context(), func(context.Context) error { runtime.Goexit(); return nil })
		if store.CodeOf(err) != store.CodeUnavailable {
			t.Errorf("got %v", err)
		}
	}
	if err := db.Steps().Insert(t.Context(), step(1)); err != nil {
		t.Errorf("the writer stopped: %v", err)
	}
}

func TestPanicCarriesItsOrigin(t *testing.T) {
	db := openTest(t)
	defer func() {
		p, ok := recover().(*ClosurePanic)
		if !ok || p.Value != "probe" || len(p.Stack) == 0 {
			t.Errorf("panic value: %v", p)
		}
	}()
	_ = db.Write(t.Context(), func(context.Context) error { panic("probe") })
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	db := openTest(t)
	release := hold(t, db)
	queued := make(chan error, 1)
	go func() { queued <- db.Steps().Insert(context.Background(), step(1)) }()
	waiting(db, 1)
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	<-db.engine.(*sqlite).writer.closing
	if err := db.Steps().Insert(t.Context(), step(2)); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("a write while closing: %v", err)
	}
	release()
	if err := <-queued; err != nil {
		t.Errorf("the queued write: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if err := db.Steps().Insert(t.Context(), step(3)); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("a write after closing: %v", err)
	}
}
