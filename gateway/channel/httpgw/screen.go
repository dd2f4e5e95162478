package httpgw

import (
	"fmt"
	"strconv"

	"baro/locales/charset"
)

// Screen is the profile of a USSD channel: what its settings, or their preset, say about screens, over the profile that is
// configured. Mistakes are reported by NewUSSD; with one the profile stays as it was.
func Screen(own map[string]any, configured charset.Profile) charset.Profile {
	s, err := load("ussd", own)
	if err != nil {
		return configured
	}
	if p := compileScreen(s, configured); len(s.faults) == 0 {
		return p
	}
	return configured
}

// compileScreen reads limits.screen. The name tells the room, because screens are proved once for each name.
func compileScreen(s *settings, configured charset.Profile) charset.Profile {
	const at = "limits.screen"
	if len(s.below(at)) == 0 {
		return configured
	}
	p := configured
	number := func(key string, otherwise int) int {
		n, err := strconv.Atoi(s.text(key, strconv.Itoa(otherwise)))
		if err != nil || n < 0 || n > maxRoom {
			s.wrong(key, "a number up to %d is expected", maxRoom)
		}
		return n
	}
	switch s.oneOf(at+".alphabet", alphabetOf(p), "ascii", "gsm7", "ucs2") {
	case "ascii":
		p.Letters, p.UCS2, p.Extension = charset.ASCII, 0, false
	case "gsm7":
		p.Letters, p.UCS2, p.Extension = charset.GSM7Letters, 0, true
	case "ucs2":
		p.Letters, p.Extension = charset.GSM7Letters, true
		p.UCS2 = number(at+".units", max(p.UCS2, defaultUnits))
	}
	if p.GSM7 = number(at+".septets", p.GSM7); p.GSM7 < minRoom {
		s.wrong(at+".septets", "at least %d are needed", minRoom)
	}
	if p.UCS2 == 0 && s.has(at+".units") {
		s.wrong(at+".units", "only with the alphabet ucs2")
	}
	if p != configured {
		p.Name = fmt.Sprintf("%s/%d-%d-%s", configured.Name, p.GSM7, p.UCS2, alphabetOf(p))
	}
	return p
}

// Bounds of screens: with less no menu has room, and more is no screen of USSD.
const (
	minRoom      = 80
	maxRoom      = 182
	defaultUnits = 70
)

func alphabetOf(p charset.Profile) string {
	switch {
	case p.UCS2 > 0:
		return "ucs2"
	case p.Letters == charset.ASCII:
		return "ascii"
	}
	return "gsm7"
}
