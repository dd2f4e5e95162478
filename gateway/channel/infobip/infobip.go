// Package infobip speaks Infobip's SMS API, version 3, and its USSD interface for third parties. The API takes message ids
// of ours: a message that may have been taken can be handed over again without being sent twice. Infobip signs nothing;
// what authenticates its calls is the secret path and the allow-list of the channel, which the server checks before
// anything gets here.
package infobip

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// Config is one channel.
type Config struct {
	Channel   string
	APIURL    string // the account's own, https://….api.infobip.com
	APIKey    string
	From      string
	StatusURL string // where reports go
	Profile   charset.Profile
	HTTP      httpsend.Options
	Now       func() time.Time
}

// SMS is one channel. Calls may run at the same time.
type SMS struct {
	config   Config
	endpoint string
	client   *httpsend.Client
}

var _ channel.SMSProvider = (*SMS)(nil)

// New checks a configuration and reports all its faults at once, without its secrets.
func New(c Config) (*SMS, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("infobip: %s: %s", key, why)) }
	if c.APIKey == "" || strings.ContainsAny(c.APIKey, "\r\n") {
		wrong("api_key", "is missing or spans lines")
	}
	if c.From == "" {
		wrong("from", "is missing")
	}
	absolute := func(key, address string) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			wrong(key, "an absolute http or https address is expected")
		}
	}
	absolute("api_url", c.APIURL)
	if c.StatusURL != "" {
		absolute("public_url", c.StatusURL)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return &SMS{config: c, endpoint: strings.TrimSuffix(c.APIURL, "/") + "/sms/3/messages", client: httpsend.New(c.HTTP)}, nil
}

// Profile is what the channel carries.
func (s *SMS) Profile() charset.Profile { return s.config.Profile }

// Close drops idle connections.
func (s *SMS) Close() { s.client.Close() }
