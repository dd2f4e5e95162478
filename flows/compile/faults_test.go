package compile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSoundFilesHaveNoProblems(t *testing.T) { sound().build(t) }

// Each case plants one fault. It has to be reported at its very line, with these words, and nothing else may be
// reported beside it unless the case says what follows from it.
func TestPlantedFaults(t *testing.T) {
	base := sound()
	type fault struct {
		name, file, old, new string
		at                   string // what stands on the reported line; "": the planted text
		in                   string // the file that is reported; "": file
		want                 string
		more                 int // further problems that follow from this one
	}
	cases := []fault{
		// letters
		{name: "letter without a message", file: "manifest.yaml", old: "  letter.sum:", new: "  letter.total:", want: "letter letter.total: there is no such message"},
		{name: "letter of unknown parts", file: "manifest.yaml", old: "Shares: list share.* 2", new: "Shares: list shares.* 2", want: "letter.sum: field Shares: no part shares.* is declared"},

		// links
		{name: "unknown screen", file: "budget.yaml", old: "go: give", new: "go: gave", want: `there is no screen "gave"`, more: 2},
		{name: "unknown start", file: "place.yaml", old: "start: ask", new: "start: begin", want: `start: there is no screen "begin"`},
		{name: "no start", file: "place.yaml", old: "start: ask\n", new: "", at: "flow: place", want: `start: there is no screen ""`},
		{name: "unknown home", file: "main.yaml", old: "home: menu", new: "home: house", want: `home: there is no screen "house"`},
		{name: "unknown source", file: "budget.yaml", old: "list: years", new: "list: decades", want: `there is no source "decades"`, more: 2},
		{name: "unknown action", file: "budget.yaml", old: "do: give", new: "do: donate", want: `give: there is no action "donate"`, more: 1},
		{name: "unknown flow", file: "main.yaml", old: "call: budget", new: "call: money", want: `budget: there is no flow "money"`, more: 1},
		{name: "unknown message", file: "budget.yaml", old: "text: budget.thanks", new: "text: budget.merci", want: `there is no message "budget.merci"`},
		{name: "unknown variable", file: "main.yaml", old: "branch: $commune", new: "branch: town", want: `there is no variable "town"`},
		{name: "unknown condition", file: "main.yaml", old: "when: Open", new: "when: Ajar", want: `home has no field "Ajar"`},
		{name: "condition without a record", file: "services.yaml", old: "go: count, set", new: "go: count, when: Open, set", want: `"Open" is a field, and nothing is shown that has fields`},
		{name: "unknown limit", file: "budget.yaml", old: "max: 30", new: "max: Most", want: `"Most" is a field`},
		{name: "unknown field saved", file: "place.yaml", old: "found: Place", new: "found: Spot", want: `search: search has no field "Spot"`},
		{name: "variable that is not returned", file: "main.yaml", old: "{$commune: found}", new: "{$commune: query}", want: `ask_place: flow place does not return "query"`},
		{name: "argument nobody saves", file: "services.yaml", old: ", set: {need: school}", new: "", at: "do: count", want: `count wants "need", which this flow never saves`},
		{name: "list of a record", file: "budget.yaml", old: "list: years", new: "list: sum", want: "sum is a record: show it", more: 2},
		{name: "record of a list", file: "budget.yaml", old: "show: sum", new: "show: years", want: "years is a list of rows: list it", more: 3},

		// outcomes and edges
		{name: "outcome without an edge", file: "main.yaml", old: "on: {ok: kept, unknown: bye}", new: "on: {ok: kept}", at: "  keep:\n", want: `keep: outcome "unknown" of keep leads nowhere`},
		{name: "unknown outcome", file: "budget.yaml", old: "on: {ok: thanks}", new: "on: {ok: thanks, never: thanks}", want: `give: give has no outcome "never"`},
		{name: "no none", file: "budget.yaml", old: "    none: nothing\n", new: "", at: "  sum:\n", want: "sum: none is missing"},
		{name: "none without show", file: "services.yaml", old: "    text: services.done\n", new: "    text: services.done\n    none: need\n", at: "none: need", want: "done: none without show"},
		{name: "no empty", file: "budget.yaml", old: "    empty: nothing\n", new: "", at: "  years:\n", want: "years: empty is missing"},
		{name: "no row", file: "budget.yaml", old: "    row: budget.row\n", new: "", at: "  years:\n", want: "years: a list has a row text"},
		{name: "no else", file: "main.yaml", old: "    else: menu\n", new: "", at: "  place:\n", want: "place: else is missing"},
		{name: "item without go", file: "main.yaml", old: "{text: main.budget, go: budget}", new: "{text: main.budget}", at: "  menu:\n    show", want: "menu: go is missing", more: 1},
		{name: "item without text", file: "main.yaml", old: "{text: main.budget, go: budget}", new: "{go: budget}", want: "menu: item 1 has no text"},
		{name: "question without go", file: "budget.yaml", old: "    go: give\n", new: "", at: "  ask:\n", want: "ask: go is missing", more: 2},
		{name: "question saved nowhere", file: "place.yaml", old: "    save: query\n", new: "", at: "  ask:\n", want: "ask: the answer is saved nowhere", more: 1},
		{name: "unknown question", file: "place.yaml", old: "ask: text", new: "ask: poem", want: "ask: what is asked is text, number or pin"},
		{name: "half a range", file: "budget.yaml", old: "    max: 30\n", new: "", at: "  ask:\n", want: "ask: a number has both min and max, or neither"},
		{name: "when and unless", file: "main.yaml", old: "when: Open", new: "when: Open, unless: Open", want: "menu: item 5 has both when and unless"},
		{name: "context that cannot be saved", file: "place.yaml", old: "save: query", new: "save: $dialled", want: "$dialled can be read, not saved", more: 1},
		{name: "unknown policy", file: "budget.yaml", old: "resume: ask", new: "resume: maybe", want: "resume is restart, continue or ask"},

		// keys
		{name: "key 0", file: "main.yaml", old: "      1: {text: main.budget", new: "      0: {text: main.budget", want: `menu: key "0": items have the keys 1 to 7`},
		{name: "key 8", file: "main.yaml", old: "      1: {text: main.budget", new: "      8: {text: main.budget", want: `menu: key "8"`},
		{name: "key 9", file: "main.yaml", old: "      1: {text: main.budget", new: "      9: {text: main.budget", want: `menu: key "9"`},
		{name: "key of two digits", file: "main.yaml", old: "      1: {text: main.budget", new: "      12: {text: main.budget", want: `menu: key "12"`},
		{name: "double key", file: "main.yaml", old: "      3: {text: main.services", new: "      1: {text: main.services", want: `menu: "1" stands twice`, more: 1},
		{name: "double screen", file: "budget.yaml", old: "  nothing:\n", new: "  thanks:\n", at: "  thanks:\n    text: budget.nothing", want: `screens: "thanks" stands twice`, more: 2},
		{name: "unknown word", file: "budget.yaml", old: "single: sum", new: "only: sum", want: `years: unknown key "only"`},
		{name: "unknown word of a flow", file: "budget.yaml", old: "resume: ask", new: "resumes: ask", want: `unknown key "resumes" in a flow`},
		{name: "unknown word of an item", file: "budget.yaml", old: "unless: Closed", new: "hide: Closed", want: `item 1: unknown key "hide"`},
		{name: "unknown word of dial", file: "budget.yaml", old: "dial: {save: number, go: ask}", new: "dial: {save: number, go: ask, by: me}", want: `sum: unknown key "by" in dial`},
		{name: "word of another kind", file: "budget.yaml", old: "    max: 30\n", new: "    max: 30\n    row: budget.row\n", at: "    row: budget.row\n    save: amount", want: "ask: row does not go with ask"},
		{name: "two kinds at once", file: "budget.yaml", old: "    do: give\n", new: "    do: give\n    ask: text\n", at: "  give:\n", want: "give: cannot be ask and do at once", more: 1},
		{name: "nothing at all", file: "budget.yaml", old: "    text: budget.thanks\n", new: "    sensitive: false\n", at: "  thanks:\n", want: "thanks: shows nothing and does nothing"},

		// paths
		{name: "screen nobody reaches", file: "budget.yaml", old: "  nothing:\n", new: "  island:\n    text: budget.nothing\n  nothing:\n", at: "  island:\n", want: "screen island can never be reached"},
		{name: "loop", file: "main.yaml", old: "cases: {none: ask_place}", new: "cases: {none: place}", at: "  place:\n", want: "goes round without waiting for an input: place → place", more: 1},
		{name: "loop of outcomes", file: "place.yaml", old: "none: ask}", new: "none: search}", at: "  search:\n", want: "goes round without waiting for an input: search → search"},
		{name: "second root", file: "budget.yaml", old: "flow: budget\n", new: "flow: budget\nroot: true\n", at: "flow: main", in: "main.yaml", want: "a second root flow beside budget", more: 3},
		{name: "no root", file: "main.yaml", old: "root: true\n", new: "", at: "", in: ".", want: "no flow is the root", more: -1},
		{name: "return promised and never given", file: "place.yaml", old: "one: $return", new: "one: $home", at: "flow: place", want: "flow place promises a result and never goes to $return"},
		{name: "flow that calls itself", file: "services.yaml", old: "  done:\n    text: services.done\n", new: "  done:\n    call: services\n    go: need\n", at: "  done:\n", want: "done: flow services calls itself"},
		{name: "flow nobody calls", file: "main.yaml", old: "  budget: {call: budget, go: $home}", new: "  budget: {end: main.bye}", at: "flow: budget", in: "budget.yaml", want: "flow budget is never called"},
		{name: "name of another flow", file: "budget.yaml", old: "flow: budget", new: "flow: place", in: "place.yaml", at: "flow: place", want: "flow place exists already in budget.yaml", more: -1},
		{name: "no name", file: "services.yaml", old: "flow: services\n", new: "", at: "sensitive: true", want: "the flow has no name", more: 1},
		{name: "no screens", file: "services.yaml", old: base["services.yaml"][strings.Index(base["services.yaml"], "start"):], new: "", at: "flow: services", want: "flow services has no screens", more: 1},

		// sensitive flows leave no trace
		{name: "sensitive flow that writes", file: "services.yaml", old: "do: count", new: "do: keep", at: "  count:\n", want: "count: keep writes records, which a sensitive screen may not", more: 1},
		{name: "sensitive flow that is resumed", file: "services.yaml", old: "sensitive: true\n", new: "sensitive: true\nresume: continue\n", at: "resume: continue", want: "a sensitive flow is never resumed"},
		{name: "sensitive flow that calls another", file: "services.yaml", old: "  done:\n    text: services.done\n", new: "  done:\n    call: place\n    go: need\n", at: "  done:\n", want: "done: flow place is not sensitive"},
		{name: "sensitive flow that changes the commune", file: "services.yaml", old: "    on: {ok: done}\n", new: "    on: {ok: ask}\n  ask:\n    ask: number\n    text: services.need\n    save: $commune\n    go: done\n", at: "  ask:\n", want: "ask: a sensitive screen changes neither language nor commune"},
		{name: "sensitive item that changes the language", file: "services.yaml", old: "set: {need: school}", new: "set: {need: school, $language: fr}", at: "  need:\n", want: "need: a sensitive screen changes neither language nor commune"},
		{name: "sensitive screen that writes", file: "budget.yaml", old: "    do: give\n", new: "    sensitive: true\n    do: give\n", at: "  give:\n", want: "give: give writes records, which a sensitive screen may not"},

		// texts
		{name: "text missing in English", file: "en", old: "services.done: Counted.\n", new: "", in: "services.yaml", at: "flow: services", want: "message services.done is missing in en"},
		{name: "letter without any form", file: "en", old: "services.done: Counted.", new: "services.done: Counted 数.", in: "en.yaml", want: `services.done: "数" cannot be written in plain letters`},
		{name: "fixed screen that does not fit", file: "en", old: "services.need: What for?", new: "services.need: " + strings.Repeat("What for? ", 17), in: "en.yaml", at: "services.need", want: "screen services.need does not fit in en on profile ussd: 2 pages", more: 1},
		{name: "question that leaves no room for what was wrong", file: "fr", old: "place.ask: Quelle commune?", new: "place.ask: " + strings.Repeat("Quelle commune? ", 9), in: "fr.yaml", at: "place.ask", want: "screen place.ask does not fit in fr on profile ussd: 1 pages"},

		// manifest
		{name: "type nobody knows", file: "manifest.yaml", old: "{Place: int 9}", new: "{Place: number}", want: `search: field Place has an unknown type "number"`, more: 1},
		{name: "width of nothing", file: "manifest.yaml", old: "Commune: text 20", new: "Commune: text 0", want: `home: field Commune has an unknown type "text 0"`, more: 1},
		{name: "negative width", file: "manifest.yaml", old: "Commune: text 20", new: "Commune: text -1", want: `home: field Commune has an unknown type "text -1"`, more: 1},
		{name: "part nobody declares", file: "manifest.yaml", old: "list share.* 3", new: "list shares.* 3", want: "sum: field Shares: no part shares.* is declared"},
		{name: "part without a text", file: "manifest.yaml", old: "  share.school: {Share: int 3}\n", new: "  share.school: {Share: int 3}\n  share.well: {}\n", at: "  share.well", want: "part share.well: there is no such message"},
		{name: "label without a text", file: "manifest.yaml", old: "label stage.*", new: "label step.*", want: "field Stage: no message is named step.*"},
		{name: "action without outcomes", file: "manifest.yaml", old: "count: {args: need, outcomes: [ok],", new: "count: {args: need,", want: "count: an action has outcomes", more: 1},
		{name: "effect nobody knows", file: "manifest.yaml", old: "effect: count", new: "effect: tally", want: "count: an effect is none, count or write"},
		{name: "rows without a key", file: "manifest.yaml", old: "key: int, rows: 9,", new: "rows: 9,", want: "years: a list has both key and rows, a record neither"},
		{name: "key of another kind", file: "manifest.yaml", old: "key: int,", new: "key: money,", want: "years: a key is int or text", more: 1},
		{name: "no number of rows", file: "manifest.yaml", old: "rows: 9", new: "rows: many", want: "years: rows is a number from 1", more: -1},
		{name: "list saved in a variable", file: "manifest.yaml", old: "fields: {Place: int 9}", new: "fields: {Place: list share.* 2}", in: "place.yaml", at: "save: {found: Place}", want: "search: Place is a list, which a variable cannot hold"},

		// YAML
		{name: "syntax", file: "services.yaml", old: "start: need", new: "start: [need", want: "not YAML: did not find expected ',' or ']'", more: 1},
		{name: "a list for a flow", file: "services.yaml", old: base["services.yaml"], new: "- services\n", at: "- services", want: "a mapping is expected", more: 1},
		{name: "an empty file", file: "services.yaml", old: base["services.yaml"], new: "", at: "", want: "a mapping is expected", more: 1},
		{name: "a second document", file: "services.yaml", old: "    text: services.done\n", new: "    text: services.done\n---\nflow: more\n", at: "---", want: "a file holds one document"},
		{name: "a list for a word", file: "budget.yaml", old: "text: budget.thanks", new: "text: [budget.thanks]", at: "[budget.thanks]", want: "text: one word or text is expected", more: 1},
		{name: "a word for a mapping", file: "budget.yaml", old: "on: {ok: thanks}", new: "on: thanks", want: "on: a mapping is expected", more: 2},
		{name: "a word for true", file: "services.yaml", old: "sensitive: true", new: "sensitive: perhaps", want: "sensitive: true or false is expected"},
		{name: "an alias", file: "budget.yaml", old: "text: budget.thanks\n  nothing:\n    text: budget.nothing", new: "text: &n budget.thanks\n  nothing:\n    text: *n", at: "text: *n", want: "text: one word or text is expected", more: 1},
		{name: "an anchor nobody set", file: "services.yaml", old: "text: services.done", new: "text: *n", at: "flow: services", want: "not YAML: unknown anchor 'n' referenced", more: 1},
		{name: "a tab", file: "services.yaml", old: "    text: services.done", new: "\ttext: services.done", want: "not YAML: found character that cannot start any token", more: 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := base.with(t, c.file, c.old, c.new)
			in, at := c.in, c.at
			if in == "" {
				in = c.file
			}
			source := strings.TrimSuffix(in, ".yaml")
			if _, ok := h[in]; ok {
				source = in
			}
			line := 1
			if at == "" && c.in == "" {
				at = c.new
			}
			if at == "" && (in == "fr.yaml" || in == "en.yaml") {
				at = c.new
			}
			if at != "" {
				line = h.line(t, source, strings.TrimLeft(at, "\n"))
			}
			_, problems := h.compile(t)
			want := fmt.Sprintf("%s:%d: error: %s", in, line, c.want)
			found := false
			for _, p := range problems {
				found = found || strings.HasPrefix(p.String(), want)
			}
			if !found {
				t.Errorf("want %s\ngot\n%s", want, listing(problems))
			}
			if c.more >= 0 && len(problems) != 1+c.more {
				t.Errorf("%d problems, want %d:\n%s", len(problems), 1+c.more, listing(problems))
			}
		})
	}
}

