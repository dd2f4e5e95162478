package outbox

import (
	"time"

	"baro/gateway/channel"
)

// Health is how a channel fares.
type Health struct {
	Channel string
	State   string        // ok, degraded (paused or in doubt), down (an operator has to act)
	Class   channel.Class // of the trouble
	Since   time.Time     // of the trouble
	Until   time.Time     // of the pause, zero without one
	Counts  Counts
}

// Health lists the channels in their configured order.
func (s *Service) Health() []Health {
	all := make([]Health, 0, len(s.order))
	for _, p := range s.order {
		all = append(all, p.trouble.health(p.Name, s.Now()))
	}
	return all
}

func (t *trouble) health(name string, now time.Time) Health {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := Health{Channel: name, State: "ok", Class: t.class, Since: t.since, Counts: t.counts}
	if now.Before(t.until) {
		h.Until = t.until
	}
	switch {
	case t.class.StopsChannel():
		h.State = "down"
	case t.class != channel.ClassNone || t.doubts > 0:
		h.State = "degraded"
	}
	return h
}
