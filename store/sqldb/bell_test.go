package sqldb_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

func TestBellIsHeardByOtherNodesAfterTheCommit(t *testing.T) {
	url := pgtest.Start(t).Database(t)
	open := func() *sqldb.DB {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	ringer, listener := open(), open()
	ctx, cancel := context.WithCancel(t.Context())
	heard := listener.Bell().Heard(ctx)
	bell := ringer.Bell()
	undone := errors.New("undone")
	if err := ringer.Write(ctx, func(ctx context.Context) error {
		if err := bell.Ring(ctx, "never"); err != nil {
			return err
		}
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	// The listener may not listen yet: ring under new names until one is heard.
	for i := 0; ; i++ {
		if err := bell.Ring(ctx, "work"+string(rune('a'+i%26))); err != nil {
			t.Fatal(err)
		}
		select {
		case name := <-heard:
			if name == "never" {
				t.Fatal("a transaction that failed was heard")
			}
			cancel()
			for range heard {
			}
			return
		case <-time.After(50 * time.Millisecond):
			if i > 400 {
				t.Fatal("nothing was heard")
			}
		}
	}
}

func TestOneProcessHasNoBell(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if db.Bell() != nil {
		t.Fatal("SQLite has a bell")
	}
}
