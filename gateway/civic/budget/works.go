package budget

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"baro/locales/charset"
	"baro/store"
)

// A PlaceSum is a place with works in a budget.
type PlaceSum struct {
	Place string
	Total int64
	key   string
}

// A ToldWork is a work that a published document speaks of.
type ToldWork struct {
	store.Work
	Total int64  // planned, by the document
	Spent *int64 // nil while that is not known
}

// places lists the places with works in a document by name, the whole commune last: villages are never ranked.
func (s *Service) places(ctx context.Context, commune store.PlaceID, document int64) ([]PlaceSum, error) {
	works, err := s.WorksIn(ctx, commune, document)
	if err != nil {
		return nil, err
	}
	var places []PlaceSum
	for _, w := range works {
		k := charset.Fold(w.Village)
		i := slices.IndexFunc(places, func(p PlaceSum) bool { return p.key == k })
		if i < 0 {
			i = len(places)
			places = append(places, PlaceSum{Place: w.Village, key: k})
		}
		places[i].Total += w.Total
	}
	whole := foldAll([]string{"toute la commune", "ensemble de la commune", "commune"})
	slices.SortStableFunc(places, func(a, b PlaceSum) int {
		aWhole, bWhole := slices.Contains(whole, a.key), slices.Contains(whole, b.key)
		switch {
		case aWhole && !bWhole:
			return 1
		case bWhole && !aWhole:
			return -1
		}
		return cmp.Compare(a.key, b.key)
	})
	return places, nil
}

// worksAt lists the works of a document in one place, in the document's order.
func (s *Service) worksAt(ctx context.Context, commune store.PlaceID, document int64, village string) ([]ToldWork, error) {
	works, err := s.WorksIn(ctx, commune, document)
	if err != nil {
		return nil, err
	}
	k := charset.Fold(village)
	return slices.DeleteFunc(works, func(w ToldWork) bool { return charset.Fold(w.Village) != k }), nil
}

// WorksIn joins the works a document names with their records. A record that no line of it names is not shown: it may
// come from a draft.
func (s *Service) WorksIn(ctx context.Context, commune store.PlaceID, document int64) ([]ToldWork, error) {
	d, f, ok, err := s.choose(ctx, commune, document)
	if err != nil || !ok || len(f.Works) == 0 {
		return nil, err
	}
	records, err := s.stores.Works.List(ctx, commune, d.Year)
	if err != nil {
		return nil, fmt.Errorf("list works: %w", err)
	}
	known := make(map[workKey]store.Work, len(records))
	for _, r := range records {
		known[keyOfWork(r.Operation, r.Village)] = r
	}
	var works []ToldWork
	for _, line := range f.Works {
		if r, ok := known[line.key]; ok {
			works = append(works, ToldWork{Work: r, Total: line.Sum.Planned})
		}
	}
	return works, nil
}

// work gives one work, or false when no published document of its year names it. What was spent is what the year's
// published accounts say: the record may know it from accounts that are still a draft.
func (s *Service) work(ctx context.Context, commune store.PlaceID, id int64) (ToldWork, bool, error) {
	record, err := s.stores.Works.Get(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return ToldWork{}, false, nil
	case err != nil:
		return ToldWork{}, false, fmt.Errorf("read work: %w", err)
	}
	list, err := s.Published(ctx, commune)
	if err != nil {
		return ToldWork{}, false, err
	}
	w := ToldWork{Work: record}
	k := keyOfWork(record.Operation, record.Village)
	for _, d := range list { // accounts come first, then the corrected budget, then the first one
		if d.Year != record.Year {
			continue
		}
		f, err := s.Figures(ctx, d)
		if err != nil {
			return ToldWork{}, false, err
		}
		if line := f.work(k); line != nil {
			w.Total = line.Sum.Planned
			if spent := line.Sum.Realised; d.Stage == store.CompteAdministratif && line.Known {
				w.Spent = &spent
			}
			return w, true, nil
		}
	}
	return ToldWork{}, false, nil
}
