package question

import (
	"context"
	"testing"
	"time"

	"baro/gateway/civic/letter"
	"baro/gateway/civictest"
	"baro/gateway/identity"
	"baro/store"
)

// post keeps the letters of a test, and knows who agreed to be told.
type post struct {
	agreed  map[store.Pseudonym]identity.MSISDN
	letters []letter.Letter
	err     error
}

func (p *post) Reach(_ context.Context, who store.Pseudonym, purpose store.Purpose) (identity.MSISDN, string, bool, error) {
	number, ok := p.agreed[who]
	return number, "bm", ok && purpose == store.PurposeContactBack, nil
}

func (p *post) Send(_ context.Context, letters ...letter.Letter) error {
	p.letters = append(p.letters, letters...)
	return p.err
}

func (p *post) String(store.PlaceID, ...int) string { return "*384*96*5*6#" }

func (b *bench) withPost() *post {
	p := &post{agreed: map[store.Pseudonym]identity.MSISDN{}}
	b.Service = New(Stores{Reader: b.DB.Cases(), Writer: b.DB.Cases(), Tx: b.DB}, b.Keys, Options{Within: UsualTerms(), Reach: p, Letters: p, Dials: p})
	b.Bound = b.Binding()
	return p
}

func (b *bench) settle(i int, number int64, word string) string {
	b.T.Helper()
	return b.act(b.Caller(i), "question.settle", civictest.In(b.home, civictest.Whole("case", number), civictest.Word("word", word))).Edge
}

// The letter says that there is an answer and nothing else, goes only to who agreed, and is the same for every kind.
func TestLettersSayOnlyThatThereIsAnAnswer(t *testing.T) {
	b := newBench(t)
	p := b.withPost()
	agreed, silent := b.Caller(1), b.Caller(2)
	p.agreed[store.Pseudonym(agreed.Pseudonym)] = agreed.Number
	number := b.report(agreed, "town_hall", "on demande de l'argent")
	b.report(silent, "water", "pompe")
	act := store.Act{Actor: "account:3"}
	b.Must(b.Answer(b.Ctx, b.home, DeskOutside, b.stored(agreed)[0].ID, store.CaseReceived, store.Texts{"fr": "Vérifié."}, act))
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, b.stored(silent)[0].ID, store.CaseReceived, store.Texts{"fr": "Jeudi."}, act))
	if len(p.letters) != 1 {
		t.Fatalf("%d letters", len(p.letters))
	}
	l := p.letters[0]
	b.Must(b.Manifest.CheckLetter(l.Message, l.Fields))
	if l.To != agreed.Number || l.Message != "question.letter.answered" || len(l.Fields) != 2 || l.Fields.Get("Number").Num != number || !l.Scrub {
		t.Errorf("letter: %s %v", l.Message, l.Fields)
	}
	// An answer whose letter fails is not given; one that has no way out is.
	b.report(agreed, "road", "piste")
	road := b.stored(agreed)[0].ID
	p.err = context.DeadlineExceeded
	if err := b.Answer(b.Ctx, b.home, DeskTownHall, road, store.CaseReceived, store.Texts{"fr": "Oui."}, act); err == nil {
		t.Error("the letter was lost in silence")
	}
	p.err = letter.ErrNoWay
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, road, store.CaseReceived, store.Texts{"fr": "Oui."}, act))
}

func TestIsItSolved(t *testing.T) {
	b := newBench(t)
	p := b.withPost()
	me, other := b.Caller(1), b.Caller(2)
	p.agreed[store.Pseudonym(me.Pseudonym)] = me.Number
	number := b.report(me, "water", "pompe cassée")
	first := b.stored(me)[0]
	if want := b.Now.Add(7 * 24 * time.Hour); !first.Due.Equal(want) {
		t.Errorf("water is due %v, want %v", first.Due, want)
	}
	act := store.Act{Actor: "account:3"}
	b.Must(b.Assign(b.Ctx, b.home, DeskTownHall, first.ID, store.CaseReceived, "3", act))
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, first.ID, store.CaseAssigned, store.Texts{"fr": "Jeudi."}, act))
	pending := func() string { return b.act(b.Caller(1), "question.pending", civictest.In(b.home)).Edge }
	for _, step := range []struct {
		after time.Duration
		asked int
		edge  string
	}{{AskAfter, 0, "none"}, {AskAfter + time.Second, 1, "ask"}, {AskAfter + time.Hour, 0, "ask"}} {
		answered := first.Created
		n, err := b.AskSolved(b.Ctx, answered.Add(step.after))
		if err != nil || n != step.asked || pending() != step.edge {
			t.Errorf("after %v: asked %d, %v", step.after, n, err)
		}
	}
	if len(p.letters) != 2 || p.letters[1].Message != "question.letter.solved" {
		t.Errorf("%d letters", len(p.letters))
	}
	if got := b.settle(2, number, "yes"); got != "gone" {
		t.Errorf("somebody else settles it: %s", got)
	}
	if b.act(other, "question.pending", civictest.In(b.home)).Edge != "none" {
		t.Error("somebody else is asked")
	}
	if got := b.settle(1, number, "later"); got != "later" || pending() != "none" {
		t.Errorf("later: %s", got)
	}
	if state := b.state(me, b.home, number, "fr"); !state.Get("Settles").True() {
		t.Error("who put it off cannot settle it any more")
	}
	if got := b.settle(1, number, "no"); got != "no" {
		t.Errorf("no: %s", got)
	}
	if got := b.stored(me)[0]; got.State != store.CaseAssigned || got.Assignee != "3" || got.Reopened.IsZero() {
		t.Errorf("opened again: %+v", got)
	}
	if got := b.settle(1, number, "no"); got != "gone" {
		t.Errorf("twice: %s", got)
	}
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, first.ID, store.CaseAssigned, store.Texts{"fr": "Fait."}, act))
	if n, err := b.AskSolved(b.Ctx, b.Now.Add(100*24*time.Hour)); n != 0 || err != nil {
		t.Errorf("asked a second time: %d, %v", n, err)
	}
	rows, err := b.DB.Audit().List(b.Ctx, b.home, 0, 100)
	b.Must(err)
	var actors []string
	for _, r := range rows {
		if r.Action == "case.solved" {
			actors = append(actors, r.Actor+" "+r.After)
		}
	}
	if len(actors) != 3 || actors[0] != prompter+" due" || actors[2] != "dial no" {
		t.Errorf("trail: %v", actors)
	}
}

func TestLateAndCountsByDesk(t *testing.T) {
	b := newBench(t)
	b.withPost()
	me := b.Caller(1)
	b.report(me, "town_hall", "mots")
	b.report(me, "water", "pompe")
	now := b.Now.Add(8 * 24 * time.Hour) // water waits seven days, the town hall fifteen
	for desk, want := range map[Desk]store.CaseCounts{DeskTownHall: {Received: 1, Late: 1}, DeskOutside: {Received: 1}} {
		counts, err := b.Counts(b.Ctx, b.home, desk, now)
		if err != nil || counts != want {
			t.Errorf("%s: %+v, %v", desk, counts, err)
		}
		late, err := b.Late(b.Ctx, b.home, desk, now, 10)
		if err != nil || int64(len(late)) != want.Late {
			t.Errorf("%s: %d late, %v", desk, len(late), err)
		}
	}
}
