package place

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"baro/store"
)

// nearby is how far away, in metres, a commune's centre may lie for its villages to be searched with one's own.
const nearby = 60_000

// A Village is a settlement, or the seat of a commune, that a name may mean.
type Village struct {
	ID     store.PlaceID
	Name   string
	Within string // its commune; of the seat of a commune far away the cercle
	At     *store.Point
}

// village is a Village with its keys.
type village struct {
	Village
	keys []key
}

// found is a candidate with what it is ranked by.
type found struct {
	*village
	quality quality
	metres  int64
}

// Villages finds settlements of a commune and of the communes around it that a name may mean, nearest first: names that
// are or begin with what was typed. Where there are none such it gives misspelt ones and the seats of communes far away,
// for who travels or has fled, the best spelt first. At most twenty; none for a commune that is not in use.
func (s *Service) Villages(ctx context.Context, commune store.PlaceID, query string) ([]Village, error) {
	x := s.index.Load()
	home, ok := x.byID[commune]
	if !ok {
		return nil, nil
	}
	keys := x.words.keysOf(query)
	var literal, misspelt []found
	for _, c := range x.around(home) {
		list, err := s.villagesOf(ctx, x, c)
		if err != nil {
			return nil, fmt.Errorf("search villages: %w", err)
		}
		for i := range list {
			f := found{village: &list[i], quality: best(keys, list[i].keys), metres: metresFrom(home, c, list[i].At)}
			switch f.quality {
			case exact, prefix:
				literal = append(literal, f)
			case oneEdit, twoEdits:
				misspelt = append(misspelt, f)
			}
		}
	}
	if len(literal) > 0 {
		return nearest(literal), nil
	}
	return nearest(append(misspelt, x.farSeats(home, keys)...)), nil
}

// farSeats gives the located communes beyond those around home that the keys may mean.
func (x *index) farSeats(home *entry, keys []key) (seats []found) {
	around := x.around(home)
	for _, c := range x.communes {
		q := best(keys, c.keys)
		if q == noMatch || c.At == nil || slices.Contains(around, c) {
			continue
		}
		seat := &village{Village: Village{ID: c.ID, Name: c.Name, Within: c.Cercle, At: c.At}}
		seats = append(seats, found{village: seat, quality: q, metres: metresFrom(home, c, c.At)})
	}
	return seats
}

// nearest ranks by quality, distance, name and id, and cuts.
func nearest(all []found) []Village {
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.quality, b.quality), cmp.Compare(a.metres, b.metres),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	out := make([]Village, min(len(all), maxMatches))
	for i := range out {
		out[i] = all[i].Village
	}
	return out
}

// metresFrom is how far a village of commune c lies from home: by its own position, else by its commune's, else as far
// as can be, so that what is not located comes last except at home.
func metresFrom(home, c *entry, at *store.Point) int64 {
	switch {
	case home.At != nil && at != nil:
		return Distance(*home.At, *at)
	case c == home:
		return 0
	case home.At != nil && c.At != nil:
		return Distance(*home.At, *c.At)
	}
	return math.MaxInt64
}

// around lists home itself and the communes nearby, computed once.
func (x *index) around(home *entry) []*entry {
	if known := home.near.Load(); known != nil {
		return *known
	}
	list := []*entry{home}
	for _, e := range x.communes {
		if e != home && home.At != nil && e.At != nil && Distance(*home.At, *e.At) <= nearby {
			list = append(list, e)
		}
	}
	home.near.Store(&list)
	return list
}

// villagesOf reads a commune's settlements once. Two calls that arrive together may both read; neither waits.
func (s *Service) villagesOf(ctx context.Context, x *index, c *entry) ([]village, error) {
	if known := c.villages.Load(); known != nil {
		return *known, nil
	}
	records, err := s.places.Settlements(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read settlements: %w", err)
	}
	list := make([]village, 0, len(records)+1)
	seat := c.At != nil
	for _, r := range records {
		keys := x.words.keysOf(append([]string{r.Name, r.ShortName}, r.Aliases...)...)
		seat = seat && best(keys, c.keys) != exact
		list = append(list, village{Village: Village{ID: r.ID, Name: r.Name, Within: c.Name, At: r.At}, keys: keys})
	}
	if seat { // people name a commune's seat by the commune's name, also where no settlement is recorded under it
		list = append(list, village{Village: Village{ID: c.ID, Name: c.Name, Within: c.Name, At: c.At}, keys: c.keys})
	}
	c.villages.Store(&list)
	return list, nil
}
