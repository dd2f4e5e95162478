package trail

import (
	"context"
	"strconv"

	"baro/gateway/console"
	"baro/store"
)

const pageRows = 50

type entry struct {
	store.AuditRow
	Who string
}

type listPage struct {
	Form                *console.Form
	Rows                []entry
	Self, Older, Export string
}

func (t room) list(ctx context.Context, r *console.Request) (console.Answer, error) {
	filter, form, err := t.filter(ctx, r)
	if err != nil {
		return console.Answer{}, err
	}
	before, _ := strconv.ParseInt(r.Query.Get("before"), 10, 64)
	rows, err := t.audit.Search(ctx, filter, max(before, 0), pageRows+1)
	if err != nil {
		return console.Answer{}, err
	}
	page := listPage{Form: form, Self: r.Path("/audit"), Export: r.Path("/audit.csv") + query(r.Query, 0)}
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		page.Older = page.Self + query(r.Query, rows[pageRows-1].Seq)
	}
	names, err := t.names(ctx, rows)
	if err != nil {
		return console.Answer{}, err
	}
	for _, row := range rows {
		who := names[row.Actor]
		if who == "" {
			who = row.Actor
		}
		page.Rows = append(page.Rows, entry{row, who})
	}
	return console.Show("trail/list", page), nil
}
