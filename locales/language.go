package locales

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Source is the tag of the language every text is written in first. Each chain
// of fallbacks ends in it, and it has to be complete.
const Source = "fr"

// Language is one language that baro knows, whether or not a deployment
// offers it.
type Language struct {
	Tag    string   // BCP 47, in the spelling used for file names and settings
	Own    string   // its name in itself, as the language menu shows it; unreviewed outside fr, en and ar
	French string   // its name in French, for the console
	Chain  []string // fallback after itself; ends in fr, empty for fr
	Script string   // ISO 15924: Latn, Arab, Nkoo, Adlm
}

// languages is read-only. Codes that parse but name something else (dgo Dogri,
// dgs Dogoso of Burkina Faso, tmq Tumleo, mnk Mandinka of Gambia) are absent on
// purpose: a tag outside this list is refused wherever one is given.
var languages = [...]Language{
	{Tag: "fr", Own: "Français", French: "français", Script: "Latn"},
	{Tag: "en", Own: "English", French: "anglais", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "bm", Own: "Bamanankan", French: "bambara", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "ff", Own: "Fulfulde", French: "peul", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "ses", Own: "Koyraboro senni", French: "songhay de Gao", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "taq", Own: "Tamašəq", French: "tamasheq", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "ar", Own: "العربية", French: "arabe", Chain: []string{"fr"}, Script: "Arab"},
	{Tag: "snk", Own: "Sooninkanxanne", French: "soninké", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "dts", Own: "Tɔrɔ sɔɔ", French: "dogon (toro so)", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "mwk", Own: "Maninkakan", French: "malinké de Kita", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "myk", Own: "Mamara", French: "minianka", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "shz", Own: "Syenara", French: "sénoufo", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "bmq", Own: "Bomu", French: "bomu", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "boz", Own: "Bozo", French: "bozo (tiéyaxo)", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "kao", Own: "Xaasongaxango", French: "khassonké", Chain: []string{"fr"}, Script: "Latn"},
	{Tag: "mey", Own: "حسانية", French: "hassanya", Chain: []string{"ar", "fr"}, Script: "Arab"},
	{Tag: "khq", Own: "Koyra ciini", French: "songhay de Tombouctou", Chain: []string{"ses", "fr"}, Script: "Latn"},
	{Tag: "son", Own: "Soŋoy", French: "songhay", Chain: []string{"ses", "fr"}, Script: "Latn"},
	{Tag: "ffm", Own: "Fulfulde Maasina", French: "peul du Macina", Chain: []string{"ff", "fr"}, Script: "Latn"},
	{Tag: "fuc", Own: "Pulaar", French: "pulaar", Chain: []string{"ff", "fr"}, Script: "Latn"},
	{Tag: "tmh", Own: "Tamašəq", French: "touareg", Chain: []string{"taq", "fr"}, Script: "Latn"},
	{Tag: "arb", Own: "العربية", French: "arabe standard", Chain: []string{"ar", "fr"}, Script: "Arab"},
	{Tag: "nqo", Own: "ߒߞߏ", French: "n'ko", Chain: []string{"fr"}, Script: "Nkoo"},
	{Tag: "ff-Adlm", Own: "\U0001E90A\U0001E935\U0001E924\U0001E92C\U0001E935\U0001E924\U0001E923\U0001E92B", French: "peul en adlam", Chain: []string{"fr"}, Script: "Adlm"},
}

// Languages lists every known language, the launch languages first.
func Languages() []Language {
	out := slices.Clone(languages[:])
	for i := range out {
		out[i].Chain = slices.Clone(out[i].Chain)
	}
	return out
}

// FindLanguage resolves a tag: exact, in another case or ISO form (bam, FR,
// fr_ML), or with a region or the usual script added. Variants, extensions,
// private use and anything outside the list are refused, never guessed: the
// matcher of x/text answers French for Wolof and Pulaar for any Fulfulde.
func FindLanguage(tag string) (Language, bool) {
	tag = strings.ReplaceAll(tag, "_", "-")
	if l, ok := exactLanguage(tag); ok {
		return l, true
	}
	parsed, err := language.Parse(tag)
	if err != nil || len(parsed.Variants()) > 0 || len(parsed.Extensions()) > 0 {
		return Language{}, false
	}
	base, script, _ := parsed.Raw()
	if script.String() == "Zzzz" {
		return exactLanguage(base.String())
	}
	if l, ok := exactLanguage(base.String() + "-" + script.String()); ok {
		return l, true
	}
	l, ok := exactLanguage(base.String())
	if !ok || l.Script != script.String() {
		return Language{}, false
	}
	return l, true
}

func exactLanguage(tag string) (Language, bool) {
	for _, l := range languages {
		if strings.EqualFold(l.Tag, tag) {
			l.Chain = slices.Clone(l.Chain)
			return l, true
		}
	}
	return Language{}, false
}
