package place

import (
	"cmp"
	"slices"
	"sync/atomic"

	"baro/store"
)

// An index is one immutable state of the map, beside the villages it takes up as they are asked for.
type index struct {
	communes []*entry // by name, cercle and id: the order in which equal matches are shown
	byID     map[store.PlaceID]*entry
	byNumber map[string]*entry
	words    fillers
}

// An entry is a commune, the keys it is found by and what was read of its surroundings.
type entry struct {
	Commune
	names    []string // name, short name, aliases and "name cercle": made into keys by newIndex
	keys     []key
	villages atomic.Pointer[[]village]
	near     atomic.Pointer[[]*entry]
}

func newEntry(r store.Place, cercle string) *entry {
	e := &entry{Commune: Commune{
		ID: r.ID, Name: r.Name, Cercle: cercle, Number: r.Number, At: r.At, tags: r.Languages,
	}}
	e.names = append([]string{r.Name, r.ShortName}, r.Aliases...)
	if cercle != "" {
		e.names = append(e.names, r.Name+" "+cercle)
	}
	return e
}

func newIndex(entries []*entry) *index {
	x := &index{
		communes: entries,
		byID:     make(map[store.PlaceID]*entry, len(entries)),
		byNumber: make(map[string]*entry, len(entries)),
		words:    newFillers(),
	}
	slices.SortFunc(x.communes, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Cercle, b.Cercle), cmp.Compare(a.ID, b.ID))
	})
	for _, e := range entries {
		e.keys = x.words.keysOf(e.names...)
		e.names = nil
		x.byID[e.ID] = e
		if e.Number != "" {
			x.byNumber[e.Number] = e
		}
	}
	return x
}
