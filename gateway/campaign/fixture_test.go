package campaign_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/flows"
	"baro/flows/compile"
	"baro/flows/library"
	"baro/gateway/campaign"
	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

var (
	author   = store.Act{Actor: "account:1"}
	approver = store.Act{Actor: "account:2"}
	third    = store.Act{Actor: "account:3"}
	ctx      = context.Background()
)

// languages are those of a town's readers, in turn.
var languages = []string{"fr", "bm", "en", "ar"}

// shipped compiles what ships, with drafts shown.
var shipped = sync.OnceValues(func() (*flows.Program, error) {
	cat, problems := locales.Load(locales.Messages(), locales.Review(), locales.Options{
		Languages: []string{"fr", "en", "bm", "ff", "ses", "taq", "ar"}, Default: "fr", Drafts: []string{"bm", "ff", "ses", "taq", "ar"}})
	for _, p := range problems {
		if !p.Warning {
			return nil, fmt.Errorf("%s", p)
		}
	}
	p, found := compile.Program(library.Files(), library.ManifestFile, compile.Options{Catalogue: cat})
	if found.Errors() > 0 {
		return nil, fmt.Errorf("%v", found)
	}
	return p, nil
})

// engines gives an address of an empty database of each kind.
func engines(t testing.TB) map[string]func() string {
	return map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "baro.db") },
		"postgres": func() string { return pgtest.Start(t).Database(t) },
	}
}

// clock is a clock that tests move; without a time of its own it is the real one.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		return time.Now()
	}
	return c.now
}

func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// provider is a scripted one; it remembers how often it really has each message, by our id and by number.
type provider struct {
	act     func(ctx context.Context, m channel.MT, call int) channel.Result
	profile charset.Profile

	mu    sync.Mutex
	calls int
	taken map[string]int
	heard map[identity.MSISDN][]string
	parts int
	times []time.Time
}

func (p *provider) Send(ctx context.Context, m channel.MT) channel.Result {
	p.mu.Lock()
	p.calls++
	call := p.calls
	p.mu.Unlock()
	if p.act != nil {
		return p.act(ctx, m, call)
	}
	return p.accept(m)
}

func (p *provider) accept(m channel.MT) channel.Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[m.ID]++
	p.heard[m.To] = append(p.heard[m.To], m.Text)
	p.parts += m.Parts
	p.times = append(p.times, time.Now())
	return channel.Result{Outcome: channel.Accepted, ProviderID: "P-" + m.ID, Parts: m.Parts}
}

func (p *provider) counts() (calls, messages, parts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls, len(p.taken), p.parts
}

func (p *provider) Profile() charset.Profile { return p.profile }

func (p *provider) DecodeMO(*channel.Request) ([]channel.MO, channel.Response, error) {
	return nil, channel.Response{}, channel.ErrInvalid
}

func (p *provider) DecodeReceipts(*channel.Request) ([]channel.Receipt, channel.Response, error) {
	return nil, channel.Response{}, channel.ErrInvalid
}

// town is a commune with a gateway that sends.
type town struct {
	*campaign.Service
	t        testing.TB
	db       *sqldb.DB
	keys     *identity.Keyring
	clock    *clock
	feeder   *campaign.Feeder
	outbox   *outbox.Service
	provider *provider
	commune  store.PlaceID
	cercle   store.PlaceID
	people   []identity.MSISDN
}

// options change a town before it is built.
type options struct {
	now     time.Time // zero: real time
	change  func(*campaign.Deps)
	channel func(*outbox.Channel)
	node    string
}

