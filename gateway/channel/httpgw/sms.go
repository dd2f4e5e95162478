package httpgw

import (
	"net/http"
	"strconv"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// SMSConfig is one channel for messages. The secrets are apart from the data, which name them in templates.
type SMSConfig struct {
	Channel   string
	From      string         // {{from}}: the sender
	Own       map[string]any // the channel's settings: preset, receive, send, report and what requests must bring
	Basic     string         // user:password that requests must bring; empty: none
	Username  string         // {{username}}
	Password  string         // {{password}}
	Key       string         // {{key}}
	SendURL   string         // in place of send.url, whose query it gets where it has none; empty: send.url
	StatusURL string         // where reports go; {{status_url}} is this with our id
	Profile   charset.Profile
	HTTP      httpsend.Options
	Now       func() time.Time
	Print     func(parts ...string) string // a keyed hash, the same on every node
}

// SMS is one channel for messages. Calls may run at the same time.
type SMS struct {
	config  SMSConfig
	receive receive
	send    send
	report  report
	client  *httpsend.Client
	proof
}

var _ channel.SMSProvider = (*SMS)(nil)

// NewSMS compiles a channel's settings and reports all their faults at once, those of a preset with file and line.
func NewSMS(c SMSConfig) (*SMS, error) {
	s, err := load("sms", c.Own)
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	m := &SMS{config: c}
	m.receive, m.report = compileReceive(s), compileReport(s)
	m.send = compileSend(s, c)
	m.proof = compileProof(s, c.Basic)
	if c.Print == nil {
		s.wrong("receive", "nothing makes ids for messages without one")
	}
	if err := s.done(); err != nil {
		return nil, err
	}
	m.client = httpsend.New(c.HTTP)
	return m, nil
}

// Profile is what the channel carries.
func (m *SMS) Profile() charset.Profile { return m.config.Profile }

// Close drops idle connections.
func (m *SMS) Close() { m.client.Close() }

// compileTaken reads the answer to callbacks, which repeats nothing of them.
func compileTaken(s *settings, key string) channel.Response {
	status, err := strconv.Atoi(s.text(key+".status", "200"))
	if err != nil || status < 200 || status > 299 {
		s.wrong(key+".status", "a status from 200 to 299 is expected")
	}
	r := channel.Response{Status: status, ContentType: s.text(key+".type", "text/plain; charset=utf-8")}
	if body := s.text(key+".body", ""); body != "" && status != http.StatusNoContent {
		r.Body = []byte(body)
	}
	return r
}
