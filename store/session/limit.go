package session

import (
	"context"
	"time"
)

// Rule allows Events in each Per on average, and up to Burst at once. The zero Rule, like any without Events or Per,
// limits nothing.
type Rule struct {
	Events int
	Per    time.Duration
	Burst  int // below 1 is taken as 1
}

// Decision is the answer of a Limiter.
type Decision struct {
	Allowed    bool
	Remaining  int           // events that would be allowed right now after this one
	RetryAfter time.Duration // when refused: how long until one event is allowed again
}

// Limiter counts events per key against a rule. A refused event counts nothing, so that someone who keeps dialling is
// served again as soon as their rate allows.
type Limiter interface {
	Allow(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error)
}

// Unlimited reports whether the rule limits nothing.
func (r Rule) Unlimited() bool { return r.Events <= 0 || r.Per <= 0 }

// Cost is the time that one event uses up, and Depth what a full burst does, both in whole microseconds: the unit in
// which every implementation counts, small enough that Redis' floating point numbers hold a date exactly.
func (r Rule) Cost() int64 { return max(1, r.Per.Microseconds()/int64(r.Events)) }

// Depth: see Cost.
func (r Rule) Depth() int64 { return r.Cost() * int64(max(1, r.Burst)) }

// Take is the generic cell rate algorithm (ITU-T I.371 annex A) in its virtual scheduling form. due is the stored time
// at which everything allowed so far is paid off and now the present one, both in Unix microseconds. It returns the time
// to store.
//
// A due date further ahead than a full burst can only come from a clock that ran ahead of this one. It counts as a full
// burst: otherwise a clock set back by an hour would shut people out for an hour.
func (r Rule) Take(due, now int64) (next int64, d Decision) {
	cost, depth := r.Cost(), r.Depth()
	due = min(max(due, now), now+depth)
	if due+cost-now > depth {
		return due, r.Decide(false, due-now)
	}
	return due + cost, r.Decide(true, due+cost-now)
}

// Decide turns the backlog after a decision, in microseconds, into the answer.
func (r Rule) Decide(allowed bool, backlog int64) Decision {
	cost, depth := r.Cost(), r.Depth()
	if !allowed {
		return Decision{RetryAfter: time.Duration(backlog+cost-depth) * time.Microsecond}
	}
	return Decision{Allowed: true, Remaining: int((depth - backlog) / cost)}
}
