package consultation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"baro/store"
)

// OpenNow lists the consultations that take answers at now, those that close soonest first, without their questions.
func (s *Service) OpenNow(ctx context.Context, commune store.PlaceID, now time.Time) ([]store.Consultation, error) {
	all, err := s.stores.Reader.List(ctx, commune, store.ConsultationOpen)
	if err != nil {
		return nil, fmt.Errorf("list open consultations: %w", err)
	}
	open := slices.DeleteFunc(all, func(c store.Consultation) bool { return !isOpen(c, now) })
	slices.SortFunc(open, func(a, b store.Consultation) int {
		return cmp.Or(a.ClosesAt.Compare(b.ClosesAt), cmp.Compare(a.ID, b.ID))
	})
	return open, nil
}

// Published lists the consultations whose results are public, the latest first, without their questions.
func (s *Service) Published(ctx context.Context, commune store.PlaceID) ([]store.Consultation, error) {
	all, err := s.stores.Reader.List(ctx, commune, store.ConsultationPublished, store.ConsultationDecided, store.ConsultationFollowed)
	if err != nil {
		return nil, fmt.Errorf("list published consultations: %w", err)
	}
	slices.SortFunc(all, func(a, b store.Consultation) int {
		return cmp.Or(b.ClosedAt.Compare(a.ClosedAt), cmp.Compare(b.ID, a.ID))
	})
	return all, nil
}

// published gives one consultation whose results are public.
func (s *Service) published(ctx context.Context, commune store.PlaceID, id int64) (store.Consultation, bool, error) {
	c, found, err := s.find(ctx, commune, id)
	return c, found && c.State.Public(), err
}

// open gives one consultation that takes answers at now.
func (s *Service) open(ctx context.Context, commune store.PlaceID, id int64, now time.Time) (store.Consultation, bool, error) {
	c, found, err := s.find(ctx, commune, id)
	return c, found && isOpen(c, now), err
}

// Dialled gives the consultation behind a number on a poster, as far as residents may see it: one that takes answers at
// now or one that is published.
func (s *Service) Dialled(ctx context.Context, commune store.PlaceID, number int, now time.Time) (store.Consultation, bool, error) {
	target, err := s.stores.Numbers.Lookup(ctx, commune, number)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Consultation{}, false, nil
	case err != nil:
		return store.Consultation{}, false, fmt.Errorf("look up dialled number: %w", err)
	case target.Kind != store.DialConsultation:
		return store.Consultation{}, false, nil
	}
	c, found, err := s.find(ctx, commune, target.Ref)
	return c, found && (isOpen(c, now) || c.State.Public()), err
}
