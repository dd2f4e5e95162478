package twilio

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpsend"
	"baro/gateway/identity"
)

const (
	token  = "12345678901234567890123456789012"
	origin = "https://sms.example.ml"
	inbox  = "/hooks/sms/sms"
	ourID  = "018f2b7e-0000-7000-8000-000000000001"
)

func signed(uri string, form url.Values) *channel.Request {
	return request(http.MethodPost, uri, "application/x-www-form-urlencoded", standin.TwilioSignature(token, origin+uri, form), form.Encode())
}

func message(fields ...string) url.Values {
	form := url.Values{"MessageSid": {"SM1"}, "AccountSid": {account}, "From": {"+22370000001"}, "To": {"+15005550006"}, "Body": {"AIDE"}}
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "-" {
			form.Del(fields[i])
		} else {
			form.Set(fields[i], fields[i+1])
		}
	}
	return form
}

func TestDecodeMO(t *testing.T) {
	long := strings.Repeat("Réunion à dix heures. ", 20)
	for name, c := range map[string]struct {
		form     url.Values
		keywords bool
		want     channel.MO
	}{
		"plain":                 {message(), false, channel.MO{ExternalID: "SM1", Text: "AIDE"}},
		"older name of the id":  {message("MessageSid", "-", "SmsSid", "SM2"), false, channel.MO{ExternalID: "SM2", Text: "AIDE"}},
		"no text":               {message("Body", ""), false, channel.MO{ExternalID: "SM1"}},
		"lines and blanks":      {message("Body", " a\r\nb "), false, channel.MO{ExternalID: "SM1", Text: " a\r\nb "}},
		"Windows-1252":          {message("Body", "caf\xe9"), false, channel.MO{ExternalID: "SM1", Text: "café"}},
		"NUL":                   {message("Body", "a\x00b"), false, channel.MO{ExternalID: "SM1", Text: "ab"}},
		"base64 of a long one":  {message("Body", base64.StdEncoding.EncodeToString([]byte(long))), false, channel.MO{ExternalID: "SM1", Text: long}},
		"stopped there":         {message("Body", "arret svp", "OptOutType", "STOP"), false, channel.MO{ExternalID: "SM1", Text: "arret svp", OptOut: channel.OptedOut}},
		"back":                  {message("Body", "OUI", "OptOutType", "start"), false, channel.MO{ExternalID: "SM1", Text: "OUI", OptOut: channel.OptedIn}},
		"helped":                {message("OptOutType", "HELP"), false, channel.MO{ExternalID: "SM1", Text: "AIDE", OptOut: channel.HelpSent}},
		"keyword, built-in":     {message("Body", "Stop "), true, channel.MO{ExternalID: "SM1", Text: "Stop ", OptOut: channel.OptedOut}},
		"start, built-in":       {message("Body", "unstop"), true, channel.MO{ExternalID: "SM1", Text: "unstop", OptOut: channel.OptedIn}},
		"help, built-in":        {message("Body", "INFO"), true, channel.MO{ExternalID: "SM1", Text: "INFO", OptOut: channel.HelpSent}},
		"keyword, not built in": {message("Body", "STOP"), false, channel.MO{ExternalID: "SM1", Text: "STOP"}},
		"two words, built-in":   {message("Body", "stop budget"), true, channel.MO{ExternalID: "SM1", Text: "stop budget"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := verifier(t, origin, token)
			p.config.DefaultKeywords = c.keywords
			got, resp, err := p.DecodeMO(signed(inbox, c.form))
			if err != nil || len(got) != 1 {
				t.Fatalf("%d messages, %v", len(got), err)
			}
			c.want.Channel, c.want.To, c.want.From = "sms", "+15005550006", number(t, "+22370000001")
			if got[0] != c.want {
				t.Errorf("got %+v, want %+v", got[0], c.want)
			}
			if resp.Status != 200 || !strings.HasPrefix(resp.ContentType, "text/xml") || !strings.HasSuffix(string(resp.Body), "<Response/>") {
				t.Errorf("answered %d %s %q", resp.Status, resp.ContentType, resp.Body)
			}
		})
	}
}

