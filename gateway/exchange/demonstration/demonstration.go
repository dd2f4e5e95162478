// Package demonstration fills an empty database with a fictional commune, Jèkabara, and two fictional neighbours, so
// that everything baro does can be tried at once. Names, amounts, positions and phone numbers are invented and marked
// as such; no person is. The files go through the importers that real ones go through.
package demonstration

import (
	"context"
	"embed"
	"fmt"
	"time"

	"baro/gateway/exchange"
	"baro/gateway/exchange/budget"
	"baro/gateway/exchange/service"
	"baro/store"
)

// What the demonstration's places can be found by.
const (
	Edition       = "demo"
	CommuneNumber = "417" // Jèkabara
	CommunePcode  = "ML990101"
)

// source stands beside every fictional record that has room for it.
const source = "démonstration (fictif)"

//go:embed data/*.csv
var files embed.FS

// Deps are the records that are filled.
type Deps struct {
	Tx            store.Writer
	Places        exchange.PlaceStore
	Budgets       Budgets
	Works         Works
	TaxFacts      TaxFacts
	Calendar      Calendar
	Services      service.Directory
	Referrals     Referrals
	Consultations Consultations
	Ballots       Ballots
	Cases         Cases
	Opportunities Opportunities
	Markets       Markets
	Projects      Projects
	Practices     Practices
	Voices        Voices
	Organisations Organisations
	Mandates      Mandates
	Officers      Officers
	Members       Members
	Venues        Venues
	Notices       Notices
	Attendances   Attendances
	Callbacks     Callbacks
	// Cards stores vote cards. Nil leaves the demonstration without.
	Cards Cards
	// People makes officers and members of the groups. Nil leaves the demonstration without groups.
	People *People
	// Seal encrypts the words of a case as the subject of questions does. Nil leaves the cases without words.
	Seal func(words string) (store.Sealed, error)
}

// Budgets imports documents and dates their votes.
type Budgets interface {
	budget.Documents
	SetVote(ctx context.Context, commune store.PlaceID, document int64, v store.Vote, transmitted, approved store.Date, act store.Act) error
}

// Works imports works and moves their states.
type Works interface {
	store.WorkReader
	store.WorkWriter
}

// Calendar keeps what is noted of the budget's steps.
type Calendar interface {
	Put(ctx context.Context, e store.CalendarEntry, act store.Act) (store.CalendarEntry, error)
}

// Referrals keeps contacts outside town halls.
type Referrals interface {
	Put(ctx context.Context, r store.Referral, act store.Act) (store.Referral, error)
}

// TaxFacts keeps what is told of the TDRL.
type TaxFacts interface {
	Put(ctx context.Context, f store.TaxFacts) error
}

// Seed fills the database in one transaction and tells whether it did: what stands already is left alone, so that a
// demonstration keeps what people did with it. Dates are relative to now: questions are open, checks are fresh.
func Seed(ctx context.Context, d Deps, now time.Time) (bool, error) {
	_, err := d.Places.ByCode(ctx, Edition, CommunePcode)
	if err == nil {
		return false, nil
	}
	if store.CodeOf(err) != store.CodeNotFound {
		return false, fmt.Errorf("seed demonstration: %w", err)
	}
	now = now.UTC().Truncate(time.Second)
	err = d.Tx.Write(ctx, func(ctx context.Context) error {
		s := &seeding{Deps: d, now: now, act: store.Act{Actor: "system", Reason: source}, communes: map[string]store.PlaceID{}}
		s.importer = exchange.New(exchange.Deps{Tx: d.Tx, Places: d.Places, Budgets: d.Budgets, Works: d.Works,
			Services: d.Services, Now: func() time.Time { return now }})
		for _, step := range []func(context.Context) error{s.places, s.budgets, s.workStates, s.taxFacts, s.calendar, s.seen, s.services, s.referrals, s.consultations, s.cases, s.economy, s.practices, s.groups, s.choices, s.waiting} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("seed demonstration: %w", err)
	}
	return true, nil
}

// seeding is one run of Seed.
type seeding struct {
	Deps
	importer *exchange.Importer
	now      time.Time
	act      store.Act
	communes map[string]store.PlaceID // by number
}

// load imports one embedded file whole: a row refused is a defect of the demonstration.
func (s *seeding) load(ctx context.Context, kind exchange.Kind, name string, o exchange.Options) error {
	f, err := files.Open("data/" + name)
	if err != nil {
		return err
	}
	defer f.Close()
	o.File, o.Act = name, s.act
	rep, commit, err := s.importer.Plan(ctx, kind, f, o)
	if err != nil {
		return err
	}
	if !rep.Clean() {
		return fmt.Errorf("%s: %d rows refused", name, rep.Counts.Refused)
	}
	return commit(ctx)
}

func (s *seeding) places(ctx context.Context) error {
	if err := s.load(ctx, exchange.Places, "places.csv", exchange.Options{Edition: Edition, Fictional: true}); err != nil {
		return err
	}
	for _, number := range []string{CommuneNumber, "418", "419"} {
		p, err := s.Places.ByNumber(ctx, number)
		if err != nil {
			return err
		}
		s.communes[number] = p.ID
	}
	return nil
}

func (s *seeding) services(ctx context.Context) error {
	checked := s.now.AddDate(0, 0, -12)
	return s.load(ctx, exchange.Services, "services.csv", exchange.Options{Source: source, VerifiedAt: checked})
}

// referrals are contacts of the cercle and the country; none of them exists.
func (s *seeding) referrals(ctx context.Context) error {
	home, err := s.Places.Get(ctx, s.communes[CommuneNumber])
	if err != nil {
		return err
	}
	checked := s.now.AddDate(0, 0, -12)
	for _, r := range []store.Referral{
		{Purpose: store.ReferralAbuse, Name: "Recours (fictif)", Phone: "00 00 00 71"},
		{Purpose: store.ReferralProtection, Name: "Protection (fictive)", Phone: "00 00 00 72"},
		{Purpose: store.ReferralThreat, Name: "Médiateur (fictif)", Phone: "00 00 00 73"},
		{Purpose: store.ReferralMediation, Name: "Médiateur (fictif)", Phone: "00 00 00 73"},
	} {
		r.Area, r.Verified = home.ParentID, checked
		if _, err := s.Referrals.Put(ctx, r, s.act); err != nil {
			return err
		}
	}
	return nil
}

// day is a civil day some days from now.
func (s *seeding) day(days int) store.Date {
	return store.Date(s.now.AddDate(0, 0, days).Format(time.DateOnly))
}
