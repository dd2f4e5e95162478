package demonstration

import (
	"context"

	"baro/store"
)

// Callbacks keeps wishes to be called.
type Callbacks interface {
	Ask(ctx context.Context, c store.Callback) (bool, error)
}

// Numbers for which something waits. Neither is anybody's.
const (
	Asker  = "+22370000008" // has a case that was answered, and is asked whether it is solved
	Caller = "+22370000009" // wants to be called
)

// waiting are a case answered some weeks ago whose asker was not asked yet whether it is solved, and an open wish to be
// called.
func (s *seeding) waiting(ctx context.Context) error {
	if s.People == nil {
		return nil
	}
	asker, _, err := s.People.Number(Asker)
	if err != nil {
		return err
	}
	commune := s.communes[CommuneNumber]
	c := store.Case{Commune: commune, Kind: store.CaseWater, PlaceText: "Sanjiba", Asker: &asker,
		Created: s.now.AddDate(0, 0, -45), Due: s.now.AddDate(0, 0, -30)}
	if s.Seal != nil {
		if c.Body, err = s.Seal("Exemple: le puits de Sanjiba n'a plus de margelle."); err != nil {
			return err
		}
	}
	if c, err = s.Cases.Create(ctx, c); err != nil {
		return err
	}
	if err := s.advance(ctx, c, store.CaseAnswered, store.Texts{
		"fr": "Le maçon refait la margelle du puits cette semaine.", "en": "The mason rebuilds the rim of the well this week."}); err != nil {
		return err
	}
	if err := s.Cases.Prompt(ctx, commune, c.ID, s.act); err != nil || s.Callbacks == nil {
		return err
	}
	caller, phone, err := s.People.Number(Caller)
	if err != nil {
		return err
	}
	_, err = s.Callbacks.Ask(ctx, store.Callback{Commune: commune, Caller: caller, Phone: phone, Channel: source, Made: s.now.AddDate(0, 0, -1)})
	return err
}
