package consultation

import (
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civictest"
	"baro/store"
)

// bench is the service over a real database, with two communes.
type bench struct {
	*civictest.Bench
	*Service
	home  store.PlaceID
	other store.PlaceID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC))}
	b.home, b.other = b.Commune("ML1", "Jèkabara", nil), b.Commune("ML2", "Autre", nil)
	b.Service = New(Stores{Reader: b.DB.Consultations(), Writer: b.DB.Consultations(), Ballots: b.DB.Ballots(), Numbers: b.DB.DialNumbers(), Cards: b.DB.VoteCards()},
		b.Keys, Options{})
	b.Bound = b.Binding()
	return b
}

// water is a consultation of a choice, a number and a choice in random order.
func (b *bench) water() store.Consultation {
	low, high := int64(0), int64(500)
	return store.Consultation{
		Commune: b.home, Title: store.Texts{"fr": "Eau: choisir un travail", "bm": "Ji"},
		OpensAt: b.Now.Add(-time.Hour), ClosesAt: time.Date(2026, 12, 12, 0, 0, 0, 0, time.UTC), ReadingOn: "2026-12-15",
		Questions: []store.Question{
			{Kind: store.QuestionOne, Text: store.Texts{"fr": "Quel travail d'abord?"}, Choices: choices("Forage", "Pompe", "Puits")},
			{Kind: store.QuestionNumber, Text: store.Texts{"fr": "Combien par mois?"}, Min: &low, Max: &high},
			{Kind: store.QuestionOne, Text: store.Texts{"fr": "Dans quel village?"}, Randomise: true,
				Choices: choices("Badaniba", "Nyetaba", "Tiguila", "Sanankoro")},
		},
	}
}

func choices(labels ...string) (all []store.Choice) {
	for _, l := range labels {
		all = append(all, store.Choice{Label: store.Texts{"fr": l}})
	}
	return all
}

// opened drafts and opens a consultation.
func (b *bench) opened(c store.Consultation) store.Consultation {
	b.T.Helper()
	made, err := b.Draft(b.Ctx, c)
	b.Must(err)
	b.Must(b.Open(b.Ctx, made.Commune, made.ID, store.Act{Actor: "maire"}))
	return made
}

// concluded closes and publishes a consultation.
func (b *bench) concluded(c store.Consultation) {
	b.T.Helper()
	b.Now = c.ClosesAt.Add(time.Minute)
	if n, err := b.CloseDue(b.Ctx, b.Now); err != nil || n != 1 {
		b.T.Fatalf("closing: %d, %v", n, err)
	}
	b.Now = date(c.ReadingOn).Add(20 * time.Hour)
	b.Must(b.Publish(b.Ctx, c.Commune, c.ID, b.Now, store.Act{Actor: "maire"}))
}

// args names the values of one consultation's need.
func (b *bench) args(c store.Consultation, more ...flows.Field) flows.Args {
	return civictest.In(b.home, append([]flows.Field{civictest.Whole("consultation", c.ID)}, more...)...)
}

// read asks a source in French.
func (b *bench) read(c civic.Caller, name string, args flows.Args) []flows.Row {
	b.T.Helper()
	return b.Rows(c, flows.Need{Name: name, Args: args, Lang: "fr"})
}

// act carries out an action in French.
func (b *bench) act(c civic.Caller, name string, args flows.Args) flows.Outcome {
	b.T.Helper()
	return b.Outcome(c, flows.Need{Name: name, Args: args, Lang: "fr"})
}
