// Package service is the directory of services for everybody: school, health, water, papers, aid. Looking something up is
// sensitive. Nothing about who asks is read, kept or logged; the only trace is a count per hour.
package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/store"
)

// HotLineFreshness is how long a check of a hot line holds (domain rule P9). A number that has changed hands sends
// somebody in danger to a stranger, so afterwards the entry is hidden.
const HotLineFreshness = 90 * 24 * time.Hour

// Needs are the needs residents choose among, in the order of the menus.
func Needs() []string {
	return []string{"school", "health", "water", "papers", "food", "talk", "family", "abuse"}
}

// Places tells where a place is.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Service answers from the directory.
type Service struct {
	directory store.ServiceReader
	places    Places
	counters  store.Counters
	zone      *time.Location
}

// New returns a service over the directory. Days and months begin in zone; nil is UTC.
func New(directory store.ServiceReader, places Places, counters store.Counters, zone *time.Location) *Service {
	if zone == nil {
		zone = time.UTC
	}
	return &Service{directory: directory, places: places, counters: counters, zone: zone}
}

// Get gives one service residents may see at now; false when there is none of that id, or it is closed or hidden.
func (s *Service) Get(ctx context.Context, commune store.PlaceID, id int64, now time.Time) (store.Service, bool, error) {
	found, err := s.directory.Get(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Service{}, false, nil
	case err != nil:
		return store.Service{}, false, fmt.Errorf("get service: %w", err)
	}
	return found, s.visible(found, now), nil
}

// visible tells whether residents may see an entry.
func (s *Service) visible(v store.Service, now time.Time) bool {
	if v.Status != store.ServiceActive {
		return false
	}
	return !hotLine(v.Need) || s.fresh(v, now)
}

// fresh tells whether somebody checked the entry lately enough to trust its phone number with a life.
func (s *Service) fresh(v store.Service, now time.Time) bool {
	if v.Unverified || v.VerifiedAt.IsZero() || now.Sub(v.VerifiedAt) > HotLineFreshness {
		return false
	}
	return v.ReviewOn == "" || string(v.ReviewOn) >= now.In(s.zone).Format(time.DateOnly)
}

// hotLine tells whether services for a need are reached by phone and in distress.
func hotLine(need string) bool { return need == "talk" || need == "family" || need == "abuse" }

// aid tells whether services for a need are free whatever anybody says (domain rule P10).
func aid(need string) bool { return need == "food" || need == "shelter" || hotLine(need) }

// directoryNeeds gives the needs of the directory that answer a need of the menu.
func directoryNeeds(need string) []string {
	if need == "food" {
		return []string{"food", "shelter"}
	}
	return []string{need}
}

// known tells whether a need is on the menu.
func known(need string) bool { return slices.Contains(Needs(), need) }