func listing[T fmt.Stringer](problems []T) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

// These need a change in every language, since texts are compared with each other first.
func TestPlantedFaultsInTexts(t *testing.T) {
	h := sound().with(t, "fr", "C'est compté.", "Compté {{.Times}} fois.").with(t, "en", "Counted.", "Counted {{.Times}} times.")
	_, problems := h.compile(t)
	want := fmt.Sprintf("fr.yaml:%d: error: services.done uses {{.Times}}, which screen services.done does not deliver\n", h.line(t, "fr", "services.done"))
	if got := listing(problems); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	h = sound().with(t, "fr", "école {{.Share}}", "école {{.Part}}").with(t, "en", "school {{.Share}}", "school {{.Part}}")
	_, problems = h.compile(t)
	want = fmt.Sprintf("fr.yaml:%d: error: share.school uses {{.Part}}, which its part does not deliver\n", h.line(t, "fr", "share.school"))
	if got := listing(problems); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	h = sound().with(t, "manifest.yaml", ", Dial: text 20}", "}")
	_, problems = h.compile(t)
	want = fmt.Sprintf("fr.yaml:%d: error: letter.sum uses {{.Dial}}, which its letter does not deliver\n", h.line(t, "fr", "letter.sum"))
	if got := listing(problems); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	h = sound().with(t, "manifest.yaml", "Dial: text 20", "Dial: text 400")
	_, problems = h.compile(t)
	want = fmt.Sprintf("fr.yaml:%d: error: letter letter.sum takes 3 SMS parts in fr with its widest data, at most 2 are paid for\n", h.line(t, "fr", "letter.sum"))
	if got := listing(problems); !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	h = sound().with(t, "fr", "nav.more: Suite\n", "").with(t, "en", "nav.more: More\n", "")
	_, problems = h.compile(t)
	if want := "messages:1: error: message nav.more is missing\n"; listing(problems) != want {
		t.Errorf("got %s\nwant %s", listing(problems), want)
	}
}

