// Package opportunity imports jobs, trainings and tenders of communes from a table. What is known stays under its number: a
// tender is known by its contracting process, everything else by kind, title and organisation.
package opportunity

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"

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
	b := &batch{importer: im, options: o, rep: rep, communes: owner.NewBook(im.communes, o.Commune),
		stored: map[store.PlaceID]map[identity]store.Opportunity{}, lines: map[identity]int{}}
	for {
		row, err := file.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := b.take(ctx, row); err != nil {
			return nil, err
		}
	}
	if rep.Counts.Accepted == 0 {
		rep.Reject(report.Because(report.NothingToDo))
		return nil, nil
	}
	return b.commit, nil
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

// batch is the content of one file.
type batch struct {
	importer *Importer
	options  Options
	rep      *report.Report
	communes *owner.Book
	stored   map[store.PlaceID]map[identity]store.Opportunity
	lines    map[identity]int
	changes  []change
}

// change is one row that is new or differs from what is stored.
type change struct {
	record  store.Opportunity // with the id of the stored one, 0 when new
	revise  bool
	publish bool
}

func (b *batch) take(ctx context.Context, row table.Row) error {
	o, ok, err := b.read(ctx, row)
	if err != nil || !ok {
		return err
	}
	key := identityOf(o)
	if line, doubled := b.lines[key]; doubled {
		b.refuse(row, "title", report.Duplicate, line)
		return nil
	}
	b.lines[key] = row.Line
	known, err := b.known(ctx, o.Commune)
	if err != nil {
		return err
	}
	old, stored := known[key]
	switch {
	case !stored:
		b.rep.Counts.New++
		b.changes = append(b.changes, change{record: o, publish: b.options.Publish})
	case old.State == store.OpportunityClosed || old.State == store.OpportunityWithdrawn:
		b.refuse(row, "title", report.AlreadyOver)
		return nil
	default:
		o.ID = old.ID
		c := change{record: o, revise: !same(old, o), publish: b.options.Publish && old.State == store.OpportunityDraft}
		if !c.revise && !c.publish {
			b.rep.Counts.Unchanged++
			break
		}
		b.rep.Counts.Changed++
		b.changes = append(b.changes, c)
	}
	b.rep.Counts.Accepted++
	return nil
}

// known gives what is stored of a commune.
func (b *batch) known(ctx context.Context, commune store.PlaceID) (map[identity]store.Opportunity, error) {
	if known, ok := b.stored[commune]; ok {
		return known, nil
	}
	all, err := b.importer.store.List(ctx, commune)
	if err != nil {
		return nil, err
	}
	known := make(map[identity]store.Opportunity, len(all))
	slices.Reverse(all) // of two of the same name the later deadline counts
	for _, o := range all {
		known[identityOf(o)] = o
	}
	b.stored[commune] = known
	return known, nil
}

func (b *batch) commit(ctx context.Context) error {
	im, act := b.importer, b.options.Act
	err := im.tx.Write(ctx, func(ctx context.Context) error {
		for _, c := range b.changes {
			o, err := c.record, error(nil)
			switch {
			case o.ID == 0:
				o, err = im.store.Create(ctx, o)
			case c.revise:
				_, err = im.store.Revise(ctx, o, act)
			}
			if err == nil && c.publish {
				err = im.store.Move(ctx, o.Commune, o.ID, store.OpportunityDraft, store.OpportunityPublished, act)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import opportunities: %w", err)
	}
	return nil
}

func same(a, b store.Opportunity) bool {
	return reflect.DeepEqual(a.Title, b.Title) && equalTexts(a.Summary, b.Summary) && a.Organisation == b.Organisation &&
		a.PlaceName == b.PlaceName && a.Deadline.Equal(b.Deadline) && a.OCID == b.OCID && reflect.DeepEqual(a.Tender, b.Tender)
}

// equalTexts takes no texts and none at all for the same.
func equalTexts(a, b store.Texts) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

func (b *batch) refuse(row table.Row, column string, code report.Code, args ...any) {
	b.rep.Refuse(row.Line, row.Column(column), row.Get(column), report.Because(code, args...))
}
