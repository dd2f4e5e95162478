package africastalking_test

import (
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpsend"
	"baro/gateway/identity"
	"baro/locales/charset"
)

const apiKey = "atsk_0123456789"

func sms(t testing.TB, change func(*africastalking.SMSConfig)) *africastalking.SMS {
	t.Helper()
	profile, ok := charset.FindProfile("sms")
	if !ok {
		t.Fatal("no profile named sms")
	}
	var ids atomic.Int64
	c := africastalking.SMSConfig{
		Channel: "sms", Username: "sandbox", APIKey: apiKey, From: "36036", Profile: profile,
		HTTP: httpsend.Options{Timeout: 2 * time.Second}, NewID: func() string { return strconv.FormatInt(ids.Add(1), 10) },
	}
	if change != nil {
		change(&c)
	}
	s, err := africastalking.NewSMS(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func malian(t testing.TB) identity.MSISDN {
	t.Helper()
	n, err := identity.Parse(standin.Number)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDecodeMO(t *testing.T) {
	base := channel.MO{Channel: "sms", ExternalID: "m1", From: malian(t), To: "36036", Text: "BUDGET Jèkabara"}
	latin1, empty, optout := base, base, base
	latin1.Text, empty.Text = "café", ""
	optout.ExternalID, optout.To, optout.Text, optout.OptOut = "optout-1", "COMMUNE", "", channel.OptedOut
	for name, c := range map[string]struct {
		body string
		want channel.MO
	}{
		"as documented": {"date=2017-05-03T06%3A04%3A45Z&from=%2B22370000001&id=m1&linkId=l&text=BUDGET+J%C3%A8kabara&to=36036&cost=&networkCode=99999", base},
		"plus lost":     {"from=+22370000001&id=m1&text=BUDGET+J%C3%A8kabara&to=36036", base},
		"Windows-1252":  {"from=%2B22370000001&id=m1&text=caf%E9&to=36036", latin1},
		"nothing said":  {"from=%2B22370000001&id=m1&text=&to=36036", empty},
		"opt-out":       {"senderId=COMMUNE&phoneNumber=%2B22370000001", optout},
	} {
		got, resp, err := sms(t, nil).DecodeMO(post(c.body))
		if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, answered %d, %v; want %+v", name, got, resp.Status, err, c.want)
		}
	}
	for _, body := range []string{
		"from=%2B22370000001&text=x&to=1", "id=m1&text=x", "id=m%201&from=%2B22370000001&text=x", "senderId=X&phoneNumber=12",
		"from=%2B22370000001&id=m1&text=" + strings.Repeat("x", 9000), "from=%2B22370000001&id=m1&text=%81%E9",
	} {
		if _, _, err := sms(t, nil).DecodeMO(post(body)); !errors.Is(err, channel.ErrInvalid) || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%.60s: %v", body, err)
		}
	}
	if got, resp, err := sms(t, nil).DecodeMO(post("from=ORANGE&id=m1&text=promo&to=36036")); err != nil || len(got) != 0 || resp.Status != 200 {
		t.Errorf("a sender without a number: %+v, answered %d, %v", got, resp.Status, err)
	}
}

func TestEveryOptOutNoticeCounts(t *testing.T) {
	s := sms(t, nil)
	notice := post("senderId=COMMUNE&phoneNumber=%2B22370000001")
	first, _, err1 := s.DecodeMO(notice)
	second, _, err2 := s.DecodeMO(notice)
	if err1 != nil || err2 != nil || first[0].ExternalID == second[0].ExternalID {
		t.Errorf("%+v, %+v, %v, %v", first, second, err1, err2)
	}
}

func TestDecodeReceipts(t *testing.T) {
	for body, want := range map[string]channel.Receipt{
		"status=Sent":             {State: channel.ReceiptSent, Code: "Sent"},
		"status=submitted":        {State: channel.ReceiptSent, Code: "submitted"},
		"status=Buffered":         {State: channel.ReceiptSent, Code: "Buffered"},
		"status=Success":          {State: channel.ReceiptDelivered, Code: "Success"},
		"status=Expired":          {State: channel.ReceiptExpired, Code: "Expired"},
		"status=Beamed":           {State: channel.ReceiptPending, Code: "Beamed"},
		"status=":                 {State: channel.ReceiptPending},
		"status=AbsentSubscriber": {State: channel.ReceiptFailed, Class: channel.ClassUnreachableNow, Code: "AbsentSubscriber"},
		"status=Rejected":         {State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "Rejected"},
		"status=Failed&failureReason=UserInBlackList":            {State: channel.ReceiptFailed, Class: channel.ClassOptedOut, Code: "Failed UserInBlackList"},
		"status=Rejected&failureReason=DoNotDisturbRejection":    {State: channel.ReceiptFailed, Class: channel.ClassOptedOut, Code: "Rejected DoNotDisturbRejection"},
		"status=Failed&failureReason=InsufficientCredit":         {State: channel.ReceiptFailed, Class: channel.ClassNoCredit, Code: "Failed InsufficientCredit"},
		"status=Failed&failureReason=NotNetworkSubcriber":        {State: channel.ReceiptFailed, Class: channel.ClassUnreachableForever, Code: "Failed NotNetworkSubcriber"},
		"status=Failed&failureReason=UserDoesNotExist":           {State: channel.ReceiptFailed, Class: channel.ClassUnreachableForever, Code: "Failed UserDoesNotExist"},
		"status=Failed&failureReason=UserIsInactive":             {State: channel.ReceiptFailed, Class: channel.ClassUnreachableNow, Code: "Failed UserIsInactive"},
		"status=Failed&failureReason=UserAccountSuspended":       {State: channel.ReceiptFailed, Class: channel.ClassUnreachableNow, Code: "Failed UserAccountSuspended"},
		"status=Failed&failureReason=InvalidLinkId":              {State: channel.ReceiptFailed, Class: channel.ClassConfig, Code: "Failed InvalidLinkId"},
		"status=Failed&failureReason=UserNotSubscribedToProduct": {State: channel.ReceiptFailed, Class: channel.ClassConfig, Code: "Failed UserNotSubscribedToProduct"},
		"status=Failed&failureReason=DeliveryFailure":            {State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "Failed DeliveryFailure"},
	} {
		want.Channel, want.ProviderID = "sms", "ATPid_1"
		got, resp, err := sms(t, nil).DecodeReceipts(post("id=ATPid_1&phoneNumber=%2B22370000001&networkCode=99999&retryCount=0&" + body))
		if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v, %v; want %+v", body, got, err, want)
		}
	}
	if _, _, err := sms(t, nil).DecodeReceipts(post("status=Sent")); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("about nothing: %v", err)
	}
}

