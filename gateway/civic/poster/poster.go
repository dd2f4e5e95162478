// Package poster puts what a commune tells into words that leave the phone: a sheet for the wall, a text for the radio, a text
// for the town crier. Each ends with what to dial, so that anybody can hear it again and know that it was genuine.
package poster

import (
	"context"
	"time"

	"baro/gateway/civic/budget"
	"baro/gateway/civic/learning"
	"baro/gateway/civic/place"
	"baro/store"
)

// Kind is what a sheet is about.
type Kind string

// The kinds, each with what its number is.
const (
	Budget       Kind = "budget"       // the year
	Work         Kind = "work"         // the number people dial
	Consultation Kind = "consultation" // the number people dial
	Meeting      Kind = "meeting"      // the number people dial
	Offer        Kind = "offer"        // the number people dial: a job, a training or a tender
	Practice     Kind = "practice"     // its number in the whole country
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Budget, Work, Consultation, Meeting, Offer, Practice} }

// A Sheet is what is told, ready to be read.
type Sheet struct {
	Language string
	Commune  string
	Title    string
	Facts    []string // short sentences
	Ask      string   // what people may do; "" for nothing
	Dial     string   // "" where the commune cannot be reached by USSD
}

// Budgets tells budgets and works.
type Budgets interface {
	Published(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Figures(ctx context.Context, d store.BudgetDocument) (*budget.Figures, error)
	Number(ctx context.Context, commune store.PlaceID, year int) (int, error)
}

// Communes knows communes.
type Communes interface {
	Commune(id store.PlaceID) (place.Commune, bool)
}

// Consultations tells what may be shown of a consultation.
type Consultations interface {
	Dialled(ctx context.Context, commune store.PlaceID, number int, now time.Time) (store.Consultation, bool, error)
}

// Meetings tells public meetings, without place and time where a commune is shielded.
type Meetings interface {
	Public(ctx context.Context, commune store.PlaceID, now time.Time) (all []store.Notice, shielded bool, err error)
}

// Venues knows places to meet.
type Venues interface {
	Get(ctx context.Context, commune store.PlaceID, id int64) (store.Venue, error)
}

// Organisations knows who invites.
type Organisations interface {
	Get(ctx context.Context, commune store.PlaceID, id int64) (store.Organisation, error)
}

// Offers tells open offers.
type Offers interface {
	Dialled(ctx context.Context, commune store.PlaceID, number int, now time.Time) (store.DialTarget, error)
	Get(ctx context.Context, commune store.PlaceID, id int64, now time.Time) (store.Opportunity, bool, error)
}

// Practices tells published practices.
type Practices interface {
	Dialled(ctx context.Context, number int) (learning.Told, bool, error)
}

// Dials tells what to dial.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Deps are what sheets are made from.
type Deps struct {
	Communes      Communes
	Budgets       Budgets
	Works         store.WorkReader
	Numbers       store.DialNumbers
	Consultations Consultations
	Meetings      Meetings
	Venues        Venues
	Organisations Organisations
	Offers        Offers
	Practices     Practices
	Dials         Dials
	Label         func(lang, id string) string // a message of the catalogue without fields
	Now           func() time.Time
	Zone          *time.Location
}

// Service makes sheets.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{d} }

// Keys of the main menu, as printed.
const (
	keyBudget   = 1
	keyDialogue = 2
	keyEconomy  = 4
	keyLearning = 6
)

// Make tells one thing of a commune, in French or English; any other language is French. CodeNotFound when there is no such
// thing or residents may not see it.
func (s *Service) Make(ctx context.Context, commune store.PlaceID, kind Kind, number int, lang string) (Sheet, error) {
	c, ok := s.Communes.Commune(commune)
	if !ok {
		return Sheet{}, missing("no such commune")
	}
	t := textsIn(lang)
	sheet := Sheet{Language: t.lang, Commune: c.Name}
	var err error
	switch kind {
	case Budget:
		err = s.budget(ctx, &sheet, t, commune, number)
	case Work:
		err = s.work(ctx, &sheet, t, commune, number)
	case Consultation:
		err = s.consultation(ctx, &sheet, t, commune, number)
	case Meeting:
		err = s.meeting(ctx, &sheet, t, commune, number)
	case Offer:
		err = s.offer(ctx, &sheet, t, commune, number)
	case Practice:
		err = s.practice(ctx, &sheet, t, commune, number)
	default:
		err = store.NewError(store.CodeInvalid, "make sheet", "unknown kind")
	}
	return sheet, err
}

func missing(why string) error { return store.NewError(store.CodeNotFound, "make sheet", why) }
