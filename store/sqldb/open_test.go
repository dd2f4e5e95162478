package sqldb_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

func TestOpenRefusesBadAddresses(t *testing.T) {
	for url, want := range map[string]store.Code{
		"":                  store.CodeInvalid,
		"mysql://x":         store.CodeInvalid,
		"sqlite:":           store.CodeInvalid,
		"sqlite::memory:":   store.CodeInvalid,
		"sqlite:/nowhere/x": store.CodeUnavailable,
		"postgres://u:hunter2@127.0.0.1:1/db?connect_timeout=2": store.CodeUnavailable,
		"postgres://u:hunter2@127.0.0.1:port/db":                store.CodeInvalid,
	} {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err == nil {
			_ = db.Close()
			t.Errorf("%s was opened", url)
			continue
		}
		if store.CodeOf(err) != want {
			t.Errorf("%s: %v", url, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Error("the password is in the error")
		}
	}
}

func TestSQLitePathMayHoldAnything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%41&é.db")
	open(t, "sqlite:"+path, time.Now)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
}

// TestMigrateTogether starts several nodes on one empty database.
func TestMigrateTogether(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		migrateTogether(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		migrateTogether(t, pgtest.Start(t).Database(t))
	})
}

func migrateTogether(t *testing.T, url string) {
	const nodes = 3
	applied, errs := make([]int, nodes), make([]error, nodes)
	var group sync.WaitGroup
	for i := range nodes {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		group.Go(func() { applied[i], errs[i] = db.Migrate(t.Context()) })
	}
	group.Wait()
	total := 0
	for i := range nodes {
		if errs[i] != nil {
			t.Errorf("node %d: %v", i, errs[i])
		}
		total += applied[i]
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || total != len(files) {
		t.Errorf("%d migrations ran, there are %d", total, len(files))
	}
}

// TestErrorsHoldNoValues: what people typed does not come back in an error.
func TestErrorsHoldNoValues(t *testing.T) {
	server := pgtest.Start(t)
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "baro.db"), server.Database(t)} {
		db := open(t, url, time.Now)
		_, unknownCommune := db.Cases().Create(t.Context(), store.Case{Commune: 77, Kind: store.CaseOther, PlaceText: "76543210"})
		place := store.Place{Edition: "e", Pcode: "ML", Level: store.LevelCountry, Name: "76543210", ShortName: "765432107654321"}
		_, longName := db.Places().Upsert(t.Context(), []store.Place{place})
		for _, err := range []error{unknownCommune, longName} {
			if store.CodeOf(err) != store.CodeInvalid || strings.Contains(err.Error(), "76543210") {
				t.Errorf("%s: %v", db.Dialect(), err)
			}
		}
	}
}

func TestPostgresGoneIsUnavailable(t *testing.T) {
	var url string
	var db *sqldb.DB
	t.Run("server", func(t *testing.T) {
		url = pgtest.Start(t).Database(t)
		var err error
		if db, err = sqldb.Open(t.Context(), url, sqldb.Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}) // the server stops here
	if db == nil {
		t.Skip("postgres: not installed")
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for name, err := range map[string]error{
		"ping":  db.Ping(ctx),
		"write": db.Steps().Insert(ctx, store.Step{Created: time.UnixMicro(1)}),
		"group": db.Write(ctx, func(context.Context) error { return nil }),
	} {
		if store.CodeOf(err) != store.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "host=") {
			t.Errorf("%s: the address is in the error: %v", name, err)
		}
	}
}
