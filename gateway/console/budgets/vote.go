package budgets

import (
	"context"
	"net/url"
	"strconv"

	"baro/gateway/civic/budget"
	"baro/gateway/console"
	"baro/store"
)

// bodies that may adopt a document.
var bodies = []store.VotingBody{store.ConseilCommunal, store.DelegationSpeciale, store.AutoriteInterimaire}

// voteForm is how a document was adopted.
type voteForm struct {
	Form     *console.Form
	Document documentView
	Year     int
	Bodies   []console.Option
	MaxBody  int
}

func (r *room) voteForm(q *console.Request, d store.BudgetDocument, f *console.Form) voteForm {
	v := voteForm{Form: f, Document: viewOf(d), Year: d.Year, MaxBody: budget.MaxBody, Bodies: []console.Option{{Label: q.T("budgets.vote.nobody")}}}
	for _, b := range bodies {
		v.Bodies = append(v.Bodies, console.Option{Value: string(b), Label: q.T("budgets.body." + string(b))})
	}
	return v
}

// draftOf names the form of a document's vote, by which what was typed is kept.
func draftOf(d store.BudgetDocument) string { return "budget:" + strconv.FormatInt(d.ID, 10) + ":vote" }

func (r *room) vote(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	v := d.Vote
	f, err := q.Blank(ctx, draftOf(d), url.Values{
		"on": {string(v.On)}, "body": {string(v.Body)}, "name": {v.BodyText}, "for": {optional(v.For)}, "against": {optional(v.Against)},
		"abstained": {optional(v.Abstained)}, "transmitted": {string(d.TransmittedOn)}, "approved": {string(d.ApprovedOn)},
	})
	if err != nil {
		return console.Answer{}, err
	}
	return console.Show("budgets/vote", r.voteForm(q, d, f)), nil
}

// setVote records how a document was adopted and what became of it.
func (r *room) setVote(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	f := q.Sent()
	adopted := budget.Deliberation{
		Vote: store.Vote{
			On: f.Day("on", true), Body: store.VotingBody(f.Choice("body", append(words(bodies), "")...)), BodyText: f.Text("name", 0, budget.MaxBody),
			For: votes(f, "for"), Against: votes(f, "against"), Abstained: votes(f, "abstained"),
		},
		TransmittedOn: f.Day("transmitted", true), ApprovedOn: f.Day("approved", true),
	}
	if f.OK() {
		err := r.Budget.Deliberate(ctx, q.Commune.ID, d.ID, adopted, q.Act(""))
		if err == nil {
			return console.Go(documentPath(q, d.ID)).Say("budgets.said.vote"), nil
		}
		if store.CodeOf(err) != store.CodeInvalid {
			return console.Answer{}, err
		}
		f.Fail("", "budgets.error.vote")
	}
	return console.Again("budgets/vote", r.voteForm(q, d, f)), nil
}

// mostVotes: a council has at most 45 members (law 2017-051, art. 1).
const mostVotes = 99

// votes reads a count that need not have been reported.
func votes(f *console.Form, field string) *int64 {
	if f.Get(field) == "" {
		return nil
	}
	n := f.Whole(field, 0, mostVotes)
	return &n
}
