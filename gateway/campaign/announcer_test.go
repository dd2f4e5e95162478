package campaign_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/civic"
	"baro/gateway/civic/notice"
	"baro/gateway/identity"
	"baro/store"
)

// hall is a town that announces.
type hall struct {
	*town
	announcer *campaign.Announcer
	coming    map[identity.MSISDN]bool
}

func newHall(t *testing.T, address string) *hall {
	h := &hall{coming: make(map[identity.MSISDN]bool)}
	h.town = newTown(t, address, options{now: noon, change: func(d *campaign.Deps) {
		d.Coming = func(_ context.Context, _ store.PlaceID, _ int64, to identity.MSISDN) (bool, error) {
			return h.coming[to], nil
		}
	}})
	h.announcer = campaign.NewAnnouncer(h.Service, h.db.Notices(), notice.Voice{
		Organisations: h.db.Organisations(), Places: h.db.Places(), Venues: h.db.Venues(), Safety: h.db.Safety(), Zone: time.UTC,
	})
	return h
}

// notice drafts a meeting of the town hall, asks for it and has it approved.
func (h *hall) notice(starts time.Time) (store.Notice, store.NoticeVersion) {
	h.t.Helper()
	n, err := h.db.Notices().Draft(ctx, store.Notice{Commune: h.commune, Audience: store.AudiencePublic, Author: store.By{Account: 1},
		Content: store.NoticeContent{Topic: store.TopicBudget, Place: "Place du marché", StartsAt: starts}}, author)
	h.must(err)
	return n, h.decided(n, store.ChangeNew, n.Content)
}

func (h *hall) decided(n store.Notice, change store.NoticeChange, c store.NoticeContent) store.NoticeVersion {
	h.t.Helper()
	v, err := h.db.Notices().Ask(ctx, n.Commune, n.ID, store.Asking{Change: change, Content: c, Author: store.By{Account: 1}, ApproveBy: h.clock.Now().Add(time.Hour)}, author)
	h.must(err)
	h.must(h.db.Notices().Decide(ctx, n.Commune, n.ID, v.Version, store.Decision{Approve: true, By: store.By{Account: 2}}, approver))
	v, err = h.db.Notices().Version(ctx, n.Commune, n.ID, v.Version)
	h.must(err)
	return v
}

// deliver lets everything due go out and comes back when it has.
func (h *hall) deliver() {
	h.t.Helper()
	h.until("quiet", 20*time.Second, func() bool {
		h.round()
		alive, err := h.Broadcasts.Alive(ctx)
		h.must(err)
		for _, b := range alive {
			if h.clock.Now().After(b.UndoUntil) {
				return false
			}
		}
		return true
	})
}

func TestNoticeFromApprovalToReminder(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			h := newHall(t, address())
			h.readers(h.commune, 20)
			h.outbox.Start()
			defer h.stop()
			starts := time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)
			n, v := h.notice(starts)
			reach, err := h.announcer.Estimate(ctx, n, v)
			h.must(err)
			if reach.Recipients != 20 || reach.Cost != nil {
				t.Errorf("estimate %+v", reach)
			}
			h.must(h.announcer.Announce(ctx, n, v, approver))
			h.clock.Advance(11 * time.Minute)
			h.deliver()
			n, err = h.db.Notices().Get(ctx, h.commune, n.ID)
			h.must(err)
			if n.State != store.NoticeAnnounced {
				t.Fatalf("the notice is %s", n.State)
			}
			first := h.provider.heard[h.people[0]]
			if want := "Mairie Jekabara: Réunion: Budget. jeu 03/12 9h, Place du marché. Vous venez? Répondez 1 oui, 2 non. Vérifier: *384*96#. Arreter: STOP"; len(first) != 1 || first[0] != want {
				t.Fatalf("told %q", first)
			}
			// Somebody answers, somebody asks, somebody new arrives, somebody stops.
			h.answer(t, 0, "1", "broadcast.answer.coming")
			h.answer(t, 1, "٢", "broadcast.answer.absent")
			h.answer(t, 2, "Qui parle à la réunion ?", "broadcast.answer.question")
			h.answer(t, 3, "MENU", "")
			h.readers(h.commune, 1)
			h.must(h.db.Consents().Withdraw(ctx, store.Pseudonym(h.keys.Pseudonym(h.people[4])), store.PurposeAll, h.clock.Now()))

			later := n.Content
			later.StartsAt = starts.AddDate(0, 0, 1)
			v = h.decided(n, store.ChangePostponed, later)
			h.must(h.announcer.Announce(ctx, n, v, approver))
			h.clock.Advance(11 * time.Minute)
			h.deliver()
			for i, to := range h.people {
				want := 2
				switch i {
				case 4:
					want = 1
				case 20:
					want = 0
				}
				if got := h.provider.heard[to]; len(got) != want || want == 2 && !strings.Contains(got[1], "nouvelle date ven 04/12 9h") && languages[i%4] == "fr" {
					t.Errorf("number %d was told %q", i, got)
				}
			}
			// The day before, those who come are reminded, once.
			h.coming[h.people[0]] = true
			for _, at := range []time.Time{starts.AddDate(0, 0, -1), starts, starts.Add(time.Hour)} {
				h.clock.Set(at)
				made, err := h.announcer.Remind(ctx)
				h.must(err)
				want := 0
				if at.Equal(starts) { // the day before the new date
					want = 1
				}
				if made != want {
					t.Errorf("at %v %d reminders, want %d", at, made, want)
				}
			}
			h.clock.Advance(11 * time.Minute)
			h.deliver()
			if got := h.provider.heard[h.people[0]]; len(got) != 3 || !strings.Contains(got[2], "Rappel, demain: Budget, ven 04/12 9h") {
				t.Errorf("who comes was told %q", got)
			}
			if got := h.provider.heard[h.people[1]]; len(got) != 2 {
				t.Errorf("who does not come was told %q", got)
			}
		})
	}
}

