package campaign

import (
	"time"

	"baro/store"
)

// A Step is what each part costs once a month's first From parts of a channel are sent, in thousandths of a currency's unit.
type Step struct{ From, Milli int64 }

// Prices are a channel's list: what the first part of a month costs, and what volume brings, in the order of From.
type Prices struct {
	First int64
	Steps []Step
}

// Of is what so many parts cost on top of a volume: each at the price of the step in which it lies.
func (p Prices) Of(volume, parts int64) (milli int64) {
	price := p.First
	for _, s := range p.Steps {
		if below := min(s.From-volume, parts); below > 0 {
			milli += below * price
			volume, parts = volume+below, parts-below
		}
		price = s.Milli
	}
	return milli + parts*price
}

// Volume is how many parts of a channel the broadcasts of all communes take in the month that holds a time: the contract is
// the platform's, and its volume nobody's alone. Parts count from the moment an audience is frozen, in the month in which its
// messages begin to leave. What was stopped before its end is left out, and so is what single residents are answered: their
// parts are kept nowhere by channel. Broadcast but is not counted. As volume makes parts cheaper, that prices too high, never too low.
func Volume(all []store.Broadcast, channel string, at time.Time, zone *time.Location, but int64) (parts int64) {
	year, month, _ := at.In(zone).Date()
	for _, b := range all {
		if b.ID == but || b.FrozenAt.IsZero() || b.State == store.BroadcastCancelled || b.State == store.BroadcastExpired {
			continue
		}
		begun := b.FrozenAt
		if b.Begins.After(begun) {
			begun = b.Begins
		}
		if y, m, _ := begun.In(zone).Date(); y == year && m == month {
			parts += b.Freeze.Parts[channel]
		}
	}
	return parts
}
