package profile_test

import (
	"context"
	"testing"
	"time"

	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/store"
)

// Who agrees to one thing receives that and nothing else: after STOP every other kind stays stopped, and a STOP afterwards
// ends it.
func TestAllowingOneThing(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70000001")
	p := store.Pseudonym(c.Pseudonym)
	jobs := profile.Permission{Purpose: store.PurposeOpportunities(store.OpportunityJob), Message: "economy.alert"}
	allow := func(c civic.Caller, choice profile.Choice) {
		t.Helper()
		err := w.db.Write(ctx, func(ctx context.Context) error { return w.Allow(ctx, c, jobs, choice, "fr") })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.db.Consents().Withdraw(ctx, p, store.PurposeAll, w.now); err != nil {
		t.Fatal(err)
	}
	allow(c, profile.Choice{Language: "bm", Commune: w.communes[0]})
	for _, purpose := range store.MessagePurposes() {
		stopped, err := w.db.Consents().Suppressed(ctx, p, purpose)
		if err != nil || stopped == (purpose == jobs.Purpose) {
			t.Errorf("%s is stopped: %t, %v", purpose, stopped, err)
		}
	}
	agreed := func() int {
		t.Helper()
		all, err := w.db.Alerts().Agreed(ctx, w.communes[0], jobs.Purpose, store.Pseudonym{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := agreed(); n != 1 {
		t.Errorf("%d agreed", n)
	}
	if got := w.kept(t, c, 0); got != "language, commune, messages 1" {
		t.Errorf("my data: %s", got)
	}
	w.now = w.now.Add(time.Hour)
	again := w.caller(t, "70000001")
	allow(again, profile.Choice{Language: "fr", Commune: w.communes[1]})
	if got := w.known(t, again); got != (profile.Choice{Language: "bm", Commune: w.communes[1]}) {
		t.Errorf("kept: %+v", got)
	}
	allow(again, profile.Choice{Commune: w.communes[0]})
	if err := w.db.Consents().Withdraw(ctx, p, store.PurposeAll, w.now); err != nil {
		t.Fatal(err)
	}
	if n := agreed(); n != 0 {
		t.Errorf("%d agreed after STOP", n)
	}
}
