package place_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/civic"
	"baro/gateway/civic/place"
	"baro/locales"
	"baro/store"
)

func TestSearchForgives(t *testing.T) {
	a := newAtlas(t)
	cases := map[string]string{ // typed: codes of what is found, in order
		"417":                      "C01",
		"٤١٧":                      "C01",
		" commune 417 ":            "C01",
		"011":                      "C03",
		"11":                       "",
		"999":                      "",
		"Jèkabara":                 "C01",
		"JEKABARA":                 "C01",
		"jek":                      "C01",
		"djekabara":                "C01",
		"jekabara jekabara":        "C01",
		"Jekabara Jekabara Jekaba": "",
		"diekabara":                "C01",
		"jekabra":                  "C01",
		"jekaabra":                 "C01",
		"jakbara":                  "C01",
		"jkbr":                     "",
		"commune de Jekabara":      "C01",
		"la mairie de jekabara":    "C01",
		"commune rurale de madina": "C03 C02", // by cercle: Bananba before Sanankoro
		"madina":                   "C03 C02",
		"madina sanankoro":         "C02",
		"madima":                   "C03 C02",
		"segou":                    "C04",
		"Segu district":            "C04",
		"seg":                      "C08 C04", // by name
		"Commune II":               "C05",
		"ngouraba":                 "C06",
		"mairie de N’gouraba":      "C06",
		"commune d'N'gouraba":      "C06",
		"la fourche":               "C07",
		"mairie de la fourche":     "C07",
		"z":                        "",
		"m":                        "",
		"":                         "",
		"???":                      "",
		"zantiebougou":             "", // its edition is not in use
		strings.Repeat("a", 5000):  "",
	}
	for typed, want := range cases {
		got := a.codes(t, a.Search(typed))
		if got != want {
			t.Errorf("%.40q finds %q, want %q", typed, got, want)
		}
	}
}

