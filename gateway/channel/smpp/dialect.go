package smpp

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baro/gateway/channel/smpp/pdu"
)

// Operations of ussd_service_op (SMPP 3.4 §5.3.2.44), and two that vendors made up.
const (
	opRequest     = 0x01 // PSSR indication: the person dials
	opMenu        = 0x02 // USSR request: wants input
	opFinal       = 0x11 // PSSR response: ends
	opInput       = 0x12 // USSR confirm: the input
	opVendorFinal = 0x17
	opVendorAbort = 0x81
)

// Where a dialect carries what it carries.
const (
	SessionInfo   = "its_session_info"       // octet 1 the session, octet 2 a sequence and the end bit
	SessionDialog = "its_dialog15"           // the same parameter: 15 bits and the end bit
	SessionRef    = "user_message_reference" // two octets

	CodeShort  = "short_message"
	CodeDest   = "destination_addr"
	CodeEither = "either" // short_message where it looks dialled, else destination_addr
)

// OtherOp is what an operation means that a dialect does not name.
type OtherOp string

// The meanings of unnamed operations.
const (
	OtherIgnored OtherOp = "ignored"
	OtherInput   OtherOp = "input"
	OtherOver    OtherOp = "over"
)

// A Dialect is how one gateway speaks USSD over SMPP.
type Dialect struct {
	Begin   byte
	Input   []byte
	Abort   []byte
	Other   OtherOp
	Menu    byte // of a screen that wants input
	End     byte // of one that does not
	Session string
	EndBit  bool // the end is (also) told by bit 0 of its_session_info
	CodeIn  string
}

// FindDialect gives a preset: spec (SMPP 3.4), tata, 6d or mica.
func FindDialect(name string) (Dialect, bool) {
	switch name {
	case "spec", "":
		return Dialect{Begin: opRequest, Input: []byte{opInput}, Other: OtherIgnored, Menu: opMenu, End: opFinal,
			Session: SessionInfo, EndBit: true, CodeIn: CodeEither}, true
	case "tata":
		return Dialect{Begin: opRequest, Input: []byte{opMenu, opInput}, Abort: []byte{opFinal}, Other: OtherOver, Menu: opMenu, End: opMenu,
			Session: SessionDialog, EndBit: true, CodeIn: CodeDest}, true
	case "6d":
		return Dialect{Begin: opRequest, Input: []byte{opInput}, Abort: []byte{opVendorAbort}, Other: OtherInput, Menu: opMenu, End: opVendorFinal,
			Session: SessionDialog, EndBit: true, CodeIn: CodeShort}, true
	case "mica":
		return Dialect{Begin: opRequest, Input: []byte{opInput}, Abort: []byte{opVendorAbort}, Other: OtherInput, Menu: opMenu, End: opVendorFinal,
			Session: SessionRef, CodeIn: CodeShort}, true
	}
	return Dialect{}, false
}

// ReadDialect takes the settings of a configuration: a preset under "dialect" and what differs from it. Numbers are
// decimal, or hexadecimal with 0x; lists are separated by commas or are lists. It reports everything that is wrong.
func ReadDialect(settings map[string]any) (Dialect, error) {
	name, _ := settings["dialect"].(string)
	d, ok := FindDialect(name)
	if !ok {
		return d, errors.New("smpp: ussd.dialect: one of spec, tata, 6d, mica")
	}
	var faults []error
	for key, value := range settings {
		text := words(value)
		var err error
		switch key {
		case "dialect":
		case "op_begin":
			err = one(&d.Begin, text)
		case "op_input":
			d.Input, err = ops(text)
		case "op_abort":
			d.Abort, err = ops(text)
		case "op_menu":
			err = one(&d.Menu, text)
		case "op_end":
			err = one(&d.End, text)
		case "op_other":
			d.Other = OtherOp(strings.Join(text, ","))
			err = among(string(d.Other), string(OtherIgnored), string(OtherInput), string(OtherOver))
		case "session":
			d.Session = strings.Join(text, ",")
			err = among(d.Session, SessionInfo, SessionDialog, SessionRef)
		case "code_in":
			d.CodeIn = strings.Join(text, ",")
			err = among(d.CodeIn, CodeShort, CodeDest, CodeEither)
		case "end_bit":
			answer := strings.Join(text, ",")
			d.EndBit = answer == "yes" || answer == "true" || answer == "on"
			err = among(answer, "yes", "no", "true", "false", "on", "off")
		default:
			err = errors.New("unknown setting")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("smpp: ussd.%s: %w", key, err))
		}
	}
	return d, errors.Join(faults...)
}

