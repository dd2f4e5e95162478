package charset

import "slices"

// Profile says what a channel carries. The zero limits carry nothing.
type Profile struct {
	Name string
	// GSM7 is the room of one screen or of a single SMS, in septets.
	GSM7 int
	// UCS2 is the same in UTF-16 units; 0 means that the channel shows no
	// UCS-2.
	UCS2 int
	// Letters is what texts are converted to; see Convert.
	Letters Letters
	// Extension is true where the characters of the extension table arrive.
	// They count double.
	Extension bool
	// Concatenated is true for SMS, where a longer text goes in parts of 153
	// septets or 67 units. USSD has no parts.
	Concatenated bool
	// MaxParts is the most parts of one message; below 1 it is 1.
	MaxParts int
}

// Profiles returns the built-in profiles:
//
//	ussd       160 plain ASCII characters; for every operator not yet proven
//	ussd182    182 septets or 80 UTF-16 units (3GPP TS 29.002 §17.7.4 and TS
//	           23.038 §6.1.2.3); for operators proven to show them
//	sms        160/153 septets or 70/67 UTF-16 units
//	sms-ascii  160/153 plain ASCII characters, for gateways that spoil accents
//
// Ten parts are as much as providers take in one message (1600 characters).
func Profiles() []Profile {
	return []Profile{
		{Name: "ussd", GSM7: 160, Letters: ASCII},
		{Name: "ussd182", GSM7: 182, UCS2: 80, Letters: GSM7Letters, Extension: true},
		{Name: "sms", GSM7: 160, UCS2: 70, Letters: GSM7Letters, Extension: true, Concatenated: true, MaxParts: 10},
		{Name: "sms-ascii", GSM7: 160, Letters: ASCII, Concatenated: true, MaxParts: 10},
	}
}

// FindProfile returns the built-in profile of that name.
func FindProfile(name string) (Profile, bool) {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return all[i], true
}

// Convert converts text for the channel; see the function [Convert]. A
// language without a table (ar, nqo, ff-Adlm) keeps its letters where the
// channel shows UCS-2 and GSM 7-bit would lose some. Elsewhere its texts come
// back as question marks: show another language instead.
func (p Profile) Convert(text, lang string) (string, []rune) {
	letters := p.Letters
	if p.UCS2 == 0 {
		letters = min(letters, GSM7Letters)
	}
	out, lost := Convert(text, lang, letters, p.Extension)
	if len(lost) > 0 && p.UCS2 > 0 && !HasLanguage(lang) {
		return Convert(text, lang, UCS2Letters, p.Extension)
	}
	return out, lost
}

// Fits is true when text, converted before, has only characters that the
// channel carries and is not too long for one screen or for MaxParts parts.
func (p Profile) Fits(text string) bool {
	e, units := Units(text)
	switch {
	case e == UCS2 && p.UCS2 == 0:
		return false
	case e == GSM7 && !Encodable(text, min(p.Letters, GSM7Letters), p.Extension):
		return false
	case units <= p.Limit(e):
		return true
	}
	return p.Concatenated && partsOf(text, e, units) <= max(p.MaxParts, 1)
}

// Limit is the room of one screen or of a single SMS in units of e, and 0 for
// an encoding the channel does not show.
func (p Profile) Limit(e Encoding) int {
	if e == UCS2 {
		return p.UCS2
	}
	return p.GSM7
}
