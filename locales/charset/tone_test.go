package charset

import (
	"strings"
	"testing"
)

func TestToneWarnings(t *testing.T) {
	tests := []struct {
		text, lang string
		want       []string // what each warning must name
	}{
		{"mɔgɔ bɛ taa Ségou à 9h", "bm", nil},
		{"kɔ́nɔ́nɔ̀", "bm", []string{"character 3", "U+0301"}},
		{"bè sòrò", "bm", []string{"ɛ", "ɔ"}},
		{"be\u0300", "dts", []string{"U+00E8"}},
		{"très bientôt", "fr", nil},
		{"e\u0301cole", "fr", nil},
		{"bè", "ses", nil},
		{"hɔ̃ɔ", "dts", nil},
		{"ə́", "taq", []string{"U+0301"}},
		{"شُكْرًا", "ar", nil},
	}
	for _, tt := range tests {
		got := ToneWarnings(tt.text, tt.lang)
		if (len(got) == 0) != (tt.want == nil) {
			t.Errorf("%s %q: %q", tt.lang, tt.text, got)
		}
		all := strings.Join(got, "\n")
		for _, part := range tt.want {
			if !strings.Contains(all, part) {
				t.Errorf("%s %q: %q does not name %s", tt.lang, tt.text, got, part)
			}
		}
	}
	if got := ToneWarnings("kɔ́nɔ́ à̀ bèè", "bm"); len(got) != 3 {
		t.Errorf("each mark once: %q", got)
	}
}
