package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// ConsoleSessions keeps the browsers that people signed in with.
type ConsoleSessions struct{ db *DB }

var _ store.ConsoleSessions = (*ConsoleSessions)(nil)

// ConsoleSessions gives the contract for sessions of the console.
func (db *DB) ConsoleSessions() *ConsoleSessions { return &ConsoleSessions{db} }

func (c *ConsoleSessions) Insert(ctx context.Context, s store.ConsoleSession) error {
	_, err := c.db.exec(ctx, "insert console session", "console_session_insert", s.Hash[:], s.Account, string(s.Stage), s.Agent,
		micros(s.Created), micros(s.Seen), micros(s.Expires))
	return err
}

func (c *ConsoleSessions) Find(ctx context.Context, hash [32]byte) (store.ConsoleSession, error) {
	return one(ctx, c.db, "find console session", "console_session_find", scanConsoleSession, hash[:])
}

func (c *ConsoleSessions) Seen(ctx context.Context, hash [32]byte, at time.Time) error {
	_, err := c.db.exec(ctx, "note console session", "console_session_seen", hash[:], micros(at))
	return err
}

func (c *ConsoleSessions) List(ctx context.Context, account int64) ([]store.ConsoleSession, error) {
	return list(ctx, c.db, "list console sessions", "console_session_list", scanConsoleSession, account)
}

func (c *ConsoleSessions) Delete(ctx context.Context, account, id int64) error {
	const op = "delete console session"
	n, err := c.db.exec(ctx, op, "console_session_delete", account, id)
	if err == nil && n == 0 {
		return &store.Error{Code: store.CodeNotFound, Op: op}
	}
	return err
}

func (c *ConsoleSessions) Purge(ctx context.Context, now, seenBefore time.Time) (int64, error) {
	return c.db.exec(ctx, "purge console sessions", "console_session_purge", micros(now), micros(seenBefore))
}

func scanConsoleSession(row scanner) (s store.ConsoleSession, err error) {
	err = row.Scan(&s.ID, asBytes{s.Hash[:]}, &s.Account, &s.Stage, &s.Agent, asTime{&s.Created}, asTime{&s.Seen}, asTime{&s.Expires})
	return s, err
}
