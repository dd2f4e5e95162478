package sessiontest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a redis-server process of this test on a free loopback port. It keeps nothing on disk.
type Server struct {
	t    testing.TB
	port int
	dir  string
	args []string // beyond the common ones
	cmd  *exec.Cmd
	done chan struct{} // closed once cmd has ended and was waited for
}

// startLimit bounds the start of one server; a slow machine needs tenths of a second.
const startLimit = 10 * time.Second

// StartRedis starts a standalone server that ends with the test. Without redis-server on the PATH the test is skipped,
// or fails where BARO_TEST_REQUIRE names redis.
func StartRedis(t testing.TB) *Server {
	t.Helper()
	requireRedis(t)
	return startServer(t)
}

// Addr is host:port.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// URL is the address as configuration writes it.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Kill ends the process at once and waits for it.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Restart starts an empty server on the same port after Kill.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("restart redis-server: %v", err)
	}
}

// Freeze stops the process without closing its connections, as a machine that hangs does.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets it go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("signal redis-server: %v", err)
	}
}

func requireRedis(t testing.TB) {
	t.Helper()
	for _, name := range []string{"redis-server", "redis-cli"} {
		if _, err := exec.LookPath(name); err != nil {
			if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), "redis") {
				t.Fatalf("redis is required and %s is not on the PATH", name)
			}
			t.Skipf("redis: %s is not on the PATH", name)
		}
	}
}

// startServer tries a few ports: a free one may be taken by somebody else before the server binds it.
func startServer(t testing.TB, args ...string) *Server {
	t.Helper()
	var err error
	for range 5 {
		s := &Server{t: t, port: freePort(t), dir: t.TempDir(), args: args}
		if err = s.start(); err == nil {
			t.Cleanup(s.Kill)
			return s
		}
	}
	t.Fatalf("start redis-server: %v", err)
	return nil
}

func (s *Server) start() error {
	args := []string{
		"--port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no",
		"--enable-debug-command", "no",
	}
	return s.run("Ready to accept connections", append(args, s.args...)...)
}

// run starts the process and returns once its output says so, or with the output once it has ended.
func (s *Server) run(ready string, args ...string) error {
	out := &watcher{marker: []byte(ready), seen: make(chan struct{})}
	cmd := exec.Command("redis-server", args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	s.cmd, s.done = cmd, done
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case <-out.seen:
		return nil
	case <-done:
		return fmt.Errorf("ended: %s", out)
	case <-limit.C:
		s.Kill()
		return fmt.Errorf("not ready after %v: %s", startLimit, out)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	// A cluster node listens on port + 10000 as well, so ports are taken from the lower part and both are tried.
	for range 200 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		if port+10000 > 65535 {
			port -= 20000
		}
		if free(port) && free(port+10000) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// watcher keeps output and tells when a marker came by.
type watcher struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	marker []byte
	seen   chan struct{}
	closed bool
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	if !w.closed && bytes.Contains(w.buf.Bytes(), w.marker) {
		w.closed = true
		close(w.seen)
	}
	return len(p), nil
}

func (w *watcher) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func (s *Server) file(name string) string { return filepath.Join(s.dir, name) }
