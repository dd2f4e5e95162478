package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel/smpp"
	"baro/gateway/outbox"
	"baro/gateway/server"
)

// bindTimes are those of the right to a channel's binds: contracts allow so many at a time, whichever node has them.
func bindTimes() holdTimes {
	return holdTimes{lease: 30 * time.Second, renew: 10 * time.Second, retry: 3 * time.Second}
}

// sendPatience outlasts the time a message centre has for its answer, which is then in doubt by the bind's own judgement.
const sendPatience = 40 * time.Second

// smppClient makes a channel's client, which starts and stops with the node.
func (n *node) smppClient(ch channelSettings) (*smpp.Client, error) {
	object := func(name string) map[string]any { m, _ := ch.Settings[name].(map[string]any); return m }
	cfg := smpp.Config{
		Channel: ch.Name, Address: ch.Text("address"), SystemID: ch.Text("system_id"), Password: string(ch.Secretly("password")),
		SystemType: ch.Text("system_type"), Binds: ch.Number("binds"), Window: ch.Number("window"), TPS: float64(ch.Number("tps")),
		From: ch.Text("from"), Alphabet: ch.Text("default_alphabet"), Long: ch.Text("long"), Receipts: ch.Text("receipts"),
		IDFormat: ch.Text("id_format"), Profile: ch.profile, Code: ch.Code, Now: n.set.now, Rand: jitter, NewID: uuid.NewString, Log: n.log,
	}
	if ch.On("tls") {
		host, _, _ := net.SplitHostPort(cfg.Address) // New refuses an address without a port
		cfg.TLS = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	}
	var faults [3]error
	cfg.Source, faults[0] = smpp.ReadNumbering(object("source"))
	cfg.Destination, faults[1] = smpp.ReadNumbering(object("destination"))
	if ch.Kind == "ussd" {
		var dialect smpp.Dialect
		dialect, faults[2] = smpp.ReadDialect(object("ussd"))
		cfg.USSD = &dialect
	}
	if err := errors.Join(faults[:]...); err != nil {
		return nil, err
	}
	client, err := smpp.New(cfg)
	if err != nil {
		return nil, err
	}
	n.binds = append(n.binds, client)
	return client, nil
}

// smppOut is the channel's way out: as many calls at a time as its windows hold, and only on the node that has the binds.
func smppOut(ch channelSettings, c *smpp.Client) outbox.Channel {
	return outbox.Channel{
		Name: ch.Name, Provider: c, TPS: float64(ch.Number("tps")), Concurrency: c.Window * c.Binds, Timeout: sendPatience, Ready: c.Ready, Elsewhere: true,
	}
}

// smppProbe tells how many of the binds stand. On a node that does not hold the channel none does, which is no trouble.
func smppProbe(c *smpp.Client) func(context.Context) server.Health {
	return func(context.Context) server.Health {
		bound, wanted, class := c.Status()
		switch {
		case class.StopsChannel():
			return server.Down
		case bound == wanted:
			return server.OK
		}
		return server.Degraded
	}
}

// startBinds connects what stands behind the channels.
func (n *node) startBinds() {
	for _, c := range n.binds {
		h := smpp.Handlers{Hold: n.holdBinds("smpp:" + c.Channel)}
		if c.USSD != nil {
			h.USSD, h.Ended = n.ussd.Handle, n.ussd.Ended
		} else {
			h.Accept, h.Record = n.sms.Accept, n.outbox.Record
		}
		c.Start(h)
	}
}

// drainBinds ends the intake; sending goes on.
func (n *node) drainBinds(ctx context.Context) (err error) {
	for _, c := range n.binds {
		err = errors.Join(err, c.Drain(ctx))
	}
	return err
}

func (n *node) stopBinds(ctx context.Context) (err error) {
	for _, c := range n.binds {
		err = errors.Join(err, c.Stop(ctx))
	}
	return err
}

// holdBinds keeps a lease in the database for as long as a channel's binds are used.
func (n *node) holdBinds(name string) smpp.Hold {
	return func(ctx context.Context) (<-chan struct{}, func(), error) {
		r, err := n.hold(ctx, name, bindTimes())
		return r.lost, r.release, err
	}
}
