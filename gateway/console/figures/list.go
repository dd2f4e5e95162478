package figures

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"baro/gateway/access"
	"baro/gateway/console"
)

const needs = access.ReadFigures

func (r *room) list(ctx context.Context, q *console.Request) (console.Answer, error) {
	all, err := r.all(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	year := r.Now().In(r.Zone).Year()
	return console.Show("figures/list", struct {
		Year     int
		Communes []Figures
	}{year, all}), nil
}

// export gives the same as a file, one line for each commune and figure.
func (r *room) export(ctx context.Context, q *console.Request) (console.Answer, error) {
	all, err := r.all(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"commune", "number", "figure", "month", "value"})
	for _, f := range all {
		line := func(figure, month, value string) {
			_ = w.Write([]string{plain(f.Commune), f.Number, figure, month, value})
		}
		exact := func(figure string, n int) { line(figure, "", strconv.Itoa(n)) }
		exact("calendar_done", f.Done)
		exact("calendar_due", f.Due)
		exact("calendar_late", f.Late)
		exact("documents_published", f.Documents)
		exact("consultations_open", f.Open)
		exact("consultations_closed", f.Closed)
		exact("services", f.Services)
		exact("services_checked_90_days", f.Checked)
		line("questions_answered", "", told(f.Answered))
		line("questions_waiting", "", told(f.Waiting))
		if f.TellsInTime() {
			line("questions_in_time_percent", "", strconv.FormatInt(f.InTime, 10))
		}
		for _, m := range f.Use {
			line("lookups", m.First.Format("2006-01"), told(m.Lookups))
			line("calls_asked", m.First.Format("2006-01"), told(m.Calls))
		}
	}
	w.Flush()
	name := fmt.Sprintf("baro-%s.csv", r.Now().In(r.Zone).Format("2006-01-02"))
	return console.Download(name, "text/csv; charset=utf-8", b.Bytes()), w.Error()
}

func told(c Cell) string {
	if c.Hidden() {
		return "<10"
	}
	return strconv.FormatInt(int64(c), 10)
}

// plain keeps a spreadsheet from taking a name for a formula.
func plain(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
