package notices

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"baro/gateway/civic/notice"
	"baro/gateway/console"
	"baro/store"
)

// mostPlace is the longest place that is no venue.
const mostPlace = 24

func topics() []store.NoticeTopic {
	return []store.NoticeTopic{store.TopicBudget, store.TopicWorks, store.TopicTraining, store.TopicSavings, store.TopicOther}
}

// writePage asks for a meeting: what, when, where.
type writePage struct {
	Form    *console.Form
	Notice  *row // that is changed; nil for a new one
	Topics  []console.Option
	Venues  []console.Option
	Changes []console.Option
	Most    int
}

func (r *room) writePage(ctx context.Context, q *console.Request, f *console.Form, n *store.Notice) (writePage, error) {
	p := writePage{Form: f, Most: mostPlace, Venues: []console.Option{{Label: q.T("notices.write.elsewhere")}}}
	for _, t := range topics() {
		p.Topics = append(p.Topics, console.Option{Value: string(t), Label: q.T("notices.topic." + string(t))})
	}
	for _, c := range changes() {
		p.Changes = append(p.Changes, console.Option{Value: c, Label: q.T("notices.change." + c)})
	}
	venues, err := r.Venues.List(ctx, q.Commune.ID)
	if err != nil {
		return p, err
	}
	for _, v := range venues {
		p.Venues = append(p.Venues, console.Option{Value: strconv.FormatInt(v.ID, 10), Label: v.Name})
	}
	if n != nil {
		w, err := r.row(ctx, q, *n)
		if err != nil {
			return p, err
		}
		p.Notice = &w
	}
	return p, nil
}

// changes are those that ask for other words; to cancel is a form of its own.
func changes() []string {
	return []string{string(store.ChangePostponed), string(store.ChangeCorrected)}
}

func (r *room) blank(ctx context.Context, q *console.Request) (console.Answer, error) {
	f, err := q.Blank(ctx, "notice:new", nil)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.writePage(ctx, q, f, nil)
	return console.Show("notices/write", p), err
}

// content reads a meeting as it was typed.
func (r *room) content(f *console.Form, p writePage) (c store.NoticeContent) {
	words := make([]string, len(p.Topics))
	for i, o := range p.Topics {
		words[i] = o.Value
	}
	c.Topic = store.NoticeTopic(f.Choice("topic", words...))
	day := f.Day("day", false)
	clock, err := time.Parse("15:04", f.Get("clock"))
	if err != nil {
		f.Fail("clock", "notices.error.clock")
	}
	if at, err := time.ParseInLocation(time.DateOnly, string(day), r.Zone); err == nil {
		c.StartsAt = time.Date(at.Year(), at.Month(), at.Day(), clock.Hour(), clock.Minute(), 0, 0, r.Zone).UTC()
	}
	venues := make([]string, len(p.Venues))
	for i, o := range p.Venues {
		venues[i] = o.Value
	}
	if venue := f.Choice("venue", venues...); venue != "" && f.Fault("venue") == nil {
		c.Venue, _ = strconv.ParseInt(venue, 10, 64) // one of the list
		return c
	}
	c.Place = f.Text("place", 2, mostPlace)
	return c
}

// propose writes a meeting of the town hall and puts it forward.
func (r *room) propose(ctx context.Context, q *console.Request) (console.Answer, error) {
	f := q.Sent()
	p, err := r.writePage(ctx, q, f, nil)
	if err != nil {
		return console.Answer{}, err
	}
	content := r.content(f, p)
	if f.OK() {
		id, err := r.put(ctx, q, content)
		if err == nil {
			return console.Go(path(q, id)).Say("notices.said.asked"), nil
		}
		if err := refused(f, err); err != nil {
			return console.Answer{}, err
		}
	}
	return console.Again("notices/write", p), nil
}

// put stores a meeting of the town hall and asks for the second person's word; what cannot be asked for is not stored, its
// author has it on the page.
func (r *room) put(ctx context.Context, q *console.Request, c store.NoticeContent) (id int64, err error) {
	err = r.Tx.Write(ctx, func(ctx context.Context) error {
		n, _, err := r.Notices.Propose(ctx, notice.Proposal{
			Commune: q.Commune.ID, Audience: store.AudiencePublic, Content: c, Author: by(q), Act: q.Act(""),
		}, r.Now())
		id = n.ID
		return err
	})
	return id, err
}

// standing is what the form shows of a meeting that is changed.
func (r *room) standing(n store.Notice) url.Values {
	at, venue := n.Content.StartsAt.In(r.Zone), ""
	if n.Content.Venue != 0 {
		venue = strconv.FormatInt(n.Content.Venue, 10)
	}
	return url.Values{
		"topic": {string(n.Content.Topic)}, "day": {at.Format(time.DateOnly)}, "clock": {at.Format("15:04")}, "venue": {venue},
		"place": {n.Content.Place}, "change": {string(store.ChangePostponed)},
	}
}

func (r *room) changing(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.own(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f, err := q.Blank(ctx, "notice:"+strconv.FormatInt(n.ID, 10), r.standing(n))
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.writePage(ctx, q, f, &n)
	return console.Show("notices/write", p), err
}

// change postpones or corrects a meeting that people have been told of.
func (r *room) change(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.own(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	p, err := r.writePage(ctx, q, f, &n)
	if err != nil {
		return console.Answer{}, err
	}
	kind, content := f.Choice("change", changes()...), r.content(f, p)
	if f.OK() {
		_, err := r.Notices.Change(ctx, n.Commune, n.ID, store.NoticeChange(kind), content, by(q), q.Act(""), r.Now())
		if err == nil {
			return console.Go(path(q, n.ID)).Say("notices.said.asked"), nil
		}
		if err := refused(f, err); err != nil {
			return console.Answer{}, err
		}
	}
	return console.Again("notices/write", p), nil
}

// cancel asks to call a meeting off.
func (r *room) cancel(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.own(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	if _, err := r.Notices.Change(ctx, n.Commune, n.ID, store.ChangeCancelled, n.Content, by(q), q.Act(""), r.Now()); err != nil {
		return r.refuse(ctx, q, n, err)
	}
	return console.Go(path(q, n.ID)).Say("notices.said.asked"), nil
}
