package charset

import (
	"strings"
	"testing"
)

func TestProfiles(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Profiles() {
		names[p.Name] = true
		if found, ok := FindProfile(p.Name); !ok || found != p {
			t.Errorf("FindProfile(%q) = %+v, %v", p.Name, found, ok)
		}
	}
	for _, name := range []string{"ussd", "ussd182", "sms", "sms-ascii"} {
		if !names[name] {
			t.Errorf("no profile %q", name)
		}
	}
	if _, ok := FindProfile("telex"); ok {
		t.Error("telex was found")
	}
}

func TestProfilesAreCopies(t *testing.T) {
	Profiles()[0].GSM7 = 1
	if p, _ := FindProfile("ussd"); p.GSM7 != 160 {
		t.Errorf("a caller changed the room of ussd to %d", p.GSM7)
	}
}

func TestProfileConvert(t *testing.T) {
	tests := []struct{ profile, lang, text, want string }{
		{"ussd", "bm", "mɔgɔ [1] à", "mogo (1) a"},
		{"ussd182", "bm", "mɔgɔ [1] à", "mògò [1] à"},
		{"sms", "fr", "fête à 5 €", "fete à 5 €"},
		{"sms-ascii", "fr", "fête à 5 €", "fete a 5 EUR"},
		{"sms", "ar", "شكرا", "شكرا"},
		{"ussd182", "ff-Adlm", "𞤀𞤣", "𞤀𞤣"},
		{"sms", "ar", "12 000 FCFA", "12 000 FCFA"},
		{"sms", "fr", "oui 👍", "oui ?"},
		{"ussd", "ar", "شكرا", "????"},
	}
	for _, tt := range tests {
		p, _ := FindProfile(tt.profile)
		got, lost := p.Convert(tt.text, tt.lang)
		if got != tt.want {
			t.Errorf("%s %s: %q became %q, want %q", tt.profile, tt.lang, tt.text, got, tt.want)
		}
		if (len(lost) > 0) != strings.Contains(tt.want, "?") {
			t.Errorf("%s %s: %q lost %q", tt.profile, tt.lang, tt.text, lost)
		}
		if !p.Fits(got) {
			t.Errorf("%s %s: %q does not fit", tt.profile, tt.lang, got)
		}
	}
	allLetters := Profile{GSM7: 160, UCS2: 70, Letters: UCS2Letters, Extension: true}
	if got, _ := allLetters.Convert("fête mɔgɔ", "bm"); got != "fête mɔgɔ" {
		t.Errorf("a profile of all letters wrote %q", got)
	}
	allLetters.UCS2 = 0
	if got, _ := allLetters.Convert("fête mɔgɔ", "bm"); got != "fete mògò" {
		t.Errorf("a profile without UCS-2 wrote %q", got)
	}
}

func TestProfileFits(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	e := func(n int) string { return strings.Repeat("ɛ", n) }
	tests := []struct {
		profile string
		text    string
		want    bool
	}{
		{"ussd", a(160), true},
		{"ussd", a(161), false},
		{"ussd", "é", false},
		{"ussd", "[", false},
		{"ussd", "ɛ", false},
		{"ussd182", a(182), true},
		{"ussd182", a(183), false},
		{"ussd182", a(180) + "€", true},
		{"ussd182", a(181) + "€", false},
		{"ussd182", e(80), true},
		{"ussd182", e(81), false},
		{"sms", a(1530), true},
		{"sms", a(1531), false},
		{"sms", e(670), true},
		{"sms", e(671), false},
		{"sms-ascii", a(1530), true},
		{"sms-ascii", "é", false},
		{"sms-ascii", "ɛ", false},
	}
	for _, tt := range tests {
		p, _ := FindProfile(tt.profile)
		if got := p.Fits(tt.text); got != tt.want {
			t.Errorf("%s: %d octets of %.8q fit: %v", tt.profile, len(tt.text), tt.text, got)
		}
	}
	single := Profile{GSM7: 160, Letters: ASCII, Concatenated: true}
	if !single.Fits(a(160)) || single.Fits(a(161)) {
		t.Error("without MaxParts one part is the most")
	}
	if (Profile{}).Fits("a") || !(Profile{}).Fits("") {
		t.Error("the zero profile carries something")
	}
}

func TestProfileLimit(t *testing.T) {
	p, _ := FindProfile("ussd182")
	if p.Limit(GSM7) != 182 || p.Limit(UCS2) != 80 {
		t.Errorf("limits are %d and %d", p.Limit(GSM7), p.Limit(UCS2))
	}
}
