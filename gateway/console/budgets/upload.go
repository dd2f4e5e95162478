package budgets

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"baro/gateway/console"
	"baro/gateway/exchange"
	"baro/gateway/exchange/budget"
	"baro/gateway/exchange/table"
	"baro/store"
)

// options are what is kept of an upload beside the file.
type options struct {
	Year  int               `json:"year,omitempty"`
	Stage store.BudgetStage `json:"stage,omitempty"`
	Unit  int64             `json:"unit,omitempty"`
	Map   map[string]string `json:"map,omitempty"`
	Fixes []table.Fix       `json:"fixes,omitempty"`
}

// units are what amounts of a file may be counted in, in FCFA.
var units = []int64{1, 1_000, 1_000_000}

// stages in the order of the cycle.
var stages = []store.BudgetStage{store.BudgetPrimitif, store.BudgetAdditionnel, store.CompteAdministratif}

// uploadForm is what a file may not say itself, with the choices there are.
type uploadForm struct {
	Form                 *console.Form
	Years, Stages, Units []console.Option
}

// form puts the choices to a form.
func (r *room) form(q *console.Request, f *console.Form) uploadForm {
	v := uploadForm{Form: f, Years: []console.Option{{Label: q.T("budgets.upload.from_file")}}, Stages: []console.Option{{Label: q.T("budgets.upload.from_file")}}}
	for _, y := range r.years() {
		v.Years = append(v.Years, console.Option{Value: y, Label: y})
	}
	for _, s := range stages {
		v.Stages = append(v.Stages, console.Option{Value: string(s), Label: q.T("budgets.stage." + string(s))})
	}
	for _, u := range units {
		n := strconv.FormatInt(u, 10)
		v.Units = append(v.Units, console.Option{Value: n, Label: q.T("budgets.unit." + n)})
	}
	return v
}

// years are those whose budgets are imported: the next one and a few that are over.
func (r *room) years() (out []string) {
	now := r.Now().In(r.Zone).Year()
	for y := now + 1; y >= now-5; y-- {
		out = append(out, strconv.Itoa(y))
	}
	return out
}

// readOptions takes the fields of such a form; empty ones are left to the file.
func (r *room) readOptions(f *console.Form, o *options) {
	o.Year, _ = strconv.Atoi(f.Choice("year", append(r.years(), "")...))
	o.Stage = store.BudgetStage(f.Choice("stage", append(words(stages), "")...))
	o.Unit, _ = strconv.ParseInt(f.Choice("unit", numbers(units)...), 10, 64)
}

// standing fills a form with what was chosen before.
func (o options) standing() url.Values {
	v := url.Values{"stage": {string(o.Stage)}, "unit": {strconv.FormatInt(max(o.Unit, 1), 10)}}
	if o.Year != 0 {
		v.Set("year", strconv.Itoa(o.Year))
	}
	return v
}

func (r *room) newUpload(_ context.Context, q *console.Request) (console.Answer, error) {
	return console.Show("budgets/new", r.form(q, &console.Form{Values: options{}.standing()})), nil
}

// upload keeps a file and goes on to what is in it.
func (r *room) upload(ctx context.Context, q *console.Request) (console.Answer, error) {
	f, o := q.Sent(), options{}
	r.readOptions(f, &o)
	file, ok := q.File("file")
	if !ok || len(file.Content) == 0 {
		f.Fail("file", "budgets.error.file")
	}
	if !f.OK() {
		return console.Again("budgets/new", r.form(q, f)), nil
	}
	data, err := json.Marshal(o)
	if err != nil {
		return console.Answer{}, fmt.Errorf("keep upload: %w", err)
	}
	kept, err := r.Uploads.Create(ctx, store.Upload{
		Commune: q.Commune.ID, Kind: string(exchange.Budget), By: q.Who.Account.ID, Name: shortName(file.Name), Content: file.Content, Options: data,
	})
	if err != nil {
		return console.Answer{}, err
	}
	return console.Go(uploadPath(q, kept.ID)), nil
}

// template gives the workbook to fill in.
func (r *room) template(_ context.Context, q *console.Request) (console.Answer, error) {
	body, err := budget.Template()
	if err != nil {
		return console.Answer{}, err
	}
	return console.Download(q.T("budgets.template.file"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body), nil
}

func uploadPath(q *console.Request, id int64) string {
	return q.Path("/budgets/uploads/" + strconv.FormatInt(id, 10))
}

func documentPath(q *console.Request, id int64) string {
	return q.Path("/budgets/" + strconv.FormatInt(id, 10))
}

// shortName is a file's name as it is shown and kept: its last part, not longer than a line.
func shortName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	runes := []rune(strings.Join(strings.Fields(name), " "))
	return string(runes[:min(len(runes), 80)])
}
