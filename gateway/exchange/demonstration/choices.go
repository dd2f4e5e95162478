package demonstration

import (
	"context"

	"baro/store"
)

// Cards stores the codes of vote cards that are printed already.
type Cards func(ctx context.Context, commune store.PlaceID, consultation int64, codes []string) error

// VoteCards are the codes of the demonstration's vote cards, which work at its question about the budget.
func VoteCards() []string {
	return []string{"2345789234", "7985432759", "5432987544"}
}

// choices is an open consultation of every kind of question that the others lack: several choices, works within an
// envelope, a first and a second wish, own words. Vote cards were handed out for it.
func (s *seeding) choices(ctx context.Context) error {
	one, two, three := int64(1), int64(2), int64(3)
	several := choose("Quand tenir les réunions?", "When to hold meetings?",
		store.Texts{"fr": "Matin", "en": "Morning"}, store.Texts{"fr": "Après-midi", "en": "Afternoon"},
		store.Texts{"fr": "Soir", "en": "Evening"}, store.Texts{"fr": "Jour de marché", "en": "Market day"})
	several.Kind, several.Min, several.Max = store.QuestionSeveral, &one, &two
	works := choose("Quels travaux, pour 10 M FCFA?", "Which works, for 10 M FCFA?",
		store.Texts{"fr": "Pompe", "en": "Pump"}, store.Texts{"fr": "Hangar", "en": "Shed"},
		store.Texts{"fr": "Latrines", "en": "Latrines"}, store.Texts{"fr": "Piste", "en": "Track"})
	works.Kind, works.Min, works.Max, works.Envelope = store.QuestionBudget, &one, &three, francs(10_000_000)
	for i, cost := range []int64{3_500_000, 6_000_000, 2_400_000, 8_000_000} {
		works.Choices[i].Cost = &cost
	}
	first := choose("Par où commencer? 1er choix, puis 2e.", "Where to begin? First choice, then second.",
		store.Texts{"fr": "Nyètaba", "en": "Nyètaba"}, store.Texts{"fr": "Badaniba", "en": "Badaniba"},
		store.Texts{"fr": "Sanjiba", "en": "Sanjiba"})
	first.Kind, first.Min, first.Max = store.QuestionRank, &two, &two
	commune := s.communes[CommuneNumber]
	c, err := s.Consultations.Create(ctx, store.Consultation{
		Commune: commune, OpensAt: s.now.AddDate(0, 0, -5), ClosesAt: s.now.AddDate(0, 0, 28), ReadingOn: s.day(31),
		Title: store.Texts{"fr": "Budget 2027: vos choix", "en": "Budget 2027: your choices"},
		Questions: []store.Question{several, works, first, {Kind: store.QuestionText, Text: store.Texts{
			"fr": "Que manque-t-il dans votre village?", "en": "What is missing in your village?"}}},
	})
	if err != nil {
		return err
	}
	if err := s.Consultations.Open(ctx, commune, c.ID, s.act); err != nil || s.Cards == nil {
		return err
	}
	return s.Cards(ctx, commune, c.ID, VoteCards())
}
