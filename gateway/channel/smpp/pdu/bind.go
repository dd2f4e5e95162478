package pdu

import (
	"errors"
	"fmt"
	"strings"
)

// Version is the interface_version of SMPP 3.4.
const Version = 0x34

// A Bind is the body of the three bind requests (SMPP 3.4 §4.1).
type Bind struct {
	SystemID   string // at most 15 octets
	Password   string // at most 8 octets
	SystemType string // at most 12 octets
	Version    byte
	TON, NPI   byte
	Range      string // address_range, at most 40 octets
}

// Longest fields of a bind in octets, without the final NUL.
const (
	maxSystemID   = 15
	maxPassword   = 8
	maxSystemType = 12
	maxRange      = 40
)

// Check reports every field that does not fit, without what is in it.
func (b *Bind) Check() error {
	var all []error
	for _, f := range []struct {
		name, value string
		max         int
	}{
		{"system_id", b.SystemID, maxSystemID}, {"password", b.Password, maxPassword},
		{"system_type", b.SystemType, maxSystemType}, {"address_range", b.Range, maxRange},
	} {
		if len(f.value) > f.max || strings.IndexByte(f.value, 0) >= 0 {
			all = append(all, fmt.Errorf("%s: at most %d octets", f.name, f.max))
		}
	}
	return errors.Join(all...)
}

// AppendBind writes a bind request that Check has passed.
func AppendBind(dst []byte, c Command, sequence uint32, b *Bind) []byte {
	dst, start := begin(dst, c, OK, sequence)
	dst = text(text(text(dst, b.SystemID), b.Password), b.SystemType)
	return finish(text(append(dst, b.Version, b.TON, b.NPI), b.Range), start)
}

// ParseBind reads a bind request.
func ParseBind(body []byte) (Bind, error) {
	r := reader{left: body}
	b := Bind{
		SystemID: r.text("system_id", maxSystemID), Password: r.text("password", maxPassword),
		SystemType: r.text("system_type", maxSystemType),
	}
	b.Version, b.TON, b.NPI = r.octet("interface_version"), r.octet("addr_ton"), r.octet("addr_npi")
	b.Range = r.text("address_range", maxRange)
	if r.err != nil {
		return Bind{}, r.err
	}
	return b, nil
}
