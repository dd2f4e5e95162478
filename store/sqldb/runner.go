package sqldb

import (
	"context"
	"database/sql"

	"baro/store"
)

// runner carries statements to a connection or a pool.
type runner interface {
	// exec runs a statement and tells how many rows it touched.
	exec(ctx context.Context, q *query, args ...any) (int64, error)
	// rows runs a statement that answers with rows.
	rows(ctx context.Context, q *query, args ...any) (*sql.Rows, error)
	// many runs one statement for each list of arguments, in one round trip
	// where the engine can. each, if not nil, gets the rows statement i answers
	// with. It tells how many rows were touched.
	many(ctx context.Context, q *query, args [][]any, each func(i int, row scanner) error) (int64, error)
	// control runs a savepoint command.
	control(ctx context.Context, text string) error
}

// scanner is a row being read.
type scanner interface {
	Scan(dest ...any) error
}

// list runs a query and reads every row with scan.
func list[T any](ctx context.Context, db *DB, op, name string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	r, err := db.runner(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := r.rows(ctx, db.q(name), args...)
	if err != nil {
		return nil, translate(op, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, translate(op, err)
		}
		all = append(all, one)
	}
	return all, translate(op, rows.Err())
}

// one runs a query for a single row; CodeNotFound without one.
func one[T any](ctx context.Context, db *DB, op, name string, scan func(scanner) (T, error), args ...any) (T, error) {
	all, err := list(ctx, db, op, name, scan, args...)
	var none T
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, &store.Error{Code: store.CodeNotFound, Op: op}
	}
	return all[0], nil
}

// exec runs one writing statement and tells how many rows it touched.
func (db *DB) exec(ctx context.Context, op, name string, args ...any) (n int64, err error) {
	err = db.change(ctx, func(ctx context.Context) error {
		r, err := db.runner(ctx)
		if err != nil {
			return err
		}
		n, err = r.exec(ctx, db.q(name), args...)
		return translate(op, err)
	})
	return n, err
}

// insert runs one writing statement that answers with the row's key;
// CodeConflict when it answers nothing (ON CONFLICT DO NOTHING).
func (db *DB) insert(ctx context.Context, op, name string, args ...any) (id int64, err error) {
	err = db.change(ctx, func(ctx context.Context) error {
		id, err = one(ctx, db, op, name, scanInt64, args...)
		if store.CodeOf(err) == store.CodeNotFound {
			return &store.Error{Code: store.CodeConflict, Op: op}
		}
		return err
	})
	return id, err
}

// many runs a writing statement for each list of arguments, in a transaction of
// its own if ctx carries none. A method that lets its caller go on after an
// error calls it within Write.
func (db *DB) many(ctx context.Context, op, name string, args [][]any, each func(i int, row scanner) error) (n int64, err error) {
	if db.scope(ctx) == nil {
		err = db.Write(ctx, func(ctx context.Context) error {
			n, err = db.many(ctx, op, name, args, each)
			return err
		})
		return n, err
	}
	r, err := db.runner(ctx)
	if err != nil {
		return 0, err
	}
	n, err = r.many(ctx, db.q(name), args, each)
	return n, translate(op, err)
}

func scanInt64(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

func scanString(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}