func TestSending(t *testing.T) {
	there := standin.NewAfricasTalking(t, "sandbox", apiKey, "")
	s := sms(t, func(c *africastalking.SMSConfig) { c.APIURL, c.HTTP.Timeout = there.URL, 300*time.Millisecond })
	standin.CheckSending(t, s, there, apiKey)
	if m := there.Taken()[0]; m.From != "36036" {
		t.Errorf("sent from %q", m.From)
	}
	standin.CheckUnreachable(t, sms(t, func(c *africastalking.SMSConfig) { c.APIURL = "http://127.0.0.1:1" }), apiKey)
}

func TestRecipientStatus(t *testing.T) {
	there := standin.NewAfricasTalking(t, "sandbox", apiKey, "")
	s := sms(t, func(c *africastalking.SMSConfig) { c.APIURL = there.URL })
	type want struct {
		outcome channel.Outcome
		class   channel.Class
	}
	try := func(name string, f standin.Fault, w want) {
		there.Next(f)
		r := s.Send(t.Context(), channel.MT{ID: "1", To: malian(t), Text: "x"})
		if r.Outcome != w.outcome || r.Class != w.class || r.ProviderID != "" || (r.Outcome == channel.RetryAfter) != (r.After > 0) {
			t.Errorf("%s: %+v, want %+v", name, r, w)
		}
		if r.Outcome != channel.Accepted && (r.Err == nil || strings.Contains(r.Err.Error(), "70000001")) {
			t.Errorf("%s: error %v", name, r.Err)
		}
	}
	for code, w := range map[int]want{
		100: {channel.Accepted, ""}, 101: {channel.Accepted, ""}, 102: {channel.Accepted, ""},
		401: {channel.Refused, channel.ClassBlockedContent}, 402: {channel.Refused, channel.ClassSenderNotAllowed},
		403: {channel.Refused, channel.ClassBadNumber}, 404: {channel.Refused, channel.ClassBadNumber},
		405: {channel.Refused, channel.ClassNoCredit}, 406: {channel.Refused, channel.ClassOptedOut},
		407: {channel.Refused, channel.ClassUnreachableForever}, 409: {channel.Refused, channel.ClassOptedOut},
		500: {channel.RetryAfter, channel.ClassProviderDown}, 501: {channel.RetryAfter, channel.ClassUnreachableNow},
		502: {channel.Refused, channel.ClassUnknown}, 999: {channel.Refused, channel.ClassUnknown},
	} {
		try(strconv.Itoa(code), standin.RecipientStatus(code), want(w))
	}
	try("InvalidSenderId", standin.NoRecipients("InvalidSenderId"), want{channel.Refused, channel.ClassSenderNotAllowed})
	try("InsufficientBalance", standin.NoRecipients("InsufficientBalance"), want{channel.Refused, channel.ClassNoCredit})
	try("a sentence", standin.NoRecipients("No valid +22370000001"), want{channel.Refused, channel.ClassUnknown})
	for _, body := range []string{`{}`, `[]`, `{"SMSMessageData":{"Recipients":[{"statusCode":null}]}}`, `{"SMSMessageData":{"Recipients":[{"statusCode":101},{"statusCode":101}]}}`} {
		try(body, standin.Fault{Status: 201, Body: body}, want{channel.Unknown, channel.ClassProviderDown})
	}
	try("code as text", standin.Fault{Status: 201, Body: `{"SMSMessageData":{"Recipients":[{"statusCode":"406"}]}}`}, want{channel.Refused, channel.ClassOptedOut})
}

