package budgets

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"baro/gateway/console"
	"baro/gateway/exchange"
	budgetfile "baro/gateway/exchange/budget"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// maxShown bounds the refused rows that a page lists; the file to download has all of them.
const maxShown = 50

// checkView is what was found in a file.
type checkView struct {
	ID       int64
	Revision int64
	Name     string
	Report   *report.Report
	Rejected string
	Facts    []fact
	Refused  []refusal
	Hidden   int
	Warnings []warning
	Form     uploadForm
	Columns  []column
	Fixed    int
	Ready    bool
}

type fact struct{ Name, Value string }

type refusal struct {
	Line          int
	Column, Value string
	Reason        string
	Field         string // name of the form's field
}

type warning struct {
	Line          int
	Column, Value string
	Reason        string
	Times         int
}

// column is one of ours with the columns of the file that it may be.
type column struct {
	Name, Mapped string
	Options      []console.Option
}

// pending is an upload with its options.
type pending struct {
	store.Upload
	options
}

func (r *room) pending(ctx context.Context, q *console.Request) (pending, error) {
	id, err := q.Key("upload")
	if err != nil {
		return pending{}, err
	}
	u, err := r.Uploads.Get(ctx, q.Commune.ID, id)
	if err != nil {
		return pending{}, err
	}
	if u.Kind != string(exchange.Budget) {
		return pending{}, store.NewError(store.CodeNotFound, "read upload", "not a budget")
	}
	p := pending{Upload: u}
	if err := json.Unmarshal(u.Options, &p.options); err != nil {
		return pending{}, fmt.Errorf("read upload: %w", err)
	}
	return p, nil
}

func (r *room) plan(ctx context.Context, q *console.Request, p pending) (*report.Report, report.Commit, error) {
	return r.Importer.Plan(ctx, exchange.Budget, bytes.NewReader(p.Content), exchange.Options{
		File: p.Name, Commune: q.Commune.Pcode, Year: p.Year, Stage: p.Stage, Unit: p.Unit, Map: p.Map, Fixes: p.Fixes,
		Act: q.Act(q.T("budgets.reason.import", "name", p.Name)),
	})
}

