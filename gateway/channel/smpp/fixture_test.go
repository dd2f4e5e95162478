package smpp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
	"baro/locales/charset"
)

const (
	phone    = "+22370000001"
	password = "s3cretpw"
)

// patience ends a test that hangs; nothing is measured by it.
func patience(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// house is what stands behind a channel.
type house struct {
	mu       sync.Mutex
	changed  *sync.Cond
	messages []channel.MO
	receipts []channel.Receipt
	broken   bool
}

var errBroken = errors.New("the database is down")

func newHouse() *house {
	h := &house{}
	h.changed = sync.NewCond(&h.mu)
	return h
}

func (h *house) accept(_ context.Context, mos []channel.MO) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken {
		return errBroken
	}
	h.messages = append(h.messages, mos...)
	h.changed.Broadcast()
	return nil
}

func (h *house) record(_ context.Context, receipts ...channel.Receipt) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken {
		return errBroken
	}
	h.receipts = append(h.receipts, receipts...)
	h.changed.Broadcast()
	return nil
}

func (h *house) breakDown(yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = yes
}

// wait returns when done, which is asked under the lock after each event, is true.
func (h *house) wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	ctx := patience(t)
	stop := context.AfterFunc(ctx, h.changed.Broadcast)
	defer stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	for !done() {
		if ctx.Err() != nil {
			t.Fatalf("%s: never happened", what)
		}
		h.changed.Wait()
	}
}

func (h *house) texts() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.messages {
		out = append(out, m.Text)
	}
	return out
}

// world is a client bound to a message centre.
type world struct {
	*smpp.Client
	smsc  *smsctest.SMSC
	house *house
	log   *lockedBuffer
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func config(addr string, log *lockedBuffer) smpp.Config {
	var ids atomic.Int64
	profile, _ := charset.FindProfile("sms")
	return smpp.Config{
		Channel: "smsc", Address: addr, SystemID: "baro", Password: password, From: "36036", Profile: profile,
		Timing: smpp.Timing{Backoff: smpp.Backoff{First: time.Millisecond, Longest: 10 * time.Millisecond}, Throttle: 2 * time.Millisecond},
		Now:    time.Now, Rand: func() float64 { return 0.5 }, NewID: func() string { return fmt.Sprint("mo-", ids.Add(1)) },
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// open starts a message centre and a client, and waits until it is bound.
func open(t testing.TB, o smsctest.Options, change func(*smpp.Config), handlers ...func(*smpp.Handlers)) *world {
	t.Helper()
	smsc, err := smsctest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{smsc: smsc, house: newHouse(), log: &lockedBuffer{}}
	cfg := config(smsc.Addr(), w.log)
	if change != nil {
		change(&cfg)
	}
	if w.Client, err = smpp.New(cfg); err != nil {
		t.Fatal(err)
	}
	h := smpp.Handlers{Accept: w.house.accept, Record: w.house.record}
	for _, f := range handlers {
		f(&h)
	}
	w.Start(h)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = w.Stop(ctx)
		smsc.Close()
	})
	want := max(cfg.Binds, 1)
	if cfg.Mode == smpp.Pair {
		want *= 2
	}
	w.bound(t, want)
	return w
}

// bound waits until both ends see that many binds.
func (w *world) bound(t testing.TB, n int) {
	t.Helper()
	ctx := patience(t)
	if !w.smsc.Wait(ctx, func(c smsctest.Counts) bool { return c.Bound == n }) {
		t.Fatalf("not bound:\n%s", w.log)
	}
	until(ctx, t, "bound", func() bool { have, _, _ := w.Status(); return have == n })
}

// rebound waits for a bind after the first before ones.
func (w *world) rebound(t testing.TB, before int64) {
	t.Helper()
	if !w.smsc.Wait(patience(t), func(c smsctest.Counts) bool { return c.Binds > before }) {
		t.Fatalf("not bound again:\n%s", w.log)
	}
	w.bound(t, 1)
}

// until yields to the goroutines that are to make something true.
func until(ctx context.Context, t testing.TB, what string, done func() bool) {
	t.Helper()
	for !done() {
		if ctx.Err() != nil {
			t.Fatalf("%s: never", what)
		}
		runtime.Gosched()
	}
}

func mt(id, text string) channel.MT {
	m := charset.Count(text)
	return channel.MT{ID: id, To: channeltest.Number(phone), Text: text, Encoding: m.Encoding, Parts: m.Parts}
}

// mo is an SMS as the message centre delivers it.
func mo(text string) pdu.Message {
	return pdu.Message{Source: pdu.Address{TON: 1, NPI: 1, Addr: "22370000001"}, Dest: pdu.Address{Addr: "36036"}, Short: []byte(text)}
}

func (w *world) deliver(t testing.TB, m pdu.Message, want pdu.Status) {
	t.Helper()
	got, err := w.smsc.Deliver(patience(t), m)
	if err != nil || got != want {
		t.Fatalf("deliver_sm answered with %s, %v, want %s\n%s", got, err, want, w.log)
	}
}

// keepsSecrets fails when a log line tells a number, a text or the password.
func (w *world) keepsSecrets(t testing.TB, also ...string) {
	t.Helper()
	for _, secret := range append([]string{"22370000001", "70000001", password}, also...) {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log tells a secret:\n%s", w.log)
			return
		}
	}
}
