//go:build unix

// Package kanneltest starts a real Kannel for the tests of one binary, from the programs that are installed, in front of a
// small message centre. It runs with the configuration that the repository recommends.
package kanneltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// startLimit bounds the start of both boxes together.
const startLimit = time.Minute

// Credentials that the boxes know.
const (
	Username     = "baro"
	Password     = "sendsms-s3cret"
	USSDUsername = "baro-ussd"
	USSDPassword = "sendussd-s3cret"
)

// A Kannel is a running bearerbox with its smsbox.
type Kannel struct {
	SendURL string // of sendsms
	status  string
	dir     string
	boxes   []*exec.Cmd
}

// Hooks are where calls go, and how texts do where that differs from what is recommended.
type Hooks struct {
	SMS, USSD string // addresses up to "?"
	Post      bool   // post-url in place of get-url
	Raw       bool   // no mo-recode: Unicode texts come as UTF-16
}

// Start runs bearerbox and smsbox in front of a centre until the test ends. Without them the test is skipped, or fails
// when BARO_TEST_REQUIRE names kannel.
func Start(tb testing.TB, centre *Centre, hooks Hooks) *Kannel {
	tb.Helper()
	bearerbox, smsbox := find(tb, "bearerbox"), find(tb, "smsbox")
	dir := tb.TempDir()
	admin, boxes, sendsms := freePort(tb), freePort(tb), freePort(tb)
	k := &Kannel{
		SendURL: "http://127.0.0.1:" + sendsms + "/cgi-bin/sendsms", dir: dir,
		status: "http://127.0.0.1:" + admin + "/status.txt?password=CHANGE-admin",
	}
	changes := []string{
		"13000", admin, "13001", boxes, "13013", sendsms,
		"smsc.operator.example", "127.0.0.1", "port = 2775", "port = " + centre.port(),
		"CHANGE-sms", SystemSMS, "CHANGE-ussd", SystemUSSD, "CHANGE-sendsms", Password, "CHANGE-sendussd", USSDPassword,
		"/var/spool/kannel/store", filepath.Join(dir, "store"), "/var/spool/kannel/dlr", filepath.Join(dir, "dlr"),
		"/var/log/kannel", dir, "http-queue-delay = 5", "http-queue-delay = 1", "throughput = 100", "throughput = 1000",
		"https://baro.example/hooks/kannelussd/SECRET/ussd", hooks.USSD,
	}
	const getSMS = `get-url = "https://baro.example/hooks/kannel/SECRET/sms`
	if hooks.Post {
		changes = append(changes, getSMS, `post-url = "`+hooks.SMS)
	} else {
		changes = append(changes, getSMS, `get-url = "`+hooks.SMS)
	}
	if hooks.Raw {
		changes = append(changes, "mo-recode = true", "mo-recode = false")
	}
	conf := configuration(tb, changes)
	path := filepath.Join(dir, "kannel.conf")
	for _, sub := range []string{"store", "dlr"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			tb.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { k.stop(tb) })
	ctx, cancel := context.WithTimeout(tb.Context(), startLimit)
	defer cancel()
	k.run(tb, bearerbox, path)
	k.until(ctx, tb, "bearerbox", func() bool { _, err := get(ctx, k.status); return err == nil })
	k.run(tb, smsbox, path)
	k.until(ctx, tb, "smsbox", func() bool {
		// An smsbox that is asked to send before it has read its users crashes, so that nobody asks it before it has
		// reported to bearerbox.
		status, _ := get(ctx, k.status)
		return strings.Contains(status, "smsbox:") && strings.Count(status, "(online") == 2
	})
	return k
}

func (k *Kannel) run(tb testing.TB, program, conf string) {
	tb.Helper()
	out, err := os.Create(filepath.Join(k.dir, filepath.Base(program)+".out"))
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(program, "-v", "2", conf) // warnings only
	cmd.Dir, cmd.Stdout, cmd.Stderr = k.dir, out, out
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", program, err)
	}
	k.boxes = append(k.boxes, cmd)
}

// stop kills the boxes: nothing of theirs is kept, and their own shutdown takes seconds.
func (k *Kannel) stop(tb testing.TB) {
	for _, cmd := range slices.Backward(k.boxes) {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if !tb.Failed() {
		return
	}
	for _, name := range []string{"bearerbox.log", "smsbox.log", "bearerbox.out", "smsbox.out"} {
		if text, err := os.ReadFile(filepath.Join(k.dir, name)); err == nil && len(text) > 0 {
			tb.Logf("%s:\n%s", name, text[max(0, len(text)-4000):])
		}
	}
}

// until asks again and again; the boxes tell nobody when they are ready.
func (k *Kannel) until(ctx context.Context, tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("kannel: %s did not become ready in %v", what, startLimit)
		}
	}
}

func get(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// find looks for a box, also where administrators' programs stand.
func find(tb testing.TB, name string) string {
	tb.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	missing := fmt.Sprintf("kannel: %s is not installed", name)
	if strings.Contains(os.Getenv("BARO_TEST_REQUIRE"), "kannel") {
		tb.Fatal(missing)
	}
	tb.Skip(missing)
	return ""
}

// configuration is the recommended one with its values changed; each must be there.
func configuration(tb testing.TB, changes []string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		} else if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			tb.Fatal("kannel: the repository's root is not above the test")
		}
		dir = filepath.Dir(dir)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "deploy", "kannel", "kannel.conf"))
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(string(raw), changes[i]) {
			tb.Fatalf("kannel: the recommended configuration has no %q", changes[i])
		}
	}
	return strings.NewReplacer(changes...).Replace(string(raw))
}

// freePort is one that nobody had a moment ago.
func freePort(tb testing.TB) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}
