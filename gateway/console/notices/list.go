package notices

import (
	"context"
	"strconv"
	"time"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// mostListed bounds the list of a sender's notices.
const mostListed = 60

// few is from how many people on their number is told.
const few = 10

// row is a notice in a list, or a version of it that waits.
type row struct {
	ID      int64
	Number  int
	Sender  string
	Topic   store.NoticeTopic
	Change  store.NoticeChange
	Where   string
	Starts  time.Time
	State   store.NoticeState
	Appeal  store.AppealState
	By      time.Time // decided by then
	Reach   string    // people, "" when that is not known
	Cost    *int64
	Coming  string
	Appeals bool // an appeal can be asked for
}

// StateID and AppealID are ids of texts.
func (w row) StateID() string { return "notices.state." + string(w.State) }

// AppealID is "" without an appeal.
func (w row) AppealID() string {
	if w.Appeal == store.AppealNone {
		return ""
	}
	return "notices.appeal." + string(w.Appeal)
}

func (r *room) row(ctx context.Context, q *console.Request, n store.Notice) (row, error) {
	sender, err := r.sender(ctx, q, n)
	if err != nil {
		return row{}, err
	}
	where, err := r.where(ctx, n.Commune, n.Content)
	return row{
		ID: n.ID, Number: n.Number, Sender: sender, Topic: n.Content.Topic, Where: where, Starts: n.Content.StartsAt, State: n.State,
		Appeal: n.Appeal,
	}, err
}

func (r *room) sender(ctx context.Context, q *console.Request, n store.Notice) (string, error) {
	if n.Organisation == 0 {
		return q.T("notices.town_hall"), nil
	}
	o, err := r.Organisations.Get(ctx, n.Commune, n.Organisation)
	return o.ShortName, err
}

func (r *room) where(ctx context.Context, commune store.PlaceID, c store.NoticeContent) (string, error) {
	if c.Venue == 0 {
		return c.Place, nil
	}
	v, err := r.Venues.Get(ctx, commune, c.Venue)
	return v.Name, err
}

// people tells a number of people; below ten not exactly.
func people(q *console.Request, n int64) string {
	if n < few {
		return q.T("notices.few")
	}
	return strconv.FormatInt(n, 10)
}

// list shows what waits for a decision, and the town hall's own.
func (r *room) list(ctx context.Context, q *console.Request) (console.Answer, error) {
	asked, err := r.Notices.Waiting(ctx, q.Commune.ID, 0)
	if err != nil {
		return console.Answer{}, err
	}
	var waiting []row
	for _, v := range asked {
		n, err := r.Notices.Notices.Get(ctx, q.Commune.ID, v.Notice)
		if err != nil {
			return console.Answer{}, err
		}
		w, err := r.row(ctx, q, store.Notice{ID: n.ID, Commune: n.Commune, Organisation: n.Organisation, Number: n.Number, Content: v.Content, State: n.State})
		if err != nil {
			return console.Answer{}, err
		}
		w.Change, w.By, w.Reach, w.Cost = v.Change, v.ApproveBy, people(q, v.Recipients), v.Cost
		waiting = append(waiting, w)
	}
	own, err := r.rows(ctx, q, 0)
	if err != nil {
		return console.Answer{}, err
	}
	appealed, err := r.appealed(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("notices/list", struct {
		Waiting, Own, Appeals []row
		MayEdit, MayApprove   bool
	}{waiting, own, appealed, q.Who.Can(access.EditNotices, q.Commune.ID), q.Who.Can(access.Approve, q.Commune.ID)}), nil
}

// rows are the notices of one sender, 0 for the town hall.
func (r *room) rows(ctx context.Context, q *console.Request, organisation int64) (out []row, err error) {
	all, err := r.Notices.Notices.Own(ctx, q.Commune.ID, organisation, mostListed)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		w, err := r.row(ctx, q, n)
		if err != nil {
			return nil, err
		}
		if n.State.Told() || n.State == store.NoticePast {
			coming, err := r.Notices.Coming(ctx, q.Commune.ID, n.ID)
			if err != nil {
				return nil, err
			}
			w.Coming = people(q, coming)
		}
		out = append(out, w)
	}
	return out, nil
}

// ofGroups shows officers how the notices of their organisations stand and how many come, never who.
func (r *room) ofGroups(ctx context.Context, q *console.Request) (console.Answer, error) {
	type group struct {
		Name    string
		Notices []row
	}
	var groups []group
	for _, id := range q.Who.Organisations(q.Commune.ID) {
		o, err := r.Organisations.Get(ctx, q.Commune.ID, id)
		if err != nil {
			return console.Answer{}, err
		}
		rows, err := r.rows(ctx, q, id)
		if err != nil {
			return console.Answer{}, err
		}
		for i := range rows {
			rows[i].Appeals = rows[i].State == store.NoticeRefused && rows[i].Appeal == store.AppealNone
		}
		groups = append(groups, group{o.ShortName, rows})
	}
	return console.Show("notices/groups", struct{ Groups []group }{groups}), nil
}

// waiting tells approvers what waits for them, with what is about to run out of time as late, editors what was refused, and
// who judges which appeals wait.
func (r *room) waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) (items []console.Item, err error) {
	path := console.InPath(commune, "/notices")
	if who.Can(access.Approve, commune) {
		asked, err := r.Notices.Waiting(ctx, commune, 0)
		if err != nil {
			return nil, err
		}
		soon, later := 0, 0
		for _, v := range asked {
			if v.ApproveBy.Sub(r.Now()) < hurry {
				soon++
			} else {
				later++
			}
		}
		items = append(items,
			console.Item{Text: "notices.waiting.soon", N: soon, Late: true, Path: path},
			console.Item{Text: "notices.waiting.asked", N: later, Path: path})
	}
	if who.Can(access.EditNotices, commune) {
		all, err := r.Notices.Notices.Own(ctx, commune, 0, mostListed)
		if err != nil {
			return nil, err
		}
		refused := 0
		for _, n := range all {
			if n.State == store.NoticeRefused && n.Content.StartsAt.After(r.Now()) {
				refused++
			}
		}
		items = append(items, console.Item{Text: "notices.waiting.refused", N: refused, Path: path})
	}
	if who.Can(access.JudgeAppeals, commune) {
		all, err := r.Notices.Appeals(ctx, commune)
		if err != nil {
			return nil, err
		}
		items = append(items, console.Item{Text: "notices.waiting.appeals", N: len(all), Path: console.InPath(commune, "/appeals")})
	}
	return items, nil
}

// hurry is how long before its end a wait for a decision is called late.
const hurry = 24 * time.Hour
