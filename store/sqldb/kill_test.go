//go:build unix

package sqldb_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/store"
	"baro/store/sqldb"
)

// killedAt names the environment variable that turns the test binary into the
// process to be killed.
const killedAt = "BARO_TEST_KILLED_WRITER"

// TestKillLosesNothingAcknowledged kills a writing process and looks for every
// write it had acknowledged. Each write is a pair of steps: half of one would
// show a torn transaction.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	if path := os.Getenv(killedAt); path != "" {
		writeUntilKilled(t, path)
		return
	}
	for round := range 5 {
		path := filepath.Join(t.TempDir(), "baro.db")
		acknowledged := killAfter(t, path, 200+round*331)
		db := open(t, "sqlite:"+path, time.Now)
		for _, n := range acknowledged {
			for _, half := range []byte{1, 2} {
				if _, err := db.Steps().Find(t.Context(), [32]byte{half}, n); err != nil {
					t.Fatalf("round %d: acknowledged write %d is missing: %v", round, n, err)
				}
			}
		}
		torn := 0
		for n := range int64(len(acknowledged) + 1000) {
			_, first := db.Steps().Find(t.Context(), [32]byte{1}, n)
			_, second := db.Steps().Find(t.Context(), [32]byte{2}, n)
			if (first == nil) != (second == nil) {
				torn++
			}
		}
		if torn > 0 || len(acknowledged) == 0 {
			t.Errorf("round %d: %d acknowledged, %d torn", round, len(acknowledged), torn)
		}
	}
}

// killAfter starts the writer, kills it after n acknowledgements and gives all
// that it had sent.
func killAfter(t *testing.T, path string, n int) (acknowledged []int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillLosesNothingAcknowledged$")
	cmd.Env = append(os.Environ(), killedAt+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "ack ")
		if !ok {
			continue
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue // the line the kill cut
		}
		acknowledged = append(acknowledged, number)
		if len(acknowledged) == n {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if len(acknowledged) < n {
		t.Fatalf("the writer ended by itself after %d writes", len(acknowledged))
	}
	return acknowledged
}

func writeUntilKilled(t *testing.T, path string) {
	db := open(t, "sqlite:"+path, time.Now)
	var mu sync.Mutex
	var group sync.WaitGroup
	for worker := range 16 {
		group.Go(func() {
			for n := int64(worker); ; n += 16 {
				if err := db.Write(context.Background(), func(ctx context.Context) error { return pair(ctx, db, n) }); err != nil {
					return
				}
				mu.Lock()
				_, err := fmt.Fprintf(os.Stdout, "ack %d\n", n)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
}

func pair(ctx context.Context, db *sqldb.DB, n int64) error {
	for _, half := range []byte{1, 2} {
		s := store.Step{Session: [32]byte{half}, Step: n, Payload: make([]byte, 200), Created: time.UnixMicro(1)}
		if err := db.Steps().Insert(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
