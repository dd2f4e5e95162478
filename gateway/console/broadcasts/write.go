package broadcasts

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// Bounds of the form.
const (
	mostText   = 612     // the four parts of a text in the GSM alphabet
	mostHours  = 24 * 90 // as the service bounds a life
	leastWhy   = 5
	someHours  = "48"
	freeText   = "text"
	leaveLater = "later"
)

// tongue asks for the text in one language.
type tongue struct {
	Tag, Own, Name, Value string
	Most                  int
	Fault                 *console.Fault
}

// writePage asks what is said, to whom and when.
type writePage struct {
	Form    *console.Form
	Draft   int64 // that is changed; 0: a new one
	Earlier int64 // whose recipients it goes to; 0: the commune's
	French  tongue
	Others  []tongue
	Open    bool // the other languages are shown at once

	Kinds, Purposes, Leaves []console.Option
	MostWhy                 int
}

// subjects are what can be made from the records.
func (r *room) subjects() (all []string) {
	for _, s := range []string{"budget", "practice"} {
		if _, known := r.Campaign.Subjects[s]; known {
			all = append(all, s)
		}
	}
	return all
}

// purposes are what a town hall's readers agreed to; organisations speak to their members themselves.
func purposes() []string {
	return []string{string(store.PurposeNotices), string(store.PurposeConsultations)}
}

func textField(tag string) string { return "text." + tag }

func (r *room) writePage(q *console.Request, f *console.Form, draft, earlier int64) writePage {
	p := writePage{Form: f, Draft: draft, Earlier: earlier, MostWhy: mostReason}
	for _, l := range r.Languages() {
		name := textField(l.Tag)
		t := tongue{l.Tag, l.Own, name, f.Values.Get(name), mostText, f.Fault(name)}
		if l.Tag == french {
			p.French = t
			continue
		}
		p.Others, p.Open = append(p.Others, t), p.Open || t.Value != "" || t.Fault != nil
	}
	for _, k := range append([]string{freeText}, r.subjects()...) {
		p.Kinds = append(p.Kinds, console.Option{Value: k, Label: q.T("broadcasts.write.what." + k)})
	}
	for _, k := range purposes() {
		p.Purposes = append(p.Purposes, console.Option{Value: k, Label: q.T("broadcasts.purpose." + k)})
	}
	for _, k := range []string{"now", leaveLater} {
		p.Leaves = append(p.Leaves, console.Option{Value: k, Label: q.T("broadcasts.write.leaves." + k)})
	}
	return p
}

// blank shows the form of a new broadcast, or with ?correct= of one for those who got an earlier one.
func (r *room) blank(ctx context.Context, q *console.Request) (console.Answer, error) {
	name, earlier := "broadcast:new", int64(0)
	if id := q.Query.Get("correct"); id != "" {
		var err error
		if earlier, err = r.earlier(ctx, q, id); err != nil {
			return console.Answer{}, err
		}
		name += ":" + id
	}
	f, err := q.Blank(ctx, name, url.Values{
		"what": {freeText}, "purpose": {string(store.PurposeNotices)}, "leaves": {"now"}, "hours": {someHours}, "correct": {q.Query.Get("correct")},
	})
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("broadcasts/write", r.writePage(q, f, 0, earlier)), nil
}

// earlier finds a broadcast of this commune that a form names.
func (r *room) earlier(ctx context.Context, q *console.Request, id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, store.NewError(store.CodeNotFound, "correct broadcast", "no number of a record")
	}
	_, err = r.Campaign.Show(ctx, q.Commune.ID, n)
	return n, err
}

// create stores a draft.
func (r *room) create(ctx context.Context, q *console.Request) (console.Answer, error) {
	f, earlier := q.Sent(), int64(0)
	if id := f.Get("correct"); id != "" {
		var err error
		if earlier, err = r.earlier(ctx, q, id); err != nil {
			return console.Answer{}, err
		}
	}
	w := r.wish(q, f, nil)
	if earlier != 0 {
		w.Audience = campaign.Audience{Broadcast: earlier, Purpose: w.Audience.Purpose}
	}
	if err := r.weigh(ctx, f, w); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		return console.Again("broadcasts/write", r.writePage(q, f, 0, earlier)), nil
	}
	save := r.Campaign.New
	if earlier != 0 {
		save = func(ctx context.Context, w campaign.Wish, act store.Act) (store.Broadcast, error) {
			return r.Campaign.Correct(ctx, earlier, w, act)
		}
	}
	b, err := save(ctx, w, q.Act(""))
	if err != nil {
		return console.Answer{}, err
	}
	return console.Go(path(q, b.ID)).Say("broadcasts.said.drafted"), nil
}

// editing shows the form with what a draft holds.
func (r *room) editing(ctx context.Context, q *console.Request) (console.Answer, error) {
	b, c, a, err := r.draft(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f, err := q.Blank(ctx, "broadcast:"+strconv.FormatInt(b.ID, 10), r.standing(b, c, a))
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("broadcasts/write", r.writePage(q, f, b.ID, a.Broadcast)), nil
}

// edit replaces what a draft holds, unless it has changed since the form was drawn.
func (r *room) edit(ctx context.Context, q *console.Request) (console.Answer, error) {
	b, c, a, err := r.draft(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	w := r.wish(q, f, c.Text)
	if a.Broadcast != 0 {
		w.Audience = a
	}
	if err := r.weigh(ctx, f, w); err != nil {
		return console.Answer{}, err
	}
	since, err := strconv.ParseInt(f.Get("since"), 10, 64)
	if err != nil {
		return console.Answer{}, store.NewError(store.CodeInvalid, "edit broadcast", "no revision")
	}
	if f.OK() {
		err := r.Campaign.Edit(ctx, b.ID, w, time.UnixMicro(since).UTC(), q.Act(""))
		if err == nil {
			return console.Go(path(q, b.ID)).Say("broadcasts.said.edited"), nil
		}
		if store.CodeOf(err) != store.CodeConflict {
			return console.Answer{}, err
		}
		f.Fail("", "broadcasts.error.changed")
		f.Values.Set("since", row{Broadcast: b}.Since()) // who reads this and saves again means it
	}
	return console.Again("broadcasts/write", r.writePage(q, f, b.ID, a.Broadcast)), nil
}

// drop ends a draft by its author.
func (r *room) drop(ctx context.Context, q *console.Request) (console.Answer, error) {
	b, _, _, err := r.draft(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	if err := r.Campaign.Cancel(ctx, q.Commune.ID, b.ID, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(q.Path("/broadcasts")).Say("broadcasts.said.dropped"), nil
}
