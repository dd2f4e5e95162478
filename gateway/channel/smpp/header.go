package smpp

import (
	"encoding/binary"

	"baro/gateway/channel/smpp/pdu"
)

// A part says which piece of which message a delivery is.
type part struct {
	method byte // how the pieces are tied together
	ref    uint16
	total  byte
	n      byte // from 1
}

// Ways of tying pieces together.
const (
	tiedByHeader8 byte = iota + 1
	tiedByHeader16
	tiedBySAR
)

// part reads a delivery's user data header (3GPP TS 23.040 §9.2.3.24) or SAR parameters, and gives the octets of the text
// behind the header. What says nothing sensible is a message of its own.
func (d delivery) part() (p part, text []byte) {
	text = d.Text()
	if d.ESMClass&pdu.ESMHeader != 0 {
		if header, rest, ok := cutHeader(text); ok {
			return concatenation(header), rest
		}
		return part{}, text
	}
	ref, tied := d.TLVs.Uint16(pdu.SARReference)
	total, counted := d.TLVs.Octet(pdu.SARTotal)
	n, placed := d.TLVs.Octet(pdu.SARSequence)
	if p := (part{tiedBySAR, ref, total, n}); tied && counted && placed && p.sensible() {
		return p, text
	}
	return part{}, text
}

func (p part) sensible() bool { return p.total > 1 && p.n >= 1 && p.n <= p.total }

// cutHeader splits off a header whose length fits.
func cutHeader(octets []byte) (header, rest []byte, ok bool) {
	if len(octets) == 0 || int(octets[0]) >= len(octets) {
		return nil, octets, false
	}
	end := 1 + int(octets[0])
	return octets[1:end], octets[end:], true
}

// concatenation finds the element that ties parts together among a header's elements.
func concatenation(header []byte) part {
	for len(header) >= 2 {
		id, length := header[0], int(header[1])
		if header = header[2:]; length > len(header) {
			break
		}
		v := header[:length]
		header = header[length:]
		var p part
		switch {
		case id == 0x00 && length == 3:
			p = part{tiedByHeader8, uint16(v[0]), v[1], v[2]}
		case id == 0x08 && length == 4:
			p = part{tiedByHeader16, binary.BigEndian.Uint16(v), v[2], v[3]}
		}
		if p.sensible() {
			return p
		}
	}
	return part{}
}
