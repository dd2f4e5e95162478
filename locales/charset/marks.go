package charset

// sharedSpelling is what every language has in common: typographic marks,
// spaces that phones lack, ligatures, and the accented letters outside GSM
// 7-bit. It is asked after the table of the language.
func sharedSpelling(r rune) (string, bool) {
	switch r {
	case '’', '‘', '\u02BC', '\u02BB', '´', '`':
		return "'", true
	case '“', '”', '„', '«', '»':
		return "\"", true
	case '‹':
		return "<", true
	case '›':
		return ">", true
	case '\u2013', '\u2014', '\u2011', '\u2212', '•':
		return "-", true
	case '·':
		return ".", true
	case '…':
		return "...", true
	case '°', 'ô', 'ó', 'õ':
		return "o", true
	case '×':
		return "x", true
	case '½':
		return "1/2", true
	case '\u00A0', '\u202F', '\u2009', '\u2007', '\t':
		return " ", true
	case 'œ':
		return "oe", true
	case 'Œ':
		return "OE", true
	case 'ÿ':
		return "y", true
	case 'Ÿ':
		return "Y", true
	case 'â', 'á', 'ã':
		return "a", true
	case 'ç':
		return "c", true
	case 'ê', 'ë':
		return "e", true
	case 'î', 'ï', 'í':
		return "i", true
	case 'û', 'ú':
		return "u", true
	case 'À', 'Â', 'Á':
		return "A", true
	case 'È', 'Ê', 'Ë':
		return "E", true
	case 'Î', 'Ï', 'Ì':
		return "I", true
	case 'Ô', 'Ò':
		return "O", true
	case 'Ù', 'Û':
		return "U", true
	}
	return "", false
}

// withoutAccent replaces the GSM 7-bit letters outside ASCII, for channels
// that spoil them. It merges è with e and ò with o again: Bambara words that
// differ in nothing else become equal, so it is for channels that force it.
func withoutAccent(r rune) (string, bool) {
	switch r {
	case 'à', 'ä', 'å':
		return "a", true
	case 'è', 'é':
		return "e", true
	case 'ì':
		return "i", true
	case 'ò', 'ö', 'ø':
		return "o", true
	case 'ù', 'ü':
		return "u", true
	case 'ñ':
		return "n", true
	case 'æ':
		return "ae", true
	case 'ß':
		return "ss", true
	case 'Ç':
		return "C", true
	case 'É':
		return "E", true
	case 'Ä', 'Å':
		return "A", true
	case 'Ö', 'Ø':
		return "O", true
	case 'Ü':
		return "U", true
	case 'Ñ':
		return "N", true
	case 'Æ':
		return "AE", true
	}
	return "", false
}

// withoutExtension replaces the characters of the extension table.
func withoutExtension(r rune) (string, bool) {
	switch r {
	case '[', '{':
		return "(", true
	case ']', '}':
		return ")", true
	case '|', '\\':
		return "/", true
	case '~':
		return "-", true
	case '^':
		return "", true
	case '€':
		return "EUR", true
	case '\f':
		return " ", true
	}
	return "", false
}

// invisible is true for the characters that are dropped: soft hyphen, zero
// width space and joiners, direction marks, word joiner, emoji presentation
// and byte order mark. One of them would turn a whole text into UCS-2.
func invisible(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u2060', '\uFE0F', '\uFEFF':
		return true
	}
	return false
}
