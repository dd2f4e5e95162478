// Package browser speaks to operators who run a text browser for the phones without one: Orange's "My Store" and the hub
// made by Myriad. They fetch a page for every step; a menu's lines are its links, a question is its form. The dialogue's
// place and the key chosen stand in the link, signed, so that a page gone back to, followed twice or made up does nothing.
// The operator signs nothing; what authenticates it is the secret path and the allow-list of the channel.
package browser

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// Largest fields accepted, in bytes.
const (
	maxSession = 128
	maxCode    = 64
	maxNetwork = 32
	maxText    = 1024
)

// DefaultLife is how long a link can be followed. No network keeps a dialogue longer.
const DefaultLife = 10 * time.Minute

// Headers are the names under which the operator tells who is calling. An empty one is not looked for.
type Headers struct {
	Number  string
	Session string // empty: the operator names no dialogues, and a number has one at a time
	Code    string // the dialled string
	Input   string // what was typed into a form
	Network string
}

// Config is one channel.
type Config struct {
	Channel string
	Code    string // service code, as in *384*96#
	Hook    string // where links lead: the hook's path, or its whole address where the operator wants that
	Pages   Pages
	Headers Headers
	Param   string // query parameter of what was typed; empty: it comes in Headers.Input alone
	Limit   int    // octets of a page at most; 0: the operator named none
	Profile charset.Profile
	Life    time.Duration // DefaultLife when zero
	Now     func() time.Time
	// Sign makes a keyed hash of parts, the same on every node, of at least 16 characters that need no escape in a URL.
	Sign func(parts ...string) string
}

// Provider is one channel. It has no state: calls may run at the same time.
type Provider struct{ Config }

var (
	_ channel.USSDProvider = (*Provider)(nil)
	_ channel.Answerer     = (*Provider)(nil)
)

// New checks a configuration and reports all its faults at once. Where the operator limits the octets of a page, the
// fullest page there can be has to fit.
func New(c Config) (*Provider, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Life <= 0 {
		c.Life = DefaultLife
	}
	var faults []error
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("browser: %s: %s", key, why)) }
	if c.Headers.Number == "" {
		wrong("headers.number", "the header that holds the caller's number is needed")
	}
	if c.Headers.Input == "" && c.Param == "" {
		wrong("headers.input", "a header or a parameter for what people type is needed")
	}
	if c.Param == tokenParam {
		wrong("param", "is the name of links' own parameter")
	}
	if c.Hook == "" || strings.ContainsAny(c.Hook, "?#\"<>& ") {
		wrong("hook", "a path or an address is expected")
	}
	if c.Pages > JSON {
		wrong("pages", "one of xhtml, cellflash, json")
	}
	if c.Sign == nil {
		wrong("sign", "a keyed hash is needed")
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p := &Provider{c}
	if most := p.fullest(); c.Limit > 0 && most > c.Limit {
		return nil, fmt.Errorf("browser: page_limit: the fullest page takes %d octets, allowed are %d: use a shorter secret, or links without the host", most, c.Limit)
	}
	return p, nil
}

// DecodeUSSD reads the request for a page. Without a token in its query a dialogue begins; with one, the link's key or what
// was typed is the input at the link's place. It returns channel.ErrForged for a link that is not ours or another phone's,
// and channel.ErrInvalid. An old link begins again: its dialogue is over since long.
func (p *Provider) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	c, err := p.caller(r)
	if err != nil {
		return channel.USSD{}, err
	}
	ev := channel.USSD{
		Channel: p.Channel, Session: c.session, Number: c.number, ServiceCode: p.Code, Network: p.network(r), Shape: channel.Browser,
	}
	_, query, _ := strings.Cut(r.URI, "?")
	fields, ok := wire.ParseForm(query)
	if !ok {
		return channel.USSD{}, wire.Invalid("query")
	}
	raw := fields[tokenParam]
	if raw == "" {
		ev.Begin, ev.Text = true, p.beyondCode(r)
		return ev, nil
	}
	l, err := p.open(raw, c)
	switch {
	case errors.Is(err, errOld):
		ev.Begin = true
		return ev, nil
	case err != nil:
		return channel.USSD{}, err
	}
	ev.Place, ev.Text = l.place, l.key
	if l.key == "" {
		if ev.Text, err = p.typed(r, fields); err != nil {
			return channel.USSD{}, err
		}
	}
	return ev, nil
}

// EncodeUSSD writes a page whose links nobody can follow; pages that answer a request are made by AnswerUSSD.
func (p *Provider) EncodeUSSD(s *flows.Screen) channel.Response { return p.page(s, caller{}) }

// AnswerUSSD writes the page that answers a request. Its links are for the phone of that request.
func (p *Provider) AnswerUSSD(r *channel.Request, s *flows.Screen) channel.Response {
	c, err := p.caller(r)
	if err != nil {
		c = caller{} // the page ends the dialogue and has no links
	}
	return p.page(s, c)
}

// AnswerEnd is asked by nobody: browsers tell no ends.
func (p *Provider) AnswerEnd(*channel.Request) channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: p.Pages.contentType()}
}

// DecodeEnd returns channel.ErrInvalid: browsers tell no ends.
func (p *Provider) DecodeEnd(*channel.Request) (channel.EndNotice, error) {
	return channel.EndNotice{}, wire.Invalid("request")
}

// Profile is what the networks behind the channel can show.
func (p *Provider) Profile() charset.Profile { return p.Config.Profile }

// A caller is who a page is for.
type caller struct {
	session string
	number  identity.MSISDN
}

// oneAtATime is the dialogue of a number whose operator names none.
const oneAtATime = "one"

func (p *Provider) caller(r *channel.Request) (caller, error) {
	number, err := identity.Parse(r.Header(p.Headers.Number))
	if err != nil {
		return caller{}, wire.Invalid("number")
	}
	c := caller{session: oneAtATime, number: number}
	if p.Headers.Session != "" {
		c.session = strings.TrimSpace(r.Header(p.Headers.Session))
		if c.session == "" || !wire.Plain(c.session, maxSession) {
			return caller{}, wire.Invalid("session")
		}
	}
	return c, nil
}

func (p *Provider) network(r *channel.Request) string {
	if p.Headers.Network == "" {
		return ""
	}
	name := strings.TrimSpace(r.Header(p.Headers.Network))
	if !wire.Plain(name, maxNetwork) {
		return "" // a statistic is no reason to break off a call
	}
	return name
}

// typed is what came with a form. Letters come in UTF-8, or in Windows-1252.
func (p *Provider) typed(r *channel.Request, query wire.Form) (string, error) {
	text, there := "", false
	if p.Param != "" {
		text, there = query[p.Param]
	}
	ok := true
	if !there && p.Headers.Input != "" {
		text, ok = wire.Text(r.Header(p.Headers.Input))
	}
	if ok {
		text, ok = wire.Typed(text, maxText)
	}
	if !ok {
		return "", wire.Invalid("input")
	}
	return text, nil
}

// beyondCode is what was dialled behind the service code, where the operator tells the dialled string.
func (p *Provider) beyondCode(r *channel.Request) string {
	if p.Headers.Code == "" || p.Code == "" {
		return ""
	}
	dialled := strings.TrimSpace(r.Header(p.Headers.Code))
	rest, ok := strings.CutPrefix(strings.Trim(dialled, "*#"), strings.Trim(p.Code, "*#"))
	if !ok || len(dialled) > maxCode || !wire.Plain(dialled, maxCode) || rest != "" && rest[0] != '*' {
		return ""
	}
	return strings.Trim(rest, "*#")
}
