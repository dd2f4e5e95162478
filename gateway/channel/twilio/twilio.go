// Package twilio speaks Twilio's Programmable Messaging: signed webhooks in, the Messages resource of API 2010-04-01 out.
// In Mali it is a way out only: no Malian number answers to Twilio, so what an answer keyword would do belongs into the
// text as a USSD code.
package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// DefaultAPIURL is where Twilio's REST API lives.
const DefaultAPIURL = "https://api.twilio.com"

// Config is one channel at Twilio.
type Config struct {
	Channel    string
	AccountSID string // AC…
	// AuthTokens sign webhooks. During a rotation there are two; any of them proves a request, the first one sends.
	AuthTokens []string
	// APIKey (SK…) and APISecret send instead of account and token, when set.
	APIKey, APISecret string
	// From is an E.164 number, a short code or an alphanumeric sender; with MessagingServiceSID (MG…) it may be empty.
	From                string
	MessagingServiceSID string
	APIURL              string // DefaultAPIURL when empty
	// PublicURL is the origin Twilio calls. Signatures are made over it, never over what a request says about itself.
	PublicURL string
	// StatusURL is the status hook as Twilio reaches it; our message id is added as ?m=. Empty: no callbacks are asked for.
	StatusURL string
	// DefaultKeywords is true where Twilio's built-in STOP, START and HELP answer, as on long codes without Advanced
	// Opt-Out.
	DefaultKeywords bool
	Profile         charset.Profile
	HTTP            httpsend.Options
	Now             func() time.Time
}

// Provider is one channel at Twilio. Calls may run at the same time.
type Provider struct {
	config  Config
	origins []string // of PublicURL, as Twilio may have written it
	api     *url.URL
	client  *httpsend.Client
}

var _ channel.SMSProvider = (*Provider)(nil)

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
)

// New checks a configuration and reports all its faults at once, without its secrets.
func New(c Config) (*Provider, error) {
	if c.APIURL == "" {
		c.APIURL = DefaultAPIURL
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	p := &Provider{config: c, client: httpsend.New(c.HTTP)}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("twilio: %s: %s", key, why)) }
	if !accountSID.MatchString(c.AccountSID) {
		wrong("account_sid", "AC and 32 hexadecimal digits are expected")
	}
	if len(c.AuthTokens) == 0 {
		wrong("auth_token", "without it no webhook can be believed")
	}
	for _, token := range c.AuthTokens {
		if token == "" {
			wrong("auth_token", "an empty one proves nothing")
		}
	}
	if (c.APIKey == "") != (c.APISecret == "") {
		wrong("api_key", "key and secret go together")
	}
	if c.From == "" && c.MessagingServiceSID == "" {
		wrong("from", "a sender or a messaging service is needed")
	}
	if c.MessagingServiceSID != "" && !serviceSID.MatchString(c.MessagingServiceSID) {
		wrong("messaging_service_sid", "MG and 32 hexadecimal digits are expected")
	}
	var err error
	if p.api, err = absolute(c.APIURL); err != nil {
		wrong("api_url", err.Error())
	}
	public, err := absolute(c.PublicURL)
	if err != nil {
		wrong("public_url", err.Error())
	} else {
		p.origins = spellings(public)
	}
	if c.StatusURL != "" {
		status, err := absolute(c.StatusURL)
		switch {
		case err != nil:
			wrong("status URL", err.Error())
		case strings.Contains(status.Hostname(), "_"):
			wrong("status URL", "Twilio refuses hosts with an underscore")
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return p, nil
}

// Profile is what the channel carries.
func (p *Provider) Profile() charset.Profile { return p.config.Profile }

// Close drops idle connections.
func (p *Provider) Close() { p.client.Close() }

func absolute(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.Fragment != "" {
		return nil, errors.New("an absolute http or https address is expected")
	}
	return u, nil
}
