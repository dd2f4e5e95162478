package broadcasts

import (
	"context"
	"errors"

	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// mostReason bounds what is written into the trail.
const mostReason = 120

// fail draws the page again with what the service does not take.
func (r *room) fail(ctx context.Context, q *console.Request, id int64, field string, err error) (console.Answer, error) {
	text := faults(err)
	if text == "" {
		return console.Answer{}, err
	}
	p, pageErr := r.page(ctx, q, id)
	if pageErr != nil {
		return console.Answer{}, pageErr
	}
	p.Form = q.Sent()
	p.Form.Fail(field, text)
	return console.Again("broadcasts/show", p), nil
}

// submit puts a draft forward.
func (r *room) submit(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("broadcast")
	if err != nil {
		return console.Answer{}, err
	}
	if _, err := r.Campaign.Submit(ctx, q.Commune.ID, id, q.Act("")); err != nil {
		return r.fail(ctx, q, id, "", err)
	}
	return console.Go(path(q, id)).Say("broadcasts.said.submitted"), nil
}

// approve lets a broadcast go out as the approver has read it, by another person than its author; of many people their number
// is typed.
func (r *room) approve(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("broadcast")
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.page(ctx, q, id)
	if err != nil {
		return console.Answer{}, err
	}
	f, typed := q.Sent(), int64(0)
	if f.Get("since") != p.Row.Since() { // it was returned, changed and put forward again: they have read another one
		f.Fail("", "broadcasts.error.reread")
		p.Form = f
		return console.Again("broadcasts/show", p), nil
	}
	if p.Typed {
		if typed = f.Whole("typed", 0, 1<<40); !f.OK() {
			p.Form = f
			return console.Again("broadcasts/show", p), nil
		}
	}
	approved, err := r.Campaign.Approve(ctx, q.Commune.ID, id, typed, q.Act(""))
	if err != nil {
		field := ""
		if errors.Is(err, campaign.ErrTyped) {
			field = "typed"
		}
		return r.fail(ctx, q, id, field, err)
	}
	if !approved {
		return console.Go(path(q, id)).Say("broadcasts.said.seconded"), nil
	}
	return console.Go(path(q, id)).Say("broadcasts.said.approved"), nil
}

// do is a handler of one move; the reason goes into the trail.
func (r *room) do(said string, move func(context.Context, store.PlaceID, int64, store.Act) error) console.Handler {
	return func(ctx context.Context, q *console.Request) (console.Answer, error) {
		id, err := q.Key("broadcast")
		if err != nil {
			return console.Answer{}, err
		}
		f := q.Sent()
		reason := f.Text("reason", 0, mostReason)
		if !f.OK() {
			p, err := r.page(ctx, q, id)
			p.Form = f
			return console.Again("broadcasts/show", p), err
		}
		if err := move(ctx, q.Commune.ID, id, q.Act(reason)); err != nil {
			return console.Answer{}, err
		}
		return console.Go(path(q, id)).Say("broadcasts.said." + said), nil
	}
}
