package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

func isError(err, want error) bool { return errors.Is(err, want) }

// noon is a Wednesday in no quiet hour.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func quick(d *campaign.Deps) { d.UndoFor = time.Nanosecond }

func TestEverybodyGetsItOnceInTheirLanguage(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, address(), options{change: quick})
			w.readers(w.commune, 40)
			b := w.approved(w.wish())
			w.sending()
			w.until("done", 20*time.Second, func() bool { return w.get(b).State == store.BroadcastDone })
			if got := fmt.Sprint(w.counts(b)); got != "map[sent:40]" {
				t.Errorf("counts %s", got)
			}
			for i, to := range w.people {
				heard := w.provider.heard[to]
				if len(heard) != 1 {
					t.Fatalf("number %d got %d messages", i, len(heard))
				}
				want := map[string]string{"fr": "Mairie Jekabara: Le conseil se réunit mardi", "bm": "Mairie Jekabara: Bèn bè kè tarata don", "en": "Mairie Jekabara: Le conseil", "ar": "يجتمع المجلس"}[languages[i%4]]
				if !strings.Contains(heard[0], want) || !strings.HasSuffix(heard[0], "STOP") {
					t.Errorf("%s: %q", languages[i%4], heard[0])
				}
			}
			done := w.get(b)
			if _, _, parts := w.provider.counts(); done.Freeze.Parts["sms"] != int64(parts) || done.PartsSent != int64(parts) {
				t.Errorf("shown %d parts, sent %d, recorded %d", done.Freeze.Parts["sms"], parts, done.PartsSent)
			}
		})
	}
}

func TestTwoPeopleDecide(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon})
	w.readers(w.commune, 1001)
	b, err := w.New(ctx, w.wish(), author)
	w.must(err)
	if _, err := w.Approve(ctx, w.commune, b.ID, 0, approver); store.CodeOf(err) != store.CodeConflict {
		t.Fatalf("a draft was approved: %v", err)
	}
	p, err := w.Submit(ctx, w.commune, b.ID, author)
	w.must(err)
	if p.Size.In != 1001 || len(p.Quotes) != 1 || p.Quotes[0].Least >= p.Quotes[0].Most {
		t.Errorf("preview %+v %+v", p.Size, p.Quotes)
	}
	_, err = w.Approve(ctx, w.commune, b.ID, 1001, author)
	w.wants(campaign.ErrSamePerson, err)
	_, err = w.Approve(ctx, w.commune, b.ID, 1000, approver)
	w.wants(campaign.ErrTyped, err)
	_, err = w.Approve(ctx, w.commune, b.ID, 1001, approver)
	w.must(err)
	w.round() // writes the audience down
	w.round()
	w.outbox.Start()
	defer w.stop()
	if got := w.counts(b)[store.RecipientWaiting]; got != 1001 {
		t.Fatalf("waiting %d", got)
	}
	w.clock.Advance(9 * time.Minute)
	w.round()
	if got := w.get(b).State; got != store.BroadcastApproved {
		t.Fatalf("within the time of undoing it is %s", got)
	}
	w.must(w.Undo(ctx, w.commune, b.ID, approver))
	if got := w.counts(b); len(got) != 0 {
		t.Errorf("an approval taken back leaves %v", got)
	}
	w.clock.Advance(time.Hour)
	w.round()
	if calls, _, _ := w.provider.counts(); calls != 0 {
		t.Errorf("%d messages of an approval taken back", calls)
	}
	if err := w.Undo(ctx, w.commune, b.ID, approver); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("undone twice: %v", err)
	}
}

func TestUrgentTakesTwoApprovers(t *testing.T) {
	night := time.Date(2026, 11, 25, 22, 0, 0, 0, time.UTC)
	w := newTown(t, engines(t)["sqlite"](), options{now: night, change: func(d *campaign.Deps) {
		d.Quiet = campaign.Quiet{Daily: campaign.Span{From: 20 * 60, To: 7 * 60}}
		quick(d)
	}})
	w.readers(w.commune, 12)
	wish := w.wish()
	wish.Urgent = "crue du fleuve"
	b, err := w.New(ctx, wish, author)
	w.must(err)
	_, err = w.Submit(ctx, w.commune, b.ID, author)
	w.must(err)
	ok, err := w.Approve(ctx, w.commune, b.ID, 0, approver)
	if err != nil || ok {
		t.Fatalf("one approver: %v %v", ok, err)
	}
	_, err = w.Approve(ctx, w.commune, b.ID, 0, approver)
	w.wants(campaign.ErrSamePerson, err)
	if ok, err = w.Approve(ctx, w.commune, b.ID, 0, third); err != nil || !ok {
		t.Fatalf("two approvers: %v %v", ok, err)
	}
	w.clock.Advance(time.Second)
	for range 4 {
		w.round()
	}
	if got := w.counts(b)[store.RecipientQueued]; got != 12 {
		t.Errorf("urgent at night: %v", w.counts(b))
	}
}

