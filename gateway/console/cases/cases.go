// Package cases is the room in which questions and problems of residents are worked on, each at its own desk: the town
// hall's, the moderators', and that of the person outside the town hall who gets what is about it. It also lists those who
// want to be called.
package cases

import (
	"context"
	"embed"
	"time"

	"baro/gateway/access"
	"baro/gateway/civic/callback"
	"baro/gateway/civic/question"
	"baro/gateway/console"
	"baro/locales"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Accounts are those who may be given a case.
type Accounts interface {
	List(ctx context.Context, commune store.PlaceID) ([]store.Account, error)
}

// Deps are what the room works with.
type Deps struct {
	Cases     *question.Service
	Calls     *callback.Service
	Accounts  Accounts
	Trail     Trail
	Languages func() []locales.Language // those callers may choose
	Now       func() time.Time
}

type room struct {
	Deps
	readings readings
}

// A desk is a room within the room: the same pages on the cases of one audience, for one permission.
type desk struct {
	*room
	name    string // in texts, and the segment of its paths
	desk    question.Desk
	needs   access.Permission
	answers bool // gives cases to colleagues and answers; a desk that does not reads, and closes what is no question
}

// desks are all of them. The town hall's and the moderators' never show a case about the town hall.
func (r *room) desks() []desk {
	return []desk{
		{r, "cases", question.DeskTownHall, access.AnswerCases, true},
		{r, "moderation", question.DeskTownHall, access.ModerateCases, false},
		{r, "referrals", question.DeskOutside, access.ReadReferrals, true},
	}
}

// Room gives the room.
func Room(d Deps) console.Room {
	r := &room{Deps: d, readings: readings{last: make(map[reading]time.Time)}}
	out := console.Room{Name: "cases", Files: files, Waiting: console.WaiterFunc(r.waiting)}
	in := func(method, path string, needs access.Permission, do console.Handler) {
		out.Routes = append(out.Routes, console.Route{
			Method: method, Path: "/console/c/{commune}" + path, Where: console.InCommune, Needs: needs, Do: do,
		})
	}
	for _, k := range r.desks() {
		path := "/" + k.name
		in("GET", path, k.needs, k.list)
		in("GET", path+"/{case}", k.needs, k.show)
		in("POST", path+"/{case}/close", k.needs, k.shut)
		if k.answers {
			in("POST", path+"/{case}/assign", k.needs, k.assign)
			in("POST", path+"/{case}/answer", k.needs, k.answer)
		}
		out.Links = append(out.Links, console.Link{
			Text: "cases.nav." + k.name, Path: "/console/c/{commune}" + path, Where: console.InCommune, Needs: k.needs,
		})
	}
	in("GET", "/calls", access.AnswerCases, r.calls)
	in("GET", "/calls/{call}", access.AnswerCases, r.call)
	in("POST", "/calls/{call}", access.AnswerCases, r.finish)
	out.Links = append(out.Links, console.Link{
		Text: "cases.nav.calls", Path: "/console/c/{commune}/calls", Where: console.InCommune, Needs: access.AnswerCases,
	})
	return out
}