func TestMissingManifest(t *testing.T) {
	h := sound()
	delete(h, "manifest.yaml")
	if _, problems := h.compile(t); listing(problems) != "manifest.yaml:1: error: the manifest is missing\n" {
		t.Errorf("got %s", listing(problems))
	}
	h = sound().with(t, "manifest.yaml", "sources:\n", "sources: [\n") // one fault, not one for each line of each flow
	if _, problems := h.compile(t); len(problems) != 1 {
		t.Errorf("got %s", listing(problems))
	}
}

// A way round may lead through other flows and the main menu.
func TestLoopOverACall(t *testing.T) {
	h := sound().with(t, "services.yaml", "start: need", "start: count").with(t, "services.yaml", "on: {ok: done}", "on: {ok: $home}").
		with(t, "services.yaml", "  done:\n    text: services.done\n", "").
		with(t, "main.yaml", "    show: home\n    none: bye\n    text: main.menu\n", "    show: home\n    none: services\n    text: main.menu\n").
		with(t, "services.yaml", "    do: count\n", "    do: count\n    sensitive: true\n")
	_, problems := h.compile(t)
	want := fmt.Sprintf("main.yaml:%d: error: goes round without waiting for an input: menu → services → count → menu", h.line(t, "main.yaml", "  menu:\n    show"))
	if !strings.Contains(listing(problems), want) {
		t.Errorf("want %s\ngot\n%s", want, listing(problems))
	}
}

