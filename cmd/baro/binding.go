package main

import (
	"context"
	"sync/atomic"

	"baro/gateway/inbound"
)

// A binding is a channel's commune by the name the configuration gives it. The commune may be imported later: until then
// people on the channel are asked for theirs.
type binding struct {
	channel string
	commune string
	id      atomic.Int64
}

// bind makes a channel's binding; nil when the channel is bound to none.
func (n *node) bind(ctx context.Context, ch channelSettings) (inbound.Bound, error) {
	if ch.Commune == "" {
		return nil, nil
	}
	b := &binding{channel: ch.Name, commune: ch.Commune}
	if err := n.rebind(ctx, b); err != nil {
		return nil, err
	}
	if b.id.Load() == 0 {
		n.log.Warn("the channel's commune is not known yet; people are asked for theirs", "channel", ch.Name, "commune", ch.Commune)
	}
	n.bound = append(n.bound, b)
	return b.id.Load, nil
}

func (n *node) rebind(ctx context.Context, b *binding) error {
	id, err := n.subjects.bound(ctx, b.commune)
	if err == nil {
		b.id.Store(int64(id))
	}
	return err
}
