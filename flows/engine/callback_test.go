package engine_test

import (
	"testing"

	"baro/flows/engine"
)

// Key 8 asks to be called back where somebody does, from a sensitive branch without a trace of it, and the way back leads to
// the main menu.
func TestCallMeBack(t *testing.T) {
	open := func(callback bool) *phone {
		profile := ussdProfiles()[0]
		return newWorld(t, shipped(t)).phone(profile).open(engine.Opening{Language: "fr", Commune: 7, Callback: callback})
	}
	open(false).press("8").want("main.menu").press("2", "8").want("dialogue.menu")
	for keys, subject := range map[string]string{"": "", "2": "dialogue", "5": "question", "3": ""} {
		p := open(true)
		if keys != "" {
			p.press(keys)
		}
		p.press("8").want("callback.offer")
		if p.session.Subject != subject {
			t.Errorf("from %q the subject is %q", keys, p.session.Subject)
		}
		for _, f := range p.session.Frames {
			if p.p.Flows[f.Flow].Sensitive {
				t.Errorf("from %q a sensitive frame is left", keys)
			}
		}
		p.press("0").want("main.menu").press("8")
		if keys == "3" {
			for _, v := range p.session.Frames[0].Vars {
				if v.True() {
					t.Errorf("the main menu keeps %v", v.Text)
				}
			}
		}
		p.press("1")
		if last := p.acts[len(p.acts)-1]; last.Name != "callback.ask" {
			t.Errorf("carried out %s", last.Name)
		}
	}
}
