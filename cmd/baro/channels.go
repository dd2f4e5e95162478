package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"baro/config"
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/infobip"
	"baro/gateway/channel/kannel"
	"baro/gateway/channel/simulator"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/twilio"
	"baro/gateway/inbound"
	"baro/gateway/outbox"
	"baro/gateway/server"
	"baro/locales/charset"
)

// ways are the configured channels in the terms of the parts that use them.
type ways struct {
	hooks []server.Channel
	ussd  map[string]inbound.Channel
	sms   map[string]inbound.SMSChannel
	out   []outbox.Channel
}

// smsParts is how many parts one screen may take by SMS: two hold any menu, and cost twice one.
const smsParts = 2

// channels makes the configured channels' adapters. This is the one list of providers.
func (n *node) channels(ctx context.Context) (ways, error) {
	w := ways{ussd: map[string]inbound.Channel{}, sms: map[string]inbound.SMSChannel{}}
	for _, ch := range n.set.channels {
		bound, err := n.bind(ctx, ch)
		if err != nil {
			return w, fmt.Errorf("channel %s: %w", ch.Name, err)
		}
		hook := server.Channel{Name: ch.Name, Secret: string(ch.Secret), Allow: ch.Allow}
		if via := ch.Text("via"); via != "" { // a RapidPro behind another channel: nothing is sent or answered over this one
			if hook.More, err = n.relayFor(ch, via); err != nil {
				return w, fmt.Errorf("channel %s: %w", ch.Name, err)
			}
			w.hooks = append(w.hooks, hook)
			continue
		}
		var client *smpp.Client
		if ch.Provider == "smpp" { // has no hooks: everything comes over its binds
			if client, err = n.smppClient(ch); err != nil {
				return w, fmt.Errorf("channel %s: %w", ch.Name, err)
			}
			hook.Probe = smppProbe(client)
		}
		if ch.Kind == "ussd" {
			if client == nil {
				if hook.USSD, err = n.ussdProvider(ch); err != nil {
					return w, fmt.Errorf("channel %s: %w", ch.Name, err)
				}
				hook.More, _ = hook.USSD.(channel.Router)
			}
			w.ussd[ch.Name] = inbound.Channel{
				Name: ch.Name, Profile: ch.profile, Bound: bound, Callback: ch.Callback, Language: ch.Language, Life: idleOf(hook.USSD),
			}
		} else {
			if client == nil {
				if hook.SMS, err = n.smsProvider(ch); err != nil {
					return w, fmt.Errorf("channel %s: %w", ch.Name, err)
				}
				hook.More, _ = hook.SMS.(channel.Router)
				hook.Probe = phoneProbe(hook.SMS)
				w.out = append(w.out, smsOut(ch, hook.SMS))
			} else {
				w.out = append(w.out, smppOut(ch, client))
			}
			setWay(&w.out[len(w.out)-1], ch, bound)
			w.sms[ch.Name] = inbound.SMSChannel{
				Name: ch.Name, Profile: screenProfile(ch.profile), Bound: bound, Callback: ch.Callback, Dial: n.dialString(),
			}
		}
		n.probes[ch.Name], hook.Probe = hook.Probe, n.channelProbe(ch.Name)
		w.hooks = append(w.hooks, hook)
	}
	n.bindRelays(w)
	inRank(w.out, n.set.channels)
	for i := range w.out {
		w.out[i].Provider = n.watch.Sends(w.out[i].Name, w.out[i].Provider)
	}
	return w, nil
}

