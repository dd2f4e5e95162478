// Package failover lets a single node go on in process while its session server is away. Several nodes must not: they
// would each continue a dialogue of their own, so there the failure is passed on and dialogues end politely.
package failover

import (
	"context"
	"errors"
	"time"

	"baro/store/session"
)

// Store asks the server, and the node's own memory when the server cannot be reached and no other node is alive. A
// dialogue that was saved in memory stays there to its end, a few minutes, also after the server has come back.
type Store struct {
	server session.Store
	local  session.Store
	alone  func() bool
}

var _ session.Store = (*Store)(nil)

// New joins a server and the memory of this node. alone reports whether this is the only live node; it must answer at
// once, from what is known already.
func New(server, local session.Store, alone func() bool) *Store {
	return &Store{server: server, local: local, alone: alone}
}

// Load returns the record where it lives.
func (s *Store) Load(ctx context.Context, key string) (session.Record, error) {
	if rec, err := s.local.Load(ctx, key); err == nil {
		return rec, nil
	}
	rec, err := s.server.Load(ctx, key)
	if away(ctx, err) && s.alone() {
		return session.Record{}, session.ErrNotFound // what the server holds is out of reach: the dialogue is lost
	}
	return rec, err
}

// Save keeps a record where it lives; a new one goes into memory while the server is away.
func (s *Store) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	if _, err := s.local.Load(ctx, key); err == nil {
		return s.local.Save(ctx, key, data, expect, ttl)
	}
	version, err := s.server.Save(ctx, key, data, expect, ttl)
	if away(ctx, err) && s.alone() {
		return s.local.Save(ctx, key, data, 0, ttl)
	}
	return version, err
}

// Delete removes the record everywhere.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.local.Delete(ctx, key); err != nil {
		return err
	}
	err := s.server.Delete(ctx, key)
	if away(ctx, err) && s.alone() {
		return nil
	}
	return err
}

// away tells that the server could not be asked, while the caller still waits.
func away(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !errors.Is(err, session.ErrNotFound) && !errors.Is(err, session.ErrConflict) && !errors.Is(err, session.ErrInvalid)
}
