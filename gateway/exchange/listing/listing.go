// Package listing compares the rows of a file with the records of communes: what is new, what changes, what is there
// already. What is known keeps its number.
package listing

import (
	"context"
	"io"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// A Kind says how records of one kind are told apart, compared and written. K is what makes a record the same one at the
// next import; its commune is part of it.
type Kind[R any, K comparable] struct {
	// Read takes a row apart; false when it was refused.
	Read     func(ctx context.Context, row table.Row) (R, bool, error)
	Commune  func(r R) store.PlaceID
	Identity func(r R) K
	Stored   func(ctx context.Context, commune store.PlaceID) ([]R, error)
	// Meet gives the record of a file the key of the stored one, and tells how they meet.
	Meet  func(old, fresh R) (R, Meeting)
	Write func(ctx context.Context, c Change[R]) error
}

// A Meeting is how a record of a file and a stored one meet.
type Meeting struct {
	Same  bool // they say the same
	Draft bool // the stored one is not shown yet
	Over  bool // the stored one has ended, and a file does not bring it back
}

// A Change is a record that is new or differs from what is stored.
type Change[R any] struct {
	Record  R
	New     bool
	Revise  bool
	Publish bool
}

// Plan reads a whole file. Nothing is written before the commit; there is none when nothing was accepted. With publish what
// is new is shown at once, and drafts that the file names again.
func Plan[R any, K comparable](ctx context.Context, file *table.Reader, kind Kind[R, K], publish bool, tx store.Writer, rep *report.Report) (report.Commit, error) {
	b := &batch[R, K]{kind: kind, publish: publish, rep: rep, stored: map[store.PlaceID]map[K]R{}, lines: map[K]int{}}
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
	return func(ctx context.Context) error {
		return tx.Write(ctx, func(ctx context.Context) error {
			for _, c := range b.changes {
				if err := kind.Write(ctx, c); err != nil {
					return err
				}
			}
			return nil
		})
	}, nil
}

// batch is the content of one file.
type batch[R any, K comparable] struct {
	kind    Kind[R, K]
	publish bool
	rep     *report.Report
	stored  map[store.PlaceID]map[K]R
	lines   map[K]int
	changes []Change[R]
}

func (b *batch[R, K]) take(ctx context.Context, row table.Row) error {
	r, ok, err := b.kind.Read(ctx, row)
	if err != nil || !ok {
		return err
	}
	key := b.kind.Identity(r)
	if line, doubled := b.lines[key]; doubled {
		b.refuse(row, report.Duplicate, line)
		return nil
	}
	b.lines[key] = row.Line
	known, err := b.known(ctx, b.kind.Commune(r))
	if err != nil {
		return err
	}
	old, stored := known[key]
	c := Change[R]{Record: r, New: !stored, Publish: b.publish}
	if stored {
		var met Meeting
		if c.Record, met = b.kind.Meet(old, r); met.Over {
			b.refuse(row, report.AlreadyOver)
			return nil
		}
		c.Revise, c.Publish = !met.Same, b.publish && met.Draft
	}
	b.rep.Counts.Accepted++
	switch {
	case c.New:
		b.rep.Counts.New++
	case !c.Revise && !c.Publish:
		b.rep.Counts.Unchanged++
		return nil
	default:
		b.rep.Counts.Changed++
	}
	b.changes = append(b.changes, c)
	return nil
}

// known gives what is stored of a commune; of two of the same identity the one listed first.
func (b *batch[R, K]) known(ctx context.Context, commune store.PlaceID) (map[K]R, error) {
	if known, ok := b.stored[commune]; ok {
		return known, nil
	}
	all, err := b.kind.Stored(ctx, commune)
	if err != nil {
		return nil, err
	}
	known := make(map[K]R, len(all))
	for _, r := range all {
		if _, twice := known[b.kind.Identity(r)]; !twice {
			known[b.kind.Identity(r)] = r
		}
	}
	b.stored[commune] = known
	return known, nil
}

// titled is the column that names a record.
const titled = "title"

func (b *batch[R, K]) refuse(row table.Row, code report.Code, args ...any) {
	Refuse(b.rep, row, titled, code, args...)
}

// Refuse turns a row away because of what stands in a column.
func Refuse(rep *report.Report, row table.Row, column string, code report.Code, args ...any) {
	rep.Refuse(row.Line, row.Column(column), row.Get(column), report.Because(code, args...))
}
