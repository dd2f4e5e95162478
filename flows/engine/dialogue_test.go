package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"baro/flows"
	"baro/flows/engine"
	"baro/locales/charset"
)

// caller is a phone of somebody whose language (French) and commune are known, in a world where everything exists.
func caller(t testing.TB) *phone {
	return newWorld(t, shipped(t)).phone(ussdProfiles()[0])
}

func TestKeysOfAMenu(t *testing.T) {
	cases := []struct {
		typed string
		at    string
	}{
		{"1", "budget.summary"},
		{" 1 ", "budget.summary"},
		{"1.", "budget.summary"},
		{"#1", "budget.summary"},
		{"1)", "budget.summary"},
		{"*1#", "budget.summary"},
		{"١", "budget.summary"},
		{"۱", "budget.summary"},
		{"߁", "budget.summary"},
		{"１", "budget.summary"},
		{"\U0001E951", "budget.summary"},
		{"٠٠", "main.menu"},
		{"3", "services.need"},
		{"1*1", "main.menu"}, // not 11, and not 1 and then 1
		{"11", "main.menu"},
		{"01", "main.menu"},
		{"1a", "main.menu"},
		{"un", "main.menu"},
		{"", "main.menu"},
		{"-", "main.menu"},
		{"\x00", "main.menu"},
		{"\xff\xfe1", "main.menu"},
		{strings.Repeat("1", 20), "main.menu"},
		{strings.Repeat("x", 500), "main.menu"},
		{strings.Repeat("1", 100_000), "main.menu"},
		{"99999999999999999999", "main.menu"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%.20q", c.typed), func(t *testing.T) {
			p := caller(t).open(known("fr")).want("main.menu")
			first := p.screen
			p.press(c.typed).want(c.at)
			if c.at == "main.menu" && c.typed != "٠٠" {
				wantSame(t, first, p.screen, "Choix invalide.")
			}
		})
	}
}

// wantSame fails unless a refused input shows the same screen again, with the notice before it or, where there is no
// room, without.
func wantSame(t *testing.T, before, after flows.Screen, notice string) {
	t.Helper()
	quiet := after
	quiet.Text = strings.TrimPrefix(strings.TrimPrefix(after.Text, notice), " ")
	if quiet.String() != before.String() {
		t.Errorf("the screen was\n%s\nand is\n%s", before.String(), after.String())
	}
}

// An item of another page of the same menu is offered: numbers on posters are permanent. What no page has is refused.
func TestKeysThatAreNotOffered(t *testing.T) {
	p := caller(t)
	p.sources["place.home"] = plainRows
	before := p.open(known("fr")).screen
	p.press("8").want("main.menu")
	wantSame(t, before, p.screen, "Choix invalide.")
	before = p.press("2").want("dialogue.menu").screen
	refused := 0
	for key := '1'; key <= '9'; key++ {
		if p.session.Keys&(1<<(key-'0')) != 0 {
			continue
		}
		p.press(string(key)).want("dialogue.menu")
		wantSame(t, before, p.screen, "Choix invalide.")
		if !strings.HasPrefix(p.screen.Text, "Choix invalide. ") {
			t.Errorf("a wrong key is not told:\n%s", p.screen.String())
		}
		refused++
	}
	if refused < 5 {
		t.Errorf("only %d keys were refused", refused)
	}
	p.press("00").want("main.menu").press("7").want("profile.menu")
}