// answer lets a reader send something back.
func (h *hall) answer(t *testing.T, i int, text, want string) {
	t.Helper()
	a := campaign.Answers{Service: h.Service,
		Attend: func(_ context.Context, c civic.Caller, _ store.PlaceID, _ int64, coming bool) (bool, error) {
			h.coming[c.Number] = coming
			return true, nil
		},
		Ask: func(context.Context, civic.Caller, store.PlaceID, string) (string, bool, error) {
			return "4711", true, nil
		},
	}
	got := ""
	if a.Might(text) {
		message, _, ok, err := a.Answer(ctx, civic.Caller{Number: h.people[i], Pseudonym: h.keys.Pseudonym(h.people[i]), Now: h.clock.Now()}, text)
		h.must(err)
		if ok {
			got = message
		}
	}
	if got != want {
		t.Errorf("%q is answered with %q, want %q", text, got, want)
	}
}

func TestShieldedCommuneTellsNeitherPlaceNorTime(t *testing.T) {
	h := newHall(t, engines(t)["sqlite"]())
	h.readers(h.commune, 4)
	h.must(h.db.Safety().Set(ctx, h.commune, store.SafetyShielded, store.Act{Actor: "account:1", Reason: "attacks nearby"}))
	h.outbox.Start()
	defer h.stop()
	n, v := h.notice(noon.AddDate(0, 0, 7))
	h.must(h.announcer.Announce(ctx, n, v, approver))
	h.clock.Advance(11 * time.Minute)
	h.deliver()
	if got := h.provider.heard[h.people[0]]; len(got) != 1 || strings.Contains(got[0], "marché") || strings.Contains(got[0], "12/") {
		t.Errorf("told %q", got)
	}
}

func TestConsultationsAreToldOfAndApprovedOnce(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon})
	k := store.Consultation{ID: 3, Commune: w.commune, Number: 12, Title: store.Texts{"fr": "Où creuser le forage?"}, ClosesAt: noon.AddDate(0, 0, 3)}
	tell := func(want int) {
		t.Helper()
		made, err := w.TellConsultations(ctx, w.commune, []store.Consultation{k})
		w.must(err)
		if made != want {
			t.Fatalf("at %v put forward %d, want %d", w.clock.Now(), made, want)
		}
	}
	tell(1)
	tell(0)
	b, err := w.db.Broadcasts().ByOrigin(ctx, w.commune, "opening:3")
	w.must(err)
	if b.State != store.BroadcastSubmitted {
		t.Fatalf("nobody approved it, and it is %s", b.State)
	}
	w.clock.Set(k.ClosesAt.AddDate(0, 0, -1))
	tell(0) // not approved: its last day is not told either
	_, err = w.Approve(ctx, w.commune, b.ID, 0, approver)
	w.must(err)
	tell(1)
	tell(0)
	closing, err := w.db.Broadcasts().ByOrigin(ctx, w.commune, "closing:3")
	w.must(err)
	if closing.State != store.BroadcastApproved || closing.Approver != approver.Actor {
		t.Errorf("the last day's notice is %s, approved by %s", closing.State, closing.Approver)
	}
}
