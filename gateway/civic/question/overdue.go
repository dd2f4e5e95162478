package question

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Overdue counts a commune's cases that wait for an answer beyond their due date.
func (s *Service) Overdue(ctx context.Context, commune store.PlaceID, now time.Time) (late int, err error) {
	for _, state := range []store.CaseState{store.CaseReceived, store.CaseAssigned} {
		cases, err := s.stores.Reader.List(ctx, commune, state, maxWaiting)
		if err != nil {
			return 0, fmt.Errorf("list cases: %w", err)
		}
		for _, c := range cases {
			if !c.Due.IsZero() && c.Due.Before(now) {
				late++
			}
		}
	}
	return late, nil
}
