// Package identity holds what baro knows about a person's phone: the number itself, which never shows itself by accident,
// the keyring that seals it, and the pseudonyms by which everything else refers to it. It imports nothing else of baro.
package identity

import (
	"errors"
	"strings"
	"unique"

	"github.com/nyaruka/phonenumbers"
)

// MSISDN is a subscriber number in E.164 form. Two values are equal exactly when the numbers are.
//
// The digits stand behind a handle rather than in the struct, because fmt prints unexported fields of an enclosing
// struct by reflection without asking for String: a plain field would leak through %v of any type that holds a number.
type MSISDN struct {
	number unique.Handle[string] // "+" and 7 to 15 digits
}

// Errors of Parse. Neither carries the text that was refused: it may be a number.
var (
	// ErrShortCode: the sender has fewer than 8 digits or is a name. Operators' own messages come from such senders;
	// nothing about them is stored and nothing is answered.
	ErrShortCode = errors.New("identity: short code or sender name")
	// ErrInvalid: no subscriber number at all, or one that cannot belong to a mobile phone.
	ErrInvalid = errors.New("identity: not a mobile number")
)

const (
	maliCode   = "223"
	maliDigits = 8  // national significant number; Mali has no trunk prefix
	minForeign = 10 // a number written without "+" is believed to be international from this many digits on
	maxDigits  = 15 // E.164 §6
	maxRaw     = 64 // longest spelling looked at
)

// Parse reads a number as people and networks write it: +223…, 00223…, 223…, tel:+223… (RFC 3966), the eight digits of a
// Malian number, each with blanks, dots, dashes or brackets, and with the "+" lost to form decoding (a leading blank).
// Numbers of other countries are taken in international form. It returns ErrShortCode or ErrInvalid.
func Parse(raw string) (MSISDN, error) {
	if len(raw) > maxRaw {
		return MSISDN{}, ErrInvalid
	}
	s := strings.TrimSpace(raw)
	if len(s) >= 4 && strings.EqualFold(s[:4], "tel:") {
		s = strings.TrimSpace(s[4:])
		if i := strings.IndexByte(s, ';'); i >= 0 {
			// A local number is only meaningful within its phone-context; no provider sends one.
			if s = s[:i]; !strings.HasPrefix(s, "+") {
				return MSISDN{}, ErrInvalid
			}
		}
	}
	var buf [maxDigits + 4]byte // room for "+", "00" and one digit too many
	digits, plus, err := scan(s, buf[1:1])
	if err != nil {
		return MSISDN{}, err
	}
	if len(digits) < maliDigits {
		return MSISDN{}, ErrShortCode
	}
	if !plus && digits[0] == '0' {
		if digits[1] != '0' || len(digits)-2 < maliDigits {
			return MSISDN{}, ErrInvalid // a trunk prefix of some other country: no way to tell which
		}
		digits, plus = digits[2:], true
	}
	switch {
	case len(digits) == len(maliCode)+maliDigits && string(digits[:3]) == maliCode:
		return malian(digits[3:])
	case len(digits) == maliDigits && !plus:
		return malian(digits)
	case string(digits[:3]) == maliCode, !plus && len(digits) < minForeign, len(digits) > maxDigits:
		return MSISDN{}, ErrInvalid
	}
	return foreign("+" + string(digits))
}

// E164 returns the number in clear, "+" first, for the provider that must dial it and for sealing. It is the only way to
// get at the digits. The zero MSISDN gives "".
func (m MSISDN) E164() string {
	if m.IsZero() {
		return ""
	}
	return m.number.Value()
}

// IsZero reports whether m is no number.
func (m MSISDN) IsZero() bool { return m == MSISDN{} }

// scan collects the digits of s behind dst and reports a leading plus sign. It never grows dst.
func scan(s string, dst []byte) (digits []byte, plus bool, err error) {
	letters := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			if len(dst) == cap(dst) {
				return nil, false, ErrInvalid
			}
			dst = append(dst, byte(r))
		case r == '+' && !plus && len(dst) == 0:
			plus = true
		case isSeparator(r):
		case r > ' ' && r < 0x7f:
			letters = true
		default:
			return nil, false, ErrInvalid
		}
	}
	switch {
	case letters && len(s) <= 11 && len(dst) < maliDigits:
		return nil, false, ErrShortCode // alphanumeric sender: at most 11 characters (3GPP TS 23.040 §9.1.2.5)
	case letters, len(dst) == 0:
		return nil, false, ErrInvalid
	}
	return dst, plus, nil
}

func isSeparator(r rune) bool {
	switch r {
	case ' ', '\t', '.', '-', '(', ')', '/', '\u00a0', '\u202f', '\u2009', '\u2010', '\u2011', '\u2013':
		return true
	}
	return false
}

func malian(national []byte) (MSISDN, error) {
	if !maliMobile(national) {
		return MSISDN{}, ErrInvalid
	}
	var buf [1 + len(maliCode) + maliDigits]byte
	copy(buf[copy(buf[:], "+"+maliCode):], national)
	return MSISDN{number: unique.Make(string(buf[:]))}, nil
}

// foreign leaves the numbering plans of other countries to phonenumbers: 10 µs and some 50 allocations, once per inbound
// message of a diaspora number.
func foreign(e164 string) (MSISDN, error) {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return MSISDN{}, ErrInvalid
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.PERSONAL_NUMBER, phonenumbers.VOIP:
		return MSISDN{number: unique.Make(phonenumbers.Format(n, phonenumbers.E164))}, nil
	}
	return MSISDN{}, ErrInvalid
}

// trusted takes back a number that Parse accepted when it was sealed. The plans may have changed since; the person has not.
func trusted(e164 []byte) (MSISDN, error) {
	if len(e164) < 1+7 || len(e164) > 1+maxDigits || e164[0] != '+' {
		return MSISDN{}, ErrInvalid
	}
	for _, c := range e164[1:] {
		if c < '0' || c > '9' {
			return MSISDN{}, ErrInvalid
		}
	}
	return MSISDN{number: unique.Make(string(e164))}, nil
}
