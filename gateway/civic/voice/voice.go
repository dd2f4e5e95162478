// Package voice takes what people say about things that are not consultations: what they see of a work, whether a
// practice is useful, who has the same question as somebody else. Each number has one vote on each thing and may change
// it; what is shown are totals, never before ten have answered, and never so often that two looks tell what one person
// said in between (domain rule P3).
package voice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// Few is the number of votes below which nothing is shown, and which must be new before anything else is.
const Few = 10

// Service takes votes and tells totals. It is safe for concurrent use.
type Service struct {
	voices store.Voices
	keys   *identity.Keyring
}

// New returns a service over the votes; keys make the voters.
func New(voices store.Voices, keys *identity.Keyring) *Service {
	return &Service{voices: voices, keys: keys}
}

// Say keeps what a number says of a thing, or changes it. Whether the thing may be spoken of is the caller's to know.
func (s *Service) Say(ctx context.Context, about store.VoiceAbout, number identity.MSISDN, said string, now time.Time) error {
	if err := s.voices.Give(ctx, about, s.Voter(about, number), said, Few, now); err != nil {
		return fmt.Errorf("take vote on %s: %w", about.Kind, err)
	}
	return nil
}

// Totals are what may be shown of a thing's votes.
type Totals struct {
	Numbers int64            // that answered
	Said    map[string]int64 // parts below Few are left out
	Most    []string         // what was said most often, several when it was said equally often, in order
}

// Totals tells what may be shown; false when that is nothing.
func (s *Service) Totals(ctx context.Context, about store.VoiceAbout) (Totals, bool, error) {
	tally, err := s.voices.Shown(ctx, about)
	if err != nil {
		return Totals{}, false, fmt.Errorf("read votes on %s: %w", about.Kind, err)
	}
	t := Totals{Said: map[string]int64{}}
	most := int64(0)
	for _, said := range slices.Sorted(maps.Keys(tally.Said)) {
		n := tally.Said[said]
		t.Numbers += n
		if n >= Few {
			t.Said[said] = n
		}
		switch {
		case n > most:
			most, t.Most = n, []string{said}
		case n == most:
			t.Most = append(t.Most, said)
		}
	}
	return t, t.Numbers >= Few, nil
}

// Voter returns the pseudonym of a number for one thing.
func (s *Service) Voter(about store.VoiceAbout, number identity.MSISDN) store.Voter {
	return store.Voter(s.keys.PseudonymFor(string(about.Kind)+":"+strconv.FormatInt(about.Ref, 10), number))
}

// Voters returns the number's voter for every thing with votes that are still linked: what an erasure has to cut.
func (s *Service) Voters(ctx context.Context, number identity.MSISDN) ([]store.Voter, error) {
	linked, err := s.voices.Linked(ctx)
	if err != nil {
		return nil, fmt.Errorf("list linked votes: %w", err)
	}
	voters := make([]store.Voter, len(linked))
	for i, about := range linked {
		voters[i] = s.Voter(about, number)
	}
	return voters, nil
}

// Cast counts the votes that are still linked to a number.
func (s *Service) Cast(ctx context.Context, number identity.MSISDN) (n int, err error) {
	voters, err := s.Voters(ctx, number)
	if err != nil {
		return 0, err
	}
	for _, v := range voters {
		voted, err := s.voices.Voted(ctx, v)
		if err != nil {
			return 0, fmt.Errorf("find votes: %w", err)
		}
		if voted {
			n++
		}
	}
	return n, nil
}

// Unlink cuts the voters from votes given before a time, and tells how many (domain rule P5). What is voted on is never
// closed, so the time runs from the vote; whoever votes again after it counts twice.
func (s *Service) Unlink(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.voices.Unlink(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("unlink votes: %w", err)
	}
	return n, nil
}