func newTown(t testing.TB, address string, o options) *town {
	t.Helper()
	w := &town{t: t, clock: &clock{now: o.now}}
	must := w.must
	var err error
	w.db, err = sqldb.Open(ctx, address, sqldb.Options{Now: w.clock.Now})
	must(err)
	t.Cleanup(func() { _ = w.db.Close() })
	_, err = w.db.Migrate(ctx)
	must(err)
	w.ring()
	w.places()
	program, err := shipped()
	must(err)
	profile, _ := charset.FindProfile("sms")
	w.provider = &provider{profile: profile, taken: make(map[string]int), heard: make(map[identity.MSISDN][]string)}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if o.node == "" {
		o.node = "one"
	}
	way := outbox.Channel{Name: "sms", Provider: w.provider, Timeout: 5 * time.Second}
	if o.channel != nil {
		o.channel(&way)
	}
	deps := outbox.Deps{
		Writer: w.db, Outbox: w.db.Outbox(), Care: w.db.Outbox(), Receipts: w.db.Receipts(), Consents: w.db.Consents(), Keys: w.keys,
		Node: o.node, NewID: uuid.NewString, Now: w.clock.Now, Rand: mathrand.Float64, Log: log,
	}
	if bell := w.db.Bell(); bell != nil {
		deps.Bell = bell
	}
	w.outbox, err = outbox.New(deps, way)
	must(err)
	bamako, err := time.LoadLocation("Africa/Bamako")
	must(err)
	sms := campaign.Way{Channel: "sms", Profile: profile}
	d := campaign.Deps{
		Writer: w.db, Broadcasts: w.db.Broadcasts(), Rules: w.db.BroadcastRules(), Audiences: w.db.Recipients(), Recipients: w.db.Recipients(),
		Care: w.db.Recipients(), Outbox: w.db.Outbox(), Leases: w.db.Leases(), Places: w.db.Places(), Keys: w.keys,
		Program: func() *flows.Program { return program },
		Ways:    func(store.PlaceID) []campaign.Way { return []campaign.Way{sms} },
		Route:   func(store.PlaceID, identity.MSISDN) (campaign.Way, error) { return sms, nil },
		Ring:    w.outbox.Wake,
		Dial:    func(store.PlaceID, ...int) string { return "*384*96#" },
		Zone:    bamako, NewID: uuid.NewString, Now: w.clock.Now, Log: log, Node: o.node,
	}
	if o.change != nil {
		o.change(&d)
	}
	w.Service = campaign.New(d)
	w.feeder = campaign.NewFeeder(w.Service, o.node)
	return w
}

// ring opens the keys that the database holds, so that all processes on one seal alike.
func (w *town) ring() {
	stored, err := w.db.DataKeys().All(ctx)
	w.must(err)
	var wrapped []identity.WrappedKey
	for _, k := range stored {
		wrapped = append(wrapped, identity.WrappedKey{ID: k.ID, Kind: identity.KeyKind(k.Purpose), CreatedAt: k.Created, Box: k.Box})
	}
	ring, fresh, err := identity.NewKeyring(bytes.Repeat([]byte{7}, 32), wrapped, rand.Reader)
	w.must(err)
	var made []store.DataKey
	for _, k := range fresh {
		made = append(made, store.DataKey{ID: k.ID, Purpose: string(k.Kind), Box: k.Box, Created: time.Unix(1, 0)})
	}
	if len(made) > 0 {
		_, err = w.db.DataKeys().Init(ctx, made)
		w.must(err)
	}
	w.keys = ring
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) { w.t.Logf("%s", p); return len(p), nil }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) wants(want, err error) {
	w.t.Helper()
	if err == nil || !isError(err, want) {
		w.t.Fatalf("got %v, want %v", err, want)
	}
}

func (w *town) places() {
	_, err := w.db.Places().Upsert(ctx, []store.Place{
		{Edition: "demo", Pcode: "ML", Level: store.LevelCountry, Name: "Mali", InUse: true},
		{Edition: "demo", Pcode: "ML01", Level: store.LevelRegion, ParentPcode: "ML", Name: "Région", InUse: true},
		{Edition: "demo", Pcode: "ML0101", Level: store.LevelCercle, ParentPcode: "ML01", Name: "Cercle", InUse: true},
		{Edition: "demo", Pcode: "ML010101", Level: store.LevelCommune, ParentPcode: "ML0101", Name: "Jèkabara", ShortName: "Jekabara", InUse: true, Fictional: true},
		{Edition: "demo", Pcode: "ML010102", Level: store.LevelCommune, ParentPcode: "ML0101", Name: "Benkadi", InUse: true, Fictional: true},
	})
	w.must(err)
	for code, to := range map[string]*store.PlaceID{"ML010101": &w.commune, "ML0101": &w.cercle} {
		p, err := w.db.Places().ByCode(ctx, "demo", code)
		w.must(err)
		*to = p.ID
	}
}

