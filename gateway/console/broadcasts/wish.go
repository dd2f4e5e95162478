package broadcasts

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// french is the language every commune writes in: who reads another one and has no text in it gets the French.
const french = "fr"

// clock is an hour of the day as browsers send it.
const clock = "15:04"

// draft gives the draft of the path to its author. What was made by a job or from a letter is no form's.
func (r *room) draft(ctx context.Context, q *console.Request) (b store.Broadcast, c campaign.Content, a campaign.Audience, err error) {
	id, err := q.Key("broadcast")
	if err != nil {
		return b, c, a, err
	}
	report, err := r.Campaign.Show(ctx, q.Commune.ID, id)
	if err != nil {
		return b, c, a, err
	}
	b = report.Broadcast
	if err := errors.Join(json.Unmarshal(b.Content, &c), json.Unmarshal(b.Audience, &a)); err != nil {
		return b, c, a, err
	}
	if b.State != store.BroadcastDraft {
		return b, c, a, store.NewError(store.CodeConflict, "edit broadcast", "it is no draft any more")
	}
	if !editable(q, b) {
		return b, c, a, store.NewError(store.CodeDenied, "edit broadcast", "only its author changes a draft")
	}
	return b, c, a, nil
}

// editable tells whether somebody may change or drop a broadcast with the form.
func editable(q *console.Request, b store.Broadcast) bool {
	var c campaign.Content
	return b.State == store.BroadcastDraft && b.Author == q.Who.Actor() && b.Sender == 0 && b.Rule == 0 && b.Origin == "" &&
		q.Who.Can(access.EditNotices, q.Commune.ID) && json.Unmarshal(b.Content, &c) == nil && c.Letter == ""
}

// standing is what the form shows of a draft.
func (r *room) standing(b store.Broadcast, c campaign.Content, a campaign.Audience) url.Values {
	v := url.Values{
		"what": {freeText}, "purpose": {string(a.Purpose)}, "leaves": {"now"}, "urgent": {b.Urgent},
		"since": {row{Broadcast: b}.Since()},
	}
	if c.Subject != "" {
		v.Set("what", c.Subject)
	}
	for tag, text := range c.Text {
		v.Set(textField(tag), text)
	}
	from := b.Updated // when its life was counted from
	if !b.Begins.IsZero() {
		from = b.Begins
		v.Set("leaves", leaveLater)
		v.Set("day", b.Begins.In(r.Zone).Format(time.DateOnly))
		v.Set("clock", b.Begins.In(r.Zone).Format(clock))
	}
	v.Set("hours", strconv.Itoa(max(1, int(b.Expires.Sub(from).Round(time.Hour).Hours()))))
	return v
}

// wish reads the form. Texts in languages that are not asked for stay as they stand.
func (r *room) wish(q *console.Request, f *console.Form, standing store.Texts) campaign.Wish {
	purpose := f.Choice("purpose", purposes()...)
	w := campaign.Wish{Commune: q.Commune.ID, Audience: campaign.Audience{Place: q.Commune.ID, Purpose: store.Purpose(purpose)}}
	if what := f.Choice("what", append([]string{freeText}, r.subjects()...)...); what != freeText {
		w.Content.Subject = what
	} else {
		w.Content.Text = r.texts(f, standing)
	}
	begins := r.Now()
	if f.Choice("leaves", "now", leaveLater) == leaveLater {
		begins = r.begins(f)
		w.Begins = begins
	}
	w.Expires = begins.Add(time.Duration(f.Whole("hours", 1, mostHours)) * time.Hour)
	if f.Get("urgent") != "" {
		w.Urgent = f.Text("urgent", leastWhy, mostReason)
	}
	return w
}

func (r *room) texts(f *console.Form, standing store.Texts) store.Texts {
	texts := store.Texts{}
	for tag, text := range standing {
		texts[tag] = text
	}
	for _, l := range r.Languages() {
		least := 0
		if l.Tag == french {
			least = 1
		}
		if text := f.Text(textField(l.Tag), least, mostText); text != "" {
			texts[l.Tag] = text
		} else {
			delete(texts, l.Tag)
		}
	}
	return texts
}

// begins reads the hour before which nothing leaves.
func (r *room) begins(f *console.Form) time.Time {
	day := f.Day("day", false)
	hour, err := time.Parse(clock, f.Get("clock"))
	if err != nil {
		f.Fail("clock", "broadcasts.error.clock")
	}
	at, err := time.ParseInLocation(time.DateOnly, string(day), r.Zone)
	if err != nil || !f.OK() {
		return r.Now()
	}
	at = time.Date(at.Year(), at.Month(), at.Day(), hour.Hour(), hour.Minute(), 0, 0, r.Zone).UTC()
	if !at.After(r.Now()) {
		f.Fail("day", "broadcasts.error.past")
	}
	return at
}

// weigh notes beside its field what no phone could be sent. A commune that has no channel yet may draft all the same.
func (r *room) weigh(ctx context.Context, f *console.Form, w campaign.Wish) error {
	if !f.OK() {
		return nil
	}
	_, err := r.Campaign.Weigh(ctx, w)
	var wrong *campaign.TextError
	switch {
	case err == nil || errors.Is(err, campaign.ErrNoWay):
	case errors.As(err, &wrong):
		field := textField(wrong.Language)
		if w.Content.Text[wrong.Language] == "" {
			field = textField(french)
		}
		if errors.Is(err, campaign.ErrVariable) {
			f.Fail(field, "broadcasts.error.variable")
		} else {
			f.Fail(field, "broadcasts.error.long")
		}
	case errors.Is(err, campaign.ErrNothing):
		f.Fail("what", "broadcasts.error.nothing")
	case errors.Is(err, campaign.ErrTime):
		f.Fail("hours", "broadcasts.error.life")
	default:
		return err
	}
	return nil
}
