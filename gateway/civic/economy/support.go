package economy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// same is what somebody says who has a question that was answered already.
const same = "same"

// Support counts a number among those who have the question of a published answer; false when there is no such answer.
func (s *Service) Support(ctx context.Context, commune store.PlaceID, answer int64, number identity.MSISDN, now time.Time) (bool, error) {
	_, ok, err := s.answer(ctx, commune, answer)
	if err != nil || !ok {
		return false, err
	}
	if err := s.voices.Say(ctx, aboutAnswer(commune, answer), number, same, now); err != nil {
		return false, fmt.Errorf("support question: %w", err)
	}
	return true, nil
}

// Supporters counts the numbers that have the same question; false while they are too few to be told.
func (s *Service) Supporters(ctx context.Context, commune store.PlaceID, answer int64) (int64, bool, error) {
	totals, _, err := s.voices.Totals(ctx, aboutAnswer(commune, answer))
	if err != nil {
		return 0, false, fmt.Errorf("count supporters: %w", err)
	}
	n, shown := totals.Said[same]
	return n, shown, nil
}

// answer gives one of the published answers.
func (s *Service) answer(ctx context.Context, commune store.PlaceID, id int64) (store.PublicAnswer, bool, error) {
	answers, err := s.Answers(ctx, commune)
	if err != nil {
		return store.PublicAnswer{}, false, err
	}
	i := slices.IndexFunc(answers, func(a store.PublicAnswer) bool { return a.ID == id })
	if i < 0 {
		return store.PublicAnswer{}, false, nil
	}
	return answers[i], true, nil
}

func aboutAnswer(commune store.PlaceID, answer int64) store.VoiceAbout {
	return store.VoiceAbout{Kind: store.VoiceAnswer, Commune: commune, Ref: answer}
}
