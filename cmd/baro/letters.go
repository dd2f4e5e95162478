package main

import (
	"context"
	"errors"

	"baro/flows"
	"baro/gateway/civic/dial"
	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
	"baro/store"
)

// newDesk writes letters in the release in use and hands them to the node's outbox.
func (n *node) newDesk() *letter.Desk {
	return letter.New(func() *flows.Program { return n.releases.Current() }, n.route, letterbox{n})
}

// letterbox is the outbox, which is built after the subjects that write letters.
type letterbox struct{ node *node }

func (b letterbox) Enqueue(ctx context.Context, messages ...outbox.Message) error {
	return b.node.outbox.Enqueue(ctx, messages...)
}

// route tells what the channel carries that the outbox would choose for the number now.
func (n *node) route(commune store.PlaceID, to identity.MSISDN) (charset.Profile, error) {
	if n.outbox == nil {
		return charset.Profile{}, letter.ErrNoWay
	}
	name, _, err := n.outbox.Route(commune, to)
	if errors.Is(err, outbox.ErrNoRoute) {
		return charset.Profile{}, letter.ErrNoWay
	}
	if err != nil {
		return charset.Profile{}, err
	}
	for _, ch := range n.set.channels {
		if ch.Name == name {
			return ch.profile, nil
		}
	}
	return charset.Profile{}, letter.ErrNoWay
}

// newDials tells what to dial, from the USSD channels as they are bound.
func (n *node) newDials() *dial.Book {
	number := func(id store.PlaceID) (string, bool) {
		c, ok := n.subjects.place.Commune(id)
		return c.Number, ok
	}
	return dial.NewBook(number, func() (lines []dial.Line) {
		for _, ch := range n.set.channels {
			if ch.Kind != "ussd" {
				continue
			}
			line := dial.Line{Code: ch.Code, Commune: n.boundTo(ch.Name)}
			if ch.Commune == "" || line.Commune != 0 { // while its commune is unknown a channel leads nowhere for sure
				lines = append(lines, line)
			}
		}
		return lines
	})
}

// boundTo is the commune a channel is bound to, 0 for none or one that is not imported yet.
func (n *node) boundTo(channel string) store.PlaceID {
	for _, b := range n.bound {
		if b.channel == channel {
			return store.PlaceID(b.id.Load())
		}
	}
	return 0
}
