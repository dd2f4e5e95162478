package storetest

import (
	"context"
	"fmt"
	"testing"

	"baro/store"
)

func (b *bench) step(n int) store.Step {
	return store.Step{Session: [32]byte{1}, Step: int64(n), Fingerprint: [16]byte{2}, Payload: []byte("screen"), Created: b.clock.Now()}
}

func (b *bench) taken(n int) bool {
	b.t.Helper()
	_, err := b.Steps.Find(b.ctx, [32]byte{1}, int64(n))
	if err != nil {
		b.wants(store.CodeNotFound, err)
	}
	return err == nil
}

func testTransactions(t *testing.T, b *bench) {
	t.Run("commits together", func(t *testing.T) {
		b.must(b.Writer.Write(b.ctx, func(ctx context.Context) error {
			b.must(b.Steps.Insert(ctx, b.step(1)))
			if _, err := b.Steps.Find(ctx, [32]byte{1}, 1); err != nil {
				t.Errorf("its own write is not visible inside: %v", err)
			}
			if b.taken(1) {
				t.Error("an uncommitted write is visible outside")
			}
			return b.Steps.Insert(ctx, b.step(2))
		}))
		if !b.taken(1) || !b.taken(2) {
			t.Error("a committed write is missing")
		}
	})
	t.Run("an error undoes all and comes back as it is", func(t *testing.T) {
		err := b.Writer.Write(b.ctx, func(ctx context.Context) error {
			b.must(b.Steps.Insert(ctx, b.step(3)))
			return fmt.Errorf("wrapped: %w", errProbe)
		})
		if err == nil || store.CodeOf(err) != store.CodeInternal || b.taken(3) {
			t.Errorf("got %v, step taken: %v", err, b.taken(3))
		}
	})
	t.Run("a conflict inside leaves the rest usable", func(t *testing.T) {
		b.must(b.Writer.Write(b.ctx, func(ctx context.Context) error {
			b.wants(store.CodeConflict, b.Steps.Insert(ctx, b.step(1)))
			return b.Steps.Insert(ctx, b.step(4))
		}))
		if !b.taken(4) {
			t.Error("the write after the conflict is missing")
		}
	})
	t.Run("nested failure undoes its own part", func(t *testing.T) {
		b.must(b.Writer.Write(b.ctx, func(ctx context.Context) error {
			b.must(b.Steps.Insert(ctx, b.step(5)))
			err := b.Writer.Write(ctx, func(ctx context.Context) error {
				b.must(b.Steps.Insert(ctx, b.step(6)))
				return b.Writer.Write(ctx, func(ctx context.Context) error {
					b.must(b.Steps.Insert(ctx, b.step(7)))
					return errProbe
				})
			})
			if err == nil {
				t.Error("the nested failure was swallowed")
			}
			return nil
		}))
		if !b.taken(5) || b.taken(6) || b.taken(7) {
			t.Error("the wrong part was undone")
		}
	})
	t.Run("nested success falls with the outer failure", func(t *testing.T) {
		_ = b.Writer.Write(b.ctx, func(ctx context.Context) error {
			b.must(b.Writer.Write(ctx, func(ctx context.Context) error { return b.Steps.Insert(ctx, b.step(8)) }))
			return errProbe
		})
		if b.taken(8) {
			t.Error("a nested write outlived its transaction")
		}
	})
	t.Run("a panic undoes all and reaches the caller", func(t *testing.T) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not reach the caller")
				}
			}()
			_ = b.Writer.Write(b.ctx, func(ctx context.Context) error {
				b.must(b.Steps.Insert(ctx, b.step(9)))
				panic("probe")
			})
		}()
		if b.taken(9) {
			t.Error("a write outlived the panic")
		}
		b.must(b.Steps.Insert(b.ctx, b.step(10)))
	})
	t.Run("an ended context cancels", func(t *testing.T) {
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		ran := false
		b.wants(store.CodeUnavailable, b.Writer.Write(ctx, func(context.Context) error { ran = true; return nil }))
		if ran {
			t.Error("the closure ran all the same")
		}
	})
	t.Run("a context that outlives its transaction is refused", func(t *testing.T) {
		var leaked context.Context
		b.must(b.Writer.Write(b.ctx, func(ctx context.Context) error { leaked = ctx; return nil }))
		b.wants(store.CodeInternal, b.Steps.Insert(leaked, b.step(11)))
		b.wants(store.CodeInternal, b.Writer.Write(leaked, func(context.Context) error { return nil }))
	})
}

// testConcurrentWrites mixes closures that succeed, fail, panic and end their
// goroutine's luck: each must get its own outcome, whoever shares its commit.
func testConcurrentWrites(t *testing.T, b *bench) {
	const callers, rounds = 16, 12
	errs := together(callers, func(caller int) (err error) {
		for round := range rounds {
			n := 1000 + caller*rounds + round
			kind := (caller + round) % 4
			outcome := b.attempt(n, kind)
			if got := outcome == nil; got != (kind == 0 || kind == 3) {
				return fmt.Errorf("step %d of kind %d: %v", n, kind, outcome)
			}
		}
		return nil
	})
	for _, err := range errs {
		b.must(err)
	}
	for caller := range callers {
		for round := range rounds {
			n := 1000 + caller*rounds + round
			kind := (caller + round) % 4
			if b.taken(n) != (kind == 0 || kind == 3) {
				t.Fatalf("step %d of kind %d: taken is %v", n, kind, b.taken(n))
			}
		}
	}
}

// attempt takes a step and then succeeds (0, 3), fails (1) or panics (2).
func (b *bench) attempt(n, kind int) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return b.Writer.Write(b.ctx, func(ctx context.Context) error {
		if err := b.Steps.Insert(ctx, b.step(n)); err != nil {
			return err
		}
		switch kind {
		case 1:
			return errProbe
		case 2:
			panic("probe")
		}
		return nil
	})
}
