package budget

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/gateway/civic/voice"
	"baro/gateway/identity"
	"baro/store"
)

// Seen lists what residents may say that they see of a work, in the order of the screen.
func Seen() []string { return []string{"done", "ongoing", "stopped", "nothing"} }

// See keeps what a number sees of a work, or changes it; false when no published document names the work, or nobody can
// see that.
func (s *Service) See(ctx context.Context, commune store.PlaceID, work int64, number identity.MSISDN, seen string, now time.Time) (bool, error) {
	if !slices.Contains(Seen(), seen) {
		return false, nil
	}
	w, ok, err := s.work(ctx, commune, work)
	if err != nil || !ok {
		return false, err
	}
	if err := s.means.Voices.Say(ctx, aboutWork(w.Work), number, seen, now); err != nil {
		return false, fmt.Errorf("take what is seen: %w", err)
	}
	return true, nil
}

// SeenOf tells what residents see of a work; false before enough have answered.
func (s *Service) SeenOf(ctx context.Context, w store.Work) (voice.Totals, bool, error) {
	totals, shown, err := s.means.Voices.Totals(ctx, aboutWork(w))
	if err != nil {
		return voice.Totals{}, false, fmt.Errorf("tell what is seen: %w", err)
	}
	return totals, shown, nil
}

func aboutWork(w store.Work) store.VoiceAbout {
	return store.VoiceAbout{Kind: store.VoiceWork, Commune: w.Commune, Ref: w.ID}
}
