// Package standin imitates the HTTP interfaces of providers on a loopback socket, strictly and with their bad days: an
// answer that comes late or never, a receipt that comes first or twice, an acceptance nobody hears of.
package standin

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A Fault is what one call meets. The zero value is a good day.
type Fault struct {
	AfterAccept bool            // the message is taken before the fault happens
	Status      int             // answered in place of the usual; 0: the usual answer
	Header      http.Header     // of that answer
	Body        string          // of that answer
	Late        <-chan struct{} // the answer waits until it is closed
	Hang        bool            // no answer as long as the caller or the server lives
	Drop        bool            // the connection is cut in place of an answer
	Receipts    []string        // states reported before the answer goes out, in this order
}

// TooMany refuses with 429.
func TooMany(after time.Duration) Fault {
	return Fault{
		Status: http.StatusTooManyRequests, Body: `{"code":20429,"message":"Too many requests","status":429}`,
		Header: http.Header{"Retry-After": {strconv.Itoa(int(after / time.Second))}, "Content-Type": {"application/json"}},
	}
}

// BadGateway is the page of a proxy whose provider may have taken the message or not.
func BadGateway() Fault {
	return Fault{
		AfterAccept: true, Status: http.StatusBadGateway, Body: "<html><body>502 Bad Gateway</body></html>",
		Header: http.Header{"Content-Type": {"text/html"}},
	}
}

// Empty takes the message and answers 201 without a body.
func Empty() Fault { return Fault{AfterAccept: true, Status: http.StatusCreated} }

// DropAfterAccept takes the message and cuts the connection.
func DropAfterAccept() Fault { return Fault{AfterAccept: true, Drop: true} }

// HangAfterAccept takes the message and says nothing.
func HangAfterAccept() Fault { return Fault{AfterAccept: true, Hang: true} }

// A Message is one that the provider has taken.
type Message struct {
	ID       string // the provider's
	To, From string
	Text     string
	Callback string // where its receipts go
}

// desk is what stand-ins share: the faults to come, the messages taken, the receipts to send.
type desk struct {
	URL string

	tb     testing.TB
	mu     sync.Mutex
	faults []Fault
	taken  map[string]Message
	calls  int
	quit   chan struct{}
}

func newDesk(tb testing.TB, handler http.Handler) *desk {
	d := &desk{tb: tb, taken: make(map[string]Message), quit: make(chan struct{})}
	server := httptest.NewServer(handler)
	d.URL = server.URL
	tb.Cleanup(server.Close)
	tb.Cleanup(func() { close(d.quit) }) // first: hanging calls end
	return d
}

// Next plans the faults of the calls to come, one each.
func (d *desk) Next(faults ...Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, faults...)
}

// Taken lists the messages the provider has, by its ids.
func (d *desk) Taken() []Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := slices.Sorted(maps.Keys(d.taken))
	all := make([]Message, 0, len(ids))
	for _, id := range ids {
		all = append(all, d.taken[id])
	}
	return all
}

// Calls counts the calls, good and bad.
func (d *desk) Calls() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}

func (d *desk) fault() Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if len(d.faults) == 0 {
		return Fault{}
	}
	f := d.faults[0]
	d.faults = d.faults[1:]
	return f
}

func (d *desk) take(m Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.taken[m.ID] = m
}

// act plays a fault and reports whether that was the answer. report sends one receipt.
func (d *desk) act(w http.ResponseWriter, r *http.Request, f Fault, m Message, report func(Message, string)) bool {
	if f.Status == 0 || f.AfterAccept {
		d.take(m)
	}
	for _, state := range f.Receipts {
		report(m, state)
	}
	if f.Late != nil {
		select {
		case <-f.Late:
		case <-d.quit:
		}
	}
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-d.quit:
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		maps.Copy(w.Header(), f.Header)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return true
	}
	return false
}
