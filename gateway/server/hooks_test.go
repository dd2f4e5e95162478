package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/server"
)

func TestUSSDIsAnsweredInTheRequest(t *testing.T) {
	d := &dialogues{}
	_, origin := start(t, options(d, &record{}))
	for _, a := range []answer{
		post(t, origin+"/hooks/ussd/ussd", step("1*2")),
		get(t, origin+"/hooks/ussd/ussd?"+step("1*2").Encode()),
	} {
		if a.status != 200 || a.body != "CON Vous: 1*2" || a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("got %d %q %v", a.status, a.body, a.header)
		}
	}
	if got := d.asked(); len(got) != 2 || got[0] != got[1] || got[0].Session != "ATUid_1" || got[0].Number.E164() != "+22370000001" {
		t.Errorf("the dialogue was asked %+v", got)
	}
}

func TestWhoMayCall(t *testing.T) {
	d := &dialogues{}
	o := options(d, &record{})
	const secret = "k3-long_and.unguessable~"
	o.Channels = []server.Channel{
		{Name: "open", USSD: provider()},
		{Name: "closed", USSD: provider(), Secret: secret},
		{Name: "near", USSD: provider(), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
		{Name: "far", USSD: provider(), Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
		{Name: "sms"},
	}
	_, origin := start(t, o)
	for path, want := range map[string]int{
		"/hooks/open/ussd":                                   200,
		"/hooks/open/ussd-end":                               200,
		"/hooks/open/anything/ussd":                          404,
		"/hooks/closed/" + secret + "/ussd":                  200,
		"/hooks/closed/k3-long%5Fand.unguessable~/ussd":      200,
		"/hooks/closed/" + secret + "/ussd-end":              200,
		"/hooks/closed/ussd":                                 404,
		"/hooks/closed/" + secret + "x/ussd":                 404,
		"/hooks/closed/" + secret[1:] + "/ussd":              404,
		"/hooks/closed/" + strings.ToUpper(secret) + "/ussd": 404,
		"/hooks/closed//ussd":                                404,
		"/hooks/near/ussd":                                   200,
		"/hooks/far/ussd":                                    403,
		"/hooks/far/ussd-end":                                403,
		"/hooks/nobody/ussd":                                 404,
		"/hooks/sms/ussd":                                    404,
		"/hooks/open/":                                       404,
		"/hooks/OPEN/ussd":                                   404,
		"/hooks/open/ussd/":                                  404,
		"/hooks/open/ussd/ussd/ussd":                         404,
	} {
		if a := post(t, origin+path, step("")); a.status != want {
			t.Errorf("%s: got %d %q, want %d", path, a.status, a.body, want)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"} {
		if a := do(t, request(t, method, origin+"/hooks/open/ussd", nil)); a.status != 405 {
			t.Errorf("%s: got %d, want 405", method, a.status)
		}
	}
	unknown, wrong := post(t, origin+"/hooks/nobody/x/ussd", step("")), post(t, origin+"/hooks/closed/x/ussd", step(""))
	if unknown.body != wrong.body || unknown.status != wrong.status {
		t.Error("a wrong secret can be told from an unknown channel")
	}
}

// A proxy that is trusted tells who called; what a caller wrote into the header itself does not count.
func TestAddressesBehindProxies(t *testing.T) {
	allowed := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	for _, c := range []struct {
		name    string
		trusted []netip.Prefix
		header  []string
		want    int
	}{
		{"no proxy is trusted", nil, []string{"192.0.2.7"}, 403},
		{"told by the proxy", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, []string{"192.0.2.7"}, 200},
		{"two proxies", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}, []string{"192.0.2.7, 10.0.0.1"}, 200},
		{"written by the caller", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, []string{"192.0.2.7, 198.51.100.1"}, 403},
		{"written by the caller, another line", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, []string{"192.0.2.7", "198.51.100.1"}, 403},
		{"nonsense", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, []string{"192.0.2.7, unknown"}, 403},
		{"nothing", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, nil, 403},
	} {
		o := options(&dialogues{}, &record{})
		o.Channels[0].Allow, o.TrustedProxies = allowed, c.trusted
		_, origin := start(t, o)
		r := request(t, "POST", origin+"/hooks/ussd/ussd", strings.NewReader(step("").Encode()))
		r.Header["X-Forwarded-For"] = c.header
		if a := do(t, r); a.status != c.want {
			t.Errorf("%s: got %d, want %d", c.name, a.status, c.want)
		}
	}
}

// signed is a provider whose requests prove themselves by a header, and which fails in the ways adapters can.
type signed struct{ channel.USSDProvider }

func (p signed) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	switch r.Header("x-proof") {
	case "panic":
		panic("an adapter's mistake with +22370000001")
	case "yes":
		return p.USSDProvider.DecodeUSSD(r)
	}
	return channel.USSD{}, fmt.Errorf("%w: no proof", channel.ErrForged)
}

func (p signed) DecodeEnd(*channel.Request) (channel.EndNotice, error) {
	return channel.EndNotice{}, channel.ErrForged
}

func TestFailuresEndInAScreen(t *testing.T) {
	l := &record{}
	d := &dialogues{answer: func(_ context.Context, ev channel.USSD) flows.Screen {
		if ev.Text == "panic" {
			panic("a step's mistake with secret-typed")
		}
		return flows.Screen{Text: "ok"}
	}}
	o := options(d, l)
	o.Channels = append(o.Channels, server.Channel{Name: "signed", USSD: signed{provider()}})
	_, origin := start(t, o)
	proof := func(value string) answer {
		r := request(t, "POST", origin+"/hooks/signed/ussd", strings.NewReader(step("").Encode()))
		r.Header.Set("X-Proof", value)
		return do(t, r)
	}
	for name, c := range map[string]struct {
		got    answer
		status int
		body   string
	}{
		"empty body":          {post(t, origin+"/hooks/ussd/ussd", nil), 200, "END Demande illisible."},
		"query of a POST":     {post(t, origin+"/hooks/ussd/ussd?"+step("").Encode(), nil), 200, "END Demande illisible."},
		"panic in a step":     {post(t, origin+"/hooks/ussd/ussd", step("panic")), 200, "END Reessayez plus tard."},
		"panic in an adapter": {proof("panic"), 200, "END Reessayez plus tard."},
		"forged":              {proof("no"), 403, "Forbidden\n"},
		"proven":              {proof("yes"), 200, "END ok"},
		"forged end notice":   {post(t, origin+"/hooks/signed/ussd-end", step("")), 403, "Forbidden\n"},
	} {
		if c.got.status != c.status || c.got.body != c.body {
			t.Errorf("%s: got %d %q, want %d %q", name, c.got.status, c.got.body, c.status, c.body)
		}
	}
	if text := l.String(); strings.Contains(text, "70000001") || strings.Contains(text, "secret-typed") {
		t.Errorf("the log tells who called or what was typed: %s", text)
	}
}

func TestAStepHasAHardStop(t *testing.T) {
	release, told := make(chan struct{}), make(chan struct{})
	d := &dialogues{answer: func(ctx context.Context, ev channel.USSD) flows.Screen {
		if ev.Text == "" {
			return flows.Screen{Text: "in time"}
		}
		<-ctx.Done()
		close(told)
		<-release // deaf to its context: the answer goes out all the same
		return flows.Screen{Text: "too late"}
	}}
	o := options(d, &record{})
	o.Deadline = 20 * time.Millisecond
	_, origin := start(t, o)
	t.Cleanup(func() { close(release) }) // runs before the server is stopped
	if a := post(t, origin+"/hooks/ussd/ussd", step("1")); a.status != 200 || a.body != "END Reessayez plus tard." {
		t.Errorf("got %d %q", a.status, a.body)
	}
	<-told
	if metrics := get(t, origin+"/metrics").body; !strings.Contains(metrics, `baro_ussd_requests_total{channel="ussd",outcome="deadline"} 1`) {
		t.Error("the exceeded deadline is not counted")
	}
}

func TestEndNotices(t *testing.T) {
	d := &dialogues{}
	_, origin := start(t, options(d, &record{}))
	form := step("")
	form.Set("status", "Incomplete")
	form.Set("input", "1*secret-typed")
	for _, f := range []map[string][]string{form, nil} {
		if a := post(t, origin+"/hooks/ussd/ussd-end", f); a.status != 200 || a.body != "" {
			t.Errorf("got %d %q", a.status, a.body)
		}
	}
	if got := d.ended(); len(got) != 1 || got[0].Status != "incomplete" || got[0].Session != "ATUid_1" {
		t.Errorf("told %+v", got)
	}
}

// What a request said must not change when its memory is reused by the next ones.
func TestRequestsAreCopied(t *testing.T) {
	d := &dialogues{}
	_, origin := start(t, options(d, &record{}))
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for n := range 25 {
				text := fmt.Sprintf("%d*%d*%s", worker, n, strings.Repeat(string(rune('a'+worker)), 20+n))
				if a := post(t, origin+"/hooks/ussd/ussd", step(text)); a.body != "CON Vous: "+text {
					t.Errorf("got %q for %q", a.body, text)
				}
			}
		})
	}
	wg.Wait()
	seen := make(map[string]bool)
	for _, ev := range d.asked() {
		parts := strings.Split(ev.Text, "*")
		if len(parts) != 3 || strings.Trim(parts[2], string(rune('a'+parts[0][0]-'0'))) != "" || ev.Session != "ATUid_1" {
			t.Fatalf("an event changed after its request: %+v", ev)
		}
		seen[ev.Text] = true
	}
	if len(seen) != 200 {
		t.Errorf("%d of 200 texts are left", len(seen))
	}
}

