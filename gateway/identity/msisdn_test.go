package identity

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

func TestParse(t *testing.T) {
	const mali = "+22370123401"
	for raw, want := range map[string]string{
		"+22370123401":               mali,
		"0022370123401":              mali,
		"00 223 70 12 34 01":         mali,
		"22370123401":                mali,
		" 22370123401":               mali, // "+" read as a blank by form decoding
		"tel:+22370123401":           mali,
		"TEL:+223-70-12-34-01":       mali,
		"tel:+22370123401;ext=1":     mali,
		"70123401":                   mali,
		" 70 12 34 01 ":              mali,
		"70.12.34.01":                mali,
		"70-12-34-01":                mali,
		"+223 70\u00a012 34\u202f01": mali,
		"(+223) 70123401":            mali,
		"+22366000000":               "+22366000000",
		"50123456":                   "+22350123456",
		"82123456":                   "+22382123456",
		"99999999":                   "+22399999999",
		"+33612345678":               "+33612345678",
		"0033 6 12 34 56 78":         "+33612345678",
		" 33612345678":               "+33612345678",
		"+2250701020304":             "+2250701020304",
		"+22670123456":               "+22670123456",
		"+15005550006":               "+15005550006",
	} {
		m, err := Parse(raw)
		if err != nil || m.E164() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", raw, m.E164(), err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for raw, want := range map[string]error{
		"36036":                              ErrShortCode,
		"+36036":                             ErrShortCode,
		"1":                                  ErrShortCode,
		"tel:+2230000":                       ErrShortCode,
		"ORANGE":                             ErrShortCode,
		"Moov Money":                         ErrShortCode,
		"Malitel1":                           ErrShortCode,
		"":                                   ErrInvalid,
		"+":                                  ErrInvalid,
		"   ":                                ErrInvalid,
		"20212223":                           ErrInvalid, // land line, Bamako
		"+22320212223":                       ErrInvalid,
		"44901234":                           ErrInvalid,
		"80001132":                           ErrInvalid, // free-phone
		"+70123401":                          ErrInvalid, // says international, is not
		"+2237012340":                        ErrInvalid,
		"+223701234011":                      ErrInvalid,
		"223 7012 3401 1":                    ErrInvalid,
		"701234011":                          ErrInvalid, // nine digits belong to nobody
		"070123401":                          ErrInvalid,
		"+33123456789":                       ErrInvalid, // land line abroad
		"+447700900123":                      ErrInvalid, // range kept for drama
		"tel:70123401;phone-context=+225":    ErrInvalid,
		"mairie de kayes":                    ErrInvalid,
		"+223701234\x0001":                   ErrInvalid,
		"٧٠١٢٣٤٠١":                           ErrInvalid,
		"7012340170123401701234017":          ErrInvalid,
		strings.Repeat(" ", 90) + "70123401": ErrInvalid,
	} {
		m, err := Parse(raw)
		if !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %q, %v; want %v", raw, m.E164(), err, want)
		}
		if !m.IsZero() || m.E164() != "" || m.Masked() != "" {
			t.Errorf("Parse(%q) refused and still returned a number", raw)
		}
	}
}

// Whatever the reference plan calls a mobile number of Mali has to be let in; what baro lets in beyond it is listed here.
func TestMaliPlanCoversReference(t *testing.T) {
	beyond := map[string]bool{"81": true, "86": true, "87": true, "88": true}
	for first := '2'; first <= '9'; first++ {
		for second := '0'; second <= '9'; second++ {
			head := string([]rune{first, second})
			n, err := phonenumbers.Parse("+223"+head+"123456", "")
			if err != nil {
				t.Fatal(err)
			}
			mobile := phonenumbers.IsValidNumber(n) && phonenumbers.GetNumberType(n) == phonenumbers.MOBILE
			_, err = Parse(head + "123456")
			if got, want := err == nil, mobile || beyond[head]; got != want {
				t.Errorf("%s……: accepted %v, want %v", head, got, want)
			}
		}
	}
}

func TestMSISDNIsComparable(t *testing.T) {
	a, _ := Parse("70123401")
	b, _ := Parse("+223 70 12 34 01")
	c, _ := Parse("70123402")
	if a != b || a == c {
		t.Error("equality of values has to be equality of numbers")
	}
	if m := map[MSISDN]int{a: 1}; m[b] != 1 {
		t.Error("a number must find itself as a map key")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"+22370123401", "0022370123401", "tel:+33612345678;ext=5", "36036", " 223 70", "70.12-34(01", "+\xff", "００"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := Parse(raw)
		if err != nil {
			if !m.IsZero() || !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrShortCode) {
				t.Fatalf("refusal %v with number %v", err, m)
			}
			return
		}
		if again, err := Parse(m.E164()); err != nil || again != m {
			t.Fatalf("%q gave %q, which reads as %q, %v", raw, m.E164(), again.E164(), err)
		}
		if sealed, err := trusted([]byte(m.E164())); err != nil || sealed != m {
			t.Fatalf("%q does not survive sealing: %v", m.E164(), err)
		}
		if s := fmt.Sprint(m); strings.Contains(strings.ReplaceAll(s, " ", ""), m.E164()) {
			t.Fatalf("%q shows itself as %q", m.E164(), s)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, raw := range map[string]string{"mali": "+22370123401", "local": "70 12 34 01", "foreign": "+33612345678"} {
		b.Run(name, func(b *testing.B) {
			keep, _ := Parse(raw) // a live conversation keeps its number
			b.ReportAllocs()
			for b.Loop() {
				if m, err := Parse(raw); err != nil || m != keep {
					b.Fatal(err)
				}
			}
		})
	}
}
