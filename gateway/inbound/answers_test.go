package inbound

import (
	"context"
	"testing"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/profile"
)

// told is somebody who was told something that "1" answers, and who keeps readers.
type told struct {
	answered []string
	allowed  int
}

func (a *told) Might(text string) bool { return text == "1" || text == "2" }

func (a *told) Answer(_ context.Context, _ civic.Caller, text string) (string, flows.Record, bool, error) {
	if text == "2" {
		return "", nil, false, nil
	}
	a.answered = append(a.answered, text)
	return "sms.started", nil, true, nil
}

func (a *told) Allow(_ context.Context, c civic.Caller, p profile.Permission, choice profile.Choice, _ string) error {
	if p.Purpose == "notices" && choice.Commune == 7 && !c.Number.IsZero() {
		a.allowed++
	}
	return nil
}

func TestABareWordAnswersWhatWasTold(t *testing.T) {
	s, d := newDesk(t)
	who := &told{}
	s.Answers, s.Readers = who, who
	deliver(t, s, text(t, alice, "1"))
	if got := d.replies(alice); len(who.answered) != 1 || got["Repris"] != 1 || got[smsMenu] != 0 {
		t.Fatalf("answered %v, replies %v", who.answered, got)
	}
	deliver(t, s, text(t, alice, "2")) // answers nothing: the menus take it
	if len(who.answered) != 1 {
		t.Fatalf("answered %v", who.answered)
	}
	deliver(t, s, text(t, alice, "MENU"), text(t, alice, "1")) // within a dialogue 1 is a choice
	if len(who.answered) != 1 {
		t.Fatalf("answered %v", who.answered)
	}
	deliver(t, s, text(t, alice, "START"))
	if who.allowed != 1 {
		t.Error("START keeps nothing to send to")
	}
}
