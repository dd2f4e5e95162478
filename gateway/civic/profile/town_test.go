package profile_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/voice"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// ctx is the context of calls that nothing cancels.
var ctx = context.Background()

// town is a database with two communes and a clock that tests move.
type town struct {
	*profile.Service
	db       *sqldb.DB
	folder   string
	keys     *identity.Keyring
	now      time.Time
	communes [2]store.PlaceID
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{folder: t.TempDir(), now: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(w.folder, "profile.db"), sqldb.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	places := []store.Place{{Pcode: "M", Level: store.LevelCountry, Name: "Mali"}}
	for _, code := range []string{"A", "B"} {
		places = append(places, store.Place{Pcode: code, ParentPcode: "M", Level: store.LevelCommune, Name: "Commune " + code})
	}
	for i := range places {
		places[i].Edition, places[i].InUse = "demo", true
	}
	if _, err := db.Places().Upsert(ctx, places); err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"A", "B"} {
		p, err := db.Places().ByCode(ctx, "demo", code)
		if err != nil {
			t.Fatal(err)
		}
		w.communes[i] = p.ID
	}
	keys, _, err := identity.NewKeyring(bytes.Repeat([]byte("k1"), 16), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.db, w.keys = db, keys
	w.Service = profile.New(profile.Deps{
		Contacts: db.Contacts(), Consents: db.Consents(), Consultations: db.Consultations(), Ballots: db.Ballots(),
		Cases: db.Cases(), Voters: voters{keys, db.Ballots()}, Votes: voice.New(db.Voices(), keys), Calls: db.Callbacks(), Keys: keys, Now: w.clock,
		TextVersion: func(_, lang string) string { return "keep-1-" + lang },
	})
	return w
}

func (w *town) clock() time.Time { return w.now }

// caller is somebody on the phone now.
func (w *town) caller(t *testing.T, number string) civic.Caller {
	t.Helper()
	m, err := identity.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	return civic.Caller{Number: m, Pseudonym: w.keys.Pseudonym(m), Channel: "ussd", Source: "dial", Now: w.now}
}

func (w *town) act(t *testing.T, name string, c civic.Caller, lang string, commune store.PlaceID) string {
	t.Helper()
	need := flows.Need{Name: name, Action: true, Effect: flows.Writes, Lang: "fr"}
	if lang != "" {
		need.Args = append(need.Args, flows.Field{Name: "$language", Value: flows.TextOf(lang)})
	}
	if commune != 0 {
		need.Args = append(need.Args, flows.Field{Name: "$commune", Value: flows.IntOf(int64(commune))})
	}
	var out flows.Outcome
	err := w.db.Write(ctx, func(ctx context.Context) (err error) {
		out, err = w.Binding().Actions[name](ctx, c, need)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := library.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if err := manifest.CheckOutcome(name, out); err != nil {
		t.Error(err)
	}
	return out.Edge
}

// kept is what the screen "my data" lists.
func (w *town) kept(t *testing.T, c civic.Caller, commune store.PlaceID) string {
	t.Helper()
	need := flows.Need{Args: flows.Args{{Name: "$commune", Value: flows.IntOf(int64(commune))}}}
	rows, err := w.Binding().Sources["profile.data"](ctx, c, need)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := library.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if err := manifest.CheckRows("profile.data", rows); err != nil {
		t.Error(err)
	}
	if len(rows) == 0 {
		return ""
	}
	var parts []string
	for _, p := range rows[0].Fields.Get("Kept").Parts {
		part := strings.TrimPrefix(p.Message, "profile.kept.")
		if n := p.Fields.Get("Count").Num; n > 0 {
			part += " " + strconv.FormatInt(n, 10)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func (w *town) known(t *testing.T, c civic.Caller) profile.Choice {
	t.Helper()
	lang, commune, found, err := w.Known(ctx, c.Pseudonym)
	if err != nil {
		t.Fatal(err)
	}
	if !found && (lang != "" || commune != 0) {
		t.Errorf("a stranger has %q and %d", lang, commune)
	}
	return profile.Choice{Language: lang, Commune: commune}
}

// voters names the voters of a consultation as the store keeps them.
type voters struct {
	keys    *identity.Keyring
	ballots store.Ballots
}

func (v voters) Voter(consultation int64, number identity.MSISDN) store.Voter {
	return store.Voter(v.keys.PseudonymFor("vote "+strconv.FormatInt(consultation, 10), number))
}

func (v voters) Voters(ctx context.Context, number identity.MSISDN) (list []store.Voter, err error) {
	ids, err := v.ballots.Linked(ctx)
	for _, id := range ids {
		list = append(list, v.Voter(id, number))
	}
	return list, err
}
