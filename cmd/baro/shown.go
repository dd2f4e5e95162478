package main

import (
	"context"
	"log/slog"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/server"
)

// A shower is a USSD provider that takes a screen by a call of its own and not in the answer to the request.
type shower interface {
	Show(ctx context.Context, ev channel.USSD, s *flows.Screen) channel.Result
}

// shown are dialogues whose screens are sent to those who take them so. The screen is still the answer to its request:
// there is one call for it, within the request's deadline, and a screen that is lost is not sent later.
type shown struct {
	server.Dialogues
	by  map[string]shower
	log *slog.Logger
}

// showing gives the dialogues themselves where no channel needs more.
func showing(d server.Dialogues, hooks []server.Channel, log *slog.Logger) server.Dialogues {
	s := shown{Dialogues: d, by: map[string]shower{}, log: log}
	for _, h := range hooks {
		if to, ok := h.USSD.(shower); ok {
			s.by[h.Name] = to
		}
	}
	if len(s.by) == 0 {
		return d
	}
	return s
}

func (s shown) Handle(ctx context.Context, ev channel.USSD) flows.Screen {
	screen := s.Dialogues.Handle(ctx, ev)
	if to := s.by[ev.Channel]; to != nil {
		if r := to.Show(ctx, ev, &screen); r.Outcome != channel.Accepted {
			s.log.Error("ussd screen not shown", "channel", ev.Channel, "class", string(r.Class), "error", r.Err)
		}
	}
	return screen
}
