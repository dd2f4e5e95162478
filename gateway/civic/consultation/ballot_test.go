package consultation

import (
	"slices"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

// A whole ballot as the flow walks it: resumed after a drop, changed, confirmed, changed again without confirming.
func TestBallotIsResumedChangedAndConfirmed(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	me := b.Caller(1)
	q := c.Questions

	if rows := b.read(me, "consultation.open", b.args(c)); len(rows) != 1 || rows[0].Key.Num != c.ID || rows[0].Fields.Get("Title").Text != "Eau: choisir un travail" {
		t.Fatalf("open: %v", rows)
	}
	if row := b.read(me, "consultation.intro", b.args(c))[0]; row.Fields.Get("Answered").True() {
		t.Error("answered before the first answer")
	}
	if out := b.act(me, "consultation.next", b.args(c)); out.Edge != "choose" || out.Fields.Get("Question").Num != q[0].ID {
		t.Fatalf("first: %v", out)
	}
	b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", q[0].ID), civictest.Whole("choice", q[0].Choices[1].ID))), "ok")
	// The call drops; the redial goes on at the second question.
	if out := b.act(me, "consultation.next", b.args(c)); out.Edge != "number" || out.Fields.Get("Question").Num != q[1].ID {
		t.Fatalf("resumed: %v", out)
	}
	row := b.read(me, "consultation.question", b.args(c, civictest.Whole("question", q[1].ID)))[0].Fields
	if row.Get("Min").Num != 0 || row.Get("Max").Num != 500 || row.Get("Number").Num != 2 || row.Get("Of").Num != 3 {
		t.Errorf("number question: %v", row)
	}
	for _, amount := range []int64{-1, 501} {
		b.want(b.act(me, "consultation.give", b.args(c, civictest.Whole("question", q[1].ID), civictest.Whole("amount", amount))), "range")
	}
	for _, amount := range []int64{500, 0, 250} {
		b.want(b.act(me, "consultation.give", b.args(c, civictest.Whole("question", q[1].ID), civictest.Whole("amount", amount))), "ok")
	}
	shown := b.read(me, "consultation.choices", b.args(c, civictest.Whole("question", q[2].ID)))
	b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", q[2].ID), flows.Field{Name: "choice", Value: shown[3].Key})), "ok")
	b.want(b.act(me, "consultation.next", b.args(c, civictest.Whole("question", q[2].ID))), "done")
	b.want(b.act(me, "consultation.next", b.args(c)), "done")

	answers := b.read(me, "consultation.review", b.args(c))[0].Fields.Get("Answers").Parts
	if len(answers) != 3 || answers[0].Fields.Get("Label").Text != "Pompe" || answers[1].Fields.Get("Number").Num != 250 ||
		answers[2].Fields.Get("Label").Text != shown[3].Fields.Get("Label").Text {
		t.Errorf("review: %v", answers)
	}
	if row := b.read(me, "consultation.intro", b.args(c))[0]; row.Fields.Get("Answered").True() {
		t.Error("answered before confirming")
	}
	b.want(b.act(me, "consultation.confirm", b.args(c)), "ok")
	if row := b.read(me, "consultation.intro", b.args(c))[0]; !row.Fields.Get("Answered").True() {
		t.Error("not answered after confirming")
	}
	noted := b.read(me, "consultation.noted", b.args(c))[0].Fields
	if noted.Get("Until").Num != flows.DayOf(c.ClosesAt).Num || noted.Get("Reading").Num != flows.DayOf(date("2026-12-15")).Num {
		t.Errorf("noted: %v", noted)
	}

	// Changing begins at the first question and goes through all of them.
	var asked []int64
	after := civictest.Whole("question", 0)
	for {
		out := b.act(me, "consultation.next", b.args(c, after))
		if out.Edge == "done" {
			break
		}
		after.Value = out.Fields.Get("Question")
		asked = append(asked, after.Value.Num)
	}
	if !slices.Equal(asked, []int64{q[0].ID, q[1].ID, q[2].ID}) {
		t.Errorf("changing asks %v", asked)
	}
	// A change that is not confirmed does not count.
	b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", q[0].ID), civictest.Whole("choice", q[0].Choices[0].ID))), "ok")
	b.concluded(c)
	results, err := b.DB.Consultations().Results(b.Ctx, b.home, c.ID)
	b.Must(err)
	if results[0].Choices[0].N != 0 || results[0].Choices[1].N != 1 {
		t.Errorf("counted: %v", results[0].Choices)
	}
}

// Nothing is taken before the opening, from the closing time on (also while the job is late), or in another commune.
func TestAnswersOnlyWhileOpen(t *testing.T) {
	b := newBench(t)
	made := b.water()
	made.OpensAt = b.Now.Add(time.Hour)
	c := b.opened(made)
	q := c.Questions[0]
	give := b.args(c, civictest.Whole("question", c.Questions[1].ID), civictest.Whole("amount", 5))
	choose := b.args(c, civictest.Whole("question", q.ID), civictest.Whole("choice", q.Choices[0].ID))
	abroad := slices.Clone(choose)
	abroad[0].Value = flows.IntOf(int64(b.other))

	for name, at := range map[string]time.Time{
		"before": c.OpensAt.Add(-time.Microsecond), "at closing": c.ClosesAt, "after": c.ClosesAt.Add(time.Hour),
	} {
		b.Now = at
		me := b.Caller(1)
		for action, args := range map[string]flows.Args{
			"consultation.next": b.args(c), "consultation.choose": choose, "consultation.give": give, "consultation.confirm": b.args(c),
		} {
			if out := b.act(me, action, args); out.Edge != "closed" {
				t.Errorf("%s: %s is %q", name, action, out.Edge)
			}
		}
		for _, source := range []string{"consultation.open", "consultation.intro", "consultation.question", "consultation.choices", "consultation.review", "consultation.noted"} {
			if rows := b.read(me, source, choose); len(rows) != 0 {
				t.Errorf("%s: %s tells %v", name, source, rows)
			}
		}
	}
	b.Now = c.OpensAt
	me := b.Caller(1)
	b.want(b.act(me, "consultation.choose", abroad), "closed")
	b.want(b.act(me, "consultation.confirm", b.args(c)), "closed") // nothing to confirm yet
	b.want(b.act(me, "consultation.choose", choose), "ok")
	b.Now = c.ClosesAt.Add(-time.Microsecond)
	b.want(b.act(b.Caller(1), "consultation.choose", choose), "ok")
}

// A question or choice that belongs to another consultation leaves nothing behind.
func TestForeignQuestionIsRefused(t *testing.T) {
	b := newBench(t)
	c, foreign := b.opened(b.water()), b.opened(b.water())
	me := b.Caller(1)
	b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", foreign.Questions[0].ID), civictest.Whole("choice", foreign.Questions[0].Choices[0].ID))), "closed")
	_, err := b.Choose(b.Ctx, b.home, c.ID, Voice{Voter: b.Voter(c.ID, me.Number)}, c.Questions[0].ID, foreign.Questions[0].Choices[0].ID, b.Now)
	if store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("foreign choice: %v", err)
	}
	ballot, err := b.Ballot(b.Ctx, b.home, c.ID, b.Voter(c.ID, me.Number))
	if err != nil || len(ballot.Answers) != 0 {
		t.Errorf("kept %v, %v", ballot, err)
	}
}

