package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// JobRuns remembers what ran.
type JobRuns struct{ db *DB }

var _ store.JobRuns = (*JobRuns)(nil)

// JobRuns gives the contract for runs of jobs.
func (db *DB) JobRuns() *JobRuns { return &JobRuns{db} }

func (j *JobRuns) Start(ctx context.Context, r store.JobRun) error {
	const op = "start job run"
	n, err := j.db.exec(ctx, op, "job_start", r.Job, micros(r.Due), r.Holder, r.Fence, micros(r.Started))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the run has begun elsewhere")
	}
	return err
}

func (j *JobRuns) Finish(ctx context.Context, job string, due time.Time, outcome, detail string, at time.Time) error {
	const op = "finish job run"
	n, err := j.db.exec(ctx, op, "job_finish", job, micros(due), micros(at), outcome, detail)
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "no such run is under way")
	}
	return err
}

func (j *JobRuns) Last(ctx context.Context, job string) (store.JobRun, error) {
	return one(ctx, j.db, "get last job run", "job_last", func(row scanner) (r store.JobRun, err error) {
		err = row.Scan(&r.Job, asTime{&r.Due}, &r.Holder, &r.Fence, asTime{&r.Started}, asTime{&r.Finished}, &r.Outcome, &r.Detail)
		return r, err
	}, job)
}

func (j *JobRuns) Purge(ctx context.Context, before time.Time) (int64, error) {
	return j.db.exec(ctx, "purge job runs", "job_purge", micros(before))
}
