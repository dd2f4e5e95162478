package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
)

const plain = "GET /healthz HTTP/1.1\r\n"

// A proxy in front and this server must never read two different requests out of the same bytes.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	d := &dialogues{}
	_, origin := start(t, options(d, &record{}))
	const hook = "POST /hooks/ussd/ussd HTTP/1.1\r\nHost: a\r\n"
	body := step("").Encode()
	for name, text := range map[string]string{
		"no Host":                        plain + "Connection: close\r\n\r\n",
		"two Hosts":                      plain + "Host: a\r\nHost: b\r\nConnection: close\r\n\r\n",
		"two equal Hosts":                plain + "Host: a\r\nhost: a\r\nConnection: close\r\n\r\n",
		"blank before the colon":         plain + "Host: a\r\nX-Forwarded-For : b\r\nConnection: close\r\n\r\n",
		"folded header":                  plain + "Host: a\r\nX-A: b\r\n c\r\nConnection: close\r\n\r\n",
		"length and coding":              hook + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
		"two lengths":                    hook + "Content-Length: 3\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd",
		"two codings":                    hook + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nConnection: close\r\n\r\n0\r\n\r\n",
		"a line feed in a chunk's extra": hook + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2;\nxx\r\nab\r\n0\r\n\r\n",
		"no HTTP":                        "\x16\x03\x01 hello\r\n\r\n",
	} {
		out := raw(t, origin, text)
		if !strings.HasPrefix(out, "HTTP/1.1 400 ") || strings.Count(out, "HTTP/1.1 ") != 1 {
			t.Errorf("%s: got %q", name, out)
		}
	}
	if n := len(d.asked()); n != 0 {
		t.Errorf("%d of them reached a dialogue", n)
	}
	ok := raw(t, origin, hook+"Connection: close\r\nContent-Length: "+itoa(len(body))+"\r\n\r\n"+body)
	if !strings.HasPrefix(ok, "HTTP/1.1 200 ") {
		t.Errorf("a sound request: got %q", ok)
	}
	if old := raw(t, origin, "GET /healthz HTTP/1.0\r\n\r\n"); !strings.Contains(old, " 200 ") {
		t.Errorf("HTTP/1.0 needs no Host: got %q", old)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestLimitsOfStrangers(t *testing.T) {
	o := options(&dialogues{}, &record{})
	o.ReadTimeout, o.IdleTimeout = 50*time.Millisecond, 50*time.Millisecond
	_, origin := start(t, o)
	long := strings.Repeat("x", 9<<10)
	for name, c := range map[string]struct{ text, want string }{
		"long header":        {plain + "Host: a\r\nX-Long: " + long + "\r\n\r\n", "HTTP/1.1 431 "},
		"long path":          {"GET /" + long + " HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 431 "},
		"headers never end":  {plain + "Host: a\r\nX-Slow", "HTTP/1.1 408 "},
		"body never comes":   {"POST /hooks/ussd/ussd HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab", "HTTP/1.1 408 "},
		"body of 1 GB":       {"POST /hooks/ussd/ussd HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n", "HTTP/1.1 413 "},
		"nothing is sent":    {"", ""},
		"idle after a reply": {plain + "Host: a\r\n\r\n", "HTTP/1.1 200 "},
	} {
		// Each returns only because the server closes the connection.
		if out := raw(t, origin, c.text); !strings.HasPrefix(out, c.want) || strings.Contains(out, "xxxx") {
			t.Errorf("%s: got %.200q, want %q", name, out, c.want)
		}
	}
}

func TestErrorsRepeatNothing(t *testing.T) {
	l := &record{}
	_, origin := start(t, options(&dialogues{}, l))
	for _, path := range []string{"/mirror-me", "/hooks/mirror-me/ussd", "/hooks/ussd/mirror-me/ussd", "/%6dirror-me?mirror-me=1"} {
		r := request(t, "GET", origin+path, nil)
		r.Header.Set("X-Echo", "mirror-me")
		r.Header.Set("User-Agent", "mirror-me")
		a := do(t, r)
		if a.status != 404 || a.body != "Not Found\n" {
			t.Errorf("%s: got %d %q", path, a.status, a.body)
		}
		for name, values := range a.header {
			if strings.Contains(strings.Join(values, " "), "mirror-me") {
				t.Errorf("%s: header %s repeats the request", path, name)
			}
		}
	}
	for _, text := range []string{
		"MIRRORME /mirror-me HTTP/1.1\r\nHost: mirror-me\r\nConnection: close\r\n\r\n",
		"GET /mirror-me HTTP/1.1\r\nHost mirror-me\r\nConnection: close\r\n\r\n",
		"GET /mirror-me HTTP/9.1\r\nHost: mirror-me\r\nContent-Length: mirror-me\r\n\r\n",
	} {
		if out := raw(t, origin, text); strings.Contains(strings.ToLower(out), "mirror") {
			t.Errorf("%q: got %q", text, out)
		}
	}
	if strings.Contains(strings.ToLower(l.String()), "mirror") {
		t.Errorf("the log repeats a request: %s", l)
	}
}

func TestAnswersAreGuarded(t *testing.T) {
	_, origin := start(t, options(&dialogues{}, &record{}))
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/missing", "/assets/style.css", "/hooks/ussd/ussd"} {
		h := get(t, origin+path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Strict-Transport-Security": "max-age=31536000", "Server": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if cache := h.Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(path, "/assets/") {
			t.Errorf("%s: Cache-Control is %q", path, cache)
		}
	}
	o := options(&dialogues{}, &record{})
	o.PublicURL = "http://127.0.0.1:8080"
	_, loopback := start(t, o)
	if got := get(t, loopback+"/").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("a loopback page demands https: %q", got)
	}
}

