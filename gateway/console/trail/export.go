package trail

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"baro/gateway/console"
)

// exportRows is the most one file holds: 50,000 rows are some ten megabytes. Who needs more picks a time.
const exportRows = 50_000

func (t room) export(ctx context.Context, r *console.Request) (console.Answer, error) {
	filter, _, err := t.filter(ctx, r)
	if err != nil {
		return console.Answer{}, err
	}
	rows, err := t.audit.Search(ctx, filter, 0, exportRows)
	if err != nil {
		return console.Answer{}, err
	}
	names, err := t.names(ctx, rows)
	if err != nil {
		return console.Answer{}, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"seq", "at", "actor", "login", "action", "object", "commune", "before", "after", "reason", "request", "hash"})
	for _, row := range rows {
		_ = w.Write([]string{strconv.FormatInt(row.Seq, 10), row.At.UTC().Format(time.RFC3339Nano), row.Actor, names[row.Actor], row.Action, row.Object,
			strconv.FormatInt(int64(row.Commune), 10), plain(row.Before), plain(row.After), plain(row.Reason), row.RequestID, fmt.Sprintf("%x", row.Hash)})
	}
	w.Flush()
	return console.Download("audit.csv", "text/csv; charset=utf-8", b.Bytes()), w.Error()
}

// plain keeps a spreadsheet from taking a text that somebody typed for a formula.
func plain(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
