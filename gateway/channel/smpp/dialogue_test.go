package smpp_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
)

// caller is a phone behind one dialect, as its gateway speaks.
type caller struct {
	dialect string
	number  string
	session uint16
	steps   int
}

func (c *caller) says(op byte, text string, over bool) pdu.Message {
	m := pdu.Message{ServiceType: "USSD", Source: pdu.Address{TON: 1, NPI: 1, Addr: c.number}, Dest: pdu.Address{Addr: "38496"}, Short: []byte(text),
		TLVs: pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, op)}}
	c.steps++
	end := byte(0)
	if over {
		end = 1
	}
	switch c.dialect {
	case "mica":
		m.TLVs = append(m.TLVs, pdu.Uint16TLV(pdu.UserMessageReference, c.session))
	case "spec":
		m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.ITSSessionInfo, Value: []byte{byte(c.session), byte(4*c.steps-2) | end}})
	default:
		m.TLVs = append(m.TLVs, pdu.Uint16TLV(pdu.ITSSessionInfo, c.session<<1|uint16(end)))
	}
	return m
}

// reads checks a screen as the gateway does, and gives its text.
func (c *caller) reads(t *testing.T, m pdu.Message, end bool) string {
	t.Helper()
	op, _ := m.TLVs.Octet(pdu.USSDServiceOp)
	wantOp := map[string]map[bool]byte{
		"spec": {false: 0x02, true: 0x11}, "tata": {false: 0x02, true: 0x02}, "6d": {false: 0x02, true: 0x17}, "mica": {false: 0x02, true: 0x17},
	}[c.dialect][end]
	if op != wantOp || m.ServiceType != "USSD" || m.Dest.Addr != c.number || m.Source.Addr != "38496" || m.Registered != 0 {
		t.Errorf("%s: screen with op %#x, want %#x: %+v", c.dialect, op, wantOp, m)
	}
	info, told := m.TLVs.Get(pdu.ITSSessionInfo)
	switch {
	case c.dialect == "mica":
		if ref, ok := m.TLVs.Uint16(pdu.UserMessageReference); !ok || ref != c.session || told {
			t.Errorf("mica: screen with reference %d", ref)
		}
	case !told || info[1]&1 == 1 != end:
		t.Errorf("%s: session %x, end is %v", c.dialect, info, end)
	case c.dialect == "spec":
		if info[0] != byte(c.session) || info[1]&^1 != byte(4*c.steps) {
			t.Errorf("spec: session %x after %d steps", info, c.steps)
		}
	case binary.BigEndian.Uint16(info)>>1 != c.session:
		t.Errorf("%s: session %x", c.dialect, info)
	}
	return string(m.Short)
}

// flow is a dialogue of three screens: a menu, an echo, an end.
func flow(log *[]channel.USSD, mu *sync.Mutex) func(*smpp.Handlers) {
	return func(h *smpp.Handlers) {
		h.USSD = func(_ context.Context, ev channel.USSD) flows.Screen {
			mu.Lock()
			*log = append(*log, ev)
			mu.Unlock()
			switch {
			case ev.Begin:
				return flows.Screen{Text: "Bienvenue", Choices: []flows.Choice{{Key: "1", Label: "Budget"}}, Input: flows.InputKey}
			case ev.Text == "9":
				return flows.Screen{Text: "Merci"}
			}
			return flows.Screen{Text: "Vous: " + ev.Text, Input: flows.InputText}
		}
	}
}

func speaking(dialect string) func(*smpp.Config) {
	return func(c *smpp.Config) {
		d, _ := smpp.FindDialect(dialect)
		c.USSD, c.Code, c.From = &d, "*384*96#", ""
	}
}

func TestDialoguesInEveryDialect(t *testing.T) {
	for _, dialect := range []string{"spec", "tata", "6d", "mica"} {
		var events []channel.USSD
		var mu sync.Mutex
		var over []channel.EndNotice
		w := open(t, smsctest.Options{}, speaking(dialect), flow(&events, &mu), func(h *smpp.Handlers) {
			h.Ended = func(_ context.Context, n channel.EndNotice) { over = append(over, n) }
		})
		c := &caller{dialect: dialect, number: "22370000001", session: 0x21}
		for _, s := range []struct {
			op   byte
			text string
			want string
			end  bool
		}{
			{0x01, "*384*96*1*2#", "Bienvenue\n1 Budget", false}, {0x12, "1", "Vous: 1", false}, {0x12, "1", "Vous: 1", false},
			{0x12, "é", "Vous: ", false}, {0x12, "9", "Merci", true},
		} {
			text := s.text
			if text == "é" {
				text = "\x05" // in the default alphabet
			}
			w.deliver(t, c.says(s.op, text, false), pdu.OK)
			m, ok := w.smsc.Screen(patience(t), c.number)
			if !ok {
				t.Fatalf("%s: no screen after %q\n%s", dialect, s.text, w.log)
			}
			if got := c.reads(t, m, s.end); !strings.HasPrefix(got, s.want) {
				t.Errorf("%s: shown %q, want %q", dialect, got, s.want)
			}
		}
		session := map[string]string{"spec": "21", "mica": "0021", "tata": "33", "6d": "33"}[dialect]
		begin := channel.USSD{Channel: "smsc", Session: session, Number: channeltest.Number(phone), ServiceCode: "*384*96#", Shape: channel.LastInput, Begin: true, Text: "1*2"}
		if dialect == "tata" {
			begin.Text = "" // the code is in the destination address
		}
		if events[0] != begin {
			t.Errorf("%s: began with %+v, want %+v", dialect, events[0], begin)
		}
		if e := events[3]; e.Begin || e.Text != "é" || e.Session != session || (e.Mark != "") != (dialect == "spec") {
			t.Errorf("%s: input is %+v", dialect, e)
		}
		if events[1].Mark == events[2].Mark && dialect == "spec" {
			t.Error("spec: two honest inputs have one mark")
		}
		abort := map[string]byte{"spec": 0x12, "tata": 0x11, "6d": 0x81, "mica": 0x81}[dialect]
		w.deliver(t, c.says(abort, "", dialect == "spec"), pdu.OK)
		if want := []channel.EndNotice{{Channel: "smsc", Session: session, Number: channeltest.Number(phone), Status: "incomplete"}}; !reflect.DeepEqual(over, want) {
			t.Errorf("%s: end notice %+v, want %+v", dialect, over, want)
		}
		if len(events) != 5 {
			t.Errorf("%s: %d steps, want 5", dialect, len(events))
		}
		w.keepsSecrets(t, "Vous")
	}
}

