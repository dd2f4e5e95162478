package learning

import (
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/question"
	"baro/gateway/civic/voice"
	"baro/gateway/civictest"
	"baro/store"
)

// bench is the service over a real database, with two communes.
type bench struct {
	*civictest.Bench
	*Service
	asked *question.Service
	home  store.PlaceID
	away  store.PlaceID
	by    store.Act
	post  civictest.Post
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)), by: store.Act{Actor: "clerk", Reason: "test"}}
	b.home, b.away = b.Commune("ML1", "Jèkabara", nil), b.Commune("ML2", "Sanjiba", nil)
	b.asked = question.New(question.Stores{Reader: b.DB.Cases(), Writer: b.DB.Cases(), Tx: b.DB}, b.Keys, question.Options{})
	b.Service = New(Stores{Practices: b.DB.Practices(), Places: b.DB.Places()}, b.asked, voice.New(b.DB.Voices(), b.Keys), Means{
		People: profile.New(profile.Deps{Contacts: b.DB.Contacts(), Consents: b.DB.Consents(), Keys: b.Keys,
			TextVersion: func(message, lang string) string { return message + ":" + lang }}),
		Agreed: b.DB.Alerts(), Letters: &b.post, Dials: civictest.Dials{},
	})
	b.Bound = b.Binding()
	return b
}

func story(commune store.PlaceID, title string) store.Practice {
	cost := int64(150_000)
	return store.Practice{Commune: commune, Year: 2025, Cost: &cost, Title: store.Texts{"fr": title}, Problem: store.Texts{"fr": "Probleme"},
		Measure: store.Texts{"fr": "Mesure", "bm": "Baara"}, Result: store.Texts{"fr": "Resultat"}}
}

// tell drafts a practice and publishes it.
func (b *bench) tell(commune store.PlaceID, title string) store.Practice {
	b.T.Helper()
	p, err := b.Draft(b.Ctx, story(commune, title))
	b.Must(err)
	b.Must(b.Publish(b.Ctx, commune, p.ID, store.PracticeDraft, b.by))
	b.Now = b.Now.Add(time.Minute)
	return p
}

// read asks a source in French, as somebody in the home commune does.
func (b *bench) read(c civic.Caller, name string, more ...flows.Field) []flows.Row {
	b.T.Helper()
	return b.Rows(c, flows.Need{Name: name, Args: civictest.In(b.home, more...), Lang: "fr"})
}

// act carries out an action in French.
func (b *bench) act(c civic.Caller, name string, args ...flows.Field) flows.Outcome {
	b.T.Helper()
	return b.Outcome(c, flows.Need{Name: name, Args: args, Lang: "fr"})
}
