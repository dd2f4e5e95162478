package voice

import (
	"slices"
	"testing"
	"time"

	"baro/gateway/civictest"
	"baro/store"
)

func newBench(t *testing.T) (*civictest.Bench, *Service, store.VoiceAbout) {
	t.Helper()
	b := civictest.New(t, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC))
	return b, New(b.DB.Voices(), b.Keys), store.VoiceAbout{Kind: store.VoiceWork, Commune: b.Commune("ML1", "Jèkabara", nil), Ref: 3}
}

// Whatever is looked at between two votes, what is shown changes only when ten votes are new or changed, and by the votes
// of all of them: no difference of two looks is one person's (domain rule P3).
func TestTotalsMoveTenVotesAtATime(t *testing.T) {
	b, s, about := newBench(t)
	said := []string{"done", "ongoing", "stopped", "nothing"}
	counted, moved := int64(0), 0
	for i := range 57 {
		b.Must(s.Say(b.Ctx, about, b.Caller(i).Number, said[i*i%7%len(said)], b.Now))
		tally, err := b.DB.Voices().Shown(b.Ctx, about)
		b.Must(err)
		n := int64(0)
		for _, c := range tally.Said {
			n += c
		}
		if n == counted {
			continue
		}
		if moved++; n-counted < Few {
			t.Errorf("after %d votes what is shown moved by %d", i+1, n-counted)
		}
		counted = n
	}
	if counted != 50 || moved != 5 {
		t.Errorf("%d shown after %d moves", counted, moved)
	}
}

func TestPartsBelowTenAreLeftOut(t *testing.T) {
	b, s, about := newBench(t)
	totals := func(want bool) Totals {
		t.Helper()
		got, shown, err := s.Totals(b.Ctx, about)
		if err != nil || shown != want {
			t.Fatalf("%+v shown %t, %v", got, shown, err)
		}
		return got
	}
	for i := range 9 {
		b.Must(s.Say(b.Ctx, about, b.Caller(i).Number, "done", b.Now))
		b.Must(s.Say(b.Ctx, about, b.Caller(i).Number, "done", b.Now))
	}
	totals(false)
	b.Must(s.Say(b.Ctx, about, b.Caller(9).Number, "stopped", b.Now))
	if got := totals(true); got.Numbers != 10 || len(got.Said) != 0 || !slices.Equal(got.Most, []string{"done"}) {
		t.Errorf("of ten: %+v", got)
	}
	for i := range 10 {
		b.Must(s.Say(b.Ctx, about, b.Caller(10+i).Number, []string{"done", "stopped"}[min(i, 1)], b.Now))
	}
	if got := totals(true); got.Numbers != 20 || got.Said["done"] != 10 || got.Said["stopped"] != 10 || !slices.Equal(got.Most, []string{"done", "stopped"}) {
		t.Errorf("of twenty: %+v", got)
	}
}

func TestVotesCannotBeJoinedAndAreCut(t *testing.T) {
	b, s, about := newBench(t)
	other := about
	other.Ref++
	c := b.Caller(1)
	if s.Voter(about, c.Number) == s.Voter(other, c.Number) || s.Voter(about, c.Number) == store.Voter(c.Pseudonym) {
		t.Error("votes on two things, or a vote and a contact, can be joined")
	}
	b.Must(s.Say(b.Ctx, about, c.Number, "done", b.Now))
	b.Must(s.Say(b.Ctx, other, c.Number, "done", b.Now))
	b.Must(s.Say(b.Ctx, other, b.Caller(2).Number, "done", b.Now))
	cast := func(want int) {
		t.Helper()
		if n, err := s.Cast(b.Ctx, c.Number); err != nil || n != want {
			t.Errorf("%d votes are linked, want %d: %v", n, want, err)
		}
	}
	cast(2)
	voters, err := s.Voters(b.Ctx, c.Number)
	b.Must(err)
	b.Must(b.DB.Contacts().Erase(b.Ctx, store.Erasure{Pseudonym: store.Pseudonym(c.Pseudonym), Voters: voters}))
	cast(0)
	n, err := s.Unlink(b.Ctx, b.Now.Add(time.Second))
	b.Must(err)
	if n != 1 {
		t.Errorf("%d unlinked", n)
	}
}
