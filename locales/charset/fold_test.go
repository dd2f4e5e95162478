package charset

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	tests := []struct {
		key   string
		texts []string
	}{
		{"", []string{"", " ", "?!", "'", "\u200b", "👍", "\xff"}},
		{"ka segin", []string{"Ka seguin", "ka segin", "KA  SEGIN", " ka-seguin "}},
		{"makononi kuma temenan", []string{"Makônôni kouma tèmènan", "makɔnɔni kuma tɛmɛnan", "makònòni kuma tèmènan"}},
		{"nyini", []string{"gnini", "ɲini", "nyini", "ñini"}},
		{"ji", []string{"dji", "ji", "Dji."}},
		{"ce", []string{"tchè", "tié", "cɛ", "cè"}},
		{"nguraba", []string{"N'gouraba", "Ngouraba", "Nguraba", "N’gouraba", "Nʼgouraba", "ŋuraba"}},
		{"segu", []string{"SÉGOU", "Ségou", "se\u0301gou", "segou"}},
		{"batakuru", []string{"bhatakuru", "ɓatakuru", "Ɓatakuru"}},
		{"tubabuke", []string{"toubabouké"}},
		{"11", []string{"11", "١١", "۱۱", "߁߁", "𞥑𞥑", "１１"}},
		{"12", []string{"١٢", "߁߂", "𞥑𞥒", "１２", "12", "𝟏𝟐", "१२"}},
		{"a b c d", []string{"a-b/c.d", "a, b: c; d", "a – b — c\u00a0d", "a\nb\tc…d"}},
		{"oeuvre", []string{"œuvre", "Œuvre", "oeuvre"}},
		{"tamaseq", []string{"Tamašəq", "tamasheq", "Tamaseq"}},
		{"istanbul", []string{"İstanbul", "istanbul", "ISTANBUL"}},
		{"no 5", []string{"n° 5", "No 5"}},
		{"الميزانية", []string{"الميزانيّة", "الميزانية"}},
		{"شكرا", []string{"شُكْرًا", "شكرا", "شكرا؟"}},
	}
	for _, tt := range tests {
		for _, text := range tt.texts {
			if got := Fold(text); got != tt.key {
				t.Errorf("Fold(%q) = %q, want %q", text, got, tt.key)
			}
		}
	}
}

func TestFoldKeepsApart(t *testing.T) {
	for _, pair := range [][2]string{{"1", "11"}, {"ayi", "ayyo"}, {"ti", "ci"}, {"guba", "gba"}, {"12", "1 2"}} {
		if Fold(pair[0]) == Fold(pair[1]) {
			t.Errorf("%q and %q have one key %q", pair[0], pair[1], Fold(pair[0]))
		}
	}
}

// A person may copy what the screen shows, converted for any channel.
func TestFoldOfConvertedGlossary(t *testing.T) {
	cells := 0
	for _, lang := range []string{"fr", "bm", "ff", "ses", "taq"} {
		for _, cell := range glossaryCells(t, lang) {
			cells++
			want := Fold(cell)
			for _, letters := range []Letters{ASCII, GSM7Letters, UCS2Letters} {
				out, _ := Convert(cell, lang, letters, letters > ASCII)
				if got := Fold(out); got != want {
					t.Errorf("%s: %q has key %q, shown as %q key %q", lang, cell, want, out, got)
				}
			}
		}
	}
	if cells != 702 {
		t.Errorf("%d cells, want 702", cells)
	}
}

// What every language shares folds alike before and after, letter by letter.
func TestFoldOfSharedSpelling(t *testing.T) {
	for r := range transliteration(t).Common {
		out, _ := Convert("x"+r+"z", "fr", ASCII, false)
		if got, want := Fold(out), Fold("x"+r+"z"); got != want {
			t.Errorf("%s: key %q, shown as %q key %q", r, want, out, got)
		}
	}
}

func TestFoldDigitsOfEveryScript(t *testing.T) {
	for _, runs := range [][]unicode.Range32{wide(unicode.Nd.R16), unicode.Nd.R32} {
		for _, run := range runs {
			if run.Stride != 1 || (run.Hi-run.Lo+1)%10 != 0 {
				t.Fatalf("%U–%U is not made of runs of ten", run.Lo, run.Hi)
			}
			for r := run.Lo; r <= run.Hi; r++ {
				if got, want := Fold(string(rune(r))), string(rune('0'+(r-run.Lo)%10)); got != want {
					t.Errorf("Fold(%U) = %q, want %q", r, got, want)
				}
			}
		}
	}
}

func wide(runs []unicode.Range16) []unicode.Range32 {
	var out []unicode.Range32
	for _, run := range runs {
		out = append(out, unicode.Range32{Lo: uint32(run.Lo), Hi: uint32(run.Hi), Stride: uint32(run.Stride)})
	}
	return out
}

func TestFoldOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		checkFold(t, string(r))
	}
}

// checkFold holds for every text: a key has no capitals with a small letter,
// no marks, no punctuation, and single spaces inside only.
func checkFold(t *testing.T, text string) {
	t.Helper()
	key := Fold(text)
	if !utf8.ValidString(key) {
		t.Fatalf("key of %+q is not UTF-8", text)
	}
	last := ' '
	for _, r := range key {
		switch {
		case r == ' ' && last == ' ':
			t.Fatalf("key of %+q is %+q: spaces", text, key)
		case r == last && unicode.IsLetter(r):
			t.Fatalf("key of %+q is %+q: doubled letter", text, key)
		case r != ' ' && !unicode.IsLetter(r) && !unicode.IsNumber(r), unicode.ToLower(r) != r:
			t.Fatalf("key of %+q is %+q: %U", text, key, r)
		}
		last = r
	}
	if key != "" && last == ' ' {
		t.Fatalf("key of %+q ends in a space", text)
	}
}
