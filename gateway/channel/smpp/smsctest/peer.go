package smsctest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"baro/gateway/channel/smpp/pdu"
)

// ErrGone says that a connection ended before it answered.
var ErrGone = errors.New("smsctest: the connection ended before the answer")

// A peer is one connection.
type peer struct {
	smsc     *SMSC
	nc       net.Conn
	role     pdu.Command // 0: not bound; guarded by smsc.mu
	sequence atomic.Int64
	gone     chan struct{}

	mu      sync.Mutex
	out     *bufio.Writer
	waiting map[uint32]func(pdu.Status)
}

func (p *peer) receives() bool { return p.role == pdu.BindTransceiver || p.role == pdu.BindReceiver }

func (p *peer) run() {
	defer func() {
		_ = p.nc.Close()
		close(p.gone)
		p.smsc.event(func() { delete(p.smsc.peers, p) })
	}()
	in := bufio.NewReaderSize(p.nc, 64<<10)
	for {
		if in.Buffered() == 0 && p.flush() != nil {
			return
		}
		u, err := pdu.Read(in)
		if err != nil || !p.take(u) {
			_ = p.flush()
			return
		}
	}
}

// take handles one unit; false ends the connection.
func (p *peer) take(u pdu.PDU) bool {
	s := p.smsc
	switch u.Command {
	case pdu.BindReceiver, pdu.BindTransmitter, pdu.BindTransceiver:
		return p.bind(u)
	case pdu.DeliverSM.Resp():
		p.mu.Lock()
		done := p.waiting[u.Sequence]
		delete(p.waiting, u.Sequence)
		p.mu.Unlock()
		if done != nil {
			done(u.Status)
		}
		return true
	case pdu.GenericNack:
		s.event(func() { s.Nacked.Add(1) })
		return true
	}
	if s.options.Mute != nil && s.options.Mute() {
		return true
	}
	switch u.Command {
	case pdu.SubmitSM:
		return p.submit(u)
	case pdu.EnquireLink:
		s.event(func() { s.Enquired.Add(1) })
		p.respond(u, pdu.OK, "")
	case pdu.Unbind:
		p.respond(u, pdu.OK, "")
		return false
	case pdu.Unbind.Resp():
		return false
	}
	return true
}

func (p *peer) bind(u pdu.PDU) bool {
	s, o := p.smsc, p.smsc.options
	status := pdu.OK
	if o.Bind != nil {
		status = o.Bind(s.binds.Load() + 1)
	}
	b, err := pdu.ParseBind(u.Body)
	switch {
	case status != pdu.OK:
	case err != nil:
		status = pdu.InvalidCommandLen
	case o.SystemID != "" && b.SystemID != o.SystemID:
		status = pdu.InvalidSystemID
	case o.Password != "" && b.Password != o.Password:
		status = pdu.InvalidPassword
	}
	if status != pdu.OK {
		_ = p.write(pdu.Append(nil, pdu.PDU{Command: u.Command.Resp(), Status: status, Sequence: u.Sequence}), false)
		return false
	}
	p.respond(u, pdu.OK, "SMSC")
	if p.flush() != nil {
		return false
	}
	s.event(func() {
		s.binds.Add(1)
		s.roles[u.Command]++
		p.role = u.Command
	})
	return true
}

func (p *peer) submit(u pdu.PDU) bool {
	m, err := pdu.ParseMessage(u.Body)
	if err != nil {
		p.respond(u, pdu.InvalidCommandLen, "")
		return true
	}
	a := p.smsc.submitted(&m)
	p.receipts(&m, a, true)
	switch {
	case a.Cut:
		_ = p.flush()
		return false
	case a.Silent:
		return true
	case a.Nack:
		_ = p.write(pdu.Append(nil, pdu.PDU{Command: pdu.GenericNack, Status: a.Status, Sequence: u.Sequence}), false)
	default:
		p.respond(u, a.Status, a.ID)
	}
	p.receipts(&m, a, false)
	return true
}

// receipts sends those that are due before or after the answer.
func (p *peer) receipts(m *pdu.Message, a Answer, early bool) {
	s := p.smsc
	for _, r := range a.Receipts {
		if r.Early != early {
			continue
		}
		id, stat := r.ID, r.Stat
		if id == "" {
			id = a.ID
		}
		if stat == "" {
			stat = "DELIVRD"
		}
		out := pdu.Message{
			Source: m.Dest, Dest: m.Source, ESMClass: pdu.ESMReceipt,
			Short: fmt.Appendf(nil, "id:%s sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:%s err:000 text:", id, stat),
		}
		if r.TLVs {
			out.TLVs = pdu.TLVs{{Tag: pdu.ReceiptedMessageID, Value: append([]byte(id), 0)}}
		}
		_ = p.send(out, func(status pdu.Status) {
			s.event(func() {
				s.acked++
				if status != pdu.OK {
					s.Refused.Add(1)
				}
			})
		}, false)
	}
}

// respond answers with an id where all is well, and with a bare header otherwise, as many message centres do.
func (p *peer) respond(u pdu.PDU, status pdu.Status, id string) {
	out := pdu.Append(nil, pdu.PDU{Command: u.Command.Resp(), Status: status, Sequence: u.Sequence})
	if status == pdu.OK && id != "" {
		out = pdu.AppendID(nil, u.Command.Resp(), status, u.Sequence, id)
	}
	_ = p.write(out, false) // a connection that is gone is noticed by its reader
}

func (p *peer) deliver(ctx context.Context, m pdu.Message) (pdu.Status, error) {
	answer := make(chan pdu.Status, 1)
	if err := p.send(m, func(s pdu.Status) { answer <- s }, true); err != nil {
		return 0, ErrGone
	}
	select {
	case s := <-answer:
		return s, nil
	case <-p.gone:
		return 0, ErrGone
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// send writes a deliver_sm; done hears of its answer.
func (p *peer) send(m pdu.Message, done func(pdu.Status), now bool) error {
	n := uint32(p.sequence.Add(1))
	p.mu.Lock()
	p.waiting[n] = done
	p.mu.Unlock()
	return p.write(pdu.AppendMessage(nil, pdu.DeliverSM, n, &m), now)
}

// write buffers octets; the reader flushes them when it has nothing left to read, and now does at once.
func (p *peer) write(octets []byte, now bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.out.Write(octets); err != nil {
		return err
	}
	if !now {
		return nil
	}
	return p.out.Flush()
}

func (p *peer) flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Flush()
}
