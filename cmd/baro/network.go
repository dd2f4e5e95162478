package main

import (
	"context"

	"baro/flows/simulate"
	"baro/gateway/channel"
	"baro/gateway/identity"
)

// nodeNetwork hands a phone's requests to a node in the same process.
type nodeNetwork struct{ node *node }

func (w nodeNetwork) USSD(ctx context.Context, r simulate.Request) (simulate.Reply, error) {
	number, err := identity.Parse(r.Number)
	if err != nil {
		return simulate.Reply{}, err
	}
	screen := w.node.ussd.Handle(ctx, channel.USSD{
		Channel: w.node.ussdName(), Session: r.Session, Number: number, ServiceCode: r.Code, Text: r.Text,
	})
	return simulate.Reply{Text: screen.String(), End: screen.End()}, nil
}

// ussdName is the channel that phones of this process are on.
func (n *node) ussdName() string {
	ch, _ := n.set.ussd()
	return ch.Name
}
