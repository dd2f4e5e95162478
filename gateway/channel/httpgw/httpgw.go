// Package httpgw speaks with the many gateways that post a form, JSON or XML for a step of a dialogue and want a few fields
// back, or that take messages by one HTTP call. What differs between them — names of fields, what marks a beginning, how an
// answer looks — is data: a preset, one file each, with a channel's own settings over it. All of it is compiled and checked
// when the gateway starts.
package httpgw

import (
	"strconv"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// Config is one channel.
type Config struct {
	Channel string
	Code    string         // service code, as in *384*96#
	Own     map[string]any // the channel's settings: preset, request, shape, begin, end, answer and the rest
	Basic   string         // user:password that requests must bring; empty: none
	Profile charset.Profile
	Now     func() time.Time
}

// Largest fields accepted, in bytes.
const (
	maxSession = 128
	maxCode    = 64
	maxNetwork = 32
	maxMark    = 64
	maxText    = 4096
)

// USSD is one channel. It has no state: calls may run at the same time.
type USSD struct {
	name    string
	code    string
	profile charset.Profile
	now     func() time.Time
	idle    time.Duration
	request
	answer
	proof
}

var (
	_ channel.USSDProvider = (*USSD)(nil)
	_ channel.Answerer     = (*USSD)(nil)
)

// NewUSSD compiles a channel's settings and reports all their faults at once, those of a preset with file and line.
func NewUSSD(c Config) (*USSD, error) {
	s, err := load("ussd", c.Own)
	if err != nil {
		return nil, err
	}
	u := &USSD{name: c.Channel, code: c.Code, profile: c.Profile, now: c.Now}
	if u.now == nil {
		u.now = time.Now
	}
	u.request = compileRequest(s)
	u.answer = compileAnswer(s)
	u.proof = compileProof(s, c.Basic)
	u.idle = compileIdle(s)
	u.profile = compileScreen(s, c.Profile)
	if err := s.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// DecodeUSSD reads a request by the channel's rules. It returns channel.ErrForged, channel.ErrInvalid, and channel.ErrEnded
// where the request says that the network or the person has ended the dialogue.
func (u *USSD) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	if !u.proves(r) {
		return channel.USSD{}, channel.ErrForged
	}
	in, err := u.read(r)
	if err != nil {
		return channel.USSD{}, err
	}
	if u.over(in) {
		return channel.USSD{}, channel.ErrEnded
	}
	session, number, err := u.who(in)
	if err != nil {
		return channel.USSD{}, err
	}
	ev := channel.USSD{Channel: u.name, Session: session, Number: number, ServiceCode: u.serviceCode(in), Shape: u.shape}
	if network := in.get("network"); wire.Plain(network, maxNetwork) {
		ev.Network = network
	}
	if mark := in.get("sequence"); wire.Plain(mark, maxMark) {
		ev.Mark = mark
	}
	text, ok := wire.Typed(in.get("input"), maxText)
	if !ok {
		return channel.USSD{}, wire.Invalid("input")
	}
	if u.inputLimit > 0 && len([]rune(text)) > u.inputLimit && u.shape == channel.LastInput {
		return channel.USSD{}, wire.Invalid("input")
	}
	if u.shape == channel.Accumulating {
		ev.Text = u.history(text, in.get("code"), u.code)
		ev.Begin = ev.Text == ""
		return ev, nil
	}
	if ev.Begin = u.begins(in, text, u.code); ev.Begin {
		ev.Text = u.firstInput(text, in.get("code"), u.code)
	} else {
		ev.Text = u.cut(text)
	}
	return ev, nil
}

// EncodeUSSD writes a screen that repeats nothing of a request.
func (u *USSD) EncodeUSSD(s *flows.Screen) channel.Response { return u.write(s, incoming{}) }

// AnswerUSSD writes the screen that answers a request.
func (u *USSD) AnswerUSSD(r *channel.Request, s *flows.Screen) channel.Response {
	in, err := u.read(r)
	if err != nil {
		in = incoming{}
	}
	return u.write(s, in)
}

// AnswerEnd answers the request that told the end.
func (u *USSD) AnswerEnd(r *channel.Request) channel.Response {
	in, err := u.read(r)
	if err != nil {
		in = incoming{}
	}
	return channel.Response{
		Status: u.status, ContentType: u.contentType, Body: []byte(u.ended.Fill(u.values("", in))), Header: u.headers(u.endHeaders, "", in),
	}
}

// DecodeEnd reads an end notice, from a hook of its own or from that of requests.
func (u *USSD) DecodeEnd(r *channel.Request) (channel.EndNotice, error) {
	if !u.proves(r) {
		return channel.EndNotice{}, channel.ErrForged
	}
	in, err := u.read(r)
	if err != nil {
		return channel.EndNotice{}, err
	}
	session, number, err := u.who(in)
	if err != nil {
		return channel.EndNotice{}, err
	}
	return channel.EndNotice{Channel: u.name, Session: session, Number: number, Status: "incomplete"}, nil
}

// Idle is how long the gateway keeps a dialogue that waits; 0: it did not say.
func (u *USSD) Idle() time.Duration { return u.idle }

func compileIdle(s *settings) time.Duration {
	text := s.text("idle", "0s")
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > time.Hour {
		s.wrong("idle", "a time like 150s is expected")
		return 0
	}
	return d
}

// Profile is what the networks behind the channel can show.
func (u *USSD) Profile() charset.Profile { return u.profile }

// who says whose dialogue a request belongs to. Where a gateway names no dialogues, a number has one at a time.
func (u *USSD) who(in incoming) (string, identity.MSISDN, error) {
	number, err := u.number(in.get("phone"))
	if err != nil {
		return "", number, wire.Invalid("phone")
	}
	if !u.has("session") {
		return "one", number, nil
	}
	session := strings.TrimSpace(in.get("session"))
	if session == "" || !wire.Plain(session, maxSession) {
		return "", number, wire.Invalid("session")
	}
	return session, number, nil
}

// serviceCode is the configured one, or the request's where none is.
func (u *USSD) serviceCode(in incoming) string {
	if u.code != "" {
		return u.code
	}
	if code := strings.TrimSpace(in.get("code")); wire.Plain(code, maxCode) {
		return code
	}
	return ""
}

func (u *USSD) write(s *flows.Screen, in incoming) channel.Response {
	t, headers := u.goOn, u.goOnHeaders
	if s.End() {
		t, headers = u.end, u.endHeaders
	}
	text := s.String()
	return channel.Response{
		Status: u.status, ContentType: u.contentType, Body: []byte(t.Fill(u.values(text, in))), Header: u.headers(headers, text, in),
	}
}

// values gives what placeholders stand for, escaped for the answer.
func (u *USSD) values(text string, in incoming) func(string) string {
	return func(name string) string {
		switch name {
		case "text":
			return u.writing.Escape(text, u.newline)
		case "now":
			return u.writing.Escape(u.now().UTC().Format(time.RFC3339), "")
		case "step":
			return u.writing.Escape(in.get("sequence"), "")
		}
		if path, ok := strings.CutPrefix(name, "in."); ok {
			value, _ := in.doc.find(path)
			return u.writing.Escape(value, "")
		}
		return u.writing.Escape(in.get(name), "")
	}
}

func (u *USSD) headers(all map[string]wire.Template, text string, in incoming) map[string]string {
	if len(all) == 0 {
		return nil
	}
	plain := *u
	plain.writing = wire.PlainText
	out := make(map[string]string, len(all))
	for name, t := range all {
		out[name] = strings.NewReplacer("\r", " ", "\n", " ", "\x00", "").Replace(t.Fill(plain.values(text, in)))
	}
	return out
}

// An answer is how screens are written.
type answer struct {
	status                  int
	contentType             string
	writing                 wire.Writing
	newline                 string
	goOn, end, ended        wire.Template
	goOnHeaders, endHeaders map[string]wire.Template
}

// placeholders are the names that templates may use.
func placeholders() []string {
	return []string{"text", "session", "phone", "code", "input", "type", "network", "language", "sequence", "step", "now", "in."}
}

func compileAnswer(s *settings) (a answer) {
	status, err := strconv.Atoi(s.text("answer.status", "200"))
	if err != nil || status < 200 || status > 299 {
		s.wrong("answer.status", "a status from 200 to 299 is expected")
	}
	a.status = status
	a.contentType = s.text("answer.type", "text/plain; charset=utf-8")
	a.writing = wire.WritingOf(a.contentType)
	a.newline = s.text("answer.newline", "")
	one := func(key string, needed bool) wire.Template {
		text := s.text(key, "")
		t, err := wire.ParseTemplate(text, placeholders()...)
		switch {
		case err != nil:
			s.wrong(key, "%v", err)
		case needed && !t.Has("text"):
			s.wrong(key, "has to hold {{text}}")
		case text != "":
			if err := a.writing.Try(t, a.newline); err != nil {
				s.wrong(key, "%v", err)
			}
		}
		return t
	}
	a.goOn, a.end, a.ended = one("answer.continue", true), one("answer.end", true), one("answer.ended", false)
	a.goOnHeaders = compileHeaders(s, "answer.headers.continue", placeholders())
	a.endHeaders = compileHeaders(s, "answer.headers.end", placeholders())
	return a
}