func (n *node) ussdProvider(ch channelSettings) (channel.USSDProvider, error) {
	switch ch.Provider {
	case "simulator":
		return simulator.New(ch.Name, ch.profile, n.inbox), nil
	case "africastalking":
		return africastalking.New(ch.Name, ch.profile), nil
	case "kannel":
		dialect, err := kannel.ParseDialect(ch.Settings["ussd"])
		if err != nil {
			return nil, err
		}
		c := n.kannelConfig(ch)
		c.Code, c.Dialect = ch.Code, dialect
		return kannel.NewUSSD(c)
	case "orangeussd", "myriad":
		return n.browserUSSD(ch)
	case "http":
		return n.httpUSSD(ch)
	case "infobip":
		return infobip.NewUSSD(ch.Name, ch.Code, ch.profile), nil
	}
	return nil, fmt.Errorf("provider %s has no USSD in this version", ch.Provider)
}

func (n *node) smsProvider(ch channelSettings) (channel.SMSProvider, error) {
	switch ch.Provider {
	case "simulator":
		return simulator.NewSMS(ch.Name, ch.Text("from"), ch.profile, n.inbox, uuid.NewString), nil
	case "africastalking":
		return africastalking.NewSMS(africastalking.SMSConfig{
			Channel: ch.Name, Username: ch.Text("username"), APIKey: string(ch.Secretly("api_key")), From: ch.Text("from"),
			APIURL: ch.Text("api_url"), Profile: ch.profile, Now: n.set.now, NewID: uuid.NewString,
		})
	case "kannel":
		c := n.kannelConfig(ch)
		c.StatusURL = n.hookURL(ch, "status")
		return kannel.NewSMS(c)
	case "orange":
		return n.orangeSMS(ch)
	case "infobip":
		return n.infobipSMS(ch)
	case "http":
		return n.httpSMS(ch)
	case "smsgate":
		return n.phoneSMS(ch)
	case "rapidpro":
		return n.externalSMS(ch)
	case "twilio":
		return twilio.New(twilio.Config{
			Channel: ch.Name, AccountSID: ch.Text("account_sid"), AuthTokens: tokens(ch.Secretly("auth_token"), ch.Secretly("auth_token_previous")),
			APIKey: ch.Text("api_key"), APISecret: string(ch.Secretly("api_secret")), From: ch.Text("from"),
			MessagingServiceSID: ch.Text("messaging_service_sid"), APIURL: ch.Text("api_url"), PublicURL: n.set.publicURL,
			StatusURL: n.hookURL(ch, "status"), DefaultKeywords: ch.On("default_keywords"), Profile: ch.profile, Now: n.set.now,
		})
	}
	return nil, fmt.Errorf("provider %s has no SMS in this version", ch.Provider)
}

func (n *node) kannelConfig(ch channelSettings) kannel.Config {
	return kannel.Config{
		Channel: ch.Name, SendURL: ch.Text("send_url"), Username: ch.Text("username"), Password: string(ch.Secretly("password")),
		From: ch.Text("from"), Profile: ch.profile, Now: n.set.now,
	}
}

// tokens are the current token and, while one is being changed, the former.
func tokens(all ...config.Secret) (out []string) {
	for _, t := range all {
		if t != "" {
			out = append(out, string(t))
		}
	}
	return out
}

// hookURL is a hook as a provider reaches it.
func (n *node) hookURL(ch channelSettings, hook string) string {
	return n.set.publicURL + hookPath(ch) + hook
}

// hookPath is where a channel's hooks begin, with the secret that leads there.
func hookPath(ch channelSettings) string {
	path := "/hooks/" + ch.Name + "/"
	if ch.Secret != "" {
		path += string(ch.Secret) + "/"
	}
	return path
}

// screenProfile lets a dialogue's screen take several parts of an SMS.
func screenProfile(p charset.Profile) charset.Profile {
	if !p.Concatenated {
		return p
	}
	p.GSM7 = smsParts * 153
	if p.UCS2 > 0 {
		p.UCS2 = smsParts * 67
	}
	return p
}

// dialString is what people dial for what has no place in a text.
func (n *node) dialString() string {
	ch, ok := n.set.ussd()
	if !ok {
		return ""
	}
	return strings.TrimSpace(ch.Code)
}
