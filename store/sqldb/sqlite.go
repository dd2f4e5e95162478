package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"sync"
	"time"

	"baro/store"
)

// sqlite is one writing connection and a pool of readers on one file in WAL
// mode. Readers see what was committed last and never wait for the writer.
type sqlite struct {
	path    string
	busy    time.Duration
	writeDB *sql.DB
	writer  *groupWriter
	readers *sqlitePool
}

func openSQLite(ctx context.Context, path string, opts Options) (*sqlite, error) {
	if path == "" || path == ":memory:" {
		return nil, store.NewError(store.CodeInvalid, "read database address", "sqlite needs the path of a file")
	}
	s := &sqlite{path: path, busy: opts.BusyTimeout}
	var err error
	if s.writeDB, err = sql.Open("sqlite", sqliteDSN(path, opts.BusyTimeout, false)); err != nil {
		return nil, err
	}
	s.writeDB.SetMaxOpenConns(1)
	conn, err := s.writeDB.Conn(ctx)
	if err != nil {
		_ = s.writeDB.Close()
		return nil, err
	}
	readDB, err := sql.Open("sqlite", sqliteDSN(path, opts.BusyTimeout, true))
	if err != nil {
		_ = s.writeDB.Close()
		return nil, err
	}
	size := opts.Readers
	if size <= 0 {
		size = 4
	}
	readDB.SetMaxOpenConns(size)
	readDB.SetMaxIdleConns(size)
	s.readers = &sqlitePool{db: readDB, prepared: make(map[*query]*sql.Stmt)}
	s.writer = newGroupWriter(&sqliteConn{conn: conn, prepared: make(map[string]*sql.Stmt)})
	return s, nil
}

// sqliteDSN sets, for every connection: WAL, an fsync per commit (an
// acknowledged message must survive a power cut), foreign keys, the wait for
// other processes, and BEGIN IMMEDIATE, because a transaction that reads first
// and writes later is refused at once when another wrote in between. Temporary
// data stays in files: an in-memory statement journal is walked from its start
// by every statement of a long transaction, which makes imports quadratic.
func sqliteDSN(path string, busy time.Duration, readOnly bool) string {
	v := url.Values{}
	v.Set("_txlock", "immediate")
	v.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()))
	v.Add("_pragma", "journal_mode(WAL)")
	v.Add("_pragma", "synchronous(FULL)")
	v.Add("_pragma", "foreign_keys(1)")
	v.Add("_pragma", "cache_size(-16000)")
	if readOnly {
		v.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func (s *sqlite) dialect() dialect { return dialectSQLite }
func (s *sqlite) pool() runner     { return s.readers }

func (s *sqlite) transact(ctx context.Context, fn func(ctx context.Context, r runner) error) error {
	return s.writer.do(ctx, fn)
}

func (s *sqlite) ping(ctx context.Context) error { return s.readers.db.PingContext(ctx) }

func (s *sqlite) close() error {
	s.writer.close()
	readErr := s.readers.close()
	if err := s.writeDB.Close(); err != nil {
		return err
	}
	return readErr
}

// sqliteConn runs statements on the writing connection. Each text is prepared
// once; the lock is for closures that start goroutines of their own.
type sqliteConn struct {
	conn     *sql.Conn
	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

// statement leaves the deadline of ctx out of what the driver sees: SQLite
// answers an interrupted write by rolling back the whole transaction, and with
// it the work of everybody who shares the commit.
func (c *sqliteConn) statement(ctx context.Context, text string) (context.Context, *sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	ctx = context.WithoutCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if stmt, ok := c.prepared[text]; ok {
		return ctx, stmt, nil
	}
	stmt, err := c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	c.prepared[text] = stmt
	return ctx, stmt, nil
}

func (c *sqliteConn) exec(ctx context.Context, q *query, args ...any) (int64, error) {
	ctx, stmt, err := c.statement(ctx, q.text)
	if err != nil {
		return 0, err
	}
	return affected(stmt.ExecContext(ctx, args...))
}

func (c *sqliteConn) rows(ctx context.Context, q *query, args ...any) (*sql.Rows, error) {
	ctx, stmt, err := c.statement(ctx, q.text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *sqliteConn) control(ctx context.Context, text string) error {
	ctx, stmt, err := c.statement(context.WithoutCancel(ctx), text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx)
	return err
}

func (c *sqliteConn) many(ctx context.Context, q *query, args [][]any, each func(i int, row scanner) error) (n int64, err error) {
	for i, a := range args {
		if each == nil {
			done, err := c.exec(ctx, q, a...)
			if err != nil {
				return n, err
			}
			n += done
			continue
		}
		done, err := c.eachRow(ctx, q, a, func(row scanner) error { return each(i, row) })
		if err != nil {
			return n, err
		}
		n += done
	}
	return n, nil
}

func (c *sqliteConn) eachRow(ctx context.Context, q *query, args []any, each func(row scanner) error) (n int64, err error) {
	rows, err := c.rows(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// sqlitePool runs reads outside a transaction.
type sqlitePool struct {
	db       *sql.DB
	mu       sync.RWMutex
	prepared map[*query]*sql.Stmt
}

func (p *sqlitePool) rows(ctx context.Context, q *query, args ...any) (*sql.Rows, error) {
	p.mu.RLock()
	stmt := p.prepared[q]
	p.mu.RUnlock()
	if stmt == nil {
		var err error
		if stmt, err = p.prepare(ctx, q); err != nil {
			return nil, err
		}
	}
	return stmt.QueryContext(ctx, args...)
}

func (p *sqlitePool) prepare(ctx context.Context, q *query) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if stmt := p.prepared[q]; stmt != nil {
		return stmt, nil
	}
	stmt, err := p.db.PrepareContext(ctx, q.text)
	if err != nil {
		return nil, err
	}
	p.prepared[q] = stmt
	return stmt, nil
}

func (p *sqlitePool) exec(context.Context, *query, ...any) (int64, error) {
	return 0, errNeedsTransaction()
}

func (p *sqlitePool) many(context.Context, *query, [][]any, func(int, scanner) error) (int64, error) {
	return 0, errNeedsTransaction()
}

func (p *sqlitePool) control(context.Context, string) error { return errNeedsTransaction() }

func (p *sqlitePool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.prepared)
	return p.db.Close()
}
