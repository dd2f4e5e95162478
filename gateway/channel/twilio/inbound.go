package twilio

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// silence answers a webhook. Anything of type text/plain would be sent to the person as an SMS; replies go through the
// outbox, which bills and retries them.
func silence() channel.Response {
	return channel.Response{
		Status: http.StatusOK, ContentType: "text/xml; charset=utf-8",
		Body: []byte(`<?xml version="1.0" encoding="UTF-8"?><Response/>`),
	}
}

// DecodeMO reads an inbound message from a POST or GET. A genuine message of a sender that is no phone number (a short
// code, a chat address) gives no MO and is answered like any other: a refusal would only bring it back.
func (p *Provider) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	f, err := p.ours(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	id := sid(f)
	if id == "" {
		return nil, channel.Response{}, fmt.Errorf("%w: field MessageSid", channel.ErrInvalid)
	}
	from, err := identity.Parse(f.Get("From"))
	if err != nil {
		return nil, silence(), nil
	}
	text := words(f.Get("Body"))
	return []channel.MO{{
		Channel: p.config.Channel, ExternalID: id, From: from, To: clip(readable(f.Get("To")), 64), Text: text,
		OptOut: p.optOut(f.Get("OptOutType"), text),
	}}, silence(), nil
}

// ours authenticates a request and checks that it is about the configured account: a token signs for subaccounts, too.
func (p *Provider) ours(r *channel.Request) (url.Values, error) {
	f, err := p.authentic(r)
	if err != nil {
		return nil, err
	}
	if f.Get("AccountSid") != p.config.AccountSID {
		return nil, fmt.Errorf("%w: another account", channel.ErrForged)
	}
	return f, nil
}

// sid is the message's id. It is unique at Twilio, so that it needs no account beside it.
func sid(f url.Values) string {
	for _, name := range []string{"MessageSid", "SmsSid", "SmsMessageSid"} {
		if id := f.Get(name); id != "" && plain(id, 64) {
			return id
		}
	}
	return ""
}

// words is the text of a Body. Long texts joined from many parts have been seen as base64.
func words(body string) string {
	const long = 160
	if len(body) > long && len(body)%4 == 0 && !strings.ContainsFunc(body, unicode.IsSpace) {
		if raw, err := base64.StdEncoding.DecodeString(body); err == nil && utf8.Valid(raw) && strings.ContainsRune(string(raw), ' ') {
			body = string(raw)
		}
	}
	return readable(body)
}

// readable is s as UTF-8; bytes that are none are taken for Windows-1252. A NUL, which no phone can type and PostgreSQL
// cannot keep, is dropped.
func readable(s string) string {
	if !utf8.ValidString(s) {
		s = fromWindows1252(s)
	}
	return strings.ReplaceAll(s, "\x00", "")
}

func fromWindows1252(s string) string {
	var b strings.Builder
	b.Grow(2 * len(s))
	for i := range len(s) {
		b.WriteRune(charmap.Windows1252.DecodeByte(s[i]))
	}
	return b.String()
}

// plain reports whether s is at most limit bytes of visible ASCII.
func plain(s string, limit int) bool {
	return len(s) <= limit && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// clip shortens s to at most limit bytes without breaking a character.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
