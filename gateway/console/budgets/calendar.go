package budgets

import (
	"context"
	"net/url"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/console"
	"baro/store"
)

// calendarStep is a step with the form that changes it.
type calendarStep struct {
	Step      store.CalendarStep
	Name      string
	State     budget.StepState
	Due, Done store.Date
	Evidence  string
	Revision  int64
	Form      *console.Form
	Open      bool // the form is shown: it came back with a fault
}

func (r *room) calendar(ctx context.Context, q *console.Request) (console.Answer, error) {
	year, err := yearOf(q)
	if err != nil {
		return console.Answer{}, err
	}
	steps, err := r.steps(ctx, q, year)
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("budgets/calendar", r.calendarPage(q, year, steps)), nil
}

func (r *room) calendarPage(q *console.Request, year int, steps []calendarStep) any {
	return struct {
		Year, Before, After int
		Steps               []calendarStep
		MayEdit             bool
		MaxEvidence         int
	}{year, year - 1, year + 1, steps, q.Who.Can(access.EditBudget, q.Commune.ID), budget.MaxEvidence}
}

func (r *room) steps(ctx context.Context, q *console.Request, year int) ([]calendarStep, error) {
	all, err := r.Budget.Calendar(ctx, q.Commune.ID, year, r.Now())
	if err != nil {
		return nil, err
	}
	var out []calendarStep
	for _, s := range all {
		out = append(out, calendarStep{
			Step: s.Step, Name: r.stepName(q, s.Step), State: s.State, Due: s.Due, Done: s.Done, Evidence: s.Evidence, Revision: s.Revision,
			Form: &console.Form{Values: url.Values{
				"due": {string(s.Due)}, "done": {string(s.Done)}, "evidence": {s.Evidence}, "reference": {s.Reference},
			}},
		})
	}
	return out, nil
}

// noteStep records when a step is due, or that it was done and what proves it.
func (r *room) noteStep(ctx context.Context, q *console.Request) (console.Answer, error) {
	year, err := yearOf(q)
	if err != nil {
		return console.Answer{}, err
	}
	steps, err := r.steps(ctx, q, year)
	if err != nil {
		return console.Answer{}, err
	}
	at := -1
	for i := range steps {
		if string(steps[i].Step) == q.Param("step") {
			at = i
		}
	}
	if at < 0 {
		return console.Answer{}, store.NewError(store.CodeNotFound, "note step", "no such step")
	}
	f := q.Sent()
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if err != nil {
		return console.Answer{}, store.NewError(store.CodeInvalid, "note step", "no revision")
	}
	e := store.CalendarEntry{
		Commune: q.Commune.ID, Year: year, Step: steps[at].Step, Due: f.Day("due", true), Done: f.Day("done", true),
		Evidence: f.Text("evidence", 0, budget.MaxEvidence), Reference: f.Get("reference"), Revision: revision,
	}
	if f.OK() {
		_, err := r.Budget.Note(ctx, e, r.Now(), q.Act(""))
		if err == nil {
			return console.Go(q.Path("/budgets/calendar/"+strconv.Itoa(year))).Say("budgets.said.step", "step", steps[at].Name), nil
		}
		if store.CodeOf(err) != store.CodeInvalid {
			return console.Answer{}, err
		}
		f.Fail("", "budgets.error.note")
	}
	steps[at].Form, steps[at].Open = f, true
	return console.Again("budgets/calendar", r.calendarPage(q, year, steps)), nil
}

// yearOf is the year of the path.
func yearOf(q *console.Request) (int, error) {
	y, err := strconv.Atoi(q.Param("year"))
	if err != nil || y < 1990 || y > 2200 {
		return 0, store.NewError(store.CodeNotFound, "read path", "no year")
	}
	return y, nil
}
