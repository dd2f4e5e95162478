package public

import (
	"context"
	"strings"
	"time"

	"baro/gateway/civic/budget"
	"baro/gateway/civic/place"
	"baro/locales"
	"baro/store"
)

type missingView struct{ T *texts }

// view is the page of one commune. Every text in it is ready to be read.
type view struct {
	T       *texts
	Name    string
	Cercle  string
	Number  string
	Dial    string // of the main menu, "" where the commune has no USSD
	On      string // day the page was made
	Budget  *budgetView
	Account *accountView
	Works   []workView
	Year    int // of the calendar
	Steps   []stepView
	Codes   []codeView
}

// budgetView is the latest budget.
type budgetView struct {
	Title string
	Total string
	Spent bars
	Money bars
	Vote  string
	Tax   string
}

// accountView is the latest account: what was planned and what was spent.
type accountView struct {
	Title  string
	Rate   string
	Sector bars
}

type workView struct{ Name, Where, Planned, State, Seen string }

type stepView struct{ Name, Due, Done, State, Evidence string }

type codeView struct{ What, Dial string }

// Keys of the main menu, as printed on posters.
const (
	keyBudget   = 1
	keyCalendar = 7
	keyDialogue = 2
)

func (p *Pages) view(ctx context.Context, c place.Commune, t *texts) (*view, error) {
	now := p.Now()
	v := &view{T: t, Name: c.Name, Cercle: c.Cercle, Number: c.Number, Dial: p.Dials.String(c.ID), On: p.day(now), Year: now.In(p.Zone).Year()}
	documents, err := p.Budgets.Published(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if len(documents) > 0 {
		if err := p.latest(ctx, v, c.ID, documents); err != nil {
			return nil, err
		}
		v.Year = documents[0].Year
	}
	steps, err := p.Budgets.Calendar(ctx, c.ID, v.Year, now)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		v.Steps = append(v.Steps, stepView{
			Name: p.Label(t.Lang, "budget.step."+string(s.Step)), Due: date(s.Due), Done: date(s.Done), State: t.states[s.State], Evidence: s.Evidence,
		})
	}
	for _, code := range []struct {
		what string
		keys []int
	}{{t.DialMenu, nil}, {t.DialBudget, []int{keyBudget}}, {t.DialCalendar, []int{keyBudget, keyCalendar}}, {t.DialDialogue, []int{keyDialogue}}} {
		if s := p.Dials.String(c.ID, code.keys...); s != "" {
			v.Codes = append(v.Codes, codeView{What: code.what, Dial: s})
		}
	}
	return v, nil
}

// latest fills in the latest budget, its works, and the latest account.
func (p *Pages) latest(ctx context.Context, v *view, commune store.PlaceID, documents []store.BudgetDocument) error {
	d := documents[0]
	f, err := p.Budgets.Figures(ctx, d)
	if err != nil {
		return err
	}
	t := v.T
	v.Budget = &budgetView{
		Title: t.title(d.Year, p.Label(t.Lang, stageMessage(d.Stage))),
		Total: money(planned(f.Expenditure)),
		Spent: p.sectorBars(t, f.Sectors, planned),
		Money: moneyBars(t, f),
		Vote:  t.vote(d.Vote),
	}
	if f.HasTax {
		v.Budget.Tax = money(planned(f.Tax))
	}
	works, err := p.Budgets.WorksIn(ctx, commune, d.ID)
	if err != nil {
		return err
	}
	for _, w := range works {
		told := workView{Name: w.Operation, Where: w.Village, Planned: money(w.Total), State: p.Label(t.Lang, "budget.state."+string(w.State))}
		totals, shown, err := p.Budgets.SeenOf(ctx, w.Work)
		if err != nil {
			return err
		}
		if shown {
			told.Seen = p.seen(t, totals.Most)
		}
		v.Works = append(v.Works, told)
	}
	for _, d := range documents {
		if d.Stage != store.CompteAdministratif {
			continue
		}
		f, err := p.Budgets.Figures(ctx, d)
		if err != nil {
			return err
		}
		v.Account = &accountView{
			Title:  t.accountTitle(d.Year),
			Rate:   string(locales.AppendPercent(nil, f.Expenditure.Rate())),
			Sector: p.accountBars(t, f.Sectors),
		}
		break
	}
	return nil
}

func (p *Pages) seen(t *texts, most []string) string {
	words := make([]string, len(most))
	for i, m := range most {
		words[i] = p.Label(t.Lang, "budget.seen."+m)
	}
	return strings.Join(words, t.Or)
}

func (p *Pages) day(at time.Time) string { return string(locales.AppendDate(nil, at.In(p.Zone))) }

func date(d store.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return string(locales.AppendDate(nil, at))
}

func money(n int64) string { return string(locales.AppendAmount(nil, n, locales.Full)) }

func short(n int64) string { return string(locales.AppendAmount(nil, n, locales.Short)) }

func planned(s budget.Sum) int64 { return s.Planned }

func stageMessage(s store.BudgetStage) string {
	switch s {
	case store.BudgetAdditionnel:
		return "budget.stage.additional"
	case store.CompteAdministratif:
		return "budget.stage.account"
	}
	return "budget.stage.primitive"
}
