package rapidpro

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
)

// Send hands one message over. The connector is given our id and reports by it, but nothing says that it takes an id once:
// a call whose fate is not known is channel.Unknown.
func (s *SMS) Send(ctx context.Context, m channel.MT) channel.Result {
	if m.Text == "" {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("rapidpro: nothing to send")}
	}
	c := &s.config
	address := s.address.Fill(s.values(m, wire.FormText))
	// Also a GET has a body of its own, an empty one: net/http would make a GET again by itself when a kept connection breaks.
	var body io.Reader = io.NopCloser(strings.NewReader(""))
	if c.Method != http.MethodGet {
		body = bytes.NewReader([]byte(s.body.Fill(s.values(m, s.writing))))
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, address, body)
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("rapidpro: request not made")}
	}
	if c.Method != http.MethodGet {
		req.Header.Set("Content-Type", c.ContentType)
		req.GetBody = nil // no second attempt
	}
	req.Header.Set("User-Agent", "baro")
	for name, value := range c.Headers {
		req.Header.Set(name, value)
	}
	if c.Authorization != "" {
		req.Header.Set("Authorization", c.Authorization)
	}
	answer, err := s.client.Do(ctx, req)
	if err != nil {
		return httpsend.Lost(err)
	}
	if r := answer.ByStatus(c.Now()); r != nil {
		if r.Outcome == channel.RetryAfter && r.After == 0 {
			r.After = time.Second
		}
		return *r
	}
	if !bytes.Contains(answer.Body, []byte(c.ResponseCheck)) {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("rapidpro: a success without what mt_response_check asks for")}
	}
	return channel.Result{Outcome: channel.Accepted}
}

// values gives what placeholders stand for, each escaped for where it stands. Messages of ours have no quick replies, and
// no session of the connector's that they could end.
func (s *SMS) values(m channel.MT, w wire.Writing) func(string) string {
	to := m.To.E164()
	if national, ok := strings.CutPrefix(to, "+223"); ok && s.config.National {
		to = national
	}
	return func(name string) string {
		value := ""
		switch name {
		case "id", "uuid":
			value = m.ID
		case "text":
			value = m.Text
		case "to":
			value = to
		case "to_no_plus":
			value = strings.TrimPrefix(to, "+")
		case "from":
			value = s.config.From
		case "from_no_plus":
			value = strings.TrimPrefix(s.config.From, "+")
		case "channel":
			value = s.config.Channel
		case "quick_replies":
			if w == wire.JSONText {
				return "[]"
			}
		}
		return w.Escape(value, "")
	}
}
