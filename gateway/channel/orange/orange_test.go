package orange_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/orange"
	"baro/locales/charset"
)

const (
	clientSecret = "s3cr3t-of-a-contract"
	path         = "/smsmessaging/v1/outbound/tel%3A%2B2230000/requests"
)

var basic = "Basic " + base64.StdEncoding.EncodeToString([]byte("client:"+clientSecret))

// secrets are what no error may quote.
var secrets = []string{clientSecret, basic[6:], "token-"}

func sms(t testing.TB, change func(*orange.Config)) *orange.SMS {
	t.Helper()
	profile, ok := charset.FindProfile("sms")
	if !ok {
		t.Fatal("no profile named sms")
	}
	c := orange.Config{
		Channel: "orange", ClientID: "client", ClientSecret: clientSecret, Sender: "tel:+2230000", SenderName: "COMMUNE",
		Profile: profile, HTTP: httpsend.Options{Timeout: 2 * time.Second}, Print: func(parts ...string) string { return strings.Join(parts, "|") },
	}
	if change != nil {
		change(&c)
	}
	s, err := orange.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func at(url string) func(*orange.Config) { return func(c *orange.Config) { c.APIURL = url } }

func mt(text string) channel.MT {
	return channel.MT{ID: "1", To: channeltest.Number(standin.Number), Text: text, Parts: 1}
}

func TestSending(t *testing.T) {
	there := standin.NewOrange(t, basic, path, "")
	s := sms(t, func(c *orange.Config) { c.APIURL, c.HTTP.Timeout = there.URL, 2*time.Second })
	standin.CheckSending(t, s, there, secrets...)
	if m := there.Taken()[0]; m.From != "COMMUNE" {
		t.Errorf("sent from %q", m.From)
	}
	if n := there.Issued(); n != 1 {
		t.Errorf("%d tokens for all of it", n)
	}
	standin.CheckUnreachable(t, sms(t, at("http://127.0.0.1:1")), secrets...)
}

func TestTheSenderInTheAddress(t *testing.T) {
	for _, c := range []struct {
		base, sender string
		noPlus       bool
		want         string
	}{
		{"", "tel:+2230000", false, path},
		{"", "+2230000", false, path},
		{"", "2230000", false, path},
		{"/", "tel:+2230000", true, "/smsmessaging/v1/outbound/tel%3A2230000/requests"},
	} {
		there := standin.NewOrange(t, basic, c.want, "")
		s := sms(t, func(o *orange.Config) { o.APIURL, o.Sender, o.NoPlusInPath = there.URL+c.base, c.sender, c.noPlus })
		if r := s.Send(t.Context(), mt("x")); r.Outcome != channel.Accepted {
			t.Errorf("%s: %+v", c.want, r)
		}
	}
}

func TestTokens(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	there := standin.NewOrange(t, basic, path, "")
	s := sms(t, func(c *orange.Config) {
		c.APIURL = there.URL
		c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	send := func(want channel.Outcome, class channel.Class, issued int) {
		t.Helper()
		r := s.Send(t.Context(), mt("x"))
		if r.Outcome != want || r.Class != class || there.Issued() != issued {
			t.Fatalf("%+v with %d tokens, want outcome %d, class %q, %d tokens", r, there.Issued(), want, class, issued)
		}
		if r.Outcome == channel.RetryAfter && r.After <= 0 {
			t.Fatal("retried without a wait")
		}
	}
	var wg sync.WaitGroup
	for range 20 { // however many need one
		wg.Go(func() {
			if r := s.Send(t.Context(), mt("x")); r.Outcome != channel.Accepted {
				t.Errorf("%+v", r)
			}
		})
	}
	wg.Wait()
	send(channel.Accepted, "", 1)
	pass(53 * time.Minute)
	send(channel.Accepted, "", 1)
	pass(2 * time.Minute) // nine tenths of an hour are over
	send(channel.Accepted, "", 2)

	there.Revoke(7200) // a number this time
	taken := len(there.Taken())
	send(channel.Accepted, "", 3)
	if got := len(there.Taken()) - taken; got != 1 {
		t.Fatalf("%d messages for one", got)
	}
	pass(107 * time.Minute)
	send(channel.Accepted, "", 3)

	for name, life := range map[string]any{"none": nil, "words": "soon", "negative": -1} {
		there.Revoke(life)
		if r := s.Send(t.Context(), mt("x")); r.Outcome != channel.Accepted {
			t.Errorf("life %s: %+v", name, r)
		}
	}
	there.Revoke("3600")
	issued := there.Issued()
	there.NextToken(standin.Fault{Status: 503}, standin.Fault{Drop: true}, standin.Fault{Status: 429}, standin.Fault{Status: 200, Body: "<html>"}, standin.Fault{Status: 401, Body: basic}, standin.Fault{Status: 404})
	for _, want := range []struct {
		outcome channel.Outcome
		class   channel.Class
	}{
		{channel.RetryAfter, channel.ClassProviderDown}, {channel.RetryAfter, channel.ClassProviderDown}, {channel.RetryAfter, channel.ClassRateLimited},
		{channel.RetryAfter, channel.ClassProviderDown}, {channel.Refused, channel.ClassAuth}, {channel.Refused, channel.ClassConfig},
	} {
		send(want.outcome, want.class, issued)
	}
	send(channel.Accepted, "", issued+1)
}

// A token that is refused as soon as it is given is the account's trouble: one call more, and no circle.
func TestATokenThatIsNeverTaken(t *testing.T) {
	there := standin.NewOrange(t, basic, path, "")
	s := sms(t, at(there.URL))
	expired := standin.Fault{Status: 401, Body: `{"code":42,"message":"Expired credentials"}`}
	there.Next(expired, expired)
	if r := s.Send(t.Context(), mt("x")); r.Outcome != channel.Refused || r.Class != channel.ClassAuth || there.Calls() != 2 || there.Issued() != 2 {
		t.Errorf("%+v after %d calls with %d tokens", r, there.Calls(), there.Issued())
	}
}

func TestExceptions(t *testing.T) {
	there := standin.NewOrange(t, basic, path, "")
	s := sms(t, at(there.URL))
	for _, c := range []struct {
		status  int
		id      string
		outcome channel.Outcome
		class   channel.Class
	}{
		{400, "SVC0001", channel.Refused, channel.ClassUnknown}, {400, "SVC0002", channel.Refused, channel.ClassConfig},
		{400, "SVC0003", channel.Refused, channel.ClassConfig}, {400, "SVC0004", channel.Refused, channel.ClassBadNumber},
		{400, "SVC0005", channel.Refused, channel.ClassUnknown}, {400, "SVC0280", channel.Refused, channel.ClassConfig},
		{400, "SVC1000", channel.RetryAfter, channel.ClassProviderDown}, {403, "POL0001", channel.Refused, channel.ClassNoCredit},
		{403, "POL0003", channel.Refused, channel.ClassConfig}, {400, "svc0004", channel.Refused, channel.ClassBadNumber},
		{403, "+22370000001", channel.Refused, channel.ClassAuth}, {500, "SVC0001", channel.Unknown, channel.ClassProviderDown},
	} {
		there.Next(standin.OrangeException(c.status, c.id))
		r := s.Send(t.Context(), mt("x"))
		if r.Outcome != c.outcome || r.Class != c.class || (r.Outcome == channel.RetryAfter) != (r.After > 0) {
			t.Errorf("%d %s: %+v", c.status, c.id, r)
		}
		if r.Err == nil || strings.Contains(r.Err.Error(), "70000001") {
			t.Errorf("%s: error %v", c.id, r.Err)
		}
	}
}

func TestLongMessagesInSeveralCalls(t *testing.T) {
	there := standin.NewOrange(t, basic, path, "")
	text := strings.Repeat("Le budget de la commune. ", 12)
	whole := sms(t, at(there.URL))
	if r := whole.Send(t.Context(), mt(text)); r.Outcome != channel.Accepted || len(there.Taken()) != 1 || there.Taken()[0].Text != text {
		t.Fatalf("in one call: %+v", r)
	}
	s := sms(t, func(c *orange.Config) { c.APIURL, c.OneSegment = there.URL, true })
	r := s.Send(t.Context(), mt(text))
	all := there.Taken()[1:]
	joined := ""
	for _, m := range all {
		joined += m.Text
		if charset.Count(m.Text).Parts != 1 {
			t.Errorf("a call of more than one segment: %q", m.Text)
		}
	}
	if r.Outcome != channel.Accepted || r.Parts != 2 || len(all) != 2 || joined != text || r.ProviderID != all[1].ID {
		t.Fatalf("in parts: %+v, %+v", r, all)
	}
	there.Next(standin.Fault{}, standin.OrangeException(403, "POL0001"))
	calls := there.Calls()
	if r := s.Send(t.Context(), mt(text)); r.Outcome != channel.Unknown || r.ProviderID == "" || r.Err == nil || there.Calls() != calls+2 {
		t.Errorf("second part refused: %+v", r)
	}
	there.Next(standin.OrangeException(403, "POL0001"))
	if r := s.Send(t.Context(), mt(text)); r.Outcome != channel.Refused || r.Class != channel.ClassNoCredit {
		t.Errorf("first part refused: %+v", r)
	}
}

func TestNewReportsEveryFault(t *testing.T) {
	_, err := orange.New(orange.Config{Sender: "Mali", SenderName: "Mairie de Jèkabara", APIURL: "api.orange.com"})
	for _, key := range []string{"client_id", "client_secret", "sender", "sender_name", "api_url", "print"} {
		if err == nil || !strings.Contains(err.Error(), "orange: "+key+":") {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
}
