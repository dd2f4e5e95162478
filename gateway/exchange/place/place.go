// Package place imports administrative units and settlements: the three generations of OCHA's boundary tables, HDX's
// global list of p-codes, the list of settlements, and a plain layout of baro's own. A place is (edition, p-code): the
// same code names other places in another edition, so an import without an edition is refused.
package place

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// maxMismatch is the share of differing names from which on a file is of another edition than it claims.
const maxMismatch = 0.05

// Reader is what the import compares a file with.
type Reader interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
	ByCode(ctx context.Context, edition, pcode string) (store.Place, error)
	Communes(ctx context.Context) ([]store.Place, error)
	Children(ctx context.Context, parent store.PlaceID) ([]store.Place, error)
	Settlements(ctx context.Context, commune store.PlaceID) ([]store.Place, error)
}

// Writer is what a commit uses.
type Writer interface {
	Upsert(ctx context.Context, places []store.Place) (int, error)
	SetInUse(ctx context.Context, edition string, inUse bool, act store.Act) error
}

// Options are what the file itself does not say.
type Options struct {
	Edition   string // mandatory
	Fictional bool   // places of a demonstration
	Act       store.Act
	Table     table.Options
}

// An Importer plans imports of places.
type Importer struct {
	reader Reader
	writer Writer
	tx     store.Writer
}

// New makes an importer.
func New(r Reader, w Writer, tx store.Writer) *Importer {
	return &Importer{reader: r, writer: w, tx: tx}
}

// Plan reads a file and compares it with what is stored. The report tells what a commit would do; nothing is written
// before. The error is for failures of reading or of the store, never for the file's content.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	if o.Edition = strings.TrimSpace(o.Edition); o.Edition == "" {
		rep.Reject(report.Because(report.NoEdition))
		return nil, nil
	}
	rep.Facts["edition"] = o.Edition
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list := newListing(o.Edition, rep)
	if err := list.read(file); err != nil {
		return nil, err
	}
	known, err := im.snapshot(ctx, o.Edition, list)
	if err != nil {
		return nil, err
	}
	list.resolveParents(known)
	if mismatched(list, known, rep) {
		return nil, nil
	}
	places, err := im.merge(ctx, o, list, known, rep)
	if err != nil {
		return nil, err
	}
	if rep.Counts.Accepted == 0 {
		rep.Reject(report.Because(report.NothingToDo))
		return nil, nil
	}
	return im.commit(places, o, rep.Facts["in_use"] == "new"), nil
}

func (im *Importer) commit(places []store.Place, o Options, putInUse bool) report.Commit {
	return func(ctx context.Context) error {
		err := im.tx.Write(ctx, func(ctx context.Context) error {
			if len(places) > 0 {
				if _, err := im.writer.Upsert(ctx, places); err != nil {
					return err
				}
			}
			if putInUse {
				return im.writer.SetInUse(ctx, o.Edition, true, o.Act)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("import places: %w", err)
		}
		return nil
	}
}

// mismatched compares names with the stored ones of the same edition and rejects the file when too many differ: then
// the codes are those of another edition.
func mismatched(list *listing, known *snapshot, rep *report.Report) bool {
	compared, differing := 0, 0
	for _, e := range list.entries {
		old, ok := known.byCode[e.place.Pcode]
		if !ok {
			continue
		}
		compared++
		if !sameName(e.place.Name, old) {
			differing++
			rep.Warn(e.line, e.column, e.place.Name, report.Because(report.NameDiffers))
		}
	}
	rep.Facts["names_compared"], rep.Facts["names_differing"] = fmt.Sprint(compared), fmt.Sprint(differing)
	if differing > 0 && float64(differing) > maxMismatch*float64(compared) {
		rep.Reject(report.Because(report.WrongEdition, differing, compared, list.edition))
		return true
	}
	return false
}

// sameName forgives spelling, and names that the 2015 tables cut at 20 characters.
func sameName(name string, old store.Place) bool {
	key := charset.Fold(name)
	for _, other := range append([]string{old.Name}, old.Aliases...) {
		k := charset.Fold(other)
		cut := utf8.RuneCountInString(name) >= 20 || utf8.RuneCountInString(other) >= 20
		if k == key || cut && (strings.HasPrefix(k, key) || strings.HasPrefix(key, k)) {
			return true
		}
	}
	return false
}
