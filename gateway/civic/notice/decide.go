package notice

import (
	"context"
	"errors"
	"fmt"

	"baro/store"
)

// Reasons of a refusal that can be picked by phone; a console may add a note.
func Reasons() []string { return []string{"date", "place", "topic", "safety", "other"} }

// Waiting gives the versions that wait for a decision: those for the members of an organisation, or with 0 those for the
// public, which the commune decides.
func (s *Service) Waiting(ctx context.Context, commune store.PlaceID, organisation int64) ([]store.NoticeVersion, error) {
	all, err := s.Notices.Waiting(ctx, commune, organisation)
	if err != nil {
		return nil, fmt.Errorf("list waiting notices: %w", err)
	}
	return all, nil
}

// Decide approves or refuses a version and sends an approved one on its way, in one transaction. Whoever calls it has made
// sure that the decider may: an officer of the organisation for its members, the commune for the public.
func (s *Service) Decide(ctx context.Context, commune store.PlaceID, id int64, version int, d store.Decision, act store.Act) error {
	err := s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Notices.Decide(ctx, commune, id, version, d, act); err != nil || !d.Approve {
			return err
		}
		return s.announce(ctx, commune, id, version, act)
	})
	if store.CodeOf(err) == store.CodeDenied {
		v, readErr := s.Notices.Version(ctx, commune, id, version)
		if readErr == nil && v.Author == d.By {
			return errors.Join(ErrOwn, err)
		}
		return errors.Join(ErrLate, err)
	}
	return gone(err)
}

func (s *Service) announce(ctx context.Context, commune store.PlaceID, id int64, version int, act store.Act) error {
	n, err := s.Notices.Get(ctx, commune, id)
	if err != nil {
		return err
	}
	v, err := s.Notices.Version(ctx, commune, id, version)
	if err != nil {
		return err
	}
	return s.Announcer.Announce(ctx, n, v, act)
}

// Appeal carries a refused public notice to a person outside the commune.
func (s *Service) Appeal(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return gone(s.Notices.Appeal(ctx, commune, id, act))
}

// Appeals lists what waits for a person outside; commune 0 gives those of all.
func (s *Service) Appeals(ctx context.Context, commune store.PlaceID) ([]store.Notice, error) {
	all, err := s.Notices.Appeals(ctx, commune)
	if err != nil {
		return nil, fmt.Errorf("list appeals: %w", err)
	}
	return all, nil
}

// DecideAppeal grants an appeal, and the notice goes on its way, or rejects it with a reason. Outside says that the account
// is not of that commune, which access control knows.
func (s *Service) DecideAppeal(ctx context.Context, commune store.PlaceID, id int64, granted, outside bool, by store.By, act store.Act) error {
	if !outside {
		return ErrOutside
	}
	return gone(s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Notices.DecideAppeal(ctx, commune, id, granted, by, act); err != nil || !granted {
			return err
		}
		n, err := s.Notices.Get(ctx, commune, id)
		if err != nil {
			return err
		}
		return s.announce(ctx, commune, id, n.Version, act)
	}))
}
