package broadcasts

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// someNext is how many of its next hours a rule shows.
const someNext = 3

// ruleRow is a rule as people read it.
type ruleRow struct {
	store.BroadcastRule
	About string // id of a text
	When  string
	Hours int64 // of life of each broadcast
}

// StateID is the id of a text.
func (w ruleRow) StateID() string { return "broadcasts.rule.state." + string(w.State) }

func viewRule(q *console.Request, k store.BroadcastRule) ruleRow {
	w := ruleRow{BroadcastRule: k, About: view(q, store.Broadcast{Content: k.Content}).About, When: k.Spec, Hours: int64(k.Life / time.Hour)}
	for _, p := range presets() {
		if p.spec == k.Spec {
			w.When = q.T("broadcasts.rule.when." + p.name)
		}
	}
	return w
}

func (r *room) rules(ctx context.Context, q *console.Request) (console.Answer, error) {
	all, err := r.Rules.List(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var rows []ruleRow
	for _, k := range all {
		rows = append(rows, viewRule(q, k))
	}
	return console.Show("broadcasts/rules", struct {
		Rows []ruleRow
		May  bool
	}{rows, q.Who.Can(access.EditNotices, q.Commune.ID)}), nil
}

// rulePage is one rule: what it would say today, when it would, and what can be done.
type rulePage struct {
	before
	Row  ruleRow
	Next []time.Time
	Mine bool
	Form *console.Form

	MaySubmit, MayApprove, MayEnd bool
}

func (r *room) rulePage(ctx context.Context, q *console.Request) (p rulePage, err error) {
	id, err := q.Key("rule")
	if err != nil {
		return p, err
	}
	k, err := r.Rules.Get(ctx, q.Commune.ID, id)
	if err != nil {
		return p, err
	}
	mine := k.Author == q.Who.Actor()
	p = rulePage{
		Row: viewRule(q, k), Form: &console.Form{}, Mine: mine && k.State == store.RuleSubmitted,
		MaySubmit:  k.State == store.RuleDraft && q.Who.Can(access.EditNotices, q.Commune.ID),
		MayApprove: k.State == store.RuleSubmitted && q.Who.Can(access.Approve, q.Commune.ID) && !mine,
		MayEnd:     k.State.CanBecome(store.RuleEnded),
	}
	if !p.MayEnd {
		return p, nil
	}
	if p.Next, err = r.Campaign.Hours(k.Spec, min(someNext, k.Most-k.Made)); err != nil {
		return p, err
	}
	for i, at := range p.Next {
		if at.After(k.Until) {
			p.Next = p.Next[:i]
			break
		}
	}
	w := campaign.Wish{Commune: k.Commune, Sender: k.Sender, Expires: r.Now().Add(k.Life)}
	if err := errors.Join(json.Unmarshal(k.Content, &w.Content), json.Unmarshal(k.Audience, &w.Audience)); err != nil {
		return p, err
	}
	preview, err := r.Campaign.Foresee(ctx, w)
	p.before, err = foretold(q, preview, err)
	return p, err
}

func (r *room) showRule(ctx context.Context, q *console.Request) (console.Answer, error) {
	p, err := r.rulePage(ctx, q)
	return console.Show("broadcasts/rule", p), err
}

// doRule is a handler of one move of a rule.
func (r *room) doRule(said string, move func(context.Context, store.PlaceID, int64, store.Act) error) console.Handler {
	return func(ctx context.Context, q *console.Request) (console.Answer, error) {
		p, err := r.rulePage(ctx, q)
		if err != nil {
			return console.Answer{}, err
		}
		if err := move(ctx, q.Commune.ID, p.Row.ID, q.Act("")); err != nil {
			text := faults(err)
			if text == "" {
				return console.Answer{}, err
			}
			p.Form = q.Sent()
			p.Form.Fail("", text)
			return console.Again("broadcasts/rule", p), nil
		}
		return console.Go(rulePath(q, p.Row.ID)).Say("broadcasts.rule.said." + said), nil
	}
}
