package infobip

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// Bounds of USSD calls, in bytes.
const (
	maxSession = 128
	maxTyped   = 1024
)

// Exit codes that answers carry; the HTTP status is 200 with all of them.
const (
	exitFine = 200
	exitBad  = 400
)

// USSD is one channel of Infobip's third-party gateway interface. Its calls lie below session/{id}/: start and response
// ask for a screen, end tells that the dialogue is over, status asks whether it lives. Nothing signs them. It has no state:
// calls may run at the same time.
type USSD struct {
	name    string
	code    string
	profile charset.Profile
}

var (
	_ channel.USSDProvider = (*USSD)(nil)
	_ channel.Answerer     = (*USSD)(nil)
	_ channel.Placer       = (*USSD)(nil)
	_ channel.Router       = (*USSD)(nil)
)

// NewUSSD makes a channel for a service code, as in *384*96#.
func NewUSSD(name, code string, profile charset.Profile) *USSD {
	return &USSD{name: name, code: code, profile: profile}
}

// Profile is what the networks behind the channel can show.
func (u *USSD) Profile() charset.Profile { return u.profile }

// Hook tells the calls that belong to a dialogue. An end comes by the same hook, because its answer has a form too.
func (u *USSD) Hook(path string) channel.Hook {
	switch _, step := callOf(path); step {
	case "start", "response", "end":
		return channel.HookUSSD
	}
	return channel.HookOther
}

// Route answers whether a session lives. What is kept of dialogues is not asked: one that is unknown begins anew anyway.
func (u *USSD) Route(_ context.Context, path string, _ *channel.Request) (channel.Response, error) {
	if session, step := callOf(path); session == "" || step != "status" {
		return channel.Response{}, wire.Invalid("path")
	}
	return write(struct {
		Active bool `json:"sessionActive"`
		exit
	}{true, exit{Code: exitFine}}), nil
}

// callOf takes session/{id}/{step} off the end of a path. Both are empty where it is none.
func callOf(path string) (session, step string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if n := len(parts); n >= 3 && parts[n-3] == "session" {
		id, err := url.PathUnescape(parts[n-2])
		if err == nil && id != "" && wire.Plain(id, maxSession) {
			return id, parts[n-1]
		}
	}
	return "", ""
}

// A call is the body of start and response. shortCode may be missing, whatever the documents say.
type call struct {
	Number    string `json:"msisdn"`
	Text      string `json:"text"`
	ShortCode string `json:"shortCode"`
}

// DecodeUSSD reads a call. The mark of a start makes a second one the same request. ErrInvalid and, for the call that tells
// the end, ErrEnded are its errors.
func (u *USSD) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	session, step := callOf(r.Path)
	switch {
	case session == "":
		return channel.USSD{}, wire.Invalid("path")
	case step == "end":
		return channel.USSD{}, channel.ErrEnded
	case step != "start" && step != "response":
		return channel.USSD{}, wire.Invalid("path")
	}
	var c call
	if err := read(r, &c); err != nil {
		return channel.USSD{}, err
	}
	number, err := identity.Parse(c.Number)
	if err != nil {
		return channel.USSD{}, wire.Invalid("msisdn")
	}
	text, ok := wire.Typed(c.Text, maxTyped)
	if !ok {
		return channel.USSD{}, wire.Invalid("text")
	}
	ev := channel.USSD{Channel: u.name, Session: session, Number: number, ServiceCode: u.code, Shape: channel.LastInput, Text: text}
	if code := strings.TrimSpace(c.ShortCode); ev.ServiceCode == "" && wire.Plain(code, maxTo) {
		ev.ServiceCode = code
	}
	if step == "start" {
		ev.Begin, ev.Mark, ev.Text = true, "start", beyond(text, ev.ServiceCode)
	}
	return ev, nil
}

// beyond is what was dialled behind the service code: "417*1" of *384*96*417*1#.
func beyond(dialled, code string) string {
	code = strings.Trim(code, "*# ")
	rest, ok := strings.CutPrefix(strings.Trim(dialled, "*# "), code)
	if !ok || code == "" || rest != "" && rest[0] != '*' {
		return ""
	}
	return strings.TrimPrefix(rest, "*")
}

// An exit is how Infobip is told whether its call was understood.
type exit struct {
	Code    int    `json:"responseExitCode"`
	Message string `json:"responseMessage"`
}

type menu struct {
	Close bool   `json:"shouldClose"`
	Text  string `json:"ussdMenu"`
	exit
}

// EncodeUSSD writes a screen.
func (u *USSD) EncodeUSSD(s *flows.Screen) channel.Response {
	return write(menu{s.End(), s.String(), exit{Code: exitFine}})
}

// AnswerUSSD writes the screen that answers a call. One that could not be read is told so, with the screen beside it.
func (u *USSD) AnswerUSSD(r *channel.Request, s *flows.Screen) channel.Response {
	if _, err := u.DecodeUSSD(r); errors.Is(err, channel.ErrInvalid) {
		return write(menu{s.End(), s.String(), exit{exitBad, "the call cannot be read"}})
	}
	return u.EncodeUSSD(s)
}

// AnswerEnd answers the call that told the end.
func (u *USSD) AnswerEnd(*channel.Request) channel.Response { return write(exit{Code: exitFine}) }

// DecodeEnd reads the call that tells the end. It names the session and nobody.
func (u *USSD) DecodeEnd(r *channel.Request) (channel.EndNotice, error) {
	session, step := callOf(r.Path)
	if session == "" || step != "end" {
		return channel.EndNotice{}, wire.Invalid("path")
	}
	var end struct {
		ExitCode int `json:"exitCode"`
	}
	if err := read(r, &end); err != nil {
		return channel.EndNotice{}, err
	}
	notice := channel.EndNotice{Channel: u.name, Session: session, Status: "incomplete"}
	if end.ExitCode == exitFine {
		notice.Status = "success"
	}
	return notice, nil
}

func write(answer any) channel.Response {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(answer) // plain structs
	return channel.Response{Status: http.StatusOK, ContentType: "application/json", Body: bytes.TrimSpace(body.Bytes())}
}
