package table_test

import (
	"strconv"
	"strings"
	"testing"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		cell string
		unit int64
		want int64
		code report.Code
	}{
		{"15600000", 1, 15_600_000, ""},
		{"15 600 000,00", 1, 15_600_000, ""},
		{"15\u00a0600\u00a0000,00", 1, 15_600_000, ""},
		{"15\u202f600\u202f000", 1, 15_600_000, ""},
		{"15.600.000", 1, 15_600_000, ""},
		{"15,600,000", 1, 15_600_000, ""},
		{"15'600'000", 1, 15_600_000, ""},
		{"15’600’000.00", 1, 15_600_000, ""},
		{"15.600.000,00", 1, 15_600_000, ""},
		{"80763.00", 1, 80_763, ""},
		{"1.500", 1, 1_500, ""},
		{"0,00", 1, 0, ""},
		{"0", 1, 0, ""},
		{"-351 750,00", 1, -351_750, ""},
		{"−351 750", 1, -351_750, ""},
		{"(351 750)", 1, -351_750, ""},
		{"351 750-", 1, -351_750, ""},
		{"+12", 1, 12, ""},
		{"500 F CFA", 1, 500, ""},
		{"500F", 1, 500, ""},
		{"500 FCFA", 1, 500, ""},
		{"15,6", 1_000_000, 15_600_000, ""},
		{"1763,4", 1_000_000, 1_763_400_000, ""},
		{"12", 1_000, 12_000, ""},
		{"0,0005", 1_000, 0, report.Fraction},
		{"1,5", 1, 0, report.Fraction},
		{"1 234,50", 1, 0, report.Fraction},
		{"12.34", 1, 0, report.Fraction},
		{"1,500", 1, 0, report.Ambiguous},
		{"1.56412E+11", 1, 0, report.Exponent},
		{"1,5E+06", 1, 0, report.Exponent},
		{"", 1, 0, report.BadAmount},
		{"-", 1, 0, report.BadAmount},
		{"abc", 1, 0, report.BadAmount},
		{"12a", 1, 0, report.BadAmount},
		{"1..2", 1, 0, report.BadAmount},
		{"15.60.000", 1, 0, report.BadAmount},
		{"1500.000.000", 1, 0, report.BadAmount},
		{"1.000,000.00", 1, 0, report.BadAmount},
		{"--5", 1, 0, report.BadAmount},
		{"99999999999999999999", 1, 0, report.BadAmount},
		{"9223372036854775807", 1_000, 0, report.BadAmount},
		{"NaN", 1, 0, report.BadAmount},
		{"0x10", 1, 0, report.BadAmount},
	} {
		got, code := table.Amount(c.cell, c.unit)
		if got != c.want || code != c.code {
			t.Errorf("Amount(%q, %d) = %d, %q; want %d, %q", c.cell, c.unit, got, code, c.want, c.code)
		}
	}
}

// FuzzAmount: however an amount is grouped, it is read as the same number, and nothing makes the reader panic.
func FuzzAmount(f *testing.F) {
	f.Add(int64(15_600_000), " ", "1,5")
	f.Add(int64(-1), ".", "(1.000)")
	f.Add(int64(999), "\u00a0", "E+1")
	f.Fuzz(func(t *testing.T, n int64, separator, junk string) {
		table.Amount(junk, 1)
		table.Amount(junk, 1_000_000)
		switch separator {
		case " ", ".", "'", "\u00a0", "\u202f":
		default:
			return
		}
		if n < 0 {
			n = -n
		}
		if n < 0 {
			return
		}
		digits := strconv.FormatInt(n, 10)
		var groups []string
		for len(digits) > 3 {
			groups = append([]string{digits[len(digits)-3:]}, groups...)
			digits = digits[:len(digits)-3]
		}
		text := strings.Join(append([]string{digits}, groups...), separator) + ",00"
		if got, code := table.Amount(text, 1); got != n || code != "" {
			t.Errorf("Amount(%q) = %d, %q; want %d", text, got, code, n)
		}
	})
}

func TestCodesKeepZerosAndRefuseExponents(t *testing.T) {
	for cell, want := range map[string]report.Code{"01": "", "068": "", "2311": "", "1.56412E+11": report.BadCode, "1,5E+06": report.BadCode, "6A1E": "", "12E4": ""} {
		got, code := table.Code(cell)
		if code != want || code == "" && got != cell {
			t.Errorf("Code(%q) = %q, %q; want %q", cell, got, code, want)
		}
	}
}

func TestDegrees(t *testing.T) {
	for cell, want := range map[string]bool{"14.6311046": true, "-11,57": true, "181": false, "nan": false, "inf": false, "0x1p4": false, "": false, "1.2.3": false} {
		if _, ok := table.Degrees(cell); ok != want {
			t.Errorf("Degrees(%q) ok = %v, want %v", cell, ok, want)
		}
	}
}

func TestDate(t *testing.T) {
	for cell, want := range map[string]string{"2026-11-03": "2026-11-03", "03/11/2026": "2026-11-03", "3/1/2026": "2026-01-03", "20150408": "2015-04-08", "46329": "2026-11-03", "31/02/2026": "", "hier": ""} {
		got, ok := table.Date(cell)
		if ok != (want != "") || ok && got.Format("2006-01-02") != want {
			t.Errorf("Date(%q) = %v, %v; want %q", cell, got, ok, want)
		}
	}
}
