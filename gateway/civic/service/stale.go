package service

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Stale counts a commune's open services that nobody has checked for HotLineFreshness, or ever: what its clerk should go
// and see. Hot lines among them are hidden from residents until then.
func (s *Service) Stale(ctx context.Context, commune store.PlaceID, now time.Time) (stale int, err error) {
	all, err := s.directory.List(ctx, commune, "")
	if err != nil {
		return 0, fmt.Errorf("list services: %w", err)
	}
	for _, v := range all {
		if v.Status == store.ServiceActive && !s.fresh(v, now) {
			stale++
		}
	}
	return stale, nil
}
