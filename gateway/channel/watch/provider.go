package watch

import (
	"context"
	"time"

	"baro/gateway/channel"
)

// Provider is an SMS provider whose sends are noted.
type Provider struct {
	channel.SMSProvider
	watch *Watch
	name  string
}

var _ channel.SMSProvider = (*Provider)(nil)

// Sends returns the provider of a channel with its sends noted. Durations come from the clock that cannot be set.
func (w *Watch) Sends(name string, p channel.SMSProvider) *Provider {
	return &Provider{SMSProvider: p, watch: w, name: name}
}

// outcomes are the words for results.
var outcomes = [...]string{
	channel.Accepted: "accepted", channel.Refused: "refused", channel.RetryAfter: "retry_after", channel.Unknown: "unknown",
}

// Send hands the message over and notes what became of it.
func (p *Provider) Send(ctx context.Context, m channel.MT) channel.Result {
	begun := time.Now()
	r := p.SMSProvider.Send(ctx, m)
	e := Exchange{Way: MT, Class: r.Class, Took: time.Since(begun), Mark: mark(r)}
	if int(r.Outcome) < len(outcomes) {
		e.Outcome = outcomes[r.Outcome]
	}
	p.watch.Note(p.name, e)
	return r
}

// mark tells the channel's trouble from that of one message or one person: a wrong number says nothing about a provider.
func mark(r channel.Result) Mark {
	switch {
	case r.Outcome == channel.Accepted:
		return Fine
	case r.Outcome == channel.Unknown, r.Class.StopsChannel():
		return Trouble
	case r.Class == channel.ClassProviderDown, r.Class == channel.ClassRateLimited, r.Class == channel.ClassUnknown && r.Outcome == channel.RetryAfter:
		return Trouble
	}
	return Fine
}
