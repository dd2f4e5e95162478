package demonstration_test

import (
	"testing"

	"baro/gateway/civic/economy"
	"baro/gateway/civic/learning"
	"baro/gateway/civic/voice"
	"baro/store"
)

// What the demonstration publishes would have passed the checks of those who publish for real, except that something is
// over already.
func TestWorkAndMarket(t *testing.T) {
	db, commune := seeded(t)
	all, err := db.Opportunities().List(t.Context(), commune.ID, store.OpportunityPublished)
	if err != nil {
		t.Fatal(err)
	}
	over, kinds := 0, map[store.OpportunityKind]int{}
	for _, o := range all {
		kinds[o.Kind]++
		faults := economy.Check(o, now())
		if !now().Before(o.Deadline) {
			over++
			faults = economy.Check(o, o.Published.AddDate(0, 0, -30))
		}
		if len(faults) > 0 || o.Number < 10 {
			t.Errorf("%s, number %d: %v", o.Title["fr"], o.Number, faults)
		}
		if (o.Kind == store.OpportunityTender) != (o.OCID != "" && o.Tender != nil) {
			t.Errorf("%s: contracting process %q", o.Title["fr"], o.OCID)
		}
	}
	if over != 1 || kinds[store.OpportunityJob] != 3 || kinds[store.OpportunityTraining] != 1 || kinds[store.OpportunityTender] != 2 {
		t.Errorf("%d over, %v", over, kinds)
	}
	markets, err := db.MarketDays().List(t.Context(), commune.ID)
	if err != nil || len(markets) != 4 {
		t.Errorf("%d markets, %v", len(markets), err)
	}
	answers, err := db.Cases().Published(t.Context(), commune.ID, store.CaseBusiness, 10)
	if err != nil || len(answers) != 2 {
		t.Errorf("%d published answers, %v", len(answers), err)
	}
}

func TestPracticesOfThreeCommunes(t *testing.T) {
	db, commune := seeded(t)
	own, err := db.Practices().Published(t.Context(), commune.ID, false, 20)
	if err != nil || len(own) != 1 {
		t.Fatalf("%d own practices, %v", len(own), err)
	}
	others, err := db.Practices().Published(t.Context(), commune.ID, true, 20)
	if err != nil || len(others) != 3 {
		t.Fatalf("%d practices of others, %v", len(others), err)
	}
	loud := 0
	for _, p := range append(own, others...) {
		if faults := learning.Check(p); len(faults) > 0 {
			t.Errorf("%s: %v", p.Title["fr"], faults)
		}
		shown, err := db.Voices().Shown(t.Context(), store.VoiceAbout{Kind: store.VoicePractice, Commune: p.Commune, Ref: p.ID})
		if err != nil {
			t.Fatal(err)
		}
		if shown.Said["useful"] >= voice.Few {
			loud++
		}
	}
	if loud != 1 {
		t.Errorf("%d practices have votes enough to be counted aloud", loud)
	}
}
