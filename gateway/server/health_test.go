package server_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/server"
)

type readyBody struct {
	Status       string
	Draining     bool
	Dependencies map[string]string
	Channels     map[string]string
}

func ready(t *testing.T, origin string) (int, readyBody) {
	t.Helper()
	a := get(t, origin+"/readyz")
	var body readyBody
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("%v in %q", err, a.body)
	}
	return a.status, body
}

func always(h server.Health) func(context.Context) server.Health {
	return func(context.Context) server.Health { return h }
}

func TestReadiness(t *testing.T) {
	for _, c := range []struct {
		name                     string
		database, redis, channel server.Health
		status                   int
		overall                  string
	}{
		{"all is well", server.OK, server.OK, server.OK, 200, "ok"},
		{"no Redis", server.OK, server.Down, server.OK, 200, "degraded"},
		{"a channel without credit", server.OK, server.OK, server.Down, 200, "degraded"},
		{"a slow database", server.Degraded, server.OK, server.OK, 200, "degraded"},
		{"no database", server.Down, server.OK, server.OK, 503, "down"},
		{"a check that says nothing known", "so-so", server.OK, server.OK, 503, "down"},
	} {
		o := options(&dialogues{}, &record{})
		o.Checks = []server.Check{{Name: "database", Critical: true, Probe: always(c.database)}, {Name: "redis", Probe: always(c.redis)}}
		o.Channels = append(o.Channels, server.Channel{Name: "sms", Probe: always(c.channel)})
		_, origin := start(t, o)
		status, body := ready(t, origin)
		if status != c.status || body.Status != c.overall || body.Draining || body.Channels["ussd"] != "ok" || body.Channels["sms"] != string(c.channel) {
			t.Errorf("%s: got %d %+v", c.name, status, body)
		}
		if a := get(t, origin+"/healthz"); a.status != 200 || a.body != `{"status":"ok"}`+"\n" {
			t.Errorf("%s: healthz %d %q", c.name, a.status, a.body)
		}
	}
}

func TestDrainingIsNotReadyAndStillAnswers(t *testing.T) {
	s, origin := start(t, options(&dialogues{}, &record{}))
	s.Drain()
	if status, body := ready(t, origin); status != 503 || !body.Draining {
		t.Errorf("got %d %+v", status, body)
	}
	if a := get(t, origin+"/healthz"); a.status != 200 {
		t.Errorf("healthz: %d", a.status)
	}
	a := post(t, origin+"/hooks/ussd/ussd", step("1"))
	if a.body != "CON Vous: 1" || !a.last {
		t.Errorf("got %q, connection closed: %v", a.body, a.last)
	}
}

// Many who ask at once cost one question, a probe that hangs is not started again, and one that panics is down.
func TestProbesAreSpared(t *testing.T) {
	var asked, hung atomic.Int64
	var now atomic.Int64
	o := options(&dialogues{}, &record{})
	o.Now = func() time.Time { return time.Unix(now.Load(), 0) }
	o.ProbeTimeout = 20 * time.Millisecond
	release := make(chan struct{})
	defer close(release)
	o.Checks = []server.Check{
		{Name: "database", Critical: true, Probe: func(context.Context) server.Health { asked.Add(1); return server.OK }},
		{Name: "hung", Probe: func(ctx context.Context) server.Health { hung.Add(1); <-release; return server.OK }},
		{Name: "broken", Probe: func(context.Context) server.Health { panic("a mistake") }},
	}
	_, origin := start(t, o)
	for range 5 {
		status, body := ready(t, origin)
		if status != 200 || body.Dependencies["database"] != "ok" || body.Dependencies["hung"] != "down" || body.Dependencies["broken"] != "down" {
			t.Fatalf("got %d %+v", status, body)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times in one moment", asked.Load())
	}
	now.Add(5)
	ready(t, origin)
	if asked.Load() != 2 || hung.Load() != 1 {
		t.Errorf("later: database asked %d times, the hung one started %d times", asked.Load(), hung.Load())
	}
}

func TestMetrics(t *testing.T) {
	o := options(&dialogues{}, &record{})
	o.Channels = append(o.Channels, server.Channel{Name: "closed", USSD: provider(), Secret: "a-secret-path-part"})
	_, origin := start(t, o)
	post(t, origin+"/hooks/ussd/ussd", step("1"))
	post(t, origin+"/hooks/ussd/ussd", nil)
	form := step("")
	form.Set("status", "Success")
	post(t, origin+"/hooks/ussd/ussd-end", form)
	get(t, origin+"/no/such/page-70000001")
	raw(t, origin, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: "+strings.Repeat("x", 9<<10)+"\r\n\r\n")
	text := get(t, origin+"/metrics").body
	for _, line := range []string{
		`baro_ussd_requests_total{channel="ussd",outcome="continue"} 1`,
		`baro_ussd_requests_total{channel="ussd",outcome="invalid"} 1`,
		`baro_ussd_duration_seconds_count{channel="ussd",outcome="continue"} 1`,
		`baro_ussd_ended_total{channel="ussd",status="success"} 1`,
		`baro_http_requests_total{route="/hooks/:channel/ussd",status="200"} 2`,
		`baro_http_requests_total{route="none",status="404"} 1`,
		`baro_http_requests_total{route="none",status="431"} 1`,
		`go_goroutines `,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("missing %s", line)
		}
	}
	if strings.Contains(text, "70000001") || strings.Contains(text, "page-") || strings.Contains(text, "a-secret") {
		t.Error("metrics tell what a stranger sent")
	}
}
