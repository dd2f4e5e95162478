package main

import (
	"context"

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

// route is the SMS channel bound to the commune, else the first that is bound to none.
func (n *node) route(commune store.PlaceID, _ identity.MSISDN) (string, charset.Profile, error) {
	var common *channelSettings
	for i := range n.set.channels {
		ch := &n.set.channels[i]
		if ch.Kind != "sms" {
			continue
		}
		if ch.Commune == "" {
			if common == nil {
				common = ch
			}
			continue
		}
		if id := n.boundTo(ch.Name); id != 0 && id == commune {
			return ch.Name, ch.profile, nil
		}
	}
	if common == nil {
		return "", charset.Profile{}, letter.ErrNoWay
	}
	return common.Name, common.profile, nil
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
