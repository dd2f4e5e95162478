package sqldb

import (
	"database/sql"
	"path/filepath"
	"testing"
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

func insert(t *testing.T, handle *sql.DB, statement string) {
	t.Helper()
	if _, err := handle.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
