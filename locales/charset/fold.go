package charset

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the key under which typed words, names of places and keywords
// are compared. People write national languages with French habits, without
// accents, or copy what a converted screen showed: "Makônôni kouma",
// "makɔnɔni kuma" and "makononi kuma" have one key. Digits of every script
// become ASCII digits.
//
// The key is compared, never stored and never shown. It merges words, so that
// it serves against a short list, and two matches are a question to the
// person. Folding a key again can change it.
func Fold(text string) string {
	var buf [128]byte
	key := buf[:0]
	for _, r := range norm.NFC.String(text) {
		key = appendKey(key, unicode.ToLower(r))
	}
	key = collapse(frenchToNational(key))
	if string(key) == text {
		return text
	}
	return string(key)
}

// appendKey appends the key of one lower-case letter, digit or mark.
func appendKey(key []byte, r rune) []byte {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return append(key, byte(r))
	case r == '\n', r == '\t':
		return append(key, ' ')
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return key
	}
	if s, ok := keyOf(r); ok {
		return append(key, s...)
	}
	if r < utf8.RuneSelf || unicode.Is(unicode.M, r) {
		return key
	}
	var buf [utf8.UTFMax]byte
	decomposed := norm.NFD.Properties(utf8.AppendRune(buf[:0], r)).Decomposition()
	if len(decomposed) == 0 {
		return appendPlain(key, r)
	}
	for len(decomposed) > 0 {
		base, size := utf8.DecodeRune(decomposed)
		decomposed = decomposed[size:]
		key = appendKey(key, base)
	}
	return key
}

// appendPlain is appendKey for what no table knows and no mark can leave.
func appendPlain(key []byte, r rune) []byte {
	switch {
	case unicode.Is(unicode.Nd, r):
		return append(key, '0'+digitValue(r))
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return utf8.AppendRune(key, r)
	case unicode.Is(unicode.Z, r), unicode.Is(unicode.Pd, r):
		return append(key, ' ')
	}
	return key
}

// keyOf has the letters of the national languages, the ligatures and the
// marks that part words. The signs below them have the key of what [Convert]
// makes of them, so that a copied screen matches.
func keyOf(r rune) (string, bool) {
	switch r {
	case 'ɛ', 'ə', 'ǝ':
		return "e", true
	case 'ɔ', 'ø':
		return "o", true
	case 'ɲ', 'ñ':
		return "ny", true
	case 'ŋ':
		return "ng", true
	case 'ɓ':
		return "b", true
	case 'ɗ':
		return "d", true
	case 'ƴ':
		return "y", true
	case 'ɣ':
		return "g", true
	case 'š', 'ß':
		return "s", true
	case 'ž':
		return "j", true
	case 'œ':
		return "oe", true
	case 'æ':
		return "ae", true
	case ' ', '-', '/', '.', ',', ':', ';', '…', '·', '•', '−', '\\', '|', '~', '،', '؛':
		return " ", true
	case '°':
		return "o", true
	case '×':
		return "x", true
	case '½':
		return "1 2", true
	case 'ʔ', 'ʼ', 'ʻ', 'ꞌ':
		return "", true
	}
	return "", false
}

// digitValue is the value of a decimal digit. Each range of category Nd is one
// or several runs of ten that start with a zero.
func digitValue(r rune) byte {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10)
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10)
		}
	}
	return 0
}

// frenchToNational respells French-style sounds, and the h that [Convert]
// writes, in place. The order counts: ou becomes u before gu is looked for.
func frenchToNational(key []byte) []byte {
	key = respell(key, "gn", "ny", "")
	key = respell(key, "ou", "u", "")
	key = respell(key, "dj", "j", "")
	key = respell(key, "tch", "c", "")
	key = respell(key, "ti", "c", "aeou")
	key = respell(key, "gu", "g", "ei")
	key = respell(key, "bh", "b", "")
	key = respell(key, "dh", "d", "")
	key = respell(key, "yh", "y", "")
	key = respell(key, "gh", "g", "")
	key = respell(key, "sh", "s", "")
	return respell(key, "zh", "j", "")
}

// respell replaces from by to, which is no longer, in place. With before, only
// where one of its letters follows.
func respell(key []byte, from, to, before string) []byte {
	out := key[:0]
	for i := 0; i < len(key); {
		if key[i] == from[0] && startsWith(key[i:], from) && followedBy(key[i+len(from):], before) {
			out = append(out, to...)
			i += len(from)
			continue
		}
		out = append(out, key[i])
		i++
	}
	return out
}

func startsWith(key []byte, word string) bool {
	return len(key) >= len(word) && string(key[:len(word)]) == word
}

func followedBy(rest []byte, letters string) bool {
	if letters == "" {
		return true
	}
	for i := range len(letters) {
		if len(rest) > 0 && rest[0] == letters[i] {
			return true
		}
	}
	return false
}

// collapse writes doubled letters once, for they are heard and spelt at will,
// and squeezes spaces. Digits keep their doubles: 11 is not 1.
func collapse(key []byte) []byte {
	out := key[:0]
	last := ' '
	for i := 0; i < len(key); {
		r, size := utf8.DecodeRune(key[i:])
		if r != last || r != ' ' && !unicode.IsLetter(r) {
			out = append(out, key[i:i+size]...)
		}
		last = r
		i += size
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return out
}
