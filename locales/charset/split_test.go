package charset

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

func TestSplitOfEveryVector(t *testing.T) {
	for _, v := range segmentVectors(t) {
		parts := Split(v.Text, Ref8)
		if n := len(parts); n != v.Segments && n != v.Clusters {
			t.Errorf("%s: %d parts, want %d or %d", v.ID, n, v.Segments, v.Clusters)
		}
		if e, units := Units(v.Text); partsOf(v.Text, e, units) != len(parts) {
			t.Errorf("%s: counted %d parts, split into %d", v.ID, partsOf(v.Text, e, units), len(parts))
		}
		checkSplit(t, v.Text, Ref8)
		checkSplit(t, v.Text, Ref16)
	}
}

func TestSplit(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	tests := []struct {
		name string
		text string
		ref  Reference
		want []string
	}{
		{"empty", "", Ref8, []string{""}},
		{"single, whatever the reference", a(160), Ref16, []string{a(160)}},
		{"8-bit reference", a(161), Ref8, []string{a(153), a(8)}},
		{"16-bit reference", a(161), Ref16, []string{a(152), a(9)}},
		{"escape pair", a(152) + "€" + a(10), Ref8, []string{a(152), "€" + a(10)}},
		{"surrogate pair", strings.Repeat("ɛ", 66) + "😀ɛɛɛ", Ref8, []string{strings.Repeat("ɛ", 66), "😀ɛɛɛ"}},
		{"UCS-2 with 16-bit reference", strings.Repeat("ɛ", 71), Ref16, []string{strings.Repeat("ɛ", 66), "ɛɛɛɛɛ"}},
		{"letter and mark", strings.Repeat("ɔ", 66) + "ɔ\u0301" + "ɔɔɔ", Ref8, []string{strings.Repeat("ɔ", 66), "ɔ\u0301ɔɔɔ"}},
		{"flag", strings.Repeat("ɔ", 64) + "🇲🇱" + "ɔɔɔ", Ref8, []string{strings.Repeat("ɔ", 64), "🇲🇱ɔɔɔ"}},
		{"CR LF in UCS-2", strings.Repeat("ɔ", 66) + "\r\nɔɔɔ", Ref8, []string{strings.Repeat("ɔ", 66), "\r\nɔɔɔ"}},
		{"cluster longer than a part", "xx" + "e" + strings.Repeat("\u0301", 80), Ref8,
			[]string{"xx", "e" + strings.Repeat("\u0301", 66), strings.Repeat("\u0301", 14)}},
	}
	for _, tt := range tests {
		if got := Split(tt.text, tt.ref); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// checkSplit holds for every text.
func checkSplit(t *testing.T, text string, ref Reference) {
	t.Helper()
	parts := Split(text, ref)
	if strings.Join(parts, "") != text {
		t.Fatalf("parts of %+q join to something else", text)
	}
	e, units := Units(text)
	if len(parts) == 1 {
		if units > singleLimit(e) {
			t.Fatalf("%d units left in one part", units)
		}
		return
	}
	if ref == Ref8 {
		strict := Count(text).Parts
		if len(parts) < strict || e == GSM7 && len(parts) != strict {
			t.Fatalf("%d parts, strict count %d, text %+q", len(parts), strict, text)
		}
	}
	limit := partLimit(e, ref)
	starts := clusterStarts(text)
	at := 0
	for i, part := range parts {
		n := 0
		for _, r := range part {
			n += unitsOf(e, r)
		}
		if part == "" || n > limit {
			t.Fatalf("part %d of %+q has %d units, limit %d", i+1, text, n, limit)
		}
		if r, _ := utf8.DecodeRuneInString(text[at:]); utf8.ValidString(text) && !utf8.RuneStart(text[at]) {
			t.Fatalf("part %d starts inside %U", i+1, r)
		}
		// A part may start inside a cluster only when it starts inside one
		// that fills the whole part before it.
		if e == UCS2 && i > 0 && !starts[at] {
			for back := at - len(parts[i-1]) + 1; back < at; back++ {
				if starts[back] {
					t.Fatalf("part %d of %+q starts inside a cluster that would fit", i+1, text)
				}
			}
		}
		at += len(part)
	}
}

// clusterStarts marks the octets at which a grapheme cluster begins.
func clusterStarts(text string) map[int]bool {
	starts := map[int]bool{}
	clusters := uniseg.NewGraphemes(text)
	for clusters.Next() {
		from, _ := clusters.Positions()
		starts[from] = true
	}
	return starts
}
