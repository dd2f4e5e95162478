package kannel

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Dialect is how an operator's link uses the SMPP parameters of USSD: ussd_service_op (0x0501), and which TLV names the
// dialogue. The names are those of the smpp-tlv groups in kannel.conf.
type Dialect struct {
	Begin []byte // operations of a dial
	Input []byte // of an answer
	Abort []byte // of the end of a dialogue by the network or the person
	Other bool   // an operation in none of the lists is an answer; otherwise it is an end

	Menu, End byte // operations of a screen that waits and of one that ends

	Session string // TLV that names the dialogue: SessionInfo or MessageReference
	Counts  bool   // the second octet of SessionInfo counts messages and does not belong to the name
	EndBit  bool   // bit 0 of SessionInfo says that the dialogue is over
}

// TLVs that name a dialogue.
const (
	SessionInfo      = "its_session_info"       // 0x1383, two octets
	MessageReference = "user_message_reference" // 0x0204, an integer of two octets
)

const serviceOp = "ussd_service_op"

// FindDialect returns the dialect of that name: spec (SMPP 3.4 with the session info of its v5 annex), tata (Tata and
// most aggregators), 6d, mica. An empty name is spec.
func FindDialect(name string) (Dialect, bool) {
	switch name {
	case "", "spec":
		return Dialect{Begin: []byte{0x01}, Input: []byte{0x12}, Menu: 0x02, End: 0x11, Session: SessionInfo, Counts: true, EndBit: true}, true
	case "tata":
		return Dialect{Begin: []byte{0x01}, Input: []byte{0x02, 0x12}, Menu: 0x02, End: 0x02, Session: SessionInfo, EndBit: true}, true
	case "6d":
		return Dialect{
			Begin: []byte{0x01}, Input: []byte{0x12}, Abort: []byte{0x81}, Other: true, Menu: 0x02, End: 0x17, Session: SessionInfo, EndBit: true,
		}, true
	case "mica":
		return Dialect{
			Begin: []byte{0x01}, Input: []byte{0x12}, Abort: []byte{0x81}, Other: true, Menu: 0x02, End: 0x17, Session: MessageReference,
		}, true
	}
	return Dialect{}, false
}

// ParseDialect reads the setting "ussd": a preset's name under "preset" and what differs from it under op_begin, op_input,
// op_abort (a number or a list), op_menu, op_end, session and end_bit. Numbers may be hexadecimal. All faults are reported
// at once; nil is the specification's dialect.
func ParseDialect(value any) (Dialect, error) {
	setting, isMap := value.(map[string]any)
	if value != nil && !isMap {
		return Dialect{}, errors.New("kannel: ussd: a mapping is expected")
	}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("kannel: ussd.%s: %s", key, why)) }
	preset, _ := setting["preset"].(string)
	d, ok := FindDialect(preset)
	if !ok {
		wrong("preset", "one of spec, tata, 6d, mica")
	}
	ops := func(key string, value any) (out []byte) {
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, item := range list {
			n, err := strconv.ParseUint(strings.TrimSpace(fmt.Sprint(item)), 0, 8)
			if err != nil {
				wrong(key, "operations from 0 to 255 are expected")
				return nil
			}
			out = append(out, byte(n))
		}
		return out
	}
	for key, value := range setting {
		switch key {
		case "preset":
		case "op_begin":
			d.Begin = ops(key, value)
		case "op_input":
			d.Input = ops(key, value)
		case "op_abort":
			d.Abort = ops(key, value)
		case "op_menu", "op_end":
			one := ops(key, value)
			switch {
			case len(one) != 1:
				wrong(key, "one operation is expected")
			case key == "op_menu":
				d.Menu = one[0]
			default:
				d.End = one[0]
			}
		case "session":
			if d.Session, _ = value.(string); d.Session != SessionInfo && d.Session != MessageReference {
				wrong(key, "one of "+SessionInfo+", "+MessageReference)
			}
		case "end_bit":
			on, err := strconv.ParseBool(fmt.Sprint(value))
			if err != nil {
				wrong(key, "true or false is expected")
			}
			d.EndBit = on
		default:
			wrong(key, "unknown")
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) }) // maps have no order
	return d, errors.Join(faults...)
}

// meaning is what a request does to a dialogue.
type meaning uint8

const (
	begins meaning = iota
	answers
	ends
)

// meaning reads the operation and the session TLV of a request.
func (d Dialect) meaning(op byte, session []byte) meaning {
	switch {
	case d.EndBit && len(session) > 0 && session[len(session)-1]&1 == 1, slices.Contains(d.Abort, op):
		return ends
	case slices.Contains(d.Begin, op):
		return begins
	case slices.Contains(d.Input, op), d.Other:
		return answers
	}
	return ends
}

// name is the part of a session TLV that stays the same through a dialogue.
func (d Dialect) name(session []byte) []byte {
	name := slices.Clone(session)
	switch {
	case d.Counts && len(name) > 1:
		return name[:1]
	case d.EndBit && len(name) > 0:
		name[len(name)-1] &^= 1
	}
	return name
}

// tlvs reads the SMPP group of meta-data: "?smpp?name=value&name=value&", its values percent-encoded raw octets. Other
// groups may stand beside it.
func tlvs(meta string) map[string][]byte {
	_, group, ok := strings.Cut(meta, "?smpp?")
	if !ok {
		return nil
	}
	group, _, _ = strings.Cut(group, "?")
	out := make(map[string][]byte, 4)
	for pair := range strings.SplitSeq(group, "&") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || len(out) >= 32 {
			continue
		}
		if raw, err := url.QueryUnescape(value); err == nil {
			out[name] = []byte(raw)
		}
	}
	return out
}

// meta writes the TLVs of a screen. An integer is decimal text on its way out, though a raw octet on its way in.
func (d Dialect) meta(session []byte, last bool) string {
	op := d.Menu
	if last {
		op = d.End
	}
	out := "?smpp?" + serviceOp + "=" + strconv.Itoa(int(op)) + "&" + d.Session + "="
	if d.Session == MessageReference {
		var n uint64
		for _, b := range session {
			n = n<<8 | uint64(b)
		}
		return out + strconv.FormatUint(n, 10)
	}
	session = slices.Clone(session)
	if last && d.EndBit && len(session) > 0 {
		session[len(session)-1] |= 1
	}
	for _, b := range session {
		out += fmt.Sprintf("%%%02X", b)
	}
	return out
}
