package memory

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"baro/store/session"
)

// Limiter is the in-process twin of the Redis limiter. It remembers at most a given number of keys; beyond that it
// forgets, of a few keys looked at, the one that is nearest to having its full burst again.
type Limiter struct {
	seed   maphash.Seed
	shards []limitShard
}

type limitShard struct {
	mu    sync.Mutex
	due   map[string]int64 // Unix microseconds at which all events of a key are paid off
	limit int
}

var _ session.Limiter = (*Limiter)(nil)

const evictionSample = 8

// NewLimiter returns a limiter that remembers at most limit keys (at least 1).
func NewLimiter(limit int) *Limiter {
	count := shardCount
	if limit < shardCount*minShardLimit {
		count = 1
	}
	l := &Limiter{seed: maphash.MakeSeed(), shards: make([]limitShard, count)}
	for i := range l.shards {
		l.shards[i] = limitShard{due: make(map[string]int64), limit: max(1, limit/count)}
	}
	return l
}

// Allow implements session.Limiter.
func (l *Limiter) Allow(ctx context.Context, key string, rule session.Rule, now time.Time) (session.Decision, error) {
	if err := ctx.Err(); err != nil {
		return session.Decision{}, fmt.Errorf("rate limit: %w", err)
	}
	if rule.Unlimited() {
		return session.Decision{Allowed: true}, nil
	}
	at := now.UnixMicro()
	sh := &l.shards[maphash.String(l.seed, key)%uint64(len(l.shards))]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	due, known := sh.due[key]
	if !known && len(sh.due) >= sh.limit {
		sh.evict()
	}
	next, d := rule.Take(due, at)
	sh.due[key] = next
	return d, nil
}

// Sweep forgets keys that have their full burst again, and returns how many.
func (l *Limiter) Sweep(now time.Time) int {
	removed, at := 0, now.UnixMicro()
	for i := range l.shards {
		sh := &l.shards[i]
		sh.mu.Lock()
		for key, due := range sh.due {
			if due <= at {
				delete(sh.due, key)
				removed++
			}
		}
		sh.mu.Unlock()
	}
	return removed
}

// Len is the number of keys remembered.
func (l *Limiter) Len() int {
	n := 0
	for i := range l.shards {
		l.shards[i].mu.Lock()
		n += len(l.shards[i].due)
		l.shards[i].mu.Unlock()
	}
	return n
}

func (sh *limitShard) evict() {
	victim, seen := "", 0
	for key, due := range sh.due {
		if seen == 0 || due < sh.due[victim] {
			victim = key
		}
		if seen++; seen == evictionSample {
			break
		}
	}
	delete(sh.due, victim)
}
