// Package budget imports a commune's budgets and accounts: the columns of the SCDL budget schema, and the sheets that
// town halls keep in Excel, with titles above and totals below. Totals are checked and not imported. A file becomes a
// draft; publishing is asked for. Investment lines that name an operation and a village become works with a permanent
// number of their own.
package budget

import (
	"context"
	"fmt"
	"io"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// Documents is what the import needs of the budgets.
type Documents interface {
	Documents(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Lines(ctx context.Context, commune store.PlaceID, document int64) ([]store.BudgetLine, error)
	Create(ctx context.Context, d store.BudgetDocument) (store.BudgetDocument, error)
	AddLines(ctx context.Context, commune store.PlaceID, document int64, lines []store.BudgetLine) error
	Publish(ctx context.Context, commune store.PlaceID, document int64, act store.Act) error
}

// Works keeps the investments people can see.
type Works interface {
	Upsert(ctx context.Context, w store.Work) (store.Work, error)
}

// Places finds the commune a file names, and its villages.
type Places interface {
	// Commune finds a commune by number, p-code, or another code among its aliases; CodeNotFound for none.
	Commune(ctx context.Context, code string) (store.Place, error)
	Settlements(ctx context.Context, commune store.PlaceID) ([]store.Place, error)
}

// Options are what the file itself may not say. Where both say it, they must agree.
type Options struct {
	Commune string // number, p-code or other code
	Year    int
	Stage   store.BudgetStage
	Unit    int64 // what amounts are counted in: 1 (also for 0), 1,000 or 1,000,000 FCFA
	Publish bool
	File    string
	Act     store.Act
	Table   table.Options
}

// An Importer plans imports of budgets.
type Importer struct {
	documents Documents
	works     Works
	places    Places
	tx        store.Writer
}

// New makes an importer.
func New(d Documents, w Works, p Places, tx store.Writer) *Importer {
	return &Importer{documents: d, works: w, places: p, tx: tx}
}

// Plan reads a file, checks its sums and compares it with the version that stands. Nothing is written before the
// commit. The error is for failures of reading or of the store, never for the file's content.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h := newHeading(o, rep)
	if h.rejectUnit() {
		return nil, nil
	}
	doc, err := read(file, h, rep)
	if err != nil {
		return nil, err
	}
	commune, err := h.settle(ctx, im.places)
	if err != nil || rep.Rejected != nil {
		return nil, err
	}
	doc.check(h.stage, rep)
	if rep.Counts.Accepted = len(doc.lines); rep.Counts.Accepted == 0 {
		rep.Reject(report.Because(report.NothingToDo))
		return nil, nil
	}
	works, err := im.worksOf(ctx, commune.ID, h, doc, rep)
	if err != nil {
		return nil, err
	}
	draft := store.BudgetDocument{Commune: commune.ID, Year: h.year, Stage: h.stage, SourceName: o.File, SourceHash: file.Hash()}
	return im.compare(ctx, draft, doc.lines, works, o, rep)
}

// compare finds the version that stands and what the file changes. The same file a second time writes nothing, unless
// its draft is now to be published.
func (im *Importer) compare(ctx context.Context, draft store.BudgetDocument, lines []store.BudgetLine, works []store.Work, o Options, rep *report.Report) (report.Commit, error) {
	all, err := im.documents.Documents(ctx, draft.Commune)
	if err != nil {
		return nil, err
	}
	var latest store.BudgetDocument
	for _, d := range all {
		if d.Year == draft.Year && d.Stage == draft.Stage && d.Version > latest.Version {
			latest = d
		}
	}
	if latest.ID == 0 {
		rep.Counts.New = len(lines)
		return im.commit(draft, lines, works, o), nil
	}
	before, err := im.documents.Lines(ctx, draft.Commune, latest.ID)
	if err != nil {
		return nil, err
	}
	count(before, lines, &rep.Counts)
	if latest.SourceHash == draft.SourceHash && len(before) == len(lines) && rep.Counts.Unchanged == len(lines) {
		rep.Warn(0, "", "", report.Because(report.SameFile))
		return func(ctx context.Context) error {
			if o.Publish && latest.Status == store.BudgetDraft {
				return wrap(im.documents.Publish(ctx, latest.Commune, latest.ID, o.Act))
			}
			return nil
		}, nil
	}
	rep.Warn(0, "", "", report.Because(report.VersionReplaced, latest.Version+1))
	return im.commit(draft, lines, works, o), nil
}

func (im *Importer) commit(draft store.BudgetDocument, lines []store.BudgetLine, works []store.Work, o Options) report.Commit {
	return func(ctx context.Context) error {
		return wrap(im.tx.Write(ctx, func(ctx context.Context) error {
			created, err := im.documents.Create(ctx, draft)
			if err != nil {
				return err
			}
			if err := im.documents.AddLines(ctx, created.Commune, created.ID, lines); err != nil {
				return err
			}
			for _, w := range works {
				if _, err := im.works.Upsert(ctx, w); err != nil {
					return err
				}
			}
			if o.Publish {
				return im.documents.Publish(ctx, created.Commune, created.ID, o.Act)
			}
			return nil
		}))
	}
}

// lineKey is what makes a line the same line in two versions.
type lineKey struct {
	section            store.Section
	direction          store.Direction
	nature, function   string
	operation, village string
}

func keyOf(l store.BudgetLine) lineKey {
	return lineKey{l.Section, l.Direction, l.Nature.Code, l.Function.Code, l.Operation, l.Village}
}

func count(before, after []store.BudgetLine, c *report.Counts) {
	old := make(map[lineKey]store.BudgetLine, len(before))
	for _, l := range before {
		old[keyOf(l)] = l
	}
	for _, l := range after {
		was, ok := old[keyOf(l)]
		switch {
		case !ok:
			c.New++
		case was.Planned == l.Planned && equal(was.Previous, l.Previous) && equal(was.Revised, l.Revised) && equal(was.Realised, l.Realised) &&
			was.Nature == l.Nature && was.Chapter == l.Chapter && was.Function == l.Function && was.Sector == l.Sector && was.Kind == l.Kind:
			c.Unchanged++
		default:
			c.Changed++
		}
	}
}

func equal(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("import budget: %w", err)
}
