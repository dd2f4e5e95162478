package question

import (
	"strings"
	"testing"
	"time"

	"baro/store"
)

// Cases about the town hall are for the person outside it: the clerks neither see nor move them, nor the other way round.
func TestTheTownHallNeverSeesCasesAboutItself(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	b.report(me, "town_hall", "on demande de l'argent")
	about := b.stored(me)[0]
	b.report(me, "water", "pompe")
	water := b.stored(me)[0]
	act := store.Act{Actor: "clerc"}
	for desk, want := range map[Desk]int64{DeskTownHall: water.ID, DeskOutside: about.ID} {
		list, err := b.Waiting(b.Ctx, b.home, desk, store.CaseReceived, 10)
		if err != nil || len(list) != 1 || list[0].ID != want {
			t.Errorf("%s waits for %v, %v", desk, list, err)
		}
		foreign := about.ID + water.ID - want
		_, _, readErr := b.Read(b.Ctx, b.home, desk, foreign)
		for what, err := range map[string]error{
			"read": readErr, "assign": b.Assign(b.Ctx, b.home, desk, foreign, store.CaseReceived, "7", act),
			"answer":  b.Answer(b.Ctx, b.home, desk, foreign, store.CaseReceived, store.Texts{"fr": "Non."}, act),
			"close":   b.Close(b.Ctx, b.home, desk, foreign, store.CaseReceived, act),
			"commune": b.Assign(b.Ctx, b.other, desk, want, store.CaseReceived, "7", act),
		} {
			if store.CodeOf(err) != store.CodeNotFound {
				t.Errorf("%s: %s of the other desk's case: %v", desk, what, err)
			}
		}
	}
	for _, c := range b.stored(me) {
		if c.State != store.CaseReceived {
			t.Errorf("case %d has moved to %s", c.ID, c.State)
		}
	}
}

func TestAnsweringIsACompareAndSetWithAnAuditRow(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	b.report(me, "water", "pompe cassée")
	id := b.stored(me)[0].ID
	act := store.Act{Actor: "clerc", Reason: "vu sur place"}
	answer := store.Texts{"fr": "  Le réparateur\nvient jeudi. ", "bm": " "}

	b.Must(b.Assign(b.Ctx, b.home, DeskTownHall, id, store.CaseReceived, "7", act))
	if err := b.Assign(b.Ctx, b.home, DeskTownHall, id, store.CaseReceived, "7", act); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("assigned twice: %v", err)
	}
	if err := b.Answer(b.Ctx, b.home, DeskTownHall, id, store.CaseReceived, answer, act); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("answered from a state long gone: %v", err)
	}
	for name, bad := range map[string]store.Texts{
		"no French": {"bm": "Awɔ"}, "blank": {"fr": " \n"}, "long": {"fr": "Oui", "bm": strings.Repeat("ɔ", MaxAnswer+1)},
	} {
		if err := b.Answer(b.Ctx, b.home, DeskTownHall, id, store.CaseAssigned, bad, act); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Must(b.Answer(b.Ctx, b.home, DeskTownHall, id, store.CaseAssigned, answer, act))
	c := b.stored(me)[0]
	if c.State != store.CaseAnswered || len(c.Answer) != 1 || c.Answer["fr"] != "Le réparateur vient jeudi." {
		t.Errorf("stored %s %v", c.State, c.Answer)
	}
	b.Must(b.Close(b.Ctx, b.home, DeskTownHall, id, store.CaseAnswered, act))

	rows, err := b.DB.Audit().List(b.Ctx, b.home, 0, 100)
	b.Must(err)
	var trail []string
	for _, r := range rows {
		trail = append(trail, r.Before+">"+r.After)
		if r.Actor != "clerc" || strings.Contains(r.Before+r.After+r.Reason, "pompe") {
			t.Errorf("audit row %v", r)
		}
	}
	if got := strings.Join(trail, " "); got != "received>assigned assigned>answered answered>closed" {
		t.Errorf("trail: %s", got)
	}
}

func TestPurgedWordsReadAsNone(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	b.report(me, "water", "pompe cassée")
	if n, err := b.DB.Cases().PurgeBodies(b.Ctx, b.Now.Add(1000)); n != 1 || err != nil {
		t.Fatalf("purged %d, %v", n, err)
	}
	if _, words, err := b.Read(b.Ctx, b.home, DeskTownHall, b.stored(me)[0].ID); words != "" || err != nil {
		t.Errorf("read %q, %v", words, err)
	}
}

func TestOverdueCountsWhatWaitsTooLong(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	b.report(me, "water", "pompe en panne")
	if n, err := b.Overdue(b.Ctx, b.home, b.Now); err != nil || n != 0 {
		t.Fatalf("%d overdue at once, %v", n, err)
	}
	if n, err := b.Overdue(b.Ctx, b.home, b.Now.Add(AnswerWithin+time.Hour)); err != nil || n != 1 {
		t.Fatalf("%d overdue, %v", n, err)
	}
}
