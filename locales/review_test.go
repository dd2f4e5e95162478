package locales

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func hex12(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))[:12] }

func entry(pattern, source string) string {
	return fmt.Sprintf("  - id: %s\n    approved: {by: Awa Traore, date: 2026-11-30, source: %s}\n", pattern, source)
}

const (
	reviewFrench  = "nav.back: Retour\nnav.next: Suite\nv:\n  one: Une voix\n  other: \"{{.Count}} voix\"\nend: Fin\n"
	reviewBambara = "nav.back: Segin\nnav.next: Nata\nv: \"{{.Count}}\"\nend: Laban\n"
)

// reviewed returns the states of nav.back, nav.next, v and end in bm, and the
// problems.
func reviewed(french, review string) (string, []string) {
	c, problems := Load(files("fr.yaml", french, "bm.yaml", reviewBambara), []byte(review), live("fr", "bm"))
	var states []string
	for _, name := range []string{"nav.back", "nav.next", "v", "end"} {
		l, _ := c.Lang("bm")
		i, _ := c.ID(name)
		states = append(states, c.State(l, i).String())
	}
	return strings.Join(states, " "), lines(problems)
}

func TestApprovals(t *testing.T) {
	back, nav := hex12("Retour"), hex12("nav.back=Retour\nnav.next=Suite\n")
	voices := hex12("one: Une voix\nother: {{.Count}} voix")
	changed := strings.Replace(reviewFrench, "Retour", "Revenir", 1)
	for _, tc := range []struct {
		name, french, review, states string
		problems                     []string
	}{
		{"none", reviewFrench, "bm: []\n", "draft draft draft draft", nil},
		{"no file at all", reviewFrench, "", "draft draft draft draft", nil},
		{"one id", reviewFrench, "bm:\n" + entry("nav.back", back), "approved draft draft draft", nil},
		{"a plural", reviewFrench, "bm:\n" + entry("v", voices), "draft draft approved draft", nil},
		{"a prefix", reviewFrench, "bm:\n" + entry(`"nav.*"`, nav), "approved approved draft draft", nil},
		{"a language that is not live", reviewFrench, "ses:\n" + entry("nav.back", back), "draft draft draft draft", nil},
		{"a changed source makes a draft again", changed, "bm:\n" + entry("nav.back", back) + entry("end", hex12("Fin")), "draft draft draft approved",
			[]string{"review.yaml:2: warning: the French of nav.back changed after its approval in bm (was " + back + ", is " + hex12("Revenir") + "): draft again"}},
		{"a changed source below a prefix", changed, "bm:\n" + entry("nav.*", nav), "draft draft draft draft",
			[]string{"review.yaml:2: warning: the French of nav.* changed after its approval in bm (was " + nav + ", is " + hex12("nav.back=Revenir\nnav.next=Suite\n") + "): draft again"}},
		{"nothing matches", reviewFrench, "bm:\n" + entry("nav.bak", back) + entry("na*", back), "draft draft draft draft",
			[]string{"review.yaml:2: no message matches nav.bak", "review.yaml:4: no message matches na*"}},
		{"French needs none", reviewFrench, "fr:\n" + entry("end", hex12("Fin")), "draft draft draft draft", []string{"review.yaml:1: fr is approved by definition"}},
		{"unknown language", reviewFrench, "dgo: []\n", "draft draft draft draft", []string{`review.yaml:1: "dgo" is not a known language`}},
		{"no list", reviewFrench, "bm: yes\n", "draft draft draft draft", []string{"review.yaml:1: bm has to be a list of approvals"}},
		{"unknown key", reviewFrench, "bm:\n  - {id: end, approved: {by: A, date: 2026-01-01, source: " + back + ", note: x}}\n", "draft draft draft draft",
			[]string{"review.yaml:2: an entry has the keys by, date, source, each once"}},
		{"nobody's approval", reviewFrench, "bm:\n  - {id: end, approved: {by: \"\", date: 2026-01-01, source: " + hex12("Fin") + "}}\n", "draft draft draft draft",
			[]string{"review.yaml:2: approval of end: by has to name the reader"}},
		{"no date", reviewFrench, "bm:\n  - {id: end, approved: {by: A, date: 30/11/2026, source: " + hex12("Fin") + "}}\n", "draft draft draft draft",
			[]string{"review.yaml:2: approval of end: date has to be yyyy-mm-dd"}},
		{"no fingerprint", reviewFrench, "bm:\n  - {id: end, approved: {by: A, date: 2026-11-30, source: Fin}}\n", "draft draft draft draft",
			[]string{"review.yaml:2: approval of end: source has to be the 12 hex digits of the French text"}},
		{"broken YAML", reviewFrench, "bm: [\n", "draft draft draft draft", []string{"review.yaml:1: yaml: line 1: did not find expected node content"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			states, problems := reviewed(tc.french, tc.review)
			if states != tc.states {
				t.Errorf("states %s, want %s", states, tc.states)
			}
			if !slices.Equal(problems, tc.problems) {
				t.Errorf("problems\n  %s\nwant\n  %s", strings.Join(problems, "\n  "), strings.Join(tc.problems, "\n  "))
			}
		})
	}
}

func TestAnApprovedTextIsUsableWithoutDrafts(t *testing.T) {
	folder := files("fr.yaml", reviewFrench, "bm.yaml", reviewBambara)
	plain := mustLoad(t, folder, "bm: []\n", live("fr", "bm"))
	approved := mustLoad(t, folder, "bm:\n"+entry("end", hex12("Fin")), live("fr", "bm"))
	bm, end := lang(t, plain, "bm"), id(t, plain, "end")
	if plain.Usable(bm, end) || !approved.Usable(bm, end) || approved.Usable(bm, id(t, approved, "v")) {
		t.Error("only the approved text may be shown")
	}
	if plain.Hash() == approved.Hash() {
		t.Error("an approval changes what is shown and has to change the hash")
	}
}
