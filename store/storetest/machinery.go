package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"baro/store"
)

func testSteps(t *testing.T, b *bench) {
	now := b.clock.Now()
	k := store.Step{Session: [32]byte{5}, Step: 3, Fingerprint: [16]byte{9}, Payload: []byte{0, 1, 0xff}, Created: now}
	errs := together(8, func(i int) error {
		mine := k
		mine.Fingerprint = [16]byte{byte(i)}
		return b.Steps.Insert(b.ctx, mine)
	})
	equal(t, "takers of one step", b.winners(errs, store.CodeConflict), 1)
	got, err := b.Steps.Find(b.ctx, k.Session, 3)
	b.must(err)
	if errs[got.Fingerprint[0]] != nil || !slices.Equal(got.Payload, k.Payload) || !got.Created.Equal(now) {
		t.Errorf("the stored step is not the winner's: %+v", got)
	}
	k.Step, k.Payload, k.Created = 4, nil, now.Add(time.Hour)
	b.must(b.Steps.Insert(b.ctx, k))
	// The loser's effects fall with its step.
	b.wants(store.CodeConflict, b.Writer.Write(b.ctx, func(ctx context.Context) error {
		if err := b.Counters.Add(ctx, 1, "effect", "x", now, 1); err != nil {
			return err
		}
		return b.Steps.Insert(ctx, k)
	}))
	effects, err := b.Counters.Range(b.ctx, 1, "effect", now.Add(-time.Hour), now.Add(time.Hour))
	b.must(err)
	equal(t, "effects of the loser", len(effects), 0)
	n, err := b.Steps.Purge(b.ctx, now.Add(time.Minute))
	b.must(err)
	equal(t, "purged", n, 1)
	_, err = b.Steps.Find(b.ctx, k.Session, 3)
	b.wants(store.CodeNotFound, err)
}

func testAudit(t *testing.T, b *bench) {
	n, err := b.Audit.Verify(b.ctx)
	b.must(err)
	equal(t, "rows of an empty trail", n, 0)
	for _, err := range together(30, func(i int) error {
		_, err := b.Audit.Append(b.ctx, store.AuditRow{Actor: "clerk", Action: "probe", Object: fmt.Sprint(i), Commune: store.PlaceID(i % 3), Before: "a", After: "b"})
		return err
	}) {
		b.must(err)
	}
	_ = b.Writer.Write(b.ctx, func(ctx context.Context) error {
		_, err := b.Audit.Append(ctx, store.AuditRow{Action: "undone"})
		b.must(err)
		return errProbe
	})
	n, err = b.Audit.Verify(b.ctx)
	b.must(err)
	equal(t, "rows", n, 30)
	all, err := b.Audit.List(b.ctx, 0, 0, 100)
	b.must(err)
	for i, r := range all {
		equal(t, "sequence", r.Seq, int64(i+1))
		if i > 0 && r.Prev != all[i-1].Hash {
			t.Fatalf("row %d does not continue the chain", r.Seq)
		}
	}
	ofTwo, err := b.Audit.List(b.ctx, 2, 0, 100)
	b.must(err)
	equal(t, "rows of one commune", len(ofTwo), 10)
	page, err := b.Audit.List(b.ctx, 2, ofTwo[3].Seq, 2)
	b.must(err)
	if len(page) != 2 || page[0].Seq != ofTwo[4].Seq {
		t.Errorf("page: %+v", page)
	}
}

func testLeases(t *testing.T, b *bench) {
	now := b.clock.Now()
	until := now.Add(time.Minute)
	leases := make([]store.Lease, 6)
	errs := together(6, func(i int) (err error) {
		leases[i], err = b.Leases.Acquire(b.ctx, "job:purge", fmt.Sprint("node", i), now, until)
		return err
	})
	equal(t, "holders", b.winners(errs, store.CodeConflict), 1)
	held := leases[slices.Index(errs, nil)]
	equal(t, "first fence", held.Fence, 1)
	b.must(b.Leases.Check(b.ctx, held, now))
	b.wants(store.CodeConflict, b.Leases.Check(b.ctx, held, until))
	renewed, err := b.Leases.Renew(b.ctx, held, now, until.Add(time.Minute))
	b.must(err)
	equal(t, "fence after renewing", renewed.Fence, 1)
	_, err = b.Leases.Acquire(b.ctx, "job:purge", "other", until, until.Add(time.Hour))
	b.wants(store.CodeConflict, err)
	next, err := b.Leases.Acquire(b.ctx, "job:purge", "other", until.Add(time.Minute), until.Add(time.Hour))
	b.must(err)
	equal(t, "fence of the next holder", next.Fence, 2)
	_, err = b.Leases.Renew(b.ctx, renewed, now, until.Add(2*time.Hour))
	b.wants(store.CodeConflict, err)
	b.must(b.Leases.Release(b.ctx, renewed)) // lost: changes nothing
	b.must(b.Leases.Check(b.ctx, next, until.Add(2*time.Minute)))
	b.must(b.Leases.Release(b.ctx, next))
	again, err := b.Leases.Acquire(b.ctx, "job:purge", "node0", now, until)
	b.must(err)
	equal(t, "fence after a release", again.Fence, 3)
	_, err = b.Leases.Acquire(b.ctx, "job:purge", "node0", until, now)
	b.wants(store.CodeInvalid, err)
}

