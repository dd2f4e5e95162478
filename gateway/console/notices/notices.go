// Package notices is the room of meetings: what organisations put forward for the public waits here for the commune's second
// person, the town hall writes and moves its own, officers see how theirs stand and appeal, and somebody outside judges.
package notices

import (
	"context"
	"embed"
	"time"

	"baro/gateway/access"
	"baro/gateway/civic/notice"
	"baro/gateway/console"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// A Text is a version as phones get it.
type Text struct {
	Language string // of its readers, as they call it
	Text     string
	Size     string // letters and room taken
}

// Deps are what the room works with.
type Deps struct {
	Tx            store.Writer
	Notices       *notice.Service
	Organisations store.OrganisationReader
	Venues        store.Venues
	// Texts writes a version for the readers of every language that is offered.
	Texts func(ctx context.Context, n store.Notice, v store.NoticeVersion) ([]Text, error)
	Now   func() time.Time
	Zone  *time.Location
}

type room struct{ Deps }

// Room gives the room.
func Room(d Deps) console.Room {
	r := &room{d}
	in := func(method, path string, needs access.Permission, do console.Handler) console.Route {
		return console.Route{Method: method, Path: "/console/c/{commune}" + path, Where: console.InCommune, Needs: needs, Do: do}
	}
	return console.Room{
		Name: "notices", Files: files, Waiting: console.WaiterFunc(r.waiting),
		Routes: []console.Route{
			in("GET", "/notices", access.ReadRecords, r.list),
			in("GET", "/notices/new", access.EditNotices, r.blank),
			in("POST", "/notices/new", access.EditNotices, r.propose),
			in("GET", "/notices/{notice}", access.ReadRecords, r.show),
			in("POST", "/notices/{notice}/decide", access.Approve, r.decide),
			in("GET", "/notices/{notice}/change", access.EditNotices, r.changing),
			in("POST", "/notices/{notice}/change", access.EditNotices, r.change),
			in("POST", "/notices/{notice}/cancel", access.EditNotices, r.cancel),
			in("POST", "/notices/{notice}/withdraw", access.EditNotices, r.withdraw),
			in("POST", "/notices/{notice}/again", access.EditNotices, r.again),
			in("GET", "/groups/notices", access.ActForGroup, r.ofGroups),
			in("GET", "/appeals", access.JudgeAppeals, r.appeals),
			in("GET", "/appeals/{notice}", access.JudgeAppeals, r.showAppeal),
			in("POST", "/appeals/{notice}/judge", access.JudgeAppeals, r.judge),
			in("POST", "/groups/notices/{notice}/appeal", access.ActForGroup, r.appeal),
		},
		Links: []console.Link{
			{Text: "notices.nav", Path: "/console/c/{commune}/notices", Where: console.InCommune, Needs: access.ReadRecords},
			{Text: "notices.nav.groups", Path: "/console/c/{commune}/groups/notices", Where: console.InCommune, Needs: access.ActForGroup},
			{Text: "notices.appeals", Path: "/console/c/{commune}/appeals", Where: console.InCommune, Needs: access.JudgeAppeals},
		},
	}
}

// notice gives the notice of the path, when the commune has a word in it: its own, and those for the public. What an
// organisation tells its own members is theirs.
func (r *room) notice(ctx context.Context, q *console.Request) (store.Notice, error) {
	id, err := q.Key("notice")
	if err != nil {
		return store.Notice{}, err
	}
	n, err := r.Notices.Notices.Get(ctx, q.Commune.ID, id)
	if err == nil && n.Organisation != 0 && (n.Audience != store.AudiencePublic || n.State == store.NoticeDraft) {
		err = store.NewError(store.CodeNotFound, "find notice", "an organisation's own")
	}
	return n, err
}

// own gives a notice of the town hall.
func (r *room) own(ctx context.Context, q *console.Request) (store.Notice, error) {
	n, err := r.notice(ctx, q)
	if err == nil && n.Organisation != 0 {
		err = store.NewError(store.CodeNotFound, "find notice", "an organisation's")
	}
	return n, err
}

// by is who acts, as notices name them.
func by(q *console.Request) store.By { return store.By{Account: q.Who.Account.ID} }
