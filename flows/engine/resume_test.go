package engine_test

import (
	"testing"

	"baro/flows"
	"baro/flows/engine"
)

// redial drops the dialogue and dials again.
func (p *phone) redial() *phone {
	o := known("fr")
	o.Previous = p.session.Clone()
	return p.open(o)
}

func TestRedialAfterADrop(t *testing.T) {
	cases := []struct {
		name string
		keys []string
		at   string
	}{
		{"from the main menu", nil, "main.menu"},
		{"from a flow that asks", []string{"1", "3"}, "main.resumed"},
		{"from a flow that goes on", []string{"2", "1"}, "dialogue.open"},
		{"from a flow that begins anew", []string{"5", "6"}, "main.menu"},
		{"from a sensitive flow", []string{"3", "2"}, "main.menu"},
		{"from the question that asks", []string{"1", "3", "!"}, "main.menu"},
		{"from the last word", []string{"0"}, "main.menu"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := caller(t).open(known("fr"))
			for _, k := range c.keys {
				if k == "!" {
					p.redial()
				} else {
					p.press(k)
				}
			}
			p.redial().want(c.at)
		})
	}
}

func TestResumeAsksAndGoesOn(t *testing.T) {
	p := caller(t).open(known("fr")).press("1", "5", "2", "3").want("budget.execution")
	before := p.screen.String()
	p.redial().want("main.resumed").press("x").want("main.resumed").press("1").want("budget.execution")
	if p.screen.String() != before {
		t.Errorf("went on with\n%s\nwant\n%s", p.screen.String(), before)
	}
	p.press("0").want("budget.summary").press("0").want("budget.years").press("0").want("budget.summary").press("0").want("main.menu")

	p.press("1").redial().want("main.resumed").press("2").want("main.menu")
	if len(p.session.Parked) != 0 || len(p.session.Trailed) != 0 {
		t.Error("the former call is kept although nobody wants it")
	}
	p.press("1").redial().want("main.resumed").press("0").want("goodbye.bye")
}

func TestContinueShowsTheSamePage(t *testing.T) {
	p := caller(t).open(known("fr")).press("2", "3", "9").want("dialogue.published")
	before := p.screen.String()
	if p.redial().want("dialogue.published"); p.screen.String() != before {
		t.Errorf("went on with\n%s\nwant\n%s", p.screen.String(), before)
	}
}

func TestResumeNeedsTheSameProgram(t *testing.T) {
	p := caller(t).open(known("fr")).press("1")
	o := known("fr")
	o.Previous = p.session.Clone()
	o.Previous.Release = flows.ReleaseID{1}
	p.open(o).want("main.menu")
}

// A dialled string says where somebody wants to go.
func TestDialledStringBeatsResuming(t *testing.T) {
	p := caller(t).open(known("fr")).press("1", "3")
	o := deep("2")
	o.Previous = p.session.Clone()
	p.open(o).want("dialogue.menu")
}

func TestShowRepeatsTheScreen(t *testing.T) {
	for _, keys := range [][]string{{}, {"1"}, {"1", "5", "9"}, {"5", "1"}, {"3", "1"}} {
		p := caller(t).open(known("fr")).press(keys...)
		before, step := p.screen.String(), p.session.Step
		p.take(engine.Show(p.p, p.profile, p.session))
		if p.screen.String() != before || p.session.Step != step {
			t.Errorf("after %v: shown again as\n%s\nwant\n%s", keys, p.screen.String(), before)
		}
	}
}

// The dialogue flow goes on where a call dropped, but not inside a flow it called that begins anew: a leader's menu stands
// behind a PIN, and who dials next may be somebody else.
func TestCalledFlowsThatBeginAnewAreNotResumed(t *testing.T) {
	p := caller(t)
	p.actions["group.enter"] = "ok"
	p.open(known("fr")).press("2", "4", "1234").want("leader.posts")
	p.press("1").want("leader.menu")
	p.redial().want("main.menu")
}

// What is typed as a PIN is in the session no more when the step is over.
func TestPINLeavesTheSession(t *testing.T) {
	p := caller(t)
	p.actions["group.enter"] = "ok"
	p.open(known("fr")).press("2", "4", "1234").want("leader.posts")
	for _, f := range p.session.Frames {
		for _, v := range f.Vars {
			if v.Text == "1234" {
				t.Error("the session holds the PIN")
			}
		}
	}
}

// A flow is given what its caller knows.
func TestCallGives(t *testing.T) {
	p := caller(t)
	p.actions["consultation.dialled"], p.actions["notice.dialled"] = "unknown", "ok"
	p.open(known("fr")).press("2", "31").want("meetings.detail")
	p.open(known("fr")).press("2", "2").want("meetings.invitations")
}
