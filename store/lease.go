package store

import (
	"context"
	"time"
)

// Lease is the right of one holder to do one thing for a while. Fence grows
// with each new holding; work done under a lease can carry it, so that what an
// earlier holder still sends is recognised.
type Lease struct {
	Name   string
	Holder string
	Fence  int64
	Until  time.Time
}

// Leases hands out rights: jobs, provider connections, streams.
type Leases interface {
	// Acquire takes a lease that is free, has run out at now or is the
	// holder's own; CodeConflict while another holds it. The fence grows.
	Acquire(ctx context.Context, name, holder string, now, until time.Time) (Lease, error)
	// Renew prolongs a lease; CodeConflict when it was lost.
	Renew(ctx context.Context, l Lease, now, until time.Time) (Lease, error)
	// Release gives a lease back; nothing happens when it was lost.
	Release(ctx context.Context, l Lease) error
	// Check is nil while l is held at now; within Write it also keeps others
	// from acquiring it until the transaction ends. CodeConflict when lost.
	Check(ctx context.Context, l Lease, now time.Time) error
}

// JobRun is one run of a scheduled job.
type JobRun struct {
	Job      string
	Due      time.Time // the moment the schedule names
	Holder   string
	Fence    int64
	Started  time.Time
	Finished time.Time
	Outcome  string // "", ok, failed
	Detail   string // counts and reasons, no personal data
}

// JobRuns remembers what ran.
type JobRuns interface {
	// Start records that a job runs for a due time; CodeConflict when some node
	// did already.
	Start(ctx context.Context, r JobRun) error
	// Finish records the outcome of a run that Start began.
	Finish(ctx context.Context, job string, due time.Time, outcome, detail string, at time.Time) error
	// Last gives the latest run of a job.
	Last(ctx context.Context, job string) (JobRun, error)
	// Purge deletes runs due before a time.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
