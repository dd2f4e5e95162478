package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	modernc "modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"baro/store"
)

// translate wraps an error with its operation and gives it a store code. An
// error that has one already passes unchanged, so that the innermost operation
// is the one that is named. Driver messages name constraints and columns, never
// values.
func translate(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *store.Error
	if errors.As(err, &known) {
		return err
	}
	return &store.Error{Code: codeOf(err), Op: op, Err: err}
}

func codeOf(err error) store.Code {
	var lite *modernc.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.CodeNotFound
	case errors.As(err, &lite):
		return sqliteCode(lite.Code())
	case errors.As(err, &pg):
		return postgresCode(pg.Code)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.As(err, &connect), errors.As(err, &network):
		return store.CodeUnavailable
	}
	return store.CodeInternal
}

// sqliteCode follows https://www.sqlite.org/rescode.html.
func sqliteCode(code int) store.Code {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return store.CodeConflict
	case sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		return store.CodeDenied
	}
	switch code & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE:
		return store.CodeInvalid
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM:
		return store.CodeUnavailable
	}
	return store.CodeInternal
}

// postgresCode follows the SQLSTATE list of PostgreSQL, appendix A.
func postgresCode(state string) store.Code {
	switch state {
	case "23505": // unique_violation
		return store.CodeConflict
	case "23000": // integrity_constraint_violation, raised by the audit triggers
		return store.CodeDenied
	case "40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03":
		return store.CodeUnavailable
	}
	switch state[:min(2, len(state))] {
	case "22", "23":
		return store.CodeInvalid
	case "08", "53", "58", "28", "3D":
		return store.CodeUnavailable
	}
	return store.CodeInternal
}

// lostRace tells that PostgreSQL asks for the transaction to be run again.
func lostRace(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func errScopeOver() error {
	return store.NewError(store.CodeInternal, "join transaction", "the transaction of this context is over")
}
