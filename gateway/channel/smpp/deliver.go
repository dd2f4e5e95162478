package smpp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime/debug"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/identity"
)

// Bounds of what is under way at a time. Whatever is above them waits in the socket: nothing is dropped.
const (
	workers      = 32
	backlog      = 64 // of each worker
	maxDialogues = 512
)

// A delivery is one deliver_sm or data_sm with the connection that waits for its answer.
type delivery struct {
	conn     *conn
	command  pdu.Command
	sequence uint32
	body     []byte
	pdu.Message
}

// key is what a repeat of the same delivery has in common with it.
func (d delivery) key() (k [16]byte) {
	sum := sha256.Sum256(d.body)
	copy(k[:], sum[:])
	return k
}

// respond answers. Good answers have a body, an empty message_id (SMPP 3.4 §4.6.2); others need none.
func (d delivery) respond(s pdu.Status) {
	if s != pdu.OK {
		d.conn.say(d.command.Resp(), s, d.sequence)
		return
	}
	_ = d.conn.out.put(pdu.AppendID(make([]byte, 0, pdu.HeaderLength+1), d.command.Resp(), s, d.sequence, ""), nil)
}

// deliver hands a unit to whoever works on it. It runs on the reading goroutine and may wait for a worker: workers never
// wait for anything this connection still has to read.
func (c *Client) deliver(cn *conn, p pdu.PDU) {
	d := delivery{conn: cn, command: p.Command, sequence: p.Sequence, body: p.Body}
	var err error
	if p.Command == pdu.DataSM {
		d.Message, err = pdu.ParseData(p.Body)
	} else {
		d.Message, err = pdu.ParseMessage(p.Body)
	}
	if err != nil {
		status := pdu.InvalidCommandLen
		var field *pdu.FieldError
		if errors.As(err, &field) {
			status = field.Status
		}
		c.Log.Warn("unreadable delivery", "channel", c.Channel, "length", len(p.Body), "error", err)
		d.respond(status)
		return
	}
	if !c.begin() {
		d.respond(pdu.TemporaryAppError)
		return
	}
	if d.dialogue() {
		c.converse(d)
		return
	}
	select {
	case c.shards[d.shard(len(c.shards))] <- d:
	case <-cn.gone:
		c.jobs.Done() // nobody waits for the answer, so the delivery will come again
	}
}

// begin counts a job in, unless the channel drains.
func (c *Client) begin() bool {
	c.jobsMu.Lock()
	defer c.jobsMu.Unlock()
	if c.draining {
		return false
	}
	c.jobs.Add(1)
	return true
}

// shard keeps the messages of one sender in order.
func (d delivery) shard(n int) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(d.Source.Addr)) // never fails
	return int(sum.Sum32() % uint32(n))
}

// serve works on one shard until the client stops; Drain has emptied it by then, or given up.
func (c *Client) serve(shard chan delivery) {
	for {
		select {
		case d := <-shard:
			c.handle(d)
			c.jobs.Done()
		case <-c.quit:
			for len(shard) > 0 { // patience has ended; unanswered, they come again
				<-shard
				c.jobs.Done()
			}
			return
		}
	}
}

// handle stores a delivery and answers it. A panic is answered as a temporary fault, once.
func (c *Client) handle(d delivery) {
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("delivery panicked", "channel", c.Channel, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			d.respond(pdu.TemporaryAppError)
		}
	}()
	ctx, cancel := context.WithTimeout(c.work, c.Timing.Handle)
	defer cancel()
	if d.receipt() {
		d.respond(c.storeReceipt(ctx, d))
		return
	}
	if c.handlers.Accept == nil {
		d.respond(pdu.PermanentAppError)
		return
	}
	part, text := d.part()
	if part.total > 1 {
		c.joiner.add(ctx, d, part, text)
		return
	}
	if c.repeats.take(d.key()) {
		d.conn.answerAccepted(d)
		return
	}
	if err := c.accept(ctx, d.Source.Addr, d.Dest.Addr, c.decode(d.Coding, text)); err != nil {
		d.respond(pdu.TemporaryAppError)
		return
	}
	d.conn.answerAccepted(d)
}

// accept stores a message. Senders that are no phones are left to the handler, which drops them.
func (c *Client) accept(ctx context.Context, from, to, text string) error {
	number, err := identity.Parse(from)
	if err != nil {
		number = identity.MSISDN{}
	}
	mo := channel.MO{Channel: c.Channel, ExternalID: c.NewID(), From: number, To: printable(to), Text: text}
	if err := c.handlers.Accept(ctx, []channel.MO{mo}); err != nil {
		c.Log.Error("message not accepted", "channel", c.Channel, "error", err)
		return err
	}
	return nil
}
