package exchange_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/store"
	"baro/store/sqldb"
)

// desk is an importer over a database of its own.
type desk struct {
	t  *testing.T
	db *sqldb.DB
	im *exchange.Importer
}

func clock() time.Time { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) }

func newDesk(t *testing.T) *desk {
	t.Helper()
	ctx := t.Context()
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), sqldb.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return &desk{t, db, exchange.New(exchange.Deps{Tx: db, Places: db.Places(), Budgets: db.Budgets(), Works: db.Works(),
		Services: db.Services(), Now: clock, Opportunities: db.Opportunities(), Practices: db.Practices()})}
}

// plan reads a file without writing.
func (d *desk) plan(kind exchange.Kind, file string, o exchange.Options) (*report.Report, report.Commit) {
	d.t.Helper()
	rep, commit, err := d.im.Plan(d.t.Context(), kind, strings.NewReader(file), o)
	if err != nil {
		d.t.Fatal(err)
	}
	if (rep.Rejected == nil) != (commit != nil) {
		d.t.Fatalf("rejected %v, but commit is given: %v", rep.Rejected, commit != nil)
	}
	return rep, commit
}

// take reads and commits a file that must not be rejected.
func (d *desk) take(kind exchange.Kind, file string, o exchange.Options) *report.Report {
	d.t.Helper()
	rep, commit := d.plan(kind, file, o)
	if commit == nil {
		d.t.Fatalf("rejected: %+v", rep.Rejected)
	}
	if err := commit(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	return rep
}

func (d *desk) place(edition, pcode string) store.Place {
	d.t.Helper()
	p, err := d.db.Places().ByCode(context.Background(), edition, pcode)
	if err != nil {
		d.t.Fatalf("%s %s: %v", edition, pcode, err)
	}
	return p
}

func counts(t *testing.T, rep *report.Report, want report.Counts) {
	t.Helper()
	if rep.Counts != want {
		t.Errorf("counts %+v, want %+v; refused %+v", rep.Counts, want, rep.Refused)
	}
}

func refused(t *testing.T, rep *report.Report, line int, code report.Code) {
	t.Helper()
	for _, r := range rep.Refused {
		if r.Line == line && r.Code == code {
			return
		}
	}
	t.Errorf("line %d is not refused with %s: %+v", line, code, rep.Refused)
}

func warned(t *testing.T, rep *report.Report, code report.Code) report.Warning {
	t.Helper()
	for _, w := range rep.Warnings {
		if w.Code == code {
			return w
		}
	}
	t.Errorf("no warning %s: %+v", code, rep.Warnings)
	return report.Warning{}
}

func rejectedWith(t *testing.T, rep *report.Report, code report.Code) {
	t.Helper()
	if rep.Rejected == nil || rep.Rejected.Code != code {
		t.Errorf("rejected %+v, want %s", rep.Rejected, code)
	}
}
