// Package opportunity imports jobs, trainings and tenders of communes from a table. What is known stays under its number: a
// tender is known by its contracting process, everything else by kind, title and organisation.
package opportunity

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"time"

	"baro/gateway/exchange/listing"
	"baro/gateway/exchange/owner"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// Store is what the import compares a file with and writes to.
type Store interface {
	List(ctx context.Context, commune store.PlaceID, states ...store.OpportunityState) ([]store.Opportunity, error)
	store.OpportunityWriter
}

// Options are what the file does not say.
type Options struct {
	Commune string // of rows that name none: number, p-code or other code
	Publish bool   // show what is new at once, and drafts that the file names again
	Act     store.Act
	Table   table.Options
}

// An Importer plans imports of opportunities.
type Importer struct {
	store    Store
	communes owner.Communes
	tx       store.Writer
	now      func() time.Time
}

// New makes an importer; nothing is taken whose deadline is not after now.
func New(s Store, communes owner.Communes, tx store.Writer, now func() time.Time) *Importer {
	return &Importer{store: s, communes: communes, tx: tx, now: now}
}

// Plan reads a file and compares it with what is stored. Nothing is written before the commit. The error is for failures of
// reading or of the store, never for the file's content.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := &rows{communes: owner.NewBook(im.communes, o.Commune), rep: rep, now: im.now()}
	return listing.Plan(ctx, file, listing.Kind[store.Opportunity, identity]{
		Read: rows.read, Commune: func(o store.Opportunity) store.PlaceID { return o.Commune }, Identity: identityOf,
		Stored: func(ctx context.Context, commune store.PlaceID) ([]store.Opportunity, error) {
			return im.store.List(ctx, commune)
		},
		Meet: meet, Write: func(ctx context.Context, c listing.Change[store.Opportunity]) error { return im.write(ctx, c, o.Act) },
	}, o.Publish, im.tx, rep)
}

// identity is what makes an opportunity the same one at the next import.
type identity struct {
	commune store.PlaceID
	kind    store.OpportunityKind
	name    string // the contracting process, or title and organisation
}

func identityOf(o store.Opportunity) identity {
	name := o.OCID
	if name == "" {
		name = charset.Fold(o.Title["fr"]) + "\x00" + charset.Fold(o.Organisation)
	}
	return identity{o.Commune, o.Kind, name}
}

// meet keeps the number of what is known. What was closed or withdrawn does not come back by a list that still has it.
func meet(old, fresh store.Opportunity) (store.Opportunity, listing.Meeting) {
	fresh.ID = old.ID
	return fresh, listing.Meeting{
		Same: same(old, fresh), Draft: old.State == store.OpportunityDraft,
		Over: old.State == store.OpportunityClosed || old.State == store.OpportunityWithdrawn,
	}
}

func (im *Importer) write(ctx context.Context, c listing.Change[store.Opportunity], act store.Act) (err error) {
	o := c.Record
	switch {
	case c.New:
		o, err = im.store.Create(ctx, o)
	case c.Revise:
		_, err = im.store.Revise(ctx, o, act)
	}
	if err == nil && c.Publish {
		err = im.store.Move(ctx, o.Commune, o.ID, store.OpportunityDraft, store.OpportunityPublished, act)
	}
	if err != nil {
		return fmt.Errorf("import opportunity: %w", err)
	}
	return nil
}

func same(a, b store.Opportunity) bool {
	return reflect.DeepEqual(a.Title, b.Title) && equalTexts(a.Summary, b.Summary) && a.Organisation == b.Organisation &&
		a.PlaceName == b.PlaceName && a.Deadline.Equal(b.Deadline) && a.OCID == b.OCID && reflect.DeepEqual(a.Tender, b.Tender)
}

// equalTexts takes no texts and none at all for the same.
func equalTexts(a, b store.Texts) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }
