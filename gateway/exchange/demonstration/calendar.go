package demonstration

import (
	"context"
	"fmt"
	"slices"

	"baro/store"
)

// calendar notes the steps that no document tells of.
func (s *seeding) calendar(ctx context.Context) error {
	for _, e := range []store.CalendarEntry{
		{Year: 2025, Step: store.StepRestitution, Done: "2026-07-18", Evidence: "Lecture au marché, 112 présents (fictif)"},
		{Year: 2026, Step: store.StepDebate, Done: "2025-10-09", Evidence: "Cahier du débat, 64 présents (fictif)"},
		{Year: 2026, Step: store.StepAdditional, Due: "2026-12-15"},
		{Year: 2027, Step: store.StepDebate, Done: "2026-10-12", Evidence: "Cahier du débat, 71 présents (fictif)"},
		{Year: 2027, Step: store.StepVote, Due: "2026-12-04"},
	} {
		e.Commune = s.communes[CommuneNumber]
		if _, err := s.Calendar.Put(ctx, e, s.act); err != nil {
			return err
		}
	}
	return nil
}

// seen lets invented numbers say what they see of two works: enough of them of the one, too few of the other.
func (s *seeding) seen(ctx context.Context) error {
	commune := s.communes[CommuneNumber]
	works, err := s.Works.List(ctx, commune, 2026)
	if err != nil {
		return err
	}
	for operation, said := range map[string][]string{
		"École de Nyètaba":  slices.Concat(slices.Repeat([]string{"ongoing"}, 9), slices.Repeat([]string{"stopped"}, 3)),
		"CSCOM de Jèkabara": slices.Repeat([]string{"stopped"}, 7),
	} {
		i := slices.IndexFunc(works, func(w store.Work) bool { return w.Operation == operation })
		if i < 0 {
			return fmt.Errorf("no work is called %s", operation)
		}
		for n, seen := range said {
			if err := s.say(ctx, store.VoiceAbout{Kind: store.VoiceWork, Commune: commune, Ref: works[i].ID}, n, seen); err != nil {
				return err
			}
		}
	}
	return nil
}