func TestDecodeMOByGET(t *testing.T) {
	uri := inbox + "?" + message("Body", "Bonjour à tous").Encode()
	r := request(http.MethodGet, uri, "", standin.TwilioSignature(token, origin+uri, nil), "")
	got, _, err := verifier(t, origin, token).DecodeMO(r)
	if err != nil || len(got) != 1 || got[0].Text != "Bonjour à tous" {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

func TestDecodeMORefuses(t *testing.T) {
	for name, c := range map[string]struct {
		r    *channel.Request
		want error
	}{
		"another account": {signed(inbox, message("AccountSid", "AC00000000000000000000000000000002")), channel.ErrForged},
		"no account":      {signed(inbox, message("AccountSid", "-")), channel.ErrForged},
		"no id":           {signed(inbox, message("MessageSid", "-")), channel.ErrInvalid},
		"hostile id":      {signed(inbox, message("MessageSid", "SM 1\n")), channel.ErrInvalid},
		"stray percent":   {request("POST", inbox, "application/x-www-form-urlencoded", strings.Repeat("A", 27)+"=", "a=%zz"), channel.ErrInvalid},
		"no signature":    {request("POST", inbox, "application/x-www-form-urlencoded", "", message().Encode()), channel.ErrForged},
		"other type":      {request("POST", inbox, "multipart/form-data", strings.Repeat("A", 27)+"=", ""), channel.ErrForged},
	} {
		if _, _, err := verifier(t, origin, token).DecodeMO(c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		} else if strings.Contains(err.Error(), "70000001") || strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error says too much: %v", name, err)
		}
	}
}

func TestSenderWithoutNumberIsAnswered(t *testing.T) {
	for _, from := range []string{"36036", "ORANGE", "whatsapp:+22370000001"} {
		got, resp, err := verifier(t, origin, token).DecodeMO(signed(inbox, message("From", from)))
		if err != nil || len(got) != 0 || resp.Status != 200 {
			t.Errorf("%s: %d messages, answered %d, %v", from, len(got), resp.Status, err)
		}
	}
}

func TestDecodeReceipts(t *testing.T) {
	for name, c := range map[string]struct {
		status, code string
		state        channel.ReceiptState
		class        channel.Class
		word         string
	}{
		"queued":       {"queued", "", channel.ReceiptPending, "", "queued"},
		"sent":         {"sent", "", channel.ReceiptSent, "", "sent"},
		"delivered":    {"delivered", "", channel.ReceiptDelivered, "", "delivered"},
		"read":         {"read", "", channel.ReceiptDelivered, "", "read"},
		"parts":        {"partially_delivered", "", channel.ReceiptSent, channel.ClassPartial, "partially_delivered"},
		"off":          {"undelivered", "30003", channel.ReceiptFailed, channel.ClassUnreachableNow, "undelivered 30003"},
		"gone":         {"undelivered", "30005", channel.ReceiptFailed, channel.ClassUnreachableForever, "undelivered 30005"},
		"filtered":     {"undelivered", "30007", channel.ReceiptFailed, channel.ClassBlockedContent, "undelivered 30007"},
		"opted out":    {"failed", "21610", channel.ReceiptFailed, channel.ClassOptedOut, "failed 21610"},
		"suspended":    {"failed", "30002", channel.ReceiptFailed, channel.ClassAuth, "failed 30002"},
		"unknown code": {"failed", "39999", channel.ReceiptFailed, channel.ClassUnknown, "failed 39999"},
		"canceled":     {"canceled", "", channel.ReceiptFailed, channel.ClassUnknown, "canceled"},
		"of tomorrow":  {"beamed", "", channel.ReceiptPending, "", "beamed"},
	} {
		form := url.Values{"MessageSid": {"SM1"}, "AccountSid": {account}, "MessageStatus": {c.status}}
		if c.code != "" {
			form.Set("ErrorCode", c.code)
		}
		got, resp, err := verifier(t, origin, token).DecodeReceipts(signed("/hooks/sms/status?m="+ourID, form))
		want := channel.Receipt{Channel: "sms", ProviderID: "SM1", OurID: ourID, State: c.state, Class: c.class, Code: c.word}
		if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	got, _, err := verifier(t, origin, token).DecodeReceipts(signed("/hooks/sms/status?m=1", url.Values{"MessageSid": {"SM1"}, "AccountSid": {account}, "SmsStatus": {"sent"}}))
	if err != nil || got[0].OurID != "" || got[0].State != channel.ReceiptSent {
		t.Errorf("an id that is none of ours: %+v, %v", got, err)
	}
	if _, _, err := verifier(t, origin, token).DecodeReceipts(signed("/hooks/sms/status", url.Values{"AccountSid": {account}})); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("about nothing: %v", err)
	}
}

func number(t testing.TB, raw string) identity.MSISDN {
	t.Helper()
	n, err := identity.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNewReportsEveryFaultAndNoSecret(t *testing.T) {
	_, err := New(Config{AccountSID: "AC1", AuthTokens: []string{""}, APIKey: "SK-secret", MessagingServiceSID: "MG1",
		APIURL: "ftp://x", PublicURL: "sms.example.ml", StatusURL: "https://a_b.example/status", Profile: profile(t)})
	if err == nil {
		t.Fatal("taken")
	}
	for _, key := range []string{"account_sid", "auth_token", "api_key", "messaging_service_sid", "api_url", "public_url", "status URL"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
	if strings.Contains(err.Error(), "SK-secret") {
		t.Errorf("a secret in the error: %v", err)
	}
}

func sender(t testing.TB, change func(*Config)) *Provider {
	t.Helper()
	c := Config{
		Channel: "sms", AccountSID: account, AuthTokens: []string{token}, From: "+15005550006", PublicURL: origin,
		StatusURL: origin + "/hooks/sms/status", Profile: profile(t), HTTP: httpsend.Options{Timeout: 2 * time.Second},
	}
	change(&c)
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestSending(t *testing.T) {
	there := standin.NewTwilio(t, account, token)
	p := sender(t, func(c *Config) { c.APIURL, c.HTTP.Timeout = there.URL, 300*time.Millisecond })
	standin.CheckSending(t, p, there, token, account)
	if m := there.Taken()[0]; m.Callback != origin+"/hooks/sms/status?m="+ourID || m.From != "+15005550006" {
		t.Errorf("sent %+v", m)
	}
	standin.CheckUnreachable(t, sender(t, func(c *Config) { c.APIURL = "http://127.0.0.1:1" }), token, account)
	standin.CheckUnreachable(t, sender(t, func(c *Config) { c.APIURL = "https" + strings.TrimPrefix(there.URL, "http") }), token, account)
}

func TestSendingIgnoresTheLibrarysEnvironment(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "dublin")
	t.Setenv("TWILIO_REGION", "ie1")
	there := standin.NewTwilio(t, account, token)
	p := sender(t, func(c *Config) { c.APIURL = there.URL + "/" })
	r := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: "x"})
	if r.Outcome != channel.Accepted || r.Parts != 1 {
		t.Errorf("%+v", r)
	}
}

func TestMessagingService(t *testing.T) {
	there := standin.NewTwilio(t, account, token)
	p := sender(t, func(c *Config) { c.APIURL, c.From, c.MessagingServiceSID = there.URL, "", "MG"+account[2:] })
	if r := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: "x"}); r.Outcome != channel.Accepted || r.Parts != 0 {
		t.Errorf("%+v", r)
	}
}

