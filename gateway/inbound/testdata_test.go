package inbound

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"baro/flows"
	"baro/flows/compile"
	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/session"
	"baro/store/session/memory"
	"baro/store/sqldb"
)

// The flows below are as small as the rules they prove: a menu, a question whose answer is written, a verdict, a
// sensitive counter.
var testFlows = fstest.MapFS{
	"manifest.yaml": {Data: []byte(`
sources:
  test.rows: {args: "", key: int, fields: {Name: text 10}, rows: 30}
actions:
  test.note: {args: $commune words, outcomes: [ok], fields: {Number: int 3}, effect: write}
  test.count: {args: $commune, outcomes: [ok], effect: count}
`)},
	"main.yaml": {Data: []byte(`
flow: main
root: true
start: menu
home: menu
leave: bye
resumed: resumed
screens:
  menu:
    text: t.menu
    menu:
      1: {text: t.one, go: ask_flow}
      2: {text: t.two, go: rows_flow}
      3: {text: t.three, go: secret_flow}
  ask_flow: {call: asking, go: $home}
  rows_flow: {call: listing, go: $home}
  secret_flow: {call: secret, go: $home}
  resumed:
    text: resume.ask
    menu:
      1: {text: resume.continue, go: $resume}
      2: {text: resume.menu, go: $home}
  bye: {end: t.bye}
`)},
	"asking.yaml": {Data: []byte(`
flow: asking
resume: continue
start: words
screens:
  words: {ask: text, text: t.words, max: 40, save: words, go: note}
  note:
    do: test.note
    save: {number: Number}
    on: {ok: noted}
  noted: {end: t.noted}
`)},
	"listing.yaml": {Data: []byte(`
flow: listing
resume: ask
start: rows
screens:
  rows: {list: test.rows, text: t.rows, row: t.row, save: row, go: chosen, empty: chosen}
  chosen: {text: t.chosen}
`)},
	"secret.yaml": {Data: []byte(`
flow: secret
sensitive: true
start: menu
screens:
  menu:
    text: t.secret
    menu:
      1: {text: t.one, go: count}
  count:
    do: test.count
    on: {ok: thanks}
  thanks: {text: t.thanks}
`)},
}

var testTexts = fstest.MapFS{"fr.yaml": {Data: []byte(`
nav.back: Retour
nav.more: Suite
nav.end: Fin
nav.callback: Rappelez-moi
nav.invalid: Choix invalide.
nav.number_wanted: Nombre.
nav.number_range: De {{.Min}} à {{.Max}}.
nav.too_long: Trop long.
nav.too_short: Trop court.
nav.unreadable: Illisible.
nav.dial_instead: Composez {{.Dial}}.
fault.later: Plus tard.
fault.busy: Trop d'appels.
fault.request: Illisible.
fault.ended: Terminé.
resume.ask: Continuer?
resume.continue: Oui
resume.menu: Menu
sms.help: Aide {{.Dial}}
sms.stopped: Arrêté
sms.started: Repris
sms.callback: Compté {{.Dial}}
t.menu: Menu
t.one: Un
t.two: Deux
t.three: Trois
t.words: Vos mots?
t.noted: Noté
t.rows: Lignes
t.row: "{{.Name}}"
t.chosen: Choisi
t.secret: Secret
t.thanks: Merci
t.bye: Au revoir
`)}}

// A bench is a whole inbound service on real stores.
type bench struct {
	*USSD
	t        *testing.T
	db       *sqldb.DB
	sessions *flaky
	notes    atomic.Int64 // acts carried out, also those rolled back
	panics   atomic.Bool
	clock    time.Time
	mu       sync.Mutex
}

