package smpp

import (
	"errors"
	"fmt"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
)

var (
	errNotBound  = errors.New("smpp: no bind")
	errThrottled = errors.New("smpp: the message centre asked for a pause")
	errOverdue   = errors.New("smpp: no answer to submit_sm in time")
	errCut       = errors.New("smpp: the connection ended before submit_sm was answered")
)

// systemPause is how long a message waits whose failure is the message centre's own.
const systemPause = 30 * time.Second

func later(class channel.Class, after time.Duration, err error) channel.Result {
	return channel.Result{Outcome: channel.RetryAfter, Class: class, After: after, Err: err}
}

func refused(class channel.Class, err error) channel.Result {
	return channel.Result{Outcome: channel.Refused, Class: class, Err: err}
}

// outcome is what an answer to submit_sm says, or its absence.
func (c *Client) outcome(a reply) channel.Result {
	switch a.end {
	case overdue:
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errOverdue}
	case cut:
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errCut}
	case unsent:
		return later(channel.ClassProviderDown, c.Timing.Throttle, errClosed)
	}
	err := fmt.Errorf("smpp: submit_sm answered with %s", a.status)
	switch a.status {
	case pdu.Throttled, pdu.QueueFull:
		c.pause()
		return later(channel.ClassRateLimited, c.Timing.Throttle, err)
	case pdu.OK:
		if a.nacked {
			return refused(channel.ClassConfig, errors.New("smpp: generic_nack with status 0"))
		}
		return channel.Result{Outcome: channel.Accepted}
	}
	return byStatus(a, err)
}

// byStatus sorts refusals. Those of vendors mean what each likes, and are the message's own.
func byStatus(a reply, err error) channel.Result {
	s := a.status
	switch {
	case s == pdu.SystemError, s == pdu.TemporaryAppError:
		return later(channel.ClassProviderDown, systemPause, err)
	case s == pdu.InvalidDestination:
		return refused(channel.ClassBadNumber, err)
	case s == pdu.InvalidSource, s == pdu.InvalidSourceTON, s == pdu.InvalidSourceNPI:
		return refused(channel.ClassSenderNotAllowed, err)
	case s == pdu.WrongBindState, s == pdu.AlreadyBound, s == pdu.BindFailed, s == pdu.InvalidPassword, s == pdu.InvalidSystemID:
		return later(channel.ClassAuth, systemPause, err) // the bind's fault: nothing is wrong with the message
	case a.nacked, s >= pdu.InvalidOptional && s <= pdu.InvalidOptionalEnd:
		return refused(channel.ClassConfig, err)
	}
	switch s {
	case pdu.InvalidDestTON, pdu.InvalidDestNPI, pdu.InvalidLength, pdu.InvalidCommandLen, pdu.InvalidCommand, pdu.InvalidServiceType,
		pdu.InvalidESMClass, pdu.InvalidSchedule, pdu.InvalidExpiry, pdu.InvalidDataCoding:
		return refused(channel.ClassConfig, err)
	}
	return refused(channel.ClassUnknown, err)
}

// pause leaves the message centre in peace: what is sent meanwhile comes back at once, so that order is kept.
func (c *Client) pause() {
	c.throttled.Store(c.Now().Add(c.Timing.Throttle).UnixNano())
}
