package budget

import (
	"context"
	"fmt"

	"baro/store"
)

// choose gives the document that is meant, with its figures: one of a given id, or for id 0 the latest. It gives false
// when there is none to show.
func (s *Service) choose(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, *Figures, bool, error) {
	list, err := s.Published(ctx, commune)
	if err != nil {
		return store.BudgetDocument{}, nil, false, err
	}
	d, ok := latest(list)
	if id != 0 {
		d, ok, err = s.standing(ctx, commune, list, id)
	}
	if err != nil || !ok {
		return store.BudgetDocument{}, nil, false, err
	}
	f, err := s.Figures(ctx, d)
	return d, f, err == nil, err
}

// accounts gives the accounts that belong to a document: those of its year, else the latest of all.
func (s *Service) accounts(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, *Figures, bool, error) {
	list, err := s.Published(ctx, commune)
	if err != nil {
		return store.BudgetDocument{}, nil, false, err
	}
	d, ok := latest(list)
	if id != 0 {
		if d, ok, err = s.standing(ctx, commune, list, id); err != nil {
			return store.BudgetDocument{}, nil, false, err
		}
	}
	if !ok {
		return store.BudgetDocument{}, nil, false, nil
	}
	of, ok := accountsOf(list, d.Year)
	if !ok {
		return store.BudgetDocument{}, nil, false, nil
	}
	f, err := s.Figures(ctx, of)
	return of, f, err == nil, err
}

// standing finds a document by id. One that a newer version has replaced while somebody was reading gives way to that
// version; a draft, or another commune's, is not there.
func (s *Service) standing(ctx context.Context, commune store.PlaceID, list []store.BudgetDocument, id int64) (store.BudgetDocument, bool, error) {
	for _, d := range list {
		if d.ID == id {
			return d, true, nil
		}
	}
	former, err := s.stores.Documents.Document(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.BudgetDocument{}, false, nil
	case err != nil:
		return store.BudgetDocument{}, false, fmt.Errorf("read budget: %w", err)
	case former.Status != store.BudgetSuperseded:
		return store.BudgetDocument{}, false, nil
	}
	for _, d := range list {
		if d.Year == former.Year && d.Stage == former.Stage {
			return d, true, nil
		}
	}
	return store.BudgetDocument{}, false, nil
}

// latest is the planned budget of the newest year that has one, the corrected before the first; accounts stand in only
// where nothing else is published. The list is in the order of Published.
func latest(list []store.BudgetDocument) (store.BudgetDocument, bool) {
	for _, d := range list {
		if d.Stage != store.CompteAdministratif {
			return d, true
		}
	}
	if len(list) > 0 {
		return list[0], true
	}
	return store.BudgetDocument{}, false
}

// accountsOf finds the accounts of a year, else the latest.
func accountsOf(list []store.BudgetDocument, year int) (found store.BudgetDocument, ok bool) {
	for _, d := range list {
		if d.Stage != store.CompteAdministratif {
			continue
		}
		if d.Year == year {
			return d, true
		}
		if !ok {
			found, ok = d, true
		}
	}
	return found, ok
}
