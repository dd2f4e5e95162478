package sqldb

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// dialect is the engine a text is written for.
type dialect string

const (
	dialectSQLite   dialect = "sqlite"
	dialectPostgres dialect = "postgres"
)

// query is one named statement.
//
// In the files each statement begins with "-- name: x" and "-- index: y", the
// index or key it relies on ("none" with a reason where it reads a whole small
// table). "-- dialect: sqlite|postgres|both" switches what the following lines
// are for.
type query struct {
	name  string
	index string
	text  string
}

// numbered matches the placeholders of the files. SQLite takes $1 for a name
// and counts it by first appearance; ?1 is its number.
var numbered = regexp.MustCompile(`\$(\d+)`)

func loadQueries(d dialect) (map[string]*query, error) {
	names, err := fs.Glob(queryFiles, "queries/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list queries: %w", err)
	}
	sort.Strings(names)
	queries := make(map[string]*query)
	for _, name := range names {
		text, err := queryFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read queries: %w", err)
		}
		if err := parseQueries(name, string(text), d, queries); err != nil {
			return nil, err
		}
	}
	return queries, nil
}

func parseQueries(file, text string, d dialect, into map[string]*query) error {
	var current *query
	for i, line := range strings.Split(forDialect(text, d), "\n") {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "-- name:"):
			current = &query{name: strings.TrimSpace(strings.TrimPrefix(trimmed, "-- name:"))}
			if into[current.name] != nil {
				return fmt.Errorf("%s:%d: query %s is defined twice", file, i+1, current.name)
			}
			into[current.name] = current
		case current == nil || trimmed == "":
		case strings.HasPrefix(trimmed, "-- index:"):
			current.index = strings.TrimSpace(strings.TrimPrefix(trimmed, "-- index:"))
		case strings.HasPrefix(trimmed, "--"):
		default:
			current.text += line + "\n"
		}
	}
	for _, q := range into {
		q.text = strings.TrimRight(q.text, "; \n")
		if q.text == "" || q.index == "" {
			return fmt.Errorf("%s: query %s lacks its text or its index line", file, q.name)
		}
		if d == dialectSQLite {
			q.text = numbered.ReplaceAllString(q.text, "?$1")
		}
	}
	return nil
}

// forDialect keeps the lines meant for d; others become empty, so that line
// numbers stay true.
func forDialect(text string, d dialect) string {
	lines := strings.Split(text, "\n")
	keep := true
	for i, line := range lines {
		if target, ok := strings.CutPrefix(strings.TrimSpace(line), "-- dialect:"); ok {
			target = strings.TrimSpace(target)
			keep = target == "both" || target == string(d)
			lines[i] = ""
			continue
		}
		if strings.HasPrefix(line, "-- name:") {
			keep = true
		}
		if !keep {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}
