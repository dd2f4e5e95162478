package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/simulator"
	"baro/gateway/server"
	"baro/gateway/server/phone"
)

func withPhone(o server.Options, inbox *simulator.Inbox) server.Options {
	o.Phone = &server.Phone{Inbox: inbox, Open: true, Options: phone.Options{
		Hook: "/hooks/ussd/ussd", End: "/hooks/ussd/ussd-end", Code: "*384*96#", Number: "+22370000001", GSM7: 160,
	}}
	return o
}

func TestFrontPage(t *testing.T) {
	_, bare := start(t, options(&dialogues{}, &record{}))
	_, demo := start(t, withPhone(options(&dialogues{}, &record{}), nil))
	for _, c := range []struct {
		address string
		has     []string
		hasNot  string
	}{
		{bare + "/", []string{`<html lang="fr">`, "téléphone", `href="/?lang=en"`}, "/phone"},
		{bare + "/?lang=en", []string{`<html lang="en">`, "basic phone", `href="/?lang=fr"`}, "/phone"},
		{bare + "/?lang=xx", []string{`<html lang="fr">`}, "xx"},
		{demo + "/", []string{`href="/phone?lang=fr"`}, "lang=xx"},
		{demo + "/?lang=en", []string{`href="/phone?lang=en"`}, "lang=xx"},
	} {
		a := get(t, c.address)
		if a.status != 200 || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: got %d %v", c.address, a.status, a.header)
		}
		for _, text := range c.has {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s lacks %q", c.address, text)
			}
		}
		if strings.Contains(a.body, c.hasNot) {
			t.Errorf("%s has %q", c.address, c.hasNot)
		}
	}
	for _, path := range []string{"/phone", "/phone/phone.js", "/phone/sms?number=70000001"} {
		if a := get(t, bare+path); a.status != 404 {
			t.Errorf("%s without a phone: got %d", path, a.status)
		}
	}
}

func TestPagesLoadNothingForeignAndNothingInline(t *testing.T) {
	_, origin := start(t, withPhone(options(&dialogues{}, &record{}), nil))
	for _, path := range []string{"/", "/phone", "/phone?lang=en", "/assets/style.css", "/assets/icon.svg", "/phone/phone.css", "/phone/phone.js"} {
		a := get(t, origin+path)
		if a.status != 200 {
			t.Errorf("%s: got %d", path, a.status)
		}
		body := strings.ReplaceAll(a.body, `xmlns="http://www.w3.org/2000/svg"`, "")
		for _, bad := range []string{"http://", "https://", " style=", "<style", " onclick=", "<script>", "javascript:", "@import", "innerHTML", "eval("} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %q", path, bad)
			}
		}
	}
}

func TestAssetsAreAskedForOnce(t *testing.T) {
	_, origin := start(t, withPhone(options(&dialogues{}, &record{}), nil))
	for path, contentType := range map[string]string{
		"/assets/style.css": "text/css; charset=utf-8", "/phone/phone.js": "text/javascript; charset=utf-8", "/assets/icon.svg": "image/svg+xml",
	} {
		first := get(t, origin+path)
		tag := first.header.Get("ETag")
		if first.header.Get("Content-Type") != contentType || len(tag) < 8 || first.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, first.header)
		}
		r := request(t, "GET", origin+path, nil)
		r.Header.Set("If-None-Match", tag)
		if a := do(t, r); a.status != 304 || a.body != "" {
			t.Errorf("%s again: got %d", path, a.status)
		}
	}
}

func TestMessagesOfThePhone(t *testing.T) {
	inbox := simulator.NewInbox(func() time.Time { return time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC) })
	_, origin := start(t, withPhone(options(&dialogues{}, &record{}), inbox))
	if a := get(t, origin+"/phone/sms?number=%2B22370000001"); a.status != 200 || a.body != "[]" {
		t.Errorf("none: got %d %q", a.status, a.body)
	}
	inbox.Add(channeltest.Number("+22370000001"), "COMMUNE", "Budget 2026 <b>: 283 M")
	inbox.Add(channeltest.Number("+22370000002"), "COMMUNE", "other")
	for _, number := range []string{"%2B22370000001", "70000001", "+22370000001"} { // the last one's plus is lost
		a := get(t, origin+"/phone/sms?number="+number)
		var got []map[string]any
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || len(got) != 1 {
			t.Fatalf("got %d %q", a.status, a.body)
		}
		if got[0]["text"] != "Budget 2026 <b>: 283 M" || got[0]["from"] != "COMMUNE" || got[0]["at"] != "2026-11-23T07:30:00Z" {
			t.Errorf("got %v", got[0])
		}
	}
	for _, number := range []string{"", "36036", "x"} {
		if a := get(t, origin+"/phone/sms?number="+number); a.status != 400 {
			t.Errorf("number %q: got %d", number, a.status)
		}
	}
}
