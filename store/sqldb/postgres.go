package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"baro/store"
)

const (
	// postgresAttempts bounds how often a transaction that lost a race is run.
	postgresAttempts = 8
	// postgresPause is the wait before the second attempt; each later one waits
	// one pause more.
	postgresPause = 3 * time.Millisecond
	// postgresPipeline bounds the statements sent ahead of their answers.
	postgresPipeline = 1000
)

// postgres is an ordinary pool; pgx prepares each text once per connection.
type postgres struct {
	db *sql.DB
}

func openPostgres(ctx context.Context, url string, opts Options) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The parser's message may quote the address with its password.
		return nil, store.NewError(store.CodeInvalid, "read database address", "the postgres address is malformed")
	}
	// Compiling a plan takes longer than any of our statements runs.
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET jit = off")
		return err
	}))
	size := opts.Readers
	if size <= 0 {
		size = 16
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("connect: %w", withoutAddress(err))
	}
	return &postgres{db: db}, nil
}

// withoutAddress keeps the server's own answer and drops pgx's connection
// message, which names user, host and database.
func withoutAddress(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return store.NewError(store.CodeUnavailable, "connect", "the server cannot be reached")
}

func (p *postgres) dialect() dialect { return dialectPostgres }
func (p *postgres) pool() runner     { return postgresPool{p.db} }

func (p *postgres) ping(ctx context.Context) error { return p.db.PingContext(ctx) }
func (p *postgres) close() error                   { return p.db.Close() }

func (p *postgres) migrationDB(context.Context) (*sql.DB, func() error, error) {
	return p.db, func() error { return nil }, nil // the lock is goose's session lock
}

func (p *postgres) transact(ctx context.Context, fn func(ctx context.Context, r runner) error) error {
	for attempt := 1; ; attempt++ {
		err := p.attempt(ctx, fn)
		if err == nil || !lostRace(err) || attempt == postgresAttempts {
			return err
		}
		pause := time.NewTimer(time.Duration(attempt) * postgresPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

func (p *postgres) attempt(ctx context.Context, fn func(ctx context.Context, r runner) error) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // also when fn panics; nothing after a commit
	if err := fn(ctx, &postgresTx{conn: conn, tx: tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// postgresTx runs statements in a transaction; conn is the connection under tx,
// for pipelines.
type postgresTx struct {
	conn *sql.Conn
	tx   *sql.Tx
}

func (t *postgresTx) exec(ctx context.Context, q *query, args ...any) (int64, error) {
	return affected(t.tx.ExecContext(ctx, q.text, args...))
}

func (t *postgresTx) rows(ctx context.Context, q *query, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, q.text, args...)
}

func (t *postgresTx) control(ctx context.Context, text string) error {
	_, err := t.tx.ExecContext(ctx, text)
	return err
}

func (t *postgresTx) many(ctx context.Context, q *query, args [][]any, each func(i int, row scanner) error) (n int64, err error) {
	err = t.conn.Raw(func(driverConn any) error {
		conn := driverConn.(*stdlib.Conn).Conn()
		for from := 0; from < len(args); from += postgresPipeline {
			part := args[from:min(from+postgresPipeline, len(args))]
			done, err := pipeline(ctx, conn, q, part, func(i int, row scanner) error { return each(from+i, row) }, each != nil)
			if err != nil {
				return err
			}
			n += done
		}
		return nil
	})
	return n, err
}

// pipeline sends all statements before it reads the first answer.
func pipeline(ctx context.Context, conn *pgx.Conn, q *query, args [][]any, each func(i int, row scanner) error, read bool) (n int64, err error) {
	batch := &pgx.Batch{}
	for _, a := range args {
		batch.Queue(q.text, a...)
	}
	results := conn.SendBatch(ctx, batch)
	defer func() {
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
	}()
	for i := range args {
		if !read {
			tag, err := results.Exec()
			if err != nil {
				return n, err
			}
			n += tag.RowsAffected()
			continue
		}
		rows, err := results.Query()
		if err != nil {
			return n, err
		}
		for rows.Next() {
			if err := each(i, rows); err != nil {
				rows.Close()
				return n, err
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return n, err
		}
		n += rows.CommandTag().RowsAffected()
	}
	return n, nil
}

// postgresPool runs single statements, each its own transaction.
type postgresPool struct {
	db *sql.DB
}

func (p postgresPool) exec(ctx context.Context, q *query, args ...any) (int64, error) {
	return affected(p.db.ExecContext(ctx, q.text, args...))
}

func (p postgresPool) rows(ctx context.Context, q *query, args ...any) (*sql.Rows, error) {
	return p.db.QueryContext(ctx, q.text, args...)
}

func (p postgresPool) many(context.Context, *query, [][]any, func(int, scanner) error) (int64, error) {
	return 0, errNeedsTransaction()
}

func (p postgresPool) control(context.Context, string) error { return errNeedsTransaction() }

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func errNeedsTransaction() error {
	return store.NewError(store.CodeInternal, "run statement", "it belongs in a transaction")
}
