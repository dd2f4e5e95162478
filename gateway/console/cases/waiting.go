package cases

import (
	"context"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// waiting tells each desk what is late and what waits, and the clerks who wants to be called.
func (r *room) waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) (items []console.Item, err error) {
	for _, d := range r.desks() {
		if !who.Can(d.needs, commune) {
			continue
		}
		counts, err := d.Cases.Counts(ctx, commune, d.desk, r.Now())
		if err != nil {
			return nil, err
		}
		path := console.InPath(commune, "/"+d.name)
		if !d.answers { // what is late is for those who answer
			items = append(items, console.Item{Text: "cases.waiting." + d.name, N: int(counts.Received), Path: path})
			continue
		}
		items = append(items,
			console.Item{Text: "cases.waiting.late", N: int(counts.Late), Late: true, Path: path + "?show=" + showLate},
			console.Item{Text: "cases.waiting." + d.name, N: int(counts.Received + counts.Assigned), Path: path})
	}
	if !who.Can(access.AnswerCases, commune) {
		return items, nil
	}
	calls, err := r.Calls.Waiting(ctx, commune)
	if err != nil {
		return nil, err
	}
	return append(items, console.Item{Text: "cases.waiting.calls", N: len(calls), Path: console.InPath(commune, "/calls")}), nil
}
