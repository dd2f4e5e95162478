// Package practice imports what communes did about problems, from a table. A practice is known by its commune and French
// title and stays under its number.
package practice

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"

	"baro/gateway/civic/learning"
	"baro/gateway/exchange/listing"
	"baro/gateway/exchange/owner"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// plain is the layout's name, as the report shows it.
const plain = "baro-practices"

// Years that a practice may be of, as the store takes them.
const firstYear, lastYear = 1990, 2200

// Store is what the import compares a file with and writes to.
type Store interface {
	List(ctx context.Context, commune store.PlaceID) ([]store.Practice, error)
	store.PracticeWriter
}

// Options are what the file does not say.
type Options struct {
	Commune string // of rows that name none: number, p-code or other code
	Publish bool   // show what is new at once, and drafts that the file names again
	Act     store.Act
	Table   table.Options
}

// An Importer plans imports of practices.
type Importer struct {
	store    Store
	communes owner.Communes
	tx       store.Writer
}

// New makes an importer.
func New(s Store, communes owner.Communes, tx store.Writer) *Importer {
	return &Importer{store: s, communes: communes, tx: tx}
}

func layouts() []table.Layout {
	columns := slices.Concat(
		owner.Columns("title", true, "titre"), owner.Columns("problem", true, "problème"),
		owner.Columns("measure", true, "ce qu'on a fait", "mesure"), owner.Columns("result", true, "résultat"),
		[]table.Column{
			{Name: "cost", Aliases: []string{"cost", "coût"}},
			{Name: "year", Aliases: []string{"year", "année"}, Required: true},
			{Name: owner.Column, Aliases: []string{"commune", "numéro de commune"}},
		})
	return []table.Layout{{Name: plain, Columns: columns}}
}

// Plan reads a file and compares it with what is stored. Nothing is written before the commit. The error is for failures of
// reading or of the store, never for the file's content.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := &rows{communes: owner.NewBook(im.communes, o.Commune), rep: rep}
	return listing.Plan(ctx, file, listing.Kind[store.Practice, identity]{
		Read: rows.read, Commune: func(p store.Practice) store.PlaceID { return p.Commune }, Identity: identityOf, Stored: im.store.List,
		Meet: meet, Write: func(ctx context.Context, c listing.Change[store.Practice]) error { return im.write(ctx, c, o.Act) },
	}, o.Publish, im.tx, rep)
}

// identity is what makes a practice the same one at the next import.
type identity struct {
	commune store.PlaceID
	title   string
}

func identityOf(p store.Practice) identity { return identity{p.Commune, charset.Fold(p.Title["fr"])} }

// meet keeps the number of what is known.
func meet(old, fresh store.Practice) (store.Practice, listing.Meeting) {
	fresh.ID = old.ID
	return fresh, listing.Meeting{Same: same(old, fresh), Draft: old.State == store.PracticeDraft}
}

func (im *Importer) write(ctx context.Context, c listing.Change[store.Practice], act store.Act) (err error) {
	p := c.Record
	switch {
	case c.New:
		p, err = im.store.Create(ctx, p)
	case c.Revise:
		_, err = im.store.Revise(ctx, p, act)
	}
	if err == nil && c.Publish {
		err = im.store.Move(ctx, p.Commune, p.ID, store.PracticeDraft, store.PracticePublished, act)
	}
	if err != nil {
		return fmt.Errorf("import practice: %w", err)
	}
	return nil
}

// rows takes the rows of one file apart.
type rows struct {
	communes *owner.Book
	rep      *report.Report
}

func (r *rows) read(ctx context.Context, row table.Row) (p store.Practice, ok bool, err error) {
	commune, code, err := r.communes.Of(ctx, row)
	if err != nil {
		return p, false, err
	}
	if code != "" {
		r.refuse(row, owner.Column, code)
		return p, false, nil
	}
	p = store.Practice{Commune: commune.ID, Title: owner.Texts(row, "title"), Problem: owner.Texts(row, "problem"),
		Measure: owner.Texts(row, "measure"), Result: owner.Texts(row, "result")}
	year, err := strconv.Atoi(row.Get("year"))
	if err != nil || year < firstYear || year > lastYear {
		r.refuse(row, "year", report.BadNumber)
		return p, false, nil
	}
	p.Year = year
	if text := row.Raw("cost"); text != "" {
		cost, bad := table.Amount(text, 1)
		if bad == "" && cost < 0 {
			bad = report.Negative
		}
		if bad != "" {
			r.refuse(row, "cost", bad)
			return p, false, nil
		}
		p.Cost = &cost
	}
	if faults := learning.Check(p); len(faults) > 0 { // a row is refused for its first fault
		fault := faults[0]
		if fault.Reason == "missing" {
			r.refuse(row, fault.Field, report.Missing)
		} else {
			r.refuse(row, fault.Field, report.TooLong, limit(fault.Field))
		}
		return p, false, nil
	}
	return p, true, nil
}

func same(a, b store.Practice) bool {
	return reflect.DeepEqual([]store.Texts{a.Title, a.Problem, a.Measure, a.Result}, []store.Texts{b.Title, b.Problem, b.Measure, b.Result}) &&
		a.Year == b.Year && reflect.DeepEqual(a.Cost, b.Cost)
}

func limit(field string) int {
	if field == "title" {
		return learning.MaxTitle
	}
	return learning.MaxText
}

func (r *rows) refuse(row table.Row, column string, code report.Code, args ...any) {
	listing.Refuse(r.rep, row, column, code, args...)
}
