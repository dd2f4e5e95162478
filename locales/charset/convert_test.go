package charset

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestConvert(t *testing.T) {
	tests := []struct {
		name, text, lang string
		letters          Letters
		extension        bool
		want             string
		lost             string
	}{
		{"bm", "I ni ce, mɔgɔ ŋana ɲɛ", "bm", GSM7Letters, true, "I ni ce, mògò ngana nyè", ""},
		{"bm capitals", "Ɛ Ɔ Ɲɛ Ŋana", "bm", GSM7Letters, true, "E O Nyè Ngana", ""},
		{"bm tones", "kɔ́nɔ̀", "bm", GSM7Letters, true, "kònò", ""},
		{"bm in ASCII", "mɔgɔ ɲɛ", "bm", ASCII, false, "mogo nye", ""},
		{"ff", "ɓatakuuje ɗemngal ƴeewu ñalnde", "ff", GSM7Letters, true, "bhatakuuje dhemngal yheewu nyalnde", ""},
		{"ñ outside Fulfulde", "ñalnde", "fr", GSM7Letters, true, "ñalnde", ""},
		{"ses", "Šenni hõo ŋaa", "ses", GSM7Letters, true, "Shenni hoo ngaa", ""},
		{"taq", "Tamašəq awal-năk ṭəḍ", "taq", GSM7Letters, true, "Tamasheq awal-nak ted", ""},
		{"myk", "Ɲɛʔɛ", "myk", GSM7Letters, true, "Nyè'è", ""},
		{"bmq", "ɓã Ũ", "bmq", GSM7Letters, true, "bhan Un", ""},
		{"nasal without composed form", "ɛ̃ ã", "dts", GSM7Letters, true, "è an", ""},
		{"fr", "Où êtes-vous ? Çà et là, reçu : œuvre", "fr", GSM7Letters, true, "Où etes-vous ? Çà et là, recu : oeuvre", ""},
		{"fr in ASCII", "Où êtes-vous ? Çà, l’œuvre à 5 €", "fr", ASCII, false, "Ou etes-vous ? Ca, l'oeuvre a 5 EUR", ""},
		{"fr marks", "« oui » – l’eau… n° 5", "fr", GSM7Letters, true, "\" oui \" - l'eau... no 5", ""},
		{"fr capitals", "ÉCOLE À BÂTIR, ÇA", "fr", GSM7Letters, true, "ÉCOLE A BATIR, ÇA", ""},
		{"spaces", "1\u202f250\u00a0000\tFCFA", "fr", GSM7Letters, true, "1 250 000 FCFA", ""},
		{"decomposed", "re\u0301union fe\u0302te", "fr", GSM7Letters, true, "réunion fete", ""},
		{"letters with two marks", "ế ǘ", "fr", GSM7Letters, true, "e u", ""},
		{"line ends", "a\r\nb\rc\nd", "fr", GSM7Letters, true, "a\nbc\nd", ""},
		{"controls", "a\x00b\x1be\x7f\u0085\fc", "fr", GSM7Letters, true, "abec", ""},
		{"invisible", "a\u00adb\u200bc\ufeff👍\ufe0f", "fr", GSM7Letters, true, "abc?", "👍"},
		{"backtick", "a`b´c", "fr", ASCII, false, "a'b'c", ""},
		{"extension kept", "[5€] {a|b} ^~\\", "fr", GSM7Letters, true, "[5€] {a|b} ^~\\", ""},
		{"extension replaced", "[5€] {a|b} ^~\\", "fr", GSM7Letters, false, "(5EUR) (a/b) -/", ""},
		{"extension of ASCII", "[5€] ~", "fr", ASCII, true, "[5EUR] ~", ""},
		{"lost once each", "²→✓²", "fr", GSM7Letters, true, "????", "²→✓"},
		{"GSM-7 but not ASCII", "£ Δ à", "fr", ASCII, false, "? ? a", "£Δ"},
		{"Arabic", "شكرا", "ar", GSM7Letters, true, "????", "شكرا"},
		{"invalid UTF-8", "a\xffb", "fr", GSM7Letters, true, "a?b", "\ufffd"},
		{"unknown language", "fête mɔ", "xx", GSM7Letters, true, "fete m?", "ɔ"},
		{"UCS-2 keeps letters", "ê ɛ « شكرا » 😀", "ar", UCS2Letters, true, "ê ɛ « شكرا » 😀", ""},
		{"UCS-2 composes and strips", "e\u0301\tɛ\u200f\r\n\x1bx", "ar", UCS2Letters, true, "é ɛ\nx", ""},
		{"UCS-2 composes what a stripped character parted", "e\u200d\u0301", "ar", UCS2Letters, true, "é", ""},
		{"UCS-2 repairs", "a\xff", "ar", UCS2Letters, true, "a\ufffd", ""},
	}
	for _, tt := range tests {
		got, lost := Convert(tt.text, tt.lang, tt.letters, tt.extension)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		want := []rune(tt.lost)
		if tt.name == "Arabic" {
			want = []rune{'ش', 'ك', 'ر', 'ا'}
		}
		if !slices.Equal(lost, want) {
			t.Errorf("%s: lost %q, want %q", tt.name, lost, want)
		}
		checkConvert(t, tt.text, tt.lang, tt.letters, tt.extension)
	}
}