// Whoever checks flows sees everything that is wrong in one go, in every file, with its line.
func TestFiveFaultsInFiveFilesAreReportedAtOnce(t *testing.T) {
	h := sound().
		with(t, "main.yaml", "go: services}", "go: service}").
		with(t, "place.yaml", "none: ask}", "none: again}").
		with(t, "budget.yaml", "text: budget.sum", "text: budget.summ").
		with(t, "services.yaml", "do: count", "do: keep").
		with(t, "manifest.yaml", "effect: none", "effect: nothing")
	_, problems := h.compile(t)
	got := listing(problems)
	for _, want := range []struct{ file, needle, text string }{
		{"main.yaml", "go: service}", `there is no screen "service"`},
		{"place.yaml", "none: again}", `there is no screen "again"`},
		{"budget.yaml", "text: budget.summ", `there is no message "budget.summ"`},
		{"services.yaml", "  count:\n", "count: keep writes records, which a sensitive screen may not"},
		{"manifest.yaml", "effect: nothing", "search: an effect is none, count or write"},
	} {
		if line := fmt.Sprintf("%s:%d: error: %s\n", want.file, h.line(t, want.file, want.needle), want.text); !strings.Contains(got, line) {
			t.Errorf("want %s\ngot\n%s", line, got)
		}
	}
	for i := 1; i < len(problems); i++ {
		a, b := problems[i-1], problems[i]
		if a.File > b.File || a.File == b.File && a.Line > b.Line {
			t.Errorf("%s comes before %s", a, b)
		}
	}
}

// An alias that stands for another that stands for another … must cost nothing.
func TestAliasBombs(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'l'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	h := sound().with(t, "services.yaml", "flow: services\n", bomb+"flow: services\n").
		with(t, "manifest.yaml", "parts:\n", bomb+"parts:\n")
	start := time.Now()
	_, problems := h.compile(t)
	if problems.Errors() < 22 {
		t.Errorf("the bombs pass:\n%s", listing(problems))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	deep := sound().with(t, "services.yaml", "need: school", "need: "+strings.Repeat("[", 20_000))
	if _, problems := deep.compile(t); problems.Errors() == 0 {
		t.Error("20,000 brackets pass")
	}
}
