package outbox_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
	"baro/store"
	"baro/store/sqldb"
)

// two opens a service with the channels orange and malitel beside sms, in this order.
func two(t *testing.T, b *bench, change func(all []outbox.Channel)) (*outbox.Service, map[string]*provider) {
	t.Helper()
	providers := map[string]*provider{"orange": {}, "malitel": {}, "town": {}}
	all := []outbox.Channel{
		{Name: "orange", Provider: providers["orange"], Reach: []string{"2237", "2238"}, Cost: 12_500},
		{Name: "malitel", Provider: providers["malitel"], Cost: 9_000},
		{Name: "town", Provider: providers["town"], Bound: func() store.PlaceID { return 7 }},
	}
	if change != nil {
		change(all)
	}
	s, err := outbox.New(b.deps, all...)
	if err != nil {
		t.Fatal(err)
	}
	return s, providers
}

func number(t *testing.T, s string) identity.MSISDN {
	t.Helper()
	n, err := identity.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRouteByPrefixCommuneAndHealth(t *testing.T) {
	b := open(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), nil)
	defer b.db.Close()
	connected := true
	s, _ := two(t, b, func(all []outbox.Channel) { all[0].Ready = func() bool { return connected } })
	at := func(commune store.PlaceID, to, want, reason string) {
		t.Helper()
		name, why, err := s.Route(commune, number(t, to))
		if err != nil || name != want || !strings.Contains(why, reason) {
			t.Errorf("%s: %s (%s), %v; want %s (%s)", to, name, why, err, want, reason)
		}
	}
	at(1, "+22376000001", "orange", "first of 2")
	at(1, "+22366000001", "malitel", "first of 1")
	at(7, "+22376000001", "town", "first of 3")
	at(0, "+22376000001", "orange", "first of 2")
	connected = false
	at(1, "+22376000001", "malitel", "orange is down")
	only, _ := two(t, b, func(all []outbox.Channel) { all[1].Reach = []string{"22366"} })
	if _, _, err := only.Route(1, number(t, "+22390000001")); !errors.Is(err, outbox.ErrNoRoute) {
		t.Errorf("a number that nobody reaches: %v", err)
	}
}

func TestQuoteOfARoute(t *testing.T) {
	b := open(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), nil)
	defer b.db.Close()
	s, _ := two(t, b, nil)
	orange := s.Channels()[0]
	for text, want := range map[string]outbox.Quote{
		"Réunion à 9 h":             {Encoding: charset.GSM7, Parts: 1, Milli: 12_500, Priced: true},
		strings.Repeat("abcd ", 40): {Encoding: charset.GSM7, Parts: 2, Milli: 25_000, Priced: true},
	} {
		got := orange.Quote(text, "fr")
		got.Text = ""
		if got != want {
			t.Errorf("%.20q: %+v, want %+v", text, got, want)
		}
	}
	if q := s.Channels()[2].Quote("x", "fr"); q.Priced || q.Parts != 1 {
		t.Errorf("a channel without a price: %+v", q)
	}
}

// What waits for a channel that went down goes by another, unless its sender named the channel or it has been begun.
func TestFailover(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			address := start(t)
			synctest.Test(t, func(t *testing.T) {
				b := open(t, address, func(d *outbox.Deps, _ *outbox.Channel) { d.Moves = movesOf(d) })
				defer b.close()
				var paid atomic.Bool
				s, providers := two(t, b, func(all []outbox.Channel) { all[0].Concurrency = 1 })
				providers["orange"].act = func(_ context.Context, m channel.MT, _ int) channel.Result {
					if !paid.Load() {
						return channel.Result{Outcome: channel.Refused, Class: channel.ClassNoCredit}
					}
					return providers["orange"].accept(m)
				}
				var routed []string
				for range 40 {
					id := uuid.NewString()
					routed = append(routed, id)
					if err := s.Enqueue(t.Context(), outbox.Message{ID: id, To: number(t, "+22376000001"), Text: "a", Language: "fr"}); err != nil {
						t.Fatal(err)
					}
				}
				named := uuid.NewString()
				if err := s.Enqueue(t.Context(), outbox.Message{ID: named, Channel: "orange", To: number(t, "+22376000002"), Text: "b", Language: "fr"}); err != nil {
					t.Fatal(err)
				}
				s.Start()
				pass(time.Minute)
				for _, id := range routed {
					if m := b.get(id); m.State != store.OutboundSent || m.Channel != "malitel" || m.Routed != "orange is down" {
						t.Fatalf("%s by %s (%s)", m.State, m.Channel, m.Routed)
					}
				}
				if m := b.get(named); m.State != store.OutboundQueued || m.Channel != "orange" || m.Routed != "" {
					t.Errorf("%s by %s", m.State, m.Channel)
				}
				paid.Store(true)
				pass(20 * time.Minute)
				b.is(named, store.OutboundSent)
				if err := s.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func movesOf(d *outbox.Deps) store.OutboxMoves { return d.Outbox.(*sqldb.Outbox) }

// A channel whose connection another node may have counts as down when no node has had it for a minute, and its messages
// move; while some node has it they wait for that node.
func TestFailoverWithoutAConnectionAnywhere(t *testing.T) {
	address := sqlite(t)
	synctest.Test(t, func(t *testing.T) {
		var held, blind atomic.Bool
		held.Store(true)
		b := open(t, address, func(d *outbox.Deps, _ *outbox.Channel) {
			d.Moves = movesOf(d)
			d.Standing = func(context.Context) (map[string]bool, error) {
				if blind.Load() {
					return nil, errors.New("no database")
				}
				return map[string]bool{"orange": held.Load()}, nil
			}
		})
		defer b.close()
		s, _ := two(t, b, func(all []outbox.Channel) {
			all[0].Ready, all[0].Elsewhere = func() bool { return false }, true
		})
		s.Start()
		state := func(want string) {
			t.Helper()
			if h := s.Health()[0]; h.Channel != "orange" || h.State != want {
				t.Fatalf("%s is %s (%s), want %s", h.Channel, h.State, h.Reason, want)
			}
		}
		id := uuid.NewString()
		if err := s.Enqueue(t.Context(), outbox.Message{ID: id, To: number(t, "+22376000001"), Text: "a", Language: "fr"}); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Minute)
		state("ok")
		b.is(id, store.OutboundQueued)
		blind.Store(true)
		pass(10 * time.Minute)
		state("ok")
		held.Store(false)
		blind.Store(false)
		pass(50 * time.Second)
		state("ok")
		pass(20 * time.Second)
		state("down")
		pass(10 * time.Second)
		if m := b.get(id); m.State != store.OutboundSent || m.Channel != "malitel" || m.Routed != "orange is down" {
			t.Errorf("%s by %s (%s)", m.State, m.Channel, m.Routed)
		}
		held.Store(true)
		pass(10 * time.Second)
		state("ok")
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
