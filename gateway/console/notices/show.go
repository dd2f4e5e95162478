package notices

import (
	"context"
	"net/url"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/civic/notice"
	"baro/gateway/console"
	"baro/store"
)

// typedFrom: of more people the approver types their number.
const typedFrom = 1000

const mostNote = 100

type versionView struct {
	store.NoticeVersion
	Where string
	Reach string
}

// StateID is the id of a text.
func (v versionView) StateID() string { return "notices.version." + string(v.State) }

// noticePage is one notice with its versions, and what can be done.
type noticePage struct {
	Notice   row
	Versions []versionView // the newest first
	Asked    *versionView  // waits for a decision
	Texts    []Text        // of the newest version
	Coming   string
	Typed    bool // the number of people has to be typed
	Mine     bool // the reader put it forward
	Form     *console.Form
	Reasons  []console.Option
	Most     int

	MayDecide, MayChange, MayWithdraw, MayAsk bool
}

func (r *room) page(ctx context.Context, q *console.Request, n store.Notice) (noticePage, error) {
	p := noticePage{Form: &console.Form{Values: url.Values{}}, Most: mostNote, Reasons: []console.Option{{Label: q.T("notices.reason.none")}}}
	for _, code := range notice.Reasons() {
		p.Reasons = append(p.Reasons, console.Option{Value: code, Label: q.T("notices.reason." + code)})
	}
	var err error
	if p.Notice, err = r.row(ctx, q, n); err != nil {
		return p, err
	}
	all, err := r.Notices.Notices.Versions(ctx, n.Commune, n.ID)
	if err != nil {
		return p, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		v := versionView{NoticeVersion: all[i], Reach: people(q, all[i].Recipients)}
		if v.Where, err = r.where(ctx, n.Commune, v.Content); err != nil {
			return p, err
		}
		p.Versions = append(p.Versions, v)
	}
	if len(p.Versions) > 0 {
		newest := p.Versions[0]
		if newest.State == store.VersionAsked {
			p.Asked = &newest
			p.Typed, p.Mine = newest.Recipients > typedFrom, newest.Author == by(q)
		}
		if p.Texts, err = r.Texts(ctx, n, newest.NoticeVersion); err != nil {
			return p, err
		}
	}
	if n.State.Told() || n.State == store.NoticePast {
		coming, err := r.Notices.Coming(ctx, n.Commune, n.ID)
		if err != nil {
			return p, err
		}
		p.Coming = people(q, coming)
	}
	edits := n.Organisation == 0 && q.Who.Can(access.EditNotices, n.Commune)
	p.MayDecide = p.Asked != nil && q.Who.Can(access.Approve, n.Commune) && !p.Mine
	p.MayWithdraw = edits && p.Asked != nil
	p.MayChange = edits && p.Asked == nil && n.State.Told() && n.Content.StartsAt.After(r.Now())
	p.MayAsk = edits && (n.State == store.NoticeDraft || n.State == store.NoticeRefused) && n.Content.StartsAt.After(r.Now())
	return p, nil
}

func (r *room) show(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.notice(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.page(ctx, q, n)
	return console.Show("notices/notice", p), err
}

func path(q *console.Request, id int64) string {
	return q.Path("/notices/" + strconv.FormatInt(id, 10))
}
