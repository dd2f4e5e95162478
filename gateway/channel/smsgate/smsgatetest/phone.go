// Package smsgatetest is an Android phone as the gateway meets it: it registers, keeps an event stream, fetches what it is
// to send, sends it to nobody and reports, and has bad days.
package smsgatetest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Message is one that the phone was handed.
type Message struct {
	ID   string `json:"id"`
	Text struct {
		Text string `json:"text"`
	} `json:"textMessage"`
	To       []string  `json:"phoneNumbers"`
	SIM      int       `json:"simNumber"`
	Report   *bool     `json:"withDeliveryReport"`
	Until    time.Time `json:"validUntil"`
	Priority int       `json:"priority"`
	State    string    `json:"state"`
}

// Phone is one phone. Its fields may be changed before Run.
type Phone struct {
	Base  string // the channel's address
	Token string // the channel's private token
	// Act is what the phone does with a message it did not know: the states it goes through, each reported. Nil: Processed,
	// Sent, Delivered. An empty list: the phone says nothing.
	Act func(m Message) []string
	// Idle is a phone that hears its stream and fetches nothing.
	Idle bool
	Now  func() time.Time

	mu      sync.Mutex
	id      string
	own     string // its token
	states  map[string]string
	got     []Message // in the order they came, repeats included
	key     string
	hooks   map[string]string
	changed chan struct{}
}

// New is a phone that is switched off.
func New(address, token string) *Phone {
	return &Phone{Base: address, Token: token, Now: time.Now, states: map[string]string{}, hooks: map[string]string{}, changed: make(chan struct{}, 1)}
}

// ID is the phone's name at the gateway.
func (p *Phone) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

// Register shows the channel's token and reads what the gateway wants of the phone. It gives the status of a refusal.
func (p *Phone) Register(ctx context.Context) (status int, err error) {
	body := map[string]any{"name": "Tecno/KG5", "pushToken": nil, "simCards": []map[string]any{{"slotIndex": 0, "simNumber": 1, "carrierName": "O***e"}}}
	var device struct{ ID, Token, Login string }
	status, err = p.call(ctx, http.MethodPost, "/mobile/v1/device", p.Token, body, &device)
	if err != nil || status != http.StatusCreated {
		return status, err
	}
	p.mu.Lock()
	p.id, p.own = device.ID, device.Token
	p.mu.Unlock()
	return status, p.Configure(ctx)
}

// Configure reads settings and webhooks.
func (p *Phone) Configure(ctx context.Context) error {
	var settings struct {
		Webhooks struct {
			Key string `json:"signing_key"`
		}
	}
	var hooks []struct{ ID, URL, Event string }
	for path, into := range map[string]any{"settings": &settings, "webhooks": &hooks} {
		if status, err := p.call(ctx, http.MethodGet, "/mobile/v1/"+path, p.token(), nil, into); err != nil || status != http.StatusOK {
			return fmt.Errorf("%s: %d %w", path, status, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = settings.Webhooks.Key
	for _, h := range hooks {
		p.hooks[h.Event] = h.URL
	}
	return nil
}

func (p *Phone) token() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.own
}

// Run keeps the event stream and does what it says until ctx ends or the gateway closes it. It gives the status of a
// refusal.
func (p *Phone) Run(ctx context.Context) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Base+"/mobile/v1/events", nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+p.token())
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, nil
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if lines.Text() == "event: MessageEnqueued" && !p.Idle {
			if err := p.Pull(ctx); err != nil {
				return res.StatusCode, err
			}
		}
	}
	return res.StatusCode, lines.Err()
}

// Pull fetches and sends. Of messages it has already it tells the state again.
func (p *Phone) Pull(ctx context.Context) error {
	var all []Message
	if status, err := p.call(ctx, http.MethodGet, "/mobile/v1/message?order=fifo", p.token(), nil, &all); err != nil || status != http.StatusOK {
		return fmt.Errorf("fetch: %d %w", status, err)
	}
	for _, m := range all {
		p.mu.Lock()
		p.got = append(p.got, m)
		before := p.states[m.ID]
		if before == "" {
			p.states[m.ID] = "Pending"
		}
		p.mu.Unlock()
		p.signal()
		states := []string{"Processed", "Sent", "Delivered"}
		if p.Act != nil {
			states = p.Act(m)
		}
		if before != "" && len(states) > 0 {
			states = []string{before}
		}
		for _, state := range states {
			if status, err := p.Report(ctx, m.ID, state, ""); err != nil || status != http.StatusNoContent {
				return fmt.Errorf("report: %d %w", status, err)
			}
		}
	}
	return nil
}

// Report tells the state of a message.
func (p *Phone) Report(ctx context.Context, id, state, reason string) (status int, err error) {
	p.mu.Lock()
	p.states[id] = state
	p.mu.Unlock()
	recipient := map[string]any{"phoneNumber": "+22370000001", "state": state, "error": nil}
	if reason != "" {
		recipient["error"] = reason
	}
	body := []map[string]any{{"id": id, "state": state, "recipients": []any{recipient}, "states": map[string]string{state: p.stamp()}}}
	return p.call(ctx, http.MethodPatch, "/mobile/v1/message", p.token(), body, nil)
}

// Got lists what the phone was handed, repeats included.
func (p *Phone) Got() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Message(nil), p.got...)
}

// Wait waits until the phone was handed so many messages.
func (p *Phone) Wait(ctx context.Context, n int) bool {
	for len(p.Got()) < n {
		select {
		case <-p.changed:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// Event is a webhook ready to be sent, again too.
type Event struct {
	URL, Key string
	Body     []byte
}

// Event makes a webhook of the phone's.
func (p *Phone) Event(event, envelope string, payload map[string]any) Event {
	body, _ := json.Marshal(map[string]any{"id": envelope, "webhookId": "baro-" + event, "deviceId": p.ID(), "event": event, "payload": payload})
	p.mu.Lock()
	defer p.mu.Unlock()
	return Event{URL: p.hooks[event], Key: p.key, Body: body}
}

// Post signs a webhook and sends it.
func (p *Phone) Post(ctx context.Context, e Event) (status int, err error) {
	stamp := strconv.FormatInt(p.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(e.Key))
	mac.Write(e.Body)
	mac.Write([]byte(stamp))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(e.Body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Timestamp", stamp)
	req.Header.Set("X-Signature", hex.EncodeToString(mac.Sum(nil)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// Receive is an SMS that came in.
func (p *Phone) Receive(envelope, from, text string) Event {
	return p.Event("sms:received", envelope, map[string]any{
		"messageId": "a1b2c3d4", "sender": from, "phoneNumber": from, "recipient": nil, "simNumber": 1, "message": text, "receivedAt": p.stamp(),
	})
}

func (p *Phone) stamp() string { return p.Now().UTC().Format("2006-01-02T15:04:05.000+00:00") }

func (p *Phone) signal() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Call makes any call with the phone's own token.
func (p *Phone) Call(ctx context.Context, method, path string, body any) (status int, err error) {
	return p.call(ctx, method, path, p.token(), body, nil)
}

func (p *Phone) call(ctx context.Context, method, path, token string, body, into any) (status int, err error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.Base, "/")+path, content)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if into != nil && res.StatusCode < 300 {
		return res.StatusCode, json.NewDecoder(res.Body).Decode(into)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
