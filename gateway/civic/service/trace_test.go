package service

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

// P2: after a hundred dialogues nothing in the whole database differs but hourly counts.
func TestLookingUpLeavesCountersOnly(t *testing.T) {
	b := newBench(t)
	for _, need := range append(Needs(), "shelter") {
		here, away := b.entry(need, "Ici "+need, north(2)), b.entry(need, "Nord "+need, north(40))
		if need == noPapers {
			here.Need, away.Need, here.NoPapers, away.NoPapers = "school", "school", true, true
		}
		b.add(b.home, here)
		b.add(b.north, away)
	}
	before := b.dump()
	calls := int64(0)
	for i := range 100 {
		b.Now = b.Now.Add(7 * time.Minute)
		from := civictest.Whole("place", int64(b.village))
		need := civictest.Word("need", Needs()[i%len(Needs())])
		b.act("service.asked", b.args(need))
		rows := b.read("service.nearest", b.args(need, from))
		b.read("service.contacts", b.args(need))
		if need.Value.Text == "abuse" { // nothing of a commune is for that
			calls++
			continue
		}
		if len(rows) < 2 {
			t.Fatalf("nothing found for %s", need.Value.Text)
		}
		key := flows.Field{Name: "service", Value: rows[i%len(rows)].Key}
		b.read("service.detail", b.args(key, from))
		b.read("service.papers", b.args(key))
		b.act("service.closed", b.args(key))
		b.act("service.overcharged", b.args(key))
		calls += 3
	}
	after := b.dump()
	for table := range after {
		if table != "counters" && !slices.Equal(before[table], after[table]) {
			t.Errorf("table %s has changed", table)
		}
	}
	if len(before["counters"]) != 0 || len(after["counters"]) == 0 {
		t.Errorf("counters: %d rows before, %d after", len(before["counters"]), len(after["counters"]))
	}
	hours := b.sums(t)
	if total := sum(hours); total != calls {
		t.Errorf("%d counted, %d made", total, calls)
	}
	b.Must(b.DB.Close())
	b.noTraceOnDisk()
}

// dump reads every row of every table as text.
func (b *bench) dump() map[string][]string {
	b.T.Helper()
	db, err := sql.Open("sqlite", "file:"+b.File)
	b.Must(err)
	defer db.Close()
	tables := map[string][]string{}
	names := b.rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if len(names) < 20 {
		b.T.Fatalf("only %d tables seen", len(names))
	}
	for _, name := range names {
		tables[name] = b.rows(db, "SELECT * FROM "+name)
	}
	return tables
}

func (b *bench) rows(db *sql.DB, query string) (lines []string) {
	b.T.Helper()
	rows, err := db.QueryContext(b.Ctx, query)
	b.Must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	b.Must(err)
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		b.Must(rows.Scan(into...))
		lines = append(lines, strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(values...), "["), "]"))
	}
	b.Must(rows.Err())
	slices.Sort(lines)
	return lines
}

// sums gives all counts, which stand at full hours and under keys of services and needs.
func (b *bench) sums(t *testing.T) map[string]int64 {
	t.Helper()
	totals := map[string]int64{}
	for _, commune := range []store.PlaceID{b.home, b.north} {
		for _, subject := range []string{askedSubject, closedSubject, overchargedSubject} {
			counts, err := b.DB.Counters().Range(b.Ctx, commune, subject, time.Unix(0, 0), b.Now.Add(time.Hour))
			b.Must(err)
			for _, c := range counts {
				if !c.Hour.Equal(c.Hour.Truncate(time.Hour)) {
					t.Errorf("a count stands at %s", c.Hour)
				}
				totals[subject+" "+c.Key] += c.N
			}
		}
	}
	return totals
}

func sum(m map[string]int64) (total int64) {
	for n := range maps.Values(m) {
		total += n
	}
	return total
}

// noTraceOnDisk looks for the caller in the bytes of the database and its journals.
func (b *bench) noTraceOnDisk() {
	b.T.Helper()
	files, err := filepath.Glob(b.File + "*")
	b.Must(err)
	me := b.caller()
	for _, file := range files {
		raw, err := os.ReadFile(file)
		b.Must(err)
		for what, trace := range map[string][]byte{
			"number": []byte("70123456"), "pseudonym": me.Pseudonym[:], "pseudonym in letters": []byte(me.Pseudonym.Hex()),
		} {
			if bytes.Contains(raw, trace) {
				b.T.Errorf("%s holds the caller's %s", filepath.Base(file), what)
			}
		}
	}
}

func TestReportsCountWithTheOwnerAndOnlyForServicesOnShow(t *testing.T) {
	b := newBench(t)
	v := b.add(b.north, b.entry("health", "CSCOM Nord", north(40)))[0]
	gone := b.entry("health", "Disparu", north(1))
	gone.Status = store.ServiceDefunct
	hidden := b.add(b.home, gone)[0]
	for _, key := range []int64{keyOf(b.home, v), hidden.ID, 999_999, 999<<ownerShift | 5} {
		b.act("service.closed", b.args(civictest.Whole("service", key)))
	}
	counts, err := b.DB.Counters().Range(b.Ctx, b.north, closedSubject, b.Now.Add(-time.Hour), b.Now.Add(time.Hour))
	b.Must(err)
	if len(counts) != 1 || counts[0].N != 1 || counts[0].Key != fmt.Sprint(v.ID) {
		t.Errorf("counted: %v", counts)
	}
	if total := sum(b.sums(t)); total != 1 {
		t.Errorf("%d counts in all", total)
	}
	if _, err := b.Bound.Actions["service.asked"](context.Background(), b.caller(), flows.Need{Args: b.args(civictest.Word("need", "gold"))}); err == nil {
		t.Error("a need that is not on the menu is counted")
	}
}
