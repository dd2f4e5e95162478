package kannel_test

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/locales/charset"
)

const (
	smsPath = "/hooks/kannel/s3cret/sms"
	good    = "from=%2B22370000001&to=36036&id=6ceb55a6-cbf7-45ad-9c16-b86a424ef055"
)

func get(query string) *channel.Request { return channeltest.Get(smsPath, query) }

// post is a call of post-url: the text is the body, the id stands in the query.
func post(query, body string, headers map[string]string) *channel.Request {
	values, _ := url.ParseQuery(query)
	return &channel.Request{
		Method: http.MethodPost, URI: smsPath + "?" + query, Path: smsPath, Query: values, Body: []byte(body),
		RemoteAddr: netip.MustParseAddr("127.0.0.1"), Header: func(name string) string { return headers[http.CanonicalHeaderKey(name)] },
	}
}

func TestDecodeMO(t *testing.T) {
	utf16 := func(s string) string { return string(charset.EncodeUCS2(s)) }
	escaped := func(s string) string { return url.QueryEscape(utf16(s)) }
	headers := func(pairs ...string) map[string]string {
		h := map[string]string{"X-Kannel-From": "+22370000001", "X-Kannel-To": "36036"}
		for i := 0; i < len(pairs); i += 2 {
			h[http.CanonicalHeaderKey(pairs[i])] = pairs[i+1]
		}
		return h
	}
	const id = "id=6ceb55a6-cbf7-45ad-9c16-b86a424ef055"
	for name, c := range map[string]struct {
		r    *channel.Request
		text string
	}{
		"GSM 7-bit":            {get(good + "&text=BUDGET+%C3%A9t%C3%A9++%E2%82%AC%5B+%2B%26&coding=0&charset=UTF-8&svc=&meta=%3Fsmpp%3F"), "BUDGET été  €[ +&"},
		"raw UTF-16":           {get(good + "&text=" + escaped("dit “oui” ߒߞߏ 𞤊") + "&coding=2&charset=UTF-16BE"), "dit “oui” ߒߞߏ 𞤊"},
		"UTF-16 without names": {get(good + "&text=" + escaped("ɛ") + "&coding=2"), "ɛ"},
		"mo-recode":            {get(good + "&text=%C9%9B%C9%94&coding=0&charset=UTF-8"), "ɛɔ"},
		"coding 2 recoded":     {get(good + "&text=%C9%9B%C9%94&coding=2&charset=UTF-8"), "ɛɔ"},
		"Latin-1":              {get(good + "&text=caf%E9&coding=0&charset=ISO-8859-1"), "café"},
		"no alphabet named":    {get(good + "&text=caf%E9+%80"), "café €"},
		"nothing said":         {get(good + "&text=&coding=0&charset=UTF-8"), ""},
		"plus lost":            {get("from=+22370000001&to=36036&" + id + "&text=1&coding=0"), "1"},
		"NUL":                  {get(good + "&text=a%00b&coding=0"), "ab"},
		"odd UTF-16":           {get(good + "&text=%02%5B%02&coding=2&charset=UTF-16BE"), "ɛ\ufffd"},
		"post-url":             {post(id, "BUDGET  été", headers("Content-Type", `text/plain; charset="UTF-8"`, "X-Kannel-Coding", "0")), "BUDGET  été"},
		"post-url, UTF-16":     {post(id, utf16("ɛ “oui”"), headers("Content-Type", `text/plain; charset="UTF-16BE"`, "X-Kannel-Coding", "2")), "ɛ “oui”"},
		"post-url, no type":    {post(id, "x", headers("X-Kannel-Coding", "0")), "x"},
		"post-url, from in it": {post(id+"&from=%2B22370000001&to=36036", "x", map[string]string{"Content-Type": "text/plain"}), "x"},
		"form":                 {post("", good+"&text=%C9%9B&coding=0", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}), "ɛ"},
	} {
		want := channel.MO{
			Channel: "kannel", ExternalID: "6ceb55a6-cbf7-45ad-9c16-b86a424ef055", From: channeltest.Number("+22370000001"), To: "36036", Text: c.text,
		}
		got, resp, err := smsChannel(t, nil).DecodeMO(c.r)
		if err != nil || len(got) != 1 || got[0] != want || resp.Status != 200 || len(resp.Body) != 0 {
			t.Errorf("%s: %+v, answered %d %q, %v; want %+v", name, got, resp.Status, resp.Body, err, want)
		}
	}
}

