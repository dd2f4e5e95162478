package demonstration_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"baro/gateway/exchange/demonstration"
	"baro/store"
	"baro/store/sqldb"
)

func now() time.Time { return time.Date(2027, 3, 14, 9, 26, 53, 0, time.UTC) }

func open(t *testing.T) (*sqldb.DB, demonstration.Deps) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), sqldb.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, demonstration.Deps{Tx: db, Places: db.Places(), Budgets: db.Budgets(), Works: db.Works(), TaxFacts: db.TaxFacts(), Calendar: db.Calendar(), Referrals: db.Referrals(),
		Services: db.Services(), Consultations: db.Consultations(), Ballots: db.Ballots(), Cases: db.Cases(),
		Opportunities: db.Opportunities(), Markets: db.MarketDays(), Projects: db.Projects(), Practices: db.Practices(), Voices: db.Voices(), Callbacks: db.Callbacks(),
		Seal: func(words string) (store.Sealed, error) {
			return store.Sealed{KeyID: "test", Box: []byte("sealed")}, nil
		}}
}

func seeded(t *testing.T) (*sqldb.DB, store.Place) {
	t.Helper()
	db, deps := open(t)
	done, err := demonstration.Seed(t.Context(), deps, now())
	if err != nil || !done {
		t.Fatalf("seeded %v: %v", done, err)
	}
	commune, err := db.Places().ByNumber(t.Context(), demonstration.CommuneNumber)
	if err != nil {
		t.Fatal(err)
	}
	return db, commune
}

func TestPlaces(t *testing.T) {
	db, commune := seeded(t)
	if commune.Name != "Jèkabara" || commune.Pcode != demonstration.CommunePcode || !commune.Fictional || commune.At == nil || len(commune.Languages) == 0 {
		t.Errorf("commune: %+v", commune)
	}
	villages, err := db.Places().Settlements(t.Context(), commune.ID)
	if err != nil || len(villages) != 12 {
		t.Errorf("%d villages with the main one, %v", len(villages), err)
	}
	all, err := db.Places().Communes(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("%d communes, %v", len(all), err)
	}
	for _, p := range append(all, villages...) {
		if !p.Fictional || p.At == nil || p.Edition != demonstration.Edition || utf8.RuneCountInString(p.Name) > 20 {
			t.Errorf("%+v", p)
		}
	}
}

