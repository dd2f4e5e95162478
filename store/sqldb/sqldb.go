// Package sqldb keeps baro's records in SQLite or PostgreSQL. Both engines run
// the same SQL from queries/*.sql and migrations/*.sql; where they must differ
// the file says so. Driver errors become store codes here and nowhere else.
package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"baro/store"
)

// Options are what a database needs besides its address. The zero value is
// usable.
type Options struct {
	// Now is the clock for times the store sets by itself; time.Now by default.
	Now func() time.Time
	// Rand is the source of case numbers; crypto/rand by default.
	Rand io.Reader
	// Readers bounds open connections: readers on SQLite (4 by default), all
	// connections on PostgreSQL (16 by default).
	Readers int
	// BusyTimeout is how long SQLite waits for another process's lock; 5 s by
	// default.
	BusyTimeout time.Duration
}

// engine is what the two databases do differently.
type engine interface {
	dialect() dialect
	// transact runs fn in the outermost transaction and returns after the
	// commit.
	transact(ctx context.Context, fn func(ctx context.Context, r runner) error) error
	// pool runs statements outside a transaction; on SQLite reads only.
	pool() runner
	// migrationDB opens the handle migrations run on, under a lock that keeps
	// other processes out until release.
	migrationDB(ctx context.Context) (db *sql.DB, release func() error, err error)
	ping(ctx context.Context) error
	close() error
}

// DB is an open database. Its accessors give one contract each.
type DB struct {
	engine  engine
	queries map[string]*query
	now     func() time.Time
	rand    io.Reader
}

var _ store.Writer = (*DB)(nil)

// Open connects to sqlite:PATH or postgres://…; it neither creates nor changes
// tables (see Migrate). The address may hold a password and is in no error.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.BusyTimeout == 0 {
		opts.BusyTimeout = 5 * time.Second
	}
	var eng engine
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		eng, err = openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"), opts)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		eng, err = openPostgres(ctx, url, opts)
	default:
		return nil, store.NewError(store.CodeInvalid, "open database", "the address begins with neither sqlite: nor postgres://")
	}
	if err != nil {
		return nil, translate("open database", err)
	}
	queries, err := loadQueries(eng.dialect())
	if err != nil {
		_ = eng.close()
		return nil, err
	}
	return &DB{engine: eng, queries: queries, now: opts.Now, rand: opts.Rand}, nil
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return translate("ping database", db.engine.ping(ctx))
}

// Close lets transactions that have begun finish (on SQLite it waits for them
// and for those queued), refuses others and closes every connection. Closing
// twice is harmless.
func (db *DB) Close() error {
	return translate("close database", db.engine.close())
}

// Dialect names the engine, "sqlite" or "postgres".
func (db *DB) Dialect() string { return string(db.engine.dialect()) }

// Write runs fn in a transaction; see store.Writer.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context) error) error {
	if s := db.scope(ctx); s != nil {
		return s.nested(ctx, fn)
	}
	err := db.engine.transact(ctx, func(ctx context.Context, r runner) error {
		s := &scope{runner: r}
		defer s.end()
		return fn(context.WithValue(ctx, scopeKey{db}, s))
	})
	return translate("write", err)
}

// change runs one writing statement: in the transaction of ctx, in a group
// commit on SQLite, by itself on PostgreSQL.
func (db *DB) change(ctx context.Context, fn func(ctx context.Context) error) error {
	if db.scope(ctx) != nil || db.engine.dialect() == dialectPostgres {
		return fn(ctx)
	}
	return db.Write(ctx, fn)
}

// runner gives the runner of the transaction in ctx, or the pool.
func (db *DB) runner(ctx context.Context) (runner, error) {
	s := db.scope(ctx)
	if s == nil {
		return db.engine.pool(), nil
	}
	if s.over() {
		return nil, errScopeOver()
	}
	return s.runner, nil
}

// q gives a query by name. A missing one is a defect of the build; a test
// compares the names used with those defined.
func (db *DB) q(name string) *query {
	q, ok := db.queries[name]
	if !ok {
		panic(fmt.Sprintf("sqldb: no query %q", name))
	}
	return q
}
