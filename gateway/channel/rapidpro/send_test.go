package rapidpro_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/rapidpro"
)

func mt(text string) channel.MT {
	return channel.MT{ID: ourID, To: channeltest.Number(standin.Number), Text: text, Parts: 1}
}

func TestSending(t *testing.T) {
	there := newConnector(t)
	s := open(t, func(c *rapidpro.Config) { c.SendURL, c.HTTP.Timeout = there.url, 300*time.Millisecond })
	standin.CheckSending(t, s, there, authorization)
	standin.CheckUnreachable(t, open(t, nil), authorization)
}

// What people write must arrive as they wrote it, and must not become a field, a member or an element of its own.
func TestTextsStayWithinTheirField(t *testing.T) {
	there := newConnector(t)
	texts := []string{
		"Réunion à 10h, ɲɛ ߒߞߏ", `","to":"+22399999999`, `"}]} \" \\ \u0022`, "</text><to>+22399999999</to><text>", "]]> <!-- & &amp; -->",
		"x&to=%2B22399999999&id=7", "{{to}} {{id}} {{", "line\nbreak\ttab", "100 % #1 + 2 ?",
	}
	json := `{"id":{{id}},"text":{{text}},"to":{{to}},"bare":{{to_no_plus}},"from":{{from}},"short":{{from_no_plus}},"channel":{{channel}},"qr":{{quick_replies}},"state":{{session_status}}}`
	xml := `<?xml version="1.0"?><sms><id>{{uuid}}</id><text>{{text}}</text><to>{{to}}</to><from>{{from}}</from></sms>`
	for name, change := range map[string]func(*rapidpro.Config){
		"form":  func(*rapidpro.Config) {},
		"json":  func(c *rapidpro.Config) { c.ContentType, c.Body = "json", json },
		"put":   func(c *rapidpro.Config) { c.ContentType, c.Body, c.Method = "application/vnd.x+json", json, "put" },
		"xml":   func(c *rapidpro.Config) { c.ContentType, c.Body = "xml", xml },
		"query": func(c *rapidpro.Config) { c.Method, c.SendURL = "GET", c.SendURL+"?id={{id}}&to={{to}}&text={{text}}" },
	} {
		s := open(t, func(c *rapidpro.Config) { c.SendURL = there.url; change(c) })
		for _, text := range texts {
			r := s.Send(t.Context(), mt(text))
			got := there.latest()
			if r.Outcome != channel.Accepted || len(got["text"]) != 1 || got.Get("text") != text || len(got["to"]) != 1 || got.Get("to") != standin.Number || got.Get("id") != ourID {
				t.Errorf("%s: %q came as %v: %+v", name, text, got, r)
			}
		}
		if name == "json" {
			got := there.latest()
			if got.Get("bare") != standin.Number[1:] || got.Get("from") != "+36036" || got.Get("short") != "36036" || got.Get("channel") != "bridge" || got.Get("qr") != "[]" || got.Get("state") != "" {
				t.Errorf("fields: %v", got)
			}
		}
	}
}

func TestOtherContentAndNationalNumbers(t *testing.T) {
	there := newConnector(t)
	s := open(t, func(c *rapidpro.Config) {
		c.SendURL, c.ContentType, c.Body, c.National, c.Headers = there.url, "text/plain", "{{to}}|{{text}}", true, map[string]string{"X-Key": "k"}
	})
	if r := s.Send(t.Context(), mt("a {{to}} b")); r.Outcome != channel.Accepted || there.latest().Get("plain") != "70000001|a {{to}} b" {
		t.Errorf("%+v: %v", r, there.latest())
	}
	abroad := channel.MT{ID: ourID, To: channeltest.Number("+33612345678"), Text: "x"}
	if s.Send(t.Context(), abroad); there.latest().Get("plain") != "+33612345678|x" {
		t.Errorf("a number of another country: %v", there.latest())
	}
	if r := s.Send(t.Context(), mt("")); r.Outcome != channel.Refused {
		t.Errorf("nothing to send: %+v", r)
	}
}

// A success has to hold what the configuration asks for; what it is otherwise nobody knows, and it is not sent again.
func TestResponseCheck(t *testing.T) {
	there := newConnector(t)
	for check, c := range map[string]struct {
		body string
		want channel.Outcome
	}{
		accepted: {"ERROR 5", channel.Unknown}, "": {"ERROR 5", channel.Accepted}, `"ok":true`: {`{"ok":true}`, channel.Accepted},
	} {
		s := open(t, func(k *rapidpro.Config) { k.SendURL, k.ResponseCheck = there.url, check })
		there.Next(standin.Fault{AfterAccept: true, Status: 200, Body: c.body})
		if r := s.Send(t.Context(), mt("x")); r.Outcome != c.want {
			t.Errorf("%q in %q: %+v", check, c.body, r)
		}
	}
}

// A broken call is made once, also as a GET on a connection that was used before.
func TestBrokenCallIsMadeOnce(t *testing.T) {
	there := newConnector(t)
	for _, method := range []string{"GET", "PUT", "POST"} {
		s := open(t, func(c *rapidpro.Config) { c.Method, c.SendURL = method, there.url+"?text={{text}}" })
		for range 3 {
			if r := s.Send(t.Context(), mt("a")); r.Outcome != channel.Accepted {
				t.Fatalf("%s: %+v", method, r)
			}
			calls := there.Calls()
			there.Next(standin.DropAfterAccept())
			if r := s.Send(t.Context(), mt("b")); r.Outcome != channel.Unknown || there.Calls() != calls+1 {
				t.Fatalf("%s: %+v after %d calls", method, r, there.Calls()-calls)
			}
		}
	}
}

func TestNewReportsEveryFault(t *testing.T) {
	c := config(t)
	c.SendURL, c.Method, c.ContentType, c.Body = "http://{{to}}.example/", "PATCH", "jsno", "x {{txt}}"
	c.Authorization, c.Headers, c.Print = "hunter2\r\nX: y", map[string]string{"Host": "x"}, nil
	_, err := rapidpro.New(c)
	for _, key := range []string{"send_url: an absolute", "send_method:", "content_type:", "send_body: unknown placeholder {{txt}}", "send_authorization:", "headers:", "print:"} {
		if err == nil || !strings.Contains(err.Error(), "rapidpro: "+key) {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("a secret in the error")
	}
	for body, kind := range map[string]string{`{"text":"{{text}}"}`: "json", `<a>{{text}}</b>`: "xml", `{"to":{{to}}}`: "json"} {
		c := config(t)
		c.Body, c.ContentType = body, kind
		if _, err := rapidpro.New(c); err == nil || !strings.Contains(err.Error(), "send_body:") {
			t.Errorf("%s: %v", body, err)
		}
	}
	c = config(t)
	c.Method = http.MethodGet
	if _, err := rapidpro.New(c); err == nil || !strings.Contains(err.Error(), "{{text}}") {
		t.Errorf("a GET without fields: %v", err)
	}
}
