package compile_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"baro/flows"
	"baro/flows/compile"
	"baro/locales"
	"baro/locales/charset"
)

// A house is a small program of sound files that tests plant faults in: flows, manifest, messages by language.
type house map[string]string

func sound() house {
	return house{
		"main.yaml": `flow: main
root: true
resume: restart
start: place
home: menu
leave: bye
resumed: again
screens:
  place:
    branch: $commune
    cases: {none: ask_place}
    else: menu
  ask_place:
    call: place
    save: {$commune: found}
    go: menu
  menu:
    show: home
    none: bye
    text: main.menu
    menu:
      1: {text: main.budget, go: budget}
      3: {text: main.services, go: services}
      5: {text: main.keep, go: keep, when: Open}
  budget: {call: budget, go: $home}
  services: {call: services, go: $home}
  keep:
    do: keep
    on: {ok: kept, unknown: bye}
  again:
    text: main.again
    menu:
      1: {text: main.yes, go: $resume}
  kept: {end: main.kept}
  bye: {end: main.bye}
`,
		"place.yaml": `flow: place
returns: [found]
start: ask
screens:
  ask:
    ask: text
    text: place.ask
    max: 40
    save: query
    go: search
  search:
    do: search
    save: {found: Place}
    on: {one: $return, none: ask}
`,
		"budget.yaml": `flow: budget
resume: ask
start: years
screens:
  years:
    list: years
    text: budget.years
    row: budget.row
    save: year
    go: sum
    single: sum
    empty: nothing
  sum:
    show: sum
    none: nothing
    text: budget.sum
    menu:
      1: {text: budget.ask, go: ask, unless: Closed}
    dial: {save: number, go: ask}
  ask:
    ask: number
    text: budget.how_much
    min: 1
    max: 30
    save: amount
    go: give
  give:
    do: give
    on: {ok: thanks}
  thanks:
    text: budget.thanks
  nothing:
    text: budget.nothing
`,
		"services.yaml": `flow: services
sensitive: true
start: need
screens:
  need:
    text: services.need
    menu:
      1: {text: services.school, go: count, set: {need: school}}
  count:
    do: count
    on: {ok: done}
  done:
    text: services.done
`,
		"manifest.yaml": `parts:
  share.school: {Share: int 3}
letters:
  letter.sum: {Stage: label stage.spent, Shares: list share.* 2, Dial: text 20}
sources:
  home: {args: $commune, fields: {Commune: text 20, Open: flag}}
  years: {args: $commune, key: int, rows: 9, fields: {Year: int 4, Stage: label stage.*}}
  sum: {args: $commune year, fields: {Total: money, Shares: list share.* 3, Closed: flag}}
actions:
  keep: {args: $language $commune, outcomes: [ok, unknown], effect: write}
  search: {args: query, outcomes: [one, none], fields: {Place: int 9}, effect: none}
  give: {args: "$commune amount number?", outcomes: [ok], effect: write}
  count: {args: need, outcomes: [ok], effect: count}
`,
		"fr": `nav.back: Retour
nav.more: Suite
nav.end: Fin
nav.callback: Rappel
nav.invalid: Choix invalide.
nav.number_wanted: Tapez un nombre.
nav.number_range: De {{.Min}} à {{.Max}}.
nav.too_long: Trop long.
nav.too_short: Trop court.
nav.unreadable: Illisible.
nav.dial_instead: Composez {{.Dial}}.
fault.later: Plus tard.
fault.busy: Attendez.
fault.request: Refaites.
fault.ended: Terminé.
main.menu: Mairie {{.Commune}}
main.budget: Budget
main.services: Services
main.keep: Garder
main.again: Continuer?
main.yes: Oui
main.kept: Gardé.
main.bye: Merci.
place.ask: Quelle commune?
budget.years: Quel budget?
budget.row: "{{.Year}} {{.Stage}}"
budget.sum: "{{.Total}}: {{.Shares}}"
budget.ask: Donner
budget.how_much: Combien?
budget.thanks: Merci.
budget.nothing: Rien ici.
services.need: Vous cherchez?
services.school: École
services.done: C'est compté.
letter.sum: "{{.Stage}}: {{.Shares}}. Vrai? Composez {{.Dial}}"
share.school: école {{.Share}}
stage.planned: prévu
stage.spent: dépensé
`,
		"en": `nav.back: Back
nav.more: More
nav.end: End
nav.callback: Call
nav.invalid: Invalid choice.
nav.number_wanted: Type a number.
nav.number_range: From {{.Min}} to {{.Max}}.
nav.too_long: Too long.
nav.too_short: Too short.
nav.unreadable: Unreadable.
nav.dial_instead: Dial {{.Dial}}.
fault.later: Later.
fault.busy: Wait.
fault.request: Again.
fault.ended: Over.
main.menu: Town hall {{.Commune}}
main.budget: Budget
main.services: Services
main.keep: Keep
main.again: Go on?
main.yes: "Yes"
main.kept: Kept.
main.bye: Bye.
place.ask: Which commune?
budget.years: Which budget?
budget.row: "{{.Year}} {{.Stage}}"
budget.sum: "{{.Total}}: {{.Shares}}"
budget.ask: Give
budget.how_much: How much?
budget.thanks: Thanks.
budget.nothing: Nothing here.
services.need: What for?
services.school: School
services.done: Counted.
letter.sum: "{{.Stage}}: {{.Shares}}. Genuine? Dial {{.Dial}}"
share.school: school {{.Share}}
stage.planned: planned
stage.spent: spent
`,
	}
}

// with plants a change; old has to be there exactly once.
func (h house) with(t testing.TB, file, old, new string) house {
	t.Helper()
	if strings.Count(h[file], old) != 1 {
		t.Fatalf("%q stands %d times in %s", old, strings.Count(h[file], old), file)
	}
	h = maps.Clone(h)
	h[file] = strings.Replace(h[file], old, new, 1)
	return h
}

func (h house) and(file, content string) house {
	h = maps.Clone(h)
	h[file] = content
	return h
}

// line is where a needle stands in a file.
func (h house) line(t testing.TB, file, needle string) int {
	t.Helper()
	before, _, ok := strings.Cut(h[file], needle)
	if !ok {
		t.Fatalf("%q does not stand in %s", needle, file)
	}
	return 1 + strings.Count(before, "\n")
}

func (h house) catalogue(t testing.TB, drafts ...string) *locales.Catalogue {
	t.Helper()
	messages := fstest.MapFS{}
	opts := locales.Options{Default: "fr", Drafts: drafts}
	for _, tag := range []string{"fr", "en", "bm", "ar"} {
		if text, ok := h[tag]; ok {
			messages[tag+".yaml"] = &fstest.MapFile{Data: []byte(text)}
			opts.Languages = append(opts.Languages, tag)
		}
	}
	cat, problems := locales.Load(messages, nil, opts)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	return cat
}

func (h house) files() fs.FS {
	files := fstest.MapFS{}
	for name, text := range h {
		if strings.HasSuffix(name, ".yaml") {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return files
}

func (h house) compile(t testing.TB, drafts ...string) (*flows.Program, compile.Problems) {
	t.Helper()
	profiles := slices.DeleteFunc(charset.Profiles(), func(p charset.Profile) bool { return p.Concatenated })
	return compile.Program(h.files(), "manifest.yaml", compile.Options{Catalogue: h.catalogue(t, drafts...), Profiles: profiles})
}

func (h house) build(t testing.TB, drafts ...string) *flows.Program {
	t.Helper()
	p, problems := h.compile(t, drafts...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}
