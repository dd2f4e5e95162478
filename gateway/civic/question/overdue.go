package question

import (
	"context"
	"time"

	"baro/store"
)

// Overdue counts a commune's cases that wait for an answer beyond their due date, at both desks: it is a number for the
// operator, and tells nobody what they are about.
func (s *Service) Overdue(ctx context.Context, commune store.PlaceID, now time.Time) (late int, err error) {
	for _, desk := range []Desk{DeskTownHall, DeskOutside} {
		counts, err := s.Counts(ctx, commune, desk, now)
		if err != nil {
			return 0, err
		}
		late += int(counts.Late)
	}
	return late, nil
}
