package schedule

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"baro/store/sqldb"
)

func bamako(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Bamako")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestParseRefusesWhatNeverFiresOrPanics(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	for spec, want := range map[string]error{
		"TZ=": ErrZone, "CRON_TZ=Africa/Bamako 0 9 * * *": ErrZone, "0 0 31 2 *": ErrNever, "0 9 1 * 1": ErrBoth,
	} {
		if _, err := Parse(spec, bamako(t), now); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, want %v", spec, err, want)
		}
	}
	for _, spec := range []string{"", "* * *", "61 * * * *", "@sometimes"} {
		if _, err := Parse(spec, bamako(t), now); err == nil {
			t.Errorf("Parse(%q) is accepted", spec)
		}
	}
	plan, err := Parse("0 9 * * 5", bamako(t), now)
	if err != nil {
		t.Fatal(err)
	}
	if next := plan.Next(now.In(bamako(t))); next.Weekday() != time.Friday || next.Hour() != 9 {
		t.Errorf("next run is %v", next)
	}
}

func open(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "jobs.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestOneDueTimeRunsOnceAmongNodes(t *testing.T) {
	db := open(t)
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	var runs atomic.Int32
	job := Job{Name: "sweep", Spec: "@every 1h", Limit: time.Minute, Run: func(context.Context) (string, error) {
		runs.Add(1)
		return "swept 0", nil
	}}
	for _, node := range []string{"a", "b", "c"} {
		s := nodeOf(t, db, node, now, job)
		s.run(&s.jobs[0], now)
	}
	if runs.Load() != 1 {
		t.Fatalf("the job ran %d times", runs.Load())
	}
	last, err := db.JobRuns().Last(t.Context(), "sweep")
	if err != nil || last.Outcome != "ok" || last.Holder != "a" {
		t.Fatalf("last run %+v, %v", last, err)
	}
}

func TestPanicIsAFailureAndTheNextTimeComes(t *testing.T) {
	db := open(t)
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	job := Job{Name: "bad", Spec: "@every 1h", Limit: time.Minute, Run: func(context.Context) (string, error) { panic("no") }}
	s := nodeOf(t, db, "a", now, job)
	s.run(&s.jobs[0], now)
	last, err := db.JobRuns().Last(t.Context(), "bad")
	if err != nil || last.Outcome != "failed" {
		t.Fatalf("last run %+v, %v", last, err)
	}
	s.run(&s.jobs[0], now.Add(time.Hour))
	if last, _ := db.JobRuns().Last(t.Context(), "bad"); !last.Due.Equal(now.Add(time.Hour)) {
		t.Fatalf("the next time did not run: %+v", last)
	}
}

func TestMissedTimeIsMadeUpForOnce(t *testing.T) {
	db := open(t)
	now := time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC)
	done := make(chan struct{}, 8)
	job := Job{Name: "daily", Spec: "0 3 * * *", Limit: time.Minute, CatchUp: true, Run: func(context.Context) (string, error) {
		done <- struct{}{}
		return "", nil
	}}
	first := nodeOf(t, db, "a", now.AddDate(0, 0, -3), job)
	first.run(&first.jobs[0], now.AddDate(0, 0, -3))
	<-done
	second := nodeOf(t, db, "b", now, job)
	second.Start(t.Context())
	<-done
	second.Stop()
	second.Stop()
	if len(done) != 0 {
		t.Fatal("three missed days ran more than once")
	}
}

func nodeOf(t *testing.T, db *sqldb.DB, name string, now time.Time, jobs ...Job) *Scheduler {
	t.Helper()
	s, err := New(Deps{
		Leases: db.Leases(), Runs: db.JobRuns(), Holder: name, Zone: bamako(t),
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}, jobs...)
	if err != nil {
		t.Fatal(err)
	}
	s.ctx, s.cancel = context.WithCancel(t.Context())
	return s
}
