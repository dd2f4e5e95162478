package budget

import (
	"context"

	"baro/gateway/exchange/report"
	"baro/locales/charset"
	"baro/store"
)

// workKey is what makes a work the same within a commune and year.
type workKey struct{ operation, village string }

// worksOf gathers the works of a document: investment spending that names an operation and a place. Lines of one
// operation in one village are one work. The store keeps what it knows of a work's spending when a document tells nothing.
func (im *Importer) worksOf(ctx context.Context, commune store.PlaceID, h *heading, d *document, rep *report.Report) ([]store.Work, error) {
	works := gather(commune, h.year, d.lines)
	if len(works) == 0 {
		return nil, nil
	}
	settlements, err := im.places.Settlements(ctx, commune)
	if err != nil {
		return nil, err
	}
	villages := make(map[string]store.PlaceID, len(settlements))
	for _, s := range settlements {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			villages[charset.Fold(name)] = s.ID
		}
	}
	for i := range works {
		w := &works[i]
		if w.Place = villages[charset.Fold(w.Village)]; w.Place == 0 && !wholeCommune(w.Village) {
			rep.Warn(0, rep.Format.Columns["village"], w.Village, report.Because(report.VillageUnknown))
		}
	}
	return works, nil
}

func gather(commune store.PlaceID, year int, lines []store.BudgetLine) []store.Work {
	var works []store.Work
	index := map[workKey]int{}
	for _, l := range lines {
		if l.Section != store.Investissement || l.Direction != store.Depense || l.Operation == "" || l.Village == "" {
			continue
		}
		k := workKey{l.Operation, l.Village}
		at, seen := index[k]
		if !seen {
			at = len(works)
			index[k] = at
			works = append(works, store.Work{Commune: commune, Year: year, Operation: l.Operation, Sector: l.Sector,
				Village: l.Village, State: store.WorkPlanned})
		}
		works[at].Planned += forecast(l)
		if l.Realised != nil {
			sum := *l.Realised
			if works[at].Realised != nil {
				sum += *works[at].Realised
			}
			works[at].Realised = &sum
		}
	}
	return works
}

// wholeCommune recognises what is spent everywhere rather than in a village.
func wholeCommune(village string) bool {
	switch charset.Fold(village) {
	case charset.Fold("toute la commune"), charset.Fold("commune"), charset.Fold("ensemble de la commune"):
		return true
	}
	return false
}
