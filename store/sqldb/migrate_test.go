package sqldb

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"baro/store"
)

// The third migration rebuilds the table of cases on SQLite: what residents asked before comes through, and ids go on
// where they were.
func TestCasesOutliveTheirTable(t *testing.T) {
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "baro.db")
	db, err := Open(ctx, "sqlite:"+file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	handle, release, err := db.engine.migrationDB(ctx)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := db.provider(handle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 2); err != nil {
		t.Fatal(err)
	}
	insert(t, handle, `INSERT INTO places (edition, pcode, level, name) VALUES ('e', 'ML1', 'commune', 'Jèkabara')`)
	insert(t, handle, `INSERT INTO cases (id, commune_id, number, kind, body_key, body, place_text, asker, state, answer, created_at, due_at)
		VALUES (7, 1, '4711', 'water', 'k1', x'0102', 'Nyetaba', zeroblob(32), 'assigned', '{}', 1000, 2000)`)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	k, err := db.Cases().Get(ctx, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	if k.Number != "4711" || k.Kind != "water" || string(k.Body.Box) != "\x01\x02" || k.Asker == nil || k.State != "assigned" ||
		k.Created.UnixMicro() != 1000 || k.Due.UnixMicro() != 2000 || k.Practice != 0 || !k.Published.IsZero() {
		t.Errorf("the case came through changed: %+v", k)
	}
	k.Kind = "business"
	next, err := db.Cases().Create(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	if next.ID != 8 {
		t.Errorf("the next case has id %d", next.ID)
	}
}

// The fourth migration rebuilds the outbox: what waited goes on waiting, what was under way is given back or in doubt, and
// receipts still find their messages.
func TestOutboxOutlivesItsTable(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	handle, release, err := db.engine.migrationDB(ctx)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := db.provider(handle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 3); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"'waits', 'queued', NULL, NULL, ''", "'held', 'leased', 9, NULL, ''", "'begun', 'leased', 9, 8, ''", "'sent', 'sent', NULL, 8, 'p1'"} {
		insert(t, handle, `INSERT INTO outbox (id, state, lease_until_at, begun_at, provider_id, channel, origin, recipient, phone_key, phone,
			body_key, body, scrub, priority, not_before_at, expires_at, created_at, updated_at)
			VALUES (`+row+`, 'sms', 'case:1', zeroblob(32), 'k', x'01', 'k', x'02', FALSE, 1, 5, 5000, 5, 5)`)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]store.OutboundState{"waits": store.OutboundQueued, "held": store.OutboundQueued,
		"begun": store.OutboundUnconfirmed, "sent": store.OutboundSent} {
		if m, err := db.Outbox().Get(ctx, id); err != nil || m.State != want || m.Origin != "case:1" || string(m.Body.Box) != "\x02" {
			t.Errorf("%s: %s, %v", id, m.State, err)
		}
	}
	rows, err := db.Outbox().Claim(ctx, "sms", store.Claim{Holder: "w", Now: time.UnixMicro(10), Until: time.UnixMicro(20), Limit: 10})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d claimed, %v", len(rows), err)
	}
	if moved, err := db.Receipts().Record(ctx, store.Receipt{Channel: "sms", ProviderID: "p1", Status: store.OutboundDelivered, At: time.UnixMicro(10)}); err != nil || !moved {
		t.Errorf("a receipt from before: moved %v, %v", moved, err)
	}
}

func insert(t *testing.T, handle *sql.DB, statement string) {
	t.Helper()
	if _, err := handle.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
