package smpp

import (
	"errors"
	"fmt"

	"baro/gateway/channel/smpp/pdu"
)

// A Numbering is the type and plan of a number as the operator wants them (SMPP 3.4 §5.2.5 and §5.2.6).
type Numbering struct{ TON, NPI byte }

// ReadNumbering takes the settings ton and npi of a configuration; without any it is nil, and the look of a number decides.
func ReadNumbering(settings map[string]any) (*Numbering, error) {
	if len(settings) == 0 {
		return nil, nil
	}
	n := &Numbering{}
	var faults []error
	for key, value := range settings {
		var err error
		switch key {
		case "ton":
			err = one(&n.TON, words(value))
		case "npi":
			err = one(&n.NPI, words(value))
		default:
			err = errors.New("unknown setting")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	return n, errors.Join(faults...)
}

// numbering guesses what the operator left open: names are alphanumeric, short codes unknown, long numbers international.
func (c *Config) numbering() {
	if c.Destination == nil {
		c.Destination = &Numbering{pdu.TONInternational, pdu.NPIE164}
	}
	if c.Source != nil {
		return
	}
	c.Source = &Numbering{pdu.TONUnknown, pdu.NPIE164}
	for _, b := range []byte(c.From) {
		if b < '0' || b > '9' {
			c.Source = &Numbering{pdu.TONAlphanumeric, pdu.NPIUnknown}
			return
		}
	}
	if len(c.From) > 8 {
		c.Source.TON = pdu.TONInternational
	}
}