func TestAThrottledScreenIsShownALittleLater(t *testing.T) {
	var events []channel.USSD
	var mu sync.Mutex
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
		if n < 3 {
			return smsctest.Answer{Status: pdu.Throttled}
		}
		return smsctest.Answer{}
	}}, speaking("spec"), flow(&events, &mu))
	c := &caller{dialect: "spec", number: "22370000001", session: 1}
	w.deliver(t, c.says(1, "*384*96#", false), pdu.OK)
	if m, ok := w.smsc.Screen(patience(t), c.number); !ok || c.reads(t, m, false) == "" {
		t.Error("no screen")
	}
}

func TestAThousandDialogues(t *testing.T) {
	var events []channel.USSD
	var mu sync.Mutex
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { speaking("spec")(c); c.Window = 50 }, flow(&events, &mu))
	var all sync.WaitGroup
	slots := make(chan struct{}, 100)
	for i := range 1000 {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			c := &caller{dialect: "spec", number: fmt.Sprintf("223700%05d", i), session: uint16(i)}
			for n, text := range []string{"*384*96#", "5", "9"} {
				op := byte(0x12)
				if n == 0 {
					op = 1
				}
				w.deliver(t, c.says(op, text, false), pdu.OK)
				m, ok := w.smsc.Screen(patience(t), c.number)
				if !ok {
					t.Error("no screen")
					return
				}
				c.reads(t, m, n == 2)
			}
		})
	}
	all.Wait()
	if len(events) != 3000 {
		t.Errorf("%d steps, want 3000", len(events))
	}
}

func TestWhatAChannelDoesNotServeIsRefused(t *testing.T) {
	c := &caller{dialect: "spec", number: "22370000001", session: 1}
	sms := open(t, smsctest.Options{}, nil)
	sms.deliver(t, c.says(1, "*384*96#", false), pdu.PermanentAppError)
	var events []channel.USSD
	var mu sync.Mutex
	ussd := open(t, smsctest.Options{}, speaking("spec"), flow(&events, &mu), func(h *smpp.Handlers) { h.Accept = nil })
	ussd.deliver(t, mo("an SMS"), pdu.PermanentAppError)
	nobody := &caller{dialect: "spec", number: "anybody", session: 1}
	ussd.deliver(t, nobody.says(1, "*384*96#", false), pdu.InvalidSource)
	ussd.deliver(t, c.says(0x13, "", false), pdu.OK) // a confirmation asks for nothing
	if len(events) != 0 {
		t.Errorf("steps: %+v", events)
	}
}

func TestARepeatIsLookedAtWhileItsFirstIsInWork(t *testing.T) {
	arrived, goOn := make(chan struct{}, 2), make(chan struct{})
	w := open(t, smsctest.Options{}, speaking("6d"), func(h *smpp.Handlers) {
		h.USSD = func(context.Context, channel.USSD) flows.Screen {
			arrived <- struct{}{}
			<-goOn
			return flows.Screen{Text: "fin"}
		}
	})
	c := &caller{dialect: "6d", number: "22370000001", session: 1}
	m := c.says(0x12, "1", false)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { w.deliver(t, m, pdu.OK) })
	}
	for range 2 {
		select {
		case <-arrived:
		case <-time.After(time.Minute):
			t.Fatal("the second waits for the first")
		}
	}
	close(goOn)
	all.Wait()
}

func TestDialectsAreReadFromSettings(t *testing.T) {
	d, err := smpp.ReadDialect(map[string]any{"dialect": "6d", "op_end": "0x11", "op_input": "2, 0x12", "op_abort": []any{"129"}, "end_bit": "no", "code_in": "either", "session": "its_session_info"})
	want := smpp.Dialect{Begin: 1, Input: []byte{2, 0x12}, Abort: []byte{129}, Other: smpp.OtherInput, Menu: 2, End: 0x11, Session: smpp.SessionInfo, CodeIn: smpp.CodeEither}
	if err != nil || !reflect.DeepEqual(d, want) {
		t.Errorf("%+v, %v, want %+v", d, err, want)
	}
	if _, err := smpp.ReadDialect(map[string]any{"dialect": "klingon"}); err == nil {
		t.Error("an unknown preset was taken")
	}
	_, err = smpp.ReadDialect(map[string]any{"op_menu": "300", "session": "cookie", "colour": "red", "op_begin": "1,2", "end_bit": "perhaps"})
	for _, key := range []string{"op_menu", "session", "colour", "op_begin", "end_bit"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not in %v", key, err)
		}
	}
}
