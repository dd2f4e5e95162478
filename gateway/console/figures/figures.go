// Package figures is the room of those who follow several communes: aggregates only, with no record of a commune and no
// person in it. What is counted of people is not told below ten.
package figures

import (
	"context"
	"embed"
	"time"

	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/civic/question"
	"baro/gateway/console"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Communes are those in use.
type Communes interface {
	Communes(ctx context.Context) ([]store.Place, error)
}

// Consultations are read for their states.
type Consultations interface {
	List(ctx context.Context, commune store.PlaceID, states ...store.ConsultationState) ([]store.Consultation, error)
}

// Services are read for when they were checked.
type Services interface {
	List(ctx context.Context, commune store.PlaceID, need string) ([]store.Service, error)
}

// Deps are what the room works with.
type Deps struct {
	Communes      Communes
	Budget        *budget.Service
	Consultations Consultations
	Cases         *question.Service
	Services      Services
	Counters      store.Counters
	Now           func() time.Time
	Zone          *time.Location
}

type room struct{ Deps }

// Room gives the room.
func Room(d Deps) console.Room {
	r := &room{d}
	return console.Room{
		Name: "figures", Files: files,
		Routes: []console.Route{
			{Method: "GET", Path: "/console/figures", Where: console.Anywhere, Needs: access.ReadFigures, Do: r.list},
			{Method: "GET", Path: "/console/figures.csv", Where: console.Anywhere, Needs: access.ReadFigures, Do: r.export},
		},
		Links: []console.Link{{Text: "figures.nav", Path: "/console/figures", Where: console.Anywhere, Needs: access.ReadFigures}},
	}
}
