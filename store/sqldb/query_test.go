package sqldb

import (
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// openTest gives a migrated SQLite database.
func openTest(tb testing.TB) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), "sqlite:"+filepath.Join(tb.TempDir(), "baro.db"), Options{})
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatalf("migrate: %v", err)
	}
	return db
}

func TestQueriesAreThoseThatAreUsed(t *testing.T) {
	for _, d := range []dialect{dialectSQLite, dialectPostgres} {
		defined, err := loadQueries(d)
		if err != nil {
			t.Fatal(err)
		}
		used := stringsInCode(t)
		for name := range defined {
			if !used[name] {
				t.Errorf("%s: query %s is used nowhere", d, name)
			}
		}
		for name := range used {
			if regexp.MustCompile(`^(place|data_key|contact|consent|suppression|audit|budget|dial|work|tax_facts|consultation|question|choice|result|ballot|service|counter|case|callback|opportunity|market|practice|organisation|mandate|officer|member|venue|blocked|safety|notice|attendance|step|lease|job|release|retention|inbound|outbound|receipt|broadcast|broadcast_rule|rendering|audience|recipient)_[a-z_]+$`).MatchString(name) && defined[name] == nil {
				t.Errorf("%s: query %s is not defined", d, name)
			}
		}
	}
}

// stringsInCode gives every string literal of the package's own files.
func stringsInCode(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					found[s] = true
				}
			}
			return true
		})
	}
	return found
}

// TestQueriesUseTheirIndex asks SQLite for its plan of every query: no table is
// read from end to end unless the query says so, and an index it names is in
// the plan.
func TestQueriesUseTheirIndex(t *testing.T) {
	db := openTest(t)
	handle := db.engine.(*sqlite).readers.db
	indexes := column(t, handle, "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'")
	scan := regexp.MustCompile(`^SCAN (\w+)( USING (COVERING )?INDEX)?`)
	// How far into the index they must reach, where less would be slow.
	reach := map[string]string{"receipt_unpark": "channel=? AND provider_id=?", "service_near": "need=? AND lat>? AND lat<?",
		"inbound_claim": "sender=? AND state=?", "outbound_claim": "channel=? AND priority=? AND not_before_at<?", "outbound_claim_take": "channel=? AND priority=? AND not_before_at<?"}
	for name, q := range db.queries {
		plan := explain(t, handle, q)
		if !strings.Contains(strings.Join(plan, "\n"), reach[name]) {
			t.Errorf("%s does not reach %s: %s", name, reach[name], strings.Join(plan, " | "))
		}
		if !strings.HasPrefix(q.index, "none") {
			for _, line := range plan {
				m := scan.FindStringSubmatch(line)
				// Foreign keys list the tables of a parent's children, which only a
				// changed key would read.
				if m != nil && m[2] == "" && !slices.Contains([]string{"due", "above", "below", "json_each"}, m[1]) && regexp.MustCompile(`\b`+m[1]+`\b`).MatchString(q.text) {
					t.Errorf("%s reads a whole table: %s", name, strings.Join(plan, " | "))
				}
			}
		}
		for _, index := range indexes {
			inserts := strings.HasPrefix(strings.TrimSpace(q.text), "INSERT") // conflict targets are not in the plan
			if !inserts && regexp.MustCompile(`\b`+index+`\b`).MatchString(q.index) && !strings.Contains(strings.Join(plan, "\n"), index) {
				t.Errorf("%s names %s, the plan is: %s", name, index, strings.Join(plan, " | "))
			}
		}
	}
}

func explain(t *testing.T, handle *sql.DB, q *query) []string {
	t.Helper()
	count := 0
	for _, m := range regexp.MustCompile(`\?(\d+)`).FindAllStringSubmatch(q.text, -1) {
		n, _ := strconv.Atoi(m[1])
		count = max(count, n)
	}
	rows, err := handle.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.text, make([]any, count)...)
	if err != nil {
		t.Fatalf("%s: %v", q.name, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return plan
}

func column(t *testing.T, handle *sql.DB, text string) (all []string) {
	t.Helper()
	rows, err := handle.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestEveryTableHasARetentionClass(t *testing.T) {
	db := openTest(t)
	tables := column(t, db.engine.(*sqlite).readers.db,
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY name")
	list, err := db.Retentions().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var classed []string
	for _, r := range list {
		classed = append(classed, r.Table)
	}
	if !slices.Equal(tables, classed) {
		t.Errorf("tables %v\nclasses %v", tables, classed)
	}
}

// TestSchemaNamesNothingForbidden: no column or table may hold displacement,
// ethnicity, religion or party.
func TestSchemaNamesNothingForbidden(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v %v", files, err)
	}
	forbidden := regexp.MustCompile(`(?i)deplac|displac|\bpdi\b|\bidps?\b|refugi|retourn|returnee|ethni|relig|\bparty\b|\bparti\b|\bvbg\b`)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden.FindString(string(raw)); found != "" {
			t.Errorf("%s holds %q", file, found)
		}
	}
}

func TestParseQueries(t *testing.T) {
	const file = "-- about\n-- name: a\n-- index: x primary key\nSELECT $2, $10\n-- dialect: postgres\nFOR SHARE\n-- dialect: both\n;\n-- name: b\n-- index: none, small\nSELECT 1\n"
	for d, want := range map[dialect]string{dialectSQLite: "SELECT ?2, ?10", dialectPostgres: "SELECT $2, $10\nFOR SHARE"} {
		got := make(map[string]*query)
		if err := parseQueries("f.sql", file, d, got); err != nil {
			t.Fatal(err)
		}
		if got["a"].text != want || got["b"].text != "SELECT 1" || got["b"].index != "none, small" {
			t.Errorf("%s: %q, %+v", d, got["a"].text, got["b"])
		}
	}
	for _, bad := range []string{"-- name: a\nSELECT 1", "-- name: a\n-- index: x", "-- name: a\n-- index: x\nSELECT 1\n-- name: a\n-- index: x\nSELECT 2"} {
		if err := parseQueries("f.sql", bad, dialectSQLite, make(map[string]*query)); err == nil {
			t.Errorf("accepted: %q", bad)
		}
	}
}