// checkConvert holds for every text: the channel can carry what comes out, and
// a second pass has nothing to do.
func checkConvert(t *testing.T, text, lang string, letters Letters, extension bool) {
	t.Helper()
	out, lost := Convert(text, lang, letters, extension)
	if !Encodable(out, letters, extension) {
		t.Fatalf("%+q in %q became %+q, which %v cannot carry", text, lang, out, letters)
	}
	if letters < UCS2Letters {
		if e, _ := Units(out); e != GSM7 {
			t.Fatalf("%+q became %+q in UCS-2", text, out)
		}
	}
	if strings.Count(out, "?") < len(lost) {
		t.Fatalf("%+q became %+q, but lost %q", text, out, lost)
	}
	again, lost := Convert(out, lang, letters, extension)
	if again != out || len(lost) > 0 {
		t.Fatalf("second pass of %+q in %q: %+q became %+q, lost %q", text, lang, out, again, lost)
	}
}

func TestGlossaryConverts(t *testing.T) {
	for _, lang := range []string{"fr", "en", "bm", "ff", "ses", "taq"} {
		spelt := map[string]string{}
		cells := glossaryCells(t, lang)
		if len(cells) < 80 {
			t.Fatalf("%s has %d cells", lang, len(cells))
		}
		for _, cell := range cells {
			for _, letters := range []Letters{ASCII, GSM7Letters, UCS2Letters} {
				for _, extension := range []bool{false, true} {
					checkConvert(t, cell, lang, letters, extension)
				}
				if _, lost := Convert(cell, lang, letters, false); len(lost) > 0 {
					t.Errorf("%s: %q loses %q in %v", lang, cell, lost, letters)
				}
			}
			out, _ := Convert(cell, lang, GSM7Letters, true)
			if other, taken := spelt[out]; taken && other != cell {
				t.Errorf("%s: %q and %q both become %q", lang, cell, other, out)
			}
			spelt[out] = cell
		}
	}
}

func TestEveryCharacterConverts(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		for _, lang := range []string{"fr", "ff", "bmq"} {
			checkConvert(t, "a"+string(r)+"b", lang, GSM7Letters, true)
			checkConvert(t, "a"+string(r)+"b", lang, ASCII, false)
		}
		checkConvert(t, "a"+string(r)+"b", "ar", UCS2Letters, true)
	}
}

// The ASCII pass promises a plain letter for every GSM-7 letter of Latin.
func TestAccentedLettersReachASCII(t *testing.T) {
	for _, r := range "àèéìòùäöüñåæøßÇÉÄÖÜÑÅÆØ" {
		if out, lost := Convert(string(r), "fr", ASCII, false); len(lost) > 0 || strings.Contains(out, "?") {
			t.Errorf("%c becomes %q", r, out)
		}
	}
}

func TestConvertReturnsUnchangedTextItself(t *testing.T) {
	tests := []struct {
		text    string
		letters Letters
	}{
		{"Bienvenue. 1 Budget\n2 Services", ASCII},
		{"Réunion à 9h [salle] 5 €", GSM7Letters},
		{"الميزانية ɛ ê", UCS2Letters},
	}
	for _, tt := range tests {
		if n := testing.AllocsPerRun(100, func() {
			if out, _ := Convert(tt.text, "fr", tt.letters, true); out != tt.text {
				t.Fatalf("%q became %q", tt.text, out)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations", tt.letters, n)
		}
	}
}

func TestEncodable(t *testing.T) {
	tests := []struct {
		text                 string
		ascii, gsm7, allGSM7 bool
	}{
		{"", true, true, true},
		{"Budget 2026: 283 M\n1 Suite", true, true, true},
		{"$@_#<>", true, true, true},
		{"é", false, true, true},
		{"[a]", false, false, true},
		{"5 €", false, false, true},
		{"a\rb", false, true, true},
		{"a`b", false, false, false},
		{"a\tb", false, false, false},
		{"ê", false, false, false},
		{"a\xff", false, false, false},
	}
	for _, tt := range tests {
		got := [3]bool{Encodable(tt.text, ASCII, false), Encodable(tt.text, GSM7Letters, false), Encodable(tt.text, GSM7Letters, true)}
		if want := [3]bool{tt.ascii, tt.gsm7, tt.allGSM7}; got != want {
			t.Errorf("%q: %v, want %v", tt.text, got, want)
		}
		if Encodable(tt.text, UCS2Letters, true) != utf8.ValidString(tt.text) {
			t.Errorf("%q in UCS-2", tt.text)
		}
	}
	if !Encodable("[a]", ASCII, true) || Encodable("€", ASCII, true) {
		t.Error("ASCII with extension is ASCII")
	}
}

// Composition must not matter: both forms are one text.
func TestConvertOfDecomposedText(t *testing.T) {
	for _, lang := range []string{"fr", "bm", "ff", "ses", "taq"} {
		for _, cell := range glossaryCells(t, lang) {
			want, _ := Convert(cell, lang, GSM7Letters, true)
			if got, _ := Convert(norm.NFD.String(cell), lang, GSM7Letters, true); got != want {
				t.Errorf("%s: %q decomposed becomes %q, composed %q", lang, cell, got, want)
			}
		}
	}
}
