package budgets

import (
	"context"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/console"
	"baro/gateway/exchange"
	"baro/store"
)

// waiting tells what waits here for somebody: drafts for who may publish, files and steps of the calendar for who may edit.
func (r *room) waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) (items []console.Item, err error) {
	if who.Can(access.PublishBudget, commune) {
		all, err := r.Documents.Documents(ctx, commune)
		if err != nil {
			return nil, err
		}
		drafts := 0
		for _, d := range all {
			if d.Status == store.BudgetDraft {
				drafts++
			}
		}
		items = append(items, console.Item{Text: "budgets.waiting.drafts", N: drafts, Path: console.InPath(commune, "/budgets")})
	}
	if !who.Can(access.EditBudget, commune) {
		return items, nil
	}
	uploads, err := r.Uploads.List(ctx, commune, string(exchange.Budget))
	if err != nil {
		return nil, err
	}
	items = append(items, console.Item{Text: "budgets.waiting.uploads", N: len(uploads), Path: console.InPath(commune, "/budgets")})
	due, err := r.Budget.Due(ctx, commune, r.Now())
	if err != nil {
		return nil, err
	}
	late, soon := 0, 0
	for _, s := range due {
		if s.State == budget.StepLate {
			late++
		} else {
			soon++
		}
	}
	calendar := console.InPath(commune, "/budgets/calendar/"+strconv.Itoa(r.Now().In(r.Zone).Year()))
	if len(due) > 0 {
		calendar = console.InPath(commune, "/budgets/calendar/"+strconv.Itoa(due[0].Year))
	}
	return append(items,
		console.Item{Text: "budgets.waiting.late", N: late, Late: true, Path: calendar},
		console.Item{Text: "budgets.waiting.due", N: soon, Path: calendar}), nil
}