func words(value any) (out []string) {
	if list, ok := value.([]any); ok {
		for _, v := range list {
			out = append(out, fmt.Sprint(v))
		}
		return out
	}
	if list, ok := value.([]string); ok {
		return list
	}
	for _, w := range strings.Split(fmt.Sprint(value), ",") {
		out = append(out, strings.TrimSpace(w))
	}
	return out
}

func ops(text []string) (out []byte, err error) {
	for _, w := range text {
		n, err := strconv.ParseUint(w, 0, 8)
		if err != nil {
			return nil, errors.New("numbers from 0 to 255 are expected")
		}
		out = append(out, byte(n))
	}
	return out, nil
}

func one(op *byte, text []string) error {
	all, err := ops(text)
	if err == nil && len(all) != 1 {
		err = errors.New("one number is expected")
	}
	if err == nil {
		*op = all[0]
	}
	return err
}

func among(value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return fmt.Errorf("one of %s", strings.Join(words, ", "))
}

// step is what a delivery means to a dialogue.
type step uint8

const (
	stepIgnored step = iota
	stepBegin
	stepInput
	stepOver
)

// step reads the operation and the end bit.
func (d *Dialect) step(m *pdu.Message) step {
	op, named := m.TLVs.Octet(pdu.USSDServiceOp)
	switch {
	case d.EndBit && d.ended(m), named && slices.Contains(d.Abort, op):
		return stepOver
	case named && op == d.Begin, !named && dialled(string(m.Text())):
		return stepBegin
	case !named, slices.Contains(d.Input, op), d.Other == OtherInput:
		return stepInput
	case d.Other == OtherOver:
		return stepOver
	}
	return stepIgnored
}

func (d *Dialect) ended(m *pdu.Message) bool {
	last, found := m.TLVs.Octet(pdu.ITSSessionInfo)
	return found && d.Session != SessionRef && last&1 == 1
}

// session gives the id of the dialogue and, where the gateway counts, the number of the step in it. "" is none: then the
// phone stands for the dialogue.
func (d *Dialect) session(m *pdu.Message) (id, mark string) {
	if d.Session == SessionRef {
		v, _ := m.TLVs.Get(pdu.UserMessageReference)
		return hex.EncodeToString(v[:min(len(v), 2)]), ""
	}
	v, _ := m.TLVs.Get(pdu.ITSSessionInfo)
	switch {
	case len(v) != 2:
		return "", ""
	case d.Session == SessionInfo:
		return hex.EncodeToString(v[:1]), strconv.Itoa(int(v[1] >> 1))
	}
	return strconv.Itoa(int(binary.BigEndian.Uint16(v) >> 1)), ""
}

// reply gives the parameters of the screen that answers m.
func (d *Dialect) reply(m *pdu.Message, end bool) pdu.TLVs {
	op := d.Menu
	if end {
		op = d.End
	}
	out := pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, op)}
	if d.Session == SessionRef {
		if v, ok := m.TLVs.Get(pdu.UserMessageReference); ok {
			out = append(out, pdu.TLV{Tag: pdu.UserMessageReference, Value: v})
		}
		return out
	}
	v, ok := m.TLVs.Get(pdu.ITSSessionInfo)
	if !ok || len(v) != 2 {
		return out
	}
	v = []byte{v[0], v[1] &^ 1}
	if d.Session == SessionInfo {
		v[1] += 2 // each message of a session counts one on, which leaves bit 0 alone
	}
	if end && d.EndBit {
		v[1] |= 1
	}
	return append(out, pdu.TLV{Tag: pdu.ITSSessionInfo, Value: v})
}

// code gives what was dialled.
func (d *Dialect) code(m *pdu.Message, text string) string {
	switch {
	case d.CodeIn == CodeDest, d.CodeIn == CodeEither && !dialled(text):
		return m.Dest.Addr
	}
	return text
}

// dialled is true for what looks typed to open a dialogue.
func dialled(text string) bool {
	return len(text) > 2 && (text[0] == '*' || text[0] == '#') && text[len(text)-1] == '#'
}
