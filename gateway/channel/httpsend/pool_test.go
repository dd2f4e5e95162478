package httpsend_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/channel/httpsend"
)

// script is a server that reads a request and writes what is next in the script, one entry for each request; an entry that
// ends in "|" is the last of its connection.
type script struct {
	url   string
	calls atomic.Int64 // requests that were read
}

func serve(t *testing.T, answers ...string) *script {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{url: "http://" + listener.Addr().String()}
	var wait sync.WaitGroup
	t.Cleanup(func() { listener.Close(); wait.Wait() })
	wait.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					req, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					n := s.calls.Add(1)
					answer, last := strings.CutSuffix(answers[(n-1)%int64(len(answers))], "|")
					if _, err := io.WriteString(c, answer); err != nil || last {
						return
					}
				}
			})
		}
	})
	return s
}

func client(t *testing.T, o httpsend.Options) *httpsend.Client {
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	c := httpsend.New(o)
	t.Cleanup(c.Close)
	return c
}

func post(t *testing.T, ctx context.Context, c *httpsend.Client, url string) (httpsend.Answer, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader("a=b"))
	if err != nil {
		t.Fatal(err)
	}
	return c.Do(ctx, req)
}

// A connection that the provider has closed meanwhile carries no message into the void: the next call finds that out
// before it sends anything.
func TestClosedConnectionsAreNotUsed(t *testing.T) {
	for name, answer := range map[string]string{
		"at once":   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok|",
		"announced": "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok|",
		"by length": "HTTP/1.1 200 OK\r\n\r\nok|",
		"old":       "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok|",
		"talkative": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Unasked\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, c := serve(t, answer), client(t, httpsend.Options{})
			for i := range 50 {
				a, err := post(t, t.Context(), c, s.url)
				var lost *httpsend.LostError
				if name == "at once" && errors.As(err, &lost) && lost.Left {
					continue // the end came after the look: then it is told as what it is
				}
				if err != nil || string(a.Body) != "ok" {
					t.Fatalf("call %d: %q, %v", i, a.Body, err)
				}
			}
			if n := s.calls.Load(); n > 50 {
				t.Errorf("%d requests for 50 calls", n)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer, body string
		status       int
	}{
		"chunks":        {"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", 201},
		"hints first":   {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200},
		"nothing":       {"HTTP/1.1 204 No Content\r\n\r\n", "", 204},
		"redirect":      {"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "", 307},
		"switching":     {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n|", "", 101},
		"no HTTP":       {"220 mail.example ESMTP\r\n|", "", 0},
		"cut off":       {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok|", "", 0},
		"no answer":     {"|", "", 0},
		"long header":   {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 64<<10) + "\r\nContent-Length: 0\r\n\r\n", "", 0},
		"long body":     {"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 200_000), "", 0},
		"long in parts": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + strings.Repeat("x", 200_000) + "\r\n0\r\n\r\n", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, k := serve(t, c.answer), client(t, httpsend.Options{})
			for range 3 {
				a, err := post(t, t.Context(), k, s.url)
				var lost *httpsend.LostError
				switch {
				case c.status == 0 && (!errors.As(err, &lost) || !lost.Left):
					t.Errorf("%d, %v", a.Status, err)
				case c.status != 0 && (err != nil || a.Status != c.status || string(a.Body) != c.body):
					t.Errorf("%d %q, %v", a.Status, a.Body, err)
				}
			}
			if n := s.calls.Load(); n != 3 {
				t.Errorf("%d requests for 3 calls", n)
			}
		})
	}
}

// A call that is given up ends at once, and what it may have sent is not denied.
func TestGivingUp(t *testing.T) {
	reached := make(chan struct{}, 8)
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		reached <- struct{}{}
		<-release
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	c := client(t, httpsend.Options{Connections: 1, Timeout: time.Minute})

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := post(t, ctx, c, server.URL)
		ended <- err
	}()
	<-reached
	waiting, stop := context.WithCancel(t.Context())
	go func() {
		_, err := post(t, waiting, c, server.URL) // the one connection is taken
		ended <- err
	}()
	stop()
	var lost *httpsend.LostError
	if err := <-ended; !errors.As(err, &lost) || lost.Left || !errors.Is(err, context.Canceled) {
		t.Errorf("while it waited: %v", err)
	}
	cancel()
	if err := <-ended; !errors.As(err, &lost) || !lost.Left || !errors.Is(err, context.Canceled) {
		t.Errorf("after it was sent: %v", err)
	}
	brief, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	if _, err := post(t, brief, c, server.URL); !errors.As(err, &lost) || !lost.Left {
		t.Errorf("after its time: %v", err)
	}
}

// No more connections are opened than were asked for, and none is used by two calls at once.
func TestConnectionsAreBounded(t *testing.T) {
	var open, most atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			for n := open.Add(1); ; {
				if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
		case http.StateClosed:
			open.Add(-1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := client(t, httpsend.Options{Connections: 3})
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() {
			for j := range 50 {
				want := fmt.Sprintf("%d/%d", i, j)
				req, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(want))
				if a, err := c.Do(t.Context(), req); err != nil || string(a.Body) != want {
					t.Errorf("%s: %q, %v", want, a.Body, err)
				}
			}
		})
	}
	wait.Wait()
	if n := most.Load(); n > 3 {
		t.Errorf("%d connections at once", n)
	}
}

func TestCertificates(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	server.Config.ErrorLog = nil
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	known := client(t, httpsend.Options{TLS: &tls.Config{RootCAs: roots}})
	for range 3 {
		if a, err := post(t, t.Context(), known, server.URL); err != nil || a.Status != 200 {
			t.Errorf("%d, %v", a.Status, err)
		}
	}
	var lost *httpsend.LostError
	if _, err := post(t, t.Context(), client(t, httpsend.Options{}), server.URL); !errors.As(err, &lost) || lost.Left {
		t.Errorf("a stranger's certificate: %v", err)
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("%d calls", n)
	}
}
