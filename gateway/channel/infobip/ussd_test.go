package infobip_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/infobip"
	"baro/locales/charset"
)

const sessions = "/hooks/ib/secret-part/session/"

func ussd() *infobip.USSD {
	profile, _ := charset.FindProfile("ussd")
	return infobip.NewUSSD("ib", "*384*96#", profile)
}

// asked is a call as Infobip makes it, with what its documents leave out.
func asked(session, step, phone, text string) *channel.Request {
	body, _ := json.Marshal(map[string]any{
		"msisdn": strings.TrimPrefix(phone, "+"), "imsi": "610020000000001", "text": text, "shortCode": "*384*96#", "ussdGwId": "live2",
		"language": nil, "optional": nil,
	})
	return channeltest.Post(sessions+session+"/"+step, "application/json", string(body))
}

func TestUSSDConformance(t *testing.T) {
	begin := channel.USSD{Channel: "ib", Session: "s", ServiceCode: "*384*96#", Shape: channel.LastInput, Begin: true, Mark: "start"}
	deep := begin
	deep.Text = "417*1"
	bad := func(name, path, body string) channeltest.RefuseCase {
		return channeltest.RefuseCase{Name: name, Request: channeltest.Post(path, "application/json", body), Err: channel.ErrInvalid}
	}
	const number = `{"msisdn":"22370000001","text":"1"}`
	channeltest.USSD{
		Provider: ussd(), Channel: "ib", Shape: channel.LastInput,
		Write: func(s channeltest.Step) *channel.Request {
			if len(s.Inputs) == 0 {
				return asked(s.Session, "start", s.Phone, s.Code)
			}
			return asked(s.Session, "response", s.Phone, s.Inputs[len(s.Inputs)-1])
		},
		Shown: func(r channel.Response) (string, bool, error) {
			var a struct {
				ShouldClose      *bool
				USSDMenu         string
				ResponseExitCode int
			}
			if err := json.Unmarshal(r.Body, &a); err != nil || a.ShouldClose == nil || a.ResponseExitCode != 200 {
				return "", false, errors.New("not an answer of the interface")
			}
			return a.USSDMenu, *a.ShouldClose, nil
		},
		Decode: []channeltest.DecodeCase{
			{Name: "dial", Request: asked("s", "start", "+22370000001", "*384*96#"), Phone: "+22370000001", Want: begin},
			{Name: "deep", Request: asked("s", "start", "+22370000001", "*384*96*417*1#"), Phone: "+22370000001", Want: deep},
			{Name: "no short code", Request: channeltest.Post(sessions+"s/start", "application/json", number), Phone: "+22370000001", Want: begin},
		},
		Refuse: []channeltest.RefuseCase{
			bad("nobody", sessions+"s/start", `{"text":"1"}`), bad("no session", "/hooks/ib/session//start", number),
			bad("another step", sessions+"s/pause", number), bad("not JSON", sessions+"s/start", "msisdn=22370000001"),
			{Name: "over", Request: channeltest.Post(sessions+"s/end", "application/json", `{"reason":"x","exitCode":200}`), Err: channel.ErrEnded},
		},
		Ends: []channeltest.EndCase{
			{Name: "goes on", Request: asked("s", "response", "+22370000001", "1"), Err: channel.ErrInvalid},
		},
	}.Run(t)
}

func TestUSSDAnswers(t *testing.T) {
	u := ussd()
	screen := &flows.Screen{Text: "Au revoir"}
	unread := channeltest.Post(sessions+"s/start", "application/json", "{}")
	const menu = `{"shouldClose":true,"ussdMenu":"Au revoir","responseExitCode":`
	if a := u.AnswerUSSD(unread, screen); a.Status != 200 || string(a.Body) != menu+`400,"responseMessage":"the call cannot be read"}` {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := u.AnswerUSSD(asked("s", "response", "+22370000001", "1"), screen); string(a.Body) != menu+`200,"responseMessage":""}` {
		t.Errorf("%s", a.Body)
	}
	end := channeltest.Post(sessions+"s%2F1/end", "application/json", `{"reason":"user","exitCode":500}`)
	if n, err := u.DecodeEnd(end); err != nil || n.Session != "s/1" || n.Status != "incomplete" || n.Channel != "ib" {
		t.Errorf("%+v, %v", n, err)
	}
	if a := u.AnswerEnd(end); string(a.Body) != `{"responseExitCode":200,"responseMessage":""}` {
		t.Errorf("%s", a.Body)
	}
	a, err := u.Route(t.Context(), "/session/s/status", nil)
	if err != nil || string(a.Body) != `{"sessionActive":true,"responseExitCode":200,"responseMessage":""}` {
		t.Errorf("%s, %v", a.Body, err)
	}
	if _, err := u.Route(t.Context(), "/sessions", nil); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("a strange path: %v", err)
	}
}
