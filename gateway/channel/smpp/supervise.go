package smpp

import (
	"context"
	"errors"
	"sync"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
)

// supervise keeps the binds up as long as this node holds the channel.
func (c *Client) supervise() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	if c.handlers.Hold == nil {
		c.keepAll(ctx)
		return
	}
	for ctx.Err() == nil {
		lost, release, err := c.handlers.Hold(ctx)
		if err != nil {
			continue // only when ctx has ended
		}
		held, drop := context.WithCancel(ctx)
		go func() {
			select {
			case <-lost:
				drop()
			case <-held.Done():
			}
		}()
		c.keepAll(held)
		drop()
		release()
	}
}

// keepAll runs every bind until ctx ends and all are closed.
func (c *Client) keepAll(ctx context.Context) {
	c.holding.Store(true)
	defer c.holding.Store(false)
	var all sync.WaitGroup
	for n := range c.Binds {
		for _, role := range c.roles() {
			pace := newPace(c.TPS/float64(c.Binds), time.Now())
			all.Go(func() { c.keep(ctx, role, n, pace) })
		}
	}
	all.Wait()
}

// keep binds, waits for the end, and binds again.
func (c *Client) keep(ctx context.Context, role pdu.Command, number int, pace *pace) {
	log := c.Log.With("channel", c.Channel, "bind", number)
	failures := 0
	for ctx.Err() == nil {
		cn, err := c.connect(ctx, role)
		if err == nil {
			failures = 0
			cn.pace = pace
			log.Info("bound")
			c.join(cn)
			err = cn.run(ctx)
			c.retire(cn)
			c.left()
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		class := bindClass(err)
		c.trouble(class)
		rest := c.backoff(class, failures)
		log.Warn("not bound", "class", class, "again_in", rest, "error", err)
		timer := time.NewTimer(rest)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// backoff doubles with each failure and adds up to a half, so that nodes do not come back together.
func (c *Client) backoff(class channel.Class, failures int) time.Duration {
	b := c.Timing.Backoff
	if class == channel.ClassAuth {
		b = c.Timing.Refused
	}
	rest := b.First
	for ; failures > 1 && rest < b.Longest; failures-- {
		rest *= 2
	}
	rest = min(rest, b.Longest)
	return rest + time.Duration(c.Rand()*float64(rest)/2)
}

var (
	errSilent = errors.New("smpp: no answer to enquire_link")
	errUnbind = errors.New("smpp: the peer has unbound")
)
