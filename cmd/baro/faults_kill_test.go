//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// servedConfig makes the test binary a node to be killed: "baro serve" on this configuration.
const servedConfig = "BARO_TEST_SERVED_CONFIG"

// A victimNode is a process that serves, and can be killed and started again.
type victimNode struct {
	test, config string
	cmd          *exec.Cmd
	url          string
}

var servingAt = regexp.MustCompile(`msg=serving address=(\S+)`)

func (v *victimNode) start(t testing.TB) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+v.test+"$")
	cmd.Env = append(os.Environ(), servedConfig+"="+v.config)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said += lines.Text() + "\n"
		if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
			v.cmd, v.url = cmd, "http://"+m[1]
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	_ = cmd.Process.Kill()
	t.Errorf("a node did not come up: %v\n%s", cmd.Wait(), said)
}

// kill is kill -9.
func (v *victimNode) kill() {
	if v.cmd != nil {
		_ = v.cmd.Process.Kill()
		_ = v.cmd.Wait()
		v.cmd = nil
	}
}

// configFile writes what "baro serve" reads.
func (e *estate) configFile(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	key := filepath.Join(folder, "key")
	if err := os.WriteFile(key, []byte(masterKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "baro.yaml")
	text := fmt.Sprintf(`listen: 127.0.0.1:0
database: %q
redis: %q
secrets: {key_file: %q}
drafts: [bm, ff, ses, taq, ar]
channels:
  ussd: {provider: africastalking, kind: ussd, code: "*384*96#", commune: "417", allow: ["127.0.0.0/8"]}
`, e.database, e.sessions, key)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestFaultNodesKilled kills one of two nodes, or both, at any point while people report and vote. Requests without an
// answer are sent again to the other node. At the end nothing acknowledged is lost, and nothing is there twice.
func TestFaultNodesKilled(t *testing.T) {
	if file := os.Getenv(servedConfig); file != "" {
		os.Exit(Run(context.Background(), Process{Args: []string{"serve", "--config", file}, Stdout: os.Stdout, Stderr: os.Stderr}))
	}
	kills := 16
	if n, err := strconv.Atoi(os.Getenv(killsWanted)); err == nil {
		kills = max(kills, n/2)
	}
	e := newEstate(t, time.Now())
	file := e.configFile(t)
	nodes := [2]*victimNode{{test: t.Name(), config: file}, {test: t.Name(), config: file}}
	people := newProvider("/hooks/ussd/ussd", "", "")
	for i, v := range nodes {
		v.start(t)
		t.Cleanup(v.kill)
		people.set(i, v.url)
	}
	db := e.open(t)
	r := newResidents(t, people, db, 40)
	r.start(t, 4)
	chance := rand.New(rand.NewPCG(2026, 16))
	both := 0
	for k := range kills {
		at := people.count() + chance.IntN(60)
		until(t, time.Minute, "people to call", func() bool { return people.count() >= at })
		dead := []int{chance.IntN(2)}
		if k%5 == 4 {
			dead = []int{0, 1}
			both++
		}
		for _, i := range dead {
			nodes[i].kill() // the provider learns of it by itself: requests fail
		}
		for _, i := range dead {
			people.set(i, "")
		}
		for _, i := range dead {
			nodes[i].start(t)
			people.set(i, nodes[i].url)
		}
		if t.Failed() {
			break
		}
	}
	r.end()
	r.check(t, db)
	whole, broken := r.done()
	if broken > 0 {
		t.Errorf("%d of %d calls ended in a fault of ours, though one node or the other was there for each request", broken, whole+broken)
	}
	if n := count(t, db, "SELECT count(*) FROM (SELECT 1 FROM steps GROUP BY session, step HAVING count(*) > 1) AS twice"); n != 0 {
		t.Errorf("%d steps were taken twice", n)
	}
	t.Logf("%d kills, %d of them of both nodes; slowest answer %v", kills, both, people.takeSlowest().Round(time.Millisecond))
}
