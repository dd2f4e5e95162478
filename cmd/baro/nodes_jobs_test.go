//go:build unix

package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/schedule"
	"baro/store"
)

// A clockwork is a node's scheduler with one job of every minute, which finds that it has missed some.
type clockwork struct {
	*schedule.Scheduler
	decided chan struct{} // whether this node is the one
	once    sync.Once
}

// watched tells when it is decided whether the node may run the job.
type watched struct {
	store.Leases
	store.JobRuns
	work *clockwork
	last store.JobRun // what the node believes ran last
}

func (w *watched) Acquire(ctx context.Context, name, holder string, now, until time.Time) (store.Lease, error) {
	l, err := w.Leases.Acquire(ctx, name, holder, now, until)
	if err != nil {
		w.work.once.Do(func() { close(w.work.decided) })
	}
	return l, err
}

func (w *watched) Start(ctx context.Context, r store.JobRun) error {
	defer w.work.once.Do(func() { close(w.work.decided) })
	return w.JobRuns.Start(ctx, r)
}

func (w *watched) Last(context.Context, string) (store.JobRun, error) { return w.last, nil }

// startClockwork starts a scheduler for a node; last is when its job ran before.
func startClockwork(t *testing.T, n *node, last time.Time, ran *atomic.Int64) *clockwork {
	t.Helper()
	work := &clockwork{decided: make(chan struct{})}
	eyes := &watched{Leases: n.db.Leases(), JobRuns: n.db.JobRuns(), work: work, last: store.JobRun{Job: "counted", Due: last}}
	var err error
	work.Scheduler, err = schedule.New(schedule.Deps{
		Leases: eyes, Runs: eyes, Holder: n.id, Zone: n.set.zone, Now: n.set.now, Log: n.log,
	}, schedule.Job{Name: "counted", Spec: "* * * * *", Limit: time.Minute, CatchUp: true, Run: func(context.Context) (string, error) {
		ran.Add(1)
		return "", nil
	}})
	if err != nil {
		t.Error(err)
		return work
	}
	work.Start(t.Context())
	<-work.decided
	return work
}

// jobsOnce lets three nodes wake up together at each of some times.
func jobsOnce(t *testing.T, e *estate) {
	const rounds = 20
	nodes := []*node{}
	for range 3 {
		nodes = append(nodes, e.node(t, slog.New(slog.DiscardHandler)))
	}
	var ran atomic.Int64
	for range rounds {
		last := e.clock.Now()
		e.clock.pass(10 * time.Minute)
		works := make([]*clockwork, len(nodes))
		var together sync.WaitGroup
		for i, n := range nodes {
			together.Go(func() { works[i] = startClockwork(t, n, last, &ran) })
		}
		together.Wait()
		for _, w := range works {
			w.Stop()
		}
	}
	db := e.open(t)
	recorded := count(t, db, "SELECT count(*) FROM job_runs WHERE job = 'counted' AND outcome = 'ok'")
	if ran.Load() != rounds || recorded != rounds {
		t.Errorf("the job ran %d times and is recorded %d times for %d due times", ran.Load(), recorded, rounds)
	}
	holders := count(t, db, "SELECT count(DISTINCT holder) FROM job_runs WHERE job = 'counted'")
	t.Logf("%d runs by %d of %d nodes", ran.Load(), holders, len(nodes))
}

// deadLease takes over from a node that was killed: its job and the messages in its hands, each not before its limit.
func deadLease(t *testing.T, e *estate) {
	b := e.node(t, slog.New(slog.DiscardHandler), withTwilio("http://127.0.0.1:1"))
	now := e.clock.Now()
	if _, err := b.db.Leases().Acquire(t.Context(), "job:counted", "killed", now, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	who := msisdn(t, "+22370600001")
	phone, err := b.keys.SealNumber(who)
	if err != nil {
		t.Fatal(err)
	}
	body, err := b.keys.Seal("message", []byte("\x00AIDE"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err := b.db.Inbox().Accept(t.Context(), []store.Inbound{{
			Channel: "twilio", ExternalID: fmt.Sprint("SM", i), Sender: store.Pseudonym(b.keys.Pseudonym(who)), Phone: store.Sealed(phone),
			Body: store.Sealed(body), Received: now, State: store.InboundReceived,
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	claim := func(holder string) int {
		t.Helper()
		now := e.clock.Now()
		held, err := b.db.Inbox().Claim(t.Context(), store.Claim{Holder: holder, Now: now, Until: now.Add(30 * time.Second), Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(held)
	}
	if n := claim("killed"); n != 1 {
		t.Fatalf("%d messages of one person are in one hand", n)
	}
	var ran atomic.Int64
	e.clock.pass(29 * time.Second)
	if n := claim(b.id); n != 0 {
		t.Errorf("%d messages were taken from a living node", n)
	}
	startClockwork(t, b, now.Add(-time.Hour), &ran).Stop()
	if ran.Load() != 0 {
		t.Error("a job was taken from a living node")
	}
	e.clock.pass(2 * time.Second)
	b.sms.Start(context.WithoutCancel(t.Context()))
	defer b.sms.Stop()
	settled(t, e)
	e.clock.pass(30 * time.Second)
	startClockwork(t, b, now.Add(-time.Hour), &ran).Stop()
	if ran.Load() != 1 {
		t.Errorf("after its limit the job of a dead node ran %d times", ran.Load())
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM outbox"); n != 3 {
		t.Errorf("%d answers to 3 messages", n)
	}
}
