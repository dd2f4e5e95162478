package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
)

// A rapidPro is a stand-in for one: it takes reports as its external channel does, and has bad days.
type rapidPro struct {
	url  string
	mu   sync.Mutex
	down int // status in place of the usual
	told []string
	rang chan struct{}
}

func newRapidPro(t *testing.T) *rapidPro {
	p := &rapidPro{rang: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down != 0 {
			w.WriteHeader(p.down)
			return
		}
		what := strings.TrimPrefix(r.URL.Path, "/c/ex/1/") + " " + r.PostForm.Get("from") + r.PostForm.Get("id")
		if strings.HasPrefix(what, "receive") {
			what = "receive " + r.PostForm.Get("from") + " " + r.PostForm.Get("text")
		}
		p.told = append(p.told, what)
		select {
		case p.rang <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(server.Close)
	p.url = server.URL + "/c/ex/1"
	return p
}

func (p *rapidPro) set(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = status
}

// await waits until everything of want was told, and fails when anything was told twice.
func (p *rapidPro) await(t *testing.T, want ...string) {
	t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		p.mu.Lock()
		told := slices.Clone(p.told)
		p.mu.Unlock()
		missing := slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(told, w) })
		if !missing {
			if slices.Sort(told); len(slices.Compact(slices.Clone(told))) != len(told) {
				t.Errorf("told twice: %q", told)
			}
			return
		}
		select {
		case <-p.rang:
		case <-limit.C:
			t.Fatalf("told %q, want %q", told, want)
		}
	}
}

// relaying is a demonstration node with a RapidPro behind its channel of texts.
func relaying(t *testing.T, folder string, p *rapidPro, forward string) (*node, func(path, body string) (int, string)) {
	t.Helper()
	set := fixedSettings(t, folder, newClock())
	set.now = time.Now
	ch := config.Channel{
		Name: "rp", Provider: "rapidpro", Kind: "sms", Secret: operatorPath,
		Settings: map[string]any{"via": "sms", "callback_url": p.url, "authorization": config.Secret("Token rapid"), "priority": "reply", "forward": forward},
	}
	set.channels = append(set.channels, channelSettings{Channel: ch, profile: profileOf(ch)})
	n := openFixed(t, set, slog.New(slog.DiscardHandler))
	if err := n.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n, func(authorization, body string) (int, string) {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+n.server.Addr().String()+"/hooks/rp/"+operatorPath+"/send", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Authorization", authorization)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
}

func halt(t *testing.T, n *node) {
	t.Helper()
	ctx, cancel := contextFor(stopWithin)
	defer cancel()
	if err := n.stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// receives has somebody send a text over the channel before RapidPro.
func receives(t *testing.T, n *node, id, from, text string) {
	t.Helper()
	err := n.sms.Accept(t.Context(), []channel.MO{{Channel: "sms", ExternalID: id, From: channeltest.Number(from), Text: text}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGatewayOfRapidPro(t *testing.T) {
	p := newRapidPro(t)
	folder := memoryFolder(t)
	n, send := relaying(t, folder, p, "unclaimed")
	message := func(id, to, text string) string {
		return url.Values{"id": {id}, "to": {to}, "text": {text}, "from": {"36036"}}.Encode()
	}
	const token = "Token rapid"
	for name, c := range map[string]struct {
		token, body string
		want        int
	}{
		"no token": {"", message("m0", "+22370000077", "x"), 403}, "no id": {token, message("", "+22370000077", "x"), 400},
		"no number": {token, message("m0", "ORANGE", "x"), 400}, "no words": {token, message("m0", "+22370000077", ""), 400},
		"endless": {token, message("m0", "+22370000077", strings.Repeat("mot ", 600)), 400},
	} {
		if status, body := send(c.token, c.body); status != c.want {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for range 2 { // the answer to the first was lost
		if status, body := send(token, message("m1", "+22370000077", "Réunion demain")); status != 200 || !strings.Contains(body, `"id":"m1"`) {
			t.Fatalf("send: %d %s", status, body)
		}
	}
	p.await(t, "sent m1")
	p.set(503)
	receives(t, n, "1", "+22370000077", "je viens avec ma soeur")
	receives(t, n, "2", "+22370000078", "AIDE")
	send(token, message("m2", "+22370000078", "Autre réunion"))
	halt(t, n) // with what RapidPro could not be told yet
	n, send = relaying(t, folder, p, "unclaimed")
	p.set(0)
	p.await(t, "receive +22370000077 je viens avec ma soeur", "sent m2")
	receives(t, n, "1", "+22370000077", "je viens avec ma soeur") // the operator brings it again
	receives(t, n, "3", "+22370000077", "STOP")
	p.await(t, "stopped +22370000077")
	p.mu.Lock()
	p.told = slices.DeleteFunc(p.told, func(s string) bool { return s == "stopped +22370000077" }) // told once more on the next try to write
	p.mu.Unlock()
	if status, _ := send(token, message("m3", "+22370000077", "Encore")); status != 200 {
		t.Errorf("to somebody who said stop: %d", status)
	}
	p.await(t, "failed m3", "stopped +22370000077")
	halt(t, n)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, told := range p.told {
		if strings.Contains(told, "AIDE") || told == "sent m3" {
			t.Errorf("told %q", told)
		}
	}
}

// With everything forwarded baro answers too, and a stop is told as nothing but a stop.
func TestEverythingForwarded(t *testing.T) {
	p := newRapidPro(t)
	n, _ := relaying(t, memoryFolder(t), p, "all")
	defer halt(t, n)
	receives(t, n, "1", "+22370000079", "MENU")
	receives(t, n, "2", "+22370000079", "1")
	receives(t, n, "3", "+22370000079", "STOP")
	p.await(t, "receive +22370000079 MENU", "receive +22370000079 1", "stopped +22370000079")
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.told, "receive +22370000079 STOP") {
		t.Error("a stop was forwarded as a message")
	}
}

func TestRelaySettings(t *testing.T) {
	n := &node{set: settings{channels: []channelSettings{{Channel: config.Channel{Name: "u", Kind: "ussd"}}}}}
	ch := channelSettings{Channel: config.Channel{Name: "rp", Provider: "rapidpro", Kind: "sms", Settings: map[string]any{
		"via": "u", "forward": "some", "priority": "high", "callback_url": "rapidpro", "send_url": "http://127.0.0.1:1/",
	}}}
	n.db = openFixed(t, fixedSettings(t, memoryFolder(t), newClock()), slog.New(slog.DiscardHandler)).db
	_, err := n.relayFor(ch, "u")
	for _, want := range []string{"forward: one of", "priority: one of", "via: the name of an SMS channel", "via: either", "callback_url: the address"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in %v", want, err)
		}
	}
}
