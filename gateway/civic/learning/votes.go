package learning

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// What a vote on a practice says.
const (
	useful  = "useful"
	useless = "useless"
)

// Vote keeps whether a number found a practice useful, or changes it; false when the practice is not published.
func (s *Service) Vote(ctx context.Context, practice int64, number identity.MSISDN, helps bool, now time.Time) (bool, error) {
	p, ok, err := s.Get(ctx, practice)
	if err != nil || !ok {
		return false, err
	}
	said := useless
	if helps {
		said = useful
	}
	if err := s.voices.Say(ctx, about(p.Practice), number, said, now); err != nil {
		return false, fmt.Errorf("vote on practice: %w", err)
	}
	return true, nil
}

// Useful counts who found a practice useful; false while the votes, or those for it, are too few to be shown.
func (s *Service) Useful(ctx context.Context, p store.Practice) (int64, bool, error) {
	totals, _, err := s.voices.Totals(ctx, about(p))
	if err != nil {
		return 0, false, fmt.Errorf("count votes: %w", err)
	}
	n, shown := totals.Said[useful]
	return n, shown, nil
}

func about(p store.Practice) store.VoiceAbout {
	return store.VoiceAbout{Kind: store.VoicePractice, Commune: p.Commune, Ref: p.ID}
}
