// Package africastalking speaks the USSD of Africa's Talking and of the many small gateways that copied its shape: a form
// with the whole history in, a text that begins with CON or END out. The provider signs nothing; what authenticates it is
// the secret path and the allow-list of the channel, which the server checks before anything gets here.
package africastalking

import (
	"fmt"
	"net/http"
	"strings"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/wire"
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
	caller, err := callerOf(f)
	if err != nil {
		return channel.USSD{}, err
	}
	text, ok := wire.Typed(f["text"], maxText)
	if !ok {
		return channel.USSD{}, wire.Invalid("text")
	}
	network := strings.TrimSpace(f["networkCode"])
	if !wire.Plain(network, maxNetwork) {
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
	caller, err := callerOf(f)
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

func callerOf(f wire.Form) (caller, error) {
	session := strings.TrimSpace(f["sessionId"])
	if session == "" || !wire.Plain(session, maxSession) {
		return caller{}, wire.Invalid("sessionId")
	}
	number, err := identity.Parse(f["phoneNumber"])
	if err != nil {
		return caller{}, wire.Invalid("phoneNumber")
	}
	code := strings.TrimSpace(f["serviceCode"])
	if code == "" || !wire.Plain(code, maxCode) {
		return caller{}, wire.Invalid("serviceCode")
	}
	return caller{session: session, number: number, code: code}, nil
}

// read takes the fields from the body, or from the query of a GET.
func read(r *channel.Request) (wire.Form, error) {
	raw := ""
	if r.Method == http.MethodGet {
		_, raw, _ = strings.Cut(r.URI, "?")
	} else {
		raw = string(r.Body)
	}
	f, ok := wire.ParseForm(raw)
	if !ok {
		return nil, fmt.Errorf("%w: neither UTF-8 nor Windows-1252", channel.ErrInvalid)
	}
	return f, nil
}
