package main

import (
	"context"

	"baro/flows"
	"baro/gateway/inbound"
	"baro/gateway/server"
	"baro/gateway/server/phone"
)

func (n *node) serverOptions(hooks []server.Channel) (server.Options, error) {
	pages, err := n.publicPages()
	if err != nil {
		return server.Options{}, err
	}
	pagesOfStaff, err := n.openConsole()
	if err != nil {
		return server.Options{}, err
	}
	o := server.Options{
		Public: pages, Console: pagesOfStaff,
		Listen: n.set.listen, PublicURL: n.set.publicURL, Channels: hooks, Dialogues: showing(n.ussd, hooks, n.log), Fault: n.fault, Checks: n.checks(),
		TrustedProxies: n.set.proxies, Metrics: n.metrics(), Watch: n.watch, Log: n.log, Now: n.set.now,
	}
	if n.sms != nil {
		o.Messages = mailroom{n}
	}
	// In a demonstration the phone is for everybody; elsewhere for who is signed in, on a channel that reaches nobody else.
	if ch, ok := n.set.ussd(); ok && (n.set.demo || ch.Provider == "simulator") {
		o.Phone = &server.Phone{Open: n.set.demo, Options: phone.Options{
			Hook: hookPath(ch) + "ussd", End: hookPath(ch) + "ussd-end", SMS: "/phone/sms", MO: n.phoneMO(),
			Code: ch.Code, Number: demoNumber, GSM7: ch.profile.GSM7, UCS2: ch.profile.UCS2,
		}, Inbox: n.inbox}
	}
	return o, nil
}

// phoneMO is where the phone in the browser sends texts: the first simulated SMS channel.
func (n *node) phoneMO() string {
	for _, ch := range n.set.channels {
		if ch.Kind == "sms" && ch.Provider == "simulator" {
			return hookPath(ch) + "sms"
		}
	}
	return ""
}

// checks are the dependencies that /readyz asks. Without Redis a node works with less; without its database not at all.
func (n *node) checks() []server.Check {
	checks := []server.Check{{Name: "database", Critical: true, Probe: func(ctx context.Context) server.Health {
		if n.db.Ping(ctx) != nil {
			return server.Down
		}
		return server.OK
	}}}
	if n.redis != nil {
		checks = append(checks, server.Check{Name: "redis", Probe: func(ctx context.Context) server.Health {
			switch {
			case n.redis.Ping(ctx) == nil:
				return server.OK
			case n.publish.Alone():
				return server.Degraded
			}
			return server.Down
		}})
	}
	return checks
}

func (n *node) fault(f server.Fault) flows.Screen {
	if f == server.FaultRequest {
		return n.ussd.Fault(inbound.FaultRequest)
	}
	return n.ussd.Fault(inbound.FaultLater)
}