func TestNumbersAreAnswersOnQuestions(t *testing.T) {
	for _, typed := range []string{"9", "0", "12", "1 000", "٣", "007", "12."} {
		p := numberQuestion(t)
		if p.press(typed); p.at() != "dialogue.review" {
			t.Errorf("%q leads to %s:\n%s", typed, p.at(), p.screen.String())
		}
		act := p.acts[len(p.acts)-2]
		if act.Name != "consultation.give" {
			t.Errorf("%q: %s was carried out", typed, act.Name)
		}
	}
	for typed, notice := range map[string]string{
		"9 999 999": "De 0 à", "-5": "Tapez un nombre.", "1.5": "Tapez un nombre.", "1,5": "Tapez un nombre.", "": "Tapez un nombre.",
		"douze": "Tapez un nombre.", "1*2": "Tapez un nombre.", "\xff": "Texte illisible.",
		"1234567890123": "Tapez un nombre.", "99999999999999999999999": "Tapez un nombre.",
	} {
		p := numberQuestion(t)
		before, acts := p.screen, len(p.acts)
		p.press(typed).want("dialogue.give")
		if len(p.acts) != acts {
			t.Errorf("%q was written", typed)
		}
		text := strings.ReplaceAll(notice, "à", "a")
		if !strings.HasPrefix(p.screen.Text, text) {
			t.Errorf("%q is answered with\n%s\nwant %s, then\n%s", typed, p.screen.String(), notice, before.String())
		}
	}
}

// numberQuestion stands at a question for a number from 0 to 999 999.
func numberQuestion(t *testing.T) *phone {
	p := caller(t)
	p.made["consultation.question 1"] = []flows.Row{{Fields: flows.Record{
		{Name: "Question", Value: flows.TextOf("Combien?")}, {Name: "Min", Value: flows.IntOf(0)},
		{Name: "Max", Value: flows.IntOf(999_999)}, {Name: "Number", Value: flows.IntOf(1)}, {Name: "Of", Value: flows.IntOf(1)},
	}}}
	p.sources = map[string]int{
		"place.home": plainRows, "consultation.open": oneRow, "consultation.intro": plainRows, "consultation.question": plainRows,
		"consultation.review": plainRows,
	}
	p.actions = map[string]string{"consultation.next": "number", "consultation.give": "ok"}
	p.open(known("fr")).press("2", "1", "1").want("dialogue.give")
	p.actions["consultation.next"] = "done"
	return p
}

// A consultation may close between the question and the answer.
func TestQuestionThatIsGoneWhenItIsAnswered(t *testing.T) {
	p := numberQuestion(t)
	p.sources["consultation.question"] = noRows
	p.press("5").want("dialogue.closed")
}

func TestZeroZeroOnQuestions(t *testing.T) {
	p := caller(t).open(known("fr")).press("5", "1").want("question.words")
	if nav := p.screen.Nav; len(nav) != 1 || nav[0].Key != "00" {
		t.Errorf("a question offers %v", nav)
	}
	p.press("00").want("main.menu")

	p = caller(t)
	p.open(engine.Opening{}).want("welcome.language")
	p.press("1").want("commune.ask").press("00").want("welcome.language")
	p.press("1").want("commune.ask")

	p.open(engine.Opening{Language: "fr"}).want("commune.ask")
	if got := p.screen.Nav; len(got) != 1 || got[0] != (flows.Choice{Key: "00", Label: "Fin"}) {
		t.Errorf("the first screen offers %v", got)
	}
	if p.press("00").want("goodbye.bye"); !p.screen.End() {
		t.Errorf("after leaving:\n%s", p.screen.String())
	}
}

// A question read on a second page is left for the first page of the main menu.
func TestZeroZeroFromALaterPage(t *testing.T) {
	p := caller(t)
	p.made["consultation.question 1"] = []flows.Row{{Fields: flows.Record{
		{Name: "Question", Value: flows.TextOf(strings.Repeat("Combien de puits? ", 12))}, {Name: "Min", Value: flows.IntOf(0)},
		{Name: "Max", Value: flows.IntOf(9)}, {Name: "Number", Value: flows.IntOf(1)}, {Name: "Of", Value: flows.IntOf(1)},
	}}}
	p.sources = map[string]int{"consultation.question": plainRows, "consultation.open": oneRow, "consultation.intro": plainRows}
	p.actions = map[string]string{"consultation.next": "number"}
	p.open(known("fr")).press("2", "1", "1").want("dialogue.give")
	if !p.session.More {
		t.Fatalf("the question fits on one page:\n%s", p.screen.String())
	}
	acts := len(p.acts)
	p.press("5").want("dialogue.give") // not yet: the rest of the question is unread
	if !p.session.More || len(p.acts) != acts {
		t.Error("an answer was taken before the question was read")
	}
	p.press("9").press("00").want("main.menu")
	if p.screen.Page != 1 {
		t.Errorf("the main menu is shown from page %d", p.screen.Page)
	}
}