// readers adds n people of a commune who agreed to notices, each in the next language.
func (w *town) readers(commune store.PlaceID, n int) {
	w.t.Helper()
	now := w.clock.Now()
	const part = 500
	for from := 0; from < n; from += part {
		w.must(w.db.Write(ctx, func(ctx context.Context) error {
			for i := from; i < min(n, from+part); i++ {
				to, err := identity.Parse(fmt.Sprintf("+2237%07d", len(w.people)))
				if err != nil {
					return err
				}
				w.people = append(w.people, to)
				if err := w.agree(ctx, to, commune, languages[i%len(languages)], now); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func (w *town) agree(ctx context.Context, to identity.MSISDN, commune store.PlaceID, language string, now time.Time) error {
	phone, err := w.keys.SealNumber(to)
	if err != nil {
		return err
	}
	tag, err := w.keys.Seal("contact.language", []byte(language))
	if err != nil {
		return err
	}
	p := store.Pseudonym(w.keys.Pseudonym(to))
	if err := w.db.Contacts().Keep(ctx, store.Contact{Pseudonym: p, Phone: store.Sealed(phone), Language: store.Sealed(tag), Commune: commune,
		Created: now, LastActive: now}); err != nil {
		return err
	}
	_, err = w.db.Consents().Give(ctx, store.Consent{Pseudonym: p, Purpose: store.PurposeNotices, TextVersion: "v1", Channel: "ussd", Source: "dial", GivenAt: now})
	return err
}

// wish is a short notice to the whole commune.
func (w *town) wish() campaign.Wish {
	return campaign.Wish{
		Commune: w.commune, Expires: w.clock.Now().Add(48 * time.Hour),
		Content: campaign.Content{Text: store.Texts{
			"fr": "Le conseil se réunit mardi à 9h.", "bm": "Bɛn bɛ kɛ tarata don.", "ar": "يجتمع المجلس يوم الثلاثاء على الساعة التاسعة صباحا في دار البلدية والجميع مدعوون للحضور"}},
		Audience: campaign.Audience{Place: w.commune, Purpose: store.PurposeNotices},
	}
}

// approved drafts, submits and approves a wish.
func (w *town) approved(wish campaign.Wish) store.Broadcast {
	w.t.Helper()
	b, err := w.New(ctx, wish, author)
	w.must(err)
	_, err = w.Submit(ctx, wish.Commune, b.ID, author)
	w.must(err)
	b = w.get(b)
	ok, err := w.Approve(ctx, wish.Commune, b.ID, b.Shown, approver)
	w.must(err)
	if !ok {
		w.t.Fatal("not approved")
	}
	return w.get(b)
}

func (w *town) get(b store.Broadcast) store.Broadcast {
	w.t.Helper()
	b, err := w.Broadcasts.Get(ctx, b.Commune, b.ID)
	w.must(err)
	return b
}

// round lets the feeder do one round.
func (w *town) round() {
	w.t.Helper()
	_, err := w.feeder.Round(ctx)
	w.must(err)
}

func (w *town) counts(b store.Broadcast) map[store.RecipientState]int64 {
	w.t.Helper()
	r, err := w.Show(ctx, b.Commune, b.ID)
	w.must(err)
	return r.Counts
}

// sending starts feeder and outbox, and stops them with the test.
func (w *town) sending() {
	w.feeder.Start(ctx)
	w.outbox.Start()
	w.t.Cleanup(w.stop)
}

func (w *town) stop() {
	w.feeder.Stop()
	stop, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = w.outbox.Stop(stop)
}

// until waits for a condition that the gateway brings about.
func (w *town) until(what string, limit time.Duration, holds func() bool) {
	w.t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			w.t.Fatalf("not %s within %v", what, limit)
		case <-tick.C:
		}
	}
}

// exactlyOnce checks that each of n recipients has one final state and that nobody got anything twice.
func (w *town) exactlyOnce(b store.Broadcast, n int) {
	w.t.Helper()
	c := w.counts(b)
	total := int64(0)
	for state, k := range c {
		if !state.Final() {
			w.t.Errorf("%d are still %s", k, state)
		}
		total += k
	}
	if total != int64(n) {
		w.t.Errorf("%d recipients of %d: %v", total, n, c)
	}
	w.provider.mu.Lock()
	defer w.provider.mu.Unlock()
	for id, times := range w.provider.taken {
		if times != 1 {
			w.t.Errorf("message %s was sent %d times", id, times)
		}
	}
	for _, heard := range w.provider.heard {
		if len(heard) != 1 {
			w.t.Errorf("a number got %d messages", len(heard))
		}
	}
}

// last is when the provider took its last message.
func (p *provider) last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[len(p.times)-1]
}
