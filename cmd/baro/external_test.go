package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel/channeltest"
	"baro/locales/charset"
	"baro/store"
)

// A connector that was written for RapidPro brings a message, is handed the answer and reports what became of it.
func TestConnectorOfRapidPro(t *testing.T) {
	sent := make(chan url.Values, 8)
	connector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		sent <- r.PostForm
		_, _ = w.Write([]byte("queued"))
	}))
	t.Cleanup(connector.Close)
	n, origin := operated(t, config.Channel{
		Name: "bridge", Provider: "rapidpro", Kind: "sms", Commune: "417", Secret: operatorPath, Profile: "sms",
		Settings: map[string]any{"send_url": connector.URL + "/outgoing", "from": "36036", "mt_response_check": "queued"},
	})
	call := func(path string, want int, form url.Values) {
		t.Helper()
		resp, err := http.PostForm(origin+path, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Fatalf("%s: answered %d, want %d", path, resp.StatusCode, want)
		}
	}
	hook := "/hooks/bridge/" + operatorPath
	aida := url.Values{"from": {"+22370000077"}, "text": {"AIDE"}, "date": {"2026-11-25T08:00:00Z"}}
	call("/hooks/bridge/wrong-part-of-a-path/receive", 404, aida)
	call(hook+"/receive", 200, aida)
	call(hook+"/receive", 200, aida) // its answer was lost
	var answer url.Values
	select {
	case answer = <-sent:
	case <-time.After(20 * time.Second):
		t.Fatal("no answer came")
	}
	if answer.Get("to") != "+22370000077" || answer.Get("text") == "" || answer.Get("from") != "36036" {
		t.Errorf("handed over: %v", answer)
	}
	for _, path := range []string{"/sent", "/delivered", "/sent"} {
		call(hook+path, 200, url.Values{"id": {answer.Get("id")}})
	}
	call(hook+"/stopped", 200, url.Values{"from": {"+22370000077"}})
	ctx, cancel := contextFor(20 * time.Second)
	defer cancel()
	who := store.Pseudonym(n.keys.Pseudonym(channeltest.Number("+22370000077")))
	for {
		m, err := n.db.Outbox().Get(ctx, answer.Get("id"))
		if err != nil || ctx.Err() != nil {
			t.Fatalf("the answer is %s: %v", m.State, err)
		}
		stopped, err := n.db.Consents().Suppressed(ctx, who, store.PurposeAll)
		if err != nil {
			t.Fatal(err)
		}
		if m.State == store.OutboundDelivered && stopped {
			break
		}
	}
	if len(sent) != 0 {
		t.Errorf("handed over twice, or a stop confirmed that the connector had confirmed: %v", <-sent)
	}
}

func TestExternalSettings(t *testing.T) {
	n := &node{set: settings{publicURL: "https://baro.example"}}
	for key, value := range map[string]any{
		"max_length": 70, "headers": map[string]any{"X": []any{}}, "send_body": "{{txt}}", "content_type": "yaml", "send_method": "DELETE",
	} {
		ch := channelSettings{Channel: config.Channel{Name: "b", Provider: "rapidpro", Kind: "sms", Settings: map[string]any{"send_url": "http://127.0.0.1:1/", key: value}}}
		if _, err := n.externalSMS(ch); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	sms, _ := charset.FindProfile("sms")
	for length, parts := range map[int]int{0: 10, 160: 1, 300: 1, 306: 2, 640: 4, 100_000: 10} {
		if p := lengthOf(sms, length); p.MaxParts != parts || p.Concatenated != (parts > 1) {
			t.Errorf("a length of %d: %+v", length, p)
		}
	}
}
