package smsgate_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/smsgate"
)

const (
	password   = "pass-of-the-app"
	signingKey = "Ab3_-xYz"
)

// app is the app's local server, or its cloud, with its bad days.
type app struct {
	url  string
	mu   sync.Mutex
	plan []standin.Fault
	took []standin.Message
	ids  map[string]bool
	all  []call
	quit chan struct{}
}

type call struct {
	method, uri, auth, kind string
	body                    map[string]any
}

func newApp(t testing.TB) *app {
	t.Helper()
	a := &app{ids: map[string]bool{}, quit: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	a.url = server.URL
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(a.quit) })
	return a
}

// TakesIDsOnce says that repeats are harmless.
func (a *app) TakesIDsOnce() {}

func (a *app) Next(faults ...standin.Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.plan = append(a.plan, faults...)
}

func (a *app) Calls() int { return len(a.calls()) }

func (a *app) calls() []call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

func (a *app) Taken() []standin.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.took)
}

// forgetful forgets ids before each fault, because the suite hands one over again and again.
type forgetful struct{ *app }

func (f forgetful) Next(faults ...standin.Fault) {
	f.forget()
	f.app.Next(faults...)
}

func (a *app) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.ids)
}

func (a *app) serve(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	var body map[string]any
	_ = json.Unmarshal(text, &body)
	a.mu.Lock()
	a.all = append(a.all, call{r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body})
	var f standin.Fault
	if len(a.plan) > 0 {
		f, a.plan = a.plan[0], a.plan[1:]
	}
	id, _ := body["id"].(string)
	known := a.ids[id]
	message := strings.HasSuffix(r.URL.Path, "/messages")
	if message && !known && (f.Status == 0 || f.AfterAccept) {
		words, _ := body["textMessage"].(map[string]any)
		said, _ := words["text"].(string)
		a.ids[id] = true
		a.took = append(a.took, standin.Message{ID: id, To: body["phoneNumbers"].([]any)[0].(string), Text: said})
	}
	a.mu.Unlock()
	user, pass, _ := r.BasicAuth()
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-a.quit:
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		maps.Copy(w.Header(), f.Header)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	case user != "user" || pass != password:
		w.WriteHeader(http.StatusUnauthorized)
	case known:
		w.WriteHeader(http.StatusConflict)
	case message:
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": id, "state": "Pending"})
	default:
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(body)
	}
}

func client(t testing.TB, url string, change func(*smsgate.Config)) *smsgate.Client {
	t.Helper()
	cfg := smsgate.Config{
		Channel: "phone", BaseURL: "https://sms.example.ml/hooks/phone", SigningKey: signingKey, Profile: profile(), APIURL: url,
		Username: "user", Password: password,
	}
	cfg.HTTP.Timeout = 300 * time.Millisecond
	if change != nil {
		change(&cfg)
	}
	c, err := smsgate.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	return c
}

func TestClientSending(t *testing.T) {
	there := newApp(t)
	c := client(t, there.url, nil)
	standin.CheckSending(t, c, forgetful{there}, password, signingKey)
	standin.CheckUnreachable(t, client(t, "http://127.0.0.1:1", nil), password)
}

// A message whose answer was lost is taken once.
func TestRepeatsAreHarmless(t *testing.T) {
	there := newApp(t)
	c := client(t, there.url, nil)
	there.Next(standin.DropAfterAccept())
	m := channel.MT{ID: "018f2b7e-0000-7000-8000-000000000001", To: channeltest.Number(standin.Number), Text: "a", Parts: 1}
	if r := c.Send(t.Context(), m); r.Outcome != channel.RetryAfter {
		t.Fatalf("lost: %+v", r)
	}
	if r := c.Send(t.Context(), m); r.Outcome != channel.Accepted || r.ProviderID != m.ID || len(there.Taken()) != 1 {
		t.Fatalf("again: %+v, %d taken", r, len(there.Taken()))
	}
	there.forget()
	there.Next(standin.Fault{Status: 503})
	if r := c.Send(t.Context(), m); r.Outcome != channel.RetryAfter || r.Class != channel.ClassProviderDown || r.After < time.Second {
		t.Errorf("the phone is away: %+v", r)
	}
	if c.Condition() != smsgate.Well {
		t.Error("a phone that is away for a moment is no fault of the channel's")
	}
	there.Next(standin.Fault{Status: 401})
	if c.Send(t.Context(), m); c.Condition() != smsgate.Gone {
		t.Error("a refused account goes unnoticed")
	}
}

