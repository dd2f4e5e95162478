package inbound

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/session"
	"baro/store/session/memory"
)

// desk records replies in the database, in the transaction that makes them: a reply of a transaction that failed is not
// there.
type desk struct {
	*bench
	fail atomic.Int32
}

func (d *desk) Reply(ctx context.Context, replies ...Reply) error {
	if d.fail.Load() > 0 {
		d.fail.Add(-1)
		return errors.New("planted")
	}
	for _, r := range replies {
		if err := d.db.Counters().Add(ctx, 0, "reply", r.To.E164()+" "+r.Text, d.now(), 1); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) Committed(string) {}

// replies are the texts sent to a number so far, each with how often.
func (d *desk) replies(number string) map[string]int64 {
	d.t.Helper()
	counts, err := d.db.Counters().Range(d.t.Context(), 0, "reply", d.clock.Add(-48*time.Hour), d.clock.Add(48*time.Hour))
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]int64{}
	for _, c := range counts {
		if len(c.Key) > len(number) && c.Key[:len(number)] == number {
			out[c.Key[len(number)+1:]] += c.N
		}
	}
	return out
}

func newDesk(t *testing.T) (*SMS, *desk) {
	t.Helper()
	b := newBench(t)
	d := &desk{bench: b}
	keywords, problems := locales.LoadKeywords(fstest.MapFS{"fr.yaml": {Data: []byte(
		"stop: [STOP, ARRET, ARRETER]\nstart: [START]\nhelp: [AIDE]\nmenu: [MENU]\nerase: [EFFACER]\nbudget: [BUDGET]\naccept: [OUI]\nrefuse: [NON]\n")}}, []string{"fr"})
	for _, p := range problems {
		t.Fatal(p)
	}
	profile, _ := charset.FindProfile("sms")
	profile.GSM7 = 306
	s := NewSMS(SMSDeps{
		Releases: b.Releases, Sessions: b.sessions, Writer: b.db, Inbox: b.db.Inbox(), Steps: b.db.Steps(), Consents: b.db.Consents(),
		Counters: b.db.Counters(), Replies: d, Book: b.Book, Known: strangers{}, Keys: b.Keys, Keywords: keywords,
		Channels: map[string]SMSChannel{"sms": {Name: "sms", Profile: profile, Bound: func() int64 { return 7 }, Dial: "*384*96#"}},
		Holder:   "test", Now: b.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	return s, d
}

var lastID atomic.Int64

func text(t *testing.T, from, body string) channel.MO {
	t.Helper()
	n, err := identity.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	return channel.MO{Channel: "sms", ExternalID: fmt.Sprint("m", lastID.Add(1)), From: n, Text: body}
}

// deliver stores messages and handles everything that waits.
func deliver(t *testing.T, s *SMS, mos ...channel.MO) {
	t.Helper()
	for _, mo := range mos {
		m, err := s.seal(mo, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Inbox.Accept(t.Context(), []store.Inbound{m}); err != nil {
			t.Fatal(err)
		}
	}
	for s.round(t.Context()).found {
	}
}

const (
	alice   = "+22370000001"
	smsMenu = "Menu\n1 Un\n2 Deux\n3 Trois\n0 Fin"
)

func TestADialogueBySMS(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "bonjour"))
	deliver(t, s, text(t, alice, "1"))
	deliver(t, s, text(t, alice, "la pompe"))
	got := d.replies(alice)
	if got[smsMenu] != 1 || got["Vos mots?\n00 Retour"] != 1 || got["Noté"] != 1 || len(got) != 3 {
		t.Fatalf("replies: %v", got)
	}
	if d.count("la pompe") != 1 {
		t.Fatal("the answer was not written once")
	}
}

func TestTheSameMessageTwiceIsHandledOnce(t *testing.T) {
	s, d := newDesk(t)
	mo := text(t, alice, "MENU")
	deliver(t, s, mo, mo)
	deliver(t, s, mo)
	if got := d.replies(alice); got[smsMenu] != 1 {
		t.Fatalf("replies: %v", got)
	}
}

func TestAFailureLeavesNothingBehindAndIsTriedAgain(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "MENU"), text(t, alice, "1"))
	d.fail.Store(1)
	deliver(t, s, text(t, alice, "pompe"))
	if got := d.replies(alice); got["Noté"] != 1 || d.count("pompe") != 1 {
		t.Fatalf("replies %v, written %d times", got, d.count("pompe"))
	}
}

func TestALostSaveDoesNotReadTheNextAnswerAgainstAnOldScreen(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "MENU"))
	d.sessions.failSaves.Store(1)
	deliver(t, s, text(t, alice, "1"))
	deliver(t, s, text(t, alice, "pompe"))
	if got := d.replies(alice); got["Noté"] != 1 {
		t.Fatalf("replies: %v", got)
	}
}

