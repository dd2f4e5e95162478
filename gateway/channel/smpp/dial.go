package smpp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
)

// readBuffer holds many units per system call.
const readBuffer = 64 << 10

// A bindError is the peer's refusal of a bind.
type bindError struct{ status pdu.Status }

func (e *bindError) Error() string { return "smpp: bind refused with " + e.status.String() }

// account is true for refusals that trying again soon makes worse.
func (e *bindError) account() bool {
	switch e.status {
	case pdu.BindFailed, pdu.InvalidPassword, pdu.InvalidSystemID:
		return true
	}
	return false
}

// bindClass is what operators are told about a bind that did not come about.
func bindClass(err error) channel.Class {
	var refused *bindError
	if errors.As(err, &refused) && refused.account() {
		return channel.ClassAuth
	}
	return channel.ClassProviderDown
}

// connect dials and binds.
func (c *Client) connect(ctx context.Context, role pdu.Command) (*conn, error) {
	dialling, cancel := context.WithTimeout(ctx, c.Timing.Dial)
	defer cancel()
	nc, err := (&net.Dialer{}).DialContext(dialling, "tcp", c.Address) // Go sets TCP_NODELAY by itself
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if c.TLS != nil {
		secured := tls.Client(nc, c.TLS)
		if err := secured.HandshakeContext(dialling); err != nil {
			_ = nc.Close()
			return nil, fmt.Errorf("TLS: %w", err)
		}
		nc = secured
	}
	cn := newConn(c, nc, role)
	unwatch := context.AfterFunc(ctx, func() { _ = nc.Close() })
	err = cn.bind()
	if !unwatch() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return cn, nil
}

// bind speaks the first request and waits for its answer. What a peer in a hurry delivers before is left to be delivered
// again, life signs are answered.
func (cn *conn) bind() error {
	if err := cn.nc.SetDeadline(time.Now().Add(cn.client.Timing.Answer)); err != nil {
		return err
	}
	sequence := cn.window.number()
	if _, err := cn.nc.Write(pdu.AppendBind(nil, cn.role, sequence, cn.client.Config.bind())); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	cn.in = bufio.NewReaderSize(cn.nc, readBuffer)
	for {
		p, err := pdu.Read(cn.in)
		if err != nil {
			return fmt.Errorf("bind: %w", err)
		}
		switch {
		case p.Command == pdu.EnquireLink:
			if _, err := cn.nc.Write(pdu.Append(nil, pdu.PDU{Command: pdu.EnquireLink.Resp(), Sequence: p.Sequence})); err != nil {
				return fmt.Errorf("bind: %w", err)
			}
		case p.Sequence != sequence:
		case p.Command == cn.role.Resp() && p.Status == pdu.OK:
			return cn.nc.SetDeadline(time.Time{})
		case p.Command == cn.role.Resp(), p.Command == pdu.GenericNack:
			return &bindError{p.Status}
		}
	}
}
