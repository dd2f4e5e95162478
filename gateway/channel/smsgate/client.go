package smsgate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// Client calls the app's local server, or the app's cloud, which speak alike.
type Client struct {
	Config
	api      *url.URL
	client   *httpsend.Client
	lastPing atomic.Int64 // Unix microseconds; 0: none yet
	refused  atomic.Bool  // of the last call
	wait     sync.WaitGroup
	work     context.Context
	stop     context.CancelFunc
}

var (
	_ channel.SMSProvider = (*Client)(nil)
	_ channel.Router      = (*Client)(nil)
)

// minTTL is the shortest life of a message that the app takes.
const minTTL = 5 * time.Second

// NewClient checks a configuration and reports all its faults at once, without its secrets.
func NewClient(c Config) (*Client, error) {
	faults := c.check()
	u, err := url.Parse(strings.TrimSuffix(c.APIURL, "/"))
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		faults = append(faults, errors.New("smsgate: api_url: an absolute http or https address is expected"))
	}
	for _, k := range []struct{ key, value string }{{"username", c.Username}, {"password", c.Password}, {"signing_key", c.SigningKey}} {
		if k.value == "" {
			faults = append(faults, errors.New("smsgate: "+k.key+": is missing"))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	cl := &Client{Config: c, api: u, client: httpsend.New(c.HTTP)}
	cl.work, cl.stop = context.WithCancel(context.Background())
	return cl, nil
}

// Start registers our webhooks with the app, again and again until it has them all.
func (c *Client) Start() {
	c.wait.Go(func() {
		rest := time.Second
		for {
			err := c.RegisterHooks(c.work)
			if err == nil || c.work.Err() != nil {
				return
			}
			c.Log.Warn("webhooks not registered", "channel", c.Channel, "again_in", rest, "error", err)
			timer := time.NewTimer(rest)
			select {
			case <-timer.C:
			case <-c.work.Done():
				timer.Stop()
				return
			}
			rest = min(2*rest, 5*time.Minute)
		}
	})
}

// Stop ends what Start began and drops idle connections.
func (c *Client) Stop() {
	c.stop()
	c.wait.Wait()
	c.client.Close()
}

// RegisterHooks tells the app where to report. Registering again under the same id changes the address.
func (c *Client) RegisterHooks(ctx context.Context) error {
	for _, h := range hooks() {
		body := map[string]any{
			"id": "baro-" + c.Channel + "-" + strings.ReplaceAll(h.event, ":", "-"), "deviceId": nil, "url": c.BaseURL + "/" + h.hook, "event": h.event,
		}
		answer, err := c.call(ctx, "/webhooks", "", body)
		if err != nil {
			return err
		}
		if r := answer.ByStatus(c.Now()); r != nil && answer.Status != http.StatusConflict {
			return r.Err
		}
	}
	return nil
}

// sendBody is one message for the app.
type sendBody struct {
	ID     string   `json:"id"`
	Text   words    `json:"textMessage"`
	To     []string `json:"phoneNumbers"`
	SIM    int      `json:"simNumber,omitempty"`
	Report bool     `json:"withDeliveryReport"`
	TTL    int64    `json:"ttl,omitempty"` // seconds
}

type words struct {
	Text string `json:"text"`
}

// Send hands one message over. The app takes our id once and answers 409 to a repeat, so that a call whose answer was lost
// may be made again.
func (c *Client) Send(ctx context.Context, m channel.MT) channel.Result {
	if m.Text == "" {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errNothing}
	}
	body := sendBody{ID: m.ID, Text: words{m.Text}, To: []string{m.To.E164()}, SIM: c.SIMs[0], Report: true}
	if !m.ExpiresAt.IsZero() {
		body.TTL = int64(max(m.ExpiresAt.Sub(c.Now()), minTTL) / time.Second)
	}
	// The check of numbers knows no short codes.
	answer, err := c.call(ctx, "/messages", "skipPhoneValidation=true", body)
	if err != nil {
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, Err: err}
	}
	r := c.sort(answer)
	c.refused.Store(r.Class.StopsChannel())
	if r.Outcome == channel.Accepted {
		r.ProviderID = m.ID
	}
	return r
}

func (c *Client) sort(a httpsend.Answer) channel.Result {
	switch {
	case a.Status == http.StatusConflict, a.Status >= 200 && a.Status <= 299 && named(a.Body):
		return channel.Result{Outcome: channel.Accepted}
	case a.Status == http.StatusServiceUnavailable: // the phone is away, or its queue is full
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: max(5*time.Second, a.After(c.Now())), Err: errors.New("smsgate: the phone is away")}
	}
	r := a.ByStatus(c.Now())
	if r == nil {
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: time.Second, Err: errors.New("smsgate: success that cannot be read")}
	}
	if r.Outcome == channel.Unknown {
		r.Outcome = channel.RetryAfter
	}
	if r.Outcome == channel.RetryAfter && r.After == 0 {
		r.After = time.Second
	}
	return *r
}

// named reports whether an answer names a message, as that of any other server does not.
func named(body []byte) bool {
	var m struct {
		ID string `json:"id"`
	}
	return json.Unmarshal(body, &m) == nil && m.ID != ""
}

func (c *Client) call(ctx context.Context, path, query string, body any) (httpsend.Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return httpsend.Answer{}, err
	}
	u := *c.api
	u.Path += path
	u.RawQuery = query
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(text))
	if err != nil {
		return httpsend.Answer{}, errors.New("smsgate: request not made")
	}
	req.SetBasicAuth(c.Username, c.Password)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "baro")
	return c.client.Do(ctx, req)
}

// DecodeMO reads a webhook of the app.
func (c *Client) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	e, err := c.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	return e.message(c.Channel, r.Body), taken(), nil
}

// DecodeReceipts reads what the app says of messages it was given.
func (c *Client) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	e, err := c.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	if receipt, ok := e.receipt(c.Channel); ok {
		return []channel.Receipt{receipt}, taken(), nil
	}
	return nil, taken(), nil
}

// Route takes the app's pings.
func (c *Client) Route(_ context.Context, path string, r *channel.Request) (channel.Response, error) {
	if path != "/ping" || r.Method != http.MethodPost {
		return channel.Response{Status: http.StatusNotFound}, nil
	}
	_, err := c.read(r)
	return taken(), err
}

func (c *Client) read(r *channel.Request) (envelope, error) {
	if err := verify(r, c.SigningKey, c.Now()); err != nil {
		return envelope{}, err
	}
	c.lastPing.Store(c.Now().UnixMicro())
	return readEnvelope(r.Body)
}

// Condition is judged by what the app has told us; an app that was never heard of may have no pings switched on.
func (c *Client) Condition() Condition {
	last := c.lastPing.Load()
	switch {
	case c.refused.Load():
		return Gone
	case last != 0 && c.Now().Sub(time.UnixMicro(last)) > silentGone:
		return Ailing
	}
	return Well
}

// Profile is what the channel carries.
func (c *Client) Profile() charset.Profile { return c.Config.Profile }
