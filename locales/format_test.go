package locales

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestAppendAmount(t *testing.T) {
	for _, tc := range []struct {
		fcfa  int64
		style AmountStyle
		want  string
	}{
		{0, Full, "0 FCFA"},
		{500, Full, "500 FCFA"},
		{1_000, Full, "1 000 FCFA"},
		{1_250_000, Full, "1 250 000 FCFA"},
		{-1_250_000, Full, "-1 250 000 FCFA"},
		{999_999_999_999, Full, "999 999 999 999 FCFA"},
		{1_250_000, Bare, "1 250 000"},
		{-12, Bare, "-12"},
		{math.MinInt64, Bare, "-9 223 372 036 854 775 808"},
		{999_999, Short, "999 999 FCFA"},
		{1_000_000, Short, "1 M FCFA"},
		{6_942_000, Short, "6,94 M FCFA"},
		{9_999_999, Short, "10 M FCFA"},
		{10_000_000, Short, "10 M FCFA"},
		{10_040_000, Short, "10 M FCFA"},
		{10_050_000, Short, "10,1 M FCFA"},
		{23_400_000, Short, "23,4 M FCFA"},
		{95_000_000, Short, "95 M FCFA"},
		{-95_000_000, Short, "-95 M FCFA"},
		{99_949_999, Short, "99,9 M FCFA"},
		{99_950_000, Short, "100 M FCFA"},
		{283_412_000, Short, "283 M FCFA"},
		{999_499_999, Short, "999 M FCFA"},
		{999_500_000, Short, "1 Md FCFA"},
		{1_000_000_000, Short, "1 Md FCFA"},
		{1_200_000_000, Short, "1,2 Md FCFA"},
		{1_250_000_000, Short, "1,25 Md FCFA"},
		{1_050_000_000, Short, "1,05 Md FCFA"},
		{2_960_000_000, Short, "2,96 Md FCFA"},
		{9_994_999_999, Short, "9,99 Md FCFA"},
		{9_995_000_000, Short, "10 Md FCFA"},
		{12_340_000_000, Short, "12,3 Md FCFA"},
		{99_950_000_000, Short, "100 Md FCFA"},
		{1_250_000_000_000, Short, "1 250 Md FCFA"},
		{math.MinInt64, Short, "-9 223 372 037 Md FCFA"},
	} {
		if got := string(AppendAmount(nil, tc.fcfa, tc.style)); got != tc.want {
			t.Errorf("AppendAmount(%d, %d) = %q, want %q", tc.fcfa, tc.style, got, tc.want)
		}
	}
}

func TestAppendPercentAndDistance(t *testing.T) {
	for tenths, want := range map[int64]string{
		125: "12,5 %", 570: "57 %", 0: "0 %", 5: "0,5 %", -5: "-0,5 %", 1000: "100 %", 12_345: "1 234,5 %",
	} {
		if got := string(AppendPercent(nil, tenths)); got != want {
			t.Errorf("AppendPercent(%d) = %q, want %q", tenths, got, want)
		}
	}
	for metres, want := range map[int64]string{
		0: "0 m", 800: "800 m", 999: "1 km", 1000: "1 km", 1499: "1 km", 1500: "2 km", 6000: "6 km",
		12_300: "12 km", 1_234_567: "1 235 km", -5: "0 m", math.MaxInt64: "9 223 372 036 854 776 km",
	} {
		if got := string(AppendDistance(nil, metres)); got != want {
			t.Errorf("AppendDistance(%d) = %q, want %q", metres, got, want)
		}
	}
}

func TestAppendTimes(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 59, 0, time.UTC) }
	if got := string(AppendDate([]byte("le "), at(9, 0))); got != "le 02/03/2026" {
		t.Errorf("date %q", got)
	}
	if got := string(AppendDay(nil, at(9, 0))); got != "02/03" {
		t.Errorf("day %q", got)
	}
	for want, when := range map[string]time.Time{
		"9h": at(9, 0), "9h30": at(9, 30), "9h05": at(9, 5), "0h": at(0, 0), "23h59": at(23, 59),
	} {
		if got := string(AppendClock(nil, when)); got != want {
			t.Errorf("clock %q, want %q", got, want)
		}
	}
	night := time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC).In(time.FixedZone("later", 3600))
	if got := string(AppendDate(nil, night)); got != "03/03/2026" {
		t.Errorf("date in its location %q", got)
	}
}

func FuzzAppendAmount(f *testing.F) {
	for _, n := range []int64{0, -1, 10_000_000, 999_500_000, math.MinInt64, math.MaxInt64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		full := string(AppendAmount(nil, n, Full))
		if digits := strings.NewReplacer(" ", "", "FCFA", "").Replace(full); digits != strconv.FormatInt(n, 10) {
			t.Errorf("%d is written %q", n, full)
		}
		short := string(AppendAmount(nil, n, Short))
		if len(short) > len(full) {
			t.Errorf("%q is longer than %q", short, full)
		}
		for _, r := range full + short {
			if r > '~' {
				t.Errorf("%q is not ASCII", full+short)
			}
		}
	})
}
