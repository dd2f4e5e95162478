package sqldb_test

import (
	"path/filepath"
	"testing"
	"time"

	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

func TestBatchesAreAllOrNothing(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		batches(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), time.Now))
	})
	t.Run("postgres", func(t *testing.T) { batches(t, open(t, pgtest.Start(t).Database(t), time.Now)) })
}

func batches(t *testing.T, db *sqldb.DB) {
	ctx, now := t.Context(), time.Now()
	step := func(session byte) store.Step {
		return store.Step{Session: [32]byte{session}, Step: 1, Fingerprint: [16]byte{session}, Created: now}
	}
	if err := db.Steps().Insert(ctx, step(2)); err != nil {
		t.Fatal(err)
	}
	if err := db.Steps().InsertAll(ctx, []store.Step{step(1), step(2), step(3)}); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("a taken step among others: %v", err)
	}
	for _, session := range []byte{1, 3} {
		if _, err := db.Steps().Find(ctx, [32]byte{session}, 1); store.CodeOf(err) != store.CodeNotFound {
			t.Errorf("step %d of a refused batch: %v", session, err)
		}
	}
	if err := db.Steps().InsertAll(ctx, []store.Step{step(1), step(3)}); err != nil {
		t.Error(err)
	}

	sealed := store.Sealed{KeyID: "data-1", Box: []byte("box")}
	var messages []store.Inbound
	for i := range byte(3) {
		messages = append(messages, store.Inbound{Channel: "sms", ExternalID: string('a' + rune(i)), Sender: store.Pseudonym{i}, Phone: sealed, Body: sealed, Received: now})
	}
	if _, err := db.Inbox().Accept(ctx, messages); err != nil {
		t.Fatal(err)
	}
	claimed, err := db.Inbox().Claim(ctx, store.Claim{Holder: "a", Now: now, Until: now.Add(time.Minute), Limit: 2})
	if err != nil || len(claimed) != 2 {
		t.Fatalf("%d claimed, %v", len(claimed), err)
	}
	ids := []int64{claimed[0].ID, claimed[1].ID}
	if err := db.Inbox().FinishAll(ctx, append(ids, claimed[1].ID+1), "a", now); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("a message that nobody has claimed among others: %v", err)
	}
	if err := db.Inbox().FinishAll(ctx, ids, "b", now); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("another's messages: %v", err)
	}
	if err := db.Inbox().FinishAll(ctx, ids, "a", now); err != nil {
		t.Error(err)
	}
	if err := db.Inbox().FinishAll(ctx, ids, "a", now); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("finished twice: %v", err)
	}
}
