package main

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"baro/gateway/inbound"
	"baro/gateway/outbox"
	"baro/store"
)

// setWay puts what is configured of a channel's way out over what its provider needs.
func setWay(out *outbox.Channel, ch channelSettings, bound inbound.Bound) {
	out.Reach, out.Cost = ch.Way.Prefixes, ch.Way.Cost
	if bound != nil {
		out.Bound = func() store.PlaceID { return store.PlaceID(bound()) }
	}
	for _, digits := range slices.Sorted(maps.Keys(ch.Way.PrefixTPS)) {
		out.Prefixes = append(out.Prefixes, outbox.Prefix{Digits: digits, TPS: float64(ch.Way.PrefixTPS[digits])})
	}
	if wait := ch.Way.UnconfirmedAfter; wait > 0 {
		out.UnconfirmedAfter = wait
		if out.Lease == 0 {
			out.Lease = outbox.DefaultLease
		}
		out.Lease = max(out.Lease, wait+out.Lease/2) // a lease outlasts the wait
	}
}

// inRank orders ways out as they are tried.
func inRank(out []outbox.Channel, channels []channelSettings) {
	rank := make(map[string]int, len(channels))
	for _, ch := range channels {
		rank[ch.Name] = ch.Way.Rank
	}
	slices.SortStableFunc(out, func(a, b outbox.Channel) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
}

// auditOutbox ends what has run out in the outbox and tells how much it was.
func (n *node) auditOutbox(ctx context.Context) (string, error) {
	found, err := n.outbox.Audit(ctx)
	return found.String(), err
}