func TestReportsOverTheWire(t *testing.T) {
	var got []channel.Receipt
	s := sms(t, nil)
	hook := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		receipts, resp, err := s.DecodeReceipts(r)
		got = append(got, receipts...)
		return resp, err
	})
	there := standin.NewAfricasTalking(t, "sandbox", apiKey, hook+"/hooks/sms/status")
	s = sms(t, func(c *africastalking.SMSConfig) { c.APIURL = there.URL })
	there.Next(standin.Fault{Receipts: []string{"Success", "Success", "Failed UserInBlackList"}})
	r := s.Send(t.Context(), channel.MT{ID: "1", To: malian(t), Text: "x"})
	if r.Outcome != channel.Accepted || len(got) != 3 || got[0].ProviderID != r.ProviderID || got[2].Class != channel.ClassOptedOut {
		t.Errorf("%+v, %+v", r, got)
	}
}

func TestNewSMSReportsEveryFault(t *testing.T) {
	_, err := africastalking.NewSMS(africastalking.SMSConfig{APIURL: "x"})
	for _, key := range []string{"username", "api_key", "api_url", "ids"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
}

func FuzzSMS(f *testing.F) {
	f.Add("from=%2B22370000001&id=m1&text=x&to=36036")
	f.Add("senderId=COMMUNE&phoneNumber=%2B22370000001")
	f.Add("id=ATPid_1&status=Failed&failureReason=UserInBlackList")
	s := sms(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		messages, resp, err := s.DecodeMO(post(body))
		if err == nil && resp.Status != 200 || err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Errorf("%d, %v", resp.Status, err)
		}
		for _, m := range messages {
			if m.From.IsZero() || m.ExternalID == "" || strings.ContainsRune(m.Text, 0) {
				t.Errorf("%+v", m)
			}
		}
		receipts, _, err := s.DecodeReceipts(post(body))
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Error(err)
		}
		for _, r := range receipts {
			if r.ProviderID == "" || strings.ContainsAny(r.ProviderID+r.Code, "\x00\n") {
				t.Errorf("%+v", r)
			}
		}
	})
}
