package httpsend_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-3": 0, "0": time.Second, "7": 7 * time.Second, "999999999": time.Hour, "99999999999999": 0,
		"Wed, 25 Nov 2026 08:01:00 GMT": time.Minute, "Wed, 25 Nov 2026 07:00:00 GMT": time.Second,
	} {
		a := httpsend.Answer{Status: 429, Header: http.Header{"Retry-After": {value}}}
		if got := a.After(now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
		if r := a.ByStatus(now); r == nil || r.Outcome != channel.RetryAfter || r.After != want {
			t.Errorf("%q: %+v", value, r)
		}
	}
}

func TestByStatus(t *testing.T) {
	for status, want := range map[int]channel.Outcome{
		301: channel.Unknown, 307: channel.Unknown, 400: channel.Refused, 401: channel.Refused, 402: channel.Refused, 404: channel.Refused,
		408: channel.Unknown, 422: channel.Refused, 429: channel.RetryAfter, 500: channel.Unknown, 502: channel.Unknown, 504: channel.Unknown,
	} {
		if r := (httpsend.Answer{Status: status}).ByStatus(time.Now()); r == nil || r.Outcome != want || r.Class == "" || r.Err == nil {
			t.Errorf("%d: %+v, want outcome %d", status, r, want)
		}
	}
	for _, status := range []int{200, 201, 202, 204} {
		if r := (httpsend.Answer{Status: status}).ByStatus(time.Now()); r != nil {
			t.Errorf("%d: %+v", status, r)
		}
	}
}

// Error answers are read and closed like others, so that the next call finds the connection free.
func TestConnectionsAreUsedAgain(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(strings.Repeat("x", 4096)))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := httpsend.New(httpsend.Options{})
	t.Cleanup(c.Close)
	for range 20 {
		req, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := c.Do(t.Context(), req); err != nil || answer.Status != 502 || len(answer.Body) != 4096 {
			t.Fatalf("%d, %v", answer.Status, err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for 20 calls in turn", n)
	}
}

// The URL of a call may hold a secret, so no error repeats it.
func TestErrorsHoldNoAddress(t *testing.T) {
	c := httpsend.New(httpsend.Options{Timeout: time.Second})
	req, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:1/send?password=hunter2", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), req)
	var lost *httpsend.LostError
	if !errors.As(err, &lost) || lost.Left || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	if r := httpsend.Lost(err); r.Outcome != channel.RetryAfter {
		t.Errorf("%+v", r)
	}
}
