package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/server"
)

// routes answers with a function.
type routes func(ctx context.Context, path string, r *channel.Request) (channel.Response, error)

func (f routes) Route(ctx context.Context, path string, r *channel.Request) (channel.Response, error) {
	return f(ctx, path, r)
}

func TestPathsOfAProvidersOwn(t *testing.T) {
	echo := routes(func(_ context.Context, path string, r *channel.Request) (channel.Response, error) {
		switch path {
		case "/forged":
			return channel.Response{}, channel.ErrForged
		case "/invalid":
			return channel.Response{}, channel.ErrInvalid
		case "/later":
			return channel.Response{}, errors.New("no database")
		case "/panic":
			panic("provider")
		}
		body := r.Method + " " + path + " " + r.Query.Get("q") + " " + string(r.Body)
		return channel.Response{Status: http.StatusCreated, ContentType: "text/plain", Body: []byte(body)}, nil
	})
	var log record
	o := options(&dialogues{}, &log)
	o.Channels = append(o.Channels, server.Channel{Name: "phone", More: echo}, server.Channel{Name: "shy", Secret: "s3cret-part", More: echo})
	_, origin := start(t, o)
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/hooks/phone/mobile/v1/message?q=1", 201, "GET /mobile/v1/message 1 "},
		{"PATCH", "/hooks/phone/mobile/v1/message", 201, "PATCH /mobile/v1/message  words"},
		{"DELETE", "/hooks/shy/s3cret-part/a", 201, "DELETE /a  words"},
		{"PUT", "/hooks/phone/forged", 403, ""},
		{"POST", "/hooks/phone/invalid", 400, ""},
		{"POST", "/hooks/phone/later", 503, ""},
		{"POST", "/hooks/phone/panic", 500, ""},
		{"POST", "/hooks/phone/sms", 404, ""},
		{"GET", "/hooks/shy/mobile/v1/message", 404, ""},
		{"GET", "/hooks/shy/wrong/a", 404, ""},
		{"GET", "/hooks/ussd/mobile/v1/message", 404, ""},
		{"GET", "/hooks/nobody/a", 404, ""},
	} {
		var body io.Reader
		if c.method != "GET" {
			body = strings.NewReader("words")
		}
		got := do(t, request(t, c.method, origin+c.path, body))
		if got.status != c.status || c.body != "" && got.body != c.body {
			t.Errorf("%s %s: got %d %q, want %d %q", c.method, c.path, got.status, got.body, c.status, c.body)
		}
	}
	long := do(t, request(t, "POST", origin+"/hooks/phone/a", strings.NewReader(strings.Repeat("x", server.HookBodyLimit+1))))
	if long.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: %d", long.status)
	}
	if strings.Contains(log.String(), "s3cret-part") {
		t.Error("the secret is in the log")
	}
}

// placed is an adapter whose hooks lie at paths of its own.
type placed struct{ channel.USSDProvider }

func (placed) Hook(path string) channel.Hook {
	return map[string]channel.Hook{"/s/1/start": channel.HookUSSD, "/s/1/end": channel.HookUSSDEnd, "/s/1/sms": channel.HookSMS}[path]
}

// What comes to a hook at another path has the deadline, the screens for faults and the counting of the hook.
func TestHooksAtOtherPaths(t *testing.T) {
	release := make(chan struct{})
	d := &dialogues{answer: func(_ context.Context, ev channel.USSD) flows.Screen {
		switch ev.Text {
		case "hang":
			<-release
		case "panic":
			panic("flow")
		}
		return flows.Screen{Text: "Vous: " + ev.Text, Input: flows.InputKey}
	}}
	o := options(d, &record{})
	o.Deadline = 200 * time.Millisecond
	o.Channels = []server.Channel{{Name: "ib", Secret: "s3cret-part", USSD: placed{provider()}}}
	_, origin := start(t, o)
	t.Cleanup(func() { close(release) }) // runs before the server is stopped
	for _, c := range []struct {
		path, text string
		status     int
		body       string
	}{
		{"s3cret-part/s/1/start", "1", 200, "CON Vous: 1"}, {"s3cret-part/s/1/start", "hang", 200, "END Reessayez"},
		{"s3cret-part/s/1/start", "panic", 200, "END Reessayez"}, {"s3cret-part/s/1/end", "", 200, ""}, {"s3cret-part/s/1/sms", "", 404, ""},
		{"s3cret-part/s/1/other", "", 404, ""}, {"wrong/s/1/start", "1", 404, ""}, {"s/1/start", "1", 404, ""},
	} {
		if got := post(t, origin+"/hooks/ib/"+c.path, step(c.text)); got.status != c.status || c.body != "" && !strings.HasPrefix(got.body, c.body) {
			t.Errorf("%s %s: %d %q, want %d %q", c.path, c.text, got.status, got.body, c.status, c.body)
		}
	}
	metrics := get(t, origin+"/metrics").body
	for _, outcome := range []string{"continue", "deadline", "panic"} {
		if !strings.Contains(metrics, `baro_ussd_requests_total{channel="ib",outcome="`+outcome+`"} 1`) {
			t.Errorf("no %s is counted", outcome)
		}
	}
}

// A stream outlives the time of an answer, and ends with its reader or with the server.
func TestStreams(t *testing.T) {
	ended := make(chan struct{}, 2)
	more := make(chan struct{})
	o := options(&dialogues{}, &record{})
	o.WriteTimeout = 50 * time.Millisecond
	o.Channels = append(o.Channels, server.Channel{Name: "phone", More: routes(func(context.Context, string, *channel.Request) (channel.Response, error) {
		return channel.Response{Status: 200, ContentType: "text/event-stream", Stream: func(ctx context.Context, send func([]byte) error) {
			defer func() { ended <- struct{}{} }()
			for ctx.Err() == nil {
				if send([]byte(":\n\n")) != nil {
					return
				}
				select {
				case <-more:
				case <-ctx.Done():
				}
			}
		}}, nil
	})})
	s, origin := start(t, o)
	open := func() (*http.Response, *bufio.Reader) {
		res, err := http.DefaultClient.Do(request(t, "GET", origin+"/hooks/phone/events", nil))
		if err != nil {
			t.Fatal(err)
		}
		return res, bufio.NewReader(res.Body)
	}
	line := func(r *bufio.Reader) {
		t.Helper()
		for range 2 {
			if _, err := r.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
	res, r := open()
	if res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("headers: %v", res.Header)
	}
	line(r)
	waited := time.NewTimer(3 * o.WriteTimeout)
	<-waited.C // what is tested is the passing of time
	more <- struct{}{}
	line(r)
	res.Body.Close()
	for gone := false; !gone; {
		select {
		case more <- struct{}{}: // the peer's leaving is noticed at a write
		case <-ended:
			gone = true
		}
	}
	res, r = open()
	defer res.Body.Close()
	line(r)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
	<-ended
	if _, err := io.ReadAll(r); err != nil {
		t.Errorf("the stream broke instead of ending: %v", err)
	}
}
