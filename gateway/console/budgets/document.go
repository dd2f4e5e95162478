package budgets

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"baro/gateway/access"
	"baro/gateway/civic/budget"
	"baro/gateway/console"
	budgetfile "baro/gateway/exchange/budget"
	"baro/locales"
	"baro/store"
)

// sums are a document's figures as people read them.
type sums struct {
	Spent, Received int64
	Rate            string // of accounts
	Sectors         []sectorView
	Top             []lineView
}

type sectorView struct {
	Name              string
	Planned, Realised int64
}

type lineView struct {
	Label   string
	Planned int64
}

func (r *room) sums(q *console.Request, d store.BudgetDocument, lines []store.BudgetLine) sums {
	f := r.Budget.Compute(d.Stage, lines)
	s := sums{Spent: f.Expenditure.Planned, Received: f.Receipts.Planned}
	if d.Stage == store.CompteAdministratif {
		s.Rate = string(locales.AppendPercent(nil, f.Expenditure.Rate()))
	}
	sorted := slices.Clone(f.Sectors)
	slices.SortStableFunc(sorted, func(a, b budget.SectorSum) int { return cmp.Compare(b.All.Planned, a.All.Planned) })
	for _, k := range sorted {
		s.Sectors = append(s.Sectors, sectorView{r.Label(q.Locale, k.Sector.Message()), k.All.Planned, k.All.Realised})
	}
	for _, l := range f.TopLines {
		s.Top = append(s.Top, lineView{l.Label, l.Sum.Planned})
	}
	return s
}

// voteView is how a document was adopted.
type voteView struct {
	On, Transmitted, Approved store.Date
	Body, Name                string
	For, Against, Abstained   string
}

func voteOf(d store.BudgetDocument) voteView {
	return voteView{
		On: d.Vote.On, Body: string(d.Vote.Body), Name: d.Vote.BodyText, Transmitted: d.TransmittedOn, Approved: d.ApprovedOn,
		For: optional(d.Vote.For), Against: optional(d.Vote.Against), Abstained: optional(d.Vote.Abstained),
	}
}

func (r *room) warnings(q *console.Request, d store.BudgetDocument, lines []store.BudgetLine) (out []warning) {
	for _, w := range budgetfile.Check(d.Stage, lines) {
		out = append(out, warning{Column: w.Column, Value: w.Value, Reason: sentence(q, w.Reason), Times: w.Times})
	}
	return out
}

// show is the page of one document.
func (r *room) show(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	lines, err := r.Documents.Lines(ctx, q.Commune.ID, d.ID)
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("budgets/document", struct {
		Document    documentView
		Year        int
		Lines       int
		Sums        sums
		Vote        voteView
		Warnings    []warning
		Published   time.Time
		Public      string
		MayEdit     bool
		MayPublish  bool
		IsDraft     bool
		IsPublished bool
	}{
		viewOf(d), d.Year, len(lines), r.sums(q, d, lines), voteOf(d), r.warnings(q, d, lines), d.PublishedAt, publicPage(q.Commune),
		q.Who.Can(access.EditBudget, q.Commune.ID), q.Who.Can(access.PublishBudget, q.Commune.ID),
		d.Status == store.BudgetDraft, d.Status == store.BudgetPublished,
	}), nil
}

// changeView is what publishing a draft changes.
type changeView struct {
	Version              int // of the document that stands
	New, Changed, Gone   int
	Before, After, Delta int64
}

// look is the second look before a document is published: what residents will read, and what changes.
func (r *room) look(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	return r.lookAgain(ctx, q, d, &console.Form{})
}

func (r *room) lookAgain(ctx context.Context, q *console.Request, d store.BudgetDocument, f *console.Form) (console.Answer, error) {
	if d.Status != store.BudgetDraft {
		return console.Answer{}, store.NewError(store.CodeConflict, "publish budget", "the document is not a draft")
	}
	lines, err := r.Documents.Lines(ctx, q.Commune.ID, d.ID)
	if err != nil {
		return console.Answer{}, err
	}
	all, err := r.Documents.Documents(ctx, q.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var change *changeView
	if former, ok := standing(all, d); ok {
		before, err := r.Documents.Lines(ctx, q.Commune.ID, former.ID)
		if err != nil {
			return console.Answer{}, err
		}
		c := budgetfile.Changes(before, lines)
		was, will := r.Budget.Compute(d.Stage, before).Expenditure.Planned, r.Budget.Compute(d.Stage, lines).Expenditure.Planned
		change = &changeView{
			Version: former.Version, New: c.New, Changed: c.Changed, Gone: len(before) - c.Changed - c.Unchanged,
			Before: was, After: will, Delta: will - was,
		}
	}
	phone, err := r.firstScreens(ctx, d)
	if err != nil {
		return console.Answer{}, err
	}
	v := struct {
		Document documentView
		Year     int
		Lines    int
		Sums     sums
		Vote     voteView
		Warnings []warning
		Change   *changeView
		Phone    []screenView
		Form     *console.Form
	}{viewOf(d), d.Year, len(lines), r.sums(q, d, lines), voteOf(d), r.warnings(q, d, lines), change, phone, f}
	if !f.OK() {
		return console.Again("budgets/publish", v), nil
	}
	return console.Show("budgets/publish", v), nil
}

// publish makes a draft what everybody reads. Who publishes confirms having looked.
func (r *room) publish(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	if !f.Has("looked", "yes") {
		f.Fail("looked", "budgets.error.looked")
		return r.lookAgain(ctx, q, d, f)
	}
	if err := r.Publishing.Publish(ctx, q.Commune.ID, d.ID, q.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go(documentPath(q, d.ID)).Say("budgets.said.published"), nil
}

// withdraw takes a publication back.
func (r *room) withdraw(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	reason := q.Form.Get("reason")
	if strings.TrimSpace(reason) == "" {
		return console.Answer{}, store.NewError(store.CodeInvalid, "withdraw budget", "no reason")
	}
	former, err := r.Publishing.Withdraw(ctx, q.Commune.ID, d.ID, q.Act(reason))
	if err != nil {
		return console.Answer{}, err
	}
	if former != nil {
		return console.Go(documentPath(q, d.ID)).Say("budgets.said.withdrawn_former", "version", former.Version), nil
	}
	return console.Go(documentPath(q, d.ID)).Say("budgets.said.withdrawn"), nil
}

// remove throws a draft away.
func (r *room) remove(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	if err := r.Publishing.DeleteDraft(ctx, q.Commune.ID, d.ID); err != nil {
		return console.Answer{}, err
	}
	return console.Go(q.Path("/budgets")).Say("budgets.said.deleted"), nil
}
