package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"baro/config"
	"baro/gateway/channel"
	"baro/gateway/channel/browser"
	"baro/gateway/channel/httpgw"
	"baro/gateway/channel/infobip"
	"baro/gateway/channel/orange"
)

// orangeSMS is the SMS API of Orange. What was never promised is off until the operator of the gateway has tried it: long
// messages in one call.
func (n *node) orangeSMS(ch channelSettings) (channel.SMSProvider, error) {
	return orange.New(orange.Config{
		Channel: ch.Name, ClientID: ch.Text("client_id"), ClientSecret: string(ch.Secretly("client_secret")),
		Sender: ch.Text("sender"), SenderName: ch.Text("sender_name"), NoPlusInPath: !onUnlessSet(ch, "plus_in_path"),
		OneSegment: onUnlessSet(ch, "one_segment"), APIURL: ch.Text("api_url"), Profile: ch.profile, Now: n.set.now, Print: n.print,
	})
}

// browserUSSD is a channel whose operator fetches pages.
func (n *node) browserUSSD(ch channelSettings) (channel.USSDProvider, error) {
	c := browser.Config{
		Channel: ch.Name, Code: ch.Code, Hook: n.hookURL(ch, "ussd"), Limit: ch.Number("page_limit"), Profile: ch.profile, Now: n.set.now,
		Sign: n.print,
	}
	absolute := onUnlessSet(ch, "absolute_links")
	if ch.Provider == "myriad" {
		c.Pages = browser.JSON
		c.Headers = browser.Headers{
			Number: "user-msisdn", Session: "user-session", Code: "hub-ussdcode", Input: "user-entry", Network: "user-operator-name",
		}
	} else {
		absolute = ch.On("absolute_links")
		c.Headers, c.Param = browser.Headers{Number: "User-MSISDN", Session: "User-SessionId"}, "response"
		if name := ch.Text("pages"); name != "" {
			pages, ok := browser.ParsePages(name)
			if !ok || pages == browser.JSON {
				return nil, errors.New("pages: one of xhtml, cellflash")
			}
			c.Pages = pages
		}
		if param := ch.Text("param"); param != "" {
			c.Param = param
		}
	}
	if !absolute {
		c.Hook = strings.TrimPrefix(c.Hook, n.set.publicURL)
	}
	headers, _ := ch.Settings["headers"].(map[string]any)
	return browserWith(c, headers)
}

// browserWith changes the names of headers. An empty name says that the operator sends none.
func browserWith(c browser.Config, headers map[string]any) (*browser.Provider, error) {
	into := map[string]*string{
		"number": &c.Headers.Number, "session": &c.Headers.Session, "code": &c.Headers.Code, "input": &c.Headers.Input, "network": &c.Headers.Network,
	}
	var faults []error
	for key, value := range headers {
		name, isText := value.(string)
		switch to := into[key]; {
		case to == nil:
			faults = append(faults, fmt.Errorf("headers.%s: unknown, known are number, session, code, input, network", key))
		case !isText:
			faults = append(faults, fmt.Errorf("headers.%s: the name of a header is expected", key))
		default:
			*to = strings.TrimSpace(name)
		}
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) }) // maps have no order
		return nil, errors.Join(faults...)
	}
	return browser.New(c)
}

// print is a keyed hash of parts, the same on every node.
func (n *node) print(parts ...string) string {
	raw := make([][]byte, len(parts))
	for i, p := range parts {
		raw[i] = []byte(p)
	}
	mac := n.keys.MAC("channel print", raw...)
	return hex.EncodeToString(mac[:])
}

// onUnlessSet is a setting that is on until it is switched off.
func onUnlessSet(ch channelSettings, name string) bool {
	_, set := ch.Settings[name]
	return !set || ch.On(name)
}

// ratePerSecond is what the contract allows, where a provider has a usual one.
func ratePerSecond(ch channelSettings) float64 {
	if tps := ch.Number("tps"); tps > 0 || ch.Provider != "orange" {
		return float64(tps)
	}
	return orange.DefaultTPS
}

// httpUSSD is a gateway that data describes.
func (n *node) httpUSSD(ch channelSettings) (channel.USSDProvider, error) {
	return httpgw.NewUSSD(httpgw.Config{
		Channel: ch.Name, Code: ch.Code, Own: describing(ch.Channel), Basic: string(ch.Secretly("basic")), Profile: ch.profile, Now: n.set.now,
	})
}

// httpSMS is the same for messages.
func (n *node) httpSMS(ch channelSettings) (channel.SMSProvider, error) {
	return httpgw.NewSMS(httpgw.SMSConfig{
		Channel: ch.Name, From: ch.Text("from"), Own: describing(ch.Channel), Basic: string(ch.Secretly("basic")),
		Username: ch.Text("username"), Password: string(ch.Secretly("password")), Key: string(ch.Secretly("api_key")),
		SendURL: ch.Text("send_url"), StatusURL: n.hookURL(ch, "status"), Profile: ch.profile, Now: n.set.now, Print: n.print,
	})
}

// describing are the settings that describe a gateway; what is an account's own is kept apart from them.
func describing(ch config.Channel) map[string]any {
	own := maps.Clone(ch.Settings)
	for _, apart := range []string{"basic", "from", "username", "password", "api_key", "send_url", "tps"} {
		delete(own, apart)
	}
	return own
}

// idleOf is how long the gateway behind a provider keeps a dialogue, where it says so.
func idleOf(p channel.USSDProvider) time.Duration {
	if keeper, ok := p.(interface{ Idle() time.Duration }); ok {
		return keeper.Idle()
	}
	return 0
}

func (n *node) infobipSMS(ch channelSettings) (channel.SMSProvider, error) {
	return infobip.New(infobip.Config{
		Channel: ch.Name, APIURL: ch.Text("api_url"), APIKey: string(ch.Secretly("api_key")), From: ch.Text("from"),
		StatusURL: n.hookURL(ch, "status"), Profile: ch.profile, Now: n.set.now,
	})
}
