package broadcasts

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/console"
	"baro/store"
)

// mostTimes bounds the broadcasts of a rule, as the service does.
const mostTimes = 60

// ownLine is the choice of an hour that no preset has.
const ownLine = "line"

// preset is an hour in words.
type preset struct{ name, spec string }

// presets are the hours that clerks ask for; the mornings keep clear of quiet hours and of the prayer on Friday.
func presets() []preset {
	return []preset{
		{"quarterly", "0 9 15 1,4,7,10 *"},
		{"monthly", "0 9 1 * *"},
		{"weekly", "0 9 * * 2"},
	}
}

// ruleForm asks for a rule.
type ruleForm struct {
	Form                      *console.Form
	Subjects, Purposes, Whens []console.Option
}

func (r *room) ruleForm(q *console.Request, f *console.Form) ruleForm {
	p := ruleForm{Form: f}
	for _, s := range r.subjects() {
		p.Subjects = append(p.Subjects, console.Option{Value: s, Label: q.T("broadcasts.write.what." + s)})
	}
	for _, k := range purposes() {
		p.Purposes = append(p.Purposes, console.Option{Value: k, Label: q.T("broadcasts.purpose." + k)})
	}
	for _, k := range presets() {
		p.Whens = append(p.Whens, console.Option{Value: k.name, Label: q.T("broadcasts.rule.when." + k.name)})
	}
	p.Whens = append(p.Whens, console.Option{Value: ownLine, Label: q.T("broadcasts.rule.when." + ownLine)})
	return p
}

func (r *room) blankRule(ctx context.Context, q *console.Request) (console.Answer, error) {
	f, err := q.Blank(ctx, "broadcast:rule", url.Values{
		"subject": r.subjects()[:1], "purpose": {string(store.PurposeNotices)}, "when": {presets()[0].name}, "hours": {someHours}, "most": {"4"},
		"until": {r.Now().In(r.Zone).AddDate(1, 0, 0).Format(time.DateOnly)},
	})
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("broadcasts/newrule", r.ruleForm(q, f)), nil
}

// createRule stores a rule's draft.
func (r *room) createRule(ctx context.Context, q *console.Request) (console.Answer, error) {
	f := q.Sent()
	w := campaign.RuleWish{
		Commune: q.Commune.ID, Content: campaign.Content{Subject: f.Choice("subject", r.subjects()...)}, Spec: r.spec(f),
		Audience: campaign.Audience{Place: q.Commune.ID, Purpose: store.Purpose(f.Choice("purpose", purposes()...))},
		Life:     time.Duration(f.Whole("hours", 1, mostHours)) * time.Hour, Most: int(f.Whole("most", 1, mostTimes)),
	}
	day, err := time.ParseInLocation(time.DateOnly, string(f.Day("until", false)), r.Zone)
	if err == nil {
		w.Until = time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 0, 0, r.Zone).UTC() // the day is its last
	}
	if f.OK() {
		next, err := r.Campaign.Hours(w.Spec, 1)
		switch {
		case err != nil:
			f.Fail("spec", "broadcasts.error.spec")
		case len(next) == 0 || next[0].After(w.Until):
			f.Fail("until", "broadcasts.error.until")
		}
	}
	if !f.OK() {
		return console.Again("broadcasts/newrule", r.ruleForm(q, f)), nil
	}
	k, err := r.Campaign.NewRule(ctx, w, q.Act(""))
	if err != nil {
		return console.Answer{}, err
	}
	return console.Go(rulePath(q, k.ID)).Say("broadcasts.said.drafted"), nil
}

// spec is a preset's line or the one that was typed.
func (r *room) spec(f *console.Form) string {
	names := []string{ownLine}
	for _, p := range presets() {
		names = append(names, p.name)
	}
	when := f.Choice("when", names...)
	if i := slices.IndexFunc(presets(), func(p preset) bool { return p.name == when }); i >= 0 {
		return presets()[i].spec
	}
	fields := strings.Fields(f.Get("spec"))
	if when == ownLine && len(fields) != 5 {
		f.Fail("spec", "broadcasts.error.spec")
	}
	return strings.Join(fields, " ")
}

func rulePath(q *console.Request, id int64) string {
	return q.Path("/broadcasts/rules/" + strconv.FormatInt(id, 10))
}
