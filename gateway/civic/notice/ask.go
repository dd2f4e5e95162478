package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/gateway/civic/group"
	"baro/store"
)

// A Proposal is a meeting as its author picked it, before anybody has agreed.
type Proposal struct {
	Commune  store.PlaceID
	Group    int64 // 0: the town hall
	Audience store.NoticeAudience
	Content  store.NoticeContent
	Author   store.By
	Act      store.Act
}

// Propose stores a meeting and asks for the agreement it needs: of the second officer, or of the commune. When it may not
// be asked for, its error says why and the draft is kept. It belongs into a transaction.
func (s *Service) Propose(ctx context.Context, p Proposal, now time.Time) (store.Notice, store.NoticeVersion, error) {
	if err := s.timely(ctx, p.Commune, p.Content.StartsAt, now); err != nil {
		return store.Notice{}, store.NoticeVersion{}, err
	}
	n, err := s.Notices.Draft(ctx, store.Notice{
		Commune: p.Commune, Organisation: p.Group, Audience: p.Audience, Content: p.Content, Author: p.Author,
	}, p.Act)
	if err != nil {
		return n, store.NoticeVersion{}, fmt.Errorf("draft notice: %w", err)
	}
	v, err := s.ask(ctx, n, store.ChangeNew, p.Content, p.Author, p.Act, now)
	return n, v, err
}

// AskAgain asks for a draft or a refused notice as it stands.
func (s *Service) AskAgain(ctx context.Context, commune store.PlaceID, id int64, author store.By, act store.Act, now time.Time) (store.NoticeVersion, error) {
	n, err := s.Notices.Get(ctx, commune, id)
	if err != nil {
		return store.NoticeVersion{}, fmt.Errorf("ask again: %w", err)
	}
	if err := s.timely(ctx, commune, n.Content.StartsAt, now); err != nil {
		return store.NoticeVersion{}, err
	}
	return s.ask(ctx, n, store.ChangeNew, n.Content, author, act, now)
}

// Change asks to postpone, correct or cancel a meeting that people have got. A cancelled one keeps its content.
func (s *Service) Change(ctx context.Context, commune store.PlaceID, id int64, change store.NoticeChange, c store.NoticeContent, author store.By, act store.Act, now time.Time) (store.NoticeVersion, error) {
	n, err := s.Notices.Get(ctx, commune, id)
	if err != nil {
		return store.NoticeVersion{}, fmt.Errorf("change notice: %w", err)
	}
	switch {
	case !n.State.Told() || !n.Content.StartsAt.After(now):
		return store.NoticeVersion{}, ErrGone
	case change == store.ChangeCancelled:
		c = n.Content
	default:
		if err := s.timely(ctx, commune, c.StartsAt, now); err != nil {
			return store.NoticeVersion{}, err
		}
	}
	return s.ask(ctx, n, change, c, author, act, now)
}

// timely refuses a time that is past or far away, and days without meetings.
func (s *Service) timely(ctx context.Context, commune store.PlaceID, starts, now time.Time) error {
	if !starts.After(now) || starts.After(now.AddDate(0, 0, maxAhead+1)) {
		return ErrTime
	}
	return s.open(ctx, commune, s.midnight(starts))
}

func (s *Service) ask(ctx context.Context, n store.Notice, change store.NoticeChange, c store.NoticeContent, author store.By, act store.Act, now time.Time) (store.NoticeVersion, error) {
	a := store.Asking{Change: change, Content: c, Author: author}
	st, err := s.mayAsk(ctx, n, now)
	if err != nil {
		return store.NoticeVersion{}, err
	}
	if n.Organisation != 0 {
		a.Mandate, a.Quota = st.Mandate.ID, st.Mandate.Quota
		a.MonthFrom, a.MonthTo = s.month(now)
	}
	earlier := c.StartsAt
	if n.State.Told() && n.Content.StartsAt.Before(earlier) {
		earlier = n.Content.StartsAt // people would go to the former day
	}
	a.ApproveBy = s.approveBy(earlier, now)
	if change != store.ChangeNew && !a.ApproveBy.After(now) {
		a.ApproveBy = earlier // at the last moment: better late than not at all
	}
	if !a.ApproveBy.After(now) {
		return store.NoticeVersion{}, ErrTime
	}
	reach, err := s.Announcer.Estimate(ctx, n, store.NoticeVersion{Notice: n.ID, Change: change, Content: c})
	if err != nil {
		return store.NoticeVersion{}, fmt.Errorf("count whom it reaches: %w", err)
	}
	a.Recipients, a.Cost = reach.Recipients, reach.Cost
	v, err := s.Notices.Ask(ctx, n.Commune, n.ID, a, act)
	switch store.CodeOf(err) {
	case "":
		return v, nil
	case store.CodeDenied: // the organisation was looked at above
		return v, ErrQuota
	case store.CodeConflict:
		return v, ErrBusy
	}
	return v, fmt.Errorf("ask for notice: %w", err)
}

// mayAsk tells where the organisation of a notice stands, or why it may not ask: silenced, without a mandate for the
// public, or with nobody beside its author to agree. The town hall always may.
func (s *Service) mayAsk(ctx context.Context, n store.Notice, now time.Time) (st group.Standing, err error) {
	if n.Organisation == 0 {
		return st, nil
	}
	if st, err = s.Groups.Standing(ctx, n.Commune, n.Organisation, now); err != nil {
		return st, err
	}
	switch {
	case st.State != store.OrganisationActive:
		return st, ErrSilenced
	case n.Audience == store.AudiencePublic && !st.Mandated:
		return st, ErrMandate
	case n.Audience == store.AudiencePublic:
		return st, nil
	}
	officers, err := s.Groups.Officers.List(ctx, n.Commune, n.Organisation)
	if err == nil && len(officers) < 2 {
		err = ErrNobody
	}
	return st, err
}

// month gives the calendar month of an instant where people are.
func (s *Service) month(now time.Time) (from, to time.Time) {
	y, m, _ := now.In(s.Zone).Date()
	from = time.Date(y, m, 1, 0, 0, 0, 0, s.Zone)
	return from, from.AddDate(0, 1, 0)
}

// Withdraw takes an asked version back; ErrGone when it is decided.
func (s *Service) Withdraw(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	n, err := s.Notices.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("withdraw notice: %w", err)
	}
	return gone(s.Notices.Withdraw(ctx, commune, id, n.Version, act))
}

// gone turns what came too late into ErrGone.
func gone(err error) error {
	switch store.CodeOf(err) {
	case "":
		return nil
	case store.CodeConflict, store.CodeNotFound:
		return errors.Join(ErrGone, err)
	}
	return err
}
