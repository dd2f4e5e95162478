package budgets

import (
	"context"
	"slices"
	"time"

	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/console"
	"baro/gateway/exchange"
	"baro/store"
)

// yearView is the documents of one year, the latest of the cycle first.
type yearView struct {
	Year      int
	Documents []documentView
}

// documentView is one document in a list.
type documentView struct {
	ID      int64
	Stage   store.BudgetStage
	Version int
	Status  store.BudgetStatus
	Voted   store.Date
	Source  string
}

type stepView struct {
	Year  int
	Name  string
	Due   store.Date
	State budget.StepState
}

type uploadView struct {
	ID   int64
	Name string
	At   time.Time
}

// list shows what there is, what waits to be imported, and what the calendar asks for next.
func (r *room) list(ctx context.Context, q *console.Request) (console.Answer, error) {
	all, err := r.Documents.Documents(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var years []yearView
	for _, d := range all {
		if len(years) == 0 || years[len(years)-1].Year != d.Year {
			years = append(years, yearView{Year: d.Year})
		}
		y := &years[len(years)-1]
		y.Documents = append(y.Documents, viewOf(d))
	}
	due, err := r.Budget.Due(ctx, q.Commune.ID, r.Now())
	if err != nil {
		return console.Answer{}, err
	}
	var steps []stepView
	for _, s := range due {
		steps = append(steps, stepView{Year: s.Year, Name: r.stepName(q, s.Step), Due: s.Due, State: s.State})
	}
	uploads, err := r.Uploads.List(ctx, q.Commune.ID, string(exchange.Budget))
	if err != nil {
		return console.Answer{}, err
	}
	var files []uploadView
	for _, u := range uploads {
		files = append(files, uploadView{ID: u.ID, Name: u.Name, At: u.Created})
	}
	return console.Show("budgets/list", struct {
		Years    []yearView
		Due      []stepView
		Uploads  []uploadView
		MayEdit  bool
		Calendar int
		Public   string
	}{years, steps, files, q.Who.Can(access.EditBudget, q.Commune.ID), r.Now().In(r.Zone).Year(), publicPage(q.Commune)}), nil
}

func viewOf(d store.BudgetDocument) documentView {
	return documentView{ID: d.ID, Stage: d.Stage, Version: d.Version, Status: d.Status, Voted: d.Vote.On, Source: d.SourceName}
}

// publicPage is where everybody reads the commune's budget, "" while it has no number.
func publicPage(commune store.Place) string {
	if commune.Number == "" {
		return ""
	}
	return "/communes/" + commune.Number
}

// standing is the published document of a draft's year and stage.
func standing(all []store.BudgetDocument, d store.BudgetDocument) (store.BudgetDocument, bool) {
	i := slices.IndexFunc(all, func(k store.BudgetDocument) bool {
		return k.Year == d.Year && k.Stage == d.Stage && k.Status == store.BudgetPublished && k.ID != d.ID
	})
	if i < 0 {
		return store.BudgetDocument{}, false
	}
	return all[i], true
}
