package pdu

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
)

// An Address is a number with its type and plan (SMPP 3.4 §5.2.5–§5.2.9).
type Address struct {
	TON, NPI byte
	Addr     string
}

// Types and plans of numbers.
const (
	TONUnknown       = 0
	TONInternational = 1
	TONNetwork       = 3
	TONAlphanumeric  = 5
	TONAbbreviated   = 6
	NPIUnknown       = 0
	NPIE164          = 1
)

// Bits of esm_class (§5.2.12).
const (
	ESMTypeMask     = 0x3C
	ESMReceipt      = 0x04
	ESMIntermediate = 0x20
	ESMHeader       = 0x40 // the text begins with a user data header
)

// Longest fields in octets, without the final NUL.
const (
	MaxShort   = 254
	maxService = 5
	maxAddress = 20
	maxTime    = 16
)

// A Message is the body of submit_sm, deliver_sm and data_sm. data_sm has only some of the fields, and its text in
// message_payload.
type Message struct {
	ServiceType  string
	Source, Dest Address
	ESMClass     byte
	ProtocolID   byte
	Priority     byte
	Schedule     string
	Validity     string
	Registered   byte
	Replace      byte
	Coding       byte
	DefaultID    byte
	Short        []byte
	TLVs         TLVs
}

// Text gives the octets of the message: short_message, or message_payload where that is empty.
func (m *Message) Text() []byte {
	if len(m.Short) == 0 {
		if v, ok := m.TLVs.Get(MessagePayload); ok {
			return v
		}
	}
	return m.Short
}

// Check says why a message cannot be written. The text of the error holds no field's content.
func (m *Message) Check() error {
	for _, f := range []struct {
		name, value string
		max         int
	}{
		{"service_type", m.ServiceType, maxService}, {"source_addr", m.Source.Addr, maxAddress}, {"destination_addr", m.Dest.Addr, maxAddress},
		{"schedule_delivery_time", m.Schedule, maxTime}, {"validity_period", m.Validity, maxTime},
	} {
		if len(f.value) > f.max || strings.IndexByte(f.value, 0) >= 0 {
			return fmt.Errorf("smpp: %s does not fit into %d octets", f.name, f.max)
		}
	}
	if len(m.Short) > MaxShort {
		return errors.New("smpp: short_message is longer than 254 octets")
	}
	for _, p := range m.TLVs {
		if len(p.Value) > math.MaxUint16 {
			return fmt.Errorf("smpp: parameter %#04x is too long", uint16(p.Tag))
		}
	}
	return nil
}

// AppendMessage writes a submit_sm or deliver_sm that Check has passed.
func AppendMessage(dst []byte, c Command, sequence uint32, m *Message) []byte {
	dst, start := begin(dst, c, OK, sequence)
	dst = text(dst, m.ServiceType)
	dst = address(address(dst, m.Source), m.Dest)
	dst = append(dst, m.ESMClass, m.ProtocolID, m.Priority)
	dst = text(text(dst, m.Schedule), m.Validity)
	dst = append(dst, m.Registered, m.Replace, m.Coding, m.DefaultID, byte(len(m.Short)))
	dst = append(dst, m.Short...)
	return finish(appendTLVs(dst, m.TLVs), start)
}

// ParseMessage reads the body of submit_sm or deliver_sm. What it returns shares the memory of body. The error is a
// *FieldError.
func ParseMessage(body []byte) (Message, error) {
	r := reader{left: body}
	m := Message{ServiceType: r.text("service_type", maxService)}
	m.Source, m.Dest = r.address("source_addr"), r.address("destination_addr")
	m.ESMClass, m.ProtocolID, m.Priority = r.octet("esm_class"), r.octet("protocol_id"), r.octet("priority_flag")
	m.Schedule, m.Validity = r.text("schedule_delivery_time", maxTime), r.text("validity_period", maxTime)
	m.Registered, m.Replace = r.octet("registered_delivery"), r.octet("replace_if_present_flag")
	m.Coding, m.DefaultID = r.octet("data_coding"), r.octet("sm_default_msg_id")
	length := int(r.octet("sm_length"))
	if m.Short = r.octets(length); m.Short == nil && length > 0 {
		r.fail("short_message", InvalidLength)
	}
	if r.err != nil {
		return Message{}, r.err
	}
	m.TLVs = parseTLVs(r.left)
	return m, nil
}

// ParseData reads the body of data_sm.
func ParseData(body []byte) (Message, error) {
	r := reader{left: body}
	m := Message{ServiceType: r.text("service_type", maxService)}
	m.Source, m.Dest = r.address("source_addr"), r.address("destination_addr")
	m.ESMClass, m.Registered, m.Coding = r.octet("esm_class"), r.octet("registered_delivery"), r.octet("data_coding")
	if r.err != nil {
		return Message{}, r.err
	}
	m.TLVs = parseTLVs(r.left)
	return m, nil
}

// AppendID writes an answer whose body is a message_id: to submit_sm, and empty to deliver_sm and data_sm.
func AppendID(dst []byte, c Command, s Status, sequence uint32, id string) []byte {
	dst, start := begin(dst, c, s, sequence)
	return finish(text(dst, id), start)
}

// ParseID reads a message_id. Negative answers may have no body, and some message centres forget the NUL.
func ParseID(body []byte) string {
	if i := bytes.IndexByte(body, 0); i >= 0 {
		body = body[:i]
	}
	const longest = 64
	return string(body[:min(len(body), longest)])
}
