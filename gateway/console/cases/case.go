package cases

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/civic/question"
	"baro/gateway/console"
	"baro/store"
)

// casePage is one case with its words, and the forms to work on it.
type casePage struct {
	Desk, Title         string
	Case                caseView
	Words               string
	Place               string
	Asker               bool // can be told that there is an answer
	Answers             []answerView
	Colleagues          []console.Option
	Form                *console.Form // of the answer
	Assign              *console.Form
	Close               *console.Form
	Languages           []console.Option
	MayAnswer, MayClose bool
	Most                int
}

type answerView struct{ Language, Text string }

// of gives the case of the path, as this desk may see it; the trail tells who saw its words.
func (d desk) of(ctx context.Context, q *console.Request) (store.Case, string, error) {
	id, err := q.Key("case")
	if err != nil {
		return store.Case{}, "", err
	}
	c, words, err := d.Cases.Read(ctx, q.Commune.ID, d.desk, id)
	if err == nil && words != "" {
		err = d.read(ctx, q, c)
	}
	if err != nil {
		return store.Case{}, "", err
	}
	return c, words, nil
}

func (d desk) path(q *console.Request, rest string) string { return q.Path("/" + d.name + rest) }

// title is the id of what the desk is called.
func (d desk) title() string { return "cases.title." + d.name }

func (d desk) show(ctx context.Context, q *console.Request) (console.Answer, error) {
	c, words, err := d.of(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := d.page(ctx, q, c, words)
	if err != nil {
		return console.Answer{}, err
	}
	if p.Form, err = q.Blank(ctx, "case:"+strconv.FormatInt(c.ID, 10), url.Values{}); err != nil {
		return console.Answer{}, err
	}
	return console.Show("cases/case", p), nil
}

func (d desk) page(ctx context.Context, q *console.Request, c store.Case, words string) (casePage, error) {
	all, err := d.Accounts.List(ctx, q.Commune.ID)
	if err != nil {
		return casePage{}, err
	}
	names := map[string]string{}
	p := casePage{
		Desk: d.name, Title: d.title(), Words: words, Place: c.PlaceText, Asker: c.Asker != nil, Most: question.MaxAnswer,
		MayAnswer: d.answers && c.State.CanBecome(store.CaseAnswered), MayClose: c.State.CanBecome(store.CaseClosed),
		Form: &console.Form{Values: url.Values{}}, Close: &console.Form{Values: url.Values{}},
		Assign: &console.Form{Values: url.Values{"account": {c.Assignee}}},
	}
	for _, a := range all {
		key := strconv.FormatInt(a.ID, 10)
		names[key] = a.Name
		if d.works(a, q.Commune.ID) {
			p.Colleagues = append(p.Colleagues, console.Option{Value: key, Label: a.Name})
		}
	}
	for _, l := range d.Languages() {
		if l.Tag != "fr" {
			p.Languages = append(p.Languages, console.Option{Value: l.Tag, Label: l.Own})
		}
		if text := c.Answer[l.Tag]; text != "" {
			p.Answers = append(p.Answers, answerView{l.Own, text})
		}
	}
	p.Case = d.view(c, names)
	return p, nil
}

// works tells whether an account can be given the desk's cases in a commune.
func (d desk) works(a store.Account, commune store.PlaceID) bool {
	return a.State == store.AccountActive && slices.ContainsFunc(a.Grants, func(g store.Grant) bool {
		return g.Commune == commune && access.Role(g.Role).Has(d.needs)
	})
}

// seen is the state in which the page showed the case.
func seen(q *console.Request) store.CaseState { return store.CaseState(q.Form.Get("from")) }

// assign gives the case to a colleague of the desk.
func (d desk) assign(ctx context.Context, q *console.Request) (console.Answer, error) {
	c, words, err := d.of(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := d.page(ctx, q, c, words)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	var keys []string
	for _, o := range p.Colleagues {
		keys = append(keys, o.Value)
	}
	account := f.Choice("account", keys...)
	if !f.OK() {
		p.Assign = f
		return console.Again("cases/case", p), nil
	}
	if err := d.Cases.Assign(ctx, q.Commune.ID, d.desk, c.ID, seen(q), account, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(d.path(q, "/"+strconv.FormatInt(c.ID, 10))).Say("cases.said.assigned"), nil
}

// answer stores the answer that the asker will be shown.
func (d desk) answer(ctx context.Context, q *console.Request) (console.Answer, error) {
	c, words, err := d.of(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	p, err := d.page(ctx, q, c, words)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	texts := store.Texts{"fr": f.Text("text_fr", 1, question.MaxAnswer)}
	for _, l := range p.Languages {
		if text := f.Text("text_"+l.Value, 0, question.MaxAnswer); text != "" {
			texts[l.Value] = text
		}
	}
	if !f.OK() {
		p.Form = f
		return console.Again("cases/case", p), nil
	}
	if err := d.Cases.Answer(ctx, q.Commune.ID, d.desk, c.ID, seen(q), texts, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(d.path(q, "")).Say("cases.said.answered", "number", c.Number), nil
}

// mostReason bounds what is written into the trail.
const mostReason = 120

// shut closes a case. Who closes one without an answer says why, for the trail.
func (d desk) shut(ctx context.Context, q *console.Request) (console.Answer, error) {
	c, words, err := d.of(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	least := 0
	if c.State != store.CaseAnswered {
		least = 3
	}
	reason := f.Text("reason", least, mostReason)
	if !f.OK() {
		p, err := d.page(ctx, q, c, words)
		if err != nil {
			return console.Answer{}, err
		}
		p.Close = f
		return console.Again("cases/case", p), nil
	}
	if err := d.Cases.Close(ctx, q.Commune.ID, d.desk, c.ID, seen(q), q.Act(reason)); err != nil {
		return console.Answer{}, err
	}
	return console.Go(d.path(q, "")).Say("cases.said.closed", "number", c.Number), nil
}