func TestConfigurationsAreChecked(t *testing.T) {
	_, err := smsgate.NewClient(smsgate.Config{APIURL: "phone", SIMs: []int{4}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"api_url", "username", "password", "signing_key", "sims", "public_url"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not told: %v", key, err)
		}
	}
	if _, err := smsgate.NewServer(smsgate.Config{Token: "short"}); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("a short token: %v", err)
	}
}

// The requests of the vendor's own client, over a socket.
func TestVendorRequests(t *testing.T) {
	there := newApp(t)
	now := time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)
	c := client(t, there.url+"/3rdparty/v1", func(c *smsgate.Config) {
		c.SIMs, c.Now = []int{1}, func() time.Time { return now }
	})
	to := channeltest.Number("+22376123456")
	for _, v := range vectors(t).Requests {
		if v.Vendor != "smsgate" {
			continue
		}
		calls := there.Calls()
		switch v.ID {
		case "smsgate_send":
			m := channel.MT{ID: "018f2b7e-0000-7000-8000-000000000001", To: to, Text: "Réunion à 10h", Parts: 1, ExpiresAt: now.Add(time.Hour)}
			if r := c.Send(t.Context(), m); r.Outcome != channel.Accepted {
				t.Errorf("send: %+v", r)
			}
		case "smsgate_register_webhook":
			if err := c.RegisterHooks(t.Context()); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("nobody speaks %s", v.ID)
			continue
		}
		got := there.calls()[calls]
		var want map[string]any
		if err := json.Unmarshal([]byte(v.Body), &want); err != nil {
			t.Fatal(err)
		}
		if v.ID == "smsgate_register_webhook" { // names and addresses are ours
			want["id"], want["url"] = "baro-phone-sms-received", "https://sms.example.ml/hooks/phone/sms"
		}
		if got.method != v.Method || got.uri != v.Path || !reflect.DeepEqual(got.body, want) ||
			!strings.HasPrefix(got.auth, "Basic ") || got.kind != v.Headers["Content-Type"] {
			t.Errorf("%s: got %+v, want %s %s %v", v.ID, got, v.Method, v.Path, want)
		}
	}
}

func TestWebhookSignature(t *testing.T) {
	for _, v := range vectors(t).Signatures {
		if v.Vendor != "smsgate" {
			continue
		}
		at := time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)
		c := client(t, "http://127.0.0.1:1", func(c *smsgate.Config) {
			c.SigningKey, c.Now = v.Key, func() time.Time { return at }
		})
		var mos []channel.MO
		origin := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
			got, answer, err := c.DecodeMO(r)
			mos = append(mos, got...)
			return answer, err
		})
		post := func(body, stamp, signature string) int {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Timestamp", stamp)
			req.Header.Set("X-Signature", signature)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			return res.StatusCode
		}
		if at.Unix() != 1795419000 {
			t.Fatalf("the vector is of another time: %d", at.Unix())
		}
		if got := post(v.Body, v.Timestamp, v.Signature); got != 200 || len(mos) != 1 || mos[0].Text != "Réunion é" || mos[0].ExternalID != "evt_1" || mos[0].To != "+22370000000" {
			t.Errorf("%s: %d %+v", v.ID, got, mos)
		}
		for name, got := range map[string]int{
			"signed in the wrong order": post(v.Body, v.Timestamp, v.Wrong),
			"another body":              post(v.Body+" ", v.Timestamp, v.Signature),
			"another time":              post(v.Body, "1795419001", v.Signature),
			"no time":                   post(v.Body, "", v.Signature),
			"no signature":              post(v.Body, v.Timestamp, ""),
		} {
			if got != 403 {
				t.Errorf("%s: %d", name, got)
			}
		}
	}
}