// The same number is another voter in each consultation, so that nobody can lay two ballot boxes side by side.
func TestVotersCannotBeJoined(t *testing.T) {
	b := newBench(t)
	first, second := b.opened(b.water()), b.opened(b.water())
	seen := map[store.Voter]bool{}
	for i := range 50 {
		me := b.Caller(i)
		for _, c := range []store.Consultation{first, second} {
			v := b.Voter(c.ID, me.Number)
			if seen[v] || v == store.Voter(me.Pseudonym) {
				t.Fatal("a voter stands in two data sets")
			}
			if v != b.Voter(c.ID, me.Number) {
				t.Fatal("a voter is not stable")
			}
			seen[v] = true
		}
	}
	me := b.Caller(1)
	b.want(b.act(me, "consultation.choose", b.args(second, civictest.Whole("question", second.Questions[0].ID), civictest.Whole("choice", second.Questions[0].Choices[0].ID))), "ok")
	voters, err := b.Voters(b.Ctx, me.Number)
	if err != nil || !slices.Equal(voters, []store.Voter{b.Voter(second.ID, me.Number)}) {
		t.Errorf("to erase: %v, %v", voters, err)
	}
}

func TestDialledNumbers(t *testing.T) {
	b := newBench(t)
	draft, err := b.Draft(b.Ctx, b.water())
	b.Must(err)
	c := b.opened(b.water())
	work, err := b.DB.DialNumbers().Assign(b.Ctx, b.home, store.DialTarget{Kind: store.DialWork, Ref: 1})
	b.Must(err)
	dial := func(n int) flows.Outcome {
		return b.act(b.Caller(1), "consultation.dialled", flows.Args{{Name: "$commune", Value: flows.IntOf(int64(b.home))}, civictest.Whole("number", int64(n))})
	}
	b.want(dial(draft.Number), "unknown")
	b.want(dial(work), "unknown")
	b.want(dial(9999), "unknown")
	if out := dial(c.Number); out.Edge != "open" || out.Fields.Get("Consultation").Num != c.ID {
		t.Errorf("open: %v", out)
	}
	b.Now = c.ClosesAt
	b.want(dial(c.Number), "unknown")
	b.concluded(c)
	if out := dial(c.Number); out.Edge != "published" || out.Fields.Get("Consultation").Num != c.ID {
		t.Errorf("published: %v", out)
	}
}

func (b *bench) want(out flows.Outcome, edge string) {
	b.T.Helper()
	if out.Edge != edge {
		b.T.Fatalf("outcome %q, want %q", out.Edge, edge)
	}
}
