package demonstration

import (
	"context"
	"time"

	"baro/store"
)

// Opportunities composes jobs, trainings and tenders.
type Opportunities interface {
	Create(ctx context.Context, o store.Opportunity) (store.Opportunity, error)
	Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.OpportunityState, act store.Act) error
}

// Projects keeps what communes do with private partners.
type Projects interface {
	Create(ctx context.Context, p store.Project, act store.Act) (store.Project, error)
	Publish(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error
}

// Markets keeps market days.
type Markets interface {
	Put(ctx context.Context, m store.MarketDay, act store.Act) (store.MarketDay, error)
}

// economy makes known jobs, trainings and tenders of every kind of ending: days ahead, today, and over.
func (s *seeding) economy(ctx context.Context) error {
	classes, works := int64(23_400_000), int64(1_150_000)
	for _, o := range []store.Opportunity{
		{Kind: store.OpportunityJob, Title: store.Texts{"fr": "Gardien du CSCOM", "en": "Guard at the CSCOM", "bm": "Baara: CSCOM"},
			Summary:      store.Texts{"fr": "Nuit, 12 mois. Apporter: carte d'identité, lettre. Fictif.", "en": "Nights, 12 months. Bring: identity card, letter. Fictional."},
			Organisation: "ASACO de Jèkabara", PlaceName: "Jèkabara", Deadline: s.midnight(9)},
		{Kind: store.OpportunityJob, Title: store.Texts{"fr": "20 places: curage du canal", "en": "20 places: clearing the canal"},
			Summary:      store.Texts{"fr": "15 jours, femmes et hommes, payé à la journée. S'inscrire chez le chef de quartier. Fictif.", "en": "15 days, women and men, paid by the day. Register with the head of your quarter. Fictional."},
			Organisation: "Mairie de Jèkabara", PlaceName: "Sokurabani", Deadline: s.midnight(4)},
		{Kind: store.OpportunityJob, Title: store.Texts{"fr": "Enquêteurs, 3 places", "en": "Survey takers, 3 places"},
			Organisation: "Mairie de Jèkabara", PlaceName: "Jèkabara", Deadline: s.midnight(-2)},
		{Kind: store.OpportunityTraining, Title: store.Texts{"fr": "Compost et maraîchage", "en": "Compost and gardening", "bm": "Kalan: sɛnɛ"},
			Summary:      store.Texts{"fr": "3 jours, repas compris, gratuit. 25 places. Fictif.", "en": "3 days, meals included, free. 25 places. Fictional."},
			Organisation: "Coopérative Benkadi", PlaceName: "Farakuruni", Deadline: s.midnight(12)},
		{Kind: store.OpportunityTender, Title: store.Texts{"fr": "3 classes à Nyètaba", "en": "3 classrooms at Nyètaba"},
			Summary:      store.Texts{"fr": "Dossier à la mairie. Offres sous pli fermé, ouvertes devant tous. Fictif.", "en": "File at the town hall. Sealed bids, opened in public. Fictional."},
			Organisation: "Mairie de Jèkabara", PlaceName: "Nyètaba", Deadline: s.midnight(21).Add(10 * time.Hour), OCID: "ocds-000000-jekabara-2026-01",
			Tender: &store.Tender{Method: "open", Category: "works", Value: &classes, Submission: "Mairie de Jèkabara, pli fermé"}},
		{Kind: store.OpportunityTender, Title: store.Texts{"fr": "Tables-bancs, lot de 40", "en": "Desks, lot of 40"},
			Organisation: "Mairie de Jèkabara", PlaceName: "Jèkabara", Deadline: s.midnight(6).Add(12*time.Hour + 30*time.Minute), OCID: "ocds-000000-jekabara-2026-02",
			Tender: &store.Tender{Method: "selective", Category: "goods", Value: &works, Submission: "Mairie de Jèkabara"}},
	} {
		o.Commune = s.communes[CommuneNumber]
		made, err := s.Opportunities.Create(ctx, o)
		if err != nil {
			return err
		}
		if err := s.Opportunities.Move(ctx, o.Commune, made.ID, store.OpportunityDraft, store.OpportunityPublished, s.act); err != nil {
			return err
		}
	}
	if err := s.projects(ctx); err != nil {
		return err
	}
	return s.markets(ctx)
}

// projects are two that the commune has with private partners, one of them under way.
func (s *seeding) projects(ctx context.Context) error {
	for _, p := range []store.Project{
		{Title: store.Texts{"fr": "Hangar du marché", "en": "Market shed"}, Partner: "Coopérative Benkadi (fictive)", PlaceName: "Jèkabara", Amount: francs(7_200_000),
			Summary: store.Texts{"fr": "Elle construit, loue 12 places et verse un quart à la commune.", "en": "It builds, lets 12 places and pays a quarter to the commune."}, State: store.ProjectOngoing},
		{Title: store.Texts{"fr": "Lampes solaires", "en": "Solar lamps"}, Partner: "Entreprise Kalan (fictive)", PlaceName: "Nyètaba", State: store.ProjectProposed},
	} {
		p.Commune = s.communes[CommuneNumber]
		made, err := s.Projects.Create(ctx, p, s.act)
		if err != nil {
			return err
		}
		if err := s.Projects.Publish(ctx, p.Commune, made.ID, s.act); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeding) markets(ctx context.Context) error {
	for _, m := range []struct {
		number, place string
		sector        store.MarketSector
		days          store.Weekdays
		note          store.Texts
	}{
		{CommuneNumber, "Jèkabara", store.MarketGeneral, store.WeekdaysOf(time.Thursday, time.Sunday), nil},
		{CommuneNumber, "Jèkabara", store.MarketLivestock, store.WeekdaysOf(time.Thursday), store.Texts{
			"fr": "De 7h à midi.", "en": "From 7 to noon."}},
		{CommuneNumber, "Nyètaba", store.MarketGeneral, store.WeekdaysOf(time.Tuesday), nil},
		{CommuneNumber, "Sanjiba", store.MarketGeneral, store.WeekdaysOf(time.Saturday), store.Texts{
			"fr": "Pas de marché quand la piste est coupée.", "en": "No market while the track is cut."}},
		{"418", "Hinèbara", store.MarketGeneral, store.WeekdaysOf(time.Monday), nil},
	} {
		_, err := s.Markets.Put(ctx, store.MarketDay{Commune: s.communes[m.number], PlaceName: m.place, Sector: m.sector, Days: m.days, Note: m.note}, s.act)
		if err != nil {
			return err
		}
	}
	return nil
}

// midnight is when the day ends that is some days from now.
func (s *seeding) midnight(days int) time.Time {
	y, m, d := s.now.AddDate(0, 0, days+1).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
