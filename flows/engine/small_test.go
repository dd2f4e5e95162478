package engine_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"baro/flows"
	"baro/flows/compile"
	"baro/flows/engine"
	"baro/locales"
)

// smallMessages are the texts every program needs, and a few for the flow below.
const smallMessages = `
nav: {back: Retour, more: Suite, end: Fin, callback: Rappel, invalid: Non., number_wanted: Un nombre., number_range: "De {{.Min}} à {{.Max}}.",
  too_long: Long., too_short: Court., unreadable: Illisible., dial_instead: "Composez {{.Dial}}"}
fault: {later: Plus tard., busy: Occupé., request: Refaites., ended: Fini.}
t: {menu: Menu, pin: "Code?", long: "{{.Words}}", yes: Oui, no: Non, item: Aller, resumed: Continuer}
`

const smallManifest = `
sources:
  words: {args: "", fields: {Words: text 20}}
actions:
  check: {args: code, outcomes: [ok, no], effect: none}
`

const smallFlow = `
flow: main
root: true
start: menu
home: menu
leave: bye
resumed: resumed
screens:
  menu:
    text: t.menu
    menu:
      1: {text: t.item, go: code}
      2: {text: t.item, go: say}
      3: {text: t.item, go: menu, unless: $commune}
      4: {text: t.item, go: sub, when: $commune}
      5: {text: t.item, go: which, set: {pick: 3}}
      6: {text: t.item, go: which, set: {pick: b}}
      7: {text: t.item, go: which, set: {pick: none}}
  code: {ask: pin, text: t.pin, min: 4, max: 4, save: code, go: verify}
  verify:
    do: check
    on: {ok: inside, no: code}
  inside: {text: t.yes}
  say: {show: words, none: bye, end: t.long}
  which:
    branch: pick
    cases: {3: yes, b: no, none: inside}
    else: menu
  yes: {text: t.yes}
  no: {text: t.no}
  sub: {call: sub, go: $home}
  resumed: {text: t.resumed}
  bye: {end: t.no}
`

const smallSub = `
flow: sub
resume: continue
start: open
screens:
  open: {text: t.menu, menu: {1: {text: t.item, go: secret}, 2: {text: t.item, go: round}}}
  secret: {sensitive: true, text: t.yes}
  round:
    do: check
    on: {ok: again, no: open}
  again: {ask: text, text: t.pin, save: code, go: round}
`

// small compiles one flow for what the shipped ones do not use.
func small(t *testing.T) *phone {
	t.Helper()
	messages := fstest.MapFS{"fr.yaml": {Data: []byte(smallMessages)}}
	cat, problems := locales.Load(messages, nil, locales.Options{Languages: []string{"fr"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	files := fstest.MapFS{"main.yaml": {Data: []byte(smallFlow)}, "sub.yaml": {Data: []byte(smallSub)}, "manifest.yaml": {Data: []byte(smallManifest)}}
	program, found := compile.Program(files, "manifest.yaml", compile.Options{Catalogue: cat})
	if found.Errors() > 0 {
		t.Fatal(found)
	}
	return newWorld(t, program).phone(ussdProfiles()[0])
}

func TestPINIsSeenOnlyByItsAct(t *testing.T) {
	for _, outcome := range []string{"ok", "no"} {
		p := small(t)
		p.actions["check"] = outcome
		p.open(known("fr")).press("1").want("main.code")
		if p.screen.Input != flows.InputPIN {
			t.Errorf("input %d", p.screen.Input)
		}
		p.press("0421")
		if got := p.acts[0].Args.Text("code"); got != "0421" {
			t.Errorf("the act was given %q", got)
		}
		if data := string(p.session.AppendBinary(nil)); strings.Contains(data, "0421") {
			t.Errorf("after %s the session holds the code", outcome)
		}
	}
}

func TestConditionsOnTheDialogue(t *testing.T) {
	offered := func(p *phone) (keys string) {
		for _, c := range p.screen.Choices {
			keys += c.Key
		}
		return keys
	}
	if got := offered(small(t).open(known("fr"))); got != "12456" {
		t.Errorf("with a commune: %s", got)
	}
	if got := offered(small(t).open(engine.Opening{Language: "fr"})); got != "12356" {
		t.Errorf("without a commune: %s", got)
	}
}

func TestBranches(t *testing.T) {
	for key, at := range map[string]string{"5": "main.yes", "6": "main.no"} {
		small(t).open(known("fr")).press(key).want(at)
	}
	p := small(t).open(known("fr"))
	p.press("7").want("main.inside") // an item of the second page: its number is on posters
}

// A long last word is paged, and only its last page ends the dialogue.
func TestLastWordOfSeveralPages(t *testing.T) {
	p := small(t)
	text := strings.TrimSpace(strings.Repeat("Merci à tous ceux de la commune. ", 12))
	p.made["words 1"] = []flows.Row{{Fields: flows.Record{{Name: "Words", Value: flows.TextOf(text)}}}}
	p.sources["words"] = plainRows
	p.open(known("fr")).press("2")
	var read []string
	for page := 1; ; page++ {
		read = append(read, p.screen.Text)
		if got := p.screen.Page; got != page {
			t.Fatalf("page %d, want %d", got, page)
		}
		if p.screen.End() {
			break
		}
		p.press("9")
	}
	if got := strings.Join(read, " "); got != strings.ReplaceAll(text, "à", "a") || len(read) < 3 {
		t.Errorf("%d pages say\n%s", len(read), got)
	}
	if len(p.screen.Nav) != 0 {
		t.Errorf("the end offers %v", p.screen.Nav)
	}
}

// A sensitive screen is not gone back to, though its flow is.
func TestSensitiveScreensAreNotResumed(t *testing.T) {
	small(t).open(known("fr")).press("4").want("sub.open").redial().want("sub.open")
	small(t).open(known("fr")).press("4", "1").want("sub.secret").redial().want("main.menu")
}

// The compiler refuses ways round without an input. Should one be left, a step that gets nowhere ends with an error.
func TestStepThatGetsNowhereEnds(t *testing.T) {
	p := small(t)
	at := func(name string) *flows.Node {
		for i := range p.p.Flows {
			for j := range p.p.Flows[i].Nodes {
				if n := &p.p.Flows[i].Nodes[j]; n.Name == name {
					return n
				}
			}
		}
		t.Fatal(name)
		return nil
	}
	for i, n := range p.p.Flows[p.p.Root].Nodes {
		if n.Name == "verify" {
			at("verify").Edges[0].Go = flows.Target(i)
		}
	}
	p.actions["check"] = "ok"
	p.open(known("fr")).press("1")
	run := engine.Input(p.p, p.profile, p.session, "0421")
	p.drive(run)
	if run.Err() != engine.ErrLoop {
		t.Errorf("error %v", run.Err())
	}
}
