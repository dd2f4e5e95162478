package place

import (
	"context"

	"baro/store"
)

// snapshot is what the store holds of an edition, as far as the file touches it: every unit down to the commune, and
// the settlements of the communes the file has settlements for.
type snapshot struct {
	byCode map[string]store.Place
	loaded map[string]bool // communes whose settlements are here
	tried  map[string]bool // codes looked up, found or not
}

func (im *Importer) snapshot(ctx context.Context, edition string, list *listing) (*snapshot, error) {
	s := &snapshot{byCode: map[string]store.Place{}, loaded: map[string]bool{}, tried: map[string]bool{}}
	for _, e := range list.entries {
		code := e.place.Pcode
		if e.place.Level == store.LevelSettlement {
			code = e.place.ParentPcode
		}
		if list.byCode[e.place.ParentPcode] != nil && e.place.Level != store.LevelSettlement {
			continue // its parent leads to the same root
		}
		for _, c := range []string{code, e.place.ParentPcode} {
			if _, ok := s.byCode[c]; ok || c == "" || s.tried[c] {
				continue
			}
			s.tried[c] = true
			if err := im.loadTree(ctx, edition, c, s); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range list.entries {
		commune, ok := s.byCode[e.place.ParentPcode]
		if e.place.Level != store.LevelSettlement || !ok || s.loaded[commune.Pcode] {
			continue
		}
		s.loaded[commune.Pcode] = true
		below, err := im.reader.Settlements(ctx, commune.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range below {
			p.ParentPcode = commune.Pcode
			s.byCode[p.Pcode] = p
		}
	}
	return s, nil
}

// loadTree finds the root above a code and loads all units below it.
func (im *Importer) loadTree(ctx context.Context, edition, code string, s *snapshot) error {
	p, err := im.reader.ByCode(ctx, edition, code)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil
	}
	for err == nil && p.ParentID != 0 {
		p, err = im.reader.Get(ctx, p.ParentID)
	}
	if err != nil {
		return err
	}
	if _, done := s.byCode[p.Pcode]; done {
		return nil
	}
	return im.loadBelow(ctx, p, "", s)
}

func (im *Importer) loadBelow(ctx context.Context, p store.Place, parent string, s *snapshot) error {
	p.ParentPcode = parent
	s.byCode[p.Pcode] = p
	if p.Level.Rank() >= store.LevelCommune.Rank() {
		return nil
	}
	below, err := im.reader.Children(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, child := range below {
		if err := im.loadBelow(ctx, child, p.Pcode, s); err != nil {
			return err
		}
	}
	return nil
}
