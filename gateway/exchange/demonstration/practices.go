package demonstration

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"baro/gateway/civic/voice"
	"baro/store"
)

// Practices composes what communes tell each other.
type Practices interface {
	Create(ctx context.Context, p store.Practice) (store.Practice, error)
	Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.PracticeState, act store.Act) error
}

// Voices takes what people say of practices and works.
type Voices interface {
	Give(ctx context.Context, about store.VoiceAbout, v store.Voter, said string, atOnce int64, at time.Time) error
}

// practices lets each of the three communes tell something; one has enough votes to be counted aloud.
func (s *seeding) practices(ctx context.Context) error {
	for _, p := range []struct {
		number string
		votes  int
		store.Practice
	}{
		{"418", 20, store.Practice{Year: 2025, Cost: francs(150_000),
			Title:   store.Texts{"fr": "Comptes lus au marché", "en": "Accounts read at the market"},
			Problem: store.Texts{"fr": "Peu payaient la taxe: personne ne savait où va l'argent.", "en": "Few paid the tax: nobody knew where the money goes."},
			Measure: store.Texts{"fr": "Chaque trimestre, lecture des comptes au marché, en langue du lieu, avec tableau.", "en": "Each quarter the accounts are read at the market, in the local language, with a board."},
			Result:  store.Texts{"fr": "Taxe payée: 31 puis 58 sur 100. Les femmes posent la moitié des questions.", "en": "Tax paid: 31, then 58 of 100. Women ask half of the questions."}}},
		{"419", 4, store.Practice{Year: 2024, Cost: francs(480_000),
			Title:   store.Texts{"fr": "Comité pour chaque pompe", "en": "A committee for each pump"},
			Problem: store.Texts{"fr": "Les pompes restaient en panne des mois: qui doit payer?", "en": "Pumps stayed broken for months: who has to pay?"},
			Measure: store.Texts{"fr": "5 personnes par pompe, dont 3 femmes; cahier ouvert; un artisan formé.", "en": "5 people for each pump, 3 of them women; open book; one mechanic trained."},
			Result:  store.Texts{"fr": "Panne: 4 jours au lieu de 70. 11 pompes sur 12 donnent de l'eau.", "en": "Repaired in 4 days instead of 70. 11 of 12 pumps give water."}}},
		{"419", 0, store.Practice{Year: 2025,
			Title:   store.Texts{"fr": "Piste réparée ensemble", "en": "A track mended together"},
			Problem: store.Texts{"fr": "Deux villages coupés à chaque pluie.", "en": "Two villages cut off at every rain."},
			Measure: store.Texts{"fr": "La mairie a loué l'engin, les villages ont donné 6 jours de travail.", "en": "The town hall rented the machine, the villages gave 6 days of work."},
			Result:  store.Texts{"fr": "Piste ouverte toute la saison des pluies.", "en": "The track stayed open through the rains."}}},
		{CommuneNumber, 0, store.Practice{Year: 2025, Cost: francs(60_000),
			Title:   store.Texts{"fr": "Heures affichées à l'école", "en": "Hours posted at school"},
			Problem: store.Texts{"fr": "Les parents ne savaient pas quand l'école est fermée.", "en": "Parents did not know when school is closed."},
			Measure: store.Texts{"fr": "Un tableau devant chaque école, tenu par le comité.", "en": "A board in front of each school, kept by its committee."},
			Result:  store.Texts{"fr": "Moins d'enfants renvoyés à la maison.", "en": "Fewer children sent home."}}},
	} {
		p.Commune = s.communes[p.number]
		made, err := s.Practices.Create(ctx, p.Practice)
		if err != nil {
			return err
		}
		if err := s.Practices.Move(ctx, p.Commune, made.ID, store.PracticeDraft, store.PracticePublished, s.act); err != nil {
			return err
		}
		for i := range p.votes {
			said := "useful"
			if i%7 == 6 {
				said = "useless"
			}
			if err := s.say(ctx, store.VoiceAbout{Kind: store.VoicePractice, Commune: p.Commune, Ref: made.ID}, i, said); err != nil {
				return err
			}
		}
	}
	return nil
}

// say lets an invented number say something.
func (s *seeding) say(ctx context.Context, about store.VoiceAbout, i int, said string) error {
	seed := fmt.Appendf(nil, "demonstration %s %d %d %d", about.Kind, about.Commune, about.Ref, i)
	return s.Voices.Give(ctx, about, store.Voter(sha256.Sum256(seed)), said, voice.Few, s.now)
}

func francs(n int64) *int64 { return &n }
