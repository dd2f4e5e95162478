// Package budgets is the room in which a town hall brings in its budgets and accounts, checks them, sees them as residents
// will on their phones, and publishes them; in which it keeps the calendar of the year, says how a document was voted, and how
// far each work is.
package budgets

import (
	"context"
	"embed"
	"io"
	"time"

	"baro/flows"
	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/console"
	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Documents are a commune's budgets and accounts, drafts too.
type Documents interface {
	Document(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, error)
	Documents(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Lines(ctx context.Context, commune store.PlaceID, document int64) ([]store.BudgetLine, error)
}

// Publishing moves documents.
type Publishing interface {
	Publish(ctx context.Context, commune store.PlaceID, document int64, act store.Act) error
	Withdraw(ctx context.Context, commune store.PlaceID, document int64, act store.Act) (*store.BudgetDocument, error)
	DeleteDraft(ctx context.Context, commune store.PlaceID, document int64) error
}

// Works are the commune's investments.
type Works interface {
	Get(ctx context.Context, commune store.PlaceID, id int64) (store.Work, error)
	List(ctx context.Context, commune store.PlaceID, year int) ([]store.Work, error)
	Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.WorkState, act store.Act) error
}

// Importer reads files.
type Importer interface {
	Plan(ctx context.Context, kind exchange.Kind, r io.Reader, o exchange.Options) (*report.Report, report.Commit, error)
}

// Preview shows the screens of the budget as callers will see them once a document is published.
type Preview func(ctx context.Context, d store.BudgetDocument, lang string, keys ...string) ([]flows.Screen, charset.Profile, error)

// Dials tells what to dial.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Deps are what the room works with.
type Deps struct {
	Documents  Documents
	Publishing Publishing
	Budget     *budget.Service
	Works      Works
	Uploads    store.Uploads
	Importer   Importer
	Preview    Preview
	Languages  func() []locales.Language // those callers may choose
	Label      func(lang, id string) string
	Dials      Dials
	Now        func() time.Time
	Zone       *time.Location
}

// room answers for one console.
type room struct{ Deps }

// Room gives the room.
func Room(d Deps) console.Room {
	r := &room{d}
	in := func(method, path string, needs access.Permission, do console.Handler) console.Route {
		return console.Route{Method: method, Path: "/console/c/{commune}/budgets" + path, Where: console.InCommune, Needs: needs, Do: do}
	}
	return console.Room{
		Name: "budgets",
		Routes: []console.Route{
			in("GET", "", access.ReadRecords, r.list),
			in("GET", "/new", access.EditBudget, r.newUpload),
			in("POST", "/new", access.EditBudget, r.upload),
			in("GET", "/template", access.EditBudget, r.template),
			in("GET", "/uploads/{upload}", access.EditBudget, r.check),
			in("POST", "/uploads/{upload}/options", access.EditBudget, r.setOptions),
			in("POST", "/uploads/{upload}/fixes", access.EditBudget, r.setFixes),
			in("GET", "/uploads/{upload}/refused", access.EditBudget, r.refused),
			in("POST", "/uploads/{upload}/commit", access.EditBudget, r.commit),
			in("POST", "/uploads/{upload}/drop", access.EditBudget, r.drop),
			in("GET", "/calendar/{year}", access.ReadRecords, r.calendar),
			in("POST", "/calendar/{year}/{step}", access.EditBudget, r.noteStep),
			in("GET", "/works/{year}", access.ReadRecords, r.works),
			in("POST", "/works/{year}/{work}", access.EditBudget, r.moveWork),
			in("GET", "/{document}", access.ReadRecords, r.show),
			in("GET", "/{document}/phone", access.ReadRecords, r.phone),
			in("GET", "/{document}/vote", access.EditBudget, r.vote),
			in("POST", "/{document}/vote", access.EditBudget, r.setVote),
			in("GET", "/{document}/publish", access.PublishBudget, r.look),
			in("POST", "/{document}/publish", access.PublishBudget, r.publish),
			in("POST", "/{document}/withdraw", access.PublishBudget, r.withdraw),
			in("POST", "/{document}/delete", access.EditBudget, r.remove),
		},
		Links: []console.Link{{Text: "budgets.nav", Path: "/console/c/{commune}/budgets", Where: console.InCommune, Needs: access.ReadRecords}},
		Files: files, Waiting: console.WaiterFunc(r.waiting),
	}
}

// document gives the document of the path.
func (r *room) document(ctx context.Context, q *console.Request) (store.BudgetDocument, error) {
	id, err := q.Key("document")
	if err != nil {
		return store.BudgetDocument{}, err
	}
	return r.Documents.Document(ctx, q.Commune.ID, id)
}
