package kannel

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/identity"
)

// maxSession is the longest session TLV that is accepted, in octets.
const maxSession = 8

// maxAge is how old a request may be. No network keeps a dialogue longer; Kannel brings a request that met a gateway that
// was down for as long as it brings texts.
const maxAge = 3 * time.Minute

// USSD is one USSD channel. A request comes as an ordinary sms-service call with the operation in its meta-data; the
// screen is a sendsms call of its own, made by Show, and the answer to the request stays empty. Calls may run at the same
// time.
type USSD struct {
	*smsbox
	from    string
	code    string
	dialect Dialect
}

var _ channel.USSDProvider = (*USSD)(nil)

// NewUSSD checks a configuration and reports all its faults at once, without its secrets.
func NewUSSD(c Config) (*USSD, error) {
	box, faults := newSmsbox(c)
	if c.From != "" && !plain(c.From, maxAddress) {
		faults = append(faults, errors.New("kannel: from: a short code is expected"))
	}
	if !plain(c.Code, maxAddress) {
		faults = append(faults, errors.New("kannel: code: a service code is expected"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if c.Dialect.Session == "" {
		c.Dialect, _ = FindDialect("")
	}
	return &USSD{smsbox: box, from: c.From, code: c.Code, dialect: c.Dialect}, nil
}

// DecodeUSSD reads a request. The mark of the event is Kannel's message id, which a repeat by Kannel shares, and what the
// screen has to hand back.
func (u *USSD) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	c, session, what, err := u.read(r)
	if err != nil {
		return channel.USSD{}, err
	}
	number, err := identity.Parse(c.from)
	if err != nil {
		return channel.USSD{}, invalid("from")
	}
	if what == ends {
		return channel.USSD{}, channel.ErrEnded
	}
	if c.at > 0 && u.now().Sub(time.Unix(c.at, 0)) > maxAge {
		return channel.USSD{}, fmt.Errorf("%w: the dialogue is over since long", channel.ErrInvalid)
	}
	text := typed(c.words())
	ev := channel.USSD{
		Channel: u.name, Session: hex.EncodeToString(u.dialect.name(session)), Number: number, ServiceCode: u.code,
		Shape: channel.LastInput, Begin: what == begins, Text: text,
		Mark: handBack{id: c.id, session: session, to: c.to}.String(),
	}
	if ev.ServiceCode == "" {
		ev.ServiceCode = c.to
	}
	if ev.Begin {
		ev.Text = u.beyondCode(text)
	}
	return ev, nil
}

// EncodeUSSD answers the request with nothing: the screen is shown by Show.
func (u *USSD) EncodeUSSD(*flows.Screen) channel.Response { return taken() }

// DecodeEnd reads a request that ends a dialogue.
func (u *USSD) DecodeEnd(r *channel.Request) (channel.EndNotice, error) {
	c, session, what, err := u.read(r)
	if err != nil {
		return channel.EndNotice{}, err
	}
	number, err := identity.Parse(c.from)
	if err != nil || what != ends {
		return channel.EndNotice{}, invalid("meta")
	}
	return channel.EndNotice{
		Channel: u.name, Session: hex.EncodeToString(u.dialect.name(session)), Number: number, Status: "unknown",
	}, nil
}

// Show sends the screen that answers an event of DecodeUSSD. It never sends twice; a screen that was not taken is lost, and
// its dialogue runs into the network's own time limit.
func (u *USSD) Show(ctx context.Context, ev channel.USSD, s *flows.Screen) channel.Result {
	back, ok := parseHandBack(ev.Mark)
	if !ok {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("kannel: the event is not of this channel")}
	}
	from := u.from
	if from == "" {
		from = back.to
	}
	p := url.Values{
		"from": {from}, "to": {ev.Number.E164()}, "binfo": {ussdService}, "meta-data": {u.dialect.meta(back.session, s.End())},
	}
	setText(p, s.String())
	return u.sendsms(ctx, p)
}

func (u *USSD) read(r *channel.Request) (call, []byte, meaning, error) {
	c, err := read(r)
	if err != nil {
		return call{}, nil, 0, err
	}
	if c.service != "" && !strings.EqualFold(c.service, ussdService) {
		return call{}, nil, 0, fmt.Errorf("%w: a text message on a channel of kind ussd", channel.ErrInvalid)
	}
	params := tlvs(c.meta)
	op, session := params[serviceOp], params[u.dialect.Session]
	if len(op) != 1 || len(session) == 0 || len(session) > maxSession {
		return call{}, nil, 0, invalid("meta")
	}
	return c, session, u.dialect.meaning(op[0], session), nil
}

// beyondCode is what was dialled behind the service code: "417*1" of *384*96*417*1#. A link that strips the code, or has
// it only in the receiver, leaves nothing to look for.
func (u *USSD) beyondCode(dialled string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(dialled), strings.TrimRight(u.code, "#"))
	if !ok || u.code == "" || rest != "" && rest[0] != '*' && rest[0] != '#' {
		return ""
	}
	return strings.Trim(rest, "*#")
}

// typed makes one line of an input: line breaks and tabs become blanks.
func typed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		}
		return r
	}, text)
}

// handBack is what the screen's call must repeat of its request.
type handBack struct {
	id      string
	session []byte
	to      string
}

// String has the id last: it is the one part with characters of Kannel's choice.
func (h handBack) String() string {
	return hex.EncodeToString(h.session) + "/" + hex.EncodeToString([]byte(h.to)) + "/" + h.id
}

func parseHandBack(mark string) (h handBack, ok bool) {
	session, rest, ok1 := strings.Cut(mark, "/")
	to, id, ok2 := strings.Cut(rest, "/")
	rawTo, err1 := hex.DecodeString(to)
	rawSession, err2 := hex.DecodeString(session)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || len(rawSession) == 0 {
		return handBack{}, false
	}
	return handBack{id: id, session: rawSession, to: string(rawTo)}, true
}
