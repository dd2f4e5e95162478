package main

import (
	"bytes"
	"database/sql"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// startOfDay is when the fixed clock of these tests begins: a market day on which nothing is closed.
func startOfDay() time.Time { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }

// A clock stands until a test moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: startOfDay()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// randomness is the same on every run, and may be read by several goroutines.
func randomness() io.Reader { return &stream{source: rand.NewChaCha8([32]byte{1})} }

type stream struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

// fixedSettings are those of the demonstration with a clock and a randomness that stay the same.
func fixedSettings(t testing.TB, folder string, clock *clock) settings {
	t.Helper()
	set, _, err := demoSettings(Process{Stderr: io.Discard}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	set.master = bytes.Repeat([]byte("k"), 32)
	set.now, set.random = clock.Now, randomness()
	return set
}

// openFixed builds a demonstration node on an empty folder; it is closed when the test ends.
func openFixed(t testing.TB, set settings, log *slog.Logger) *node {
	t.Helper()
	n, err := openDemoNode(t.Context(), set, log, set.now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.close(); err != nil {
			t.Errorf("close the node: %v", err)
		}
	})
	return n
}

// memoryFolder is a folder in memory where the machine offers one. People give up on a call after seconds, and so does the
// gateway: what only tests dialogues must not depend on how long a busy disk takes.
func memoryFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "baro-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// A seed is the database with the demonstration's records at the start of the fixed day, by the suffix of the file's name.
type seed map[string][]byte

// demoSeed is made by the first test that wants it: importing the records takes longer than most tests.
var demoSeed struct {
	sync.Once
	records seed
}

func newSeed(t testing.TB) seed {
	t.Helper()
	demoSeed.Do(func() { demoSeed.records = importSeed(t) })
	if demoSeed.records == nil {
		t.Fatal("another test could not import the demonstration's records")
	}
	return demoSeed.records
}

func importSeed(t testing.TB) seed {
	t.Helper()
	folder := memoryFolder(t)
	set := fixedSettings(t, folder, newClock())
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.close(); err != nil {
		t.Fatal(err)
	}
	return readSeed(t, folder)
}

func readSeed(t testing.TB, folder string) seed {
	t.Helper()
	records := seed{}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(folder, "baro.db"+suffix))
		if suffix != "" && os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		records[suffix] = data
	}
	return records
}

// changed is a seed with other records.
func (s seed) changed(t testing.TB, statement string) seed {
	t.Helper()
	folder := memoryFolder(t)
	s.copyTo(t, folder)
	execute(t, folder, statement)
	return readSeed(t, folder)
}

// copyTo puts the records into a folder.
func (s seed) copyTo(t testing.TB, folder string) {
	t.Helper()
	for suffix, data := range s {
		if err := os.WriteFile(filepath.Join(folder, "baro.db"+suffix), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// openSQL opens a node's database beside it, to look at rows the program has no reader for.
func openSQL(t testing.TB, folder string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "baro.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// execute changes records before a node opens them.
func execute(t testing.TB, folder, statement string) {
	t.Helper()
	if _, err := openSQL(t, folder).ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// count runs a query of one number.
func count(t testing.TB, db *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// unbind lets people on the USSD channel choose their commune.
func unbind(set *settings) {
	for i := range set.channels {
		set.channels[i].Commune = ""
	}
}

// ussdCode is what phones dial.
func ussdCode(n *node) string {
	ch, _ := n.set.ussd()
	return ch.Code
}
