package twilio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	twilio "github.com/twilio/twilio-go/client"

	"baro/gateway/channel/httpsend"
)

// call is the library's view of one call. Its own client knows no context, hides status and headers of a refusal, leaves
// error bodies open and has its host built in.
type call struct {
	ctx      context.Context
	provider *Provider

	answered bool
	answer   httpsend.Answer
	lost     error
}

var _ twilio.BaseClient = (*call)(nil)

var errNotCreated = errors.New("twilio: not created")

// AccountSid is the account the message belongs to.
func (c *call) AccountSid() string { return c.provider.config.AccountSID }

// SetTimeout does nothing: the context and the client's own limit hold.
func (c *call) SetTimeout(time.Duration) {}

// SetOauth does nothing: calls use basic authentication.
func (c *call) SetOauth(twilio.OAuth) {}

// OAuth is none.
func (c *call) OAuth() twilio.OAuth { return nil }

// SendRequest makes the call at the configured address and keeps what came of it.
func (c *call) SendRequest(method, rawURL string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("build address: %w", err)
	}
	api := c.provider.api
	u.Scheme, u.Host, u.User = api.Scheme, api.Host, nil
	u.Path = strings.TrimSuffix(api.Path, "/") + u.Path
	payload := body
	if len(payload) == 0 {
		payload = []byte(data.Encode())
	}
	req, err := http.NewRequestWithContext(c.ctx, method, u.String(), bytes.NewReader(payload))
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	for name, value := range headers {
		req.Header.Set(name, fmt.Sprint(value))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "baro")
	req.SetBasicAuth(c.provider.credentials())
	if c.answer, err = c.provider.client.Do(c.ctx, req); err != nil {
		c.lost = err
		return nil, err
	}
	c.answered = true
	if c.answer.Status < 200 || c.answer.Status > 299 {
		return nil, errNotCreated
	}
	return &http.Response{
		StatusCode: c.answer.Status, Header: c.answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(c.answer.Body)), ContentLength: int64(len(c.answer.Body)),
	}, nil
}

func (p *Provider) credentials() (user, password string) {
	if p.config.APIKey != "" {
		return p.config.APIKey, p.config.APISecret
	}
	return p.config.AccountSID, p.config.AuthTokens[0]
}
