package orange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
)

// Lives of tokens that are believed, and the one of a token that names none.
const (
	minTokenLife     = 10 * time.Second
	maxTokenLife     = 90 * 24 * time.Hour
	defaultTokenLife = time.Hour
)

// tokens hands out the account's access token. However many sends need one, a single call fetches it.
type tokens struct {
	client  *httpsend.Client
	now     func() time.Time
	address string
	basic   string // authorization of the account

	mu     sync.Mutex
	token  string
	renew  time.Time // from here on a new one is fetched: at nine tenths of its life
	flight *flight
}

// A flight is one call for a token under way.
type flight struct {
	landed chan struct{}
	token  string
	failed *channel.Result // nil: token is good
	given  bool            // whoever made the call gave up, which says nothing about the account
}

// get returns a token other than refused, or why there is none; nothing of a message has left then.
func (t *tokens) get(ctx context.Context, refused string) (string, *channel.Result) {
	for {
		t.mu.Lock()
		if t.token != "" && t.token != refused && t.now().Before(t.renew) {
			defer t.mu.Unlock()
			return t.token, nil
		}
		f, mine := t.flight, t.flight == nil
		if mine {
			f = &flight{landed: make(chan struct{})}
			t.flight = f
		}
		t.mu.Unlock()
		if mine {
			t.fly(ctx, f)
			return f.token, f.failed
		}
		select {
		case <-f.landed:
		case <-ctx.Done():
			return "", later(ctx.Err())
		}
		if !f.given {
			return f.token, f.failed
		}
	}
}

// fly makes the call for a flight and lands it whatever happens.
func (t *tokens) fly(ctx context.Context, f *flight) {
	f.failed = later(errors.New("the call for a token ended early"))
	var life time.Duration
	defer func() {
		f.given = f.failed != nil && ctx.Err() != nil
		t.mu.Lock()
		if f.failed == nil {
			t.token, t.renew = f.token, t.now().Add(life*9/10)
		}
		t.flight = nil
		t.mu.Unlock()
		close(f.landed)
	}()
	f.token, life, f.failed = t.fetch(ctx)
}

func (t *tokens) fetch(ctx context.Context) (token string, life time.Duration, failed *channel.Result) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.address, strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		return "", 0, &channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("orange: token request not made")}
	}
	req.Header.Set("Authorization", t.basic)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "baro")
	answer, err := t.client.Do(ctx, req)
	if err != nil {
		return "", 0, later(err)
	}
	switch a := answer.Status; {
	case a == http.StatusBadRequest, a == http.StatusUnauthorized, a == http.StatusForbidden:
		return "", 0, &channel.Result{Outcome: channel.Refused, Class: channel.ClassAuth, Err: fmt.Errorf("orange: token refused with %d", a)}
	case a == http.StatusNotFound, a == http.StatusMethodNotAllowed:
		return "", 0, &channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: fmt.Errorf("orange: token answered %d", a)}
	case a == http.StatusTooManyRequests:
		return "", 0, &channel.Result{
			Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: max(answer.After(t.now()), afterTrouble),
			Err: errors.New("orange: too many calls for a token"),
		}
	case a != http.StatusOK && a != http.StatusCreated:
		return "", 0, later(fmt.Errorf("token answered %d", a))
	}
	var body struct {
		AccessToken string          `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"` // a string in what Orange documents, a number elsewhere
	}
	if err := json.Unmarshal(answer.Body, &body); err != nil || body.AccessToken == "" || strings.ContainsAny(body.AccessToken, "\r\n\x00") {
		return "", 0, later(errors.New("token that cannot be read"))
	}
	return body.AccessToken, tokenLife(body.ExpiresIn), nil
}

func tokenLife(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || !(seconds > 0) {
		return defaultTokenLife
	}
	return time.Duration(min(max(seconds, minTokenLife.Seconds()), maxTokenLife.Seconds()) * float64(time.Second))
}

// later is the outcome of a message that never left, for lack of a token.
func later(err error) *channel.Result {
	return &channel.Result{
		Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: afterTrouble, Err: fmt.Errorf("orange: no token: %w", err),
	}
}
