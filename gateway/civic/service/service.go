// Package service is the directory of services for everybody: school, health, water, papers, aid, and whom to turn to
// outside the town hall. Looking something up is sensitive. Nothing about who asks is read, kept or logged; the only trace
// is a count per hour.
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
	return []string{"school", "health", "water", "papers", "food", "talk", "family", "abuse", "work", noPapers}
}

// noPapers is the need for a school that takes children in without papers.
const noPapers = "no_papers"

// Places tells where a place is, and in what it lies.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Stores are the records the service works on.
type Stores struct {
	Directory store.ServiceReader
	Referrals store.Referrals
	Places    Places
	Counters  store.Counters
}

// Service answers from the directory.
type Service struct {
	directory store.ServiceReader
	referrals store.Referrals
	places    Places
	counters  store.Counters
	zone      *time.Location
}

// New returns a service over the stores. Days and months begin in zone; nil is UTC.
func New(stores Stores, zone *time.Location) *Service {
	if zone == nil {
		zone = time.UTC
	}
	return &Service{directory: stores.Directory, referrals: stores.Referrals, places: stores.Places, counters: stores.Counters, zone: zone}
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
	if v.Status != store.ServiceActive || v.Need == "abuse" {
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
func hotLine(need string) bool { return need == "talk" || need == "family" }

// aid tells whether services for a need are free whatever anybody says (domain rule P10).
func aid(need string) bool {
	return need == "food" || need == "shelter" || need == "work" || hotLine(need)
}

// directoryNeeds gives the needs of the directory that answer a need of the menu. None answers an abuse: a contact for it
// is never one of the commune's own services.
func directoryNeeds(need string) []string {
	switch need {
	case "food":
		return []string{"food", "shelter"}
	case noPapers:
		return []string{"school"}
	case "abuse":
		return nil
	}
	return []string{need}
}

// answers tells whether a service of the directory answers a need of the menu.
func answers(need string, v store.Service) bool { return need != noPapers || v.NoPapers }

// known tells whether a need is on the menu.
func known(need string) bool { return slices.Contains(Needs(), need) }
