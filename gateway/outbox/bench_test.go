package outbox_test

import (
	"context"
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

	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/httpsend"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
	"baro/store"
	"baro/store/storetest/pgtest"
)

// callers is how many calls are under way at a time, in the outbox and in the bare loop.
const callers = 32

// BenchmarkOutbox sends b.N messages from the outbox to a provider on the loopback, and as many with nothing but an HTTP
// client, in the same run; "ratio" is the outbox's rate over the bare one's.
func BenchmarkOutbox(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchOutbox(b, sqlite(b)) })
	b.Run("postgres", func(b *testing.B) { benchOutbox(b, migrated(b, pgtest.Start(b).Database(b))) })
}

func benchOutbox(b *testing.B, address string) {
	sink := newSink(b)
	profile, _ := charset.FindProfile("sms")
	adapter, err := africastalking.NewSMS(africastalking.SMSConfig{
		Channel: "sms", Username: "bench", APIKey: "key", APIURL: sink.url, Profile: profile, NewID: uuid.NewString,
		HTTP: httpsend.Options{Connections: callers},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer adapter.Close()
	o := open(b, address, func(_ *outbox.Deps, c *outbox.Channel) { c.Provider, c.Concurrency = adapter, callers })
	defer o.close()
	fill(b, o, b.N)
	bare := bareLoop(b, sink, b.N/2)
	sink.expect(b.N)
	b.ResetTimer()
	o.Start()
	<-sink.reached
	b.StopTimer()
	spent := b.Elapsed()
	bare += bareLoop(b, sink, b.N-b.N/2) // before and after: machines drift
	if err := o.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
	if h := o.Health()[0]; h.Counts.Accepted != uint64(b.N) {
		b.Fatalf("%+v of %d", h, b.N)
	}
	b.ReportMetric(float64(b.N)/spent.Seconds(), "msg/s")
	b.ReportMetric(float64(b.N)/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/spent.Seconds(), "ratio")
}

func fill(b *testing.B, o *bench, n int) {
	b.Helper()
	const chunk = 500
	batch := make([]outbox.Message, 0, chunk)
	for i := range n {
		to, err := identity.Parse(fmt.Sprintf("+223%08d", 70_000_000+i%1_000_000))
		if err != nil {
			b.Fatal(err)
		}
		batch = append(batch, outbox.Message{Channel: "sms", To: to, Text: "Budget 2026 de Jekabara: tapez *384*96#", Language: "fr", Priority: store.PriorityBulk})
		if len(batch) == chunk || i == n-1 {
			if err := o.Enqueue(b.Context(), batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}

// bareLoop is the time that callers goroutines with a tuned client need for n calls.
func bareLoop(b *testing.B, sink *sink, n int) time.Duration {
	b.Helper()
	if n == 0 {
		return 0
	}
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConns: callers, MaxIdleConnsPerHost: callers, MaxConnsPerHost: callers, DisableCompression: true,
	}}
	defer client.CloseIdleConnections()
	body := url.Values{
		"username": {"bench"}, "to": {"+22370000001"}, "message": {"Budget 2026 de Jekabara: tapez *384*96#"}, "bulkSMSMode": {"1"}, "enqueue": {"1"},
	}.Encode()
	sink.expect(n)
	var left atomic.Int64
	left.Store(int64(n))
	var wait sync.WaitGroup
	start := time.Now()
	for range callers {
		wait.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, sink.url+"/version1/messaging", strings.NewReader(body))
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

// sink takes everything at once.
type sink struct {
	url     string
	ids     atomic.Int64
	left    atomic.Int64
	reached chan struct{}
}

func newSink(b *testing.B) *sink {
	b.Helper()
	s := &sink{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	s.url = "http://" + listener.Addr().String()
	return s
}

func (s *sink) expect(n int) {
	s.left.Store(int64(n))
	s.reached = make(chan struct{})
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"+22370000001","status":"Success","messageId":"ATPid_%d"}]}}`, s.ids.Add(1))
	if s.left.Add(-1) == 0 {
		close(s.reached)
	}
}
