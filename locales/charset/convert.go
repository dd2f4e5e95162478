package charset

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Letters says which characters a channel carries unspoilt, from few to many.
type Letters uint8

const (
	// ASCII is line feed and printable ASCII without the backtick and without
	// the extension characters ^ { } [ ] ~ | \, which cost two septets.
	ASCII Letters = iota
	// GSM7Letters is the GSM 7-bit default alphabet.
	GSM7Letters
	// UCS2Letters is every letter there is.
	UCS2Letters
)

// String returns "ascii", "gsm7" or "ucs2", as the configuration writes them.
func (l Letters) String() string {
	switch l {
	case ASCII:
		return "ascii"
	case GSM7Letters:
		return "gsm7"
	}
	return "ucs2"
}

// Convert writes text with the characters a channel carries: canonical
// composition, control and invisible characters out, then letter by letter the
// table of the language, the marks and ligatures every language shares, and
// the bare letter under an accent. With extension the channel also carries the
// extension table (with ASCII: its ASCII characters, so not €). A language
// without a table gets the shared part only. For [UCS2Letters] every letter
// stays and only control and invisible characters go.
//
// Line feeds stay, CR LF becomes LF, TAB a space. What has no spelling becomes
// "?" and is returned in lost, each character once, in order: fixed text must
// not lose any, and of run-time text the code points may be logged, not the
// text. Text that needs no change is returned itself, without an allocation.
func Convert(text, lang string, letters Letters, extension bool) (out string, lost []rune) {
	if letters >= UCS2Letters {
		return tidy(text), nil
	}
	spell, _ := spellingOf(lang)
	c := converter{spell: spell, letters: letters, extension: extension}
	if c.unchanged(text) {
		return text, nil
	}
	text = norm.NFC.String(text)
	c.out = make([]byte, 0, len(text)+len(text)/16)
	for _, r := range text {
		switch {
		case r == '\n':
			c.out = append(c.out, '\n')
		case unicode.IsControl(r) && r != '\t', invisible(r):
		default:
			c.write(r)
		}
	}
	return string(c.out), c.lost
}

// Encodable is true when text as it stands has only characters of letters,
// with the extension table when extension is set.
func Encodable(text string, letters Letters, extension bool) bool {
	if letters >= UCS2Letters {
		return utf8.ValidString(text)
	}
	for _, r := range text {
		if !carried(r, letters, extension) {
			return false
		}
	}
	return true
}

// carried is true for a character that a channel takes as it is.
func carried(r rune, letters Letters, extension bool) bool {
	if letters == ASCII && (r >= utf8.RuneSelf || r < ' ' && r != '\n') {
		return false
	}
	switch septetsOf(r) {
	case 1:
		return true
	case 2:
		return extension
	}
	return false
}

type converter struct {
	spell     spelling
	letters   Letters
	extension bool
	out       []byte
	lost      []rune
}

// unchanged is true when no step of the conversion would touch text. Carried
// characters are all composed, so that normalising them changes nothing.
func (c *converter) unchanged(text string) bool {
	most := uint8(1)
	if c.extension {
		most = 2
	}
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			cost := latin1Septets[b]
			if cost == 0 || cost > most || b < ' ' && b != '\n' {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !carried(r, c.letters, c.extension) {
			return false
		}
		if _, respelt := c.spell(r); respelt {
			return false
		}
		i += size
	}
	return true
}

// write spells r, or loses it as a whole.
func (c *converter) write(r rune) {
	start := len(c.out)
	if c.letter(r) || c.bare(r) {
		return
	}
	c.out = append(c.out[:start], '?')
	if !slices.Contains(c.lost, r) {
		c.lost = append(c.lost, r)
	}
}

// letter writes r by the first of the language, the shared spelling and the
// alphabet that knows it.
func (c *converter) letter(r rune) bool {
	s, ok := c.spell(r)
	if !ok {
		s, ok = sharedSpelling(r)
	}
	if !ok {
		return septetsOf(r) > 0 && c.fit(r)
	}
	for _, r := range s {
		if !c.fit(r) {
			return false
		}
	}
	return true
}

// bare writes r without its marks; nothing is left of a mark alone.
func (c *converter) bare(r rune) bool {
	if unicode.Is(unicode.M, r) {
		return true
	}
	var buf [utf8.UTFMax]byte
	decomposed := norm.NFD.Properties(utf8.AppendRune(buf[:0], r)).Decomposition()
	start := len(c.out)
	for len(decomposed) > 0 {
		base, size := utf8.DecodeRune(decomposed)
		decomposed = decomposed[size:]
		if unicode.Is(unicode.M, base) {
			continue
		}
		if !c.letter(base) {
			return false
		}
	}
	return len(c.out) > start
}

// fit writes a GSM 7-bit character with what this channel carries of it.
func (c *converter) fit(r rune) bool {
	if carried(r, c.letters, c.extension) {
		c.out = utf8.AppendRune(c.out, r)
		return true
	}
	s, ok := withoutExtension(r)
	if !ok {
		s, ok = withoutAccent(r)
	}
	c.out = append(c.out, s...)
	return ok
}

// tidy strips control and invisible characters and composes the rest. It
// strips first: what stood around a stripped character composes too, and a
// second pass finds nothing left to do.
func tidy(text string) string {
	clean := true
	for i, r := range text {
		if unicode.IsControl(r) && r != '\n' || invisible(r) || r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			clean = false
			break
		}
	}
	if clean {
		return norm.NFC.String(text)
	}
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range text {
		switch {
		case r == '\t':
			out.WriteByte(' ')
		case unicode.IsControl(r) && r != '\n', invisible(r):
		default:
			out.WriteRune(r)
		}
	}
	return norm.NFC.String(out.String())
}
