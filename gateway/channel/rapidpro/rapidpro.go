// Package rapidpro speaks the contract of RapidPro's "External" channel from both of its sides. SMS stands in RapidPro's
// place, before a connector that was written for it: messages go out by a configured request, and the connector calls
// receive, sent, delivered, failed and stopped. Relay stands in the connector's place, before a RapidPro that keeps its
// flows. Nobody signs anything in this contract: the secret path and the allow-list of the channel prove the peer, which
// the server checks before anything gets here.
package rapidpro

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
	"baro/locales/charset"
)

// Config is one channel before a connector.
type Config struct {
	Channel       string
	SendURL       string // with placeholders, which are written as in a query
	Method        string // POST (the default), PUT or GET
	Body          string // with placeholders; empty: every field of the contract, where the content type is urlencoded
	ContentType   string // urlencoded (the default), json, xml, or a media type
	Authorization string // value of that header; empty: none
	Headers       map[string]string
	ResponseCheck string // a success holds this; empty: any body will do
	From          string
	National      bool // numbers of Mali go without their country code
	FromField     string
	TextField     string
	DateField     string
	Reply         string // what the connector is answered
	ReplyType     string
	Profile       charset.Profile
	HTTP          httpsend.Options
	Now           func() time.Time
	Print         func(parts ...string) string // a keyed hash, the same on every node
}

// Handlers is what stands behind the contract's own paths. Both return only when what they took is durable.
type Handlers struct {
	Accept func(ctx context.Context, mos []channel.MO) error
	Record func(ctx context.Context, receipts ...channel.Receipt) error
}

// SMS is one channel. Calls may run at the same time.
type SMS struct {
	config   Config
	address  wire.Template
	body     wire.Template
	writing  wire.Writing
	client   *httpsend.Client
	repeats  *repeats
	handlers atomic.Pointer[Handlers]
}

var (
	_ channel.SMSProvider = (*SMS)(nil)
	_ channel.Router      = (*SMS)(nil)
)

// placeholders are those of the contract.
func placeholders() []string {
	return []string{"id", "uuid", "text", "to", "to_no_plus", "from", "from_no_plus", "channel", "session_status", "quick_replies"}
}

const everyField = "id={{id}}&text={{text}}&to={{to}}&to_no_plus={{to_no_plus}}&from={{from}}&from_no_plus={{from_no_plus}}&channel={{channel}}"

// New checks a configuration and reports all its faults at once, without its secrets.
func New(c Config) (*SMS, error) {
	s := &SMS{repeats: newRepeats()}
	faults := s.setUp(&c)
	s.config = c
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	s.client = httpsend.New(c.HTTP)
	return s, nil
}

func (s *SMS) setUp(c *Config) (faults []error) {
	wrong := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("rapidpro: %s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Method = strings.ToUpper(c.Method); c.Method == "" {
		c.Method = http.MethodPost
	}
	withBody := c.Method == http.MethodPost || c.Method == http.MethodPut
	if !withBody && c.Method != http.MethodGet {
		wrong("send_method", "one of POST, PUT, GET")
	}
	switch c.ContentType {
	case "", "urlencoded":
		c.ContentType = "application/x-www-form-urlencoded"
		if c.Body == "" && withBody {
			c.Body = everyField
		}
	case "json":
		c.ContentType = "application/json"
	case "xml":
		c.ContentType = "text/xml; charset=utf-8"
	default:
		if !strings.Contains(c.ContentType, "/") || !line(c.ContentType) {
			wrong("content_type", "one of urlencoded, json, xml, or a media type")
		}
	}
	s.writing = wire.WritingOf(c.ContentType)
	var err error
	if s.address, err = wire.ParseTemplate(c.SendURL, placeholders()...); err != nil {
		wrong("send_url", "%v", err)
	} else if !leads(s.address) {
		wrong("send_url", "an absolute http or https address is expected, with placeholders behind the host only")
	}
	s.body, err = wire.ParseTemplate(c.Body, placeholders()...)
	switch {
	case err != nil:
		wrong("send_body", "%v", err)
	case c.Body != "" && !withBody:
		wrong("send_body", "a GET has none: put the fields into send_url")
	case !slices.ContainsFunc([]wire.Template{s.address, s.body}, func(t wire.Template) bool { return t.Has("text") }):
		wrong("send_body", "{{text}} stands neither there nor in send_url")
	case c.Body != "":
		if err := s.writing.Try(s.body, ""); err != nil {
			wrong("send_body", "%v", err)
		}
	}
	if !line(c.Authorization) {
		wrong("send_authorization", "spans lines")
	}
	for name, value := range c.Headers {
		if !headerName(name) || !line(value) {
			wrong("headers", "%q is no header that can be set", name)
		}
	}
	if c.Print == nil {
		wrong("print", "is missing")
	}
	if c.Reply == "" {
		c.Reply, c.ReplyType = `{"message":"Accepted"}`, "application/json"
	}
	if c.ReplyType == "" {
		c.ReplyType = "text/plain; charset=utf-8"
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) }) // maps have no order
	return faults
}

// leads reports whether all messages go to one host, whatever is filled in.
func leads(t wire.Template) bool {
	one, err1 := url.Parse(t.Fill(func(string) string { return "a" }))
	two, err2 := url.Parse(t.Fill(func(string) string { return "bb" }))
	return err1 == nil && err2 == nil && one.Host != "" && one.Host == two.Host && one.User == nil && (one.Scheme == "http" || one.Scheme == "https")
}

func line(s string) bool { return !strings.ContainsAny(s, "\r\n\x00") }

func headerName(s string) bool {
	switch http.CanonicalHeaderKey(s) {
	case "", "Content-Type", "Content-Length", "Host", "Authorization", "Transfer-Encoding", "Connection":
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Start lets the contract's own paths be answered; before, the connector is told to come again.
func (s *SMS) Start(h Handlers) { s.handlers.Store(&h) }

// Profile is what the channel carries.
func (s *SMS) Profile() charset.Profile { return s.config.Profile }

// Close drops idle connections.
func (s *SMS) Close() { s.client.Close() }
