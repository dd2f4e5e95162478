package demonstration

import (
	"context"

	"baro/store"
)

// Cases takes questions and reports and moves them on.
type Cases interface {
	Create(ctx context.Context, c store.Case) (store.Case, error)
	Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.CaseState, act store.Act) error
	Answer(ctx context.Context, commune store.PlaceID, id int64, from store.CaseState, answer store.Texts, act store.Act) error
	Publish(ctx context.Context, commune store.PlaceID, id int64, subject store.Texts, act store.Act) error
	Prompt(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error
}

// cases puts one case in each state. Nobody stands behind them.
func (s *seeding) cases(ctx context.Context) error {
	commune := s.communes[CommuneNumber]
	for _, c := range []struct {
		kind   store.CaseKind
		words  string
		place  string
		age    int // days
		state  store.CaseState
		answer store.Texts
		public store.Texts // the clerk's words for what was asked, when everybody may read the answer
		alike  int         // invented numbers that have the same question
	}{
		{store.CaseWater, "Exemple: la pompe de Nyètaba ne donne plus d'eau.", "Nyètaba", 2, store.CaseReceived, nil, nil, 0},
		{store.CaseRoad, "Exemple: la piste de Sanjiba est coupée après la pluie.", "Sanjiba", 6, store.CaseAssigned, nil, nil, 0},
		{store.CaseSchoolHealth, "Exemple: quand les tables-bancs arrivent-ils à l'école?", "Jèkabara", 12, store.CaseAnswered, store.Texts{
			"fr": "Les tables-bancs sont livrés. Merci de votre question.", "en": "The desks have been delivered. Thank you for asking."}, nil, 0},
		{store.CaseOther, "Exemple: où voir le budget affiché?", "", 25, store.CaseClosed, store.Texts{
			"fr": "Le budget est affiché à la mairie, tous les jours ouvrables.", "en": "The budget is posted at the town hall on working days."}, nil, 0},
		{store.CaseBusiness, "Exemple: combien de places au nouveau hangar?", "Jèkabara", 18, store.CaseAnswered, store.Texts{
			"fr": "Douze places, tirées au sort devant tous. Inscription à la mairie, gratuite.",
			"en": "Twelve places, drawn by lot in public. Register at the town hall, free of charge."},
			store.Texts{"fr": "Places au nouveau hangar", "en": "Places in the new shed"}, 12},
		{store.CaseBusiness, "Exemple: quand paie-t-on les fournisseurs?", "Jèkabara", 30, store.CaseClosed, store.Texts{
			"fr": "Dans les 60 jours après la facture. Demandez le reçu à la régie.",
			"en": "Within 60 days of the invoice. Ask the cashier for the receipt."},
			store.Texts{"fr": "Délai de paiement", "en": "Time until payment"}, 3},
	} {
		record := store.Case{Commune: commune, Kind: c.kind, PlaceText: c.place, Created: s.now.AddDate(0, 0, -c.age), Due: s.now.AddDate(0, 0, 15-c.age)}
		if s.Seal != nil {
			var err error
			if record.Body, err = s.Seal(c.words); err != nil {
				return err
			}
		}
		record, err := s.Cases.Create(ctx, record)
		if err != nil {
			return err
		}
		if err := s.advance(ctx, record, c.state, c.answer); err != nil {
			return err
		}
		if c.public == nil {
			continue
		}
		if err := s.Cases.Publish(ctx, commune, record.ID, c.public, s.act); err != nil {
			return err
		}
		for i := range c.alike {
			if err := s.say(ctx, store.VoiceAbout{Kind: store.VoiceAnswer, Commune: commune, Ref: record.ID}, i, "same"); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance moves a new case to the state wanted, as the town hall would.
func (s *seeding) advance(ctx context.Context, c store.Case, state store.CaseState, answer store.Texts) error {
	if state == store.CaseReceived {
		return nil
	}
	if err := s.Cases.Move(ctx, c.Commune, c.ID, store.CaseReceived, store.CaseAssigned, s.act); err != nil || state == store.CaseAssigned {
		return err
	}
	if err := s.Cases.Answer(ctx, c.Commune, c.ID, store.CaseAssigned, answer, s.act); err != nil || state == store.CaseAnswered {
		return err
	}
	return s.Cases.Move(ctx, c.Commune, c.ID, store.CaseAnswered, store.CaseClosed, s.act)
}