func TestDecodeMORefuses(t *testing.T) {
	for name, r := range map[string]*channel.Request{
		"no id":         get("from=%2B22370000001&to=36036&text=x"),
		"hostile id":    get("from=%2B22370000001&to=36036&text=x&id=a%0Ab"),
		"no sender":     get("to=36036&text=x&id=1"),
		"endless text":  get(good + "&text=" + strings.Repeat("x", 9000)),
		"endless meta":  get(good + "&meta=" + strings.Repeat("x", 9000)),
		"USSD":          get(good + "&text=1&svc=USSD"),
		"form of noise": post("", "%zz=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}),
	} {
		if _, _, err := smsChannel(t, nil).DecodeMO(r); !errors.Is(err, channel.ErrInvalid) || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is no person's text is answered like one, or Kannel brings it back again and again.
func TestDecodeMOPassesOver(t *testing.T) {
	for name, query := range map[string]string{
		"operator": "from=%2BORANGE&to=36036&id=1&text=promo", "short code": "from=700&to=36036&id=1&text=promo",
		"binary": good + "&text=%00%11%FF&coding=1&charset=8-BIT",
	} {
		got, resp, err := smsChannel(t, nil).DecodeMO(get(query))
		if err != nil || len(got) != 0 || resp.Status != 200 || len(resp.Body) != 0 {
			t.Errorf("%s: %+v, %d %q, %v", name, got, resp.Status, resp.Body, err)
		}
	}
}

func TestDecodeReceipts(t *testing.T) {
	const receipt = "id:1000001 sub:001 dlvrd:000 submit date:2611250800 done date:2611250801 "
	for name, c := range map[string]struct {
		kind, reply string
		want        channel.Receipt
	}{
		"delivered":      {"1", receipt + "stat:DELIVRD err:000 text:stat:UNDELIV", channel.Receipt{State: channel.ReceiptDelivered, Code: "1"}},
		"failed":         {"2", receipt + "stat:UNDELIV err:00b text:Bonjour", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "2 UNDELIV 00b"}},
		"expired":        {"2", receipt + "stat:EXPIRED err:011 Text:stat:UNDELIV", channel.Receipt{State: channel.ReceiptExpired, Code: "2 EXPIRED 011"}},
		"nobody knows":   {"2", receipt + "stat:UNKNOWN", channel.Receipt{State: channel.ReceiptPending, Code: "2 UNKNOWN"}},
		"failed, bare":   {"2", "", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "2"}},
		"text only":      {"2", "text:stat:EXPIRED err:1", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "2"}},
		"buffered":       {"4", receipt + "stat:ENROUTE err:000", channel.Receipt{State: channel.ReceiptSent, Code: "4"}},
		"accepted":       {"8", "ACK/", channel.Receipt{State: channel.ReceiptSent, Code: "8"}},
		"on the way":     {"32", "", channel.Receipt{State: channel.ReceiptSent, Code: "32"}},
		"no such number": {"16", "NACK/0x0000000b/Invalid Destination Address", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassBadNumber, Code: "16 0xb"}},
		"sender":         {"16", "NACK/0x0000000a/Invalid Source Address", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassSenderNotAllowed, Code: "16 0xa"}},
		"throttled":      {"16", "NACK/88/Throttling", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassRateLimited, Code: "16 0x58"}},
		"system error":   {"16", "NACK/0x8", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassProviderDown, Code: "16 0x8"}},
		"refused":        {"16", "NACK/0x00000045/Submit failed", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "16 0x45"}},
		"refused, bare":  {"16", "+22370000001", channel.Receipt{State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "16"}},
		"of tomorrow":    {"64", "", channel.Receipt{State: channel.ReceiptPending, Code: "64"}},
		"no type":        {"", "", channel.Receipt{State: channel.ReceiptPending}},
		"a word":         {"delivered", "", channel.Receipt{State: channel.ReceiptPending}},
	} {
		c.want.Channel, c.want.OurID, c.want.ProviderID = "kannel", ourID, "1000001"
		query := "m=" + ourID + "&fid=1000001&type=" + c.kind + "&reply=" + url.QueryEscape(c.reply) + "&err=&meta=%3Forig_msg%3F&ts=1795597849"
		got, resp, err := smsChannel(t, nil).DecodeReceipts(get(query))
		if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		query string
		want  channel.Receipt
	}{
		"without the SMSC's id": {"m=" + ourID + "&fid=&type=16", channel.Receipt{OurID: ourID, State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "16"}},
		"without ours":          {"m=7&fid=9&type=1", channel.Receipt{ProviderID: "9", State: channel.ReceiptDelivered, Code: "1"}},
	} {
		c.want.Channel = "kannel"
		if got, _, err := smsChannel(t, nil).DecodeReceipts(get(c.query)); err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, _, err := smsChannel(t, nil).DecodeReceipts(get("type=1")); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("about nothing: %v", err)
	}
}

func FuzzCalls(f *testing.F) {
	f.Add(good+"&text=%C9%9B&coding=0&charset=UTF-8", "", "")
	f.Add("id=1&from=%2B22370000001", "\x02\x5b", "text/plain; charset=UTF-16BE")
	f.Add("m="+ourID+"&fid=1&type=2&reply=stat:EXPIRED+err:1+text:x", "", "")
	f.Add("", good+"&text=%81%E9&coding=2", "application/x-www-form-urlencoded")
	f.Add(good+"&svc=USSD&text=*384*96%23&meta=%3Fsmpp%3Fussd_service_op%3D%2501%26its_session_info%3D%2501%2502%26", "", "")
	s, u := smsChannel(f, nil), ussdChannel(f, nil)
	f.Fuzz(func(t *testing.T, query, body, kind string) {
		r := get(query)
		if body != "" {
			r = post(query, body, map[string]string{"Content-Type": kind, "X-Kannel-From": "+22370000001"})
		}
		mos, resp, err := s.DecodeMO(r)
		if err == nil && (resp.Status != 200 || len(resp.Body) > 0) || err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Errorf("%d, %v", resp.Status, err)
		}
		for _, m := range mos {
			if m.From.IsZero() || m.ExternalID == "" || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0) {
				t.Errorf("%+v", m)
			}
		}
		receipts, _, err := s.DecodeReceipts(r)
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Error(err)
		}
		for _, r := range receipts {
			if r.ProviderID+r.OurID == "" || strings.ContainsAny(r.ProviderID+r.Code, "\x00\n") || len(r.Code) > 64 {
				t.Errorf("%+v", r)
			}
		}
		ev, err := u.DecodeUSSD(r)
		if err == nil && (ev.Number.IsZero() || ev.Session == "" || ev.Mark == "" || !utf8.ValidString(ev.Text) || strings.ContainsRune(ev.Text, 0)) ||
			err != nil && !errors.Is(err, channel.ErrInvalid) && !errors.Is(err, channel.ErrEnded) {
			t.Errorf("%+v, %v", ev, err)
		}
	})
}
