package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
	"baro/store"
)

func TestEnqueueJoinsTheTransaction(t *testing.T) {
	for engine, start := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			b := open(t, start(t), nil)
			defer b.close()
			to, _ := identity.Parse("+22370000001")
			m := outbox.Message{ID: uuid.NewString(), Channel: "sms", To: to, Text: "Réunion", Language: "fr"}
			undone := errors.New("undone")
			err := b.db.Write(t.Context(), func(ctx context.Context) error {
				if err := b.Enqueue(ctx, m); err != nil {
					return err
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
			if _, err := b.db.Outbox().Get(t.Context(), m.ID); store.CodeOf(err) != store.CodeNotFound {
				t.Errorf("after the caller gave up: %v", err)
			}
			if err := b.db.Write(t.Context(), func(ctx context.Context) error { return b.Enqueue(ctx, m) }); err != nil {
				t.Fatal(err)
			}
			again := m
			again.Text = "autre chose"
			if err := b.Enqueue(t.Context(), again); err != nil {
				t.Fatal(err)
			}
			if n, err := b.db.Outbox().Depth(t.Context(), "sms"); err != nil || n != 1 {
				t.Errorf("%d messages, %v", n, err)
			}
		})
	}
}

func TestEnqueueSealsAndConverts(t *testing.T) {
	address := sqlite(t)
	synctest.Test(t, func(t *testing.T) {
		b := open(t, address, nil)
		defer b.close()
		id := b.say(1, "I ni sɔgɔma, kɔnɔmusoya", func(m *outbox.Message) { m.Language = "bm" })
		row := b.get(id)
		if strings.Contains(string(row.Body.Box), "sogoma") || strings.Contains(string(row.Phone.Box), "70000001") {
			t.Error("the row is in the clear")
		}
		if _, err := b.keys.Open("contact.language", identity.Sealed(row.Body)); err == nil {
			t.Error("the text opens as something else")
		}
		b.Start()
		pass(time.Second)
		got := b.provider.all()
		if len(got) != 1 || got[0].mt.To.E164() != "+22370000001" || got[0].mt.Encoding != charset.GSM7 || got[0].mt.Parts != 1 {
			t.Fatalf("sent %+v", got)
		}
		if want, _ := b.provider.Profile().Convert("I ni sɔgɔma, kɔnɔmusoya", "bm"); got[0].mt.Text != want {
			t.Errorf("sent %q, want %q", got[0].mt.Text, want)
		}
	})
}

func TestEnqueueRefuses(t *testing.T) {
	b := open(t, sqlite(t), nil)
	defer b.close()
	to, _ := identity.Parse("+22370000001")
	good := outbox.Message{Channel: "sms", To: to, Text: "x", Language: "fr"}
	now := time.Now()
	for name, c := range map[string]struct {
		change func(*outbox.Message)
		want   error
	}{
		"channel":  {func(m *outbox.Message) { m.Channel = "fax" }, outbox.ErrNoChannel},
		"nobody":   {func(m *outbox.Message) { m.To = identity.MSISDN{} }, outbox.ErrEmpty},
		"nothing":  {func(m *outbox.Message) { m.Text = "" }, outbox.ErrEmpty},
		"too long": {func(m *outbox.Message) { m.Text = strings.Repeat("ab ", 600) }, outbox.ErrTooLong},
		"over":     {func(m *outbox.Message) { m.ExpiresAt = now.Add(-time.Second) }, outbox.ErrOver},
		"never":    {func(m *outbox.Message) { m.NotBefore, m.ExpiresAt = now.Add(2*time.Hour), now.Add(time.Hour) }, outbox.ErrOver},
	} {
		m := good
		c.change(&m)
		if err := b.Enqueue(t.Context(), good, m); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if n, err := b.db.Outbox().Depth(t.Context(), "sms"); err != nil || n != 0 {
		t.Errorf("%d messages of refused calls, %v", n, err)
	}
}

func TestNewReportsEveryFault(t *testing.T) {
	_, err := outbox.New(outbox.Deps{NewID: uuid.NewString}, outbox.Channel{}, outbox.Channel{Name: "a", Provider: &provider{}},
		outbox.Channel{Name: "a", Provider: &provider{}}, outbox.Channel{Name: "b", Provider: &provider{}, TPS: -1},
		outbox.Channel{Name: "c", Provider: &provider{}, Lease: time.Second})
	for _, part := range []string{"name", "twice", "channel b", "channel c"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("nothing about %s: %v", part, err)
		}
	}
}
