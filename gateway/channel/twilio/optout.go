package twilio

import (
	"strings"

	"baro/gateway/channel"
)

// optOut tells what Twilio has done about a message already. Advanced Opt-Out says so in OptOutType; the built-in
// handling of long codes and toll-free numbers says nothing, acts on single English words and answers them itself.
func (p *Provider) optOut(kind, text string) channel.OptOut {
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "STOP":
		return channel.OptedOut
	case "START":
		return channel.OptedIn
	case "HELP":
		return channel.HelpSent
	}
	if !p.config.DefaultKeywords {
		return channel.OptOutNone
	}
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT":
		return channel.OptedOut
	case "START", "YES", "UNSTOP":
		return channel.OptedIn
	case "HELP", "INFO":
		return channel.HelpSent
	}
	return channel.OptOutNone
}
