package main

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/gateway/identity"
)

// TestServicesLeaveNoTrace walks a thousand dialogues through the services from fifty phones, all needs, places and reports,
// and then reads the whole database, its files and the log (requirements P1 and P2): hourly counts have grown, and nothing
// tells who called.
func TestServicesLeaveNoTrace(t *testing.T) {
	s := serve(t, newSeed(t))
	db := openSQL(t, s.folder)
	before := dump(t, db)
	chance := rand.New(rand.NewPCG(7, 7))
	counted, ways := int64(0), map[string]int{}
	for i := range 1000 {
		s.clock.pass(11 * time.Minute)
		phone := s.phone(fmt.Sprintf("+2237655%04d", i%50))
		keys, counts := servicesDialogue(chance)
		walk(t, phone, "", keys...)
		counted += counts
		ways[strings.Join(keys, " ")]++
	}
	if len(ways) < 80 {
		t.Fatalf("only %d different ways were walked", len(ways))
	}
	if _, err := s.reportChannels(t.Context()); err != nil { // how channels fare, which jobs write down too
		t.Fatal(err)
	}
	after := dump(t, db)
	machinery := []string{"leases", "job_runs", "release_nodes", "channel_states"} // of jobs and nodes
	for table, rows := range after {
		if table != "counters" && !slices.Contains(machinery, table) && !slices.Equal(before[table], rows) {
			t.Errorf("table %s has changed: %d rows, %d before", table, len(rows), len(before[table]))
		}
	}
	if n := count(t, db, "SELECT coalesce(sum(n), 0) FROM counters"); n != counted {
		t.Errorf("the counters hold %d, %d were to be counted", n, counted)
	}
	if n := count(t, db, "SELECT count(*) FROM counters WHERE hour_at % 3600000000 <> 0"); n != 0 {
		t.Errorf("%d counters are not by the hour", n)
	}
	traces := tracesOf(t, s, 50)
	for table, rows := range after {
		for _, row := range rows {
			if name := found([]byte(row), traces); name != "" {
				t.Errorf("table %s holds %s", table, name)
			}
		}
	}
	if name := found([]byte(s.log.String()), traces); name != "" {
		t.Errorf("the log holds %s", name)
	}
	files, err := filepath.Glob(filepath.Join(s.folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if name := found(data, traces); name != "" {
			t.Errorf("%s holds %s", filepath.Base(file), name)
		}
	}
}

// servicesDialogue is a way through the services, and how many counts it adds: one for the need, one for each report.
func servicesDialogue(chance *rand.Rand) (keys []string, counts int64) {
	keys = []string{"4", "3"}
	counts = 1
	leave := []string{"00", "0", "2"}
	switch need := 1 + chance.IntN(10); {
	case need <= 4:
		keys = append(keys, strconv.Itoa(need))
	case need == 5: // a school, then one without papers
		keys, counts = append(keys, "1", "3"), counts+1
	case need == 9: // an abuse: contacts, and no place is asked for
		return append(append(keys, "5", "4"), leave...), counts
	default:
		keys = append(keys, "5", map[int]string{6: "1", 7: "2", 8: "3", 10: "5"}[need])
	}
	if chance.IntN(2) == 0 {
		keys = append(keys, "1")
	} else {
		keys = append(keys, "2", []string{"niétaba", "sanjiba", "tillebinba"}[chance.IntN(3)], "1")
	}
	keys = append(keys, "1")
	switch chance.IntN(4) {
	case 0:
		keys, counts = append(keys, "1"), counts+1 // it was closed
	case 1:
		keys, counts = append(keys, "2"), counts+1 // more was asked for
	case 2:
		return keys, counts // the call is dropped
	}
	return append(keys, leave...), counts
}

// tracesOf are the forms in which a number could have stayed: its digits, its pseudonym, and what was typed.
func tracesOf(t *testing.T, s *served, phones int) map[string][]byte {
	t.Helper()
	traces := map[string][]byte{"a place that was typed": []byte("niétaba"), "a misspelt place that was typed": []byte("tillebinba")}
	for i := range phones {
		digits := fmt.Sprintf("7655%04d", i)
		number, err := identity.Parse("+223" + digits)
		if err != nil {
			t.Fatal(err)
		}
		p := s.keys.Pseudonym(number)
		traces["the number "+strconv.Itoa(i)] = []byte(digits)
		traces["the pseudonym "+strconv.Itoa(i)] = p[:]
		traces["the pseudonym in hex "+strconv.Itoa(i)] = []byte(p.Hex()[:16])
		traces["the beginning of the pseudonym "+strconv.Itoa(i)] = p[:8]
	}
	return traces
}

func found(data []byte, traces map[string][]byte) string {
	for name, trace := range traces {
		if bytes.Contains(data, trace) {
			return name
		}
	}
	return ""
}

// dump reads every row of every table: text as it is, bytes as they are and in hex.
func dump(t testing.TB, db *sql.DB) map[string][]string {
	t.Helper()
	tables := map[string][]string{}
	for _, name := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		tables[name] = records(t, db, name)
	}
	if len(tables) < 20 {
		t.Fatalf("only %d tables", len(tables))
	}
	return tables
}

func records(t testing.TB, db *sql.DB, table string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+table+`" ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i, cell := range cells {
			fmt.Fprintf(&b, "%s=", names[i])
			if raw, ok := cell.([]byte); ok {
				b.Write(raw)
				b.WriteString(" " + hex.EncodeToString(raw))
			} else {
				fmt.Fprint(&b, cell)
			}
			b.WriteByte('\n')
		}
		out = append(out, b.String())
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func column(t testing.TB, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		out = append(out, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A commune that was kept and changed leaves no sign of the former one: no row of any table still names it beside the number.
func TestAChangedCommuneLeavesNoHistory(t *testing.T) {
	s := serve(t, newSeed(t))
	db := openSQL(t, s.folder)
	rest := func() map[string][]string {
		tables := dump(t, db)
		for _, table := range []string{"contacts", "consents", "steps", "leases", "job_runs", "release_nodes"} {
			delete(tables, table)
		}
		return tables
	}
	before := rest()
	kept := func() int64 { return count(t, db, "SELECT coalesce(max(commune_id), 0) FROM contacts") }
	phone := s.phone("+22376550001")
	walk(t, phone, "", "4", "0", "1") // kept with the commune of the channel
	first := kept()
	if first == 0 {
		t.Fatal("the commune was not kept")
	}
	s.clock.pass(time.Minute)
	walk(t, phone, "", "7", "2", "418", "1")
	if second := kept(); second == 0 || second == first {
		t.Fatalf("the commune is %d, was %d", second, first)
	}
	if n := count(t, db, "SELECT count(*) FROM contacts"); n != 1 {
		t.Errorf("%d contacts", n)
	}
	for table, rows := range rest() {
		if !slices.Equal(before[table], rows) {
			t.Errorf("table %s has changed: %d rows, %d before", table, len(rows), len(before[table]))
		}
	}
	for _, table := range []string{"consents", "steps"} {
		for _, row := range records(t, db, table) {
			if strings.Contains(row, "commune") {
				t.Errorf("%s names a commune", table)
			}
		}
	}
}