func TestBudgetsAndWorks(t *testing.T) {
	db, commune := seeded(t)
	bp, err := db.Budgets().Published(t.Context(), commune.ID, 2026, store.BudgetPrimitif)
	if err != nil || bp.Vote.On == "" || *bp.Vote.For == 0 {
		t.Errorf("budget %+v, %v", bp, err)
	}
	ca, err := db.Budgets().Published(t.Context(), commune.ID, 2025, store.CompteAdministratif)
	if err != nil || ca.Vote.On <= bp.Vote.On {
		t.Errorf("accounts %+v, %v", ca, err)
	}
	works, err := db.Works().List(t.Context(), commune.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	states := map[store.WorkState]int{}
	for _, w := range works {
		states[w.State]++
		if w.Place == 0 && w.Village != "Toute la commune" {
			t.Errorf("%q lies in no village", w.Operation)
		}
	}
	for _, s := range []store.WorkState{store.WorkPlanned, store.WorkOngoing, store.WorkDone, store.WorkStopped} {
		if states[s] == 0 {
			t.Errorf("no work is %s", s)
		}
	}
	for number, want := range map[string]int{"418": 1, "419": 2} {
		neighbour, err := db.Places().ByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := db.Budgets().PublishedList(t.Context(), neighbour.ID)
		if err != nil || len(docs) != want {
			t.Errorf("%s has %d documents, %v", number, len(docs), err)
		}
		for _, d := range docs {
			lines, err := db.Budgets().Lines(t.Context(), neighbour.ID, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			sums := map[store.Section]int64{}
			for _, l := range lines {
				if l.Direction == store.Recette {
					sums[l.Section] += l.Planned
				} else {
					sums[l.Section] -= l.Planned
				}
			}
			if len(sums) != 2 || sums[store.Fonctionnement] != 0 || sums[store.Investissement] != 0 {
				t.Errorf("%s %d %s does not balance: %v", number, d.Year, d.Stage, sums)
			}
		}
	}
	facts, err := db.TaxFacts().Latest(t.Context(), commune.ID, 2027)
	if err != nil || facts.Year != 2026 || facts.Rate != 1500 || len(facts.Exempt) != 6 {
		t.Errorf("tax facts %+v, %v", facts, err)
	}
}

func TestConsultations(t *testing.T) {
	db, commune := seeded(t)
	ctx := t.Context()
	list, err := db.Consultations().List(ctx, commune.ID)
	if err != nil || len(list) != 4 {
		t.Fatalf("%d consultations, %v", len(list), err)
	}
	kinds := map[store.QuestionKind]bool{}
	for _, head := range list {
		c, err := db.Consultations().Get(ctx, commune.ID, head.ID)
		if err != nil {
			t.Fatal(err)
		}
		checkTexts(t, c.Title, 28)
		for _, q := range c.Questions {
			checkTexts(t, q.Text, 70)
			kinds[q.Kind] = true
			for _, o := range q.Choices {
				checkTexts(t, o.Label, 28)
			}
		}
		switch c.State {
		case store.ConsultationOpen:
			if until := c.ClosesAt.Sub(now()); !c.OpensAt.Before(now()) || until < 14*24*time.Hour || until > 29*24*time.Hour || c.ReadingOn == "" {
				t.Errorf("%v: from %v to %v", c.Title, c.OpensAt, c.ClosesAt)
			}
		case store.ConsultationFollowed:
			checkTexts(t, c.Decision, 120)
			results, err := db.Consultations().Results(ctx, commune.ID, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			few, many := 0, 0
			for _, o := range results[0].Choices {
				if o.N < 10 {
					few++
				} else {
					many++
				}
			}
			if few == 0 || many < 2 || results[1].Numbers == nil || results[1].Answers < 10 {
				t.Errorf("results: %+v", results)
			}
		default:
			t.Errorf("%v is %s", c.Title, c.State)
		}
	}
	for _, kind := range []store.QuestionKind{
		store.QuestionOne, store.QuestionNumber, store.QuestionSeveral, store.QuestionBudget, store.QuestionRank, store.QuestionText,
	} {
		if !kinds[kind] {
			t.Errorf("no question of kind %s: %v", kind, kinds)
		}
	}
	// The posters' question stands as the menus show it.
	i := slices.IndexFunc(list, func(c store.Consultation) bool { return c.Title["fr"] == "Eau: choisir un travail" })
	if i < 0 {
		t.Fatal("the posters' question is missing")
	}
	c, err := db.Consultations().Get(ctx, commune.ID, list[i].ID)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []string{"Forage de Badaniba", "Pompe de Nyètaba", "Puits du marché", "Sans avis"} {
		if got := c.Questions[0].Choices[k].Label["fr"]; got != want {
			t.Errorf("choice %d is %q, want %q", k+1, got, want)
		}
	}
}

func checkTexts(t *testing.T, texts store.Texts, widest int) {
	t.Helper()
	if texts["fr"] == "" || texts["en"] == "" {
		t.Errorf("%v lacks French or English", texts)
	}
	for lang, text := range texts {
		if utf8.RuneCountInString(text) > widest {
			t.Errorf("%s %q is wider than %d", lang, text, widest)
		}
	}
}

func TestServicesForEveryNeed(t *testing.T) {
	db, commune := seeded(t)
	for _, need := range []string{"school", "health", "water", "papers", "food", "shelter", "talk", "family", "work"} {
		list, err := db.Services().List(t.Context(), commune.ID, need)
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %d services, %v", need, len(list), err)
		}
		for _, s := range list {
			if s.Phone != "" && !strings.HasPrefix(s.Phone, "00 00 00 ") {
				t.Errorf("%q has a phone number that may be somebody's", s.Name)
			}
			if s.Unverified || s.Hours == nil || utf8.RuneCountInString(s.Name) > 30 || !strings.Contains(s.Source, "fictif") {
				t.Errorf("%+v", s)
			}
			if age := now().Sub(s.VerifiedAt); age < 0 || age > 30*24*time.Hour {
				t.Errorf("%q was checked %v ago", s.Name, age)
			}
			if need == "papers" && len(s.Papers) == 0 {
				t.Errorf("%q asks for no papers", s.Name)
			}
		}
	}
}

func TestCasesInEveryState(t *testing.T) {
	db, commune := seeded(t)
	for state, want := range map[store.CaseState]int{store.CaseReceived: 1, store.CaseAssigned: 1, store.CaseAnswered: 2, store.CaseClosed: 2} {
		list, err := db.Cases().List(t.Context(), commune.ID, store.CaseQuery{Audience: store.AudienceClerks, State: state, Limit: 10})
		if err != nil || len(list) != want {
			t.Fatalf("%s: %d cases, %v", state, len(list), err)
		}
		if list[0].Asker != nil || list[0].Body.Box == nil {
			t.Errorf("%+v", list[0])
		}
	}
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	db, deps := open(t)
	for i, want := range []bool{true, false, false} {
		done, err := demonstration.Seed(t.Context(), deps, now().AddDate(0, i, 0))
		if err != nil || done != want {
			t.Fatalf("run %d: %v, %v", i, done, err)
		}
	}
	rows, err := db.Audit().Verify(t.Context())
	if err != nil || rows == 0 {
		t.Errorf("%d audit rows, %v", rows, err)
	}
	if linked, err := db.Consultations().List(context.Background(), mustCommune(t, db), store.ConsultationOpen); err != nil || len(linked) != 3 {
		t.Errorf("%d open consultations, %v", len(linked), err)
	}
}

func mustCommune(t *testing.T, db *sqldb.DB) store.PlaceID {
	t.Helper()
	p, err := db.Places().ByNumber(t.Context(), demonstration.CommuneNumber)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// A start that fails half-way leaves nothing, so that the next one begins anew.
func TestAFailedSeedLeavesNothing(t *testing.T) {
	db, deps := open(t)
	broken := errors.New("no key")
	seal := deps.Seal
	deps.Seal = func(string) (store.Sealed, error) { return store.Sealed{}, broken }
	if _, err := demonstration.Seed(t.Context(), deps, now()); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	if all, err := db.Places().Communes(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("%d communes are left, %v", len(all), err)
	}
	deps.Seal = seal
	if done, err := demonstration.Seed(t.Context(), deps, now()); err != nil || !done {
		t.Errorf("the next start: %v, %v", done, err)
	}
}
