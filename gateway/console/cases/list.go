package cases

import (
	"context"
	"slices"
	"strconv"
	"time"

	"baro/gateway/console"
	"baro/store"
)

// mostListed bounds a list; who filters sees further.
const mostListed = 200

// What a list can show: cases that wait for an answer, those beyond their date, or those in one state.
const (
	showOpen = "open"
	showLate = "late"
)

func shows() []string {
	return []string{showOpen, showLate, string(store.CaseReceived), string(store.CaseAssigned), string(store.CaseAnswered), string(store.CaseClosed)}
}

func kinds() []store.CaseKind {
	return []store.CaseKind{
		store.CaseRoad, store.CaseWater, store.CaseSchoolHealth, store.CaseOther, store.CaseBusiness, store.CasePractice, store.CaseTownHall,
	}
}

// caseView is a case as a list tells of it: never its words, which are opened one at a time.
type caseView struct {
	ID       int64
	Number   string
	Kind     store.CaseKind
	State    store.CaseState
	Created  time.Time
	Due      time.Time
	Late     bool
	Assignee string // name
}

func (d desk) view(c store.Case, names map[string]string) caseView {
	waits := c.State == store.CaseReceived || c.State == store.CaseAssigned
	return caseView{
		ID: c.ID, Number: c.Number, Kind: c.Kind, State: c.State, Created: c.Created, Due: c.Due,
		Late: waits && !c.Due.IsZero() && c.Due.Before(d.Now()), Assignee: names[c.Assignee],
	}
}

// list shows the desk's cases, what is longest due first.
func (d desk) list(ctx context.Context, q *console.Request) (console.Answer, error) {
	show, kind := q.Query.Get("show"), store.CaseKind(q.Query.Get("kind"))
	if !slices.Contains(shows(), show) {
		show = showOpen
	}
	if !kind.Valid() || kind.Audience() != d.desk {
		kind = ""
	}
	found, err := d.find(ctx, q.Commune.ID, show)
	if err != nil {
		return console.Answer{}, err
	}
	full := len(found) >= mostListed
	if kind != "" {
		found = slices.DeleteFunc(found, func(c store.Case) bool { return c.Kind != kind })
	}
	names, err := d.names(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var views []caseView
	for _, c := range found {
		views = append(views, d.view(c, names))
	}
	counts, err := d.Cases.Counts(ctx, q.Commune.ID, d.desk, d.Now())
	if err != nil {
		return console.Answer{}, err
	}
	f := &console.Form{Values: map[string][]string{"show": {show}, "kind": {string(kind)}}}
	return console.Show("cases/list", struct {
		Desk         string
		Title, Lead  string
		Cases        []caseView
		Counts       store.CaseCounts
		Form         *console.Form
		Shows, Kinds []console.Option
		Full         bool
	}{d.name, d.title(), "cases.lead." + d.name, views, counts, f, d.showOptions(q), d.kindOptions(q), full}), nil
}

// find gives the cases of a list. Those that wait are received or assigned, and stand in the order of their dates.
func (d desk) find(ctx context.Context, commune store.PlaceID, show string) ([]store.Case, error) {
	switch show {
	case showLate:
		return d.Cases.Late(ctx, commune, d.desk, d.Now(), mostListed)
	case showOpen:
		all, err := d.Cases.Waiting(ctx, commune, d.desk, store.CaseReceived, mostListed)
		if err != nil {
			return nil, err
		}
		assigned, err := d.Cases.Waiting(ctx, commune, d.desk, store.CaseAssigned, mostListed)
		if err != nil {
			return nil, err
		}
		all = append(all, assigned...)
		slices.SortStableFunc(all, func(a, b store.Case) int { return a.Due.Compare(b.Due) })
		return all, nil
	}
	return d.Cases.Waiting(ctx, commune, d.desk, store.CaseState(show), mostListed)
}

func (d desk) showOptions(q *console.Request) (out []console.Option) {
	for _, s := range shows() {
		out = append(out, console.Option{Value: s, Label: q.T("cases.show." + s)})
	}
	return out
}

func (d desk) kindOptions(q *console.Request) []console.Option {
	out := []console.Option{{Label: q.T("cases.kind.all")}}
	for _, k := range kinds() {
		if k.Audience() == d.desk {
			out = append(out, console.Option{Value: string(k), Label: q.T("cases.kind." + string(k))})
		}
	}
	return out
}

// names are what colleagues of the desk are called, by the key under which a case is theirs.
func (d desk) names(ctx context.Context, commune store.PlaceID) (map[string]string, error) {
	all, err := d.Accounts.List(ctx, commune)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range all {
		names[strconv.FormatInt(a.ID, 10)] = a.Name
	}
	return names, nil
}