// check shows what importing a file would do, and lets its faults be mended. Nothing is written yet.
func (r *room) check(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.pending(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	rep, commit, err := r.plan(ctx, q, p)
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("budgets/check", r.checked(q, p, rep, commit != nil, &console.Form{Values: p.standing()})), nil
}

func (r *room) checked(q *console.Request, p pending, rep *report.Report, ready bool, f *console.Form) checkView {
	v := checkView{ID: p.ID, Revision: p.Revision, Name: p.Name, Report: rep, Form: r.form(q, f), Fixed: len(p.Fixes), Ready: ready}
	if rep.Rejected != nil {
		v.Rejected = sentence(q, *rep.Rejected)
	}
	for _, name := range slices.Sorted(maps.Keys(rep.Facts)) {
		value := rep.Facts[name]
		if name == "stage" || name == "unit" { // words of ours, not of the file
			value = q.T("budgets." + name + "." + value)
		}
		v.Facts = append(v.Facts, fact{q.T("budgets.fact." + name), value})
	}
	for i, f := range rep.Refused {
		if i == maxShown {
			v.Hidden = len(rep.Refused) - maxShown + rep.NotListed
			break
		}
		v.Refused = append(v.Refused, refusal{f.Line, f.Column, f.Value, sentence(q, f.Reason), fixField(f.Line, f.Column)})
	}
	for _, w := range rep.Warnings {
		v.Warnings = append(v.Warnings, warning{w.Line, w.Column, w.Value, sentence(q, w.Reason), w.Times})
	}
	headers := []console.Option{{Label: q.T("budgets.check.auto")}}
	for _, h := range append(slices.Sorted(maps.Values(rep.Format.Columns)), rep.Format.Unused...) {
		headers = append(headers, console.Option{Value: h, Label: h})
	}
	for _, name := range budgetfile.Columns() {
		v.Columns = append(v.Columns, column{name, p.Map[name], headers})
	}
	return v
}

// sentence is a reason in the reader's language.
func sentence(q *console.Request, r report.Reason) string {
	if q.Locale == "en" {
		return r.English
	}
	return r.French
}

// fixField names the field in which a cell is mended.
func fixField(line int, column string) string { return "fix." + strconv.Itoa(line) + "." + column }

// readFix reads such a name.
func readFix(field string) (line int, column string, ok bool) {
	rest, ok := strings.CutPrefix(field, "fix.")
	number, column, cut := strings.Cut(rest, ".")
	line, err := strconv.Atoi(number)
	return line, column, ok && cut && err == nil && line > 0
}

// setOptions takes what the file does not say itself, and which of its columns is which.
func (r *room) setOptions(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.pending(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f, chosen := q.Sent(), p.options
	r.readOptions(f, &chosen)
	if !f.OK() {
		rep, commit, err := r.plan(ctx, q, p)
		if err != nil {
			return console.Answer{}, err
		}
		return console.Again("budgets/check", r.checked(q, p, rep, commit != nil, f)), nil
	}
	p.options = chosen
	p.Map = nil
	for _, name := range budgetfile.Columns() {
		if header := q.Form.Get("map." + name); header != "" {
			if p.Map == nil {
				p.Map = map[string]string{}
			}
			p.Map[name] = header
		}
	}
	return r.keepOptions(ctx, q, p)
}

// setFixes takes what belongs into cells that were refused. A field left as it was changes nothing.
func (r *room) setFixes(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.pending(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	for field, values := range q.Form {
		line, column, ok := readFix(field)
		if !ok || values[0] == q.Form.Get("was."+field) {
			continue
		}
		fix := table.Fix{Line: line, Column: column, Value: strings.TrimSpace(values[0])}
		same := func(k table.Fix) bool { return k.Line == fix.Line && k.Column == fix.Column }
		p.Fixes = append(slices.DeleteFunc(p.Fixes, same), fix)
	}
	slices.SortFunc(p.Fixes, func(a, b table.Fix) int { return a.Line - b.Line })
	return r.keepOptions(ctx, q, p)
}

func (r *room) keepOptions(ctx context.Context, q *console.Request, p pending) (console.Answer, error) {
	data, err := json.Marshal(p.options)
	if err != nil {
		return console.Answer{}, fmt.Errorf("keep options: %w", err)
	}
	if err := r.Uploads.SetOptions(ctx, q.Commune.ID, p.ID, p.Revision, data); err != nil {
		return console.Answer{}, err
	}
	return console.Go(uploadPath(q, p.ID)), nil
}

// refused gives all refused rows as a file, to be mended in the sheet they came from.
func (r *room) refused(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.pending(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	rep, _, err := r.plan(ctx, q, p)
	if err != nil {
		return console.Answer{}, err
	}
	var out bytes.Buffer
	out.WriteString("\ufeff") // without it Excel takes UTF-8 for Windows-1252
	w := csv.NewWriter(&out)
	w.Comma = ';'
	rows := [][]string{{q.T("budgets.refused.line"), q.T("budgets.refused.column"), q.T("budgets.refused.value"), q.T("budgets.refused.reason")}}
	for _, f := range rep.Refused {
		rows = append(rows, []string{strconv.Itoa(f.Line), plain(f.Column), plain(f.Value), sentence(q, f.Reason)})
	}
	if err := w.WriteAll(rows); err != nil {
		return console.Answer{}, fmt.Errorf("write refused rows: %w", err)
	}
	return console.Download(q.T("budgets.refused.file"), "text/csv; charset=utf-8", out.Bytes()), nil
}

// plain keeps a cell from being taken for a formula by the program that opens the file.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// commit writes the accepted rows as a draft.
func (r *room) commit(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.pending(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	rep, commit, err := r.plan(ctx, q, p)
	if err != nil {
		return console.Answer{}, err
	}
	if commit == nil || q.Form.Get("revision") != strconv.FormatInt(p.Revision, 10) {
		f := &console.Form{Values: p.standing()}
		f.Fail("", "budgets.error.changed")
		return console.Again("budgets/check", r.checked(q, p, rep, commit != nil, f)), nil
	}
	if err := commit(ctx); err != nil {
		return console.Answer{}, err
	}
	if err := r.Uploads.Drop(ctx, q.Commune.ID, p.ID); err != nil {
		return console.Answer{}, err
	}
	all, err := r.Documents.Documents(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	to := q.Path("/budgets")
	year, stage, version := rep.Facts["year"], rep.Facts["stage"], 0
	for _, d := range all {
		if strconv.Itoa(d.Year) == year && string(d.Stage) == stage && d.Version > version {
			to, version = documentPath(q, d.ID), d.Version
		}
	}
	return console.Go(to).Say("budgets.said.imported", "accepted", rep.Counts.Accepted, "refused", rep.Counts.Refused), nil
}

// drop throws a file away.
func (r *room) drop(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("upload")
	if err != nil {
		return console.Answer{}, err
	}
	if err := r.Uploads.Drop(ctx, q.Commune.ID, id); err != nil {
		return console.Answer{}, err
	}
	return console.Go(q.Path("/budgets")).Say("budgets.said.dropped"), nil
}
