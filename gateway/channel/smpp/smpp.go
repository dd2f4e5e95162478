// Package smpp connects a channel to a message centre (SMSC) or USSD gateway over SMPP 3.4. It keeps the binds, sends SMS
// in a window, joins what comes in parts, matches receipts and carries USSD dialogues. A delivery is answered only when it
// is stored, and what may have reached the message centre without an answer is never sent a second time.
package smpp

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
	"baro/locales/charset"
)

// Handlers is what stands behind the channel. Each returns when its part is durable; an error makes the message centre
// keep the message and deliver it again.
type Handlers struct {
	Accept func(ctx context.Context, mos []channel.MO) error                // SMS
	Record func(ctx context.Context, receipts ...channel.Receipt) error     // delivery receipts
	USSD   func(ctx context.Context, ev channel.USSD) (screen flows.Screen) // one step of a dialogue
	Ended  func(ctx context.Context, n channel.EndNotice)                   // nil: nobody counts them
	Hold   Hold                                                             // nil: this is the only node
}

// Hold waits until this node may use the channel, which one node at a time may. The right is lost when lost is closed, and
// given back by release. The error is that of ctx.
type Hold func(ctx context.Context) (lost <-chan struct{}, release func(), err error)

// A Client is one channel with all its binds. Its methods may be called at any time, from many goroutines.
type Client struct {
	Config
	handlers Handlers
	tracker  *tracker
	joiner   *joiner
	repeats  *repeats
	progress *progress
	refs     references

	shards    []chan delivery
	dialogues chan struct{} // room for steps under way
	screens   atomic.Int64  // on their way out
	jobs      sync.WaitGroup
	jobsMu    sync.Mutex // no job begins after Drain has begun to wait
	draining  bool

	mu        sync.RWMutex
	live      []*conn // that can submit
	bound     int     // of all roles
	class     channel.Class
	next      atomic.Uint32
	throttled atomic.Int64 // until, in Unix nanoseconds of Now

	started atomic.Bool
	holding atomic.Bool
	quit    chan struct{}
	stop    sync.Once
	grace   context.Context // ends the patience of closing binds
	giveUp  context.CancelFunc
	work    context.Context // of handlers
	endWork context.CancelFunc
	wait    sync.WaitGroup
}

var _ channel.SMSProvider = (*Client)(nil)

// New checks the configuration and reports everything that is wrong with it.
func New(cfg Config) (*Client, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	c := &Client{
		Config: cfg, repeats: newRepeats(), progress: newProgress(), quit: make(chan struct{}),
		tracker: newTracker(cfg.IDFormat, cfg.Receipts), refs: newReferences(cfg.Rand), dialogues: make(chan struct{}, maxDialogues),
	}
	c.joiner = newJoiner(c)
	c.grace, c.giveUp = context.WithCancel(context.Background())
	c.work, c.endWork = context.WithCancel(context.Background())
	for range workers {
		c.shards = append(c.shards, make(chan delivery, backlog))
	}
	return c, nil
}

// Start begins to bind. It may be called once; handlers are there from then on.
func (c *Client) Start(h Handlers) {
	if !c.started.CompareAndSwap(false, true) {
		return
	}
	c.handlers = h
	for _, shard := range c.shards {
		c.wait.Go(func() { c.serve(shard) })
	}
	c.wait.Go(c.supervise)
}

// Drain refuses what is delivered from now on, so that the message centre keeps it, finishes what is under way, and hands
// unfinished long messages on as they are. Send goes on working. It is called before whatever stands behind Handlers stops.
func (c *Client) Drain(ctx context.Context) error {
	c.jobsMu.Lock()
	c.draining = true
	c.jobsMu.Unlock()
	done := make(chan struct{})
	go func() {
		c.jobs.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return ctx.Err()
	}
	return c.joiner.flush(ctx)
}

// Stop drains, lets answers that are due come in until ctx ends, unbinds and closes. It may be called twice.
func (c *Client) Stop(ctx context.Context) error {
	err := c.Drain(ctx)
	c.stop.Do(func() { close(c.quit) })
	done := make(chan struct{})
	go func() {
		c.wait.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		c.giveUp()
		<-done
	}
	c.giveUp()
	c.endWork()
	return err
}

// Ready is true while messages can be submitted.
func (c *Client) Ready() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.live) > 0
}

// Status tells how many connections are bound of those that should be, and why some are not. A node that does not hold
// the channel should have none.
func (c *Client) Status() (bound, wanted int, class channel.Class) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.holding.Load() {
		wanted = c.Binds * len(c.roles())
	}
	return c.bound, wanted, c.class
}

// Profile is what the channel carries.
func (c *Client) Profile() charset.Profile { return c.Config.Profile }

// errNoHooks answers HTTP requests for this channel: nothing comes in that way.
var errNoHooks = errors.Join(channel.ErrForged, errors.New("smpp: the channel has no hooks"))

// DecodeMO refuses: messages come over the bind.
func (c *Client) DecodeMO(*channel.Request) ([]channel.MO, channel.Response, error) {
	return nil, channel.Response{}, errNoHooks
}

// DecodeReceipts refuses: receipts come over the bind.
func (c *Client) DecodeReceipts(*channel.Request) ([]channel.Receipt, channel.Response, error) {
	return nil, channel.Response{}, errNoHooks
}

// pick chooses a connection to submit on: in turn, and rather one with room in its window.
func (c *Client) pick() *conn {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.live) == 0 {
		return nil
	}
	first := int(c.next.Add(1)) % len(c.live)
	for i := range c.live {
		if cn := c.live[(first+i)%len(c.live)]; cn.window.room() {
			return cn
		}
	}
	return c.live[first]
}

// pauseLeft is how long the message centre wants to be left in peace.
func (c *Client) pauseLeft() time.Duration {
	return time.Duration(c.throttled.Load() - c.Now().UnixNano())
}

// join makes a bound connection usable.
func (c *Client) join(cn *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound++
	c.class = channel.ClassNone
	if cn.role != pdu.BindReceiver {
		c.live = append(c.live, cn)
	}
}

// retire takes a connection out of use for submitting.
func (c *Client) retire(cn *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rest := make([]*conn, 0, len(c.live))
	for _, other := range c.live {
		if other != cn {
			rest = append(rest, other)
		}
	}
	c.live = rest
}

func (c *Client) left() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound--
}

func (c *Client) trouble(class channel.Class) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.class = class
}

func (c *Client) troubled() channel.Class {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.class == channel.ClassNone {
		return channel.ClassProviderDown
	}
	return c.class
}
