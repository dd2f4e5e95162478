package channeltest_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// sound is the smallest adapter that passes.
type sound struct{}

func (sound) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	f, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return channel.USSD{}, channel.ErrInvalid
	}
	n, err := identity.Parse(f.Get("phone"))
	text := f.Get("text")
	if err != nil || f.Get("session") == "" || len(r.Body) > 4096 || strings.ContainsAny(f.Encode(), "\x00") ||
		strings.Contains(f.Encode(), "%00") || !validAll(f) {
		return channel.USSD{}, channel.ErrInvalid
	}
	return channel.USSD{Channel: "c", Session: f.Get("session"), Number: n, ServiceCode: f.Get("code"), Begin: text == "", Text: text}, nil
}

func validAll(f url.Values) bool {
	for _, values := range f {
		for _, v := range values {
			if strings.ToValidUTF8(v, "") != v {
				return false
			}
		}
	}
	return true
}

func (sound) EncodeUSSD(s *flows.Screen) channel.Response {
	head := "more\n"
	if s.End() {
		head = "done\n"
	}
	return channel.Response{Status: 200, ContentType: "text/plain", Body: []byte(head + s.String())}
}

func (sound) DecodeEnd(*channel.Request) (channel.EndNotice, error) {
	return channel.EndNotice{}, channel.ErrInvalid
}

func (sound) Profile() charset.Profile {
	p, _ := charset.FindProfile("ussd")
	return p
}

func suite(p channel.USSDProvider) channeltest.USSD {
	write := func(s channeltest.Step) *channel.Request {
		return channeltest.Form("/hooks/c/ussd", url.Values{"session": {s.Session}, "phone": {s.Phone}, "code": {s.Code}, "text": {strings.Join(s.Inputs, "*")}})
	}
	return channeltest.USSD{
		Provider: p, Channel: "c", Write: write,
		Shown: func(r channel.Response) (string, bool, error) {
			head, text, ok := bytes.Cut(r.Body, []byte("\n"))
			if !ok {
				return "", false, errors.New("no head")
			}
			return string(text), string(head) == "done", nil
		},
		Refuse: []channeltest.RefuseCase{{Name: "nobody", Request: write(channeltest.Step{Session: "s", Phone: "123"}), Err: channel.ErrInvalid}},
	}
}

// broken changes one habit of the sound adapter.
type broken struct {
	sound
	decode  func(*channel.Request) (channel.USSD, error)
	encode  func(*flows.Screen) channel.Response
	profile charset.Profile
}

func (b broken) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	if b.decode == nil {
		return b.sound.DecodeUSSD(r)
	}
	return b.decode(r)
}

func (b broken) EncodeUSSD(s *flows.Screen) channel.Response {
	if b.encode == nil {
		return b.sound.EncodeUSSD(s)
	}
	return b.encode(s)
}

func (b broken) Profile() charset.Profile {
	if b.profile.Name == "" {
		return b.sound.Profile()
	}
	return b.profile
}

func TestSuitePassesASoundAdapter(t *testing.T) { suite(sound{}).Run(t) }

// The suite is worth what it finds.
func TestSuiteFindsBrokenAdapters(t *testing.T) {
	var calls atomic.Int64
	for _, c := range []struct {
		finds string
		broken
	}{
		{"dialogue", broken{decode: func(r *channel.Request) (channel.USSD, error) { // splits the history at stars
			ev, err := sound{}.DecodeUSSD(r)
			ev.Text = ev.Text[strings.LastIndex(ev.Text, "*")+1:]
			return ev, err
		}}},
		{"repeat", broken{decode: func(r *channel.Request) (channel.USSD, error) { // numbers its requests
			ev, err := sound{}.DecodeUSSD(r)
			ev.Mark = fmt.Sprint(calls.Add(1))
			return ev, err
		}}},
		{"copies", broken{decode: func(r *channel.Request) (channel.USSD, error) { // decodes in place
			ev, err := sound{}.DecodeUSSD(r)
			clear(r.Body)
			return ev, err
		}}},
		{"refuse", broken{decode: func(r *channel.Request) (channel.USSD, error) {
			ev, err := sound{}.DecodeUSSD(r)
			if err != nil {
				err = errors.New("bad request")
			}
			return ev, err
		}}},
		{"hostile", broken{decode: func(r *channel.Request) (channel.USSD, error) { // quotes what it refuses
			ev, err := sound{}.DecodeUSSD(r)
			if err != nil {
				err = fmt.Errorf("%w: %s", channel.ErrInvalid, r.Body)
			}
			return ev, err
		}}},
		{"hostile", broken{decode: func(r *channel.Request) (channel.USSD, error) {
			ev, err := sound{}.DecodeUSSD(r)
			if err != nil {
				panic("index out of range")
			}
			return ev, nil
		}}},
		{"encode", broken{encode: func(s *flows.Screen) channel.Response { // forgets the navigation
			cut := *s
			cut.Nav = nil
			return sound{}.EncodeUSSD(&cut)
		}}},
		{"encode", broken{encode: func(s *flows.Screen) channel.Response {
			s.Text += " "
			return sound{}.EncodeUSSD(s)
		}}},
		{"profile", broken{profile: charset.Profile{Name: "sms", GSM7: 160, Concatenated: true}}},
	} {
		problems := strings.Join(suite(c.broken).Problems(), "\n")
		if !strings.Contains(problems, c.finds+":") {
			t.Errorf("a broken %s passed; found only: %s", c.finds, problems)
		}
	}
}
