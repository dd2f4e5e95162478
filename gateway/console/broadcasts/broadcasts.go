// Package broadcasts is the room of messages to many: in it a clerk writes what is said, sees to how many it goes and for how
// much, and puts it forward; another person approves it; everybody in the town hall sees how far it is.
package broadcasts

import (
	"context"
	"embed"
	"encoding/json"
	"strconv"
	"time"

	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/locales"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Broadcasts are a commune's, the newest first.
type Broadcasts interface {
	List(ctx context.Context, commune store.PlaceID, before int64, limit int) ([]store.Broadcast, error)
}

// Rules are what a commune says again and again, the newest first.
type Rules interface {
	Get(ctx context.Context, commune store.PlaceID, id int64) (store.BroadcastRule, error)
	List(ctx context.Context, commune store.PlaceID) ([]store.BroadcastRule, error)
}

// Deps are what the room works with.
type Deps struct {
	Campaign   *campaign.Service
	Broadcasts Broadcasts
	Rules      Rules
	Languages  func() []locales.Language // those callers may choose
	Now        func() time.Time
	Zone       *time.Location
}

type room struct{ Deps }

// Room gives the room. Whoever works in the commune's town hall may stop what is going out; to let it go on is the second
// person's.
func Room(d Deps) console.Room {
	r := &room{d}
	in := func(method, path string, needs access.Permission, do console.Handler) console.Route {
		return console.Route{Method: method, Path: "/console/c/{commune}/broadcasts" + path, Where: console.InCommune, Needs: needs, Do: do}
	}
	return console.Room{
		Name: "broadcasts", Files: files, Waiting: console.WaiterFunc(r.waiting),
		Routes: []console.Route{
			in("GET", "", access.ReadRecords, r.list),
			in("GET", "/new", access.EditNotices, r.blank),
			in("POST", "/new", access.EditNotices, r.create),
			in("GET", "/rules", access.ReadRecords, r.rules),
			in("GET", "/rules/new", access.EditNotices, r.blankRule),
			in("POST", "/rules/new", access.EditNotices, r.createRule),
			in("GET", "/rules/{rule}", access.ReadRecords, r.showRule),
			in("POST", "/rules/{rule}/submit", access.EditNotices, r.doRule("asked", r.Campaign.SubmitRule)),
			in("POST", "/rules/{rule}/approve", access.Approve, r.doRule("approved", r.Campaign.ApproveRule)),
			in("POST", "/rules/{rule}/end", access.ReadRecords, r.doRule("ended", r.Campaign.EndRule)),
			in("GET", "/{broadcast}", access.ReadRecords, r.show),
			in("GET", "/{broadcast}/edit", access.EditNotices, r.editing),
			in("POST", "/{broadcast}/edit", access.EditNotices, r.edit),
			in("POST", "/{broadcast}/drop", access.EditNotices, r.drop),
			in("POST", "/{broadcast}/submit", access.EditNotices, r.submit),
			in("POST", "/{broadcast}/approve", access.Approve, r.approve),
			in("POST", "/{broadcast}/return", access.Approve, r.do("returned", r.Campaign.Return)),
			in("POST", "/{broadcast}/undo", access.Approve, r.do("undone", r.Campaign.Undo)),
			in("POST", "/{broadcast}/pause", access.ReadRecords, r.do("paused", r.Campaign.Pause)),
			in("POST", "/{broadcast}/resume", access.Approve, r.do("resumed", r.Campaign.Resume)),
			in("POST", "/{broadcast}/cancel", access.Approve, r.do("cancelled", r.Campaign.Cancel)),
		},
		Links: []console.Link{{Text: "broadcasts.nav", Path: "/console/c/{commune}/broadcasts", Where: console.InCommune, Needs: access.ReadRecords}},
	}
}

// mostListed is how many broadcasts a page lists.
const mostListed = 50

// row is a broadcast in a list.
type row struct {
	store.Broadcast
	About string // id of a text
	Reach string
	Parts string // SMS sent
}

// StateID is the id of a text.
func (w row) StateID() string { return "broadcasts.state." + string(w.State) }

// Since tells how a broadcast stands that somebody reads: a form of it carries it.
func (w row) Since() string { return strconv.FormatInt(w.Updated.UnixMicro(), 10) }

// view tells of a broadcast without writing it: a list of many would count every audience.
func view(q *console.Request, b store.Broadcast) row {
	w := row{Broadcast: b, About: "broadcasts.about.text", Reach: "–", Parts: "–"}
	var c campaign.Content
	if err := json.Unmarshal(b.Content, &c); err == nil {
		switch {
		case c.Subject == "budget":
			w.About = "broadcasts.about.budget"
		case c.Subject == "practice":
			w.About = "broadcasts.about.practice"
		case c.Replies == campaign.RepliesMeeting:
			w.About = "broadcasts.about.meeting"
		case c.Letter != "":
			w.About = "broadcasts.about.letter"
		}
	}
	switch {
	case !b.FrozenAt.IsZero():
		w.Reach = people(q, b.Freeze.Recipients)
		if w.Parts = strconv.FormatInt(b.PartsSent, 10); b.Freeze.Recipients < few {
			w.Parts = "–" // parts would tell how many got them
		}
	case b.State != store.BroadcastDraft:
		w.Reach = people(q, b.Shown)
	}
	return w
}

// few is from how many people on their number is told.
const few = 10

// people tells a number of people; below ten not exactly.
func people(q *console.Request, n int64) string {
	if n < few {
		return q.T("broadcasts.few")
	}
	return strconv.FormatInt(n, 10)
}

func (r *room) list(ctx context.Context, q *console.Request) (console.Answer, error) {
	before, _ := strconv.ParseInt(q.Query.Get("before"), 10, 64) // anything else begins at the newest
	all, err := r.Broadcasts.List(ctx, q.Commune.ID, max(before, 0), mostListed)
	if err != nil {
		return console.Answer{}, err
	}
	var rows []row
	for _, b := range all {
		rows = append(rows, view(q, b))
	}
	older := int64(0)
	if len(all) == mostListed {
		older = all[len(all)-1].ID
	}
	return console.Show("broadcasts/list", struct {
		Rows  []row
		Older int64
		May   bool
	}{rows, older, q.Who.Can(access.EditNotices, q.Commune.ID)}), nil
}

// waiting tells approvers what waits for their word, and everybody in the town hall what stands still.
func (r *room) waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) ([]console.Item, error) {
	if !who.Can(access.ReadRecords, commune) {
		return nil, nil
	}
	all, err := r.Broadcasts.List(ctx, commune, 0, mostListed)
	if err != nil {
		return nil, err
	}
	submitted, drafts, paused := 0, 0, 0
	for _, b := range all {
		switch {
		case b.State == store.BroadcastSubmitted && b.Author != who.Actor() && b.Approver != who.Actor() && who.Can(access.Approve, commune):
			submitted++
		case b.State == store.BroadcastDraft && b.Rule == 0 && who.Can(access.EditNotices, commune):
			drafts++
		case b.State == store.BroadcastPaused:
			paused++
		}
	}
	rules, err := r.Rules.List(ctx, commune)
	if err != nil {
		return nil, err
	}
	asked := 0
	for _, k := range rules {
		if k.State == store.RuleSubmitted && k.Author != who.Actor() && who.Can(access.Approve, commune) {
			asked++
		}
	}
	path := console.InPath(commune, "/broadcasts")
	return []console.Item{
		{Text: "broadcasts.waiting.submitted", N: submitted, Path: path},
		{Text: "broadcasts.waiting.drafts", N: drafts, Path: path},
		{Text: "broadcasts.waiting.paused", N: paused, Path: path},
		{Text: "broadcasts.waiting.rules", N: asked, Path: path + "/rules"},
	}, nil
}
