package notices

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/civic/notice"
	"baro/gateway/console"
	"baro/store"
)

// leastWhy is the shortest reason of a rejected appeal.
const leastWhy = 5

// appealPage is a refused notice as the person outside the commune reads it.
type appealPage struct {
	Notice  row
	Refused versionView // with the reason of the refusal
	Texts   []Text
	Form    *console.Form
	Most    int

	Inside, MayDecide bool
}

// outside tells whether somebody has no part in what they judge: neither in the town hall nor in the organisation.
func outside(q *console.Request, n store.Notice) bool {
	return !q.Who.Can(access.ReadRecords, n.Commune) && !q.Who.Can(access.ManageAccounts, n.Commune) &&
		!slices.Contains(q.Who.Organisations(n.Commune), n.Organisation)
}

// appeals lists the refused notices of a commune that wait to be judged.
func (r *room) appeals(ctx context.Context, q *console.Request) (console.Answer, error) {
	rows, err := r.appealed(ctx, q)
	return console.Show("notices/appeals", struct{ Appeals []row }{rows}), err
}

func (r *room) appealed(ctx context.Context, q *console.Request) (rows []row, err error) {
	all, err := r.Notices.Appeals(ctx, q.Commune.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		a, err := r.row(ctx, q, n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, a)
	}
	return rows, nil
}

// appealPage finds a notice that was appealed; the rest of a commune's notices is no affair of who judges.
func (r *room) appealPage(ctx context.Context, q *console.Request) (store.Notice, appealPage, error) {
	p := appealPage{Form: &console.Form{Values: url.Values{}}, Most: mostNote}
	n, err := r.notice(ctx, q)
	if err == nil && n.Appeal == store.AppealNone {
		err = store.NewError(store.CodeNotFound, "find appeal", "there was none")
	}
	if err != nil {
		return n, p, err
	}
	if p.Notice, err = r.row(ctx, q, n); err != nil {
		return n, p, err
	}
	v, err := r.Notices.Notices.Version(ctx, n.Commune, n.ID, n.Version)
	if err != nil {
		return n, p, err
	}
	p.Refused = versionView{NoticeVersion: v, Reach: people(q, v.Recipients)}
	if p.Refused.Where, err = r.where(ctx, n.Commune, v.Content); err != nil {
		return n, p, err
	}
	p.Inside = !outside(q, n)
	p.MayDecide = !p.Inside && n.Appeal == store.AppealAsked
	p.Texts, err = r.Texts(ctx, n, v)
	return n, p, err
}

func (r *room) showAppeal(ctx context.Context, q *console.Request) (console.Answer, error) {
	_, p, err := r.appealPage(ctx, q)
	return console.Show("notices/appeal", p), err
}

// judge grants an appeal, and the notice goes on its way, or rejects it with a reason.
func (r *room) judge(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, p, err := r.appealPage(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	version, err := strconv.Atoi(f.Get("version"))
	if err != nil || version != n.Version {
		return console.Answer{}, store.NewError(store.CodeConflict, "judge appeal", "it is not as it was when it was shown")
	}
	granted, reason := f.Choice("verdict", "grant", "reject") == "grant", ""
	switch {
	case !granted:
		reason = f.Text("reason", leastWhy, mostNote)
	case !p.Refused.Content.StartsAt.After(r.Now()):
		f.Fail("verdict", "notices.error.past")
	}
	if f.OK() {
		err := r.Notices.DecideAppeal(ctx, n.Commune, n.ID, granted, outside(q, n), by(q), q.Act(reason))
		switch {
		case err == nil && granted:
			return console.Go(q.Path("/appeals")).Say("notices.said.granted"), nil
		case err == nil:
			return console.Go(q.Path("/appeals")).Say("notices.said.rejected"), nil
		case errors.Is(err, notice.ErrOutside):
			f.Fail("", "notices.judge.inside")
		default:
			if err := refused(f, err); err != nil {
				return console.Answer{}, err
			}
		}
	}
	p.Form = f
	return console.Again("notices/appeal", p), nil
}