func TestForwardedHostIsNotBelieved(t *testing.T) {
	var uri string
	d := &dialogues{}
	o := options(d, &record{})
	o.Channels[0].USSD = watcher{USSDProvider: provider(), see: func(r *channel.Request) { uri = r.URI }}
	_, origin := start(t, o)
	r := request(t, "POST", origin+"/hooks/ussd/ussd?a=%2f&b", strings.NewReader(step("").Encode()))
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-For", "evil.example")
	if a := do(t, r); a.status != 200 {
		t.Errorf("got %d", a.status)
	}
	if uri != "/hooks/ussd/ussd?a=%2f&b" {
		t.Errorf("the adapter sees %q, which is not what was signed", uri)
	}
}

type watcher struct {
	channel.USSDProvider
	see func(*channel.Request)
}

func (w watcher) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	w.see(r)
	return w.USSDProvider.DecodeUSSD(r)
}

// Nothing of a person and no secret may be in a line of the log, whatever happens.
func TestLogIsClean(t *testing.T) {
	l := &record{}
	d := &dialogues{answer: func(context.Context, channel.USSD) flows.Screen { return flows.Screen{Text: "ok secret-shown"} }}
	o := options(d, l)
	o.Channels[0].Secret = "a-secret-path-part"
	_, origin := start(t, o)
	post(t, origin+"/hooks/ussd/a-secret-path-part/ussd?also=70000001", step("secret-typed"))
	post(t, origin+"/hooks/ussd/a-secret-path-part/ussd-end", step("secret-typed"))
	post(t, origin+"/hooks/ussd/a-secret-path-part/ussd", map[string][]string{"phoneNumber": {"+22370000001x"}, "text": {"secret-typed"}})
	post(t, origin+"/hooks/ussd/a-secret-path-part-no/ussd", step("secret-typed"))
	get(t, origin+"/phone/sms?number=%2B22370000001")
	text := l.String()
	for _, secret := range []string{"a-secret-path-part", "70000001", "secret-typed", "secret-shown", "ATUid_1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %q: %s", secret, text)
		}
	}
	for _, line := range []string{`"route":"/hooks/:channel/:secret/ussd","status":200`, `"route":"/hooks/:channel/:secret/ussd","status":404`, `"channel":"ussd"`} {
		if !strings.Contains(text, line) {
			t.Errorf("the log lacks %s: %s", line, text)
		}
	}
}
