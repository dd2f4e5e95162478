package smsgate_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/smsgate"
	"baro/gateway/channel/smsgate/smsgatetest"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/gateway/server"
	"baro/locales/charset"
	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

const token = "private-token-of-the-channel"

// station is a node with one phone channel, from the outbox to the socket.
type station struct {
	t      testing.TB
	db     *sqldb.DB
	phones *smsgate.Server
	outbox *outbox.Service
	server *server.Server
	url    string
	logged *logBuffer

	mu  sync.Mutex
	mos []channel.MO
	out sync.Once
}

func profile() charset.Profile {
	p, _ := charset.FindProfile("sms")
	return p
}

func database(t testing.TB, address string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), address, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func newStation(t testing.TB, change func(*smsgate.Config)) *station {
	return joinStation(t, database(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db")), keyring(t), nil, change)
}

func keyring(t testing.TB) *identity.Keyring {
	t.Helper()
	keys, _, err := identity.NewKeyring(bytes.Repeat([]byte{7}, 32), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// postgres is the address of an empty database that several nodes share.
func postgres(t testing.TB) string { return pgtest.Start(t).Database(t) }

// joinStation starts a node on a database that others may use too.
func joinStation(t testing.TB, db *sqldb.DB, keys *identity.Keyring, hold smsgate.Hold, change func(*smsgate.Config)) *station {
	t.Helper()
	s := &station{t: t, db: db, logged: &logBuffer{}}
	log := slog.New(slog.NewTextHandler(s.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := smsgate.Config{
		Channel: "phone", BaseURL: "http://unset", Token: token, Profile: profile(), Phones: db.Phones(), Offers: db.PhoneOffers(), Writer: db,
		NewToken: rand.Text, Log: log,
		Timing: smsgate.Timing{Look: 20 * time.Millisecond, Absence: 50 * time.Millisecond, Poll: 500 * time.Millisecond},
	}
	if change != nil {
		change(&cfg)
	}
	// The address is known only once the server listens, and the phones have to be told it.
	front := &front{}
	var err error
	s.server, err = server.New(server.Options{
		Listen: "127.0.0.1:0", PublicURL: "http://127.0.0.1", Channels: []server.Channel{{Name: "phone", SMS: front, More: front}},
		Dialogues: silence{}, Messages: s, Fault: func(server.Fault) flows.Screen { return flows.Screen{} }, Log: log, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + s.server.Addr().String() + "/hooks/phone"
	cfg.BaseURL = s.url
	if s.phones, err = smsgate.NewServer(cfg); err != nil {
		t.Fatal(err)
	}
	front.set(s.phones)
	s.outbox, err = outbox.New(outbox.Deps{
		Writer: db, Outbox: db.Outbox(), Care: db.Outbox(), Receipts: db.Receipts(), Consents: db.Consents(), Keys: keys,
		Node: "node", NewID: uuid.NewString, Now: time.Now, Rand: func() float64 { return 0 }, Log: log,
	}, outbox.Channel{
		Name: "phone", Provider: s.phones, Timeout: time.Minute, Lease: 2 * time.Minute, UnconfirmedAfter: 100 * time.Millisecond, Ready: s.phones.Ready,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.outbox.Start()
	s.phones.Start(smsgate.Handlers{Record: s.outbox.Record, Open: s.outbox.Reveal, Hold: hold, Wake: func() { s.outbox.Wake("phone") }})
	t.Cleanup(s.stop)
	return s
}

// stop ends a node in the order in which the gateway does.
func (s *station) stop() {
	s.out.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.server.Stop(ctx); err != nil {
			s.t.Errorf("stop server: %v", err)
		}
		s.phones.Drain()
		if err := s.outbox.Stop(ctx); err != nil {
			s.t.Errorf("stop outbox: %v", err)
		}
		s.phones.Stop()
		for _, secret := range []string{"7000000", "Réunion", "Reunion", token} {
			if strings.Contains(s.logged.String(), secret) {
				s.t.Errorf("the log gives %q away:\n%s", secret, s.logged.String())
			}
		}
	})
}

func (s *station) Accept(_ context.Context, mos []channel.MO) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mos = append(s.mos, mos...)
	return nil
}

func (s *station) Receipts(ctx context.Context, receipts []channel.Receipt) error {
	return s.outbox.Record(ctx, receipts...)
}

func (s *station) received() []channel.MO {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]channel.MO(nil), s.mos...)
}

// phone is one that has registered.
func (s *station) phone() *smsgatetest.Phone {
	s.t.Helper()
	p := smsgatetest.New(s.url, token)
	if status, err := p.Register(s.t.Context()); err != nil || status != 201 {
		s.t.Fatalf("register: %d %v", status, err)
	}
	return p
}

// listen keeps a phone's stream until the test ends or it is told to leave.
func (s *station) listen(p *smsgatetest.Phone) (leave func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.Run(ctx) // how it ends is what other tests look at
	}()
	leave = func() { cancel(); <-done }
	s.t.Cleanup(leave)
	return leave
}

func (s *station) say(person int, text string) string {
	s.t.Helper()
	to, err := identity.Parse(fmt.Sprintf("+2237000%04d", person))
	if err != nil {
		s.t.Fatal(err)
	}
	m := outbox.Message{ID: uuid.NewString(), Channel: "phone", Origin: "test:1", To: to, Text: text, Language: "fr"}
	if err := s.outbox.Enqueue(s.t.Context(), m); err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

func (s *station) state(id string) store.OutboundState {
	s.t.Helper()
	m, err := s.db.Outbox().Get(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.State
}

// becomes waits until a message has reached a state.
func (s *station) becomes(id string, want store.OutboundState) {
	s.t.Helper()
	until(s.t, func() bool { return s.state(id) == want }, func() string { return "the message is " + string(s.state(id)) + ", want " + string(want) })
}

// until asks a condition again and again, and gives up after the time a broken program may take.
func until(t testing.TB, true func() bool, what func() string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !true(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal(what())
		}
	}
}

// front passes requests on once there is somebody behind it.
type front struct {
	mu sync.Mutex
	*smsgate.Server
}

func (f *front) set(s *smsgate.Server) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Server = s
}

func (f *front) behind() *smsgate.Server {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Server
}

func (f *front) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	return f.behind().DecodeMO(r)
}

func (f *front) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	return f.behind().DecodeReceipts(r)
}

func (f *front) Route(ctx context.Context, path string, r *channel.Request) (channel.Response, error) {
	return f.behind().Route(ctx, path, r)
}

// silence answers USSD, which phones do not bring.
type silence struct{}

func (silence) Handle(context.Context, channel.USSD) flows.Screen { return flows.Screen{} }
func (silence) Ended(context.Context, channel.EndNotice)          {}

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
