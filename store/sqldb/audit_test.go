package sqldb

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"baro/store"
	"baro/store/storetest/pgtest"
)

// TestAuditShowsTampering changes the trail behind the store's back.
func TestAuditShowsTampering(t *testing.T) {
	server := pgtest.Start(t)
	for name, address := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "baro.db") },
		"postgres": func(t *testing.T) string { return server.Database(t) },
	} {
		for _, c := range []struct{ what, text string }{
			{"altered", "UPDATE audit SET reason = 'other' WHERE seq = 2"},
			{"removed", "DELETE FROM audit WHERE seq = 2"},
			{"cut tail", "DELETE FROM audit WHERE seq = 4"},
			{"swapped", "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)"},
		} {
			t.Run(name+" "+c.what, func(t *testing.T) {
				tamper(t, address(t), c.text)
			})
		}
	}
}

func tamper(t *testing.T, url, text string) {
	db, err := Open(t.Context(), url, Options{Now: func() time.Time { return time.UnixMicro(7) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if _, err := db.Audit().Append(t.Context(), store.AuditRow{Action: "probe", Object: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	handle, release, err := db.engine.migrationDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = release() }()
	if _, err := handle.ExecContext(t.Context(), text); codeOf(err) != store.CodeDenied {
		t.Fatalf("the trail let itself be changed: %v", err)
	}
	dropTriggers(t, db, handle)
	if _, err := handle.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Audit().Verify(t.Context()); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("the change does not show: %v", err)
	}
}

func dropTriggers(t *testing.T, db *DB, handle *sql.DB) {
	t.Helper()
	texts := []string{"DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"}
	if db.engine.dialect() == dialectPostgres {
		texts = []string{"DROP TRIGGER audit_no_change ON audit"}
	}
	for _, text := range texts {
		if _, err := handle.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}
