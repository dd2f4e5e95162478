package engine_test

import (
	"slices"
	"strings"
	"testing"

	"baro/flows/engine"
)

func deep(tokens string) engine.Opening {
	o := known("fr")
	o.Deep = strings.Split(tokens, "*")
	return o
}

func TestDialledStrings(t *testing.T) {
	cases := []struct {
		name, tokens, at string
		acts             []string
	}{
		{"a menu", "1", "budget.summary", nil},
		{"two menus", "1*3", "budget.execution", nil},
		{"a list by its row", "1*5*2", "budget.summary", nil},
		{"paging and back", "1*5*9*0*0", "budget.summary", nil},
		{"home again", "1*3*00*2", "dialogue.menu", nil},
		{"stops before a question", "5*1*le puits est sec", "question.menu", nil},
		{"stops before a question for a number", "5*6*12", "question.menu", nil},
		{"stops before an act", "7*3*1*1", "profile.sure", nil},
		{"stops before a vote", "2*1*1*1*1", "dialogue.choose", []string{"consultation.next"}},
		{"stops before a sensitive flow", "3*2", "main.menu", nil},
		{"stops before the last word", "0", "main.menu", nil},
		{"stops at what is not offered", "1*3*7*1", "budget.execution", nil},
		{"stops before an act", "1*4*1*1", "budget.sms", nil},
		{"stops at nonsense", "1*x*3", "budget.summary", nil},
		{"stops at an empty token", "1**3", "budget.summary", nil},
		{"a long way", strings.Repeat("1*3*00*", 40) + "1*3", "budget.execution", nil},
		{"a permanent number", "1*31", "budget.work", []string{"budget.dialled"}},
		{"a commune's number", "417*1", "budget.summary", []string{"place.dialled"}},
		{"a commune's number alone", "417", "main.menu", []string{"place.dialled"}},
		{"a commune's number and a consultation", "417*2*31", "dialogue.intro", []string{"place.dialled", "consultation.dialled"}},
		{"a number at another place is no commune", "1*417", "budget.work", []string{"budget.dialled"}},
		{"two digits are no commune", "41*1", "main.menu", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := caller(t)
			p.actions["consultation.next"] = "choose"
			p.sources["consultation.intro"] = plainRows
			p.open(deep(c.tokens)).want(c.at)
			var acts []string
			for _, a := range p.acts {
				acts = append(acts, a.Name)
			}
			if !slices.Equal(acts, c.acts) {
				t.Errorf("carried out %v, want %v", acts, c.acts)
			}
			if len(p.session.Deep) != 0 {
				t.Errorf("%v is left over", p.session.Deep)
			}
			if strings.HasPrefix(p.screen.Text, "Choix invalide") {
				t.Errorf("a dialled string is scolded:\n%s", p.screen.String())
			}
		})
	}
}

// A dialled string ends at the same screen as its keys pressed one by one, or on the way there.
func TestDialledStringsGoTheWayOfKeys(t *testing.T) {
	for _, tokens := range []string{"1*1*1*1", "1*2*1", "1*3*2", "1*6*1", "2*3*1*1", "7*1", "7*3", "1*5*9*1*3*1"} {
		keys := strings.Split(tokens, "*")
		pressed := caller(t).open(known("fr")).press(keys...)
		dialled := caller(t).open(deep(tokens))
		if pressed.screen.String() != dialled.screen.String() || pressed.at() != dialled.at() {
			t.Errorf("%s: dialled\n%s\npressed\n%s", tokens, dialled.screen.String(), pressed.screen.String())
		}
		if a, b := pressed.press("0").screen.String(), dialled.press("0").screen.String(); a != b {
			t.Errorf("%s: back leads to\n%s\nand pressed to\n%s", tokens, b, a)
		}
	}
}

func TestDialledOnTheFirstCall(t *testing.T) {
	p := caller(t)
	p.actions["place.search"] = "one"
	p.open(engine.Opening{Deep: []string{"1", "3"}}).want("welcome.language")
	p.press("1").want("commune.ask").press("Jekabara").want("commune.confirm").press("1").want("budget.execution")

	p.actions["place.dialled"] = "ok" // the language is still asked, the commune is not
	p.open(engine.Opening{Deep: []string{"417", "1"}}).want("welcome.language").press("1").want("budget.summary")

	p.actions["place.dialled"] = "unknown"
	p.open(engine.Opening{Deep: []string{"999", "1"}}).want("welcome.language").press("1").want("commune.ask")
	p.press("Jekabara").press("1").want("budget.summary")

	p.open(engine.Opening{Commune: 7, Deep: []string{"2"}}).want("welcome.language").press("1").want("dialogue.menu")
	p.open(engine.Opening{Deep: []string{"3", "1"}}).press("1", "Jekabara", "1").want("main.menu")
}

func TestUnknownCommuneNumberKeepsTheCommune(t *testing.T) {
	p := caller(t)
	p.actions["place.dialled"] = "unknown"
	p.open(deep("999*1")).want("budget.summary")
	if p.session.Commune != 7 || p.session.Asked {
		t.Errorf("commune %d, asked %t", p.session.Commune, p.session.Asked)
	}
	p.actions["place.dialled"] = "ok"
	p.open(deep("417*1")).want("budget.summary")
	if p.session.Commune == 7 {
		t.Error("the dialled commune is not the one of this dialogue")
	}
}