func TestErrorCodes(t *testing.T) {
	there := standin.NewTwilio(t, account, token)
	p := sender(t, func(c *Config) { c.APIURL = there.URL })
	for code, want := range map[int]channel.Result{
		20003: {Outcome: channel.Refused, Class: channel.ClassAuth},
		20404: {Outcome: channel.Refused, Class: channel.ClassConfig},
		20429: {Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: 2 * time.Second},
		21211: {Outcome: channel.Refused, Class: channel.ClassBadNumber},
		21212: {Outcome: channel.Refused, Class: channel.ClassSenderNotAllowed},
		21408: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21602: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21603: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21604: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21606: {Outcome: channel.Refused, Class: channel.ClassSenderNotAllowed},
		21608: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21609: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21610: {Outcome: channel.Refused, Class: channel.ClassOptedOut},
		21611: {Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: time.Minute},
		21612: {Outcome: channel.Refused, Class: channel.ClassSenderNotAllowed},
		21614: {Outcome: channel.Refused, Class: channel.ClassBadNumber},
		21617: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21703: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21705: {Outcome: channel.Refused, Class: channel.ClassConfig},
		21709: {Outcome: channel.Refused, Class: channel.ClassConfig},
		30007: {Outcome: channel.Refused, Class: channel.ClassBlockedContent},
		63038: {Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: time.Hour},
		29999: {Outcome: channel.Refused, Class: channel.ClassUnknown},
	} {
		there.Next(standin.TwilioCode(code))
		got := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: "x"})
		err := got.Err
		if got.Err = nil; got != want {
			t.Errorf("%d: %+v, want %+v", code, got, want)
		}
		if err == nil || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%d: error %v", code, err)
		}
	}
	if n := len(there.Taken()); n != 0 {
		t.Errorf("%d refused messages were taken", n)
	}
}

