package storetest

import (
	"crypto/sha256"
	"testing"
	"time"

	"baro/store"
)

// testRollouts holds proposals, what they become, and who is alive.
func testRollouts(t *testing.T, b *bench) {
	now := b.clock.Now()
	act := store.Act{Actor: "tester", Reason: "trial"}
	var hashes [][32]byte
	for _, text := range []string{"one", "two"} {
		r := store.Release{Hash: sha256.Sum256([]byte(text)), Kind: store.ReleaseFlows, Data: []byte(text), Created: now.Add(time.Duration(len(hashes)) * time.Second)}
		b.must(b.Releases.Put(b.ctx, r))
		hashes = append(hashes, r.Hash)
	}
	_, err := b.Rollouts.Proposed(b.ctx)
	b.wants(store.CodeNotFound, err)
	b.wants(store.CodeNotFound, b.Rollouts.Propose(b.ctx, sha256.Sum256([]byte("unknown")), now, act))
	b.wants(store.CodeConflict, b.Rollouts.Settle(b.ctx, hashes[0], now, act))
	for _, h := range hashes {
		b.must(b.Rollouts.Propose(b.ctx, h, now, act))
		got, err := b.Rollouts.Proposed(b.ctx)
		b.must(err)
		if got != h {
			t.Fatal("another release is proposed")
		}
		b.must(b.Rollouts.Settle(b.ctx, h, now, act))
		b.wants(store.CodeConflict, b.Rollouts.Settle(b.ctx, h, now, act))
	}
	list, err := b.Rollouts.List(b.ctx)
	b.must(err)
	if len(list) != 2 || list[0].Hash != hashes[1] || !list[0].Active || list[0].Proposed || !list[1].Previous || list[1].Active || list[1].Size != 3 {
		t.Fatalf("list: %+v", list)
	}
	b.must(b.Releases.Seen(b.ctx, "a", hashes[0], now.Add(-time.Hour)))
	b.must(b.Releases.Seen(b.ctx, "b", hashes[0], now))
	alive, err := b.Rollouts.Alive(b.ctx, now.Add(-time.Minute))
	b.must(err)
	if len(alive) != 1 || alive[0] != "b" {
		t.Fatalf("alive: %v", alive)
	}
	rows, err := b.Audit.List(b.ctx, 0, 0, 100)
	b.must(err)
	if len(rows) != 4 {
		t.Fatalf("%d audit rows", len(rows))
	}
}
