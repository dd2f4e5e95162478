// Package schedule runs recurring jobs once among all nodes: each due time belongs to the node that holds the job's
// lease and is first to record the run. A job that panics or fails is recorded and comes again at its next time.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"baro/store"
)

// A Job is one recurring task.
type Job struct {
	Name    string
	Spec    string        // five cron fields in the scheduler's zone, or @every, @hourly …
	Limit   time.Duration // hard stop of one run; its lease lasts as long
	Local   bool          // runs on every node: work on what the node itself holds in memory
	CatchUp bool          // a time missed while no node ran is made up for at start
	Run     func(ctx context.Context) (detail string, err error)
}

// Deps are what the scheduler stands on.
type Deps struct {
	Leases store.Leases
	Runs   store.JobRuns
	Holder string // this node
	Zone   *time.Location
	Now    func() time.Time
	Log    *slog.Logger
}

// Scheduler owns the jobs' goroutines.
type Scheduler struct {
	deps   Deps
	cron   *cron.Cron
	jobs   []scheduled
	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once
	wait   sync.WaitGroup
}

type scheduled struct {
	Job
	plan  cron.Schedule
	entry cron.EntryID
}

// New checks every job's specification and reports all faults at once.
func New(deps Deps, jobs ...Job) (*Scheduler, error) {
	s := &Scheduler{deps: deps, cron: cron.New(cron.WithLocation(deps.Zone))}
	var faults []error
	for _, j := range jobs {
		plan, err := Parse(j.Spec, deps.Zone, deps.Now())
		if err != nil {
			faults = append(faults, fmt.Errorf("job %s: %w", j.Name, err))
			continue
		}
		s.jobs = append(s.jobs, scheduled{Job: j, plan: plan})
	}
	return s, errors.Join(faults...)
}

// Start begins the clockwork and makes up for missed times.
func (s *Scheduler) Start(ctx context.Context) {
	s.ctx, s.cancel = context.WithCancel(ctx)
	for i := range s.jobs {
		j := &s.jobs[i]
		j.entry = s.cron.Schedule(j.plan, cron.FuncJob(func() { s.run(j, s.cron.Entry(j.entry).Prev) }))
		if due, missed := s.missed(s.ctx, j); missed {
			s.wait.Go(func() { s.run(j, due) })
		}
	}
	s.cron.Start()
}

// Stop waits for running jobs, whose context ends.
func (s *Scheduler) Stop() {
	s.once.Do(func() {
		if s.cancel == nil {
			return
		}
		s.cancel()
		<-s.cron.Stop().Done()
		s.wait.Wait()
	})
}

// missed finds the latest due time since the last recorded run.
func (s *Scheduler) missed(ctx context.Context, j *scheduled) (time.Time, bool) {
	if !j.CatchUp || j.Local {
		return time.Time{}, false
	}
	last, err := s.deps.Runs.Last(ctx, j.Name)
	if err != nil {
		return time.Time{}, false
	}
	now, due := s.deps.Now(), time.Time{}
	for t := j.plan.Next(last.Due.In(s.deps.Zone)); !t.IsZero() && !t.After(now); t = j.plan.Next(t) {
		due = t
	}
	return due, !due.IsZero()
}

func (s *Scheduler) run(j *scheduled, due time.Time) {
	ctx, cancel := context.WithTimeout(s.ctx, j.Limit)
	defer cancel()
	if j.Local {
		s.report(j, due, func() (string, error) { return guarded(ctx, j.Run) })
		return
	}
	now := s.deps.Now()
	lease, err := s.deps.Leases.Acquire(ctx, "job:"+j.Name, s.deps.Holder, now, now.Add(j.Limit))
	if err != nil {
		s.skipped(j, err)
		return
	}
	defer func() { _ = s.deps.Leases.Release(context.WithoutCancel(ctx), lease) }()
	err = s.deps.Runs.Start(ctx, store.JobRun{
		Job: j.Name, Due: due, Holder: s.deps.Holder, Fence: lease.Fence, Started: now,
	})
	if err != nil {
		s.skipped(j, err)
		return
	}
	s.report(j, due, func() (string, error) { return guarded(ctx, j.Run) })
}

// skipped notes what kept a job from running; another node having it is the ordinary case.
func (s *Scheduler) skipped(j *scheduled, err error) {
	if store.CodeOf(err) != store.CodeConflict {
		s.deps.Log.Error("job not started", "job", j.Name, "error", err)
	}
}

func (s *Scheduler) report(j *scheduled, due time.Time, run func() (string, error)) {
	detail, err := run()
	outcome := "ok"
	if err != nil {
		outcome, detail = "failed", err.Error()
		s.deps.Log.Error("job failed", "job", j.Name, "error", err)
	} else if detail != "" {
		s.deps.Log.Info("job done", "job", j.Name, "detail", detail)
	}
	if j.Local {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
	defer cancel()
	if err := s.deps.Runs.Finish(ctx, j.Name, due, outcome, detail, s.deps.Now()); err != nil {
		s.deps.Log.Error("job outcome not recorded", "job", j.Name, "error", err)
	}
}

// guarded turns a panic of a job into its failure.
func guarded(ctx context.Context, run func(context.Context) (string, error)) (detail string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return run(ctx)
}
