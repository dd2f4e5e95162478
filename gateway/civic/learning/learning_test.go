package learning

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/question"
	"baro/gateway/civic/voice"
	"baro/gateway/civictest"
	"baro/store"
)

// Every source and action the manifest declares for this subject is bound, and nothing else is.
func TestBindingIsTheManifests(t *testing.T) {
	newBench(t).BoundAsDeclared("learning")
}

func TestOnlyPublishedPracticesAreShown(t *testing.T) {
	b := newBench(t)
	own, other, gone := b.tell(b.home, "Chez nous"), b.tell(b.away, "Ailleurs"), b.tell(b.away, "Retire")
	draft, err := b.Draft(b.Ctx, story(b.away, "Brouillon"))
	b.Must(err)
	b.Must(b.Withdraw(b.Ctx, b.away, gone.ID, b.by))
	c := b.Caller(1)
	for source, want := range map[string]string{"learning.others": "Ailleurs, Sanjiba", "learning.own": "Chez nous, Jèkabara"} {
		rows := b.read(c, source)
		if len(rows) != 1 || rows[0].Fields.Get("Title").Text+", "+rows[0].Fields.Get("Commune").Text != want {
			t.Errorf("%s: %v", source, rows)
		}
	}
	for _, p := range []store.Practice{own, other, gone, draft, {ID: 999, Number: 999}} {
		shown := p.ID == own.ID || p.ID == other.ID
		id := civictest.Whole("practice", p.ID)
		for _, source := range []string{"learning.problem", "learning.measure", "learning.result", "learning.received"} {
			if rows := b.read(c, source, id, civictest.Whole("case", 1234)); (len(rows) == 1) != shown {
				t.Errorf("%s of %d: %v", source, p.ID, rows)
			}
		}
		if out := b.act(c, "learning.dialled", civictest.Whole("number", int64(p.Number))); (out.Edge == "ok") != shown || shown && out.Fields.Get("Practice").Num != p.ID {
			t.Errorf("number %d leads to %+v", p.Number, out)
		}
		if shown {
			continue
		}
		for name, args := range map[string][]flows.Field{
			"learning.vote": {id, civictest.Whole("useful", 1)}, "learning.ask": {id, civictest.Word("words", "combien?")}, "learning.find": {id, civictest.Whole("number", 1234)},
		} {
			if out := b.act(c, name, args...); out.Edge != "unknown" {
				t.Errorf("%s of a practice that is not shown: %q", name, out.Edge)
			}
		}
	}
}

func TestCostIsToldWhereItIsKnown(t *testing.T) {
	b := newBench(t)
	p := b.tell(b.away, "Comptes")
	facts := func() []flows.Part {
		return b.read(b.Caller(1), "learning.measure", civictest.Whole("practice", p.ID))[0].Fields.Get("Facts").Parts
	}
	if f := facts(); len(f) != 1 || f[0].Fields.Get("Cost").Num != 150_000 {
		t.Errorf("facts: %+v", f)
	}
	p.Cost = nil
	_, err := b.Revise(b.Ctx, p, b.by)
	b.Must(err)
	if f := facts(); len(f) != 0 {
		t.Errorf("an unknown cost is told: %+v", f)
	}
}

// A question goes to the commune whose practice it is, with its words sealed, and the asker finds the answer behind the
// practice; somebody else with the number learns how far it is and no more.
func TestAskingTheCommune(t *testing.T) {
	b := newBench(t)
	p := b.tell(b.away, "Comptes")
	asker, stranger := b.Caller(1), b.Caller(2)
	id := civictest.Whole("practice", p.ID)
	out := b.act(asker, "learning.ask", id, civictest.Word("words", "COMBIEN DE FEMMES"))
	if out.Edge != "ok" {
		t.Fatalf("asking: %+v", out)
	}
	number := out.Fields.Get("Case").Num
	waiting, err := b.asked.Waiting(b.Ctx, b.away, question.DeskTownHall, store.CaseReceived, 10)
	b.Must(err)
	if len(waiting) != 1 || waiting[0].Practice != p.ID || waiting[0].Kind != store.CasePractice || waiting[0].Commune != b.away {
		t.Fatalf("at the other commune: %+v", waiting)
	}
	if at, err := b.asked.Waiting(b.Ctx, b.home, question.DeskTownHall, store.CaseReceived, 10); err != nil || len(at) != 0 {
		t.Errorf("at the asker's own commune: %v, %v", at, err)
	}
	received := b.read(asker, "learning.received", id, civictest.Whole("case", number))[0].Fields
	if received.Get("Number").Num != number || received.Get("Commune").Text != "Sanjiba" || received.Get("Idea").Num != int64(p.Number) {
		t.Errorf("received: %+v", received)
	}
	_, words, err := b.asked.Read(b.Ctx, b.away, question.DeskTownHall, waiting[0].ID)
	if err != nil || words != "COMBIEN DE FEMMES" {
		t.Errorf("the clerk reads %q, %v", words, err)
	}
	b.Must(b.asked.Answer(b.Ctx, b.away, question.DeskTownHall, waiting[0].ID, store.CaseReceived, store.Texts{"fr": "La moitie"}, b.by))
	for c, want := range map[*civic.Caller]string{&asker: "La moitie", &stranger: ""} {
		if out := b.act(*c, "learning.find", id, civictest.Whole("number", number)); out.Edge != "ok" {
			t.Errorf("finding: %+v", out)
		}
		state := b.read(*c, "learning.state", id, civictest.Whole("case", number))[0].Fields
		if state.Get("State").Text != "question.state.answered" || state.Get("Answer").Text != want || (len(state.Get("About").Parts) == 1) != (want != "") {
			t.Errorf("state: %+v", state)
		}
	}
	if out := b.act(asker, "learning.find", civictest.Whole("practice", b.tell(b.home, "Chez nous").ID), civictest.Whole("number", number)); out.Edge != "unknown" {
		t.Errorf("found at another commune: %+v", out)
	}
	b.Must(b.DB.Close())
	b.noTraceOf("COMBIEN DE FEMMES", asker.Number.E164(), "70000001")
}

