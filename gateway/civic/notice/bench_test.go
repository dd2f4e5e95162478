package notice_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/group"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/notice"
	"baro/gateway/civictest"
	"baro/gateway/identity"
	"baro/store"
)

var clerk = store.Act{Actor: "account:1", Reason: "test"}

// hall is a commune with a group of twelve, its leader (caller 2) and second (caller 3), and an approver (caller 7).
type hall struct {
	*civictest.Bench
	*notice.Service
	commune                  store.PlaceID
	group, venue             int64
	leader, second, approver int64
	voice                    notice.Voice
	told                     []string // letters of the announced versions, in order
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{Bench: civictest.New(t, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC))}
	db := h.DB
	h.commune = h.Commune("ML1", "Jèkabara", nil)
	groups := group.New(group.Stores{
		Tx: db, Organisations: db.Organisations(), Mandates: db.Mandates(), Officers: db.Officers(), Members: db.Members(), Consents: db.Consents(),
	}, group.Means{Keys: h.Keys, Secrets: identity.NewSecretHasher(h.Keys, 1), Letters: h, Rand: rand.Reader, Zone: time.UTC,
		TextVersion: func(message, lang string) string { return message + "@" + lang }})
	h.voice = notice.Voice{Organisations: db.Organisations(), Places: db.Places(), Venues: db.Venues(), Safety: db.Safety(), Zone: time.UTC}
	h.Service = notice.New(notice.Stores{
		Tx: db, Notices: db.Notices(), Attendances: db.Attendances(), Venues: db.Venues(), Blocked: db.BlockedDates(), Safety: db.Safety(),
		Numbers: db.DialNumbers(),
	}, notice.Means{Groups: groups, Announcer: h, Keys: h.Keys, Zone: time.UTC})
	h.Bound = h.Binding()
	h.group = h.organisation("Femmes")
	h.leader = h.appoint(2, store.Post{Organisation: h.group, Role: store.RoleLeader})
	h.second = h.appoint(3, store.Post{Organisation: h.group, Role: store.RoleSecond})
	h.approver = h.appoint(7, store.Post{Role: store.RoleApprover})
	_, err := db.Mandates().Grant(h.Ctx, h.commune, store.Mandate{Organisation: h.group, Purpose: "Réunions", From: "2026-11-01", To: "2026-11-30", Quota: 2}, clerk)
	h.Must(err)
	v, err := db.Venues().Add(h.Ctx, store.Venue{Commune: h.commune, Name: "École"}, clerk)
	h.Must(err)
	h.venue = v.ID
	for i := range 12 {
		h.enrol(100 + i)
	}
	return h
}

func (h *hall) organisation(short string) int64 {
	h.T.Helper()
	o, err := h.DB.Organisations().Create(h.Ctx, store.Organisation{Commune: h.commune, Kind: store.OrganisationWomen,
		Name: store.Texts{"fr": short}, ShortName: short}, clerk)
	h.Must(err)
	return o.ID
}

// appoint makes the i-th caller an officer whose PIN is their own.
func (h *hall) appoint(i int, post store.Post) int64 {
	h.T.Helper()
	o, _, err := h.Groups.Appoint(h.Ctx, h.commune, h.Caller(i).Number, post, 0, clerk)
	h.Must(err)
	h.Must(h.DB.Officers().SetPIN(h.Ctx, h.commune, o.ID, o.PINHash, false, clerk))
	return o.ID
}

func (h *hall) enrol(i int) {
	h.T.Helper()
	_, err := h.Groups.Enrol(h.Ctx, h.commune, h.group, h.Caller(i).Number, "fr", "sheet", h.Now)
	h.Must(err)
}

// Send stands in for the desk of the groups, whose letters are looked at elsewhere.
func (h *hall) Send(context.Context, ...letter.Letter) error { return nil }

// audience is how many the hall says that each version reaches: who they are is for whoever carries notices.
const audience = 12

// Estimate counts.
func (h *hall) Estimate(context.Context, store.Notice, store.NoticeVersion) (notice.Reach, error) {
	return notice.Reach{Recipients: audience}, nil
}

// Announce notes which letter a version would be, as its manifest lets it, and takes it for sent.
func (h *hall) Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error {
	message, fields, err := h.voice.Body(ctx, n, v)
	if err != nil {
		return err
	}
	if err := h.Manifest.CheckLetter(message, fields); err != nil {
		return err
	}
	h.told = append(h.told, message)
	return h.DB.Notices().Announce(ctx, n.Commune, n.ID, v.Version, audience, act)
}

// took gives the letters of the versions announced since the last look.
func (h *hall) took() []string {
	all := h.told
	h.told = nil
	return all
}

func (h *hall) now(i int) civic.Caller {
	c := h.Caller(i)
	c.Now = h.Now
	return c
}

func (h *hall) do(i int, name string, args ...flows.Field) flows.Outcome {
	h.T.Helper()
	officers := map[int]int64{2: h.leader, 3: h.second, 7: h.approver}
	args = append(args, civictest.Whole("officer", officers[i]))
	if i == 7 {
		args = append(args, civictest.Whole("group", 0))
	} else {
		args = append(args, civictest.Whole("group", h.group))
	}
	return h.Outcome(h.now(i), flows.Need{Name: name, Lang: "fr", Args: civictest.In(h.commune, args...)})
}

// ask lets the leader ask for a meeting so many days from now, at nine.
func (h *hall) ask(days int, audience string) flows.Outcome {
	h.T.Helper()
	day := h.Now.AddDate(0, 0, days).Unix() / 86400
	return h.do(2, "notice.ask", civictest.Word("topic", "savings"), civictest.Whole("venue", h.venue), civictest.Whole("day", day),
		civictest.Whole("minute", 9*60), civictest.Word("audience", audience))
}

// announced is a notice that its people have got.
func (h *hall) announced(days int) store.Notice {
	h.T.Helper()
	out := h.ask(days, "")
	if out.Edge != "ok" {
		h.T.Fatalf("asked: %s", out.Edge)
	}
	if got := h.do(3, "notice.accept", civictest.Word("waiting", out.Fields.Get("Waiting").Text)).Edge; got != "ok" {
		h.T.Fatalf("accepted: %s", got)
	}
	all, err := h.Notices.Own(h.Ctx, h.commune, h.group, 1)
	h.Must(err)
	return all[0]
}
