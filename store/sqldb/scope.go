package sqldb

import (
	"context"
	"strconv"
	"sync/atomic"
)

// scopeKey holds the database, so that transactions of two databases can travel
// in one context.
type scopeKey struct{ db *DB }

// scope is a transaction as it travels in a context.
type scope struct {
	runner runner
	depth  int
	ended  atomic.Bool
}

func (db *DB) scope(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{db}).(*scope)
	return s
}

func (s *scope) end()       { s.ended.Store(true) }
func (s *scope) over() bool { return s.ended.Load() }

// nested runs fn inside a savepoint, so that its failure undoes its own part
// only and leaves PostgreSQL's transaction usable.
func (s *scope) nested(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if s.over() {
		return errScopeOver()
	}
	s.depth++
	defer func() { s.depth-- }()
	name := "nested_" + strconv.Itoa(s.depth)
	if err := s.runner.control(ctx, "SAVEPOINT "+name); err != nil {
		return translate("write", err)
	}
	returned := false
	defer func() {
		if !returned { // a panic passes through: undo, and let it go on
			_ = s.undo(ctx, name)
		}
	}()
	err = fn(ctx)
	returned = true
	if err != nil {
		if undoErr := s.undo(ctx, name); undoErr != nil {
			return translate("write", undoErr)
		}
		return err
	}
	return translate("write", s.runner.control(ctx, "RELEASE SAVEPOINT "+name))
}

func (s *scope) undo(ctx context.Context, name string) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.runner.control(ctx, "ROLLBACK TO SAVEPOINT "+name); err != nil {
		return err
	}
	return s.runner.control(ctx, "RELEASE SAVEPOINT "+name)
}
