// Package exchange takes files in: places, budgets, services, offers, practices and contacts, as CSV or XLSX. Every import is planned first — what
// format the file has, what is new, what changes, which rows are refused and why — and written only by the commit, in
// one transaction. Importing a file twice changes nothing the second time.
package exchange

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"baro/gateway/exchange/budget"
	"baro/gateway/exchange/contact"
	"baro/gateway/exchange/opportunity"
	"baro/gateway/exchange/place"
	"baro/gateway/exchange/practice"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/service"
	"baro/gateway/exchange/table"
	"baro/store"
)

// Kind is what a file holds.
type Kind string

const (
	Places   Kind = "places"
	Budget   Kind = "budget"
	Services Kind = "services"

	Opportunities Kind = "opportunities"
	Practices     Kind = "practices"
	Contacts      Kind = "contacts"
)

// Kinds lists what can be imported.
func Kinds() []Kind { return []Kind{Places, Budget, Services, Opportunities, Practices, Contacts} }

// Valid tells whether k can be imported.
func (k Kind) Valid() bool { return slices.Contains(Kinds(), k) }

// Deps are the records an import reads and writes. Reads during a commit of a caller's transaction see that
// transaction.
type Deps struct {
	Tx       store.Writer
	Places   PlaceStore
	Budgets  BudgetStore
	Works    budget.Works
	Services service.Directory
	Contacts contact.Contacts
	Consents contact.Consents
	Audit    contact.Audit
	Keys     contact.Keys // nil: contacts cannot be imported
	Now      func() time.Time

	Opportunities opportunity.Store
	Practices     practice.Store
}

// PlaceStore is what imports need of places.
type PlaceStore interface {
	store.PlaceReader
	place.Writer
}

// BudgetStore is what imports need of budgets.
type BudgetStore = budget.Documents

// Options are what a file does not say itself; each kind takes those that concern it.
type Options struct {
	File    string            // name for reports and records
	Map     map[string]string // our column → the file's
	Fixes   []table.Fix       // cells with other values than the file's
	Limits  table.Limits
	Commune string // budget, services: number, p-code or other code
	Edition string // places: mandatory
	Year    int    // budget
	Stage   store.BudgetStage
	Unit    int64 // budget: 1, 1,000 or 1,000,000 FCFA
	Publish bool  // budget
	// Source names the keeper of a list of services; VerifiedAt is when its rows were checked.
	Source     string
	VerifiedAt time.Time
	// ConsentSource names the sheet on which everybody among the contacts agreed to notices; empty: nobody gets a consent.
	ConsentSource string
	Fictional     bool      // places of a demonstration
	Act           store.Act // who imports
}

// An Importer plans imports of every kind.
type Importer struct {
	places   *place.Importer
	budgets  *budget.Importer
	services *service.Importer

	opportunities *opportunity.Importer
	practices     *practice.Importer
	contacts      *contact.Importer
}

// New makes an importer.
func New(d Deps) *Importer {
	finder := communes{d.Places}
	return &Importer{
		places:   place.New(d.Places, d.Places, d.Tx),
		budgets:  budget.New(d.Budgets, d.Works, finder, d.Tx),
		services: service.New(d.Services, finder, d.Tx, d.Now),

		opportunities: opportunity.New(d.Opportunities, finder, d.Tx, d.Now),
		practices:     practice.New(d.Practices, finder, d.Tx),
		contacts: contact.New(contact.Deps{
			Tx: d.Tx, Contacts: d.Contacts, Consents: d.Consents, Audit: d.Audit, Places: finder, Keys: d.Keys, Now: d.Now,
		}),
	}
}

// Plan reads a file and tells what importing it would do; nothing is written before the commit. A file of which
// nothing can be imported has Rejected set in its report and no commit. The error is for failures of reading and of the
// store, and for an unknown kind.
func (im *Importer) Plan(ctx context.Context, kind Kind, r io.Reader, o Options) (*report.Report, report.Commit, error) {
	rep := report.New(string(kind), filepath.Base(o.File))
	if o.File == "" {
		rep.File = ""
	}
	var commit report.Commit
	var err error
	sheet := table.Options{Map: o.Map, Fixes: o.Fixes, Limits: o.Limits}
	switch kind {
	case Places:
		commit, err = im.places.Plan(ctx, r, place.Options{Edition: o.Edition, Fictional: o.Fictional, Act: o.Act, Table: sheet}, rep)
	case Budget:
		commit, err = im.budgets.Plan(ctx, r, budget.Options{Commune: o.Commune, Year: o.Year, Stage: o.Stage, Unit: o.Unit,
			Publish: o.Publish, File: rep.File, Act: o.Act, Table: sheet}, rep)
	case Services:
		commit, err = im.services.Plan(ctx, r, service.Options{Commune: o.Commune, Source: o.Source, VerifiedAt: o.VerifiedAt, Table: sheet}, rep)
	case Opportunities:
		commit, err = im.opportunities.Plan(ctx, r, opportunity.Options{Commune: o.Commune, Publish: o.Publish, Act: o.Act, Table: sheet}, rep)
	case Practices:
		commit, err = im.practices.Plan(ctx, r, practice.Options{Commune: o.Commune, Publish: o.Publish, Act: o.Act, Table: sheet}, rep)
	case Contacts:
		commit, err = im.contacts.Plan(ctx, r, contact.Options{Commune: o.Commune, ConsentSource: o.ConsentSource, Act: o.Act, Table: sheet}, rep)
	default:
		return nil, nil, fmt.Errorf("import: unknown kind %q", kind)
	}
	if reason, bad := table.AsRejection(err); bad {
		rep.Reject(reason)
		err = nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("plan import of %s: %w", kind, err)
	}
	if rep.Rejected != nil {
		c := &rep.Counts
		c.Accepted, c.New, c.Changed, c.Unchanged = 0, 0, 0, 0
		return rep, nil, nil
	}
	return rep, commit, nil
}
