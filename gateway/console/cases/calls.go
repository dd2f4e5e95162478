package cases

import (
	"context"
	"time"

	"baro/gateway/console"
	"baro/store"
)

// callView is a wish to be called; the number is opened on its own page, for who is about to call.
type callView struct {
	ID      int64
	Subject string
	Made    time.Time
}

func (r *room) calls(ctx context.Context, q *console.Request) (console.Answer, error) {
	waiting, err := r.Calls.Waiting(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var views []callView
	for _, c := range waiting {
		views = append(views, r.callView(q, c))
	}
	return console.Show("cases/calls", struct{ Calls []callView }{views}), nil
}

func (r *room) callView(q *console.Request, c store.Callback) callView {
	v := callView{ID: c.ID, Made: c.Made}
	if c.Subject != "" {
		v.Subject = q.T("cases.subject." + c.Subject)
	}
	return v
}

// wish gives the open wish of the path.
func (r *room) wish(ctx context.Context, q *console.Request) (store.Callback, error) {
	id, err := q.Key("call")
	if err != nil {
		return store.Callback{}, err
	}
	waiting, err := r.Calls.Waiting(ctx, q.Commune.ID)
	if err != nil {
		return store.Callback{}, err
	}
	for _, c := range waiting {
		if c.ID == id {
			return c, nil
		}
	}
	return store.Callback{}, store.NewError(store.CodeNotFound, "find call", "no open wish")
}

// call shows the number of one wish.
func (r *room) call(ctx context.Context, q *console.Request) (console.Answer, error) {
	c, err := r.wish(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	number, err := r.Calls.Number(ctx, q.Commune.ID, c.ID)
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("cases/call", struct {
		Call   callView
		Number string
	}{r.callView(q, c), number.E164()}), nil
}

// finish marks a wish as done, or as one that nobody could be reached for; the number is dropped with it.
func (r *room) finish(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("call")
	if err != nil {
		return console.Answer{}, err
	}
	end := r.Calls.Called
	switch q.Form.Get("result") {
	case "called":
	case "given_up":
		end = r.Calls.GivenUp
	default:
		return console.Answer{}, store.NewError(store.CodeInvalid, "finish call", "no such result")
	}
	if err := end(ctx, q.Commune.ID, id, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(q.Path("/calls")).Say("cases.said.called"), nil
}
