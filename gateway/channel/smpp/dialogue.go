package smpp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/identity"
)

const serviceUSSD = "USSD"

// dialogue is true for deliveries that belong to USSD.
func (d delivery) dialogue() bool {
	_, op := d.TLVs.Get(pdu.USSDServiceOp)
	return op || strings.EqualFold(d.ServiceType, serviceUSSD)
}

// converse answers one step on a goroutine of its own: a repeat has to be looked at while its first is still in work. The
// order is: step taken and stored, delivery answered, screen submitted.
func (c *Client) converse(d delivery) {
	if c.USSD == nil || c.handlers.USSD == nil {
		d.respond(pdu.PermanentAppError)
		c.jobs.Done()
		return
	}
	select {
	case c.dialogues <- struct{}{}:
	case <-d.conn.gone:
		c.jobs.Done()
		return
	}
	go func() {
		defer c.jobs.Done()
		ctx, cancel := context.WithTimeout(c.work, c.Timing.Step)
		defer cancel()
		screen, wanted := c.takeStep(ctx, d)
		<-c.dialogues
		// From here on this waits for answers from the connection, so nothing that reads may wait for it.
		if !wanted {
			return
		}
		if c.screens.Add(1) <= maxScreens {
			c.show(ctx, d, &screen)
		} else {
			c.Log.Warn("screens pile up, one is dropped", "channel", c.Channel)
		}
		c.screens.Add(-1)
	}()
}

// maxScreens bounds what waits for its place in the window.
const maxScreens = 4 * MaxWindow

// takeStep runs the step and answers the delivery.
func (c *Client) takeStep(ctx context.Context, d delivery) (screen flows.Screen, wanted bool) {
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("dialogue panicked", "channel", c.Channel, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			d.respond(pdu.TemporaryAppError)
			wanted = false
		}
	}()
	ev, what, err := c.event(d)
	switch {
	case err != nil:
		c.Log.Warn("dialogue without a phone", "channel", c.Channel, "error", err)
		d.respond(pdu.InvalidSource)
		return screen, false
	case what == stepOver:
		if c.handlers.Ended != nil {
			c.handlers.Ended(ctx, channel.EndNotice{Channel: c.Channel, Session: ev.Session, Number: ev.Number, Status: "incomplete"})
		}
		d.respond(pdu.OK)
		return screen, false
	case what == stepIgnored:
		d.respond(pdu.OK)
		return screen, false
	}
	screen = c.handlers.USSD(ctx, ev)
	d.respond(pdu.OK)
	return screen, true
}

// event reads a delivery as a step of a dialogue.
func (c *Client) event(d delivery) (ev channel.USSD, what step, err error) {
	number, err := identity.Parse(d.Source.Addr)
	if err != nil {
		return ev, stepIgnored, err
	}
	what = c.USSD.step(&d.Message)
	text := c.decode(d.Coding, d.Text())
	ev = channel.USSD{Channel: c.Channel, Number: number, Shape: channel.LastInput, Text: text}
	ev.Session, ev.Mark = c.USSD.session(&d.Message)
	if ev.Session == "" {
		ev.Session = "-" // the phone, which is part of every key, is all there is
	}
	if what == stepBegin {
		// A gateway that counts sessions in one octet comes round to the same numbers: a begin has no mark.
		ev.Begin, ev.Mark = true, ""
		ev.ServiceCode, ev.Text = c.dialledCode(printable(c.USSD.code(&d.Message, text)))
	}
	return ev, what, nil
}

// dialledCode splits what was dialled into the service code and what followed it: of *384*96*1*2# under *384*96# that is
// 1*2. A code without stars and hash, as destination addresses have it, is the configured one when its digits are.
func (c *Client) dialledCode(dialled string) (code, rest string) {
	if c.Code == "" {
		return dialled, ""
	}
	plain := func(s string) string { return strings.Trim(s, "*#") }
	own, got := plain(c.Code), plain(dialled)
	if after, ok := strings.CutPrefix(got, own+"*"); ok {
		return c.Code, after
	}
	if strings.ReplaceAll(got, "*", "") == strings.ReplaceAll(own, "*", "") {
		return c.Code, ""
	}
	return dialled, ""
}

// show submits a screen. One that the message centre does not take now is tried again until the step's time is over; one
// that may have been shown is not.
func (c *Client) show(ctx context.Context, d delivery, screen *flows.Screen) {
	out := pdu.Message{ServiceType: serviceUSSD, Source: d.Dest, Dest: d.Source, TLVs: c.USSD.reply(&d.Message, screen.End())}
	var octets []byte
	if out.Coding, octets = c.encode(screen.String()); len(octets) <= pdu.MaxShort {
		out.Short = octets
	} else {
		out.TLVs = append(out.TLVs, pdu.TLV{Tag: pdu.MessagePayload, Value: octets})
	}
	err := out.Check()
	for err == nil {
		_, r := c.submit(ctx, &out, func(string) {})
		switch r.Outcome {
		case channel.Accepted:
			return
		case channel.RetryAfter:
			err = rest(ctx, r.After)
		default:
			err = errors.Join(r.Err, errors.New("smpp: the screen is lost"))
		}
	}
	c.Log.Warn("screen not shown", "channel", c.Channel, "number", d.phone(), "error", err)
}

// phone is the number as logs may hold it.
func (d delivery) phone() identity.MSISDN {
	n, err := identity.Parse(d.Source.Addr)
	if err != nil {
		return identity.MSISDN{}
	}
	return n
}

// rest waits, or says that time is up.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