func testJobRuns(t *testing.T, b *bench) {
	due := b.clock.Now()
	errs := together(5, func(i int) error {
		return b.JobRuns.Start(b.ctx, store.JobRun{Job: "purge", Due: due, Holder: fmt.Sprint(i), Fence: 7, Started: due})
	})
	equal(t, "starts", b.winners(errs, store.CodeConflict), 1)
	b.must(b.JobRuns.Finish(b.ctx, "purge", due, "ok", "3 rows", due.Add(time.Second)))
	b.wants(store.CodeConflict, b.JobRuns.Finish(b.ctx, "purge", due, "failed", "", due.Add(time.Second)))
	last, err := b.JobRuns.Last(b.ctx, "purge")
	b.must(err)
	if last.Outcome != "ok" || last.Detail != "3 rows" || last.Fence != 7 || !last.Due.Equal(due) || last.Finished.IsZero() {
		t.Errorf("last run: %+v", last)
	}
	_, err = b.JobRuns.Last(b.ctx, "none")
	b.wants(store.CodeNotFound, err)
	n, err := b.JobRuns.Purge(b.ctx, due.Add(time.Microsecond))
	b.must(err)
	equal(t, "purged", n, 1)
}

func testReleases(t *testing.T, b *bench) {
	now := b.clock.Now()
	release := func(data string) store.Release {
		return store.Release{Hash: sha256.Sum256([]byte(data)), Kind: store.ReleaseFlows, Data: []byte(data), Created: now}
	}
	first, second := release("first"), release("second")
	_, err := b.Releases.Active(b.ctx, store.ReleaseFlows)
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeNotFound, b.Releases.Activate(b.ctx, store.ReleaseFlows, first.Hash, now))
	for _, r := range []store.Release{first, second, first} {
		b.must(b.Releases.Put(b.ctx, r))
	}
	forged := first
	forged.Data = []byte("other")
	b.wants(store.CodeInvalid, b.Releases.Put(b.ctx, forged))
	got, err := b.Releases.Get(b.ctx, second.Hash)
	b.must(err)
	equal(t, "data", string(got.Data), "second")
	b.wants(store.CodeInvalid, b.Releases.Activate(b.ctx, store.ReleaseCatalogue, first.Hash, now))
	b.must(b.Releases.Activate(b.ctx, store.ReleaseFlows, first.Hash, now))

	b.must(b.Releases.Seen(b.ctx, "n1", first.Hash, now))
	b.must(b.Releases.Seen(b.ctx, "n2", first.Hash, now))
	b.must(b.Releases.Seen(b.ctx, "dead", first.Hash, now.Add(-time.Hour)))
	b.must(b.Releases.Seen(b.ctx, "n1", second.Hash, now))
	lagging, err := b.Releases.Lagging(b.ctx, second.Hash, now.Add(-time.Minute))
	b.must(err)
	if !slices.Equal(lagging, []string{"n2"}) {
		t.Errorf("lagging: %v", lagging)
	}
	b.must(b.Releases.Activate(b.ctx, store.ReleaseFlows, second.Hash, now))
	active, err := b.Releases.Active(b.ctx, store.ReleaseFlows)
	b.must(err)
	equal(t, "active", active, second.Hash)
}

func testRetention(t *testing.T, b *bench) {
	list, err := b.Retentions.List(b.ctx)
	b.must(err)
	keep := make(map[string]time.Duration)
	for _, r := range list {
		keep[r.Table] = r.Keep
	}
	for table, want := range map[string]time.Duration{
		"messages_in": 30 * 24 * time.Hour, "outbox": 30 * 24 * time.Hour, "ballots": 30 * 24 * time.Hour, "contacts": 365 * 24 * time.Hour,
	} {
		equal(t, "keep of "+table, keep[table], want)
	}
}
