package consultation

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
	"baro/store/session/memory"
)

// kinds is a consultation of a participatory budget, a ranking and own words.
func (b *bench) kinds() store.Consultation {
	one, two, three, envelope := int64(1), int64(2), int64(3), int64(10_000_000)
	priced := choices("Forage", "Pompe", "Puits")
	for i, cost := range []int64{6_000_000, 4_000_000, 5_000_000} {
		priced[i].Cost = &cost
	}
	c := b.water()
	c.Questions = []store.Question{
		{Kind: store.QuestionBudget, Text: store.Texts{"fr": "Quels travaux pour 10 M?"}, Min: &one, Max: &three, Envelope: &envelope, Choices: priced},
		{Kind: store.QuestionRank, Text: store.Texts{"fr": "Lequel d'abord?"}, Min: &two, Max: &three, Choices: choices("A", "B", "C")},
		{Kind: store.QuestionText, Text: store.Texts{"fr": "Autre chose?"}},
	}
	return c
}

func TestABudgetFitsItsEnvelope(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.kinds())
	me, q := b.Caller(1), c.Questions
	budget := civictest.Whole("question", q[0].ID)
	pick := func(question flows.Field, choice store.Choice) string {
		return b.act(me, "consultation.pick", b.args(c, question, civictest.Whole("choice", choice.ID))).Edge
	}
	if out := b.act(me, "consultation.next", b.args(c)); out.Edge != "pick" {
		t.Fatalf("first: %v", out)
	}
	if got := pick(budget, q[0].Choices[0]); got != "picked" {
		t.Fatalf("picked: %s", got)
	}
	row := b.read(me, "consultation.picked", b.args(c, budget))[0].Fields
	if row.Get("Left").Parts[0].Fields.Get("Left").Num != 4_000_000 || !row.Get("More").True() || !row.Get("Enough").True() {
		t.Errorf("left: %v", row)
	}
	// Five millions do not fit any more: they are not offered, and not taken from a screen of before.
	if rows := b.read(me, "consultation.remaining", b.args(c, budget)); len(rows) != 1 || rows[0].Key.Num != q[0].Choices[1].ID {
		t.Errorf("remaining: %v", rows)
	}
	pick(budget, q[0].Choices[2])
	if row := b.read(me, "consultation.picked", b.args(c, budget))[0].Fields; len(row.Get("Picks").Parts) != 1 {
		t.Errorf("over the envelope: %v", row)
	}
	rank := civictest.Whole("question", q[1].ID)
	if out := b.act(me, "consultation.next", b.args(c, budget)); out.Edge != "pick" {
		t.Fatalf("second: %v", out)
	}
	if got := pick(rank, q[1].Choices[2]); got != "again" {
		t.Errorf("one of two ranks: %s", got)
	}
	b.want(b.act(me, "consultation.confirm", b.args(c)), "unfinished")
	if got := pick(rank, q[1].Choices[0]); got != "picked" {
		t.Errorf("both ranks: %s", got)
	}
	say := b.args(c, civictest.Whole("question", q[2].ID), civictest.Word("words", "une école aussi"))
	b.want(b.act(me, "consultation.say", say), "ok")
	b.want(b.act(me, "consultation.next", b.args(c)), "done")
	b.want(b.act(me, "consultation.confirm", b.args(c)), "ok")
	words, err := b.Words(b.Ctx, b.home, c.ID, q[2].ID, 10, store.Act{Actor: "account:2"})
	if err != nil || len(words) != 1 || words[0] != "une école aussi" {
		t.Errorf("words: %v, %v", words, err)
	}
	b.want(b.act(me, "consultation.restart", b.args(c, budget)), "ok")
	b.want(b.act(me, "consultation.next", b.args(c)), "pick")
}

func TestWordsAndRanksInResults(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.kinds())
	q := c.Questions
	b.Must(b.DB.Write(b.Ctx, func(ctx context.Context) error {
		for i := range 12 {
			v := Voice{Voter: b.Voter(c.ID, b.Caller(i).Number)}
			for _, err := range []error{
				discard(b.Pick(ctx, b.home, c.ID, v, q[1].ID, q[1].Choices[0].ID, b.Now)),
				discard(b.Pick(ctx, b.home, c.ID, v, q[1].ID, q[1].Choices[1+i%2].ID, b.Now)),
				discard(b.Say(ctx, b.home, c.ID, v, q[2].ID, "secret de Badaniba", b.Now)),
				discard(b.Cast(ctx, b.home, c.ID, v, b.Now)),
			} {
				if err != nil {
					return err
				}
			}
		}
		return nil
	}))
	b.concluded(c)
	rows := b.read(b.Caller(99), "consultation.result", b.args(c, civictest.Whole("question", q[1].ID)))
	if parts := rows[0].Fields.Get("Results").Parts; parts[0].Message != "consultation.part.points" || parts[0].Fields.Get("Count").Num != 36 ||
		parts[1].Message != "consultation.part.few" || rows[0].Fields.Get("How").Parts[0].Message != "consultation.how.points" {
		t.Errorf("ranks: %v", rows)
	}
	rows = b.read(b.Caller(99), "consultation.result", b.args(c, civictest.Whole("question", q[2].ID)))
	if parts := rows[0].Fields.Get("Results").Parts; len(parts) != 1 || len(parts[0].Fields) != 0 {
		t.Errorf("words are told: %v", rows)
	}
	act := store.Act{Actor: "account:2"}
	b.Wants(store.CodeConflict, b.Follow(b.Ctx, b.home, c.ID, store.FollowUp{On: "2027-01-02", What: store.Texts{"fr": "x"}}, act))
	b.Must(b.Decide(b.Ctx, b.home, c.ID, store.Texts{"fr": "A d'abord"}, "2026-12-20", act))
	b.Must(b.Follow(b.Ctx, b.home, c.ID, store.FollowUp{On: "2027-01-02", What: store.Texts{"fr": "Commandé"}}, act))
	if rows := b.read(b.Caller(99), "consultation.follow_ups", b.args(c)); len(rows) != 1 || rows[0].Fields.Get("What").Text != "Commandé" {
		t.Errorf("follow-ups: %v", rows)
	}
	if rows := b.read(b.Caller(99), "consultation.decision", b.args(c)); !rows[0].Fields.Get("Followed").True() {
		t.Errorf("decision: %v", rows)
	}
}

