package campaign_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/store"
)

// TestNothingLeavesInQuietHours tries random hours, zones and instants against a clock read the plain way.
func TestNothingLeavesInQuietHours(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var zones []*time.Location
	for _, name := range []string{"Africa/Bamako", "Africa/Casablanca", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	span := func() campaign.Span { return campaign.Span{From: r.IntN(24 * 60), To: r.IntN(24 * 60)} }
	for range 20_000 {
		q := campaign.Quiet{Daily: span(), Friday: span(), Zone: zones[r.IntN(len(zones))]}
		at := time.Date(2026, 1, 1, 0, 0, r.IntN(2*365*24*3600), 0, time.UTC)
		if got, want := q.Holds(at), plainlyQuiet(q, at); got != want {
			t.Fatalf("%+v at %v: quiet is %v, want %v", q, at.In(q.Zone), got, want)
		}
		opens := q.Opens(at)
		if opens.Before(at) || q.Holds(opens) && opens.Sub(at) < 24*time.Hour {
			t.Fatalf("%+v at %v opens at %v", q, at.In(q.Zone), opens.In(q.Zone))
		}
		if opens.After(at) && !q.Holds(opens.Add(-time.Second)) {
			t.Fatalf("%+v at %v opens later than it could, at %v", q, at.In(q.Zone), opens.In(q.Zone))
		}
	}
}

// plainlyQuiet reads the wall clock: the hour of the day, and which day a span that goes on after midnight began.
func plainlyQuiet(q campaign.Quiet, at time.Time) bool {
	local := at.In(q.Zone)
	minute := local.Hour()*60 + local.Minute()
	in := func(s campaign.Span, today, yesterday bool) bool {
		switch {
		case s.Empty():
			return false
		case s.From < s.To:
			return today && minute >= s.From && minute < s.To
		}
		return today && minute >= s.From || yesterday && minute < s.To
	}
	friday, saturday := local.Weekday() == time.Friday, local.Weekday() == time.Saturday
	return in(q.Daily, true, true) || in(q.Friday, friday, saturday)
}

// The feeder asks at the last moment: what waits in the outbox when quiet hours begin comes back out of it.
func TestQuietHoursTakeBackWhatWaits(t *testing.T) {
	evening := time.Date(2026, 11, 26, 19, 59, 30, 0, time.UTC) // a Thursday
	w := newTown(t, engines(t)["sqlite"](), options{now: evening, change: func(d *campaign.Deps) {
		quick(d)
		d.Quiet = campaign.Quiet{Daily: campaign.Span{From: 20 * 60, To: 7 * 60}, Friday: campaign.Span{From: 750, To: 870}}
	}})
	w.readers(w.commune, 12)
	wish := w.wish()
	wish.Expires = evening.Add(72 * time.Hour)
	b := w.approved(wish)
	queued := func(want int64) {
		t.Helper()
		w.round()
		w.round()
		w.round()
		if got := w.counts(b)[store.RecipientQueued]; got != want {
			t.Fatalf("at %v %d are queued, want %d", w.clock.Now(), got, want)
		}
	}
	w.clock.Advance(time.Second)
	queued(12)
	w.clock.Set(time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC))
	queued(0)
	if depth, err := w.db.Outbox().Depth(ctx, "sms"); err != nil || depth != 0 {
		t.Fatalf("%d messages wait in the outbox at night (%v)", depth, err)
	}
	w.clock.Set(time.Date(2026, 11, 27, 6, 59, 59, 0, time.UTC))
	queued(0)
	w.clock.Set(time.Date(2026, 11, 27, 7, 0, 0, 0, time.UTC))
	queued(12)
	w.clock.Set(time.Date(2026, 11, 27, 12, 30, 0, 0, time.UTC)) // Friday prayer
	queued(0)
	w.clock.Set(time.Date(2026, 11, 27, 14, 30, 0, 0, time.UTC))
	queued(12)
	w.clock.Set(wish.Expires) // by now it is stale
	queued(0)
	if got := w.get(b).State; got != store.BroadcastExpired {
		t.Fatalf("past its time it is %s", got)
	}
	w.round()
	if got := w.counts(b)[store.RecipientExpired]; got != 12 {
		t.Fatalf("%v", w.counts(b))
	}
}

func TestBlockedDaysHoldEverythingBack(t *testing.T) {
	blocked := true
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: func(d *campaign.Deps) {
		quick(d)
		d.Blocked = func(_ context.Context, _ store.PlaceID, day store.Date) (bool, error) {
			return blocked && day == "2026-11-25", nil
		}
	}})
	w.readers(w.commune, 12)
	b := w.approved(w.wish())
	w.clock.Advance(time.Second)
	for range 4 {
		w.round()
	}
	if got := w.counts(b)[store.RecipientWaiting]; got != 12 {
		t.Fatalf("on a blocked day %v", w.counts(b))
	}
	w.clock.Set(time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC))
	w.round()
	if got := w.counts(b)[store.RecipientQueued]; got != 12 {
		t.Fatalf("the day after %v", w.counts(b))
	}
}
