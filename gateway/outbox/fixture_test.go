package outbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

// engines gives the address of a migrated database of each kind.
func engines(t *testing.T) map[string]func(t testing.TB) string {
	return map[string]func(t testing.TB) string{
		"sqlite":   func(t testing.TB) string { return migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db")) },
		"postgres": func(t testing.TB) string { return migrated(t, pgtest.Start(t).Database(t)) },
	}
}

func sqlite(t testing.TB) string {
	return migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"))
}

func migrated(t testing.TB, address string) string {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return address
}

// provider is a scripted one: act decides, and everything handed over is remembered.
type provider struct {
	act func(ctx context.Context, m channel.MT, call int) channel.Result

	mu    sync.Mutex
	sends []sent
	taken map[string]int // by our id: how often the provider really has it
}

type sent struct {
	mt      channel.MT
	at      time.Time
	outcome channel.Outcome
}

func (p *provider) Send(ctx context.Context, m channel.MT) (r channel.Result) {
	p.mu.Lock()
	at := len(p.sends)
	p.sends = append(p.sends, sent{mt: m, at: time.Now(), outcome: channel.Unknown})
	p.mu.Unlock()
	if p.act == nil {
		r = p.accept(m)
	} else {
		r = p.act(ctx, m, at+1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sends[at].outcome = r.Outcome
	return r
}

// accept takes a message.
func (p *provider) accept(m channel.MT) channel.Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken == nil {
		p.taken = make(map[string]int)
	}
	p.taken[m.ID]++
	return channel.Result{Outcome: channel.Accepted, ProviderID: "P-" + m.ID}
}

func (p *provider) Profile() charset.Profile {
	profile, _ := charset.FindProfile("sms")
	return profile
}

func (p *provider) DecodeMO(*channel.Request) ([]channel.MO, channel.Response, error) {
	return nil, channel.Response{}, channel.ErrInvalid
}

func (p *provider) DecodeReceipts(*channel.Request) ([]channel.Receipt, channel.Response, error) {
	return nil, channel.Response{}, channel.ErrInvalid
}

func (p *provider) all() []sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sends)
}

func (p *provider) texts() (texts []string) {
	for _, s := range p.all() {
		texts = append(texts, s.mt.Text)
	}
	return texts
}

// bench is a service over a database, inside a bubble of fake time.
type bench struct {
	t    testing.TB
	db   *sqldb.DB
	deps outbox.Deps
	*outbox.Service
	provider *provider
	keys     *identity.Keyring
	logged   *logBuffer
	ids      []string
}

// open must be called where the test runs: a database opened outside a bubble keeps its time from passing.
func open(t testing.TB, address string, change func(*outbox.Deps, *outbox.Channel)) *bench {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys, _, err := identity.NewKeyring(bytes.Repeat([]byte{7}, 32), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, provider: &provider{}, logged: &logBuffer{}}
	b.deps = outbox.Deps{
		Writer: db, Outbox: db.Outbox(), Care: db.Outbox(), Receipts: db.Receipts(), Consents: db.Consents(), Keys: keys,
		Node: "node", NewID: uuid.NewString, Now: time.Now, Rand: func() float64 { return 0.5 },
		Log: slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	c := outbox.Channel{Name: "sms", Provider: b.provider, Timeout: 10 * time.Second}
	if change != nil {
		change(&b.deps, &c)
	}
	b.keys = b.deps.Keys
	if b.Service, err = outbox.New(b.deps, c); err != nil {
		t.Fatal(err)
	}
	return b
}

// close stops everything the bubble started, and looks at what was logged.
func (b *bench) close() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.Stop(ctx); err != nil {
		b.t.Errorf("stop: %v", err)
	}
	if err := b.db.Close(); err != nil {
		b.t.Errorf("close: %v", err)
	}
	for _, secret := range []string{"7000000", "Réunion", "Reunion"} {
		if strings.Contains(b.logged.String(), secret) {
			b.t.Errorf("the log gives %q away:\n%s", secret, b.logged.String())
		}
	}
}

// say enqueues one message to a person of the fictional range and gives its id.
func (b *bench) say(person int, text string, change func(*outbox.Message)) string {
	b.t.Helper()
	to, err := identity.Parse(fmt.Sprintf("+2237000%04d", person))
	if err != nil {
		b.t.Fatal(err)
	}
	m := outbox.Message{ID: uuid.NewString(), Channel: "sms", Origin: "test:1", To: to, Text: text, Language: "fr"}
	if change != nil {
		change(&m)
	}
	if err := b.Enqueue(b.t.Context(), m); err != nil {
		b.t.Fatal(err)
	}
	b.ids = append(b.ids, m.ID)
	return m.ID
}

func (b *bench) get(id string) store.Outbound {
	b.t.Helper()
	m, err := b.db.Outbox().Get(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

func (b *bench) is(id string, want store.OutboundState) {
	b.t.Helper()
	if got := b.get(id); got.State != want {
		b.t.Errorf("the message is %s (%s), want %s", got.State, got.FailureClass, want)
	}
}

func bulk(m *outbox.Message) { m.Priority = store.PriorityBulk }

// pass lets fake time pass.
func pass(d time.Duration) { <-time.After(d) }

type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// faulty is a store that fails once, at the k-th of the calls that are counted.
type faulty struct {
	store.Outbox
	store.OutboxCare
	calls atomic.Int64
	k     int64
	after bool // the call takes effect before it fails
}

// fail wraps one call.
func (f *faulty) fail(call func() error) error {
	if f.calls.Add(1) != f.k {
		return call()
	}
	if f.after {
		if err := call(); err != nil {
			return err
		}
	}
	return store.NewError(store.CodeUnavailable, "test", "planned")
}

func (f *faulty) Claim(ctx context.Context, name string, c store.Claim) (rows []store.Outbound, err error) {
	err = f.fail(func() (err error) { rows, err = f.Outbox.Claim(ctx, name, c); return err })
	if err != nil {
		rows = nil
	}
	return rows, err
}

func (f *faulty) Begin(ctx context.Context, holder string, messages []int64, at time.Time) (held []int64, err error) {
	err = f.fail(func() (err error) { held, err = f.Outbox.Begin(ctx, holder, messages, at); return err })
	return held, err
}

func (f *faulty) Finish(ctx context.Context, name, holder string, outcomes []store.Outcome, at time.Time) (n int64, err error) {
	err = f.fail(func() (err error) { n, err = f.Outbox.Finish(ctx, name, holder, outcomes, at); return err })
	return n, err
}

func (f *faulty) Abandon(ctx context.Context, holder string, at time.Time) (n int64, err error) {
	err = f.fail(func() (err error) { n, err = f.OutboxCare.Abandon(ctx, holder, at); return err })
	return n, err
}

func (f *faulty) Return(ctx context.Context, holder string, at time.Time) (n int64, err error) {
	err = f.fail(func() (err error) { n, err = f.OutboxCare.Return(ctx, holder, at); return err })
	return n, err
}
