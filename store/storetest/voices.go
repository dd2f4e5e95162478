package storetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"baro/store"
)

func testVoices(t *testing.T, b *bench) {
	one, two := b.communes()
	about := store.VoiceAbout{Kind: store.VoiceWork, Commune: one, Ref: 7}
	give := func(v int, said string) {
		t.Helper()
		b.must(b.Voices.Give(b.ctx, about, voter(v), said, 3, b.clock.Now()))
	}
	shown := func(want map[string]int64) {
		t.Helper()
		got, err := b.Voices.Shown(b.ctx, about)
		b.must(err)
		if !maps.Equal(got.Said, want) {
			t.Fatalf("shown: %v, want %v", got.Said, want)
		}
	}
	b.wants(store.CodeInvalid, b.Voices.Give(b.ctx, about, voter(1), "", 3, b.clock.Now()))
	b.wants(store.CodeInvalid, b.Voices.Give(b.ctx, store.VoiceAbout{Kind: "rumour", Commune: one, Ref: 7}, voter(1), "done", 3, b.clock.Now()))
	shown(nil)
	give(1, "done")
	give(2, "ongoing")
	give(2, "done") // the same voter again is no other one
	shown(nil)
	give(3, "stopped")
	shown(map[string]int64{"done": 2, "stopped": 1})

	// What follows shows only when three are new or changed at once.
	give(4, "done")
	give(1, "stopped")
	give(1, "ongoing")
	shown(map[string]int64{"done": 2, "stopped": 1})
	give(5, "done")
	shown(map[string]int64{"done": 3, "stopped": 1, "ongoing": 1})
	for name, other := range map[string]store.VoiceAbout{
		"commune": {Kind: store.VoiceWork, Commune: two, Ref: 7}, "kind": {Kind: store.VoicePractice, Commune: one, Ref: 7}, "thing": {Kind: store.VoiceWork, Commune: one, Ref: 8},
	} {
		got, err := b.Voices.Shown(b.ctx, other)
		b.must(err)
		if len(got.Said) != 0 || !got.At.IsZero() {
			t.Errorf("another %s shows %v", name, got)
		}
	}
	linked, err := b.Voices.Linked(b.ctx)
	b.must(err)
	if !slices.Equal(linked, []store.VoiceAbout{about}) {
		t.Errorf("linked: %v", linked)
	}

	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: pseudonym(1), Voters: []store.Voter{voter(1)}}))
	for v, want := range map[int]bool{1: false, 2: true} {
		voted, err := b.Voices.Voted(b.ctx, voter(v))
		b.must(err)
		equal(t, "still linked", voted, want)
	}
	shown(map[string]int64{"done": 3, "stopped": 1, "ongoing": 1}) // the vote stays, the voter does not
	later := b.clock.Advance(time.Hour)
	give(2, "done")
	n, err := b.Voices.Unlink(b.ctx, later)
	b.must(err)
	equal(t, "unlinked", n, 3) // voters 3, 4, 5; voter 2 has voted since
	n, err = b.Voices.Unlink(b.ctx, later.Add(time.Microsecond))
	b.must(err)
	equal(t, "unlinked later", n, 1)
	linked, err = b.Voices.Linked(b.ctx)
	b.must(err)
	equal(t, "linked", len(linked), 0)
}

// Those who vote at once are counted once each, and never fewer than so many at a time.
func testVoicesAtOnce(t *testing.T, b *bench) {
	one, _ := b.communes()
	about := store.VoiceAbout{Kind: store.VoiceAnswer, Commune: one, Ref: 1}
	for _, err := range together(12, func(i int) error {
		return b.Voices.Give(b.ctx, about, voter(i), "same", 10, b.clock.Now())
	}) {
		b.must(err)
	}
	got, err := b.Voices.Shown(b.ctx, about)
	b.must(err)
	equal(t, "shown", got.Said["same"], 10)
}
