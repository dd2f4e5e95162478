package campaign_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/campaign"
	"baro/store"
)

// subjects compose from no records: the tests of the budget are elsewhere.
func subjects(d *campaign.Deps) {
	d.Subjects = map[string]campaign.Subject{"budget": func(context.Context, store.PlaceID, time.Time) (campaign.Content, error) {
		return campaign.Content{Letter: "broadcast.budget", Path: []int{1}, Fields: flows.Record{
			{Name: "Year", Value: flows.IntOf(2026)}, {Name: "Stage", Value: flows.LabelOf("budget.stage.primitive")},
			{Name: "Total", Value: flows.MoneyOf(283_000_000)}, {Name: "Shares", Value: flows.ListOf(flows.Part{Message: "budget.share",
				Fields: flows.Record{{Name: "Sector", Value: flows.LabelOf("budget.sector.school")}, {Name: "Share", Value: flows.IntOf(57)}}})},
		}}, nil
	}}
}

func (w *town) rule(spec string, most int) store.BroadcastRule {
	w.t.Helper()
	r, err := w.NewRule(ctx, campaign.RuleWish{Commune: w.commune, Spec: spec, Content: campaign.Content{Subject: "budget"},
		Audience: campaign.Audience{Place: w.commune, Purpose: store.PurposeNotices}, Life: 36 * time.Hour,
		Until: w.clock.Now().AddDate(1, 0, 0), Most: most}, author)
	w.must(err)
	w.must(w.SubmitRule(ctx, w.commune, r.ID, author))
	w.wants(campaign.ErrSamePerson, w.ApproveRule(ctx, w.commune, r.ID, author))
	w.must(w.ApproveRule(ctx, w.commune, r.ID, approver))
	r, err = w.Rules.Get(ctx, w.commune, r.ID)
	w.must(err)
	return r
}

func TestRuleFiresOnceAmongManyNodes(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, address(), options{now: noon, change: subjects})
			w.readers(w.commune, 12)
			r := w.rule("0 9 * * 1", 2) // Mondays
			monday := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
			if !r.Next.Equal(monday) {
				t.Fatalf("next is %v", r.Next)
			}
			fire := func(want int) {
				t.Helper()
				var all sync.WaitGroup
				var mu sync.Mutex
				made := 0
				for range 4 {
					all.Go(func() {
						n, err := w.FireRules(ctx)
						mu.Lock()
						defer mu.Unlock()
						made += n
						if err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				if made != want {
					t.Fatalf("made %d, want %d", made, want)
				}
			}
			fire(0)
			w.clock.Set(monday.Add(time.Second))
			fire(1)
			list, err := w.Broadcasts.List(ctx, w.commune, 0, 10)
			w.must(err)
			b := list[0]
			if b.State != store.BroadcastApproved || b.Author != author.Actor || b.Approver != approver.Actor || !b.Due.Equal(monday) {
				t.Fatalf("instance %+v", b)
			}
			p, err := w.Preview(ctx, w.commune, b.ID)
			w.must(err)
			if want := "Mairie Jekabara: Budget 2026 (prévu): 283 M FCFA. Sur 100 F: école 57. Vérifier: *384*96#. Arreter: STOP"; p.Texts[0].Text != want {
				t.Errorf("%q", p.Texts[0].Text)
			}
			w.round()
			w.clock.Advance(11 * time.Minute)
			w.round()
			w.round()
			if got := w.counts(b)[store.RecipientQueued]; got != 12 {
				t.Errorf("ten minutes later %v", w.counts(b))
			}
			w.clock.Set(monday.AddDate(0, 0, 7).Add(time.Minute))
			fire(1)
			r, err = w.Rules.Get(ctx, w.commune, r.ID)
			w.must(err)
			if r.State != store.RuleEnded || r.Made != 2 {
				t.Errorf("after its last instance: %s, made %d", r.State, r.Made)
			}
			w.clock.Set(monday.AddDate(0, 0, 14))
			fire(0)
		})
	}
}

// Nodes were away over several hours of a rule: the last is made up for while it is worth it, the others are told missed.
func TestMissedHoursAreMadeUpForOrToldMissed(t *testing.T) {
	for _, c := range []struct {
		back time.Time
		want int
	}{
		{time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC), 1}, // 11 hours after the third daily hour
		{time.Date(2026, 11, 30, 8, 59, 0, 0, time.UTC), 1},
	} {
		w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: subjects})
		w.readers(w.commune, 12)
		r := w.rule("0 9 * * *", 30)
		w.clock.Set(c.back)
		n, err := w.FireRules(ctx)
		w.must(err)
		if n != c.want {
			t.Fatalf("back at %v: made %d, want %d", c.back, n, c.want)
		}
		trail, err := w.db.Audit().List(ctx, w.commune, 0, 1000)
		w.must(err)
		missed := 0
		for _, row := range trail {
			if row.Action == "broadcast_rule.due" && row.After == "missed" {
				missed++
			}
		}
		if want := int(c.back.Sub(noon).Hours()/24+0.5) - 1; missed < want-1 || missed == 0 {
			t.Errorf("back at %v: %d hours told missed", c.back, missed)
		}
		if r, _ = w.Rules.Get(ctx, w.commune, r.ID); !r.Next.After(c.back) {
			t.Errorf("next is %v", r.Next)
		}
	}
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: subjects})
	w.readers(w.commune, 12)
	w.rule("0 9 * * 4", 30) // Thursdays, alive for a day and a half
	w.clock.Set(time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC))
	if n, err := w.FireRules(ctx); err != nil || n != 0 {
		t.Errorf("a stale broadcast was made: %d %v", n, err)
	}
}

func TestRuleWithNothingToTell(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: func(d *campaign.Deps) {
		d.Subjects = map[string]campaign.Subject{"budget": func(context.Context, store.PlaceID, time.Time) (campaign.Content, error) {
			return campaign.Content{}, fmt.Errorf("read: %w", campaign.ErrNothing)
		}}
	}})
	r := w.rule("0 9 * * 1", 1)
	w.clock.Set(r.Next.Add(time.Second))
	if n, err := w.FireRules(ctx); err != nil || n != 0 {
		t.Fatalf("made %d, %v", n, err)
	}
	if r, _ = w.Rules.Get(ctx, w.commune, r.ID); r.State != store.RuleApproved || r.Made != 0 {
		t.Errorf("the rule is %s after %d", r.State, r.Made)
	}
}
