//go:build unix

package kanneltest

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel/smpp/pdu"
	"baro/locales/charset"
)

// System ids under which the two links bind.
const (
	SystemSMS  = "baro-sms"
	SystemUSSD = "baro-ussd"
)

// patience bounds every wait for Kannel.
const patience = 2 * time.Minute

// A Message is one text that the centre was given, joined from its parts.
type Message struct {
	pdu.Message // of the first part
	Link        string
	Text        string
	Parts       int
}

// A Fate is what the centre does with the first part of a message.
type Fate struct {
	Status pdu.Status // of the answer
	Stat   string     // of the receipt, where one is asked for; "" sends none
}

// Centre is an SMSC on the loopback that takes submit_sm, sends receipts and delivers messages.
type Centre struct {
	tb  testing.TB
	ln  net.Listener
	act func(Message) Fate

	mu       sync.Mutex
	changed  *sync.Cond
	links    map[string]*link
	messages []Message
	parts    map[string][]string
	ids      int
}

// NewCentre listens until the test ends. act decides the fate of messages; nil delivers all.
func NewCentre(tb testing.TB, act func(Message) Fate) *Centre {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	if act == nil {
		act = func(Message) Fate { return Fate{Stat: "DELIVRD"} }
	}
	c := &Centre{tb: tb, ln: ln, act: act, links: map[string]*link{}, parts: map[string][]string{}}
	c.changed = sync.NewCond(&c.mu)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { c.serve(conn) })
		}
	})
	tb.Cleanup(func() {
		_ = ln.Close()
		c.mu.Lock()
		for _, l := range c.links {
			_ = l.conn.Close()
		}
		c.mu.Unlock()
		serving.Wait()
	})
	return c
}

func (c *Centre) port() string { return strconv.Itoa(c.ln.Addr().(*net.TCPAddr).Port) }

// Messages are those taken so far.
func (c *Centre) Messages() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Message(nil), c.messages...)
}

// Await waits until n messages have been taken, and gives them.
func (c *Centre) Await(n int) []Message {
	c.tb.Helper()
	late := time.AfterFunc(patience, c.changed.Broadcast)
	defer late.Stop()
	end := time.Now().Add(patience)
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.messages) < n {
		if !time.Now().Before(end) {
			c.tb.Fatalf("the centre has %d of %d messages", len(c.messages), n)
		}
		c.changed.Wait()
	}
	return append([]Message(nil), c.messages...)
}

// Text delivers a message to the SMS link in as many parts as it needs, and returns when Kannel has acknowledged it.
func (c *Centre) Text(from, to, text string) error {
	encoding, _ := charset.Units(text)
	parts := charset.Split(text, charset.Ref8)
	c.mu.Lock()
	c.ids++
	reference := byte(c.ids)
	c.mu.Unlock()
	for i, part := range parts {
		m := pdu.Message{Source: international(from), Dest: pdu.Address{NPI: pdu.NPIE164, Addr: to}}
		if encoding == charset.UCS2 {
			m.Coding, m.Short = 8, charset.EncodeUCS2(part)
		} else {
			septets, err := charset.EncodeGSM7(part)
			if err != nil {
				return err
			}
			m.Short = septets
		}
		if len(parts) > 1 {
			m.ESMClass = pdu.ESMHeader
			m.Short = append([]byte{5, 0, 3, reference, byte(len(parts)), byte(i + 1)}, m.Short...)
		}
		if err := c.Deliver(SystemSMS, m); err != nil {
			return err
		}
	}
	return nil
}

// Dial delivers one USSD request with its operation and session information.
func (c *Centre) Dial(from, to, text string, op byte, session []byte) error {
	return c.Deliver(SystemUSSD, pdu.Message{
		ServiceType: "USSD", Source: international(from), Dest: pdu.Address{NPI: pdu.NPIE164, Addr: to}, Short: []byte(text),
		TLVs: pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, op), {Tag: pdu.ITSSessionInfo, Value: session}},
	})
}

// Deliver hands a deliver_sm to a link and waits for its answer.
func (c *Centre) Deliver(system string, m pdu.Message) error {
	l := c.link(system)
	if l == nil {
		return fmt.Errorf("no link %s", system)
	}
	status, err := l.deliver(&m)
	if err == nil && status != pdu.OK {
		err = fmt.Errorf("answered %#x", uint32(status))
	}
	return err
}