func (a atlas) codes(t *testing.T, found []place.Commune) string {
	t.Helper()
	var codes []string
	for _, c := range found {
		p, err := a.db.Places().Get(context.Background(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, p.Pcode)
	}
	return strings.Join(codes, " ")
}

func TestVillagesNearestFirst(t *testing.T) {
	a := newAtlas(t)
	cases := []struct{ commune, typed, want string }{
		{"C01", "nyetaba", "Nyetaba/Madina Nyètaba/Jèkabara Nyètaba Kura/Jèkabara"}, // 1 km, 6 km; the far one is left out
		{"C03", "nyetaba", "Nyètaba/Madina"},
		{"C01", "nyeatba", "Nyetaba/Madina Nyètaba/Jèkabara"},
		{"C01", "sanjiba", "Sanjiba/Ségou Commune"},
		{"C01", "jekabara", "Jèkabara/Jèkabara"}, // the seat, for want of a settlement of that name
		{"C01", "madina", "MADINA/Madina"},       // not twice
		{"C05", "nyetaba", ""},                   // not located: its own villages only
		{"C01", "timbuktu", ""},
		{"C03", "jekabara", "Jèkabara/Sanankoro"}, // a seat far away, with its cercle
		{"C03", "jekabra", "Jèkabara/Sanankoro"},
		{"C03", "sanjiba", ""},                    // but not the villages there
		{"C01", "segala", ""},                     // nor a seat without coordinates
		{"C05", "segou", "Ségou Commune/Bananba"}, // from a commune without coordinates
	}
	for _, c := range cases {
		found, err := a.Villages(context.Background(), a.id(t, c.commune), c.typed)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range found {
			got = append(got, v.Name+"/"+v.Within)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s from %s finds %q, want %q", c.typed, c.commune, strings.Join(got, " "), c.want)
		}
	}
}

func TestReloadForgetsVillages(t *testing.T) {
	a := newAtlas(t)
	ctx, home := context.Background(), a.id(t, "C01")
	if found, _ := a.Villages(ctx, home, "Farakuruni"); len(found) != 0 {
		t.Fatalf("found %v before it was there", found)
	}
	_, err := a.db.Places().Upsert(ctx, []store.Place{{Edition: "demo", Pcode: "V9", Level: store.LevelSettlement,
		ParentPcode: "C01", Name: "Farakuruni", InUse: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if found, _ := a.Villages(ctx, home, "Farakuruni"); len(found) != 1 {
		t.Fatalf("found %v after the reload", found)
	}
}

// Dialogues go on while the map is replaced under them.
func TestReloadUnderLoad(t *testing.T) {
	a := newAtlas(t)
	ctx, home := context.Background(), a.id(t, "C01")
	var group errgroup.Group
	for range 4 {
		group.Go(func() error {
			for range 25 {
				if found, err := a.Villages(ctx, home, "nyetaba"); err != nil || len(found) != 3 {
					return fmt.Errorf("%d villages: %w", len(found), err)
				}
				if len(a.Search("417")) != 1 {
					return errors.New("417 is not found")
				}
			}
			return nil
		})
	}
	for range 10 {
		if err := a.Reload(ctx); err != nil {
			t.Error(err)
		}
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestLanguages(t *testing.T) {
	cases := []struct {
		name, live, commune, want, all string
	}{
		{"own order, Maasina by what it falls back to", "fr en bm ff", "C01", "ff bm fr", "bm ff fr en"},
		{"usual order for a commune without one", "fr en bm ff", "C02", "bm ff fr", "bm ff fr en"},
		{"usual order when fewer than two of its own are live", "fr bm ses", "C04", "bm ses fr", "bm ses fr"},
		{"nothing to choose", "fr", "C01", "", ""},
		{"no commune yet", "fr bm ff ses taq en", "", "bm ff ses taq fr", "bm ff ses taq fr en"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := newAtlas(t, strings.Fields(c.live)...)
			var commune store.PlaceID
			if c.commune != "" {
				commune = a.id(t, c.commune)
			}
			if got := tags(a.Languages(commune)); got != c.want {
				t.Errorf("offered %q, want %q", got, c.want)
			}
			if got := tags(a.AllLanguages()); got != c.all {
				t.Errorf("all are %q, want %q", got, c.all)
			}
		})
	}
}

func tags(list []locales.Language) string {
	var out []string
	for _, l := range list {
		out = append(out, l.Tag)
	}
	return strings.Join(out, " ")
}

func TestDistance(t *testing.T) {
	cases := []struct {
		a, b store.Point
		want int64
	}{
		{store.Point{Lat: 13, Lon: -6}, store.Point{Lat: 13, Lon: -6}, 0},
		{store.Point{}, store.Point{Lat: 1}, 111_195},
		{store.Point{}, store.Point{Lon: 180}, 20_015_115},
		{store.Point{Lat: 12.6392, Lon: -8.0029}, store.Point{Lat: 16.2666, Lon: -0.0400}, 943_000}, // Bamako to Gao
	}
	for _, c := range cases {
		got := place.Distance(c.a, c.b)
		if slack := c.want / 200; got < c.want-slack || got > c.want+slack {
			t.Errorf("%v to %v is %d m, want %d", c.a, c.b, got, c.want)
		}
		if back := place.Distance(c.b, c.a); back != got {
			t.Errorf("%v to %v: %d there, %d back", c.a, c.b, got, back)
		}
	}
}

func TestBindingKeepsToTheManifest(t *testing.T) {
	a := newAtlas(t, "fr", "bm", "ff")
	manifest, err := library.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	home := flows.Field{Name: "$commune", Value: flows.IntOf(int64(a.id(t, "C01")))}
	nowhere := flows.Field{Name: "$commune", Value: flows.IntOf(99999)}
	query := func(text string) flows.Field { return flows.Field{Name: "query", Value: flows.TextOf(text)} }
	dialled := func(text string) flows.Field { return flows.Field{Name: "$dialled", Value: flows.TextOf(text)} }
	chosen := flows.Field{Name: "place", Value: home.Value}
	binding := a.Binding()

	sources := []struct {
		name string
		args flows.Args
		rows int
	}{
		{"place.home", flows.Args{home}, 1},
		{"place.home", flows.Args{nowhere}, 0},
		{"place.commune", flows.Args{chosen}, 1},
		{"place.commune", flows.Args{{Name: "place"}}, 0},
		{"place.matches", flows.Args{query("madina")}, 2},
		{"place.matches", flows.Args{query("417")}, 1},
		{"place.matches", flows.Args{query("qqqqqq")}, 0},
		{"place.villages", flows.Args{home, query("nyetaba")}, 3},
		{"place.villages", flows.Args{nowhere, query("nyetaba")}, 0},
		{"profile.languages", flows.Args{home}, 3},
		{"profile.languages", nil, 3},
		{"profile.all_languages", nil, 3},
	}
	for _, c := range sources {
		rows, err := binding.Sources[c.name](context.Background(), civic.Caller{}, flows.Need{Name: c.name, Args: c.args})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != c.rows {
			t.Errorf("%s %v has %d rows, want %d", c.name, c.args, len(rows), c.rows)
		}
		if err := manifest.CheckRows(c.name, rows); err != nil {
			t.Error(err)
		}
	}
	actions := []struct {
		name string
		args flows.Args
		edge string
	}{
		{"place.dialled", flows.Args{dialled("417")}, "ok"},
		{"place.dialled", flows.Args{dialled("555")}, "unknown"},
		{"place.search", flows.Args{query("417")}, "one"},
		{"place.search", flows.Args{query("madina")}, "many"},
		{"place.search", flows.Args{query("qqqqqq")}, "none"},
		{"place.search_village", flows.Args{home, query("nyetaba")}, "many"},
		{"place.search_village", flows.Args{home, query("qqqqqq")}, "none"},
	}
	for _, c := range actions {
		out, err := binding.Actions[c.name](context.Background(), civic.Caller{}, flows.Need{Name: c.name, Args: c.args})
		if err != nil {
			t.Fatal(err)
		}
		if out.Edge != c.edge {
			t.Errorf("%s %v ends in %s, want %s", c.name, c.args, out.Edge, c.edge)
		}
		if err := manifest.CheckOutcome(c.name, out); err != nil {
			t.Error(err)
		}
	}
	rows, _ := binding.Sources["place.home"](context.Background(), civic.Caller{}, flows.Need{Args: flows.Args{home}})
	if !rows[0].Fields.Get("Consultations").True() {
		t.Error("a commune with an open consultation does not say so")
	}
}

// FuzzSearchAgrees holds the outcome and the list together for whatever is typed: one, many and none are what the list
// shows, in the same order every time.
func FuzzSearchAgrees(f *testing.F) {
	for _, seed := range []string{"417", "madina", "d'", "l'l'", "commune de la", "a a a a b a b", "ß", "\xff\xfe", "'", "ɛɛɛ"} {
		f.Add(seed)
	}
	s := place.New(memory(records()), openCommunes{}, nil)
	if err := s.Reload(context.Background()); err != nil {
		f.Fatal(err)
	}
	b := s.Binding()
	f.Fuzz(func(t *testing.T, typed string) {
		need := flows.Need{Args: flows.Args{{Name: "query", Value: flows.TextOf(typed)}}}
		out, _ := b.Actions["place.search"](context.Background(), civic.Caller{}, need)
		rows, _ := b.Sources["place.matches"](context.Background(), civic.Caller{}, need)
		want := map[bool]string{true: "many", false: "one"}[len(rows) > 1]
		if len(rows) == 0 {
			want = "none"
		}
		if out.Edge != want || len(rows) > 20 {
			t.Fatalf("%q: outcome %s, %d rows", typed, out.Edge, len(rows))
		}
		if !slices.Equal(ids(s.Search(typed)), ids(s.Search(typed))) {
			t.Fatalf("%q: not the same twice", typed)
		}
	})
}

func ids(found []place.Commune) (list []store.PlaceID) {
	for _, c := range found {
		list = append(list, c.ID)
	}
	return list
}

// memory serves records without a database: fuzzing opens none.
type memory []store.Place

func (m memory) Get(context.Context, store.PlaceID) (store.Place, error) { return store.Place{}, nil }
func (m memory) Settlements(context.Context, store.PlaceID) ([]store.Place, error) {
	return nil, nil
}
func (m memory) Communes(context.Context) (list []store.Place, err error) {
	for i, p := range m {
		if p.Level == store.LevelCommune && p.InUse {
			p.ID = store.PlaceID(i + 1)
			list = append(list, p)
		}
	}
	return list, nil
}

func BenchmarkSearch(b *testing.B) {
	base := records()[4]
	var list memory
	for i := range 815 {
		p := base
		p.Name = "Kara" + strings.Repeat(string(rune('a'+i%26)), 1) + string(rune('a'+i/26%26)) + "diabougou"
		p.Number, p.Aliases = "", nil
		list = append(list, p)
	}
	s := place.New(list, openCommunes{}, nil)
	if err := s.Reload(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Search("mairie de karabdjabugu")
	}
}
