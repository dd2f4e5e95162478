package locales

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func shippedKeywords(t *testing.T) *Keywords {
	t.Helper()
	k, problems := LoadKeywords(KeywordFiles(), []string{"fr"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return k
}

func TestShippedKeywords(t *testing.T) {
	k := shippedKeywords(t)
	for message, want := range map[string]Meaning{
		"STOP": Stop, "stop": Stop, "Stop svp": Stop, "\"STOP\"": Stop, "STOP.": Stop, "  stop\n": Stop, "ＳＴＯＰ": NoMeaning,
		"ARRÊT": Stop, "arret": Stop, "Arrêter": Stop, "Arrêtez, svp": Stop, "DESABO": Stop, "désabo": Stop,
		"START": Start, "reprendre": Start, "AIDE": Help, "info": Help, "Help me": Help, "Menu": Menu,
		"EFFACER": Erase, "effacer mes données": Erase,
		"": NoMeaning, "S": NoMeaning, "A": NoMeaning, "1": NoMeaning, "stopper": NoMeaning, "svp stop": NoMeaning,
		"DABILA": NoMeaning, "DEME": NoMeaning, // unreviewed
		"OUI": NoMeaning, "NON": NoMeaning, "FIN": NoMeaning, // answers, outside the consent text
	} {
		if got := k.Match(message); got != want {
			t.Errorf("%q means %q, want %q", message, got, want)
		}
	}
	for message, want := range map[string]Meaning{
		"Oui": Accept, "oui merci": Accept, "START": Accept, "non": Refuse, "FIN": Refuse, "Stop": Refuse, "MENU": NoMeaning, "peut-etre": NoMeaning,
	} {
		if got := k.Consent(message); got != want {
			t.Errorf("%q as an answer to the consent text means %q, want %q", message, got, want)
		}
	}
}

func TestKeywordProblems(t *testing.T) {
	for _, tc := range []struct {
		name   string
		folder fstest.MapFS
		want   []string
	}{
		{"same meaning twice is harmless", files("fr.yaml", "stop: [STOP, stop, ARRÊT, ARRET]\n", "en.yaml", "stop: [STOP]\n"), nil},
		{"collision after folding", files("fr.yaml", "stop: [ARRET]\nhelp:\n  - AIDE\n  - Arrêt\n"),
			[]string{`fr.yaml:4: keyword "Arrêt" means help but reads the same as one of stop at fr.yaml:1`}},
		{"collision between languages", files("fr.yaml", "stop: [FIN]\n", "en.yaml", "help: [fin]\n"),
			[]string{`fr.yaml:1: keyword "FIN" means stop but reads the same as one of help at en.yaml:1`}},
		{"a language that is not live", files("fr.yaml", "stop: [FIN]\n", "bm.yaml", "help: [fin]\n"), nil},
		{"letters, numbers, other values", files("fr.yaml", "stop:\n  - S\n  - \"11\"\n  - 11\n  - \"...\"\n"),
			[]string{`fr.yaml:2: keyword "S" is too short or a number`, `fr.yaml:3: keyword "11" is too short or a number`,
				`fr.yaml:4: "11" is not a string: quote it`, `fr.yaml:5: keyword "..." is too short or a number`}},
		{"unknown meaning", files("fr.yaml", "halt: [STOP]\n"), []string{`fr.yaml:1: "halt" is not one of stop, start, help, menu, erase, budget, opinion, services, question, accept, refuse`}},
		{"no list", files("fr.yaml", "stop: STOP\n"), []string{`fr.yaml:1: stop has to be a list of words`}},
		{"no mapping", files("fr.yaml", "- STOP\n"), []string{`fr.yaml:1: a keyword file maps meanings to lists of words`}},
		{"unknown language", files("fr.yaml", "", "xx.yaml", ""), []string{`xx.yaml: "xx" is not a known language`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems := LoadKeywords(tc.folder, []string{"fr", "en"})
			if got := lines(problems); !slices.Equal(got, tc.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tc.want, "\n  "))
			}
		})
	}
}

func TestTheLongestKeywordWins(t *testing.T) {
	k, problems := LoadKeywords(files("fr.yaml", "menu: [LISTE]\nstop: [\"LISTE FIN\"]\n"), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for message, want := range map[string]Meaning{"liste": Menu, "liste, fin svp": Stop, "liste finale": Menu} {
		if got := k.Match(message); got != want {
			t.Errorf("%q means %q", message, got)
		}
	}
}

func FuzzKeywords(f *testing.F) {
	f.Add("Arrêtez, svp")
	f.Add("\xff\x00 STOP")
	f.Fuzz(func(t *testing.T, message string) {
		k, _ := LoadKeywords(KeywordFiles(), nil)
		if m := k.Match(message); m >= Accept {
			t.Errorf("Match gave %s", m)
		}
		if m := k.Consent(message); m != NoMeaning && m != Accept && m != Refuse {
			t.Errorf("Consent gave %s", m)
		}
	})
}
