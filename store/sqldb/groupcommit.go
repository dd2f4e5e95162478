package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"baro/store"
)

// groupLimit bounds the closures that share a commit, so that the first of them
// is not kept waiting by the stream of those that follow.
const groupLimit = 256

// ClosurePanic is what Write panics with when a closure panicked on the writer
// goroutine of SQLite; the caller's own stack would not show where.
type ClosurePanic struct {
	Value any
	Stack []byte
}

func (p *ClosurePanic) Error() string { return fmt.Sprintf("panic in transaction: %v", p.Value) }

// job is one closure on its way through the writer.
type job struct {
	ctx      context.Context
	fn       func(ctx context.Context, r runner) error
	taken    atomic.Bool // by the writer, or by a caller who gave up
	err      error
	panicked *ClosurePanic
	done     chan struct{}
}

// groupWriter is the one goroutine that writes. It runs the closures of many
// callers in one transaction, each in its own savepoint, and answers all of
// them after the commit: one fsync serves everybody who came meanwhile.
type groupWriter struct {
	conn    *sqliteConn
	jobs    chan *job
	closing chan struct{}
	exited  chan struct{}
	once    sync.Once
}

func newGroupWriter(conn *sqliteConn) *groupWriter {
	w := &groupWriter{
		conn:    conn,
		jobs:    make(chan *job, groupLimit),
		closing: make(chan struct{}),
		exited:  make(chan struct{}),
	}
	go w.run()
	return w
}

// do hands a closure to the writer and waits for its commit.
func (w *groupWriter) do(ctx context.Context, fn func(ctx context.Context, r runner) error) error {
	if err := ctx.Err(); err != nil {
		return err // a select with room in the queue may overlook it
	}
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case <-w.closing:
		return errClosed()
	default:
	}
	select {
	case w.jobs <- j:
	case <-w.closing:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-j.done
	case <-w.exited:
		// The job may have entered the queue after the last look at it.
		if j.taken.CompareAndSwap(false, true) {
			return errClosed()
		}
		<-j.done
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

// close lets queued closures finish and stops the goroutine.
func (w *groupWriter) close() {
	w.once.Do(func() { close(w.closing) })
	<-w.exited
}

func (w *groupWriter) run() {
	finished := false
	defer func() {
		if finished {
			close(w.exited)
			return
		}
		go w.run() // a closure ended its goroutine (runtime.Goexit): carry on
	}()
	for {
		select {
		case j := <-w.jobs:
			w.group(j)
		case <-w.closing:
			for {
				select {
				case j := <-w.jobs:
					w.group(j)
					continue
				default:
				}
				break
			}
			_ = w.conn.conn.Close()
			finished = true
			return
		}
	}
}

// group runs first and whoever else is waiting in one transaction.
func (w *groupWriter) group(first *job) {
	var members []*job
	committed := false
	outcome := store.NewError(store.CodeUnavailable, "write", "another closure ended the writer's goroutine")
	defer func() {
		// Reached with committed false on failure and on runtime.Goexit alike.
		if !committed {
			_ = w.conn.control(context.Background(), "ROLLBACK")
		}
		for _, j := range members {
			if !committed && j.panicked == nil && j.err == nil {
				j.err = outcome
			}
			close(j.done)
		}
	}()
	ctx := context.Background()
	begun := false
	for j := first; j != nil; j = w.next(len(members)) {
		if !j.taken.CompareAndSwap(false, true) {
			continue // its caller gave up
		}
		members = append(members, j)
		if !begun {
			if err := w.conn.control(ctx, "BEGIN IMMEDIATE"); err != nil {
				outcome = groupError("begin", err)
				return
			}
			begun = true
		}
		if err := w.member(ctx, j); err != nil {
			outcome = groupError("savepoint", err)
			return
		}
	}
	if !begun {
		committed = true
		return
	}
	if err := w.conn.control(ctx, "COMMIT"); err != nil {
		outcome = groupError("commit", err)
		return
	}
	committed = true
}

// next gives a waiting job, or nil when there is none or the group is full.
func (w *groupWriter) next(size int) *job {
	if size >= groupLimit {
		return nil
	}
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// member runs one closure in a savepoint. What it returns is an error of the
// transaction itself, which ends the whole group; the closure's own stays in j.
func (w *groupWriter) member(ctx context.Context, j *job) error {
	if err := w.conn.control(ctx, "SAVEPOINT member"); err != nil {
		return err
	}
	j.call(w.conn)
	if j.err != nil || j.panicked != nil {
		if err := w.conn.control(ctx, "ROLLBACK TO SAVEPOINT member"); err != nil {
			return err
		}
	}
	return w.conn.control(ctx, "RELEASE SAVEPOINT member")
}

func (j *job) call(r runner) {
	defer func() {
		if v := recover(); v != nil {
			j.panicked = &ClosurePanic{Value: v, Stack: debug.Stack()}
		}
	}()
	j.err = j.fn(j.ctx, r)
}

func groupError(step string, err error) *store.Error {
	var wrapped *store.Error
	if errors.As(translate("write: "+step, err), &wrapped) {
		return wrapped
	}
	return store.NewError(store.CodeInternal, "write", step)
}

func errClosed() error {
	return store.NewError(store.CodeUnavailable, "write", "the database is closing")
}
