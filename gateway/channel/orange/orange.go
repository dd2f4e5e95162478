// Package orange speaks Orange's SMS API for Africa and the Middle East: OAuth client credentials, JSON after GSMA OneAPI,
// receipts and inbound messages on addresses that Orange enters for a contract. Orange signs nothing; what authenticates
// it is the secret path and the allow-list of the channel, which the server checks before anything gets here.
package orange

import (
	"encoding/base64"
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

// DefaultAPIURL is where tokens and messages go.
const DefaultAPIURL = "https://api.orange.com"

// DefaultTPS is what a contract without other words allows per account, in messages per second.
const DefaultTPS = 5

// Config is one channel.
type Config struct {
	Channel      string
	ClientID     string
	ClientSecret string
	Sender       string // the country's sender, "tel:+2230000" in Mali
	SenderName   string // up to 11 letters, digits, blanks, once Orange has approved it; empty: Orange's own
	NoPlusInPath bool   // the address of a send names the sender without its "+", as some accounts want it
	OneSegment   bool   // long messages go in several calls: whether Orange joins one long call was never promised
	APIURL       string // DefaultAPIURL when empty
	Profile      charset.Profile
	HTTP         httpsend.Options
	Now          func() time.Time
	// Print makes a keyed hash, in which nobody finds a number again: the id of inbound messages that bring none.
	Print func(parts ...string) string
}

// SMS is one channel. Calls may run at the same time; they share one token.
type SMS struct {
	config   Config
	endpoint *url.URL
	sender   string // "tel:+2230000"
	client   *httpsend.Client
	tokens   *tokens
}

var _ channel.SMSProvider = (*SMS)(nil)

var (
	senderForm = regexp.MustCompile(`^(?:tel:)?\+?([0-9]{4,15})$`)
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9 ]{0,11}$`)
)

// New checks a configuration and reports all its faults at once, without its secrets.
func New(c Config) (*SMS, error) {
	if c.APIURL == "" {
		c.APIURL = DefaultAPIURL
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("orange: %s: %s", key, why)) }
	if c.ClientID == "" {
		wrong("client_id", "is missing")
	}
	if c.ClientSecret == "" {
		wrong("client_secret", "is missing")
	}
	digits := senderForm.FindStringSubmatch(c.Sender)
	if digits == nil {
		wrong("sender", "an address like tel:+2230000 is expected")
	}
	if !nameForm.MatchString(c.SenderName) {
		wrong("sender_name", "up to 11 letters, digits and blanks are expected")
	}
	if c.Print == nil {
		wrong("print", "a keyed hash is needed")
	}
	u, err := url.Parse(c.APIURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" {
		wrong("api_url", "an absolute http or https address is expected")
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	s := &SMS{config: c, sender: "tel:+" + digits[1], client: httpsend.New(c.HTTP)}
	s.endpoint = endpoint(u, digits[1], c.NoPlusInPath)
	s.tokens = &tokens{
		client: s.client, now: c.Now, address: strings.TrimSuffix(c.APIURL, "/") + "/oauth/v3/token",
		basic: "Basic " + base64.StdEncoding.EncodeToString([]byte(c.ClientID+":"+c.ClientSecret)),
	}
	return s, nil
}

// endpoint is where messages of a sender go. ":" and "+" travel escaped, which url.URL does only when it is told the raw
// path.
func endpoint(base *url.URL, digits string, noPlus bool) *url.URL {
	sender := "tel:+" + digits
	if noPlus {
		sender = "tel:" + digits
	}
	u := *base
	head, rawHead := strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.EscapedPath(), "/")
	u.Path = head + "/smsmessaging/v1/outbound/" + sender + "/requests"
	u.RawPath = rawHead + "/smsmessaging/v1/outbound/" + url.QueryEscape(sender) + "/requests"
	return &u
}

// Profile is what the channel carries.
func (s *SMS) Profile() charset.Profile { return s.config.Profile }

// Close drops idle connections.
func (s *SMS) Close() { s.client.Close() }