func TestHookBodies(t *testing.T) {
	o := options(&dialogues{}, &record{})
	o.BodyLimit = 1 << 20
	_, origin := start(t, o)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(step("1").Encode()))
	_ = z.Close()
	long := step("1").Encode() + "&pad=" + strings.Repeat("x", server.HookBodyLimit)
	for _, c := range []struct {
		name, coding, body string
		chunked            bool
		want               int
	}{
		{"plain", "", step("1").Encode(), false, 200},
		{"chunked", "", step("1").Encode(), true, 200},
		{"too long", "", long, false, 413},
		{"too long in chunks", "", long, true, 413},
		{"compressed", "gzip", zipped.String(), false, 415},
		{"identity", "identity", step("1").Encode(), false, 200},
	} {
		r := request(t, "POST", origin+"/hooks/ussd/ussd", strings.NewReader(c.body))
		if c.chunked {
			r.ContentLength = -1
		}
		if c.coding != "" {
			r.Header.Set("Content-Encoding", c.coding)
		}
		if a := do(t, r); a.status != c.want || a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: got %d %q, want %d", c.name, a.status, a.body, c.want)
		}
	}
	// Other routes have a limit of their own.
	r := request(t, http.MethodPost, origin+"/other", strings.NewReader(strings.Repeat("x", 2*server.HookBodyLimit)))
	if a := do(t, r); a.status != 404 {
		t.Errorf("a longer body elsewhere: got %d, want 404", a.status)
	}
}
