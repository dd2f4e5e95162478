package demonstration

import (
	"context"
	"fmt"

	"baro/gateway/exchange"
	"baro/store"
)

// published is one document of the demonstration, with its fictional vote.
type published struct {
	file, commune         string
	year                  int
	stage                 store.BudgetStage
	voted, sent, approved store.Date
	yes, no               int64
}

func documents() []published {
	return []published{
		{"ca_2025_jekabara_cp1252.csv", CommuneNumber, 2025, store.CompteAdministratif, "2026-04-16", "2026-04-20", "2026-05-11", 15, 1},
		{"bp_2026_jekabara.csv", CommuneNumber, 2026, store.BudgetPrimitif, "2025-10-23", "2025-10-27", "2025-11-28", 16, 1},
		{"bp_2026_hinebara.csv", "418", 2026, store.BudgetPrimitif, "2025-10-29", "2025-11-03", "2025-12-08", 10, 0},
		{"ca_2025_sigidolo.csv", "419", 2025, store.CompteAdministratif, "2026-05-07", "2026-05-12", "", 9, 2},
		{"bp_2026_sigidolo.csv", "419", 2026, store.BudgetPrimitif, "2025-10-30", "2025-11-04", "2025-12-10", 11, 0},
	}
}

func (s *seeding) budgets(ctx context.Context) error {
	for _, d := range documents() {
		if err := s.load(ctx, exchange.Budget, d.file, exchange.Options{Commune: d.commune, Publish: true}); err != nil {
			return err
		}
		commune := s.communes[d.commune]
		all, err := s.Budgets.Documents(ctx, commune)
		if err != nil {
			return err
		}
		for _, doc := range all {
			if doc.Year != d.year || doc.Stage != d.stage {
				continue
			}
			abstained := int64(0)
			vote := store.Vote{On: d.voted, Body: store.ConseilCommunal, BodyText: "vote fictif", For: &d.yes, Against: &d.no, Abstained: &abstained}
			if err := s.Budgets.SetVote(ctx, commune, doc.ID, vote, d.sent, d.approved, s.act); err != nil {
				return err
			}
		}
	}
	return nil
}

// workStates says how far Jèkabara's and Sigidolo's works are, as their town halls report; those not named are planned.
func (s *seeding) workStates(ctx context.Context) error {
	type work struct {
		commune   string
		year      int
		operation string
	}
	states := map[work]store.WorkState{
		{"417", 2025, "École de Hèrèbala"}:         store.WorkDone,
		{"417", 2025, "École de Dunbala"}:          store.WorkOngoing,
		{"417", 2025, "École de Jèkabara"}:         store.WorkDone,
		{"417", 2025, "CSCOM de Wasabara"}:         store.WorkDone,
		{"417", 2025, "Forage de Tilébinba"}:       store.WorkDone,
		{"417", 2025, "Pompes villageoises"}:       store.WorkDone,
		{"417", 2025, "Adduction de Jèkabara"}:     store.WorkOngoing,
		{"417", 2025, "Marché de Jèkabara"}:        store.WorkOngoing,
		{"417", 2025, "Piste Jèkabara - Sanjiba"}:  store.WorkStopped,
		{"417", 2025, "Maraîchage de Farakuruni"}:  store.WorkDone,
		{"417", 2025, "Mobilier scolaire"}:         store.WorkDone,
		{"417", 2025, "Éclairage de Jèkabara"}:     store.WorkDone,
		{"417", 2026, "École de Nyètaba"}:          store.WorkOngoing,
		{"417", 2026, "École de Kolonjiba"}:        store.WorkDone,
		{"417", 2026, "CSCOM de Jèkabara"}:         store.WorkOngoing,
		{"417", 2026, "Forage de Jiribani"}:        store.WorkStopped,
		{"417", 2026, "Maraîchage de Sokurabani"}:  store.WorkOngoing,
		{"417", 2026, "Mobilier scolaire"}:         store.WorkDone,
		{"419", 2025, "École de Kelenbara"}:        store.WorkDone,
		{"419", 2025, "Puits de Lahidubara"}:       store.WorkStopped,
		{"418", 2026, "Piste Hinèbara - Kanubara"}: store.WorkOngoing,
	}
	moved := 0
	for number, commune := range s.communes {
		works, err := s.Works.List(ctx, commune, 0)
		if err != nil {
			return err
		}
		for _, w := range works {
			state, named := states[work{number, w.Year, w.Operation}]
			if !named {
				continue
			}
			if err := s.Works.Move(ctx, commune, w.ID, w.State, state, s.act); err != nil {
				return err
			}
			moved++
		}
	}
	if moved != len(states) {
		return fmt.Errorf("%d of %d states belong to no work", len(states)-moved, len(states))
	}
	return nil
}

func (s *seeding) taxFacts(ctx context.Context) error {
	exempt := []string{"budget.exempt.student", "budget.exempt.soldier", "budget.exempt.senior", "budget.exempt.mother", "budget.exempt.ill", "budget.exempt.poor"}
	for number, rate := range map[string]int64{CommuneNumber: 1500, "418": 1250, "419": 1000} {
		for _, year := range []int{2025, 2026} {
			err := s.TaxFacts.Put(ctx, store.TaxFacts{Commune: s.communes[number], Year: year, Rate: rate, Exempt: exempt, Source: source,
				LocalNote: store.Texts{
					"fr": "Fictif: montrer la carte d'élève ou le carnet de santé au collecteur.",
					"en": "Fictional: show the school card or the health booklet to the collector.",
				}})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
