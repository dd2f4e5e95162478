package place

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/locales"
	"baro/store"
)

// Binding answers the place.* sources and actions, and the two lists of languages, which are the commune's.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"place.home":            s.readHome,
			"place.commune":         s.readCommune,
			"place.matches":         s.readMatches,
			"place.villages":        s.readVillages,
			"profile.languages":     s.readLanguages,
			"profile.all_languages": s.readAllLanguages,
		},
		Actions: map[string]civic.Actor{
			"place.dialled":        s.dialled,
			"place.search":         s.search,
			"place.search_village": s.searchVillage,
		},
	}
}

func (s *Service) readHome(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	home, ok := s.Commune(communeOf(need))
	if !ok {
		return nil, nil
	}
	open, err := s.consultations.AnyOpen(ctx, home.ID, c.Now)
	if err != nil {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Commune", Value: flows.TextOf(home.Name)},
		{Name: "Consultations", Value: flows.FlagOf(open)},
	}}}, nil
}

func (s *Service) readCommune(_ context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, ok := s.Commune(store.PlaceID(need.Args.Int("place")))
	if !ok {
		return nil, nil
	}
	return []flows.Row{communeRow(found)}, nil
}

func (s *Service) readMatches(_ context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	var rows []flows.Row
	for _, m := range s.Search(need.Args.Text("query")) {
		rows = append(rows, communeRow(m))
	}
	return rows, nil
}

func (s *Service) readVillages(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, err := s.Villages(ctx, communeOf(need), need.Args.Text("query"))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, v := range found {
		rows = append(rows, flows.Row{Key: flows.IntOf(int64(v.ID)), Fields: flows.Record{
			{Name: "Village", Value: flows.TextOf(v.Name)},
			{Name: "Commune", Value: flows.TextOf(v.Within)},
		}})
	}
	return rows, nil
}

func (s *Service) readLanguages(_ context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	return languageRows(s.Languages(communeOf(need))), nil
}

func (s *Service) readAllLanguages(context.Context, civic.Caller, flows.Need) ([]flows.Row, error) {
	return languageRows(s.AllLanguages()), nil
}

func (s *Service) dialled(_ context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	found, ok := s.ByNumber(need.Args.Text("$dialled"))
	if !ok {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	return placeOutcome("ok", found), nil
}

func (s *Service) search(_ context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	switch found := s.Search(need.Args.Text("query")); len(found) {
	case 0:
		return flows.Outcome{Edge: "none"}, nil
	case 1:
		return placeOutcome("one", found[0]), nil
	}
	return flows.Outcome{Edge: "many"}, nil
}

func (s *Service) searchVillage(ctx context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	found, err := s.Villages(ctx, communeOf(need), need.Args.Text("query"))
	if err != nil {
		return flows.Outcome{}, err
	}
	if len(found) == 0 {
		return flows.Outcome{Edge: "none"}, nil
	}
	return flows.Outcome{Edge: "many"}, nil
}

func communeOf(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func communeRow(c Commune) flows.Row {
	return flows.Row{Key: flows.IntOf(int64(c.ID)), Fields: flows.Record{
		{Name: "Commune", Value: flows.TextOf(c.Name)},
		{Name: "Cercle", Value: flows.TextOf(c.Cercle)},
	}}
}

func placeOutcome(edge string, c Commune) flows.Outcome {
	return flows.Outcome{Edge: edge, Fields: flows.Record{{Name: "Place", Value: flows.IntOf(int64(c.ID))}}}
}

func languageRows(list []locales.Language) []flows.Row {
	var rows []flows.Row
	for _, l := range list[:min(len(list), maxMatches)] {
		rows = append(rows, flows.Row{Key: flows.TextOf(l.Tag), Fields: flows.Record{
			{Name: "Language", Value: flows.TextOf(l.Own)},
		}})
	}
	return rows
}
