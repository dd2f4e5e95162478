package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"baro/gateway/civic/place"
	"baro/store"
)

const (
	maxFound = 10 // rows of the list
	enough   = 3  // a choice worth having: the search grows no further
)

// rings are the radii of the growing search, in metres: on foot or by cart, a market day's journey, the regional town.
func rings() [3]int64 { return [3]int64{30_000, 80_000, 200_000} }

// A Found is a service and how far it is.
type Found struct {
	store.Service
	Metres int64
	Known  bool // false: nobody recorded where it is, and Metres says nothing
	Far    bool // beyond the first ring
}

// Nearest gives up to ten services for a need, the nearest first, seen from the place near, or from the commune
// when near is 0 or has no coordinates. Services without coordinates come last, and only when nothing else is found or the need is for a voice
// on the phone. No caller is known here.
func (s *Service) Nearest(ctx context.Context, commune store.PlaceID, need string, near store.PlaceID, now time.Time) ([]Found, error) {
	origin, err := s.origin(ctx, commune, near)
	if err != nil {
		return nil, err
	}
	var found []Found
	if origin != nil {
		if found, err = s.around(ctx, commune, need, *origin, now); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 || hotLine(need) {
		own, err := s.own(ctx, commune, need, origin, now)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			own = slices.DeleteFunc(own, func(f Found) bool { return f.Known })
		}
		found = append(found[:min(len(found), maxFound-min(len(own), enough))], own...)
	}
	return found[:min(len(found), maxFound)], nil
}

// Locate tells how far one service is, as Nearest does.
func (s *Service) Locate(ctx context.Context, commune store.PlaceID, v store.Service, near store.PlaceID) (Found, error) {
	origin, err := s.origin(ctx, commune, near)
	if err != nil {
		return Found{}, err
	}
	return measure(v, origin), nil
}

// origin is where a search starts: the place near, the commune around it, the commune of the dialogue; nil when none has
// coordinates.
func (s *Service) origin(ctx context.Context, commune, near store.PlaceID) (*store.Point, error) {
	tried := map[store.PlaceID]bool{}
	for _, id := range []store.PlaceID{near, commune} {
		for id != 0 && !tried[id] {
			tried[id] = true
			p, err := s.places.Get(ctx, id)
			if store.CodeOf(err) == store.CodeNotFound {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("get place: %w", err)
			}
			if p.At != nil {
				return p.At, nil
			}
			if p.Level != store.LevelSettlement {
				break // the middle of a cercle is near nobody
			}
			id = p.ParentID
		}
	}
	return nil, nil
}

// around widens the search until there is a choice.
func (s *Service) around(ctx context.Context, commune store.PlaceID, need string, origin store.Point, now time.Time) (found []Found, err error) {
	for _, radius := range rings() {
		if found, err = s.within(ctx, commune, need, origin, radius, now); err != nil || len(found) >= enough {
			break
		}
	}
	return found, err
}

// within gives the services at most so many metres away, nearest first.
func (s *Service) within(ctx context.Context, commune store.PlaceID, need string, origin store.Point, metres int64, now time.Time) ([]Found, error) {
	var found []Found
	for _, n := range directoryNeeds(need) {
		all, err := s.directory.Near(ctx, commune, n, boxAround(origin, metres))
		if err != nil {
			return nil, fmt.Errorf("search services: %w", err)
		}
		for _, v := range all {
			f := measure(v, &origin)
			if f.Known && f.Metres <= metres && s.visible(v, now) && answers(need, v) {
				found = append(found, f)
			}
		}
	}
	slices.SortFunc(found, nearer)
	return found, nil
}

// own gives the commune's services wherever they are, those of known distance first.
func (s *Service) own(ctx context.Context, commune store.PlaceID, need string, origin *store.Point, now time.Time) ([]Found, error) {
	var found []Found
	for _, n := range directoryNeeds(need) {
		all, err := s.directory.List(ctx, commune, n)
		if err != nil {
			return nil, fmt.Errorf("list services: %w", err)
		}
		for _, v := range all {
			if s.visible(v, now) && answers(need, v) {
				found = append(found, measure(v, origin))
			}
		}
	}
	slices.SortFunc(found, nearer)
	return found, nil
}

// nearer orders services: known distances first, the shortest before the others, then names.
func nearer(a, b Found) int {
	if a.Known != b.Known {
		if a.Known {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

func measure(v store.Service, origin *store.Point) Found {
	if v.At == nil || origin == nil {
		return Found{Service: v}
	}
	metres := place.Distance(*origin, *v.At)
	return Found{Service: v, Metres: metres, Known: true, Far: metres > rings()[0]}
}