func TestTextsOnQuestions(t *testing.T) {
	for typed, want := range map[string]string{
		"ab":                      "Trop court.",
		"":                        "Trop court.",
		" \t\n ":                  "Trop court.",
		"\u200b\ufeff\x00\x07":    "Trop court.",
		strings.Repeat("é", 161):  "Trop long.",
		strings.Repeat("x", 500):  "Trop long.",
		"\xff\xfe\x00\x01":        "Texte illisible.",
		"abc\xc3":                 "Texte illisible.",
		strings.Repeat("ab", 1e5): "Texte illisible.",
	} {
		p := caller(t).open(known("fr")).press("5", "1").want("question.words")
		before := p.screen
		if p.press(typed).want("question.words"); !strings.HasPrefix(p.screen.Text, want) {
			t.Errorf("%.20q: want %q before\n%s\ngot\n%s", typed, want, before.String(), p.screen.String())
		}
		if len(p.acts) != 0 {
			t.Errorf("%.20q was written", typed)
		}
	}
	for typed, want := range map[string]string{
		"  le   puits\r\nest sec ": "le puits est sec",
		"e\u0301cole":              "école",
		"9 puits":                  "9 puits",
		"000":                      "000",
		strings.Repeat("é", 160):   strings.Repeat("é", 160),
		"ɲɛgɛn\u200b":              "ɲɛgɛn",
		"a\x00b\u0007c":            "abc",
	} {
		p := caller(t)
		p.actions["question.report"] = "ok"
		p.open(known("fr")).press("5", "1", typed).want("question.received")
		if got := p.acts[0].Args.Text("words"); got != want {
			t.Errorf("%q is kept as %q, want %q", typed, got, want)
		}
	}
}

func TestNothingIsDoneTwiceByGoingBack(t *testing.T) {
	p := caller(t)
	p.actions["question.report"] = "ok"
	p.open(known("fr")).press("5", "1", "le puits est sec").want("question.received")
	p.press("0").want("main.menu")

	p = caller(t) // the question before is answered: back leads to the consultation, where it can be changed
	p.actions = map[string]string{"consultation.next": "choose", "consultation.choose": "ok"}
	p.sources = map[string]int{"consultation.open": oneRow, "consultation.intro": plainRows}
	p.open(known("fr")).press("2", "1", "1").want("dialogue.choose").press("1").want("dialogue.choose")
	written := len(p.acts)
	p.press("0").want("dialogue.intro")
	if len(p.acts) != written {
		t.Error("going back wrote something")
	}
}

func TestBackReturnsToThePageAndScreenBefore(t *testing.T) {
	p := caller(t).open(known("fr")).press("1", "5").want("budget.years")
	var pages []string
	for p.session.More {
		pages = append(pages, p.screen.String())
		p.press("9").want("budget.years")
	}
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	p.press("0")
	third := p.screen.String()
	p.press("1").want("budget.summary").press("0").want("budget.years")
	if p.screen.String() != third {
		t.Errorf("back from a choice shows\n%s\nwant\n%s", p.screen.String(), third)
	}
	for range len(pages) - 1 {
		p.press("0")
	}
	p.want("budget.years")
	if p.screen.String() != pages[0] {
		t.Errorf("paged back to\n%s\nwant\n%s", p.screen.String(), pages[0])
	}
	p.press("0").want("budget.summary").press("0").want("main.menu")
}

// A wrong key on a later page keeps the page and its rows.
func TestNoticeMovesNothing(t *testing.T) {
	p := caller(t).open(known("fr")).press("1", "5", "9").want("budget.years")
	before := p.screen
	p.press("x")
	wantSame(t, before, p.screen, "Choix invalide.")
	if p.screen.Page != 2 {
		t.Errorf("page %d", p.screen.Page)
	}
}

