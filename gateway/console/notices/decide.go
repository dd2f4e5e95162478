package notices

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"baro/gateway/civic/notice"
	"baro/gateway/console"
	"baro/store"
)

// decide approves or refuses the version that was shown.
func (r *room) decide(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.notice(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.page(ctx, q, n)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	version, err := strconv.Atoi(f.Get("version"))
	if err != nil || p.Asked == nil || p.Asked.Version != version {
		return console.Answer{}, store.NewError(store.CodeConflict, "decide on notice", "it is not as it was when it was shown")
	}
	d := store.Decision{Approve: f.Choice("decision", "approve", "refuse") == "approve", By: by(q), Note: f.Text("note", 0, mostNote)}
	switch {
	case !d.Approve:
		d.Reason = f.Choice("reason", notice.Reasons()...)
	case p.Typed && f.Whole("typed", 0, 1<<40) != p.Asked.Recipients && f.OK():
		f.Fail("typed", "notices.error.typed")
	}
	if f.OK() {
		err := r.Notices.Decide(ctx, n.Commune, n.ID, version, d, q.Act(d.Note))
		if err == nil && d.Approve {
			return console.Go(q.Path("/notices")).Say("notices.said.approved"), nil
		}
		if err == nil {
			return console.Go(q.Path("/notices")).Say("notices.said.refused"), nil
		}
		if err := refused(f, err); err != nil {
			return console.Answer{}, err
		}
	}
	p.Form = f
	return console.Again("notices/notice", p), nil
}

// refused says beside the field what the service does not take; an error that has no words of its own is given back.
func refused(f *console.Form, err error) error {
	for _, known := range []struct {
		err         error
		field, text string
	}{
		{notice.ErrTime, "day", "notices.error.time"},
		{notice.ErrBlocked, "day", "notices.error.blocked"},
		{notice.ErrOwn, "", "notices.error.own"},
		{notice.ErrLate, "", "notices.error.late"},
		{notice.ErrBusy, "", "notices.error.busy"},
		{notice.ErrGone, "", "notices.error.gone"},
		{notice.ErrSilenced, "", "notices.error.silenced"},
	} {
		if errors.Is(err, known.err) {
			f.Fail(known.field, known.text)
			return nil
		}
	}
	return err
}

// refuse is the page of a notice with what the service does not take.
func (r *room) refuse(ctx context.Context, q *console.Request, n store.Notice, err error) (console.Answer, error) {
	f := q.Sent()
	if err := refused(f, err); err != nil {
		return console.Answer{}, err
	}
	p, err := r.page(ctx, q, n)
	p.Form = f
	return console.Again("notices/notice", p), err
}

// withdraw takes back what the town hall has put forward.
func (r *room) withdraw(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.own(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	if err := r.Notices.Withdraw(ctx, n.Commune, n.ID, q.Act("")); err != nil {
		return r.refuse(ctx, q, n, err)
	}
	return console.Go(path(q, n.ID)).Say("notices.said.withdrawn"), nil
}

// again puts a draft or a refused notice forward as it stands.
func (r *room) again(ctx context.Context, q *console.Request) (console.Answer, error) {
	n, err := r.own(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	if _, err := r.Notices.AskAgain(ctx, n.Commune, n.ID, by(q), q.Act(""), r.Now()); err != nil {
		return r.refuse(ctx, q, n, err)
	}
	return console.Go(path(q, n.ID)).Say("notices.said.asked"), nil
}

// appeal carries a refused notice of an officer's organisation to a person outside the commune.
func (r *room) appeal(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("notice")
	if err != nil {
		return console.Answer{}, err
	}
	n, err := r.Notices.Notices.Get(ctx, q.Commune.ID, id)
	if err != nil {
		return console.Answer{}, err
	}
	if !slices.Contains(q.Who.Organisations(q.Commune.ID), n.Organisation) {
		return console.Answer{}, store.NewError(store.CodeNotFound, "appeal", "another organisation's")
	}
	if err := r.Notices.Appeal(ctx, n.Commune, n.ID, q.Act("")); err != nil {
		if errors.Is(err, notice.ErrGone) {
			return console.Answer{}, store.NewError(store.CodeConflict, "appeal", "it is not refused any more")
		}
		return console.Answer{}, err
	}
	return console.Go(q.Path("/groups/notices")).Say("notices.said.appealed"), nil
}