func TestWhatIsRefused(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon})
	benkadi, err := w.db.Places().ByCode(ctx, "demo", "ML010102")
	w.must(err)
	for name, c := range map[string]struct {
		change func(*campaign.Wish)
		want   error
	}{
		"a neighbour":     {func(x *campaign.Wish) { x.Audience.Place = benkadi.ID }, campaign.ErrForeign},
		"the cercle":      {func(x *campaign.Wish) { x.Audience.Place = w.cercle }, campaign.ErrForeign},
		"nothing":         {func(x *campaign.Wish) { x.Content = campaign.Content{} }, campaign.ErrContent},
		"two things":      {func(x *campaign.Wish) { x.Content.Letter = "broadcast.budget" }, campaign.ErrContent},
		"no such letter":  {func(x *campaign.Wish) { x.Content = campaign.Content{Letter: "none"} }, campaign.ErrLetter},
		"the past":        {func(x *campaign.Wish) { x.Expires = noon }, campaign.ErrTime},
		"too far":         {func(x *campaign.Wish) { x.Expires = noon.AddDate(1, 0, 0) }, campaign.ErrTime},
		"ends before":     {func(x *campaign.Wish) { x.Begins = x.Expires }, campaign.ErrTime},
		"no such subject": {func(x *campaign.Wish) { x.Content = campaign.Content{Subject: "weather"} }, campaign.ErrContent},
	} {
		wish := w.wish()
		c.change(&wish)
		if _, err := w.New(ctx, wish, author); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := w.New(ctx, w.wish(), author)
	w.must(err)
	_, err = w.Submit(ctx, w.commune, b.ID, author)
	w.wants(campaign.ErrEmpty, err)
	w.readers(w.commune, 1)
	wish := w.wish()
	wish.Content.Text = store.Texts{"fr": "Bonjour {nom}, {commune}"}
	w.wants(campaign.ErrAuthor, w.Edit(ctx, b.ID, wish, b.Updated, approver))
	w.must(w.Edit(ctx, b.ID, wish, b.Updated, author))
	_, err = w.Submit(ctx, w.commune, b.ID, author)
	w.wants(campaign.ErrVariable, err)
	wish.Content.Text = store.Texts{"fr": strings.Repeat("très long ", 300)}
	_, err = w.Weigh(ctx, wish)
	var text *campaign.TextError
	if !errors.As(err, &text) || text.Language != "fr" {
		t.Errorf("a long text is weighed as %v", err)
	}
	stale := w.Edit(ctx, b.ID, wish, b.Updated.Add(-time.Second), author)
	if store.CodeOf(stale) != store.CodeConflict {
		t.Errorf("a draft that stands otherwise: %v", stale)
	}
	b, err = w.db.Broadcasts().Get(ctx, w.commune, b.ID)
	w.must(err)
	w.must(w.Edit(ctx, b.ID, wish, b.Updated, author))
	_, err = w.Submit(ctx, w.commune, b.ID, author)
	w.wants(campaign.ErrTooLong, err)
}

func TestPauseStopsAndResumeGoesOn(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, address(), options{change: quick, channel: func(c *outbox.Channel) { c.TPS = 200 }})
			w.readers(w.commune, 600)
			b := w.approved(w.wish())
			w.sending()
			w.until("under way", 20*time.Second, func() bool { _, n, _ := w.provider.counts(); return n > 100 })
			w.must(w.Pause(ctx, w.commune, b.ID, store.Act{Actor: "account:2", Reason: "wrong date"}))
			paused := time.Now()
			w.until("quiet", 5*time.Second, func() bool { return w.counts(b)[store.RecipientQueued] == 0 })
			_, before, _ := w.provider.counts()
			if last := w.provider.last(); last.Sub(paused) > 2*time.Second {
				t.Errorf("the last message left %v after the pause", last.Sub(paused))
			}
			if got := w.get(b); got.State != store.BroadcastPaused || got.PausedFor != "wrong date" {
				t.Errorf("paused: %s %q", got.State, got.PausedFor)
			}
			if before == 600 {
				t.Fatal("everything had left before the pause")
			}
			w.must(w.Resume(ctx, w.commune, b.ID, approver))
			w.until("done", 20*time.Second, func() bool { return w.get(b).State == store.BroadcastDone })
			w.exactlyOnce(b, 600)
		})
	}
}

func TestCancelStopsAtOnce(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, address(), options{change: quick, channel: func(c *outbox.Channel) { c.TPS = 200 }})
			w.readers(w.commune, 600)
			b := w.approved(w.wish())
			w.sending()
			w.until("under way", 20*time.Second, func() bool { _, n, _ := w.provider.counts(); return n > 50 })
			w.must(w.Cancel(ctx, w.commune, b.ID, approver))
			w.until("at rest", 10*time.Second, func() bool {
				c := w.counts(b)
				return c[store.RecipientQueued]+c[store.RecipientWaiting] == 0
			})
			c := w.counts(b)
			_, sent, _ := w.provider.counts()
			if int(c[store.RecipientSent]) != sent || c[store.RecipientSent]+c[store.RecipientCancelled] != 600 || c[store.RecipientCancelled] == 0 {
				t.Errorf("%v, the provider has %d", c, sent)
			}
			if err := w.Resume(ctx, w.commune, b.ID, approver); store.CodeOf(err) != store.CodeConflict {
				t.Errorf("a cancelled broadcast was resumed: %v", err)
			}
		})
	}
}

