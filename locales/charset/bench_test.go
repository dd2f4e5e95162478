package charset

import (
	"strings"
	"testing"
)

const (
	plainScreen   = "Budget 2026: 283 M FCFA. Sur 100 F: ecole 57, eau 14, mairie 12, routes 9, sante 6\n1 Mon village\n2 Ma taxe\n3 Prevu, depense\n4 Par SMS\n9 Suite 0 Retour"
	bambaraScreen = "Aw ni ce, aw ka jaabi sɔrɔla. Hadamaden bɛɛ danmakɛɲɛnen bɛ bange, danbe ni josira la.\n1 Segin\n2 Taa a fɛ"
	frenchScreen  = "Réunion du conseil à 9h. Le reçu a été envoyé, « merci » à l’école.\n1 Être averti\n2 Quitter"
)

func BenchmarkUnits(b *testing.B) {
	for name, text := range map[string]string{"plain": plainScreen, "bambara": bambaraScreen} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Units(text)
			}
		})
	}
}

func BenchmarkConvert(b *testing.B) {
	tests := []struct {
		name, text, lang string
		letters          Letters
	}{
		{"plain", plainScreen, "fr", ASCII},
		{"french", frenchScreen, "fr", GSM7Letters},
		{"french-ascii", frenchScreen, "fr", ASCII},
		{"bambara", bambaraScreen, "bm", GSM7Letters},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(tt.text)))
			for b.Loop() {
				Convert(tt.text, tt.lang, tt.letters, false)
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{"folded": "ka segin", "typed": "Makônôni kouma tèmènan", "place": "N'gouraba"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(text)
			}
		})
	}
}

func BenchmarkSplit(b *testing.B) {
	tests := []struct{ name, text string }{
		{"single", plainScreen},
		{"gsm7", strings.Repeat(plainScreen, 3)},
		{"ucs2-latin", strings.Repeat(bambaraScreen, 3)},
		{"ucs2-arabic", strings.Repeat("الميزانية متاحة الآن ", 15)},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Split(tt.text, Ref8)
			}
		})
	}
}
