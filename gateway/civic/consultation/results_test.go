package consultation

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

// vote fills the ballot box: counts[i] ballots for the i-th choice of the first question, each with a number.
func (b *bench) vote(c store.Consultation, counts ...int) {
	b.T.Helper()
	voter := uint64(0)
	b.Must(b.DB.Write(b.Ctx, func(ctx context.Context) error {
		for i, n := range counts {
			for range n {
				voter++
				var v store.Voter
				binary.BigEndian.PutUint64(v[:], voter)
				for _, err := range []error{
					discard(b.Choose(ctx, b.home, c.ID, Voice{Voter: v}, c.Questions[0].ID, c.Questions[0].Choices[i].ID, b.Now)),
					discard(b.Give(ctx, b.home, c.ID, Voice{Voter: v}, c.Questions[1].ID, int64(voter), b.Now)),
					discard(b.Confirm(ctx, b.home, c.ID, v, b.Now)),
				} {
					if err != nil {
						return err
					}
				}
			}
		}
		return nil
	}))
}

func discard(v Verdict, err error) error {
	if err == nil && v != Taken {
		return fmt.Errorf("verdict %d", v)
	}
	return err
}

func TestResultsAreShownOncePublishedAndCountsBelowTenNever(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	b.vote(c, 12, 9, 31)
	me := b.Caller(1)
	args := b.args(c, civictest.Whole("question", c.Questions[0].ID))
	hidden := func(when string) {
		for _, source := range []string{"consultation.published", "consultation.result_questions", "consultation.result", "consultation.decision"} {
			if rows := b.read(me, source, args); len(rows) != 0 {
				t.Errorf("%s: %s tells %v", when, source, rows)
			}
		}
	}
	hidden("open")
	b.Now = c.ClosesAt
	if _, err := b.CloseDue(b.Ctx, b.Now); err != nil {
		t.Fatal(err)
	}
	hidden("closed")
	if err := b.Publish(b.Ctx, b.home, c.ID, date(c.ReadingOn).Add(-1), store.Act{Actor: "maire"}); store.CodeOf(err) != store.CodeDenied {
		t.Errorf("published before the meeting: %v", err)
	}
	b.Must(b.Publish(b.Ctx, b.home, c.ID, date(c.ReadingOn), store.Act{Actor: "maire"}))

	if rows := b.read(me, "consultation.published", args); len(rows) != 1 || rows[0].Fields.Get("Closed").Num != flows.DayOf(c.ClosesAt).Num {
		t.Errorf("published: %v", rows)
	}
	// The third question has no answer at all and is not offered.
	if rows := b.read(me, "consultation.result_questions", args); len(rows) != 2 {
		t.Errorf("questions: %v", rows)
	}
	row := b.read(me, "consultation.result", args)[0].Fields
	if got := sketch(row); got != "50: Forage 12, Pompe few, Puits 31" {
		t.Errorf("result: %s", got)
	}
	if row.Get("Decided").True() {
		t.Error("decided without a decision")
	}
	row = b.read(me, "consultation.result", b.args(c, civictest.Whole("question", c.Questions[1].ID)))[0].Fields
	// 52 answered; told in tens, since with it the first question's hidden count would follow.
	if got := sketch(row); got != "50: median 26 of 1..52" {
		t.Errorf("number: %s", got)
	}

	act := store.Act{Actor: "maire"}
	if err := b.Decide(b.Ctx, b.home, c.ID, store.Texts{"fr": "Le puits d'abord."}, "", act); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("a decision without a day: %v", err)
	}
	b.Must(b.Decide(b.Ctx, b.home, c.ID, store.Texts{"fr": "Le puits d'abord."}, "2026-12-20", act))
	row = b.read(me, "consultation.decision", args)[0].Fields
	if row.Get("Decision").Text != "Le puits d'abord." || row.Get("On").Num != flows.DateOf(date("2026-12-20")).Num {
		t.Errorf("decision: %v", row)
	}
	if !b.read(me, "consultation.result", args)[0].Fields.Get("Decided").True() {
		t.Error("the decision is not announced")
	}
	abroad := append(flows.Args{{Name: "$commune", Value: flows.IntOf(int64(b.other))}}, args[1:]...)
	if rows := b.read(me, "consultation.result", abroad); len(rows) != 0 {
		t.Errorf("another commune reads %v", rows)
	}
}

func TestFewAnswersAreNoResult(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	b.vote(c, 4, 5)
	b.concluded(c)
	if rows := b.read(b.Caller(1), "consultation.result_questions", b.args(c)); len(rows) != 0 {
		t.Errorf("nine answers are told: %v", rows)
	}
}

// Whatever the ballots: no shown count is below Few, the order is the poster's, and what is shown fits every way to
// fill the hidden cells that keeps their full tens, so no hidden count can be had by subtraction (domain rule P3).
func TestHiddenCountsCannotBeSubtracted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		q := store.Question{ID: 1, Kind: store.QuestionOne}
		r := store.QuestionResult{Question: 1}
		for i := range int64(2 + random.IntN(6)) {
			n := random.Int64N(25)
			q.Choices = append(q.Choices, store.Choice{ID: i + 1, Ordinal: int(i + 1)})
			r.Choices = append(r.Choices, store.ChoiceResult{Choice: i + 1, N: n})
			r.Answers += n
		}
		got := tally(q, r)
		if d := got.Answers - r.Answers; d < -9 || d > 9 {
			t.Fatalf("%d answers told as %d", r.Answers, got.Answers)
		}
		few := -1
		for i, c := range got.Choices {
			switch {
			case c.Choice.ID != int64(i+1):
				t.Fatal("another order than the poster's")
			case c.Few != (r.Choices[i].N < Few), c.Few && c.N != 0, !c.Few && c.N != r.Choices[i].N:
				t.Fatalf("choice of %d shown as %+v", r.Choices[i].N, c)
			case c.Few:
				few = i
			}
		}
		if few < 0 {
			if got.Answers != r.Answers {
				t.Fatalf("nothing hidden, yet %d answers are told as %d", r.Answers, got.Answers)
			}
			continue
		}
		// Other ballots that differ in the hidden cells within the same ten look exactly the same.
		var hidden int64
		for i, c := range got.Choices {
			if c.Few {
				hidden += r.Choices[i].N
			}
		}
		for n := range int64(Few) {
			other := hidden - r.Choices[few].N + n
			if other/10 != hidden/10 {
				continue
			}
			r2 := r
			r2.Choices = append([]store.ChoiceResult(nil), r.Choices...)
			r2.Choices[few].N = n
			r2.Answers = r.Answers - hidden + other
			if fmt.Sprint(tally(q, r2)) != fmt.Sprint(got) {
				t.Fatalf("a hidden count of %d shows", n)
			}
		}
	}
}

func sketch(row flows.Record) string {
	var parts []string
	for _, p := range row.Get("Results").Parts {
		switch p.Message {
		case "consultation.part.few":
			parts = append(parts, p.Fields.Get("Label").Text+" few")
		case "consultation.part.choice":
			parts = append(parts, fmt.Sprint(p.Fields.Get("Label").Text, " ", p.Fields.Get("Count").Num))
		case "consultation.part.range":
			parts = append(parts, fmt.Sprintf("median %d of %d..%d", p.Fields.Get("Median").Num, p.Fields.Get("Min").Num, p.Fields.Get("Max").Num))
		}
	}
	return fmt.Sprint(row.Get("Answers").Num, ": ", strings.Join(parts, ", "))
}
