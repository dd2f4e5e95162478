package infobip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/infobip"
	"baro/locales/charset"
)

const apiKey = "key-of-the-tests"

func sms(t testing.TB, api, status string) *infobip.SMS {
	t.Helper()
	profile, _ := charset.FindProfile("sms")
	s, err := infobip.New(infobip.Config{
		Channel: "ib", APIURL: api, APIKey: apiKey, From: "COMMUNE", StatusURL: status, Profile: profile, HTTP: httpsend.Options{Timeout: 2 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func mt() channel.MT {
	return channel.MT{ID: "018f2b7e-0000-7000-8000-000000000001", To: channeltest.Number(standin.Number), Text: "x", Parts: 1}
}

func post(body string) *channel.Request {
	return channeltest.Post("/hooks/ib/status", "application/json", body)
}

func TestSending(t *testing.T) {
	there := standin.NewInfobip(t, apiKey)
	s := sms(t, there.URL, "")
	for _, c := range []struct {
		group   int
		name    string
		outcome channel.Outcome
		class   channel.Class
	}{
		{0, "MESSAGE_ACCEPTED", channel.Accepted, ""}, {1, "PENDING_ENROUTE", channel.Accepted, ""}, {3, "DELIVERED_TO_HANDSET", channel.Accepted, ""},
		{5, "REJECTED_NOT_ENOUGH_CREDITS", channel.Refused, channel.ClassNoCredit}, {5, "REJECTED_SENDER", channel.Refused, channel.ClassSenderNotAllowed},
		{5, "REJECTED_DESTINATION", channel.Refused, channel.ClassBadNumber}, {2, "UNDELIVERABLE_NOT_DELIVERED", channel.Refused, channel.ClassUnknown},
		{4, "EXPIRED_EXPIRED", channel.Refused, channel.ClassUnknown},
	} {
		there.Next(standin.InfobipStatus(c.group, c.name))
		if r := s.Send(t.Context(), mt()); r.Outcome != c.outcome || r.Class != c.class {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	standin.CheckUnreachable(t, sms(t, "http://127.0.0.1:1", ""), apiKey)
}

// Every message of the suite has one id, so that it counts one message taken only once: a provider that knows ids.
func TestBadDays(t *testing.T) {
	there := standin.NewInfobip(t, apiKey)
	s := sms(t, there.URL, "")
	for name, c := range map[string]struct {
		fault   standin.Fault
		outcome channel.Outcome
		class   channel.Class
	}{
		"429":              {standin.TooMany(7 * time.Second), channel.RetryAfter, channel.ClassRateLimited},
		"502":              {standin.BadGateway(), channel.Unknown, channel.ClassProviderDown},
		"empty":            {standin.Empty(), channel.Unknown, channel.ClassProviderDown},
		"cut":              {standin.DropAfterAccept(), channel.Unknown, channel.ClassProviderDown},
		"silence":          {standin.HangAfterAccept(), channel.Unknown, channel.ClassProviderDown},
		"401":              {standin.Fault{Status: 401, Body: "x"}, channel.Refused, channel.ClassAuth},
		"of another kind":  {standin.Fault{Status: 200, Body: "<html>"}, channel.Unknown, channel.ClassProviderDown},
		"without a status": {standin.Fault{Status: 200, Body: `{"messages":[{}]}`}, channel.Unknown, channel.ClassProviderDown},
	} {
		there.Next(c.fault)
		r := s.Send(t.Context(), mt())
		if r.Outcome != c.outcome || r.Class != c.class || r.Err == nil || strings.Contains(r.Err.Error(), apiKey) || strings.Contains(r.Err.Error(), "70000001") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestReportsOverTheWire(t *testing.T) {
	var got []channel.Receipt
	hook := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		receipts, resp, err := sms(t, "http://127.0.0.1:1", "").DecodeReceipts(r)
		got = append(got, receipts...)
		return resp, err
	})
	there := standin.NewInfobip(t, apiKey)
	s := sms(t, there.URL, hook+"/hooks/ib/status")
	there.Next(standin.Fault{Receipts: []string{"1 PENDING_ENROUTE", "3 DELIVERED_TO_HANDSET", "5 REJECTED_DESTINATION", "4 EXPIRED_EXPIRED", "9 NEW"}})
	r := s.Send(t.Context(), mt())
	want := []channel.ReceiptState{channel.ReceiptSent, channel.ReceiptDelivered, channel.ReceiptFailed, channel.ReceiptExpired, channel.ReceiptPending}
	if r.Outcome != channel.Accepted || r.Parts != 1 || len(got) != len(want) {
		t.Fatalf("%+v, %+v", r, got)
	}
	for i, state := range want {
		if got[i].State != state || got[i].OurID != mt().ID || got[i].Channel != "ib" {
			t.Errorf("%+v, want state %d", got[i], state)
		}
	}
}

func TestDecodeMO(t *testing.T) {
	s := sms(t, "http://127.0.0.1:1", "")
	got, resp, err := s.DecodeMO(post(`{"results":[{"messageId":"m1","from":"22370000001","to":"36036","text":"BUDGET Jèkabara","cleanText":"x","receivedAt":"2026-11-23T07:30:00.000+0000","smsCount":1},` +
		`{"messageId":"m2","from":"INFO","text":"promo"},{"from":"22370000001","text":"no id"},{"messageId":"m3","from":"22370000001","text":""}],"messageCount":4,"pendingMessageCount":0}`))
	want := channel.MO{Channel: "ib", ExternalID: "m1", From: channeltest.Number(standin.Number), To: "36036", Text: "BUDGET Jèkabara"}
	if err != nil || resp.Status != 200 || len(got) != 2 || got[0] != want || got[1].ExternalID != "m3" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, body := range []string{"", "x", "\x81\xff", `{"results":7}`} {
		if _, _, err := s.DecodeMO(post(body)); !errors.Is(err, channel.ErrInvalid) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzInbound(f *testing.F) {
	f.Add(`{"results":[{"messageId":"m","from":"22370000001","text":"x","status":{"groupId":3}}]}`)
	f.Add("{\"results\":[{\"messageId\":\"\\u0000\",\"from\":\"\xe9\"}]}")
	s := sms(f, "http://127.0.0.1:1", "")
	f.Fuzz(func(t *testing.T, body string) {
		mos, _, err := s.DecodeMO(post(body))
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Fatal(err)
		}
		for _, m := range mos {
			if m.From.IsZero() || m.ExternalID == "" || strings.ContainsRune(m.Text+m.To, 0) {
				t.Fatalf("unfit message %+v", m)
			}
		}
		if _, _, err := s.DecodeReceipts(post(body)); err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Fatal(err)
		}
	})
}

func TestNewReportsEveryFault(t *testing.T) {
	_, err := infobip.New(infobip.Config{StatusURL: "x"})
	for _, key := range []string{"api_url", "api_key", "from", "public_url"} {
		if err == nil || !strings.Contains(err.Error(), "infobip: "+key+":") {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
}
