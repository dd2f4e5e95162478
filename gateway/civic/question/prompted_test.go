package question

import (
	"testing"
	"time"

	"baro/store"
)

// A node knows at once whom it made to be asked, and of what another node did after its next reading. What it read says whom
// not to look for; whether somebody really is to be asked the database says.
func TestPromptedIsReadAhead(t *testing.T) {
	b := newBench(t)
	other := New(Stores{Reader: b.DB.Cases(), Writer: b.DB.Cases(), Tx: b.DB}, b.Keys, Options{})
	b.Must(b.ReadPrompted(b.Ctx))
	b.Must(other.ReadPrompted(b.Ctx))
	me := store.Pseudonym(b.Caller(1).Pseudonym)
	number := b.report(b.Caller(1), "water", "pompe")
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, b.stored(b.Caller(1))[0].ID, store.CaseReceived, store.Texts{"fr": "Jeudi."}, store.Act{Actor: "account:3"}))
	asked := func(s *Service) bool {
		t.Helper()
		_, found, err := s.Pending(b.Ctx, b.home, me)
		b.Must(err)
		return found
	}
	if n, err := b.AskSolved(b.Ctx, b.Now.Add(AskAfter+time.Hour)); n != 1 || err != nil {
		t.Fatalf("asked %d, %v", n, err)
	}
	if !asked(b.Service) || asked(other) {
		t.Errorf("asked here %t, on another node before its reading %t", asked(b.Service), asked(other))
	}
	b.Must(other.ReadPrompted(b.Ctx))
	if !asked(other) {
		t.Error("not asked on another node after its reading")
	}
	if got := b.settle(1, number, "yes"); got != "yes" {
		t.Fatalf("settled: %s", got)
	}
	if asked(b.Service) || asked(other) {
		t.Error("asked again about what is settled, since it was read before")
	}
}
