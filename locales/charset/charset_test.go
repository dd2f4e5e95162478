package charset

import (
	"strings"
	"testing"
)

func TestCountAgreesWithEveryVector(t *testing.T) {
	names := map[string]Encoding{"GSM-7": GSM7, "UCS-2": UCS2}
	for _, v := range segmentVectors(t) {
		want := Measure{Encoding: names[v.Encoding], Units: v.Units, Parts: v.Segments}
		if got := Count(v.Text); got != want {
			t.Errorf("%s: %+v, want %+v", v.ID, got, want)
		}
		if e, n := Units(v.Text); e != want.Encoding || n != want.Units {
			t.Errorf("%s: Units = %v %d, want %v %d", v.ID, e, n, want.Encoding, want.Units)
		}
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		name string
		text string
		want Measure
	}{
		{"empty", "", Measure{GSM7, 0, 1}},
		{"escape does not straddle", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), Measure{GSM7, 306, 3}},
		{"pair does not straddle", strings.Repeat("ɛ", 66) + "😀" + strings.Repeat("ɛ", 66), Measure{UCS2, 134, 3}},
		{"one letter outside costs two parts more", strings.Repeat("a", 159) + "ê", Measure{UCS2, 160, 3}},
		{"brackets are one unit in UCS-2", "[ɛ]€^", Measure{UCS2, 5, 1}},
		{"small ç", "ç", Measure{UCS2, 1, 1}},
		{"capital ç", "Ç", Measure{GSM7, 1, 1}},
		{"composed", "\u00e9", Measure{GSM7, 1, 1}},
		{"decomposed", "e\u0301", Measure{UCS2, 2, 1}},
		{"Greek capitals in the table", "ΔΦΓΛΩΠΨΣΘΞ", Measure{GSM7, 10, 1}},
		{"Greek capitals that look Latin", "ΑΒΕ", Measure{UCS2, 3, 1}},
		{"invalid UTF-8", "a\xffb\xc3", Measure{UCS2, 4, 1}},
	}
	for _, tt := range tests {
		if got := Count(tt.text); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestOutsideTheAlphabet(t *testing.T) {
	for _, text := range []string{"\x1b", "\t", "\x00", "`", "\x7f", "\x0b", "\u0085", "\u00a0", "\ufffd"} {
		if e, _ := Units(text); e != UCS2 {
			t.Errorf("%+q counts as GSM-7", text)
		}
		if _, err := EncodeGSM7(text); err == nil {
			t.Errorf("%+q was encoded", text)
		}
	}
}

func TestCountAllocatesNothing(t *testing.T) {
	texts := []string{strings.Repeat("Réunion [9h] ", 20), strings.Repeat("ɲɔgɔn 😀 ", 20)}
	if n := testing.AllocsPerRun(100, func() {
		for _, text := range texts {
			Count(text)
			Units(text)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestEncodingNames(t *testing.T) {
	if GSM7.String() != "gsm7" || UCS2.String() != "ucs2" {
		t.Errorf("names are %v and %v", GSM7, UCS2)
	}
}
