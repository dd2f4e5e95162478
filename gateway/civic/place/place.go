// Package place answers where people are: which commune a number or a misspelt name means, which villages lie near it,
// which languages it offers. Communes in use stand in memory; names are compared by a folded key that is never stored
// and never shown.
package place

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"baro/locales"
	"baro/store"
)

// Places are the records the service reads.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
	Communes(ctx context.Context) ([]store.Place, error)
	Settlements(ctx context.Context, commune store.PlaceID) ([]store.Place, error)
}

// Consultations tells whether a commune asks its people something now.
type Consultations interface {
	AnyOpen(ctx context.Context, commune store.PlaceID, now time.Time) (bool, error)
}

// A Commune is one that people can reach.
type Commune struct {
	ID     store.PlaceID
	Name   string
	Cercle string // name of the place above it
	Number string // three digits, "" while none is assigned
	At     *store.Point
	tags   []string
}

// Service finds places. It is safe for concurrent use; a reload replaces everything it knows at once.
type Service struct {
	places        Places
	consultations Consultations
	offered       func() []locales.Language
	index         atomic.Pointer[index]
}

// New returns a service that knows no commune until Reload. Offered lists the languages that are live and that the
// channels can show; it is asked each time, since the catalogue may be replaced.
func New(places Places, consultations Consultations, offered func() []locales.Language) *Service {
	s := &Service{places: places, consultations: consultations, offered: offered}
	s.index.Store(newIndex(nil))
	return s
}

// Reload reads the communes in use anew and drops what was cached of their villages. On an error the former index stays.
func (s *Service) Reload(ctx context.Context) error {
	records, err := s.places.Communes(ctx)
	if err != nil {
		return fmt.Errorf("reload places: %w", err)
	}
	parents := make(map[store.PlaceID]string)
	entries := make([]*entry, len(records))
	for i, r := range records {
		cercle, known := parents[r.ParentID]
		if !known && r.ParentID != 0 {
			above, err := s.places.Get(ctx, r.ParentID)
			if err != nil {
				return fmt.Errorf("reload places: cercle of %s: %w", r.Pcode, err)
			}
			cercle = above.Name
			parents[r.ParentID] = cercle
		}
		entries[i] = newEntry(r, cercle)
	}
	s.index.Store(newIndex(entries))
	return nil
}

// Len is the number of communes that people can reach.
func (s *Service) Len() int { return len(s.index.Load().communes) }

// Commune gives a commune in use, or false.
func (s *Service) Commune(id store.PlaceID) (Commune, bool) {
	e, ok := s.index.Load().byID[id]
	if !ok {
		return Commune{}, false
	}
	return e.Commune, true
}

// ByNumber gives the commune in use that has the dialled three digits, or false.
func (s *Service) ByNumber(number string) (Commune, bool) {
	e, ok := s.index.Load().byNumber[number]
	if !ok {
		return Commune{}, false
	}
	return e.Commune, true
}