func newBench(t *testing.T) *bench {
	t.Helper()
	catalogue, problems := locales.Load(testTexts, nil, locales.Options{Languages: []string{"fr"}, Default: "fr"})
	for _, p := range problems {
		t.Fatal(p)
	}
	program, found := compile.Program(testFlows, "manifest.yaml", compile.Options{Catalogue: catalogue})
	for _, p := range found {
		t.Fatal(p)
	}
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "inbound.db"), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, _, err := identity.NewKeyring(make([]byte, 32), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, clock: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
	b.sessions = &flaky{Store: memory.NewStore(1000, b.now)}
	profile, _ := charset.FindProfile("ussd")
	b.USSD = NewUSSD(Deps{
		Releases: NewReleases(program, profile), Sessions: b.sessions, Limiter: memory.NewLimiter(1000),
		Writer: db, Steps: db.Steps(), Book: b.book(program.Manifest), Known: strangers{}, Keys: keys,
		Channels: map[string]Channel{"ussd": {Name: "ussd", Profile: profile, Bound: func() int64 { return 7 }, Language: "fr", Lasting: true}},
		Now:      b.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// book binds the test's manifest. A note is a real record: an hourly count under the words, so that a second effect or a
// lost one shows.
func (b *bench) book(m *flows.Manifest) *civic.Book {
	book, err := civic.NewBook(m, civic.Binding{
		Sources: map[string]civic.Reader{
			"test.rows": func(context.Context, civic.Caller, flows.Need) ([]flows.Row, error) {
				var rows []flows.Row
				for i := range 12 {
					rows = append(rows, flows.Row{Key: flows.IntOf(int64(i)), Fields: flows.Record{{Name: "Name", Value: flows.TextOf("ligne")}}})
				}
				return rows, nil
			},
		},
		Actions: map[string]civic.Actor{
			"test.note": func(ctx context.Context, c civic.Caller, n flows.Need) (flows.Outcome, error) {
				if b.panics.Load() {
					panic("planted")
				}
				b.notes.Add(1)
				err := b.db.Counters().Add(ctx, 0, "note", n.Args.Text("words"), c.Now, 1)
				return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Number", Value: flows.IntOf(1)}}}, err
			},
			"test.count": func(ctx context.Context, c civic.Caller, _ flows.Need) (flows.Outcome, error) {
				return flows.Outcome{Edge: "ok"}, b.db.Counters().Add(ctx, 0, "secret", "x", c.Now, 1)
			},
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return book
}

// count is what is durably written for some words.
func (b *bench) count(words string) (n int64) {
	b.t.Helper()
	counts, err := b.db.Counters().Range(b.t.Context(), 0, "note", b.clock.Add(-time.Hour), b.clock.Add(time.Hour))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range counts {
		if c.Key == words {
			n += c.N
		}
	}
	return n
}

func number(t *testing.T) identity.MSISDN {
	t.Helper()
	n, err := identity.Parse("+22370000001")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ask sends one request of the accumulating shape.
func (b *bench) ask(sid, text string) string {
	b.t.Helper()
	s := b.Handle(b.t.Context(), channel.USSD{Channel: "ussd", Session: sid, Number: number(b.t), Text: text})
	return shown(s)
}

func shown(s flows.Screen) string {
	if s.End() {
		return "END " + s.String()
	}
	return s.String()
}

// strangers remembers nobody.
type strangers struct{}

func (strangers) Known(context.Context, identity.Pseudonym) (string, store.PlaceID, bool, error) {
	return "", 0, false, nil
}

// flaky is a session store that can lose a save or everything.
type flaky struct {
	session.Store
	failSaves    atomic.Int32
	forgetBefore atomic.Int32 // saves before which the record is lost
	down         atomic.Bool
}

var errDown = fmt.Errorf("%w: down", session.ErrUnavailable)

func (f *flaky) Load(ctx context.Context, key string) (session.Record, error) {
	if f.down.Load() {
		return session.Record{}, errDown
	}
	return f.Store.Load(ctx, key)
}

func (f *flaky) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	if f.down.Load() {
		return 0, errDown
	}
	if f.failSaves.Load() > 0 {
		f.failSaves.Add(-1)
		return 0, errDown
	}
	if f.forgetBefore.Load() > 0 {
		f.forgetBefore.Add(-1)
		if err := f.Store.Delete(ctx, key); err != nil {
			return 0, err
		}
	}
	return f.Store.Save(ctx, key, data, expect, ttl)
}
