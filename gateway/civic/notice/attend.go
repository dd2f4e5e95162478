package notice

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/civic"
	"baro/store"
)

// few is the least number of people that residents are told, and the step in which it moves: two looks never tell what one
// person did.
const few = 10

// maxUpcoming is what the manifest lets a list of meetings have.
const maxUpcoming = 20

// Upcoming gives the meetings to come: public ones, and those of the organisations a caller belongs to.
func (s *Service) Upcoming(ctx context.Context, c civic.Caller, commune store.PlaceID) ([]store.Notice, error) {
	all, err := s.Notices.Upcoming(ctx, commune, store.Pseudonym(c.Pseudonym), c.Now, maxUpcoming)
	if err != nil {
		return nil, fmt.Errorf("list meetings: %w", err)
	}
	return all, nil
}

// Public gives the public meetings to come, for pages that everybody sees; in a shielded commune their place and time are
// not for such pages.
func (s *Service) Public(ctx context.Context, commune store.PlaceID, now time.Time) (all []store.Notice, shielded bool, err error) {
	level, err := s.Safety.Level(ctx, commune)
	if err != nil {
		return nil, false, fmt.Errorf("list public meetings: %w", err)
	}
	all, err = s.Notices.Upcoming(ctx, commune, store.Pseudonym{}, now, maxUpcoming)
	if err != nil {
		return nil, false, fmt.Errorf("list public meetings: %w", err)
	}
	shielded = level == store.SafetyShielded
	for i := range all {
		if shielded {
			all[i].Content.Venue, all[i].Content.Place, all[i].Content.StartsAt = 0, "", time.Time{}
		}
	}
	return all, shielded, nil
}

// Seen gives a meeting to a caller who may know of it; false for one that is another organisation's, over or not announced.
func (s *Service) Seen(ctx context.Context, c civic.Caller, commune store.PlaceID, id int64) (store.Notice, bool, error) {
	n, err := s.Notices.Get(ctx, commune, id)
	if store.CodeOf(err) == store.CodeNotFound {
		return n, false, nil
	}
	if err != nil {
		return n, false, fmt.Errorf("find meeting: %w", err)
	}
	if !n.State.Told() || !n.Content.StartsAt.After(c.Now) {
		return n, false, nil
	}
	if n.Audience == store.AudiencePublic {
		return n, true, nil
	}
	member, err := s.member(ctx, c, n)
	return n, member, err
}

// member tells whether a caller belongs to the organisation of a notice.
func (s *Service) member(ctx context.Context, c civic.Caller, n store.Notice) (bool, error) {
	if n.Organisation == 0 {
		return false, nil
	}
	m, err := s.Groups.Members.Get(ctx, n.Commune, n.Organisation, store.Pseudonym(c.Pseudonym))
	if store.CodeOf(err) == store.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find membership: %w", err)
	}
	return m.State == store.MemberJoined, nil
}

// Answer notes that a caller comes, or does not. It tells false for a meeting the caller may not know of or that has begun.
func (s *Service) Answer(ctx context.Context, c civic.Caller, commune store.PlaceID, id int64, coming bool) (bool, error) {
	n, seen, err := s.Seen(ctx, c, commune, id)
	if err != nil || !seen {
		return false, err
	}
	err = s.Attendances.Answer(ctx, commune, n.ID, s.Voter(n.ID, c.Number), coming, c.Now)
	if store.CodeOf(err) == store.CodeDenied {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("answer meeting: %w", err)
	}
	return true, nil
}

// Coming counts those who come, exactly: for the officers of the organisation.
func (s *Service) Coming(ctx context.Context, commune store.PlaceID, id int64) (int64, error) {
	n, err := s.Attendances.Coming(ctx, commune, id)
	if err != nil {
		return 0, fmt.Errorf("count who comes: %w", err)
	}
	return n, nil
}

// Told is a count as residents are told it: full tens, 0 below the first.
func Told(n int64) int64 { return n - n%few }
