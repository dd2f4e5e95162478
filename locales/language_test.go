package locales

import (
	"slices"
	"testing"

	"golang.org/x/text/language"
)

func TestEveryLanguageParsesAndItsChainEndsInFrench(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Languages() {
		if seen[l.Tag] {
			t.Errorf("%s is listed twice", l.Tag)
		}
		seen[l.Tag] = true
		if _, err := language.Parse(l.Tag); err != nil {
			t.Errorf("%s: %v", l.Tag, err)
		}
		if l.Own == "" || l.French == "" || l.Script == "" {
			t.Errorf("%s lacks a name or a script: %+v", l.Tag, l)
		}
		switch {
		case l.Tag == "fr" && len(l.Chain) != 0:
			t.Errorf("fr falls back to %v", l.Chain)
		case l.Tag != "fr" && (len(l.Chain) == 0 || l.Chain[len(l.Chain)-1] != "fr"):
			t.Errorf("chain of %s is %v", l.Tag, l.Chain)
		}
		for _, next := range l.Chain {
			if _, ok := FindLanguage(next); !ok || next == l.Tag {
				t.Errorf("chain of %s has %s", l.Tag, next)
			}
		}
	}
}

func TestFindLanguage(t *testing.T) {
	for _, tc := range []struct{ tag, want string }{
		{"bm", "bm"}, {"bam", "bm"}, {"BM", "bm"}, {"bm-ML", "bm"}, {"bm-Latn-ML", "bm"},
		{"fr", "fr"}, {"fr_ML", "fr"}, {"fr-FR", "fr"}, {"fra", "fr"},
		{"ff", "ff"}, {"ful", "ff"}, {"ff-Latn", "ff"}, {"ff-adlm", "ff-Adlm"}, {"ff-Adlm-GN", "ff-Adlm"},
		{"ffm", "ffm"}, {"fuc", "fuc"}, {"khq", "khq"}, {"son", "son"}, {"tmh", "tmh"},
		{"ar", "ar"}, {"arb", "arb"}, {"ar-MR", "ar"}, {"mey", "mey"}, {"nqo", "nqo"},
		{"taq", "taq"}, {"snk", "snk"}, {"dts", "dts"}, {"mwk", "mwk"}, {"myk", "myk"},
		{"shz", "shz"}, {"bmq", "bmq"}, {"boz", "boz"}, {"kao", "kao"}, {"ses", "ses"}, {"en-GB", "en"},
		// Parse without an error, but are other languages.
		{"dgo", ""}, {"dgs", ""}, {"tmq", ""}, {"mnk", ""},
		// What a matcher would guess at.
		{"wo", ""}, {"ha", ""}, {"und", ""}, {"art-x-taq", ""}, {"bm-x-snk", ""}, {"qaa-x-snk", ""},
		{"klingonish", ""}, {"xx", ""}, {"", ""}, {"bm-Nkoo", ""}, {"ar-Latn", ""}, {"fr-u-nu-arab", ""}, {"../fr", ""},
	} {
		got, ok := FindLanguage(tc.tag)
		if got.Tag != tc.want || ok != (tc.want != "") {
			t.Errorf("FindLanguage(%q) = %q, %v; want %q", tc.tag, got.Tag, ok, tc.want)
		}
	}
}

func TestLanguagesCannotBeChangedFromOutside(t *testing.T) {
	list := Languages()
	list[0].Tag = "changed"
	for i := range list {
		for j := range list[i].Chain {
			list[i].Chain[j] = "changed"
		}
	}
	khq, _ := FindLanguage("khq")
	khq.Chain[0] = "changed"
	again, _ := FindLanguage("khq")
	if Languages()[0].Tag != "fr" || !slices.Equal(again.Chain, []string{"ses", "fr"}) {
		t.Errorf("the table was written to: %v", again)
	}
}
