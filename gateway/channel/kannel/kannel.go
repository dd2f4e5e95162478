// Package kannel speaks with the smsbox of a Kannel gateway (1.4.5, user guide tables 7-10 and 7-17): sms-service calls and
// delivery reports come in, sendsms calls go out, for SMS and for USSD. Kannel signs nothing; what proves its calls is the
// secret path and the allow-list of the channel, which the server checks before anything gets here.
package kannel

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

// Config is one channel through Kannel.
type Config struct {
	Channel  string
	SendURL  string // of sendsms, http://127.0.0.1:13013/cgi-bin/sendsms; a query in it goes along with every call
	Username string // of a sendsms-user group
	Password string
	// From is the short code or sender of SMS. A USSD channel answers from the code that was dialled when it is empty.
	From string
	// StatusURL is the status hook as Kannel reaches it; our message id and Kannel's escape codes are added. Empty: no
	// receipts are asked for.
	StatusURL string
	Code      string  // USSD: the service code as people dial it, so that what follows it is known
	Dialect   Dialect // USSD: of the operator's link; zero: the specification's
	Profile   charset.Profile
	HTTP      httpsend.Options
	Now       func() time.Time
}

// SMS is one SMS channel. Calls may run at the same time.
type SMS struct {
	*smsbox
	from    string
	reports string // dlr-url up to our message id
}

var _ channel.SMSProvider = (*SMS)(nil)

// smsbox is what SMS and USSD share: the peer they send to.
type smsbox struct {
	name    string
	url     *url.URL
	base    url.Values
	profile charset.Profile
	client  *httpsend.Client
	now     func() time.Time
}

// NewSMS checks a configuration and reports all its faults at once, without its secrets.
func NewSMS(c Config) (*SMS, error) {
	box, faults := newSmsbox(c)
	if c.From == "" || !plain(c.From, maxAddress) {
		faults = append(faults, errors.New("kannel: from: a short code or sender name is expected"))
	}
	s := &SMS{smsbox: box, from: c.From}
	if c.StatusURL != "" {
		u, err := url.Parse(c.StatusURL)
		// smsbox takes the whole address apart by "%" codes: one that stands there for itself would be filled in.
		if err != nil || u.Host == "" || strings.ContainsAny(c.StatusURL, "%# ") {
			faults = append(faults, errors.New("kannel: status URL: an absolute address without %, # and blanks is expected"))
		}
		s.reports = c.StatusURL + mark(c.StatusURL)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// Profile is what the channel carries.
func (b *smsbox) Profile() charset.Profile { return b.profile }

// Close drops idle connections.
func (b *smsbox) Close() { b.client.Close() }

func newSmsbox(c Config) (*smsbox, []error) {
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("kannel: %s: %s", key, why)) }
	if c.Now == nil {
		c.Now = time.Now
	}
	u, err := url.Parse(c.SendURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		wrong("send_url", "an absolute http or https address is expected")
		u = &url.URL{}
	}
	if c.Username == "" {
		wrong("username", "is missing")
	}
	if c.Password == "" {
		wrong("password", "is missing")
	}
	base := u.Query()
	base.Set("username", c.Username)
	base.Set("password", c.Password)
	return &smsbox{name: c.Channel, url: u, base: base, profile: c.Profile, client: httpsend.New(c.HTTP), now: c.Now}, faults
}

// mark is what begins or continues the query of an address.
func mark(address string) string {
	if strings.Contains(address, "?") {
		return "&"
	}
	return "?"
}
