package outbox

import (
	"errors"
	"fmt"
	"strings"

	"baro/gateway/identity"
	"baro/locales/charset"
	"baro/store"
)

// ErrNoRoute: no channel carries messages to this number for this commune.
var ErrNoRoute = errors.New("outbox: no channel reaches this number")

// A Quote is what one text is on one channel.
type Quote struct {
	Text     string // in the letters the channel carries
	Encoding charset.Encoding
	Parts    int
	Milli    int64 // its cost in thousandths of a franc
	Priced   bool  // the channel has a price
}

// Quote tells what a text would be and cost. It is pure: the same text always costs the same.
func (c Channel) Quote(text, language string) Quote {
	text, _ = c.Provider.Profile().Convert(text, language)
	m := charset.Count(text)
	return Quote{Text: text, Encoding: m.Encoding, Parts: m.Parts, Milli: int64(m.Parts) * c.Cost, Priced: c.Cost > 0}
}

// carries reports whether a channel takes messages of a commune to a number.
func (c Channel) carries(commune store.PlaceID, to identity.MSISDN) bool {
	if c.Bound != nil && (commune == 0 || c.Bound() != commune) {
		return false
	}
	if len(c.Reach) == 0 {
		return true
	}
	digits := strings.TrimPrefix(to.E164(), "+")
	for _, prefix := range c.Reach {
		if strings.HasPrefix(digits, prefix) {
			return true
		}
	}
	return false
}

// Channels lists the channels in their order, for previews and lists of routes.
func (s *Service) Channels() []Channel {
	all := make([]Channel, 0, len(s.order))
	for _, p := range s.order {
		all = append(all, p.Channel)
	}
	return all
}

// Route chooses the channel of a message that names none: the first in the configured order that carries messages of the
// commune to the number and is well; else the first that is only degraded; else the first, where the message waits. A
// channel bound to the commune comes before those that are bound to none. why says it for people who look.
func (s *Service) Route(commune store.PlaceID, to identity.MSISDN) (name, why string, err error) {
	var fitting []*pump
	for _, bound := range []bool{true, false} {
		for _, p := range s.order {
			if (p.Bound != nil) == bound && p.carries(commune, to) {
				fitting = append(fitting, p)
			}
		}
	}
	if len(fitting) == 0 {
		return "", "", ErrNoRoute
	}
	for _, state := range []string{stateOK, stateDegraded} {
		for i, p := range fitting {
			h := p.health(s.Now())
			if h.State != state {
				continue
			}
			if i == 0 {
				return p.Name, "first of " + fmt.Sprint(len(fitting)), nil
			}
			return p.Name, fmt.Sprintf("%s is %s", fitting[0].Name, fitting[0].health(s.Now()).State), nil
		}
	}
	return fitting[0].Name, "all are down", nil
}
