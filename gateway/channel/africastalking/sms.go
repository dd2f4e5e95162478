package africastalking

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// DefaultAPIURL is where messages are sent. The sandbox lives at https://api.sandbox.africastalking.com and wants the user
// name "sandbox".
const DefaultAPIURL = "https://api.africastalking.com"

// SMSConfig is one SMS channel.
type SMSConfig struct {
	Channel  string
	Username string
	APIKey   string
	From     string // short code or approved sender; empty: the provider's default
	APIURL   string // DefaultAPIURL when empty
	Profile  charset.Profile
	HTTP     httpsend.Options
	Now      func() time.Time
	NewID    func() string // for notices that bring no id of their own
}

// SMS is one SMS channel. Calls may run at the same time. As with USSD, nothing is signed: the server has checked the
// secret path and the allow-list.
type SMS struct {
	config   SMSConfig
	endpoint *url.URL
	client   *httpsend.Client
	fixed    string      // the fields of a send that are the same for all
	header   http.Header // of every send; a transport leaves it as it is
}

var _ channel.SMSProvider = (*SMS)(nil)

// NewSMS checks a configuration and reports all its faults at once, without its secrets.
func NewSMS(c SMSConfig) (*SMS, error) {
	if c.APIURL == "" {
		c.APIURL = DefaultAPIURL
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("africastalking: %s: %s", key, why)) }
	if c.Username == "" {
		wrong("username", "is missing")
	}
	if c.APIKey == "" || strings.ContainsAny(c.APIKey, "\r\n") {
		wrong("api_key", "is missing or spans lines")
	}
	if c.NewID == nil {
		wrong("ids", "a source of ids is needed")
	}
	u, err := url.Parse(strings.TrimSuffix(c.APIURL, "/") + "/version1/messaging")
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		wrong("api_url", "an absolute http or https address is expected")
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	fixed := url.Values{"username": {c.Username}, "bulkSMSMode": {"1"}, "enqueue": {"1"}}
	if c.From != "" {
		fixed.Set("from", c.From)
	}
	header := http.Header{"User-Agent": {"baro"}}
	header.Set("apikey", c.APIKey)
	header.Set("Accept", "application/json") // XML without it
	header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	return &SMS{
		config: c, endpoint: u, client: httpsend.New(c.HTTP),
		fixed: fixed.Encode(), header: header,
	}, nil
}

// Profile is what the channel carries.
func (s *SMS) Profile() charset.Profile { return s.config.Profile }

// Close drops idle connections.
func (s *SMS) Close() { s.client.Close() }
