package learning

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// Vote keeps whether a number found a practice useful, or changes it; false when the practice is not published.
func (s *Service) Vote(ctx context.Context, practice int64, number identity.MSISDN, useful bool, now time.Time) (bool, error) {
	err := s.stores.Votes.Vote(ctx, practice, s.Voter(practice, number), useful, now)
	switch {
	case store.CodeOf(err) == store.CodeDenied:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("vote on practice: %w", err)
	}
	return true, nil
}

// Useful counts who found a practice useful; false while the votes, or those for it, are too few to be shown.
func (s *Service) Useful(ctx context.Context, practice int64) (int64, bool, error) {
	tally, err := s.stores.Votes.Tally(ctx, practice)
	if err != nil {
		return 0, false, fmt.Errorf("count votes: %w", err)
	}
	return tally.Useful, tally.Useful >= Few, nil
}

// Voters returns the number's voter for every practice with votes that are still linked: what an erasure has to cut.
func (s *Service) Voters(ctx context.Context, number identity.MSISDN) ([]store.Voter, error) {
	ids, err := s.stores.Votes.Linked(ctx)
	if err != nil {
		return nil, fmt.Errorf("list linked practices: %w", err)
	}
	voters := make([]store.Voter, len(ids))
	for i, id := range ids {
		voters[i] = s.Voter(id, number)
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
		voted, err := s.stores.Votes.Voted(ctx, v)
		if err != nil {
			return 0, fmt.Errorf("find votes: %w", err)
		}
		if voted {
			n++
		}
	}
	return n, nil
}

// Unlink cuts the voters from votes cast before a time, and tells how many (domain rule P5). A practice is never closed, so
// the time runs from the vote; whoever votes again after it counts twice.
func (s *Service) Unlink(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.stores.Votes.Unlink(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("unlink votes: %w", err)
	}
	return n, nil
}