func TestSwitchStopsTheCommune(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: quick})
	w.readers(w.commune, 20)
	b := w.approved(w.wish())
	w.clock.Advance(time.Second)
	for range 3 {
		w.round()
	}
	if got := w.counts(b)[store.RecipientQueued]; got != 20 {
		t.Fatalf("queued %d", got)
	}
	reason := store.Act{Actor: "account:9", Reason: "attack"}
	w.must(w.Stop(ctx, w.cercle, true, reason)) // of all communes below
	if got := w.get(b); got.State != store.BroadcastPaused || got.PausedFor != "switch" {
		t.Fatalf("%s for %q", got.State, got.PausedFor)
	}
	if got := w.counts(b)[store.RecipientWaiting]; got != 20 {
		t.Errorf("waiting %d", got)
	}
	if err := w.Resume(ctx, w.commune, b.ID, approver); store.CodeOf(err) != store.CodeDenied {
		t.Errorf("resumed under a thrown switch: %v", err)
	}
	other := w.approved(w.wish())
	w.clock.Advance(time.Second)
	w.round()
	if got := w.get(other); got.State != store.BroadcastPaused {
		t.Errorf("a new broadcast is %s", got.State)
	}
	w.must(w.Stop(ctx, w.cercle, false, reason))
	w.must(w.Resume(ctx, w.commune, b.ID, approver))
}

func TestItPausesByItselfWhenTheChannelFails(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{change: quick})
	w.readers(w.commune, 400)
	w.provider.act = func(_ context.Context, m channel.MT, call int) channel.Result {
		if call > 50 && call%3 == 0 {
			return channel.Result{Outcome: channel.Refused, Class: channel.ClassBlockedContent}
		}
		return w.provider.accept(m)
	}
	b := w.approved(w.wish())
	w.sending()
	w.until("paused", 20*time.Second, func() bool { return w.get(b).State == store.BroadcastPaused })
	if got := w.get(b).PausedFor; got != "errors" {
		t.Errorf("paused for %q", got)
	}
	if left := w.counts(b)[store.RecipientWaiting]; left == 0 {
		t.Error("nobody was spared")
	}
}

func TestCorrectionReachesExactlyThoseWhoGotIt(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{change: func(d *campaign.Deps) { quick(d); d.Cap = 1 }})
	w.readers(w.commune, 30)
	b := w.approved(w.wish())
	w.sending()
	w.until("done", 20*time.Second, func() bool { return w.get(b).State == store.BroadcastDone })
	w.readers(w.commune, 5) // who came later did not get it
	w.must(w.db.Consents().Withdraw(ctx, store.Pseudonym(w.keys.Pseudonym(w.people[0])), store.PurposeAll, w.clock.Now()))

	again := w.wish()
	p, err := w.New(ctx, again, author)
	w.must(err)
	preview, err := w.Preview(ctx, w.commune, p.ID)
	w.must(err)
	if preview.Size.In != 5 || preview.Size.Capped != 29 || preview.Size.OptedOut != 1 {
		t.Errorf("a second notice in the month: %+v", preview.Size)
	}
	again.Content = campaign.Content{Text: store.Texts{"fr": "La réunion est reportée à jeudi."}}
	k, err := w.Correct(ctx, b.ID, again, author)
	w.must(err)
	_, err = w.Submit(ctx, w.commune, k.ID, author)
	w.must(err)
	_, err = w.Approve(ctx, w.commune, k.ID, 0, approver)
	w.must(err)
	w.feeder.Wake()
	w.until("corrected", 20*time.Second, func() bool { return w.get(k).State == store.BroadcastDone })
	for i, to := range w.people {
		want := 2
		if i == 0 {
			want = 1
		} else if i >= 30 {
			want = 0
		}
		if got := len(w.provider.heard[to]); got != want {
			t.Errorf("number %d got %d messages, want %d", i, got, want)
		}
	}
}

func TestStopIsHeardUntilTheLastMoment(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: quick})
	w.readers(w.commune, 20)
	b := w.approved(w.wish())
	w.clock.Advance(time.Second)
	w.round()
	stop := func(i int) {
		w.must(w.db.Consents().Withdraw(ctx, store.Pseudonym(w.keys.Pseudonym(w.people[i])), store.PurposeAll, w.clock.Now()))
	}
	stop(0) // frozen
	w.round()
	w.round()
	stop(1) // in the outbox
	w.outbox.Start()
	defer w.stop()
	w.until("sent", 10*time.Second, func() bool { _, n, _ := w.provider.counts(); return n == 18 })
	w.until("done", 10*time.Second, func() bool { w.round(); return w.get(b).State == store.BroadcastDone })
	for i, to := range w.people {
		if got := len(w.provider.heard[to]); got != 1 && i > 1 || got != 0 && i < 2 {
			t.Errorf("number %d got %d messages", i, got)
		}
	}
	if got := fmt.Sprint(w.counts(b)); got != "map[expired:1 sent:18 skipped:1]" {
		t.Errorf("counts %s", got)
	}
}
