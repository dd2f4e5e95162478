package smsgate

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/store"
)

// base is where the app's private-server protocol begins below the channel's address.
const base = "/mobile/v1"

var errStarting = errors.New("smsgate: the node is starting")

// Route answers the app.
func (s *Server) Route(ctx context.Context, path string, r *channel.Request) (channel.Response, error) {
	if !s.open.Load() {
		return channel.Response{}, errStarting
	}
	call := r.Method + " " + strings.TrimSuffix(strings.TrimPrefix(path, base), "/")
	switch {
	case path == "/ping" && r.Method == http.MethodPost:
		return s.ping(ctx, r)
	case !strings.HasPrefix(path, base+"/"):
		return answer(http.StatusNotFound, nil)
	case call == "POST /device":
		return s.register(ctx, r)
	case call == "GET /user/code", call == "PATCH /user/password":
		return answer(http.StatusNotImplemented, nil) // the app's own screens; a phone is added with the token
	}
	phone, err := s.recognise(ctx, r)
	unknown := store.CodeOf(err) == store.CodeNotFound || store.CodeOf(err) == store.CodeDenied
	switch {
	case err != nil && !unknown:
		return channel.Response{}, err
	case call == "GET /device":
		return s.device(phone, r)
	case unknown:
		return answer(http.StatusUnauthorized, nil) // the app registers again
	}
	if err := s.touch(ctx, phone); err != nil {
		return channel.Response{}, err
	}
	switch call {
	case "PATCH /device":
		return s.change(phone, r)
	case "GET /message", "GET /messages":
		return s.messages(ctx, phone, r)
	case "PATCH /message", "PATCH /messages":
		return s.states(ctx, phone, r)
	case "GET /webhooks":
		return answer(http.StatusOK, s.webhooks(phone.ID))
	case "GET /settings":
		return answer(http.StatusOK, s.settings(phone.ID))
	case "GET /events":
		return s.events(phone), nil
	}
	return answer(http.StatusNotFound, nil)
}

// answer writes JSON, or nothing but the status.
func answer(status int, v any) (channel.Response, error) {
	r := channel.Response{Status: status, ContentType: "application/json"}
	if v == nil {
		return r, nil
	}
	body, err := json.Marshal(v)
	if err != nil {
		return channel.Response{}, fmt.Errorf("answer phone: %w", err)
	}
	r.Body = body
	return r, nil
}

func read(r *channel.Request, into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return fmt.Errorf("%w: the body is not what the app sends", channel.ErrInvalid)
	}
	return nil
}

// maxPhones bounds the phones in use of one channel.
const maxPhones = 50

// register lets a phone in that shows the channel's token. Once a phone was disabled the token it came in with lets nobody
// in any more: that phone knows it, and the app registers by itself when it is refused.
func (s *Server) register(ctx context.Context, r *channel.Request) (channel.Response, error) {
	token, ok := bearer(r)
	given, own := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.Token))
	if !ok || !hmac.Equal(given[:], own[:]) {
		return answer(http.StatusUnauthorized, nil)
	}
	var body struct {
		Name string `json:"name"`
	}
	if err := read(r, &body); err != nil {
		return channel.Response{}, err
	}
	known, err := s.Phones.List(ctx, s.Channel)
	if err != nil {
		return channel.Response{}, err
	}
	for _, p := range known {
		if !p.DisabledAt.IsZero() && p.Admission == s.admitted {
			s.Log.Warn("phone not let in: the channel's token is that of a disabled phone", "channel", s.Channel)
			return answer(http.StatusUnauthorized, nil)
		}
	}
	if len(known) >= maxPhones {
		s.Log.Warn("phone not let in: too many", "channel", s.Channel, "phones", len(known))
		return answer(http.StatusUnauthorized, nil)
	}
	secret, id := s.NewToken(), s.NewToken()
	p := store.Phone{
		ID: id[:min(len(id), 21)], Channel: s.Channel, Name: name(body.Name), Token: sha256.Sum256([]byte(secret)), Admission: s.admitted, Created: s.Now(),
	}
	if err := s.Phones.Register(ctx, p); err != nil {
		return channel.Response{}, err
	}
	s.Log.Info("phone registered", "channel", s.Channel, "phone", p.ID)
	return answer(http.StatusCreated, map[string]any{"id": p.ID, "token": secret, "login": s.Channel, "password": nil})
}

// name is a phone's own name, as far as it can be shown.
func name(s string) string {
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s), "")
	if runes := []rune(s); len(runes) > 60 {
		s = string(runes[:60])
	}
	return s
}

func bearer(r *channel.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// recognise finds the phone by its token.
func (s *Server) recognise(ctx context.Context, r *channel.Request) (store.Phone, error) {
	token, ok := bearer(r)
	if !ok {
		return store.Phone{}, store.NewError(store.CodeNotFound, "recognise phone", "no token")
	}
	return s.Phones.ByToken(ctx, s.Channel, sha256.Sum256([]byte(token)))
}

// touchEvery is how often a contact is written down.
const touchEvery = 10 * time.Second

func (s *Server) touch(ctx context.Context, p store.Phone) error {
	if now := s.Now(); now.Sub(p.LastSeen) >= touchEvery {
		return s.Phones.Seen(ctx, s.Channel, p.ID, now, nil)
	}
	return nil
}

// device tells a phone about itself. The app asks before it is registered too, to see whether there is a server.
func (s *Server) device(p store.Phone, r *channel.Request) (channel.Response, error) {
	out := map[string]any{"externalIp": r.RemoteAddr.String(), "device": nil}
	if p.ID != "" {
		stamp := date(p.Created)
		out["device"] = map[string]any{"id": p.ID, "name": p.Name, "createdAt": stamp, "updatedAt": stamp, "lastSeen": date(p.LastSeen)}
	}
	return answer(http.StatusOK, out)
}

// change takes what the phone tells of itself. Its push token is Google's, and its SIM cards are its owner's: neither is
// kept.
func (s *Server) change(p store.Phone, r *channel.Request) (channel.Response, error) {
	var body struct {
		ID string `json:"id"`
	}
	if err := read(r, &body); err != nil {
		return channel.Response{}, err
	}
	if body.ID != p.ID {
		return answer(http.StatusForbidden, nil)
	}
	return answer(http.StatusNoContent, nil)
}

// ping takes the app's report on its phone.
func (s *Server) ping(ctx context.Context, r *channel.Request) (channel.Response, error) {
	e, phone, err := s.read(r)
	if err != nil {
		return channel.Response{}, err
	}
	if e.Event != eventPing {
		return taken(), nil
	}
	return taken(), s.Phones.Seen(ctx, s.Channel, phone, s.Now(), health(e.Payload.Health))
}

// health reads what a phone says of itself: a verdict, and checks of which the battery's level is one.
func health(raw json.RawMessage) *store.PhoneHealth {
	var body struct {
		Status string `json:"status"`
		Checks map[string]struct {
			Value json.Number `json:"observedValue"`
		} `json:"checks"`
	}
	if json.Unmarshal(raw, &body) != nil {
		return nil
	}
	h := &store.PhoneHealth{}
	switch body.Status {
	case "pass", "warn", "fail":
		h.Verdict = body.Status
	}
	if level, err := strconv.ParseFloat(body.Checks["battery:level"].Value.String(), 64); err == nil && level >= 0 && level <= 100 {
		battery := int64(level)
		h.Battery = &battery
	}
	return h
}

// date is a time as the app reads it: milliseconds, and a zone with a colon.
func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000+00:00") }
