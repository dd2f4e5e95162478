package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/gateway/channel/rapidpro"
	"baro/gateway/inbound"
	"baro/gateway/outbox"
	"baro/store"
)

// relayed is a RapidPro whose gateway we are, behind one of our channels.
type relayed struct {
	*rapidpro.Relay
	via   string
	share inbound.Share
	bound inbound.Bound
}

// relayTimes are those of the right to tell a RapidPro.
func relayTimes() holdTimes {
	return holdTimes{lease: 15 * time.Second, renew: 5 * time.Second, retry: 2 * time.Second}
}

// relayFor checks the settings of a RapidPro.
func (n *node) relayFor(ch channelSettings, via string) (*rapidpro.Relay, error) {
	r := &relayed{via: via}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("%s: %s", key, why)) }
	if ch.Text("send_url") != "" {
		wrong("via", "either we stand before a connector (send_url) or before a RapidPro (via)")
	}
	shares := map[string]inbound.Share{"": inbound.ShareUnclaimed, "unclaimed": inbound.ShareUnclaimed, "all": inbound.ShareAll, "none": inbound.ShareNone}
	share, ok := shares[ch.Text("forward")]
	if !ok {
		wrong("forward", "one of unclaimed, all, none")
	}
	r.share = share
	priority := store.PriorityNotice
	switch ch.Text("priority") {
	case "", "notice":
	case "reply":
		priority = store.PriorityReply
	default:
		wrong("priority", "one of notice, reply")
	}
	taken := false
	for _, other := range n.set.channels {
		taken = taken || other.Name == via && other.Kind == "sms" && other.Text("via") == ""
	}
	if !taken {
		wrong("via", "the name of an SMS channel is expected")
	}
	for _, other := range n.relays {
		if other.via == via {
			wrong("via", "channel "+other.Channel+" stands behind it already")
		}
	}
	var err error
	r.Relay, err = rapidpro.NewRelay(rapidpro.RelayConfig{
		Channel: ch.Name, BaseURL: ch.Text("callback_url"), Authorization: string(ch.Secretly("authorization")),
		Reports: n.db.Relays(), Writer: n.db, Keys: n.keys, Now: n.set.now, Log: n.log,
		Enqueue: func(ctx context.Context, m rapidpro.Outgoing) error { return n.enqueueRelayed(ctx, r, priority, m) },
		Stopped: func(ctx context.Context, p store.Pseudonym) (bool, error) {
			return n.db.Consents().Suppressed(ctx, p, store.PurposeAll)
		},
		Hold: func(ctx context.Context) (<-chan struct{}, func(), error) {
			held, err := n.hold(ctx, "rapidpro:"+ch.Name, relayTimes())
			return held.lost, held.release, err
		},
	})
	if err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	n.relays = append(n.relays, r)
	return r.Relay, nil
}

// enqueueRelayed puts a RapidPro's message into the outbox. Whoever says stop before it is sent does not get it; at night it
// waits, unless the configuration says that RapidPro only answers.
func (n *node) enqueueRelayed(ctx context.Context, r *relayed, priority store.Priority, m rapidpro.Outgoing) error {
	out := outbox.Message{
		ID: m.ID, Channel: r.via, Origin: m.Origin, Purpose: store.PurposeAll, To: m.To, Text: m.Text, Language: n.set.fallback,
		Priority: priority, Quiet: priority != store.PriorityReply,
	}
	if r.bound != nil {
		out.Commune = store.PlaceID(r.bound())
	}
	err := n.outbox.Enqueue(ctx, out)
	if errors.Is(err, outbox.ErrTooLong) || errors.Is(err, outbox.ErrEmpty) {
		return errors.Join(rapidpro.ErrUnfit, err)
	}
	return err
}

// bindRelays tells RapidPros the communes of the channels before them.
func (n *node) bindRelays(w ways) {
	for _, r := range n.relays {
		r.bound = w.sms[r.via].Bound
	}
}

// relay is what inbound passes messages on to, nil where there is no RapidPro.
func (n *node) relay() inbound.Relay {
	if len(n.relays) == 0 {
		return nil
	}
	return relays(n.relays)
}

func (n *node) stopRelays() {
	for _, r := range n.relays {
		r.Stop()
	}
}

// relays are the RapidPros by the channels before them.
type relays []*relayed

func (all relays) behind(channel string) *relayed {
	for _, r := range all {
		if r.via == channel {
			return r
		}
	}
	return nil
}

func (all relays) Gets(channel string) inbound.Share {
	if r := all.behind(channel); r != nil {
		return r.share
	}
	return inbound.ShareNone
}

func (all relays) Forward(ctx context.Context, messages ...inbound.Forwarded) error {
	for _, m := range messages {
		r := all.behind(m.Channel)
		if r == nil {
			continue
		}
		if err := r.Relay.Forward(ctx, rapidpro.Inbound{ID: m.ID, From: m.From, Text: m.Text, At: m.At, Stopped: m.Stopped}); err != nil {
			return err
		}
	}
	return nil
}

func (all relays) Told() {
	for _, r := range all {
		r.Wake()
	}
}
