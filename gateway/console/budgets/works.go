package budgets

import (
	"context"
	"strconv"
	"strings"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// workView is a work: what the town hall says, and what residents see.
type workView struct {
	ID, Money     int64
	Name, Village string
	State         store.WorkState
	Next          []store.WorkState // what the town hall may say after it
	Numbers       int64             // that answered, in tens; 0 before ten
	Seen          string
	Dial          string
}

// workStates in the order of a work's life.
var workStates = []store.WorkState{store.WorkPlanned, store.WorkOngoing, store.WorkStopped, store.WorkDone}

// works lists the works of a year with what residents see of each, side by side. They are not ranked.
func (r *room) works(ctx context.Context, q *console.Request) (console.Answer, error) {
	year, err := yearOf(q)
	if err != nil {
		return console.Answer{}, err
	}
	all, err := r.Works.List(ctx, q.Commune.ID, year)
	if err != nil {
		return console.Answer{}, err
	}
	var views []workView
	for _, w := range all {
		v := workView{ID: w.ID, Name: w.Operation, Village: w.Village, Money: w.Planned, State: w.State, Dial: r.Dials.String(q.Commune.ID, keyBudget, w.Number)}
		for _, next := range workStates {
			if w.State.CanBecome(next) {
				v.Next = append(v.Next, next)
			}
		}
		totals, shown, err := r.Budget.SeenOf(ctx, w)
		if err != nil {
			return console.Answer{}, err
		}
		if shown {
			v.Numbers = totals.Numbers
			words := make([]string, len(totals.Most))
			for i, m := range totals.Most {
				words[i] = r.Label(q.Locale, "budget.seen."+m)
			}
			v.Seen = strings.Join(words, ", ")
		}
		views = append(views, v)
	}
	return console.Show("budgets/works", struct {
		Year, Before, After int
		Works               []workView
		MayEdit             bool
	}{year, year - 1, year + 1, views, q.Who.Can(access.EditBudget, q.Commune.ID)}), nil
}

// keyBudget leads from the main menu to the budget.
const keyBudget = 1

// moveWork says how far a work is.
func (r *room) moveWork(ctx context.Context, q *console.Request) (console.Answer, error) {
	year, err := yearOf(q)
	if err != nil {
		return console.Answer{}, err
	}
	id, err := q.Key("work")
	if err != nil {
		return console.Answer{}, err
	}
	from, to := store.WorkState(q.Form.Get("from")), store.WorkState(q.Form.Get("to"))
	if err := r.Works.Move(ctx, q.Commune.ID, id, from, to, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(q.Path("/budgets/works/" + strconv.Itoa(year))).Say("budgets.said.work"), nil
}