func TestOnlyRowIsTakenWithoutAsking(t *testing.T) {
	p := caller(t)
	p.sources["consultation.open"] = oneRow
	p.open(known("fr")).press("2", "1").want("dialogue.intro").press("0").want("dialogue.menu")
}

func TestTrailIsBounded(t *testing.T) {
	p := caller(t)
	p.sources["budget.documents"] = plainRows
	p.open(known("fr")).press("1")
	for range 100 {
		p.press("5", "1").want("budget.summary")
	}
	if n := len(p.session.Trail); n != 16 {
		t.Errorf("%d marks", n)
	}
	for range 15 {
		p.press("0")
	}
	p.press("0").want("main.menu")
}

func TestNumbersOnPosters(t *testing.T) {
	p := caller(t)
	p.actions["budget.dialled"] = "ok"
	p.open(known("fr")).press("1", "31").want("budget.work")
	if got := p.acts[0].Args.Int("number"); got != 31 {
		t.Errorf("work %d was looked up", got)
	}
	for _, typed := range []string{"05", "1234567", "31x"} {
		p.open(known("fr")).press("1", typed).want("budget.summary")
	}
	p.open(known("fr")).press("1", "#31").want("budget.work").press("0").want("budget.summary")
}

func TestKeepIsAskedOnlyAfterAChoice(t *testing.T) {
	p := caller(t).open(known("fr")).press("0").want("goodbye.bye")
	if !p.screen.End() {
		t.Error("the dialogue goes on")
	}
	p.actions["place.search"] = "one"
	p.open(engine.Opening{}).want("welcome.language").press("1").want("commune.ask").press("Jeka").want("commune.confirm")
	p.press("1").want("main.menu").press("0").want("goodbye.keep")
	if len(p.acts) != 1 {
		t.Errorf("carried out: %v", p.acts)
	}
	kept := p.session.Clone()
	p.press("2").want("goodbye.bye")
	p.session = kept.Clone()
	p.press("0").want("goodbye.bye") // a second 0 means no
	if len(p.acts) != 1 {
		t.Errorf("carried out without a yes: %v", p.acts)
	}
	p.session = kept.Clone()
	p.press("00").want("main.menu").press("0").want("goodbye.keep")
	p.session = kept.Clone()
	p.press("1").want("goodbye.kept")
	if last := p.acts[len(p.acts)-1]; last.Name != "profile.keep" || !p.screen.End() {
		t.Errorf("after yes: %v\n%s", last, p.screen.String())
	}
}

func TestPlainListsHaveNoKeys(t *testing.T) {
	p := caller(t).open(known("fr")).press("1", "3", "1").want("budget.sectors")
	if len(p.screen.Choices) == 0 {
		t.Fatalf("no lines:\n%s", p.screen.String())
	}
	for _, c := range p.screen.Choices {
		if c.Key != "" {
			t.Errorf("key %s leads nowhere", c.Key)
		}
	}
	p.press("1").want("budget.sectors")
}

func TestSensitiveByTextIsAnsweredWithTheStringToDial(t *testing.T) {
	sms, _ := charset.FindProfile("sms")
	p := newWorld(t, shipped(t)).phone(sms)
	o := known("fr")
	o.Instead = "*384*96#"
	p.open(o).press("3").want("main.menu")
	if !strings.Contains(p.screen.Text, "*384*96#") {
		t.Errorf("answered with\n%s", p.screen.String())
	}
	p.press("1").want("main.menu")
	p.press("1").want("budget.summary")
}

// What a change of language has already kept is not asked about at the end.
func TestKeepIsNotAskedForWhatIsKeptAlready(t *testing.T) {
	for outcome, at := range map[string]string{"ok": "goodbye.bye", "unknown": "goodbye.keep"} {
		p := caller(t)
		p.actions["profile.update"] = outcome
		p.open(known("fr")).press("7", "1").want("profile.language").press("2").want("main.menu").press("0")
		if p.at() != at {
			t.Errorf("%s: the dialogue ends at %s, want %s", outcome, p.at(), at)
		}
	}
}
