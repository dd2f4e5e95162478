// Package memory keeps sessions and rate limits in the process: for one node, demonstrations and tests.
package memory

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"baro/store/session"
)

// Store is a bounded map with times to live. When it is full the record that was saved longest ago makes room.
type Store struct {
	now    func() time.Time
	seed   maphash.Seed
	shards []shard
}

type shard struct {
	mu      sync.Mutex
	records map[string]*record
	oldest  record // sentinel of a ring in order of saving: oldest.next is the oldest, oldest.prev the newest
	version uint64
	limit   int
}

type record struct {
	key        string
	data       []byte // never written to once it is here: Load hands it out
	version    uint64
	expires    int64 // Unix nanoseconds
	prev, next *record
}

var _ session.Store = (*Store)(nil)

const (
	shardCount    = 64
	minShardLimit = 64 // below this many records per shard uneven hashing would evict far too early: use one shard
)

// NewStore returns a store of at most limit records (at least 1) that tells the time by now.
func NewStore(limit int, now func() time.Time) *Store {
	count := shardCount
	if limit < shardCount*minShardLimit {
		count = 1
	}
	s := &Store{now: now, seed: maphash.MakeSeed(), shards: make([]shard, count)}
	for i := range s.shards {
		sh := &s.shards[i]
		sh.records = make(map[string]*record)
		sh.oldest.prev, sh.oldest.next = &sh.oldest, &sh.oldest
		sh.limit = max(1, limit/count)
	}
	return s
}

// Load implements session.Store.
func (s *Store) Load(ctx context.Context, key string) (session.Record, error) {
	if err := ctx.Err(); err != nil {
		return session.Record{}, fmt.Errorf("load session: %w", err)
	}
	now := s.now().UnixNano()
	sh := s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.live(key, now)
	if r == nil {
		return session.Record{}, session.ErrNotFound
	}
	return session.Record{Data: r.data, Version: r.version}, nil
}

// Save implements session.Store.
func (s *Store) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("save session: %w", err)
	}
	if ttl < session.MinTTL {
		return 0, session.ErrInvalid
	}
	data = bytes.Clone(data)
	now := s.now().UnixNano()
	sh := s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.live(key, now)
	switch {
	case r == nil && expect != 0, r != nil && r.version != expect:
		return 0, session.ErrConflict
	case r == nil:
		for len(sh.records) >= sh.limit {
			sh.drop(sh.oldest.next)
		}
		r = &record{key: key}
		sh.records[key] = r
	default:
		r.unlink()
	}
	sh.version++
	r.data, r.version, r.expires = data, sh.version, now+int64(ttl)
	r.link(&sh.oldest)
	return r.version, nil
}

// Delete implements session.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	sh := s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if r := sh.records[key]; r != nil {
		sh.drop(r)
	}
	return nil
}

// Sweep removes what had expired by now and returns how many records that were. Load never shows an expired record; this
// gives their memory back.
func (s *Store) Sweep(now time.Time) int {
	removed, at := 0, now.UnixNano()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		for _, r := range sh.records {
			if r.expires <= at {
				sh.drop(r)
				removed++
			}
		}
		sh.mu.Unlock()
	}
	return removed
}

// Len is the number of records held, expired ones that were not swept included.
func (s *Store) Len() int {
	n := 0
	for i := range s.shards {
		s.shards[i].mu.Lock()
		n += len(s.shards[i].records)
		s.shards[i].mu.Unlock()
	}
	return n
}

func (s *Store) shard(key string) *shard {
	return &s.shards[maphash.String(s.seed, key)%uint64(len(s.shards))]
}

// live returns the record of key unless it has expired, in which case it is dropped.
func (sh *shard) live(key string, now int64) *record {
	r := sh.records[key]
	if r != nil && r.expires <= now {
		sh.drop(r)
		return nil
	}
	return r
}

func (sh *shard) drop(r *record) {
	r.unlink()
	delete(sh.records, r.key)
}

func (r *record) unlink() { r.prev.next, r.next.prev = r.next, r.prev }

// link puts r at the young end of the ring.
func (r *record) link(ring *record) {
	r.prev, r.next = ring.prev, ring
	ring.prev.next, ring.prev = r, r
}
