package campaign_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/store"
)

// TestPrices has cases that were computed by hand: 25 francs, 18 beyond 10,000 parts, 15.5 beyond 30,000.
func TestPrices(t *testing.T) {
	list := campaign.Prices{First: 25_000, Steps: []campaign.Step{{From: 10_000, Milli: 18_000}, {From: 30_000, Milli: 15_500}}}
	for _, c := range []struct{ volume, parts, francs int64 }{
		{0, 0, 0},
		{0, 1, 25},
		{0, 10_000, 250_000},
		{0, 10_001, 250_018},
		{9_999, 2, 43},
		{10_000, 1, 18},
		{9_000, 3_000, 61_000},   // 1,000 at 25 and 2,000 at 18
		{5_000, 30_000, 562_500}, // 5,000 at 25, 20,000 at 18, 5,000 at 15.5
		{30_000, 1_000, 15_500},  // all beyond the last step
		{500_000, 2_000, 31_000}, // far beyond it
	} {
		if got := list.Of(c.volume, c.parts); got != c.francs*1000 {
			t.Errorf("%d parts on top of %d: %d, want %d", c.parts, c.volume, got, c.francs*1000)
		}
	}
	if got := (campaign.Prices{First: 12_500}).Of(1_000_000, 3); got != 37_500 {
		t.Errorf("without steps %d", got)
	}
}

// TestPricesPartByPart: what a volume costs at once is what its parts cost one after the other.
func TestPricesPartByPart(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		list := campaign.Prices{First: 20_000 + random.Int64N(10_000)}
		from, price := int64(0), list.First
		for range random.IntN(4) {
			from, price = from+1+random.Int64N(120), price-1-random.Int64N(5_000)
			list.Steps = append(list.Steps, campaign.Step{From: from, Milli: price})
		}
		volume, parts := random.Int64N(400), random.Int64N(400)
		var sum int64
		for n := volume; n < volume+parts; n++ { // n parts went before this one
			price := list.First
			for _, s := range list.Steps {
				if n >= s.From {
					price = s.Milli
				}
			}
			sum += price
		}
		if got := list.Of(volume, parts); got != sum {
			t.Fatalf("%+v: %d parts on top of %d cost %d, one by one %d", list, parts, volume, got, sum)
		}
	}
}

func TestVolume(t *testing.T) {
	at := func(day string) time.Time {
		v, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	b := func(state store.BroadcastState, begins, frozen string, parts int64) store.Broadcast {
		out := store.Broadcast{State: state, Freeze: store.Freeze{Parts: map[string]int64{"orange": parts, "malitel": 1 << 20}}}
		if begins != "" {
			out.Begins = at(begins)
		}
		if frozen != "" {
			out.FrozenAt = at(frozen)
		}
		return out
	}
	all := []store.Broadcast{
		b(store.BroadcastDone, "", "2026-11-01", 1),
		b(store.BroadcastRunning, "", "2026-11-30", 2),
		b(store.BroadcastApproved, "2026-12-02", "2026-11-30", 4), // leaves in December
		b(store.BroadcastApproved, "", "", 8),                     // is being frozen
		b(store.BroadcastCancelled, "", "2026-11-03", 16),
		b(store.BroadcastDone, "2026-10-31", "2026-10-31", 32),
		b(store.BroadcastPaused, "2026-11-05", "2026-11-04", 64),
	}
	for i := range all {
		all[i].ID = int64(i + 1)
	}
	if got := campaign.Volume(all, "orange", at("2026-11-25"), time.UTC, 2); got != 65 {
		t.Errorf("without the second one %d, want 65", got)
	}
	for day, want := range map[string]int64{"2026-11-25": 67, "2026-12-31": 4, "2026-10-01": 32, "2025-11-25": 0} {
		if got := campaign.Volume(all, "orange", at(day), time.UTC, 0); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}
