package smpp

import (
	"bufio"
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/channel/smpp/pdu"
)

// A conn is one bound connection: one goroutine reads, one writes, one watches.
type conn struct {
	client *Client
	role   pdu.Command
	nc     net.Conn
	in     *bufio.Reader
	out    *writer
	window *window
	pace   *pace

	begun    time.Time
	heard    atomic.Int64  // nanoseconds from begun to the last unit
	leaving  chan struct{} // nothing more is submitted
	leave    sync.Once
	unbound  chan struct{} // our unbind is answered
	unbindOn sync.Once
	gone     chan struct{}
	end      sync.Once
	cause    error

	mu       sync.Mutex
	enquired time.Time // when the open enquire_link was sent; zero: none is open
	lastSign time.Time // when the last was
	doubtful []answer  // deliveries whose answers may not have arrived
	closed   bool
}

// An answer is a delivery that was accepted and answered.
type answer struct {
	key [16]byte
	at  time.Time
}

func newConn(c *Client, nc net.Conn, role pdu.Command) *conn {
	now := time.Now()
	return &conn{
		client: c, role: role, nc: nc, out: newWriter(), window: newWindow(c.Window), begun: now, lastSign: now,
		leaving: make(chan struct{}), unbound: make(chan struct{}), gone: make(chan struct{}),
	}
}

// run serves the connection until it fails, the peer unbinds, or ctx ends: then answers under way are waited for before we
// unbind.
func (cn *conn) run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { cn.fail(cn.out.run(cn.nc, cn.client.Timing.Answer)) })
	all.Go(func() { cn.fail(cn.read()) })
	all.Go(cn.watch)
	select {
	case <-ctx.Done():
		cn.goodbye()
	case <-cn.gone:
	}
	cn.fail(errClosed)
	all.Wait()
	return cn.cause
}

// goodbye ends the connection from our side.
func (cn *conn) goodbye() {
	cn.stopSubmitting()
	cn.window.empty(cn.client.grace, cn.gone)
	if cn.out.put(pdu.Append(nil, pdu.PDU{Command: pdu.Unbind, Sequence: cn.window.number()}), nil) != nil {
		return
	}
	timer := time.NewTimer(cn.client.Timing.Answer)
	defer timer.Stop()
	select {
	case <-cn.unbound:
	case <-cn.gone:
	case <-cn.client.grace.Done():
	case <-timer.C:
	}
}

func (cn *conn) stopSubmitting() {
	cn.leave.Do(func() { close(cn.leaving) })
	cn.client.retire(cn)
}

// fail closes the connection. What had left without an answer is in doubt from now on.
func (cn *conn) fail(err error) {
	cn.end.Do(func() {
		cn.cause = err
		cn.stopSubmitting()
		cn.out.close()
		_ = cn.nc.Close()
		close(cn.gone)
		cn.window.close()
		cn.mu.Lock()
		cn.closed = true
		doubtful := cn.doubtful
		cn.doubtful = nil
		cn.mu.Unlock()
		cn.client.repeats.add(doubtful, time.Now().Add(cn.client.Timing.Repeat))
	})
}

// read takes unit after unit. One that makes no sense is answered so; only a lost stream ends the connection.
func (cn *conn) read() error {
	for {
		p, err := pdu.Read(cn.in)
		if err != nil {
			return err
		}
		cn.heard.Store(int64(time.Since(cn.begun)))
		cn.take(p)
	}
}

func (cn *conn) take(p pdu.PDU) {
	switch p.Command {
	case pdu.SubmitSM.Resp():
		cn.window.answer(p.Sequence, reply{status: p.Status, id: pdu.ParseID(p.Body)})
	case pdu.GenericNack:
		cn.window.answer(p.Sequence, reply{status: p.Status, nacked: true})
	case pdu.DeliverSM, pdu.DataSM:
		cn.client.deliver(cn, p)
	case pdu.EnquireLink:
		cn.say(p.Command.Resp(), pdu.OK, p.Sequence)
	case pdu.EnquireLink.Resp():
		cn.alive()
	case pdu.Unbind:
		cn.say(p.Command.Resp(), pdu.OK, p.Sequence)
		cn.stopSubmitting()
		go cn.followUnbind()
	case pdu.Unbind.Resp():
		cn.unbindOn.Do(func() { close(cn.unbound) })
	case pdu.AlertNotification, pdu.Outbind:
		// Neither is answered (SMPP 3.4 §4.12.1, §4.1.7), and neither tells us anything.
	default:
		if !p.Command.IsResp() {
			cn.client.Log.Debug("unknown unit", "channel", cn.client.Channel, "command", uint32(p.Command), "length", len(p.Body))
			cn.say(pdu.GenericNack, pdu.InvalidCommand, p.Sequence)
		}
	}
}

