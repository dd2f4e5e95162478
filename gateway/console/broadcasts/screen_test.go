package broadcasts

import (
	"testing"

	"baro/gateway/campaign"
	"baro/locales/charset"
)

// Who reads the same is shown it once, in the language it is written in, with the signs that make it dear by look and number.
func TestScreens(t *testing.T) {
	got := screens([]campaign.Text{
		{Language: "ar", Shown: "fr", Text: "Réunion", Units: 7, Parts: 1},
		{Language: "bm", Shown: "bm", Text: "Bɛn", Encoding: charset.UCS2, Units: 3, Parts: 1, Forcing: "ɛ\u00a0"},
		{Language: "fr", Shown: "fr", Text: "Réunion", Units: 7, Parts: 1, Lost: "✓"},
		{Language: "fr", Shown: "fr", Text: "Réunion", Units: 7, Parts: 1}, // of another channel
		{Language: "en", Text: "Réunion", Units: 7, Parts: 1},              // as it was kept
		{Language: "ff", Shown: "ff", Text: "Ɓ", Forcing: "abcdefgh"},
	})
	want := []screen{
		{Lang: "fr", Readers: "العربية, Français, English", Text: "Réunion", Encoding: "broadcasts.encoding.gsm7", Units: 7, Parts: 1, Lost: "✓ (U+2713)"},
		{Lang: "bm", Readers: "Bamanankan", Text: "Bɛn", Encoding: "broadcasts.encoding.ucs2", Units: 3, Parts: 1, Forcing: "ɛ (U+025B), \u00a0 (U+00A0)"},
		{Lang: "ff", Readers: "Fulfulde", Text: "Ɓ", Encoding: "broadcasts.encoding.gsm7",
			Forcing: "a (U+0061), b (U+0062), c (U+0063), d (U+0064), e (U+0065), f (U+0066), …"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d screens: %+v", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("screen %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}
