package pdu

import (
	"encoding/binary"
	"math"
)

// Tag names an optional parameter (SMPP 3.4 §5.3.2).
type Tag uint16

// The optional parameters that are read or written.
const (
	ReceiptedMessageID   Tag = 0x001E
	UserMessageReference Tag = 0x0204
	SARReference         Tag = 0x020C
	SARTotal             Tag = 0x020E
	SARSequence          Tag = 0x020F
	InterfaceVersion     Tag = 0x0210
	NetworkErrorCode     Tag = 0x0423
	MessagePayload       Tag = 0x0424
	MessageState         Tag = 0x0427
	USSDServiceOp        Tag = 0x0501
	ITSSessionInfo       Tag = 0x1383
)

// A TLV is one optional parameter. Its value may be empty and its tag unknown.
type TLV struct {
	Tag   Tag
	Value []byte
}

// TLVs are the optional parameters in the order of the wire; a tag may repeat.
type TLVs []TLV

// Get gives the first value of a tag.
func (t TLVs) Get(tag Tag) (value []byte, found bool) {
	for _, p := range t {
		if p.Tag == tag {
			return p.Value, true
		}
	}
	return nil, false
}

// Octet gives a parameter of one octet.
func (t TLVs) Octet(tag Tag) (byte, bool) {
	v, ok := t.Get(tag)
	if !ok || len(v) == 0 {
		return 0, false
	}
	return v[len(v)-1], true
}

// Uint16 gives a parameter of two octets; some message centres send one.
func (t TLVs) Uint16(tag Tag) (uint16, bool) {
	v, ok := t.Get(tag)
	switch {
	case !ok || len(v) == 0:
		return 0, false
	case len(v) == 1:
		return uint16(v[0]), true
	}
	return binary.BigEndian.Uint16(v[len(v)-2:]), true
}

// Text gives a C-octet string with or without its final NUL.
func (t TLVs) Text(tag Tag) (string, bool) {
	v, ok := t.Get(tag)
	if !ok {
		return "", false
	}
	for i, b := range v {
		if b == 0 {
			return string(v[:i]), true
		}
	}
	return string(v), true
}

// OctetTLV makes a parameter of one octet.
func OctetTLV(tag Tag, v byte) TLV { return TLV{tag, []byte{v}} }

// Uint16TLV makes a parameter of two octets.
func Uint16TLV(tag Tag, v uint16) TLV { return TLV{tag, binary.BigEndian.AppendUint16(nil, v)} }

// parseTLVs reads what there is. A parameter that is cut off at the end is left out: the message before it is whole, and
// refusing it would make its sender try for ever.
func parseTLVs(b []byte) TLVs {
	var out TLVs
	for len(b) >= 4 {
		tag, length := Tag(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[2:]))
		if b = b[4:]; length > len(b) {
			break
		}
		out = append(out, TLV{tag, b[:length:length]})
		b = b[length:]
	}
	return out
}

func appendTLVs(dst []byte, all TLVs) []byte {
	for _, p := range all {
		if len(p.Value) > math.MaxUint16 {
			continue // cannot be written; Message.Check refuses it before
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(p.Tag))
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(p.Value)))
		dst = append(dst, p.Value...)
	}
	return dst
}