func TestAskingHasALimit(t *testing.T) {
	b := newBench(t)
	p := b.tell(b.away, "Comptes")
	for i := range question.MaxOpen + 1 {
		want := "ok"
		if i == question.MaxOpen {
			want = "limit"
		}
		if out := b.act(b.Caller(1), "learning.ask", civictest.Whole("practice", p.ID), civictest.Word("words", "combien?")); out.Edge != want {
			t.Errorf("question %d: %q", i+1, out.Edge)
		}
	}
}

// Nothing is told of nine, and of more only when ten are new or changed at once.
func TestVotesAreToldFromTenOn(t *testing.T) {
	b := newBench(t)
	p := b.tell(b.away, "Comptes")
	vote := func(i int, useful int64) {
		t.Helper()
		if out := b.act(b.Caller(i), "learning.vote", civictest.Whole("practice", p.ID), civictest.Whole("useful", useful)); out.Edge != "ok" {
			t.Errorf("vote: %q", out.Edge)
		}
	}
	told := func() int64 {
		for _, f := range b.read(b.Caller(1), "learning.result", civictest.Whole("practice", p.ID))[0].Fields.Get("Facts").Parts {
			if f.Message == "learning.fact.useful" {
				return f.Fields.Get("Count").Num
			}
		}
		return 0
	}
	for i := range voice.Few - 1 {
		vote(i, 1)
		vote(i, 1) // twice is once
	}
	if n := told(); n != 0 {
		t.Errorf("%d told of %d", n, voice.Few-1)
	}
	vote(100, 0) // ten votes, but nine for it
	if n := told(); n != 0 {
		t.Errorf("%d told of %d", n, voice.Few-1)
	}
	for i := range voice.Few - 1 {
		vote(101+i, 1)
	}
	if n := told(); n != 0 {
		t.Errorf("%d told after %d more", n, voice.Few-1)
	}
	vote(100, 1) // thought again
	if n := told(); n != 2*voice.Few-1 {
		t.Errorf("%d told, want %d", n, 2*voice.Few-1)
	}
}

func TestWhatDoesNotFitIsNotPublished(t *testing.T) {
	b := newBench(t)
	for want, spoil := range map[string]func(*store.Practice){
		"title: missing":    func(p *store.Practice) { p.Title = store.Texts{"bm": "Hakilina"} },
		"title: too_long":   func(p *store.Practice) { p.Title["fr"] = strings.Repeat("é", MaxTitle+1) },
		"problem: missing":  func(p *store.Practice) { p.Problem = nil },
		"measure: too_long": func(p *store.Practice) { p.Measure["bm"] = strings.Repeat("ɛ", MaxText+1) },
		"result: missing":   func(p *store.Practice) { p.Result = store.Texts{"fr": ""} },
	} {
		p := story(b.home, "Comptes")
		spoil(&p)
		if faults := Check(p); len(faults) != 1 || faults[0].Error() != want {
			t.Errorf("%s: %v", want, faults)
		}
		made, err := b.Draft(b.Ctx, p)
		b.Must(err)
		b.Wants(store.CodeInvalid, b.Publish(b.Ctx, b.home, made.ID, store.PracticeDraft, b.by))
	}
	p := b.tell(b.home, "Comptes")
	p.Problem = nil
	_, err := b.Revise(b.Ctx, p, b.by)
	b.Wants(store.CodeInvalid, err)
	b.Wants(store.CodeNotFound, b.Withdraw(b.Ctx, b.away, p.ID, b.by))
	b.Wants(store.CodeNotFound, b.Publish(b.Ctx, b.away, p.ID, store.PracticeWithdrawn, b.by))
}

// noTraceOf looks for texts in everything the database has written.
func (b *bench) noTraceOf(texts ...string) {
	b.T.Helper()
	files, err := filepath.Glob(b.File + "*")
	b.Must(err)
	if len(files) == 0 {
		b.T.Fatal("no database to look into")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		b.Must(err)
		for _, text := range texts {
			if strings.Contains(string(data), text) {
				b.T.Errorf("%s holds %q", filepath.Base(file), text)
			}
		}
	}
}
