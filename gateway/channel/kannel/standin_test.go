package kannel_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"baro/gateway/channel/channeltest/standin"
	"baro/locales/charset"
)

// A box is a stand-in for smsbox with its bad days. A real one is asked in real_test.go; this one also breaks off.
type box struct {
	url  string
	mu   sync.Mutex
	plan []standin.Fault
	took []standin.Message
	all  []url.Values
	quit chan struct{}
}

func newBox(t testing.TB) *box {
	t.Helper()
	b := &box{quit: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(b.serve))
	b.url = server.URL + "/cgi-bin/sendsms"
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(b.quit) })
	return b
}

func (b *box) Next(faults ...standin.Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plan = append(b.plan, faults...)
}

func (b *box) Taken() []standin.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.took)
}

func (b *box) Calls() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.all)
}

// last is the query of the latest call.
func (b *box) last() url.Values {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[len(b.all)-1]
}

func (b *box) serve(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	b.mu.Lock()
	b.all = append(b.all, q)
	var f standin.Fault
	if len(b.plan) > 0 {
		f, b.plan = b.plan[0], b.plan[1:]
	}
	if f.Status == 0 || f.AfterAccept {
		text := q.Get("text")
		if q.Get("coding") == "2" {
			text = charset.DecodeUCS2([]byte(text))
		}
		b.took = append(b.took, standin.Message{To: q.Get("to"), From: q.Get("from"), Text: text, Callback: q.Get("dlr-url")}) // no id: Kannel tells none
	}
	b.mu.Unlock()
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-b.quit:
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		maps.Copy(w.Header(), f.Header)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	case r.Method != http.MethodGet || r.URL.Path != "/cgi-bin/sendsms" || q.Get("username") != "baro" || q.Get("password") != password:
		http.Error(w, "Authorization failed for sendsms", http.StatusForbidden)
	case q.Has("charset") || strings.TrimLeft(q.Get("to"), "+0123456789") != "":
		http.Error(w, "Charset or body misformed, rejected", http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("0: Accepted for delivery"))
	}
}
