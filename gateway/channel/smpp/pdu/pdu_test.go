package pdu_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"baro/gateway/channel/smpp/pdu"
)

func octets(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The octets were laid out by hand after SMPP 3.4 §4: they prove the order of the fields, which a round trip cannot.
func TestUnitsAreLaidOutAsTheStandardSays(t *testing.T) {
	submit := pdu.Message{
		ServiceType: "CMT", Source: pdu.Address{TON: 5, Addr: "BARO"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "22370"},
		ESMClass: 0x40, ProtocolID: 2, Priority: 1, Validity: "000002000000000R", Registered: 1, Coding: 8,
		Short: []byte{5, 0, 3}, TLVs: pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, 2), {Tag: 0x1400}},
	}
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"bind_transceiver": {
			pdu.AppendBind(nil, pdu.BindTransceiver, 1, &pdu.Bind{SystemID: "baro", Password: "pw", SystemType: "VMA", Version: pdu.Version}),
			"00000024 00000009 00000000 00000001 6261726f00 707700 564d4100 34 00 00 00 ",
		},
		"submit_sm": {
			pdu.AppendMessage(nil, pdu.SubmitSM, 0x7FFFFFFF, &submit),
			`00000054 00000004 00000000 7fffffff 434d5400 0500 4241524f00 0101 323233373000 40 02 01 00
			 3030303030323030303030303030305200 01 00 08 00 03 050003 0501000102 14000000`,
		},
		"submit_sm_resp":    {pdu.AppendID(nil, pdu.SubmitSM.Resp(), pdu.OK, 7, "A1"), "00000013 80000004 00000000 00000007 413100"},
		"enquire_link_resp": {pdu.Append(nil, pdu.PDU{Command: pdu.EnquireLink.Resp(), Sequence: 9}), "00000010 80000015 00000000 00000009"},
		"generic_nack": {
			pdu.Append(nil, pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommand, Sequence: 3}), "00000010 80000000 00000003 00000003",
		},
	} {
		want := octets(t, c.want)
		if name == "bind_transceiver" || name == "submit_sm" {
			want[3] = byte(len(want)) // the length is the sum of what was written out above
		}
		if !bytes.Equal(c.got, want) {
			t.Errorf("%s:\n got %x\nwant %x", name, c.got, want)
		}
	}
	p, err := pdu.Read(bytes.NewReader(pdu.AppendMessage(nil, pdu.DeliverSM, 5, &submit)))
	if err != nil || p.Command != pdu.DeliverSM || p.Sequence != 5 {
		t.Fatalf("read back %+v, %v", p, err)
	}
	back, err := pdu.ParseMessage(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	submit.TLVs[1].Value = []byte{}
	if !reflect.DeepEqual(back, submit) {
		t.Errorf("read back %+v, want %+v", back, submit)
	}
}

func TestStreamsAreLostOnlyByTheirLength(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		err    error
	}{
		"too short a length": {"0000000f 00000015 00000000 00000001", pdu.ErrFrame},
		"too long a length":  {"00011171 00000015 00000000 00000001", pdu.ErrFrame},
		"an HTTP request":    {hex.EncodeToString([]byte("GET / HTTP/1.1\r\n\r\n")), pdu.ErrFrame},
		"cut in the header":  {"00000010 00000015 0000", io.ErrUnexpectedEOF},
		"cut in the body":    {"00000014 00000015 00000000 00000001 41", io.ErrUnexpectedEOF},
		"cut before a body":  {"00000014 00000015 00000000 00000001", io.ErrUnexpectedEOF},
		"nothing":            {"", io.EOF},
		"an unknown command": {"00000010 0000ffff 00000000 00000001", nil},
	} {
		if _, err := pdu.Read(bytes.NewReader(octets(t, c.stream))); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
}

func TestBodiesThatCannotBeReadNameTheirField(t *testing.T) {
	good := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{
		Source: pdu.Address{Addr: "22370000001"}, Dest: pdu.Address{Addr: "36036"}, Short: []byte("secret"),
	})[pdu.HeaderLength:]
	for n := range len(good) {
		_, err := pdu.ParseMessage(good[:n])
		var field *pdu.FieldError
		if !errors.As(err, &field) || field.Status == pdu.OK {
			t.Fatalf("cut after %d octets: %v", n, err)
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "2237") {
			t.Errorf("cut after %d octets: the error tells what was in it", n)
		}
	}
	long := append([]byte{0, 1, 1}, bytes.Repeat([]byte("2"), 40)...)
	if _, err := pdu.ParseMessage(append(long, good...)); err == nil {
		t.Error("an address of 40 digits was read")
	}
}

