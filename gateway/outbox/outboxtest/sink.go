// Package outboxtest is the other end of benchmarks: a provider on the loopback that takes every message at once, and a bare
// client to hold the gateway against.
package outboxtest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// Callers is how many calls are under way at a time, in the gateway and in the bare loop.
const Callers = 32

// Sink is a provider that takes everything at once. It speaks Africa's Talking's sending API.
type Sink struct {
	URL string
	// Heard is told of each message; nil: nobody asks.
	Heard func(body string)
	ids   atomic.Int64
}

// NewSink starts one on a free port of the loopback until the benchmark ends.
func NewSink(b testing.TB) *Sink {
	b.Helper()
	s := &Sink{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	s.URL = "http://" + listener.Addr().String()
	return s
}

// ServeHTTP accepts one message.
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Heard == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	} else if body, err := io.ReadAll(r.Body); err == nil {
		s.Heard(string(body))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"+22370000001","status":"Success","messageId":"ATPid_%d"}]}}`, s.ids.Add(1))
}

// Provider is the adapter that leads to the sink.
func (s *Sink) Provider(b testing.TB) channel.SMSProvider {
	b.Helper()
	profile, _ := charset.FindProfile("sms")
	adapter, err := africastalking.NewSMS(africastalking.SMSConfig{
		Channel: "sms", Username: "bench", APIKey: "key", APIURL: s.URL, Profile: profile, NewID: uuid.NewString,
		HTTP: httpsend.Options{Connections: Callers},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(adapter.Close)
	return adapter
}

// Bare is the time that Callers goroutines with a tuned client need for n calls.
func (s *Sink) Bare(b testing.TB, n int) time.Duration {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConns: Callers, MaxIdleConnsPerHost: Callers, MaxConnsPerHost: Callers, DisableCompression: true,
	}}
	defer client.CloseIdleConnections()
	body := url.Values{
		"username": {"bench"}, "to": {"+22370000001"}, "message": {"Budget 2026 de Jekabara: tapez *384*96#"}, "bulkSMSMode": {"1"}, "enqueue": {"1"},
	}.Encode()
	var left atomic.Int64
	left.Store(int64(n))
	var wait sync.WaitGroup
	start := time.Now()
	for range Callers {
		wait.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL+"/version1/messaging", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}
