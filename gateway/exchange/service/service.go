// Package service imports the directory of services for everybody: a plain layout of baro's own, and the WHO list of
// health facilities, whose communes it finds by the nearest known settlement and marks as unverified. The directory
// says where a service is and when it is open, never who uses it.
package service

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"baro/gateway/exchange/owner"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// Directory is what the import compares a file with and writes to.
type Directory interface {
	List(ctx context.Context, commune store.PlaceID, need string) ([]store.Service, error)
	Upsert(ctx context.Context, commune store.PlaceID, services []store.Service) (int, error)
}

// Places finds communes and what lies near a position.
type Places interface {
	// Commune finds a commune by number, p-code, or another code among its aliases; CodeNotFound for none.
	Commune(ctx context.Context, code string) (store.Place, error)
	Communes(ctx context.Context) ([]store.Place, error)
	Settlements(ctx context.Context, commune store.PlaceID) ([]store.Place, error)
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Options are what the file does not say.
type Options struct {
	Commune    string    // of rows that name none: number, p-code or other code
	Source     string    // who keeps the list; "baro" or "who" by default
	VerifiedAt time.Time // when rows without a date of their own were checked; zero: nobody has
	Table      table.Options
}

// An Importer plans imports of services.
type Importer struct {
	directory Directory
	places    Places
	tx        store.Writer
	now       func() time.Time
}

// New makes an importer; now dates the records.
func New(d Directory, p Places, tx store.Writer, now func() time.Time) *Importer {
	return &Importer{directory: d, places: p, tx: tx, now: now}
}

// Plan reads a file and compares it with the directory. Nothing is written before the commit. The error is for
// failures of reading or of the store, never for the file's content.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b := &batch{importer: im, options: o, rep: rep, byCommune: map[store.PlaceID][]store.Service{}, lines: map[identity]int{}, communes: owner.NewBook(im.places, o.Commune)}
	if rep.Format.Layout == facilities {
		if b.nearby, err = loadMap(ctx, im.places); err != nil {
			return nil, err
		}
		if len(b.nearby.points) == 0 {
			rep.Reject(report.Because(report.NoPlaces))
			return nil, nil
		}
	}
	if err := b.read(ctx, file); err != nil {
		return nil, err
	}
	if rep.Counts.Accepted == 0 {
		rep.Reject(report.Because(report.NothingToDo))
		return nil, nil
	}
	if err := b.compare(ctx); err != nil {
		return nil, err
	}
	return b.commit(), nil
}

// identity is what makes a service the same one at the next import.
type identity struct {
	commune    store.PlaceID
	source, id string
}

// batch is the content of one file, by commune.
type batch struct {
	importer  *Importer
	options   Options
	rep       *report.Report
	nearby    *chart
	byCommune map[store.PlaceID][]store.Service
	lines     map[identity]int // line of each service
	communes  *owner.Book
}

func (b *batch) read(ctx context.Context, file *table.Reader) error {
	for {
		row, err := file.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var s store.Service
		var ok bool
		if b.rep.Format.Layout == facilities {
			s, ok, err = b.readFacility(ctx, row)
		} else {
			s, ok, err = b.readPlain(ctx, row)
		}
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		key := identity{s.Commune, s.Source, s.ExternalID}
		if line, doubled := b.lines[key]; doubled {
			b.rep.Refuse(row.Line, row.Column("name"), s.Name, report.Because(report.Duplicate, line))
			continue
		}
		b.lines[key] = row.Line
		b.byCommune[s.Commune] = append(b.byCommune[s.Commune], s)
		b.rep.Counts.Accepted++
	}
}

// compare counts what is new and what changes, and leaves out what is stored as it is.
func (b *batch) compare(ctx context.Context) error {
	for commune, services := range b.byCommune {
		stored, err := b.importer.directory.List(ctx, commune, "")
		if err != nil {
			return err
		}
		before := make(map[identity]store.Service, len(stored))
		for _, s := range stored {
			before[identity{commune, s.Source, s.ExternalID}] = s
		}
		kept := services[:0]
		for _, s := range services {
			old, known := before[identity{commune, s.Source, s.ExternalID}]
			if known {
				s = keepWhatPeopleKnow(old, s)
			}
			switch {
			case !known:
				b.rep.Counts.New++
			case same(old, s):
				b.rep.Counts.Unchanged++
				continue
			default:
				b.rep.Counts.Changed++
			}
			kept = append(kept, s)
		}
		b.byCommune[commune] = kept
	}
	b.rep.Facts["communes"] = fmt.Sprint(len(b.byCommune))
	return nil
}

func (b *batch) commit() report.Commit {
	communes := make([]store.PlaceID, 0, len(b.byCommune))
	for id := range b.byCommune {
		communes = append(communes, id)
	}
	slices.Sort(communes)
	return func(ctx context.Context) error {
		err := b.importer.tx.Write(ctx, func(ctx context.Context) error {
			for _, id := range communes {
				if len(b.byCommune[id]) == 0 {
					continue
				}
				if _, err := b.importer.directory.Upsert(ctx, id, b.byCommune[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("import services: %w", err)
		}
		return nil
	}
}

// keepWhatPeopleKnow keeps a later check by people on the spot, and a closure they reported, when a list brings neither.
func keepWhatPeopleKnow(old, s store.Service) store.Service {
	s.ID = old.ID
	if old.VerifiedAt.After(s.VerifiedAt) {
		s.VerifiedAt, s.Unverified, s.ReviewOn = old.VerifiedAt, old.Unverified, old.ReviewOn
	}
	if s.Status == store.ServiceActive {
		s.Status = old.Status
	}
	if s.Capacity == nil {
		s.Capacity = old.Capacity
	}
	return s
}

func same(a, b store.Service) bool {
	return a.Need == b.Need && a.Kind == b.Kind && a.Name == b.Name && a.PlaceName == b.PlaceName && equal(a.At, b.At) &&
		a.HoursText == b.HoursText && sameHours(a.Hours, b.Hours) && equal(a.Price, b.Price) && samePapers(a.Papers, b.Papers) &&
		a.Phone == b.Phone && a.VerifiedAt.Equal(b.VerifiedAt) && a.ReviewOn == b.ReviewOn && a.Unverified == b.Unverified && a.Status == b.Status &&
		a.NoPapers == b.NoPapers && equal(a.Capacity, b.Capacity)
}

func sameHours(a, b *store.Hours) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Open == b.Open && a.Close == b.Close && slices.Equal(a.Days, b.Days)
}

func samePapers(a, b []store.Texts) bool {
	return slices.EqualFunc(a, b, func(x, y store.Texts) bool {
		for k, v := range x {
			if y[k] != v {
				return false
			}
		}
		return len(x) == len(y)
	})
}

func equal[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
