package service

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"baro/store"
)

// Subjects of the hourly counters. Keys are a need of the menu, or the id of a service.
const (
	askedSubject       = "service.need"
	closedSubject      = "service.closed"
	overchargedSubject = "service.overcharged"
)

// Asked counts one look-up of a need.
func (s *Service) Asked(ctx context.Context, commune store.PlaceID, need string, now time.Time) error {
	if !known(need) {
		return fmt.Errorf("count need: %q is not on the menu", need)
	}
	return s.count(ctx, commune, askedSubject, need, now)
}

// FoundClosed counts one report that a service was closed in its hours.
func (s *Service) FoundClosed(ctx context.Context, commune store.PlaceID, id int64, now time.Time) error {
	return s.countService(ctx, commune, closedSubject, id, now)
}

// Overcharged counts one report that more than the official price was asked.
func (s *Service) Overcharged(ctx context.Context, commune store.PlaceID, id int64, now time.Time) error {
	return s.countService(ctx, commune, overchargedSubject, id, now)
}

// countService counts only for services that residents can see: a key of any other origin leaves no row.
func (s *Service) countService(ctx context.Context, commune store.PlaceID, subject string, id int64, now time.Time) error {
	if _, ok, err := s.Get(ctx, commune, id, now); err != nil || !ok {
		return err
	}
	return s.count(ctx, commune, subject, strconv.FormatInt(id, 10), now)
}

func (s *Service) count(ctx context.Context, commune store.PlaceID, subject, key string, now time.Time) error {
	if err := s.counters.Add(ctx, commune, subject, key, now, 1); err != nil {
		return fmt.Errorf("count %s: %w", subject, err)
	}
	return nil
}
