package notice

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// job is the actor in the audit rows of the clock.
const job = "job:notices"

// overAfter is how long after its beginning a meeting is over.
const overAfter = 12 * time.Hour

// Tidy ends the waiting of versions nobody decided on in time and puts meetings that are over away; it tells how many.
func (s *Service) Tidy(ctx context.Context, now time.Time) (int64, error) {
	lapsed, err := s.Notices.Lapse(ctx, now, store.Act{Actor: job, Reason: "no decision in time"})
	if err != nil {
		return 0, fmt.Errorf("lapse notices: %w", err)
	}
	over, err := s.Notices.Finish(ctx, now.Add(-overAfter), store.Act{Actor: job, Reason: "held"})
	if err != nil {
		return lapsed, fmt.Errorf("finish notices: %w", err)
	}
	return lapsed + over, nil
}

// Unlink cuts numbers from the attendances of meetings that began before a time; the counts stay.
func (s *Service) Unlink(ctx context.Context, startedBefore time.Time) (int64, error) {
	n, err := s.Attendances.Unlink(ctx, startedBefore)
	if err != nil {
		return 0, fmt.Errorf("unlink attendances: %w", err)
	}
	return n, nil
}