func TestStopIsObeyedEverywhereAndConfirmedOnce(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "MENU"), text(t, alice, "1")) // now words are asked for
	deliver(t, s, text(t, alice, "Arrêter la pompe la nuit svp"))
	if d.count("Arrêter la pompe la nuit svp") != 1 {
		t.Fatal("an answer that begins like a keyword was taken for STOP")
	}
	deliver(t, s, text(t, alice, "MENU"), text(t, alice, "1"))
	deliver(t, s, text(t, alice, " stop svp "), text(t, alice, "STOP"), text(t, alice, "arrêt"))
	got := d.replies(alice)
	if got["Arreté"] != 1 {
		t.Fatalf("replies: %v", got)
	}
	who := store.Pseudonym(s.Keys.Pseudonym(number(t)))
	if off, err := d.db.Consents().Suppressed(t.Context(), who, store.PurposeNotices); err != nil || !off {
		t.Fatalf("suppressed: %v %v", off, err)
	}
	deliver(t, s, text(t, alice, "START"))
	if off, _ := d.db.Consents().Suppressed(t.Context(), who, store.PurposeNotices); off || d.replies(alice)["Repris"] != 1 {
		t.Fatal("START does not undo STOP")
	}
}

func TestSensitiveBranchesAreDialled(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "MENU"), text(t, alice, "3"), text(t, alice, "0"))
	got := d.replies(alice)
	if got["Composez *384*96#.\n0 Retour"] != 1 || got[smsMenu] != 2 {
		t.Fatalf("replies: %v", got)
	}
}

func TestCallMeTextsAndProvidersOptOuts(t *testing.T) {
	s, d := newDesk(t)
	deliver(t, s, text(t, alice, "Peux-tu me rappeler au numero suivant 70000001"), text(t, alice, ""))
	deliver(t, s, text(t, alice, "Peux-tu recharger mon compte de 500"))
	out := text(t, alice, "STOP")
	out.OptOut = channel.OptedOut
	deliver(t, s, out)
	got := d.replies(alice)
	if got["Compté *384*96#"] != 2 || len(got) != 1 {
		t.Fatalf("replies: %v", got)
	}
	if off, _ := d.db.Consents().Suppressed(t.Context(), store.Pseudonym(s.Keys.Pseudonym(number(t))), store.PurposeAll); !off {
		t.Fatal("the provider's opt-out was not recorded")
	}
}

func TestOperatorMessagesAreDropped(t *testing.T) {
	s, d := newDesk(t)
	if err := s.Accept(t.Context(), []channel.MO{{Channel: "sms", ExternalID: "x", Text: "Promo"}}); err != nil {
		t.Fatal(err)
	}
	if s.round(t.Context()).found || len(d.replies("")) != 0 {
		t.Fatal("an operator's message was stored")
	}
}

func TestEachPersonsMessagesKeepTheirOrderUnderLoad(t *testing.T) {
	s, d := newDesk(t)
	s.Start(t.Context())
	defer s.Stop()
	people, group := 20, sync.WaitGroup{}
	for p := range people {
		group.Go(func() {
			from := fmt.Sprintf("+223700001%02d", p)
			for _, body := range []string{"MENU", "1", fmt.Sprint("mot ", p)} {
				if err := s.Accept(t.Context(), []channel.MO{text(t, from, body)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	s.Stop()
	for s.round(t.Context()).found {
	}
	for p := range people {
		got := d.replies(fmt.Sprintf("+223700001%02d", p))
		if got["Noté"] != 1 || len(got) != 3 {
			t.Errorf("person %d: %v", p, got)
		}
	}
}

// Who sends without end, or is a machine that answers machines, is kept and not answered; STOP is heard all the same.
func TestTooManyMessagesAreKeptAndNotAnswered(t *testing.T) {
	s, d := newDesk(t)
	s.Limiter, s.PerPhone = memory.NewLimiter(100), session.Rule{Events: 1, Per: time.Hour, Burst: 2}
	s.Start(t.Context())
	for _, body := range []string{"MENU", "MENU", "MENU", "MENU", "STOP"} {
		if err := s.Accept(t.Context(), []channel.MO{text(t, alice, body)}); err != nil {
			t.Fatal(err)
		}
	}
	s.Stop()
	for s.round(t.Context()).found {
	}
	got := d.replies(alice)
	if got[smsMenu] != 2 || got["Arreté"] != 1 || len(got) != 2 {
		t.Fatalf("replies: %v", got)
	}
	s.PerChan = session.Rule{Events: 1, Per: time.Hour, Burst: 1}
	if err := s.Accept(t.Context(), []channel.MO{text(t, alice, "MENU"), text(t, alice, "MENU")}); !errors.Is(err, ErrBusy) {
		t.Fatalf("a channel over its limit: %v", err)
	}
}
