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
	b := &batch{importer: im, options: o, rep: rep, communes: owner.NewBook(im.communes, o.Commune),
		stored: map[store.PlaceID]map[identity]store.Practice{}, lines: map[identity]int{}}
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

// identity is what makes a practice the same one at the next import.
type identity struct {
	commune store.PlaceID
	title   string
}

func identityOf(p store.Practice) identity { return identity{p.Commune, charset.Fold(p.Title["fr"])} }

// batch is the content of one file.
type batch struct {
	importer *Importer
	options  Options
	rep      *report.Report
	communes *owner.Book
	stored   map[store.PlaceID]map[identity]store.Practice
	lines    map[identity]int
	changes  []change
}

// change is one row that is new or differs from what is stored.
type change struct {
	record  store.Practice // with the id of the stored one, 0 when new
	revise  bool
	publish bool
}

func (b *batch) take(ctx context.Context, row table.Row) error {
	p, ok, err := b.read(ctx, row)
	if err != nil || !ok {
		return err
	}
	key := identityOf(p)
	if line, doubled := b.lines[key]; doubled {
		b.refuse(row, "title", report.Duplicate, line)
		return nil
	}
	b.lines[key] = row.Line
	known, err := b.known(ctx, p.Commune)
	if err != nil {
		return err
	}
	b.rep.Counts.Accepted++
	old, stored := known[key]
	if !stored {
		b.rep.Counts.New++
		b.changes = append(b.changes, change{record: p, publish: b.options.Publish})
		return nil
	}
	p.ID = old.ID
	c := change{record: p, revise: !same(old, p), publish: b.options.Publish && old.State == store.PracticeDraft}
	if !c.revise && !c.publish {
		b.rep.Counts.Unchanged++
		return nil
	}
	b.rep.Counts.Changed++
	b.changes = append(b.changes, c)
	return nil
}

// read takes a row apart; false when it is refused.
func (b *batch) read(ctx context.Context, row table.Row) (p store.Practice, ok bool, err error) {
	commune, code, err := b.communes.Of(ctx, row)
	if err != nil {
		return p, false, err
	}
	if code != "" {
		b.refuse(row, owner.Column, code)
		return p, false, nil
	}
	p = store.Practice{Commune: commune.ID, Title: owner.Texts(row, "title"), Problem: owner.Texts(row, "problem"),
		Measure: owner.Texts(row, "measure"), Result: owner.Texts(row, "result")}
	year, err := strconv.Atoi(row.Get("year"))
	if err != nil || year < firstYear || year > lastYear {
		b.refuse(row, "year", report.BadNumber)
		return p, false, nil
	}
	p.Year = year
	if text := row.Raw("cost"); text != "" {
		cost, bad := table.Amount(text, 1)
		if bad == "" && cost < 0 {
			bad = report.Negative
		}
		if bad != "" {
			b.refuse(row, "cost", bad)
			return p, false, nil
		}
		p.Cost = &cost
	}
	for _, fault := range learning.Check(p) {
		if fault.Reason == "missing" {
			b.refuse(row, fault.Field, report.Missing)
		} else {
			b.refuse(row, fault.Field, report.TooLong, limit(fault.Field))
		}
		return p, false, nil
	}
	return p, true, nil
}

// known gives what is stored of a commune.
func (b *batch) known(ctx context.Context, commune store.PlaceID) (map[identity]store.Practice, error) {
	if known, ok := b.stored[commune]; ok {
		return known, nil
	}
	all, err := b.importer.store.List(ctx, commune)
	if err != nil {
		return nil, err
	}
	known := make(map[identity]store.Practice, len(all))
	for _, p := range all {
		known[identityOf(p)] = p
	}
	b.stored[commune] = known
	return known, nil
}

func (b *batch) commit(ctx context.Context) error {
	im, act := b.importer, b.options.Act
	err := im.tx.Write(ctx, func(ctx context.Context) error {
		for _, c := range b.changes {
			p, err := c.record, error(nil)
			switch {
			case p.ID == 0:
				p, err = im.store.Create(ctx, p)
			case c.revise:
				_, err = im.store.Revise(ctx, p, act)
			}
			if err == nil && c.publish {
				err = im.store.Move(ctx, p.Commune, p.ID, store.PracticeDraft, store.PracticePublished, act)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import practices: %w", err)
	}
	return nil
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

func (b *batch) refuse(row table.Row, column string, code report.Code, args ...any) {
	b.rep.Refuse(row.Line, row.Column(column), row.Get(column), report.Because(code, args...))
}
