package service

import (
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civictest"
	"baro/gateway/identity"
	"baro/store"
)

// bench is the directory over a real database. The commune lies at 14° N 6° W; its neighbour 40 km north of it, a third
// commune 150 km north.
type bench struct {
	*civictest.Bench
	*Service
	home    store.PlaceID
	north   store.PlaceID
	remote  store.PlaceID
	village store.PlaceID // of home, 10 km north
	lost    store.PlaceID // a village of north without coordinates
}

// north of the commune's centre by so many kilometres.
func north(km float64) *store.Point { return &store.Point{Lat: 14 + km/111.195, Lon: -6} }

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: civictest.New(t, time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC))}
	b.home, b.north, b.remote = b.Commune("ML1", "Jèkabara", north(0)), b.Commune("ML2", "Nord", north(40)), b.Commune("ML3", "Loin", north(150))
	b.village, b.lost = b.Settlement("ML1", "ML11", "Nyetaba", north(10)), b.Settlement("ML2", "ML21", "Badaniba", nil)
	b.Service = New(Stores{Directory: b.DB.Services(), Referrals: b.DB.Referrals(), Places: b.DB.Places(), Counters: b.DB.Counters()}, nil)
	b.Bound = b.Binding()
	return b
}

// entry is an active service, checked ten days ago.
func (b *bench) entry(need, name string, at *store.Point) store.Service {
	return store.Service{Need: need, Kind: need, Name: name, At: at, Status: store.ServiceActive,
		VerifiedAt: b.Now.AddDate(0, 0, -10), Source: "test", ExternalID: name}
}

// add stores services of a commune and returns them as stored.
func (b *bench) add(commune store.PlaceID, entries ...store.Service) (stored []store.Service) {
	b.T.Helper()
	_, err := b.DB.Services().Upsert(b.Ctx, commune, entries)
	b.Must(err)
	all, err := b.DB.Services().List(b.Ctx, commune, "")
	b.Must(err)
	for _, e := range entries {
		for _, v := range all {
			if v.ExternalID == e.ExternalID {
				stored = append(stored, v)
			}
		}
	}
	return stored
}

func (b *bench) caller() civic.Caller {
	b.T.Helper()
	m, err := identity.Parse("70123456")
	b.Must(err)
	return civic.Caller{Number: m, Pseudonym: identity.Pseudonym{7, 7, 7}, Channel: "ussd", Source: "dial", Now: b.Now}
}

func (b *bench) args(more ...flows.Field) flows.Args {
	return civictest.In(b.home, more...)
}

// read asks a source in French.
func (b *bench) read(name string, args flows.Args) []flows.Row {
	b.T.Helper()
	return b.Rows(b.caller(), flows.Need{Name: name, Args: args, Lang: "fr"})
}

// act carries out an action that counts.
func (b *bench) act(name string, args flows.Args) {
	b.T.Helper()
	b.Outcome(b.caller(), flows.Need{Name: name, Effect: flows.Counts, Args: args, Lang: "fr"})
}
