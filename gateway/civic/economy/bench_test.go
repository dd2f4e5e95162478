package economy

import (
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/voice"
	"baro/gateway/civictest"
	"baro/store"
)

// bench is the service over a real database, with two communes. Its zone lies an hour east of UTC, so that a day that
// begins in the wrong one shows.
type bench struct {
	*civictest.Bench
	*Service
	zone *time.Location
	home store.PlaceID
	away store.PlaceID
	act  store.Act
	post civictest.Post
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)), zone: time.FixedZone("here", 3600),
		act: store.Act{Actor: "clerk", Reason: "test"}}
	b.home, b.away = b.Commune("ML1", "Jèkabara", nil), b.Commune("ML2", "Sanjiba", nil)
	people := profile.New(profile.Deps{Contacts: b.DB.Contacts(), Consents: b.DB.Consents(), Keys: b.Keys,
		TextVersion: func(message, lang string) string { return message + ":" + lang }})
	b.Service = New(Stores{Opportunities: b.DB.Opportunities(), Markets: b.DB.MarketDays(), Answers: b.DB.Cases(), Numbers: b.DB.DialNumbers(),
		Projects: b.DB.Projects(), Alerts: b.DB.Alerts()}, voice.New(b.DB.Voices(), b.Keys),
		Means{People: people, Letters: &b.post, Dials: civictest.Dials{}, Tx: b.DB}, b.zone)
	b.Bound = b.Binding()
	return b
}

// job is what may be published until a time.
func (b *bench) job(title string, until time.Time) store.Opportunity {
	return store.Opportunity{Commune: b.home, Kind: store.OpportunityJob, Title: store.Texts{"fr": title, "bm": "Baara"},
		Summary: store.Texts{"fr": "Nuit, douze mois"}, Organisation: "ASACO", PlaceName: "Nyetaba", Deadline: until}
}

// publish drafts an opportunity and publishes it.
func (b *bench) publish(o store.Opportunity) store.Opportunity {
	b.T.Helper()
	made, err := b.Draft(b.Ctx, o)
	b.Must(err)
	b.Must(b.Publish(b.Ctx, made.Commune, made.ID, b.Now, b.act))
	return made
}

func (b *bench) need(name, lang string, more ...flows.Field) flows.Need {
	return flows.Need{Name: name, Args: civictest.In(b.home, more...), Lang: lang}
}

func (b *bench) read(name, lang string, more ...flows.Field) []flows.Row {
	b.T.Helper()
	return b.Rows(civic.Caller{Now: b.Now}, b.need(name, lang, more...))
}

// dial looks a number up.
func (b *bench) dial(number int) flows.Outcome {
	b.T.Helper()
	return b.Outcome(civic.Caller{Now: b.Now}, b.need("economy.dialled", "fr", civictest.Whole("number", int64(number))))
}

// does carries out an action as the i-th resident.
func (b *bench) does(i int, name string, more ...flows.Field) flows.Outcome {
	b.T.Helper()
	return b.Outcome(b.Caller(i), b.need(name, "fr", more...))
}