func TestACardCountsOnceFromAnyPhone(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	codes, err := b.IssueCards(b.Ctx, b.home, c.ID, 3, store.Act{Actor: "account:2"})
	b.Must(err)
	card := func(i int, code string) flows.Outcome {
		return b.act(b.Caller(i), "consultation.card", b.args(c, civictest.Word("code", code)))
	}
	q := c.Questions
	answer := func(i int, id flows.Field) string {
		me := b.Caller(i)
		b.want(b.act(me, "consultation.choose", b.args(c, id, civictest.Whole("question", q[0].ID), civictest.Whole("choice", q[0].Choices[0].ID))), "ok")
		return b.act(me, "consultation.confirm", b.args(c, id)).Edge
	}
	for i, code := range codes.Codes[:2] { // two cards from one phone
		out := card(7, code)
		if out.Edge != "ok" {
			t.Fatalf("card %d: %v", i, out)
		}
		id := flows.Field{Name: "card", Value: out.Fields.Get("Card")}
		if got := answer(7, id); got != "ok" {
			t.Errorf("ballot %d: %s", i, got)
		}
		if got := answer(8, id); got != "used" {
			t.Errorf("the same card from another phone: %s", got)
		}
		if got := card(9, code).Edge; got != "used" {
			t.Errorf("typed again: %s", got)
		}
	}
	if got := answer(7, civictest.Whole("card", 0)); got != "ok" {
		t.Errorf("the phone's own ballot: %s", got)
	}
	voters, err := b.Voters(b.Ctx, b.Caller(7).Number)
	b.Must(err)
	for _, v := range voters {
		ballot, err := b.Ballot(b.Ctx, b.home, c.ID, v)
		b.Must(err)
		for _, a := range ballot.Answers {
			if a.Card {
				t.Error("a ballot by card carries the phone's pseudonym")
			}
		}
	}
	if n, err := b.VoidCards(b.Ctx, b.home, c.ID, codes.Batch, store.Act{Actor: "account:2"}); n != 1 || err != nil {
		t.Errorf("made void: %d, %v", n, err)
	}
	if got := card(7, codes.Codes[2]).Edge; got != "unknown" {
		t.Errorf("a void card: %s", got)
	}
	b.concluded(c)
	got, err := b.DB.Consultations().Get(b.Ctx, b.home, c.ID)
	if err != nil || got.Cards != 2 || got.Phones != 1 {
		t.Errorf("%d by card, %d by phone, %v", got.Cards, got.Phones, err)
	}
}

// A check digit finds every wrong digit and every swap of neighbours, so that slips are told without a look at the cards.
func TestCheckDigitFindsSlips(t *testing.T) {
	b := newBench(t)
	for range 200 {
		code, err := b.drawCode()
		b.Must(err)
		if !soundCode(code) {
			t.Fatalf("%s is not sound", code)
		}
		for i := range code {
			for _, d := range cardAlphabet {
				if wrong := code[:i] + string(d) + code[i+1:]; wrong != code && soundCode(wrong) {
					t.Fatalf("%s passes for %s", wrong, code)
				}
			}
			if i+1 < cardDigits && i%6 != 5 && code[i] != code[i+1] {
				if swapped := code[:i] + string(code[i+1]) + string(code[i]) + code[i+2:]; soundCode(swapped) {
					t.Fatalf("%s passes for %s", swapped, code)
				}
			}
		}
	}
}

func TestGuessingIsThrottled(t *testing.T) {
	b := newBench(t)
	b.limiter = memory.NewLimiter(1000)
	c := b.opened(b.water())
	codes, err := b.IssueCards(b.Ctx, b.home, c.ID, 1, store.Act{Actor: "account:2"})
	b.Must(err)
	try := func(caller string, now time.Time) CardVerdict {
		_, verdict, err := b.Card(b.Ctx, b.home, c.ID, strings.Repeat("2", 10), caller, now)
		b.Must(err)
		return verdict
	}
	for i := range guessesPerCaller + 1 {
		if got := try("a", b.Now); (got == CardLater) != (i == guessesPerCaller) {
			t.Errorf("guess %d: %d", i, got)
		}
	}
	if _, got, err := b.Card(b.Ctx, b.home, c.ID, codes.Codes[0], "b", b.Now); got != CardGood || err != nil {
		t.Errorf("somebody else: %d, %v", got, err)
	}
	if got := try("a", b.Now.Add(time.Hour)); got == CardLater {
		t.Error("an hour later it is still refused")
	}
}
