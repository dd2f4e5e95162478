// Package smsctest is a message centre on loopback for the tests of the SMPP channel: it accepts binds and messages,
// delivers, and misbehaves as it is told.
package smsctest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"baro/gateway/channel/smpp/pdu"
)

// Options tell how the message centre behaves. The zero value accepts everything and sends no receipts.
type Options struct {
	SystemID, Password string // "" accepts any
	// Answer decides about the nth submit_sm, counted from 1 over all connections. It is called one at a time for each
	// connection.
	Answer func(n int64, m *pdu.Message) Answer
	// Bind decides about a bind, before SystemID and Password are looked at; OK goes on.
	Bind func(n int64) pdu.Status
	TLS  *tls.Config // nil: without
	// Mute leaves everything unanswered that is not a bind.
	Mute func() bool
}

// An Answer is what becomes of one submit_sm.
type Answer struct {
	Status   pdu.Status
	ID       string // of the message; "" is its number
	Receipts []Receipt
	Silent   bool // accepted and never answered
	Cut      bool // accepted, and the connection ends before the answer
	Nack     bool // answered by generic_nack with Status
}

// A Receipt is one delivery report that follows.
type Receipt struct {
	ID    string // "" is the message's
	Early bool   // before the answer
	Stat  string // of the text; "" is DELIVRD
	TLVs  bool   // tells id and state in parameters too
}

// An SMSC is one running message centre.
type SMSC struct {
	options  Options
	listener net.Listener
	wait     sync.WaitGroup
	submits  atomic.Int64
	binds    atomic.Int64
	Refused  atomic.Int64 // receipts that were answered with anything but OK
	Enquired atomic.Int64
	Nacked   atomic.Int64 // generic_nack received

	mu       sync.Mutex
	changed  *sync.Cond
	peers    map[*peer]bool
	accepted []pdu.Message
	screens  map[string][]pdu.Message
	roles    map[pdu.Command]int
	acked    int64 // receipts answered
	closed   bool
}

// Start listens on a free port of loopback.
func Start(o Options) (*SMSC, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start message centre: %w", err)
	}
	if o.TLS != nil {
		l = tls.NewListener(l, o.TLS)
	}
	s := &SMSC{options: o, listener: l, peers: make(map[*peer]bool), screens: make(map[string][]pdu.Message), roles: make(map[pdu.Command]int)}
	s.changed = sync.NewCond(&s.mu)
	s.wait.Go(s.listen)
	return s, nil
}

// Addr is host:port.
func (s *SMSC) Addr() string { return s.listener.Addr().String() }

// Binds is how many binds were accepted so far.
func (s *SMSC) Binds() int64 { return s.binds.Load() }

// Roles counts accepted binds by kind.
func (s *SMSC) Roles(c pdu.Command) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roles[c]
}

// Close ends every connection and waits for all goroutines.
func (s *SMSC) Close() {
	_ = s.listener.Close()
	s.mu.Lock()
	s.closed = true
	s.changed.Broadcast()
	s.mu.Unlock()
	s.Cut()
	s.wait.Wait()
}

// Cut ends every connection without a word.
func (s *SMSC) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		_ = p.nc.Close()
	}
}

// Accepted gives the messages taken so far, USSD screens not among them.
func (s *SMSC) Accepted() []pdu.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]pdu.Message(nil), s.accepted...)
}

// Wait returns when done is true, which is asked after each event; it holds the lock meanwhile. False: the centre closed
// or ctx ended.
func (s *SMSC) Wait(ctx context.Context, done func(Counts) bool) bool {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		s.changed.Broadcast()
		s.mu.Unlock()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !done(s.counts()) {
		if s.closed || ctx.Err() != nil {
			return false
		}
		s.changed.Wait()
	}
	return true
}

// Counts are what has happened.
type Counts struct {
	Accepted  int
	Bound     int   // connections now
	Receivers int   // of them, those that take deliveries
	Binds     int64 // so far
	Receipts  int64 // answered
	Enquired  int64
	Nacked    int64
}

func (s *SMSC) counts() Counts {
	c := Counts{Accepted: len(s.accepted), Binds: s.binds.Load(), Receipts: s.acked, Enquired: s.Enquired.Load(), Nacked: s.Nacked.Load()}
	for p := range s.peers {
		if p.role != 0 {
			c.Bound++
		}
		if p.receives() {
			c.Receivers++
		}
	}
	return c
}

// ErrNoReceiver says that nobody is bound who could take a delivery.
var ErrNoReceiver = errors.New("smsctest: no receiver is bound")

// Deliver sends a deliver_sm and waits for the answer's status. ErrGone: the connection ended first.
func (s *SMSC) Deliver(ctx context.Context, m pdu.Message) (pdu.Status, error) {
	p := s.receiver()
	if p == nil {
		return 0, ErrNoReceiver
	}
	return p.deliver(ctx, m)
}

// Raw writes octets to a bound connection.
func (s *SMSC) Raw(octets []byte) error {
	p := s.receiver()
	if p == nil {
		return ErrNoReceiver
	}
	return p.write(octets, true)
}

// Unbind asks every connection to go.
func (s *SMSC) Unbind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		_ = p.write(pdu.Append(nil, pdu.PDU{Command: pdu.Unbind, Sequence: uint32(p.sequence.Add(1))}), true)
	}
}

// Screen waits for the next USSD screen for a phone.
func (s *SMSC) Screen(ctx context.Context, phone string) (m pdu.Message, ok bool) {
	ok = s.Wait(ctx, func(Counts) bool {
		if len(s.screens[phone]) == 0 {
			return false
		}
		m = s.screens[phone][0]
		s.screens[phone] = s.screens[phone][1:]
		return true
	})
	return m, ok
}

func (s *SMSC) receiver() *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		if p.receives() {
			return p
		}
	}
	return nil
}

func (s *SMSC) listen() {
	for {
		nc, err := s.listener.Accept()
		if err != nil {
			return
		}
		p := &peer{smsc: s, nc: nc, out: bufio.NewWriterSize(nc, 64<<10), gone: make(chan struct{}), waiting: make(map[uint32]func(pdu.Status))}
		s.mu.Lock()
		if s.closed {
			_ = nc.Close()
		}
		s.peers[p] = true
		s.mu.Unlock()
		s.wait.Go(p.run)
	}
}

// event makes a change under the lock and wakes those who wait for one.
func (s *SMSC) event(change func()) {
	s.mu.Lock()
	change()
	s.changed.Broadcast()
	s.mu.Unlock()
}

// submitted decides about one submit_sm.
func (s *SMSC) submitted(m *pdu.Message) (a Answer) {
	n := s.submits.Add(1)
	if s.options.Answer != nil {
		a = s.options.Answer(n, m)
	}
	if a.ID == "" {
		a.ID = strconv.FormatInt(n, 10)
	}
	if a.Status != pdu.OK {
		return a
	}
	s.event(func() {
		if _, ussd := m.TLVs.Get(pdu.USSDServiceOp); ussd {
			s.screens[m.Dest.Addr] = append(s.screens[m.Dest.Addr], *m)
		} else {
			s.accepted = append(s.accepted, *m)
		}
	})
	return a
}
