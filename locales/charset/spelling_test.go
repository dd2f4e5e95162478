package charset

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"
)

// entries walks all of Unicode, so that a table equals its file in full:
// nothing missing and nothing added.
func entries(table func(rune) (string, bool)) map[string]string {
	found := map[string]string{}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if s, ok := table(r); ok {
			found[string(r)] = s
		}
	}
	return found
}

func TestTablesEqualTheirFile(t *testing.T) {
	file := transliteration(t)
	if len(file.Tables) != 14 {
		t.Fatalf("%d tables, want 14", len(file.Tables))
	}
	for lang, table := range file.Tables {
		spell, ok := spellingOf(lang)
		if !ok {
			t.Errorf("%s has no table", lang)
		}
		checkTable(t, lang, entries(spell), table.Map)
	}
	checkTable(t, "common", entries(sharedSpelling), file.Common)
	checkTable(t, "ascii_pass", entries(withoutAccent), file.ASCII)
	checkTable(t, "extension_pass", entries(withoutExtension), file.Extension)

	var dropped []string
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if invisible(r) {
			dropped = append(dropped, fmt.Sprintf("U+%04X", r))
		}
	}
	if !slices.Equal(dropped, file.Drop) {
		t.Errorf("drops %v, want %v", dropped, file.Drop)
	}
}

func checkTable(t *testing.T, name string, got, want map[string]string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %s gives %q, want %q", name, k, got[k], v)
		}
	}
	for k, v := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %s gives %q, and is not in the file", name, k, v)
		}
	}
}

func TestHasLanguage(t *testing.T) {
	for _, tag := range []string{"fr", "en", "bm", "mwk", "kao", "snk", "boz", "myk", "shz", "ff", "ses", "taq", "dts", "bmq", "fr-ML", "BM", "ff_ML", "ff-Latn", "ff-Latn-ML"} {
		if !HasLanguage(tag) {
			t.Errorf("%s has no table", tag)
		}
	}
	for _, tag := range []string{"", "ar", "nqo", "ff-Adlm", "ff_Adlm_ML", "taq-Tfng", "mey", "xx", "-", "frx"} {
		if HasLanguage(tag) {
			t.Errorf("%s has a table", tag)
		}
	}
}
