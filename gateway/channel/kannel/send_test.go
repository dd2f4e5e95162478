package kannel_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/kannel"
	"baro/locales/charset"
)

func mt(text string) channel.MT {
	return channel.MT{ID: ourID, To: channeltest.Number(standin.Number), Text: text}
}

func TestSending(t *testing.T) {
	there := newBox(t)
	s := smsChannel(t, func(c *kannel.Config) { c.SendURL, c.HTTP.Timeout = there.url, 300*time.Millisecond })
	standin.CheckSending(t, s, there, password)
	standin.CheckUnreachable(t, smsChannel(t, nil), password)
}

// A call whose connection breaks is not made again, neither by us nor by the HTTP library, though it is a GET on a
// connection that was used before.
func TestBrokenCallIsMadeOnce(t *testing.T) {
	there := newBox(t)
	s := smsChannel(t, func(c *kannel.Config) { c.SendURL = there.url })
	for range 5 {
		if r := s.Send(t.Context(), mt("a")); r.Outcome != channel.Accepted {
			t.Fatalf("%+v", r)
		}
		calls := there.Calls()
		there.Next(standin.DropAfterAccept())
		if r := s.Send(t.Context(), mt("b")); r.Outcome != channel.Unknown || there.Calls() != calls+1 {
			t.Fatalf("%+v after %d calls", r, there.Calls()-calls)
		}
	}
}

func TestAnswers(t *testing.T) {
	there := newBox(t)
	s := smsChannel(t, func(c *kannel.Config) { c.SendURL = there.url })
	for _, c := range []struct {
		status int
		body   string
		want   channel.Outcome
		class  channel.Class
		after  time.Duration
	}{
		{202, "0: Accepted for delivery", channel.Accepted, "", 0},
		{202, "3: Queued for later delivery", channel.Accepted, "", 0},
		{202, "Sent.", channel.Accepted, "", 0},
		{202, "", channel.Unknown, channel.ClassProviderDown, 0},
		{202, "Denied receivers are: +22370000001", channel.Unknown, channel.ClassProviderDown, 0},
		{200, "0: Accepted for delivery", channel.Unknown, channel.ClassProviderDown, 0},
		{403, "Authorization failed for sendsms", channel.Refused, channel.ClassAuth, 0},
		{403, "Not routable. Do not try again.", channel.Refused, channel.ClassUnknown, 0},
		{400, "Missing receiver number, rejected", channel.Refused, channel.ClassConfig, 0},
		{400, "Empty receiver number not allowed, rejected", channel.Refused, channel.ClassConfig, 0},
		{400, "Sender missing and no global set, rejected", channel.Refused, channel.ClassSenderNotAllowed, 0},
		{400, "DLR-URL field misformed, rejected", channel.Refused, channel.ClassConfig, 0},
		{400, "Charset or body misformed, rejected", channel.Refused, channel.ClassUnknown, 0},
		{400, "Number(s) has/have been denied by white- and/or black-lists.", channel.Refused, channel.ClassBadNumber, 0},
		{400, "<html>Bad Request +22370000001</html>", channel.Refused, channel.ClassUnknown, 0},
		{404, "Unknown request.", channel.Refused, channel.ClassConfig, 0},
		{503, "Temporal failure, try again later.", channel.RetryAfter, channel.ClassProviderDown, 5 * time.Second},
		{503, "<html>no backend</html>", channel.Unknown, channel.ClassProviderDown, 0},
		{429, "", channel.RetryAfter, channel.ClassRateLimited, time.Second},
	} {
		there.Next(standin.Fault{Status: c.status, Body: c.body, Header: http.Header{"Content-Type": {"text/html"}}})
		r := s.Send(t.Context(), mt("x"))
		if r.Outcome != c.want || r.Class != c.class || r.After != c.after || r.ProviderID != "" {
			t.Errorf("%d %s: %+v", c.status, c.body, r)
		}
		if r.Outcome != channel.Accepted && (r.Err == nil || strings.Contains(r.Err.Error(), "70000001") || strings.Contains(r.Err.Error(), password)) {
			t.Errorf("%d %s: error %v", c.status, c.body, r.Err)
		}
	}
}

func TestParameters(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	there := newBox(t)
	s := smsChannel(t, func(c *kannel.Config) {
		c.SendURL, c.Now = there.url+"?account=commune&from=nobody", func() time.Time { return now }
	})
	m := mt("Réunion & marché 5 €")
	m.ExpiresAt = now.Add(90 * time.Minute)
	m.Encoding = charset.UCS2 // what the message says of itself decides nothing
	if r := s.Send(t.Context(), m); r.Outcome != channel.Accepted {
		t.Fatalf("%+v", r)
	}
	want := map[string]string{
		"username": "baro", "password": password, "from": "36036", "to": standin.Number, "coding": "0", "text": "Réunion & marché 5 €",
		"dlr-mask": "27", "validity": "90", "account": "commune",
		"dlr-url": "https://baro.example/hooks/kannel/s3cret/status?m=" + ourID + "&type=%d&fid=%F&reply=%A&err=%B&meta=%D&ts=%T",
	}
	got := there.last()
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Get(name), value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d parameters: %v", len(got), got)
	}
	for left, minutes := range map[time.Duration]string{time.Second: "1", 30 * 24 * time.Hour: "10080"} {
		m.ExpiresAt = now.Add(left)
		if s.Send(t.Context(), m); there.last().Get("validity") != minutes {
			t.Errorf("%v left: validity %s", left, there.last().Get("validity"))
		}
	}
	silent := smsChannel(t, func(c *kannel.Config) { c.SendURL, c.StatusURL = there.url, "" })
	if silent.Send(t.Context(), mt("x")); there.last().Has("dlr-mask") || there.last().Has("dlr-url") || there.last().Has("validity") {
		t.Errorf("asked for what nobody wants: %v", there.last())
	}
	if r := s.Send(t.Context(), mt("")); r.Outcome != channel.Refused {
		t.Errorf("an empty text: %+v", r)
	}
}

// Whatever a text holds, it is either sent in the alphabet that has all of it or as UTF-16; Kannel never gets a letter that
// it would turn into a question mark.
func FuzzCoding(f *testing.F) {
	for _, text := range sampleTexts() {
		f.Add(text)
	}
	f.Add("ç\xff")
	there := newBox(f)
	s := smsChannel(f, func(c *kannel.Config) { c.SendURL = there.url })
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > 2000 {
			return // nothing to send, or more than a message
		}
		if r := s.Send(t.Context(), mt(text)); r.Outcome != channel.Accepted {
			t.Fatalf("%+v", r)
		}
		got := there.last()
		want := strings.ToValidUTF8(text, "\ufffd")
		switch got.Get("coding") {
		case "0":
			if got.Get("text") != text || strings.ContainsFunc(text, func(r rune) bool { return !charset.Encodable(string(r), charset.GSM7Letters, true) }) {
				t.Errorf("%q sent as coding 0", text)
			}
		case "2":
			if back := charset.DecodeUCS2([]byte(got.Get("text"))); strings.ToValidUTF8(back, "\ufffd") != back || len([]rune(back)) != len([]rune(text)) {
				t.Errorf("%q sent as %q, want %q", text, back, want)
			}
		default:
			t.Errorf("coding %q", got.Get("coding"))
		}
		if _, err := url.Parse(got.Get("dlr-url")); err == nil && !strings.Contains(got.Get("dlr-url"), ourID) {
			t.Error("the message's id is lost")
		}
	})
}
