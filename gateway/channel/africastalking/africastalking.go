// Package africastalking speaks the USSD of Africa's Talking and of the many small gateways that copied its shape: a form
// with the whole history in, a text that begins with CON or END out. The provider signs nothing; what authenticates it is
// the secret path and the allow-list of the channel, which the server checks before anything gets here.
package africastalking

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// Largest fields accepted, in bytes after decoding. Networks stop at 90 characters per input and 180 s per session, which
// makes a longer history impossible for a phone.
const (
	maxSession = 128
	maxCode    = 64
	maxNetwork = 32
	maxText    = 4096
)

// Provider is one configured channel. It has no state: calls may run at the same time.
type Provider struct {
	name    string
	profile charset.Profile
}

var _ channel.USSDProvider = (*Provider)(nil)

// New returns the provider of the channel with that configured name. The profile is what the networks behind it show.
func New(name string, profile charset.Profile) *Provider {
	return &Provider{name: name, profile: profile}
}

// DecodeUSSD reads a callback: sessionId, phoneNumber, serviceCode, networkCode and text, which is empty on the first
// request and afterwards holds all inputs of the session joined by "*". The history is handed on as it is: what is new in
// it can only be told by comparing it with the last one, as people type "*" too. It returns channel.ErrInvalid; the error
// names the field and never its content.
func (p *Provider) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	f, err := read(r)
	if err != nil {
		return channel.USSD{}, err
	}
	caller, err := f.caller()
	if err != nil {
		return channel.USSD{}, err
	}
	text, ok := typed(f["text"])
	if !ok {
		return channel.USSD{}, invalid("text")
	}
	network := strings.TrimSpace(f["networkCode"])
	if !plain(network, maxNetwork) {
		network = "" // a statistic is no reason to break off a call
	}
	return channel.USSD{
		Channel: p.name, Session: caller.session, Number: caller.number, ServiceCode: caller.code, Network: network,
		Shape: channel.Accumulating, Begin: text == "", Text: text,
	}, nil
}

// EncodeUSSD writes "CON " or "END " and the screen. Anything but a 200 whose body begins exactly so ends the session with
// the network's own error message.
func (p *Provider) EncodeUSSD(s *flows.Screen) channel.Response {
	body := make([]byte, 0, 4+192)
	if s.End() {
		body = append(body, "END "...)
	} else {
		body = append(body, "CON "...)
	}
	return channel.Response{
		Status: http.StatusOK, ContentType: "text/plain; charset=utf-8", Body: s.AppendText(body),
	}
}

// DecodeEnd reads an end notice. It also carries what was typed and shown last; neither is looked at. A status that is
// not known becomes "unknown".
func (p *Provider) DecodeEnd(r *channel.Request) (channel.EndNotice, error) {
	f, err := read(r)
	if err != nil {
		return channel.EndNotice{}, err
	}
	caller, err := f.caller()
	if err != nil {
		return channel.EndNotice{}, err
	}
	status := "unknown"
	switch s := strings.ToLower(strings.TrimSpace(f["status"])); s {
	case "success", "incomplete", "failed":
		status = s
	}
	return channel.EndNotice{Channel: p.name, Session: caller.session, Number: caller.number, Status: status}, nil
}

// Profile is what the networks behind the channel can show.
func (p *Provider) Profile() charset.Profile { return p.profile }

// A caller is what both callbacks say about who is in which dialogue.
type caller struct {
	session string
	number  identity.MSISDN
	code    string
}

func (f form) caller() (caller, error) {
	session := strings.TrimSpace(f["sessionId"])
	if session == "" || !plain(session, maxSession) {
		return caller{}, invalid("sessionId")
	}
	number, err := identity.Parse(f["phoneNumber"])
	if err != nil {
		return caller{}, invalid("phoneNumber")
	}
	code := strings.TrimSpace(f["serviceCode"])
	if code == "" || !plain(code, maxCode) {
		return caller{}, invalid("serviceCode")
	}
	return caller{session: session, number: number, code: code}, nil
}

// read takes the fields from the body, or from the query of a GET.
func read(r *channel.Request) (form, error) {
	raw := ""
	if r.Method == http.MethodGet {
		_, raw, _ = strings.Cut(r.URI, "?")
	} else {
		raw = string(r.Body)
	}
	f, ok := parseForm(raw)
	if !ok {
		return nil, fmt.Errorf("%w: neither UTF-8 nor Windows-1252", channel.ErrInvalid)
	}
	return f, nil
}

// typed checks a history. Line breaks and tabs become blanks, one for one: histories are compared by prefix, and a prefix
// has to stay one.
func typed(text string) (string, bool) {
	if len(text) > maxText {
		return "", false
	}
	if strings.IndexFunc(text, unicode.IsControl) < 0 {
		return text, true
	}
	ok := true
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			ok = false
		}
		return r
	}, text)
	return text, ok
}

// plain reports whether s is at most limit bytes of printable characters without blanks.
func plain(s string, limit int) bool {
	return len(s) <= limit && strings.IndexFunc(s, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) < 0
}

func invalid(field string) error { return fmt.Errorf("%w: field %s", channel.ErrInvalid, field) }
