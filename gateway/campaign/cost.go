package campaign

import (
	"context"
	"time"
)

// An Amount is money in thousandths of a currency's unit: prices of parts are fractions of a franc.
type Amount struct {
	Milli    int64  `json:"milli"`
	Currency string `json:"currency"`
}

// Whole is the amount in whole units, rounded up: what is shown is enough.
func (a Amount) Whole() int64 { return (a.Milli + 999) / 1000 }

// Costs tells what more parts would cost on a channel, on top of the volume of the month that holds a time and with what
// the price list says about volume; the parts of broadcast but, itself the one that is priced, are not in that volume. It gives
// false for a channel without prices.
type Costs interface {
	Cost(ctx context.Context, channel string, parts int64, at time.Time, but int64) (Amount, bool, error)
}

// A Quote is what a broadcast would cost by one way: between everybody reading the shortest of its texts and everybody
// reading the longest. How many read which is not asked: it would count a commune by language.
type Quote struct {
	Channel     string `json:"channel"`
	Least, Most int64  // parts
	From, To    Amount // what they cost, in order
	Priced      bool   // the channel has prices
}

// quotes prices an audience by every way, for broadcast but, 0 for one that is not stored.
func (s *Service) quotes(ctx context.Context, ways []Way, texts []Text, people int64, at time.Time, but int64) (all []Quote, err error) {
	for _, w := range ways {
		q := Quote{Channel: w.Channel}
		for _, t := range texts {
			if t.Profile != w.Profile.Name {
				continue
			}
			parts := int64(t.Parts) * people
			if q.Least == 0 || parts < q.Least {
				q.Least = parts
			}
			q.Most = max(q.Most, parts)
		}
		if s.Costs != nil {
			var both [2]Amount
			for i, parts := range []int64{q.Least, q.Most} {
				if both[i], q.Priced, err = s.Costs.Cost(ctx, w.Channel, parts, at, but); err != nil {
					return nil, err
				}
			}
			q.From, q.To = both[0], both[1]
			if q.From.Milli > q.To.Milli { // a step may make the larger volume the cheaper one
				q.From, q.To = q.To, q.From
			}
		}
		all = append(all, q)
	}
	return all, nil
}
