package consultation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/store"
)

// closer is the actor in the audit rows of the closing job.
const closer = "job:consultation.close"

// CloseDue closes, in every commune, the consultations whose closing time has passed at now, which freezes their totals,
// and tells how many it closed. One that another node closed meanwhile is no error; a failure with one does not keep the
// others open.
func (s *Service) CloseDue(ctx context.Context, now time.Time) (closed int, err error) {
	due, err := s.stores.Reader.Overdue(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("list consultations to close: %w", err)
	}
	var problems []error
	for _, c := range due {
		err := s.stores.Writer.Close(ctx, c.Commune, c.ID, store.Act{Actor: closer, Reason: "closing time"})
		switch {
		case err == nil:
			closed++
		case store.CodeOf(err) == store.CodeConflict:
		default:
			problems = append(problems, fmt.Errorf("close consultation %d: %w", c.ID, err))
		}
	}
	return closed, errors.Join(problems...)
}

// Unlink cuts the voters from ballots whose consultation closed long enough before now, and tells how many ballots it
// touched. From then on the answers are anonymous.
func (s *Service) Unlink(ctx context.Context, now time.Time) (ballots int64, err error) {
	ballots, err = s.stores.Ballots.Unlink(ctx, now.Add(-s.unlinkAfter))
	if err != nil {
		return 0, fmt.Errorf("unlink ballots: %w", err)
	}
	return ballots, nil
}
