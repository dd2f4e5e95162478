package kannel

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

// reportMask asks for delivery (1), failure (2), acceptance by the SMSC (8) and refusal by it (16). The third one settles
// sends whose answer was lost also where the operator reports nothing afterwards. 4 is left out: it makes Kannel ask for
// intermediate notifications, which some SMSCs refuse.
const reportMask = 1 | 2 | 8 | 16

// reportCodes are the escape codes that smsbox fills in when it calls the status hook.
const reportCodes = "&type=%d&fid=%F&reply=%A&err=%B&meta=%D&ts=%T"

// maxValidity is the longest validity that is asked for, in minutes: a week, above which SMSCs cut or refuse.
const maxValidity = 7 * 24 * 60

// afterTemporal is the wait after Kannel's "Temporal failure".
const afterTemporal = 5 * time.Second

// Send hands one message over. Kannel names no id in its answer and takes none that would make a repeat harmless: a call
// whose fate is not known is channel.Unknown, and the report, which carries our id, may tell later.
func (s *SMS) Send(ctx context.Context, m channel.MT) channel.Result {
	if m.Text == "" {
		// Kannel would take and bill it.
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("kannel: nothing to send")}
	}
	p := url.Values{"from": {s.from}, "to": {m.To.E164()}}
	setText(p, m.Text)
	if s.reports != "" {
		p.Set("dlr-mask", strconv.Itoa(reportMask))
		p.Set("dlr-url", s.reports+ourIDParameter+"="+url.QueryEscape(m.ID)+reportCodes)
	}
	if !m.ExpiresAt.IsZero() {
		left := int(m.ExpiresAt.Sub(s.now()) / time.Minute)
		p.Set("validity", strconv.Itoa(min(max(left, 1), maxValidity)))
	}
	return s.sendsms(ctx, p)
}

// setText puts a text into the alphabet it needs. No charset goes with it: the defaults are UTF-8 for coding 0 and
// UTF-16BE for coding 2, and a Kannel built without iconv refuses any charset. Everything that coding 0 does not carry
// would come out as "?" with a success, so that the choice rests on the text itself and on nothing said about it.
func setText(p url.Values, text string) {
	if encoding, _ := charset.Units(text); encoding == charset.UCS2 {
		p.Set("coding", "2")
		p.Set("text", string(charset.EncodeUCS2(text)))
		return
	}
	p.Set("coding", "0")
	p.Set("text", text)
}

// sendsms makes one call.
func (b *smsbox) sendsms(ctx context.Context, p url.Values) channel.Result {
	query := maps.Clone(b.base)
	maps.Copy(query, p)
	u := *b.url
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("kannel: request not made")}
	}
	req.Header.Set("User-Agent", "baro")
	answer, err := b.client.Do(ctx, req)
	if err != nil {
		return httpsend.Lost(err)
	}
	return sortAnswer(answer, b.now())
}

// sortAnswer tells what smsbox said; of its texts nothing but what is compared here is believed. What answers 400, 403 or
// 503 in other words is no smsbox, and only the status counts.
func sortAnswer(a httpsend.Answer, now time.Time) channel.Result {
	text := strings.TrimSpace(string(a.Body))
	refused := func(c channel.Class, why string) channel.Result {
		return channel.Result{Outcome: channel.Refused, Class: c, Err: errors.New("kannel: " + why)}
	}
	starts := func(words string) bool { return strings.HasPrefix(text, words) }
	switch {
	case a.Status == http.StatusAccepted && (starts("0: ") || starts("3: ") || starts("Sent.")):
		return channel.Result{Outcome: channel.Accepted}
	case a.Status == http.StatusServiceUnavailable && starts("Temporal failure"):
		return channel.Result{
			Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: max(afterTemporal, a.After(now)),
			Err: errors.New("kannel: temporal failure"),
		}
	case a.Status == http.StatusForbidden && starts("Not routable"):
		// No link takes this number, or the message was over before it was sent. Other messages may pass.
		return refused(channel.ClassUnknown, "not routable")
	case a.Status == http.StatusBadRequest && starts("Number(s) has/have been denied"):
		return refused(channel.ClassBadNumber, "number denied")
	case a.Status == http.StatusBadRequest && starts("Charset or body misformed"):
		return refused(channel.ClassUnknown, "text not taken")
	case a.Status == http.StatusBadRequest && starts("Sender missing"):
		return refused(channel.ClassSenderNotAllowed, "sender missing")
	case a.Status == http.StatusBadRequest && (strings.HasSuffix(text, "rejected") || starts("Empty receiver")):
		return refused(channel.ClassConfig, "parameters refused") // ours or those of send_url: no message would pass
	}
	if r := a.ByStatus(now); r != nil {
		if r.Outcome == channel.RetryAfter && r.After == 0 {
			r.After = time.Second
		}
		return *r
	}
	return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("kannel: success that cannot be read")}
}
