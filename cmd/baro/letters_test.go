package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/simulator"
	"baro/gateway/identity"
)

// received gives the SMS of a phone once there are so many.
func (s *served) received(t *testing.T, number string, want int) []simulator.SMS {
	t.Helper()
	m, err := identity.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	until(t, 30*time.Second, "messages", func() bool { return len(s.inbox.Messages(m)) >= want })
	return s.inbox.Messages(m)
}

// The budget that was asked for arrives in the reader's language, and dialling what it names shows the same budget.
func TestBudgetBySMS(t *testing.T) {
	s := serve(t, newSeed(t))
	walk(t, s.phone("+22370000041"), "", "4", "1", "4", "1")
	french := s.received(t, "+22370000041", 1)[0].Text
	for _, want := range []string{"Mairie Jèkabara, budget 2026 (prévu): 283 M FCFA.", "école 57", "composez *384*96*1*"} {
		if !strings.Contains(french, want) {
			t.Errorf("%q is not in %q", want, french)
		}
	}
	_, dialled, _ := strings.Cut(french, "composez ")
	if got := walk(t, s.phone("+22370000042"), dialled, "4"); !strings.HasPrefix(got, "Budget 2026: 283 M FCFA.") {
		t.Errorf("dialling %s shows %q", dialled, got)
	}
	phone := s.phone("+22370000041")
	walk(t, phone, "*384*96*1*4#", "4", "1") // again on the same day: nothing more
	if err := s.speak(t.Context(), "+22370000043", "en"); err != nil {
		t.Fatal(err)
	}
	walk(t, s.phone("+22370000043"), "", "1", "4", "1")
	if english := s.received(t, "+22370000043", 1)[0].Text; !strings.HasPrefix(english, "Town hall Jèkabara, budget 2026 (planned)") {
		t.Errorf("in English: %q", english)
	}
	if n := count(t, openSQL(t, s.folder), "SELECT count(*) FROM outbox WHERE origin LIKE 'budget:%'"); n != 2 {
		t.Errorf("%d letters", n)
	}
}

// The digest goes to who agreed to it on the phone, until STOP.
func TestDigestBySMS(t *testing.T) {
	s := serve(t, newSeed(t))
	walk(t, s.phone("+22370000051"), "", "4", "6", "4", "1")
	walk(t, s.phone("+22370000052"), "", "4", "6", "4", "2")
	s.clock.pass(10 * 24 * time.Hour) // past the end of the month in which the demonstration told its practices
	for range 2 {
		if _, err := s.digest(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	text := s.received(t, "+22370000051", 1)[0].Text
	if !strings.Contains(text, "Comptes lus au marché *384*96*6*10#") || !strings.Contains(text, "STOP") {
		t.Errorf("the digest says %q", text)
	}
	if n := count(t, openSQL(t, s.folder), "SELECT count(*) FROM outbox WHERE origin LIKE 'digest:%'"); n != 1 {
		t.Errorf("%d digests", n)
	}
}
