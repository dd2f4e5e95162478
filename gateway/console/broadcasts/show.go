package broadcasts

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// typedFrom: of more people the approver types their number.
const typedFrom = 1000

// every is after how many seconds a page of something that goes out is drawn again.
const every = 3

// progress is how far it is.
type progress struct{ Done, Total int64 }

// showPage is one broadcast: what it says, to how many, for how much, and what can be done.
type showPage struct {
	before
	Row      row
	Progress *progress
	Counts   []count
	Typed    bool
	Mine     bool
	Form     *console.Form

	MayEdit, MayCorrect, MaySubmit, MayApprove, MayReturn, MayUndo, MayPause, MayResume, MayCancel bool
}

// faults are what the service does not take, with its words.
func faults(err error) string {
	for _, known := range []struct {
		err  error
		text string
	}{
		{campaign.ErrSamePerson, "broadcasts.error.same"}, {campaign.ErrTyped, "broadcasts.error.typed"}, {campaign.ErrEmpty, "broadcasts.error.empty"},
		{campaign.ErrTime, "broadcasts.error.time"}, {campaign.ErrNoWay, "broadcasts.error.no_way"}, {campaign.ErrNothing, "broadcasts.error.nothing"},
		{campaign.ErrTooLong, "broadcasts.error.long"}, {campaign.ErrVariable, "broadcasts.error.content"}, {campaign.ErrLetter, "broadcasts.error.content"},
		{campaign.ErrContent, "broadcasts.error.content"}, {campaign.ErrForeign, "broadcasts.error.foreign"}, {campaign.ErrRule, "broadcasts.error.rule"},
	} {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	return ""
}

func (r *room) show(ctx context.Context, q *console.Request) (console.Answer, error) {
	id, err := q.Key("broadcast")
	if err != nil {
		return console.Answer{}, err
	}
	p, err := r.page(ctx, q, id)
	if err != nil {
		return console.Answer{}, err
	}
	a := console.Show("broadcasts/show", p)
	if p.Row.State == store.BroadcastRunning {
		a = a.Every(every)
	}
	return a, nil
}

func (r *room) page(ctx context.Context, q *console.Request, id int64) (showPage, error) {
	report, err := r.Campaign.Show(ctx, q.Commune.ID, id)
	if err != nil {
		return showPage{}, err
	}
	b := report.Broadcast
	p := showPage{Row: view(q, b), Form: &console.Form{Values: url.Values{}}, Typed: b.Shown > typedFrom}
	p.Mine = b.Author == q.Who.Actor() || b.Approver == q.Who.Actor() && b.State == store.BroadcastSubmitted
	edits, approves := q.Who.Can(access.EditNotices, q.Commune.ID), q.Who.Can(access.Approve, q.Commune.ID)
	p.MayEdit = editable(q, b)
	p.MayCorrect = edits && !b.FrozenAt.IsZero()
	p.MaySubmit = edits && b.State == store.BroadcastDraft
	p.MayApprove = approves && b.State == store.BroadcastSubmitted && !p.Mine
	p.MayReturn = approves && b.State == store.BroadcastSubmitted
	p.MayUndo = approves && b.State == store.BroadcastApproved
	p.MayPause = b.State == store.BroadcastRunning || b.State == store.BroadcastApproved
	p.MayResume = approves && b.State == store.BroadcastPaused
	p.MayCancel = approves && b.State.CanBecome(store.BroadcastCancelled)
	if total := report.Total(); total >= few {
		p.Progress = &progress{Done: report.Done(), Total: total}
		for _, s := range states() {
			if n := report.Counts[s]; n > 0 {
				p.Counts = append(p.Counts, count{"broadcasts.recipient." + string(s), people(q, n)})
			}
		}
	}
	if b.State.Ended() {
		return p, nil
	}
	preview, err := r.Campaign.Preview(ctx, q.Commune.ID, id)
	p.before, err = foretold(q, preview, err)
	return p, err
}

func states() []store.RecipientState {
	return []store.RecipientState{
		store.RecipientWaiting, store.RecipientQueued, store.RecipientSent, store.RecipientDelivered, store.RecipientUnconfirmed,
		store.RecipientFailed, store.RecipientExpired, store.RecipientSkipped, store.RecipientCancelled,
	}
}

func path(q *console.Request, id int64) string {
	return q.Path("/broadcasts/" + strconv.FormatInt(id, 10))
}
