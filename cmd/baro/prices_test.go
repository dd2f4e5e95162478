package main

import (
	"bytes"
	"log/slog"
	"testing"

	"baro/config"
	"baro/store"
)

// What is frozen for the month makes the parts after it cheaper, as configured; a broadcast is not its own volume.
func TestPricesGoByTheMonth(t *testing.T) {
	set, _, err := demoSettings(Process{Stderr: new(bytes.Buffer)}, &commands{}, t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.channels {
		if set.channels[i].Name == "sms" {
			set.channels[i].Way = config.Way{Cost: 25_000, CostSteps: []config.CostStep{{From: 1000, Cost: 18_000}}}
		}
	}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.stop(t.Context()) })
	ctx, now := t.Context(), set.now()
	cost := func(parts, but int64) int64 {
		t.Helper()
		got, priced, err := prices{n}.Cost(ctx, "sms", parts, now, but)
		if err != nil || !priced || got.Currency != "FCFA" {
			t.Fatalf("%+v, priced %v, %v", got, priced, err)
		}
		return got.Milli
	}
	if got := cost(100, 0); got != 2_500_000 {
		t.Errorf("before anything is sent 100 parts cost %d", got)
	}
	communes, err := n.db.Places().Communes(ctx)
	if err != nil || len(communes) == 0 {
		t.Fatalf("%d communes, %v", len(communes), err)
	}
	commune, act := communes[0].ID, store.Act{Actor: "test"}
	b, err := n.db.Broadcasts().Create(ctx, store.Broadcast{Commune: commune, Author: "test", Content: []byte("{}"), Audience: []byte("{}"), Expires: now.AddDate(0, 0, 2)}, act)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []store.BroadcastMove{
		{From: store.BroadcastDraft, To: store.BroadcastSubmitted, Act: act},
		{From: store.BroadcastSubmitted, To: store.BroadcastApproved, Act: store.Act{Actor: "test-b"}},
	} {
		if err := n.db.Broadcasts().Move(ctx, commune, b.ID, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.db.Recipients().SaveFreeze(ctx, b.ID, store.Freeze{Parts: map[string]int64{"sms": 950}}, true, now); err != nil {
		t.Fatal(err)
	}
	if got := cost(100, 0); got != 50*25_000+50*18_000 {
		t.Errorf("on top of 950 parts 100 cost %d", got)
	}
	if got := cost(950, b.ID); got != 950*25_000 {
		t.Errorf("the broadcast itself costs %d", got)
	}
	if _, priced, err := (prices{n}).Cost(ctx, "elsewhere", 1, now, 0); priced || err != nil {
		t.Errorf("a channel that is not there has a price: %v, %v", priced, err)
	}
}
