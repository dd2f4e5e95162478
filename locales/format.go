package locales

import (
	"strconv"
	"time"
)

// AmountStyle is how an amount of money is written.
type AmountStyle uint8

const (
	Full  AmountStyle = iota // 1 250 000 FCFA
	Short                    // 6,9 M FCFA from one million, 1,25 Md FCFA from 1 milliard, else as Full
	Bare                     // 1 250 000
)

const (
	currency     = " FCFA"
	million      = 1_000_000
	milliard     = 1_000 * million
	shortMinimum = million
)

// The appenders below are the same in every language: ASCII digits, groups of
// three joined by a plain space, decimal comma. CLDR's patterns group with
// U+00A0 or U+202F and write Arabic digits, either of which turns a message
// into UCS-2.

// AppendAmount appends whole F CFA. Short rounds half away from zero to three
// significant digits and drops decimals that say nothing.
func AppendAmount(dst []byte, fcfa int64, style AmountStyle) []byte {
	n := magnitude(fcfa)
	if fcfa < 0 {
		dst = append(dst, '-')
	}
	switch {
	case style == Bare:
		return appendGrouped(dst, n)
	case style == Short && n >= shortMinimum:
		return append(appendShort(dst, n), currency...)
	default:
		return append(appendGrouped(dst, n), currency...)
	}
}

// AppendPercent appends a share given in tenths of a percent: 12,5 % or 57 %.
func AppendPercent(dst []byte, tenths int64) []byte {
	n := magnitude(tenths)
	if tenths < 0 {
		dst = append(dst, '-')
	}
	dst = appendGrouped(dst, n/10)
	if n%10 != 0 {
		dst = append(dst, ',', byte('0'+n%10))
	}
	return append(dst, " %"...)
}

// AppendDate appends dd/mm/yyyy in the location of t, which for people in Mali
// is Africa/Bamako.
func AppendDate(dst []byte, t time.Time) []byte {
	return t.AppendFormat(dst, "02/01/2006")
}

// AppendDay appends dd/mm in the location of t.
func AppendDay(dst []byte, t time.Time) []byte {
	return t.AppendFormat(dst, "02/01")
}

// AppendClock appends the time of day in the location of t: 9h or 9h30.
func AppendClock(dst []byte, t time.Time) []byte {
	dst = strconv.AppendInt(dst, int64(t.Hour()), 10)
	dst = append(dst, 'h')
	if m := t.Minute(); m != 0 {
		dst = append(dst, byte('0'+m/10), byte('0'+m%10))
	}
	return dst
}

// AppendDistance appends metres below one kilometre in steps of 50 (800 m), as
// precise as anybody walks, and whole
// kilometres, rounded half up, from there on (6 km). A negative distance
// counts as 0.
func AppendDistance(dst []byte, metres int64) []byte {
	n := uint64(max(metres, 0))
	if n < 975 {
		return append(strconv.AppendUint(dst, (n+25)/50*50, 10), " m"...)
	}
	return append(appendGrouped(dst, (n+500)/1000), " km"...)
}

// appendShort appends millions below what rounds to a milliard, else milliards.
func appendShort(dst []byte, n uint64) []byte {
	if n < milliard-million/2 {
		return append(appendRounded(dst, n, million), " M"...)
	}
	return append(appendRounded(dst, n, milliard), " Md"...)
}

// appendRounded appends n/unit with three significant digits, or whole when
// that takes more.
func appendRounded(dst []byte, n, unit uint64) []byte {
	hundredths := uint64(1) // of the unit, in one step of rounding
	switch {
	case n >= 100*unit-unit/20:
		hundredths = 100
	case n >= 10*unit-unit/200:
		hundredths = 10
	}
	step := unit / 100 * hundredths
	scaled := (n + step/2) / step * hundredths
	dst = appendGrouped(dst, scaled/100)
	switch decimals := scaled % 100; {
	case decimals == 0:
		return dst
	case decimals%10 == 0:
		return append(dst, ',', byte('0'+decimals/10))
	default:
		return append(dst, ',', byte('0'+decimals/10), byte('0'+decimals%10))
	}
}

// appendGrouped appends digits in groups of three joined by U+0020.
func appendGrouped(dst []byte, n uint64) []byte {
	var digits [20]byte
	plain := strconv.AppendUint(digits[:0], n, 10)
	for i, d := range plain {
		if i > 0 && (len(plain)-i)%3 == 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, d)
	}
	return dst
}