// say sends a unit without a body. A connection that is closed meanwhile has nobody to tell.
func (cn *conn) say(c pdu.Command, s pdu.Status, sequence uint32) {
	_ = cn.out.put(pdu.Append(make([]byte, 0, pdu.HeaderLength), pdu.PDU{Command: c, Status: s, Sequence: sequence}), nil)
}

// followUnbind leaves answers a moment to come in after the peer has unbound.
func (cn *conn) followUnbind() {
	ctx, cancel := context.WithTimeout(cn.client.grace, cn.client.Timing.Leave)
	defer cancel()
	cn.window.empty(ctx, cn.gone)
	cn.out.flush()
	cn.fail(errUnbind)
}

// watch gives life signs when it is quiet, or when answers of ours are to be proved arrived, and ends requests whose time
// is over.
func (cn *conn) watch() {
	t := cn.client.Timing
	tick := time.NewTicker(min(time.Second, t.Enquire/4+1, t.Answer/4+1, t.Response/4+1))
	defer tick.Stop()
	for {
		select {
		case <-cn.gone:
			return
		case <-tick.C:
		}
		now := time.Now()
		cn.window.expire(now, t.Response, t.Late)
		quiet := time.Since(cn.begun)-time.Duration(cn.heard.Load()) >= t.Enquire
		if !cn.sign(now, quiet) {
			cn.fail(errSilent)
			return
		}
	}
}

// sign sends an enquire_link when one is due. It is false when the last has had no answer.
func (cn *conn) sign(now time.Time, quiet bool) bool {
	t := cn.client.Timing
	cn.mu.Lock()
	defer cn.mu.Unlock()
	if !cn.enquired.IsZero() {
		if now.Sub(cn.enquired) < t.Answer {
			return true
		}
		heard := cn.begun.Add(time.Duration(cn.heard.Load())).After(cn.enquired)
		cn.enquired = time.Time{} // a peer that is busy with other things lives, but has confirmed nothing
		return heard
	}
	if !quiet && (len(cn.doubtful) == 0 || now.Sub(cn.lastSign) < t.Enquire) {
		return true
	}
	cn.enquired, cn.lastSign = now, now
	go cn.say(pdu.EnquireLink, pdu.OK, cn.window.number()) // a full writer must not hold the watch
	return true
}

// alive notes the answer to a life sign: what was answered before it has arrived.
func (cn *conn) alive() {
	cn.mu.Lock()
	defer cn.mu.Unlock()
	kept := cn.doubtful[:0]
	for _, a := range cn.doubtful {
		if !a.at.Before(cn.enquired) {
			kept = append(kept, a)
		}
	}
	cn.doubtful, cn.enquired = kept, time.Time{}
}

// maxDoubtful bounds what is remembered for a repeat after a drop: the newest.
const maxDoubtful = 10_000

// answerAccepted answers a delivery that is stored, and remembers it until the answer is known to have arrived.
func (cn *conn) answerAccepted(d delivery) {
	a := answer{d.key(), time.Now()}
	cn.mu.Lock()
	closed := cn.closed
	if !closed {
		if len(cn.doubtful) >= maxDoubtful {
			cn.doubtful = append(cn.doubtful[:0], cn.doubtful[maxDoubtful/2:]...)
		}
		cn.doubtful = append(cn.doubtful, a)
	}
	cn.mu.Unlock()
	if closed {
		cn.client.repeats.add([]answer{a}, a.at.Add(cn.client.Timing.Repeat))
		return
	}
	d.respond(pdu.OK)
}
