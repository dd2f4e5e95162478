package charset

import "strings"

// spelling writes one letter of a language's orthography with GSM 7-bit
// letters; false means the language has nothing of its own to say about it.
//
// The tables of Bambara, Fulfulde and Songhay were tested on word lists for
// words that become equal (2, 1 and 3 groups, against 193, 52 and 57 with
// plain letters); the others are proposals. No table has been read by native
// readers yet.
type spelling func(r rune) (string, bool)

// HasLanguage is true when texts in this language can be spelt within GSM
// 7-bit. A region changes nothing (fr-ML is fr); another script than Latin has
// no table (ff-Adlm, taq-Tfng), and neither have ar and nqo: their texts need
// UCS-2 or a language that does not.
func HasLanguage(tag string) bool {
	_, ok := spellingOf(tag)
	return ok
}

// spellingOf returns the table of a language, or one without entries and
// false.
func spellingOf(tag string) (spelling, bool) {
	base, rest := tag, ""
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		base, rest = tag[:i], tag[i+1:]
	}
	if script, _, _ := strings.Cut(strings.ReplaceAll(rest, "_", "-"), "-"); len(script) == 4 && !strings.EqualFold(script, "Latn") {
		return unspelt, false
	}
	switch strings.ToLower(base) {
	case "fr", "en":
		return unspelt, true
	case "bm", "mwk", "kao", "snk", "boz":
		return bambara, true
	case "myk", "shz":
		return mamara, true
	case "ff":
		return fulfulde, true
	case "ses":
		return songhay, true
	case "taq":
		return tamasheq, true
	case "dts":
		return toroSo, true
	case "bmq":
		return bomu, true
	}
	return unspelt, false
}

// unspelt leaves everything to what all languages share.
func unspelt(rune) (string, bool) { return "", false }

// bambara keeps ɛ apart from e and ɔ apart from o, as the older spelling with
// è and ò did. Maninkakan, Xaasongaxango, Soninke and Bozo share its letters.
func bambara(r rune) (string, bool) {
	switch r {
	case 'ɛ':
		return "è", true
	case 'ɔ':
		return "ò", true
	case 'Ɛ':
		return "E", true
	case 'Ɔ':
		return "O", true
	}
	return nasal(r)
}

// nasal spells the two nasal consonants, alike in all the languages.
func nasal(r rune) (string, bool) {
	switch r {
	case 'ɲ':
		return "ny", true
	case 'ŋ':
		return "ng", true
	case 'Ɲ':
		return "Ny", true
	case 'Ŋ':
		return "Ng", true
	}
	return "", false
}

// mamara has a glottal stop, which Syenara shares.
func mamara(r rune) (string, bool) {
	if r == 'ʔ' {
		return "'", true
	}
	return bambara(r)
}

// fulfulde marks the implosives with h, the spelling of Guinea before 1989;
// plain b, d and y would make singulars and plurals equal.
func fulfulde(r rune) (string, bool) {
	switch r {
	case 'ɓ':
		return "bh", true
	case 'ɗ':
		return "dh", true
	case 'ƴ':
		return "yh", true
	case 'ñ':
		return "ny", true
	case 'Ɓ':
		return "Bh", true
	case 'Ɗ':
		return "Dh", true
	case 'Ƴ':
		return "Yh", true
	case 'Ñ':
		return "Ny", true
	}
	return nasal(r)
}

func songhay(r rune) (string, bool) {
	switch r {
	case 'š':
		return "sh", true
	case 'ž':
		return "zh", true
	case 'Š':
		return "Sh", true
	case 'Ž':
		return "Zh", true
	case 'ã':
		return "a", true
	case 'õ':
		return "o", true
	case 'ẽ':
		return "e", true
	case 'Ã':
		return "A", true
	case 'Õ':
		return "O", true
	case 'Ẽ':
		return "E", true
	}
	return nasal(r)
}

// tamasheq is the Latin orthography; Tifinagh writes no vowels and cannot be
// converted.
func tamasheq(r rune) (string, bool) {
	switch r {
	case 'ă':
		return "a", true
	case 'ə', 'ǝ':
		return "e", true
	case 'ḍ':
		return "d", true
	case 'ṭ':
		return "t", true
	case 'ṣ':
		return "s", true
	case 'ẓ':
		return "z", true
	case 'ḷ':
		return "l", true
	case 'ḥ':
		return "h", true
	case 'ɣ':
		return "gh", true
	case 'š':
		return "sh", true
	case 'ž':
		return "j", true
	case 'ŋ':
		return "ng", true
	}
	return tamasheqCapital(r)
}

func tamasheqCapital(r rune) (string, bool) {
	switch r {
	case 'Ă':
		return "A", true
	case 'Ə', 'Ǝ':
		return "E", true
	case 'Ḍ':
		return "D", true
	case 'Ṭ':
		return "T", true
	case 'Ṣ':
		return "S", true
	case 'Ẓ':
		return "Z", true
	case 'Ḷ':
		return "L", true
	case 'Ḥ':
		return "H", true
	case 'Ɣ':
		return "Gh", true
	case 'Š':
		return "Sh", true
	case 'Ž':
		return "J", true
	case 'Ŋ':
		return "Ng", true
	}
	return "", false
}

// toroSo writes nasal vowels with n. ɛ̃ and ɔ̃ have no composed form and lose
// the nasal: whether èn and òn read better is for its readers to say.
func toroSo(r rune) (string, bool) {
	switch r {
	case 'ã':
		return "an", true
	case 'ẽ':
		return "en", true
	case 'ĩ':
		return "in", true
	case 'õ':
		return "on", true
	case 'ũ':
		return "un", true
	case 'Ã':
		return "An", true
	case 'Ẽ':
		return "En", true
	case 'Ĩ':
		return "In", true
	case 'Õ':
		return "On", true
	case 'Ũ':
		return "Un", true
	}
	return bambara(r)
}

func bomu(r rune) (string, bool) {
	switch r {
	case 'ɓ':
		return "bh", true
	case 'Ɓ':
		return "Bh", true
	}
	return toroSo(r)
}
