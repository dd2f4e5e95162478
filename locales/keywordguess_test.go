package locales

import "testing"

func TestMisspeltKeywords(t *testing.T) {
	k, problems := LoadKeywords(KeywordFiles(), []string{"fr", "en", "ar"})
	for _, p := range problems {
		t.Error(p)
	}
	for text, want := range map[string]Meaning{
		"MENU": Menu, "menus": Menu, "meun": Menu, "mneu": Menu, "efacer": Erase, "Effaser": Erase, "EFFACE": Erase, "ayde": Help,
		"bugdet": Budget, "Bujet": NoMeaning, "buget svp": NoMeaning, "budget 2026": Budget, "taxe": Budget, "écoles": Services,
		"quéstion": Question, "problèmes": Question, "STOP": Stop, "stopp": Stop, "ARRÊT": Stop, "Arrêtez, svp": Stop,
		"stp": NoMeaning, "shop": NoMeaning, "arrêté": NoMeaning, "step": NoMeaning, "areter": Stop, "starts": NoMeaning,
		"bonjour": NoMeaning, "": NoMeaning, "1": NoMeaning, "venu": Menu, "إيقاف": Stop,
	} {
		if got := k.Match(text); got != want {
			t.Errorf("Match(%q) = %v, want %v", text, got, want)
		}
	}
}