func TestOptionalParametersAreReadAsFarAsTheyGo(t *testing.T) {
	body := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{TLVs: pdu.TLVs{
		{Tag: 0x1400, Value: []byte{1}}, {Tag: 0x1400, Value: []byte{2}}, pdu.Uint16TLV(pdu.UserMessageReference, 0x1234),
		{Tag: pdu.MessagePayload, Value: bytes.Repeat([]byte("x"), 40_000)},
	}})[pdu.HeaderLength:]
	for cut, want := range map[int]int{0: 4, 1: 3, 40_000: 3, 40_004: 3, 40_005: 2} {
		m, err := pdu.ParseMessage(body[:len(body)-cut])
		if err != nil || len(m.TLVs) != want {
			t.Errorf("without the last %d octets: %d parameters, %v, want %d", cut, len(m.TLVs), err, want)
		}
	}
	m, _ := pdu.ParseMessage(body)
	if n, ok := m.TLVs.Uint16(pdu.UserMessageReference); !ok || n != 0x1234 {
		t.Errorf("reference %x, %v", n, ok)
	}
	if v, _ := m.TLVs.Octet(0x1400); v != 1 {
		t.Errorf("of a repeated parameter %d was taken, want the first", v)
	}
	if len(m.Text()) != 40_000 {
		t.Errorf("text of %d octets, want the payload", len(m.Text()))
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	for name, m := range map[string]pdu.Message{
		"address": {Dest: pdu.Address{Addr: strings.Repeat("2", 21)}},
		"NUL":     {Source: pdu.Address{Addr: "36\x0036"}},
		"text":    {Short: make([]byte, 255)},
		"payload": {TLVs: pdu.TLVs{{Tag: pdu.MessagePayload, Value: make([]byte, 70_000)}}},
	} {
		if m.Check() == nil {
			t.Errorf("%s: passed", name)
		}
	}
	b := pdu.Bind{SystemID: strings.Repeat("a", 16), Password: "123456789"}
	if err := b.Check(); err == nil || strings.Contains(err.Error(), "123456789") || !strings.Contains(err.Error(), "password") || !strings.Contains(err.Error(), "system_id") {
		t.Errorf("bind: %v", err)
	}
}

// FuzzRead holds that no stream panics, that what was read is bounded by what was sent, and that a message that was read
// is written and read again as the same.
func FuzzRead(f *testing.F) {
	f.Add(pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{Short: []byte("id:1 stat:DELIVRD"), TLVs: pdu.TLVs{pdu.OctetTLV(pdu.MessageState, 2)}}))
	f.Add(pdu.AppendBind(nil, pdu.BindTransceiver, 1, &pdu.Bind{SystemID: "a"}))
	f.Add(pdu.AppendID(nil, pdu.SubmitSM.Resp(), pdu.OK, 1, "id"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bytes.NewReader(stream)
		for {
			p, err := pdu.Read(r)
			if err != nil {
				return
			}
			if len(p.Body) > len(stream) {
				t.Fatal("a body longer than its stream")
			}
			_, _ = pdu.ParseBind(p.Body)
			if _, err := pdu.ParseData(p.Body); err != nil && !errors.As(err, new(*pdu.FieldError)) {
				t.Fatalf("error of no kind: %v", err)
			}
			_ = pdu.ParseID(p.Body)
			m, err := pdu.ParseMessage(p.Body)
			if err != nil {
				if !errors.As(err, new(*pdu.FieldError)) {
					t.Fatalf("error of no kind: %v", err)
				}
				continue
			}
			if len(m.Short) <= pdu.MaxShort {
				if err := m.Check(); err != nil {
					t.Fatalf("read, and cannot be written: %v", err)
				}
			}
			again, err := pdu.ParseMessage(pdu.AppendMessage(nil, p.Command, p.Sequence, &m)[pdu.HeaderLength:])
			if err != nil || !reflect.DeepEqual(m, again) {
				t.Fatalf("written again: %+v, %v, want %+v", again, err, m)
			}
		}
	})
}
