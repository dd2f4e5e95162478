//go:build unix

// Package pgtest starts a PostgreSQL server for the tests of one binary from
// the programs that are installed. Nothing is shared with a server that runs
// already, and nothing listens on a network port.
package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// startLimit bounds initdb and the start of the server.
const startLimit = 60 * time.Second

// role is the superuser of the throw-away cluster.
const role = "baro"

// Server is a running PostgreSQL with its own data directory.
type Server struct {
	bin        string
	dir        string // of the socket
	attributes *syscall.SysProcAttr
	databases  atomic.Int64
	end        func() // of the running process; waits for it
}

// Start runs a server until the test ends. Without PostgreSQL the test is
// skipped, or fails when BARO_TEST_REQUIRE names postgres. Started as root it
// runs the server as another user, because PostgreSQL refuses root.
func Start(tb testing.TB) *Server {
	tb.Helper()
	bin := binaries()
	if bin == "" {
		if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), "postgres") {
			tb.Fatal("postgres: neither on PATH nor below /usr/lib/postgresql")
		}
		tb.Skip("postgres: neither on PATH nor below /usr/lib/postgresql")
	}
	attributes, uid, gid := unprivileged(tb)
	// Not TB.TempDir: its parents are closed to other users, and the path of a
	// socket must stay short.
	dir, err := os.MkdirTemp("", "baropg")
	if err != nil {
		tb.Fatalf("make data directory: %v", err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if uid >= 0 {
		if err := os.Chown(dir, uid, gid); err != nil {
			tb.Fatalf("hand over data directory: %v", err)
		}
	}
	initialise(tb, bin, dir, attributes)
	s := &Server{bin: bin, dir: dir, attributes: attributes}
	s.Resume(tb)
	tb.Cleanup(s.Stop)
	return s
}

// Stop ends the server: what is under way is rolled back, connections break, and new ones are refused until Resume.
// Stopping twice is harmless.
func (s *Server) Stop() { s.end() }

// Resume starts the server after Stop, on the same data and address.
func (s *Server) Resume(tb testing.TB) {
	tb.Helper()
	s.end = serve(tb, s.bin, s.dir, s.attributes)
}

// Copy creates a database with the content of another of this server, to which nobody may be connected. It takes some
// tens of milliseconds, where filling an empty one may take seconds.
func (s *Server) Copy(tb testing.TB, address string) string {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil {
		tb.Fatalf("read address: %v", err)
	}
	return s.create(tb, " TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

// Database creates an empty database and gives its address.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	return s.create(tb, "")
}

func (s *Server) create(tb testing.TB, options string) string {
	tb.Helper()
	name := "test_" + strconv.FormatInt(s.databases.Add(1), 10)
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		tb.Fatalf("open maintenance database: %v", err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name+options); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	return s.address(name)
}

func (s *Server) address(database string) string {
	query := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	return "postgres://" + role + "@/" + database + "?" + query.Encode()
}

// binaries gives the directory of the newest installed server, "" for none.
func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(resolved), "postgres")); err == nil {
				return filepath.Dir(resolved)
			}
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Slice(found, func(i, j int) bool { return release(found[i]) < release(found[j]) })
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

func release(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// unprivileged gives the attributes of a process that may run the server; uid
// is -1 when the test's own user will do.
func unprivileged(tb testing.TB) (attributes *syscall.SysProcAttr, uid, gid int) {
	tb.Helper()
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, -1, -1
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(account.Uid)
		gid, _ := strconv.Atoi(account.Gid)
		credential := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return &syscall.SysProcAttr{Credential: credential}, uid, gid
	}
	tb.Fatal("postgres: no unprivileged user to run it as")
	return nil, 0, 0
}

func initialise(tb testing.TB, bin, dir string, attributes *syscall.SysProcAttr) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", role,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	cmd.SysProcAttr, cmd.Dir = attributes, dir
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}
}

// serve starts the server and returns when it says it is ready, with what ends
// it. Durability is off: the cluster dies with the test.
func serve(tb testing.TB, bin, dir string, attributes *syscall.SysProcAttr) (end func()) {
	tb.Helper()
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"), "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections=100", "-c", "lc_messages=C")
	cmd.SysProcAttr, cmd.Dir = attributes, dir
	stderr, err := cmd.StderrPipe()
	if err != nil {
		tb.Fatalf("read server log: %v", err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start postgres: %v", err)
	}
	ready, logged := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(logged)
		var said []string
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			said = append(said, lines.Text())
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- nil
				_, _ = io.Copy(io.Discard, stderr)
				return
			}
		}
		ready <- fmt.Errorf("the server stopped:\n%s", strings.Join(said, "\n"))
	}()
	end = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		<-logged
		_ = cmd.Wait()
	})
	select {
	case err := <-ready:
		if err != nil {
			end()
			tb.Fatalf("start postgres: %v", err)
		}
	case <-time.After(startLimit):
		end()
		tb.Fatal("start postgres: not ready in time")
	}
	return end
}