func TestTooLongNeverLeaves(t *testing.T) {
	there := standin.NewTwilio(t, account, token)
	p := sender(t, func(c *Config) { c.APIURL = there.URL })
	r := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: strings.Repeat("é", maxBody+1)})
	if r.Outcome != channel.Refused || r.Class != channel.ClassConfig || there.Calls() != 0 {
		t.Errorf("%+v after %d calls", r, there.Calls())
	}
	if r := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: strings.Repeat("é", maxBody)}); r.Outcome != channel.Accepted {
		t.Errorf("the longest allowed: %+v", r)
	}
}

// The receipts of a message come before the answer to its send, twice, and signed over the URL that carries our id.
func TestReceiptsOverTheWire(t *testing.T) {
	var p *Provider
	var got []channel.Receipt
	hook := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		receipts, resp, err := p.DecodeReceipts(r)
		got = append(got, receipts...)
		return resp, err
	})
	there := standin.NewTwilio(t, account, token)
	p = sender(t, func(c *Config) { c.APIURL, c.PublicURL, c.StatusURL = there.URL, hook, hook+"/hooks/sms/status" })
	there.Next(standin.Fault{Receipts: []string{"delivered", "sent", "delivered", "failed 30003"}})
	r := p.Send(t.Context(), channel.MT{ID: ourID, To: number(t, standin.Number), Text: "x"})
	if r.Outcome != channel.Accepted || len(got) != 4 {
		t.Fatalf("%+v, %d receipts", r, len(got))
	}
	for i, want := range []channel.ReceiptState{channel.ReceiptDelivered, channel.ReceiptSent, channel.ReceiptDelivered, channel.ReceiptFailed} {
		if got[i].OurID != ourID || got[i].ProviderID != r.ProviderID || got[i].State != want {
			t.Errorf("receipt %d: %+v", i, got[i])
		}
	}
}

func TestValidityPeriod(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	p := sender(t, func(c *Config) { c.Now = func() time.Time { return now } })
	for left, want := range map[time.Duration]int{time.Second: 6, time.Hour: 3600, 40 * time.Hour: 36000} {
		if got := p.params(channel.MT{ExpiresAt: now.Add(left)}).ValidityPeriod; got == nil || *got != want {
			t.Errorf("%v left: %v, want %d", left, got, want)
		}
	}
	if got := p.params(channel.MT{}).ValidityPeriod; got != nil {
		t.Errorf("no expiry: %d", *got)
	}
}