// Cut breaks a link off; Kannel connects again.
func (c *Centre) Cut(system string) {
	if l := c.link(system); l != nil {
		_ = l.conn.Close()
	}
}

func (c *Centre) link(system string) *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.links[system]
}

func (c *Centre) serve(conn net.Conn) {
	defer conn.Close()
	l := &link{conn: conn, waiting: map[uint32]chan pdu.Status{}}
	defer l.close()
	in := bufio.NewReader(conn)
	for {
		p, err := pdu.Read(in)
		if err != nil {
			return
		}
		switch p.Command {
		case pdu.BindTransceiver:
			b, err := pdu.ParseBind(p.Body)
			if err != nil {
				return
			}
			l.system = b.SystemID
			l.write(pdu.AppendID(nil, p.Command.Resp(), pdu.OK, p.Sequence, "centre"))
			c.mu.Lock()
			c.links[b.SystemID] = l
			c.mu.Unlock()
		case pdu.SubmitSM:
			c.submit(l, p)
		case pdu.EnquireLink, pdu.Unbind:
			l.write(pdu.Append(nil, pdu.PDU{Command: p.Command.Resp(), Sequence: p.Sequence}))
		case pdu.DeliverSM.Resp():
			l.answered(p.Sequence, p.Status)
		}
	}
}

// submit answers a part, remembers the message once it is whole, and sends the receipt that was asked for.
func (c *Centre) submit(l *link, p pdu.PDU) {
	m, err := pdu.ParseMessage(p.Body)
	if err != nil {
		c.tb.Errorf("submit_sm: %v", err)
		return
	}
	whole, complete, first := c.join(l.system, m)
	fate := Fate{Status: pdu.OK}
	if first {
		fate = c.act(whole)
	}
	c.mu.Lock()
	c.ids++
	id := strconv.Itoa(1_000_000 + c.ids)
	c.mu.Unlock()
	l.write(pdu.AppendID(nil, p.Command.Resp(), fate.Status, p.Sequence, id))
	if fate.Status == pdu.OK && complete {
		c.mu.Lock()
		c.messages = append(c.messages, whole)
		c.changed.Broadcast()
		c.mu.Unlock()
	}
	if fate.Status == pdu.OK && fate.Stat != "" && m.Registered&1 == 1 {
		l.post(&pdu.Message{
			Source: m.Dest, Dest: m.Source, ESMClass: pdu.ESMReceipt,
			Short: fmt.Appendf(nil, "id:%s sub:001 dlvrd:001 submit date:2611250800 done date:2611250801 stat:%s err:011 text:", id, fate.Stat),
		})
	}
}

// join adds a part to its message, read as the phone would.
func (c *Centre) join(system string, m pdu.Message) (whole Message, complete, first bool) {
	octets, total, number, reference := m.Short, 1, 1, byte(0)
	if m.ESMClass&pdu.ESMHeader != 0 && len(octets) > 6 {
		reference, total, number = octets[3], int(octets[4]), int(octets[5])
		octets = octets[1+octets[0]:]
	}
	text := charset.DecodeGSM7(octets)
	if m.Coding == 8 {
		text = string(octets) // joined before it is read: a part may end inside a surrogate pair
	}
	key := fmt.Sprintf("%s/%s/%d/%d", system, m.Dest.Addr, reference, total)
	c.mu.Lock()
	defer c.mu.Unlock()
	parts := c.parts[key]
	if parts == nil {
		parts = make([]string, total)
	}
	if number >= 1 && number <= total {
		parts[number-1] = text
	}
	c.parts[key] = parts
	complete = true
	joined := ""
	for _, part := range parts {
		complete = complete && (part != "" || total == 1)
		joined += part
	}
	if complete {
		delete(c.parts, key)
	}
	if m.Coding == 8 {
		joined = charset.DecodeUCS2([]byte(joined))
	}
	return Message{Message: m, Link: system, Text: joined, Parts: total}, complete, number == 1
}

func international(number string) pdu.Address {
	return pdu.Address{TON: pdu.TONInternational, NPI: pdu.NPIE164, Addr: number}
}
