package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/server"
	"baro/locales/charset"
)

// dialogues answers with a function and remembers what it was asked.
type dialogues struct {
	answer func(ctx context.Context, ev channel.USSD) flows.Screen
	told   chan<- channel.EndNotice // gets end notices too, when there is one

	mu     sync.Mutex
	events []channel.USSD
	ends   []channel.EndNotice
}

func (d *dialogues) Handle(ctx context.Context, ev channel.USSD) flows.Screen {
	d.mu.Lock()
	d.events = append(d.events, ev)
	d.mu.Unlock()
	if d.answer != nil {
		return d.answer(ctx, ev)
	}
	return flows.Screen{Text: "Vous: " + ev.Text, Input: flows.InputKey}
}

func (d *dialogues) Ended(_ context.Context, n channel.EndNotice) {
	d.mu.Lock()
	d.ends = append(d.ends, n)
	d.mu.Unlock()
	if d.told != nil {
		d.told <- n
	}
}

func (d *dialogues) asked() []channel.USSD {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]channel.USSD(nil), d.events...)
}

func (d *dialogues) ended() []channel.EndNotice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]channel.EndNotice(nil), d.ends...)
}

// record is a log that can be read while it is written.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *record) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *record) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func provider() *africastalking.Provider {
	profile, _ := charset.FindProfile("ussd")
	return africastalking.New("ussd", profile)
}

func fault(kind server.Fault) flows.Screen {
	return flows.Screen{Text: map[server.Fault]string{
		server.FaultLater: "Reessayez plus tard.", server.FaultRequest: "Demande illisible.",
	}[kind]}
}

// options are those of a server on loopback with one open channel; every line is logged.
func options(d *dialogues, l *record) server.Options {
	return server.Options{
		Listen: "127.0.0.1:0", PublicURL: "https://baro.example", Channels: []server.Channel{{Name: "ussd", USSD: provider()}},
		Dialogues: d, Fault: fault, Log: slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
	}
}

// start serves until the test ends and returns the origin.
func start(t testing.TB, o server.Options) (*server.Server, string) {
	t.Helper()
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.Stop(ctx)
	})
	return s, "http://" + s.Addr().String()
}

func step(text string) url.Values {
	return url.Values{"sessionId": {"ATUid_1"}, "phoneNumber": {"+22370000001"}, "networkCode": {"99999"}, "serviceCode": {"*384*96#"}, "text": {text}}
}

type answer struct {
	status int
	body   string
	header http.Header
	last   bool // the server closes the connection after it
}

func do(t testing.TB, r *http.Request) answer {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, string(body), res.Header, res.Close}
}

func request(t testing.TB, method, address string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func get(t testing.TB, address string) answer {
	t.Helper()
	return do(t, request(t, http.MethodGet, address, nil))
}

func post(t testing.TB, address string, form url.Values) answer {
	t.Helper()
	return do(t, request(t, http.MethodPost, address, strings.NewReader(form.Encode())))
}

// raw writes bytes to the server and returns all that comes back until it closes the connection.
func raw(t testing.TB, origin, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // only so that a broken server does not hang the test
	out, _ := io.ReadAll(conn)
	return string(out)
}
