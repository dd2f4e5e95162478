package main

import (
	"context"
	"time"

	"baro/gateway/campaign"
)

// prices are what the configuration says of a channel's parts.
type prices struct{ node *node }

// Cost prices parts on top of what broadcasts take of the channel in the month of a time.
func (p prices) Cost(ctx context.Context, channel string, parts int64, at time.Time, but int64) (campaign.Amount, bool, error) {
	list, ok := p.list(channel)
	if !ok {
		return campaign.Amount{}, false, nil
	}
	var volume int64
	if len(list.Steps) > 0 { // without steps, volume changes nothing
		var err error
		if volume, err = p.volume(ctx, channel, at, but); err != nil {
			return campaign.Amount{}, false, err
		}
	}
	return campaign.Amount{Milli: list.Of(volume, parts), Currency: "FCFA"}, true, nil
}

func (p prices) list(channel string) (list campaign.Prices, ok bool) {
	for _, ch := range p.node.outbox.Channels() {
		if ch.Name == channel && ch.Cost > 0 {
			list.First, ok = ch.Cost, true
		}
	}
	for _, ch := range p.node.set.channels {
		if ch.Name != channel {
			continue
		}
		for _, s := range ch.Way.CostSteps {
			list.Steps = append(list.Steps, campaign.Step{From: s.From, Milli: s.Cost})
		}
	}
	return list, ok
}

// volume reads the broadcasts that are alive and those that ended since the month began: two look-ups by index. One that
// begins in a later month is alive until then.
func (p prices) volume(ctx context.Context, channel string, at time.Time, but int64) (int64, error) {
	broadcasts, zone := p.node.db.Broadcasts(), p.node.set.zone
	year, month, _ := at.In(zone).Date()
	all, err := broadcasts.Alive(ctx)
	if err != nil {
		return 0, err
	}
	ended, err := broadcasts.Ended(ctx, time.Date(year, month, 1, 0, 0, 0, 0, zone))
	if err != nil {
		return 0, err
	}
	return campaign.Volume(append(all, ended...), channel, at, zone, but), nil
}
