package inbound

import (
	"context"
	"fmt"
	"testing"
	"time"

	"baro/store"
)

// waiting stores messages of several people without handling them.
func waiting(t *testing.T, s *SMS, people int, body string) {
	t.Helper()
	for p := range people {
		m, err := s.seal(text(t, fmt.Sprintf("+223700009%02d", p), body), false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Inbox.Accept(t.Context(), []store.Inbound{m}); err != nil {
			t.Fatal(err)
		}
	}
}

// counting counts transactions.
type counting struct {
	store.Writer
	n int
}

func (c *counting) Write(ctx context.Context, fn func(context.Context) error) error {
	c.n++
	return c.Writer.Write(ctx, fn)
}

func TestMessagesOfManyPeopleShareATransaction(t *testing.T) {
	s, d := newDesk(t)
	writer := &counting{Writer: s.Writer}
	s.Writer = writer
	waiting(t, s, 20, "MENU")
	if r := s.round(t.Context()); !r.found || r.away || writer.n != 1 {
		t.Fatalf("%+v, %d transactions for twenty messages", r, writer.n)
	}
	if got := d.replies("+22370000919"); got[smsMenu] != 1 {
		t.Fatalf("replies: %v", got)
	}
}

func TestOneThatFailsDoesNotStopTheOthers(t *testing.T) {
	s, d := newDesk(t)
	waiting(t, s, 20, "MENU")
	d.fail.Store(1)
	for s.round(t.Context()).found {
	}
	for p := range 20 {
		if got := d.replies(fmt.Sprintf("+223700009%02d", p)); got[smsMenu] != 1 || len(got) != 1 {
			t.Errorf("person %d: %v", p, got)
		}
	}
}

func TestAStoreThatIsAwaySetsNothingAside(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "MENU"))
	d.sessions.down.Store(true)
	m, err := s.seal(text(t, alice, "1"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Inbox.Accept(t.Context(), []store.Inbound{m}); err != nil {
		t.Fatal(err)
	}
	for range 3 * maxTries {
		if r := s.round(t.Context()); !r.found || !r.away {
			t.Fatalf("%+v while the session store is away", r)
		}
	}
	const bob = "+22370000002"
	stop, err := s.seal(text(t, bob, "STOP"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Inbox.Accept(t.Context(), []store.Inbound{stop}); err != nil {
		t.Fatal(err)
	}
	s.round(t.Context())
	if got := d.replies(bob); got["Arreté"] != 1 {
		t.Errorf("STOP waits for sessions it does not need: %v", got)
	}
	d.sessions.down.Store(false)
	for s.round(t.Context()).found {
	}
	if got := d.replies(alice); got["Vos mots?\n00 Retour"] != 1 || len(got) != 2 {
		t.Errorf("replies after it came back: %v", got)
	}
}

// Between the commit of a dialogue's first step and its save, the next message may come to another node.
func TestTheNextMessageFindsADialogueThatIsNotSavedYet(t *testing.T) {
	s, d := newDesk(t)
	m, err := s.seal(text(t, alice, "MENU"), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Inbox.Accept(t.Context(), []store.Inbound{m}); err != nil {
		t.Fatal(err)
	}
	now := s.Now()
	claimed, err := s.Inbox.Claim(t.Context(), store.Claim{Holder: s.Holder, Now: now, Until: now.Add(time.Minute), Limit: 1})
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%d claimed, %v", len(claimed), err)
	}
	first := s.draft(t.Context(), claimed[0])
	if err := s.Writer.Write(t.Context(), func(ctx context.Context) error { return s.record(ctx, []*outcome{first}) }); err != nil {
		t.Fatal(err)
	}
	deliver(t, s, text(t, alice, "1"))
	s.remember(t.Context(), first) // late: what is there is newer
	deliver(t, s, text(t, alice, "pompe"))
	got := d.replies(alice)
	if got[smsMenu] != 1 || got["Vos mots?\n00 Retour"] != 1 || got["Noté"] != 1 || len(got) != 3 {
		t.Fatalf("replies: %v", got)
	}
}
