package httpgw_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpgw"
	"baro/locales/charset"
)

const (
	path = "/hooks/hub/ussd"
	code = "*384*96#"
)

func compile(t testing.TB, own map[string]any) *httpgw.USSD {
	t.Helper()
	u, err := build(own)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func build(own map[string]any) (*httpgw.USSD, error) {
	profile, _ := charset.FindProfile("ussd")
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	return httpgw.NewUSSD(httpgw.Config{Channel: "hub", Code: code, Own: own, Profile: profile, Now: func() time.Time { return now }})
}

// A gateway is how one of them writes and reads, as its own documents have it and not as the preset says.
type gateway struct {
	write func(step, input string, s channeltest.Step) *channel.Request
	field string // of the text in a JSON answer
	goes  string // what an answer that goes on holds
	ends  string
	over  string // a body or query that tells the end
}

func jsonOf(pairs ...any) *channel.Request {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	b, _ := json.Marshal(m)
	return channeltest.Post(path, "application/json", string(b))
}

func query(pairs ...string) *channel.Request {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return channeltest.Get(path, v.Encode())
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func first(step, begin, later string) string {
	if step == "0" {
		return begin
	}
	return later
}

var gateways = map[string]gateway{
	"hubtel": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("Sequence", n, "Type", first(n, "Initiation", "Response"), "Message", in, "ServiceCode", s.Code, "Operator", "mtn", "Mobile", s.Phone[1:], "SessionId", s.Session, "ClientState", nil)
	}, "Message", `"Type":"response"`, `"Type":"release"`, `{"SessionId":"s","Type":"TIMEOUT","Mobile":"22370000001"}`},
	"crossswitch": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("Type", first(n, "initiation", "response"), "Message", in, "ServiceCode", s.Code, "Operator", "mtn", "Mobile", s.Phone[1:], "SessionId", s.Session)
	}, "Message", `"Type":"Response"`, `"Type":"Release"`, `{"SessionId":"s","Type":"release","Mobile":"22370000001"}`},
	"nalo": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("USERID", "NALO1", "MSISDN", s.Phone[1:], "USERDATA", in, "MSGTYPE", n == "0", "NETWORK", "MTN", "SESSIONID", s.Session)
	}, "MSG", `"MSGTYPE":true`, `"MSGTYPE":false`, ""},
	"arkesel": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("sessionID", s.Session, "userID", "U1", "newSession", n == "0", "msisdn", s.Phone[1:], "userData", in, "network", "MTN")
	}, "message", `"continueSession":true`, `"continueSession":false`, ""},
	"mtn": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("sessionId", s.Session, "messageType", first(n, "0", "1"), "msisdn", s.Phone[1:], "serviceCode", s.Code, "ussdString", in)
	}, "inboundResponse", `"userInputRequired":true`, `"userInputRequired":false`, ""},
	"moolre": {func(n, in string, s channeltest.Step) *channel.Request {
		return jsonOf("sessionid", s.Session, "new", n == "0", "msisdn", s.Phone[1:], "network", 3, "message", in, "extension", s.Code, "data", "")
	}, "message", `"reply":true`, `"reply":false`, ""},
	"dmark": {func(n, in string, s channeltest.Step) *channel.Request {
		return query("transactionId", s.Session, "msisdn", s.Phone[1:], "ussdServiceCode", strings.Trim(s.Code, "*#"), "transactionTime", "1795419000", "ussdRequestString", first(n, "384*96", in), "response", "false")
	}, "responseString", `"action":"request"`, `"action":"end"`, ""},
	"hollatags": {func(n, in string, s channeltest.Step) *channel.Request {
		return query("session_msisdn", s.Phone[1:], "session_operation", first(n, "begin", "continue"), "session_msg", in, "session_id", s.Session, "session_from", s.Code, "session_type", "1", "session_mno", "MTN")
	}, "session_msg", `"session_operation":"continue"`, `"session_operation":"end"`, "session_id=s&session_msisdn=22370000001&session_operation=end"},
	"safaricom": {func(_, in string, s channeltest.Step) *channel.Request {
		return query("ORIG", s.Phone[1:], "DEST", s.Code, "SESSION_ID", s.Session, "USSD_PARAMS", strings.Join(s.Inputs, "*"))
	}, "", "CON ", "END ", ""},
	"africastalking": {func(_, in string, s channeltest.Step) *channel.Request {
		return channeltest.Form(path, url.Values{"sessionId": {s.Session}, "phoneNumber": {s.Phone}, "serviceCode": {s.Code}, "text": {strings.Join(s.Inputs, "*")}})
	}, "", "CON ", "END ", ""},
	"advanta": {func(_, in string, s channeltest.Step) *channel.Request {
		return query("MSISDN", s.Phone[1:], "USSDCODE", s.Code, "SESSIONID", s.Session, "INPUT", strings.Join(append([]string{strings.TrimSuffix(s.Code, "#")}, s.Inputs...), "*")+"#")
	}, "", "CON ", "END ", ""},
	"flares": {func(n, in string, s channeltest.Step) *channel.Request {
		return query("SessionID", s.Session, "MSISDN", s.Phone[1:], "MSC", "1", "input", first(n, "384*96", in))
	}, "", "FC", "FB", "clean=cleann&error=522&SessionID=s&msisdn=22370000001&&=&=en&=postpaid"},
	"imimobile": {func(n, in string, s channeltest.Step) *channel.Request {
		return query("msisdn", s.Phone[1:], "msg", first(n, code, in), "code", s.Code, "tid", "9", "dcs", "0")
	}, "", "1", "0", "msisdn=22370000001&code=x&msg=Map+Dialog+User+Abort+User+Reason"},
	"truroute": {func(n, in string, s channeltest.Step) *channel.Request {
		return channeltest.Post(path, "text/xml", "<ussd><msisdn>"+s.Phone[1:]+"</msisdn><sessionid>"+s.Session+"</sessionid><type>"+first(n, "1", "2")+"</type><msg>"+xmlText(in)+"</msg></ussd>")
	}, "", "<type>2</type>", "<type>3</type>", "<ussd><msisdn>22370000001</msisdn><sessionid>s</sessionid><type>3</type><msg/></ussd>"},
}

func (g gateway) shown(r channel.Response) (string, bool, error) {
	body := string(r.Body)
	mark := body
	for _, name := range []string{"Freeflow", "X-USSD-SESSION"} {
		if r.Header[name] != "" {
			mark = r.Header[name]
		}
	}
	goes, ends := strings.Contains(mark, g.goes), strings.Contains(mark, g.ends)
	switch {
	case strings.HasPrefix(r.ContentType, "application/json"):
		var answer map[string]any
		if err := json.Unmarshal(r.Body, &answer); err != nil {
			return "", false, err
		}
		if data, ok := answer["data"].(map[string]any); ok {
			answer = data
		}
		text, _ := answer[g.field].(string)
		return text, ends, nil
	case strings.HasPrefix(r.ContentType, "text/xml"):
		var answer struct {
			Msg string `xml:"msg"`
		}
		err := xml.Unmarshal(r.Body, &answer)
		return answer.Msg, ends, err
	case len(r.Header) > 0:
		if goes == ends {
			return "", false, errors.New("neither goes on nor ends")
		}
		return body, ends, nil
	}
	return body[4:], strings.HasPrefix(body, g.ends), nil
}

// Every preset, with a beginning, inputs, the same again, an end.
func TestPresets(t *testing.T) {
	for _, name := range httpgw.Presets("ussd") {
		g, ok := gateways[name]
		if !ok {
			t.Errorf("%s is tried by nobody", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			u := compile(t, map[string]any{"preset": name})
			write := func(s channeltest.Step) *channel.Request {
				input := ""
				if len(s.Inputs) > 0 {
					input = s.Inputs[len(s.Inputs)-1]
				}
				if name == "imimobile" {
					s.Session = "one"
				}
				return g.write(fmt.Sprint(len(s.Inputs)), input, s)
			}
			shape := channel.LastInput
			if name == "safaricom" || name == "advanta" || name == "africastalking" {
				shape = channel.Accumulating
			}
			suite := channeltest.USSD{
				Provider: u, Channel: "hub", Shape: shape, Write: write, Shown: g.shown,
				Refuse: []channeltest.RefuseCase{
					{Name: "nobody", Request: write(channeltest.Step{Session: "s", Phone: "+123", Code: code, Inputs: []string{"secret-typed"}}), Err: channel.ErrInvalid},
				},
			}
			if name == "imimobile" { // whose one dialogue has a name of ours
				for _, problem := range suite.Problems() {
					if !strings.Contains(problem, "another dialogue") {
						t.Error(problem)
					}
				}
			} else {
				suite.Run(t)
			}
			if g.over == "" {
				return
			}
			over := channeltest.Post(path, "application/json", g.over)
			if write(channeltest.Step{Phone: "+22370000001"}).Method == "GET" {
				over = channeltest.Get(path, g.over)
			}
			if _, err := u.DecodeUSSD(over); !errors.Is(err, channel.ErrEnded) {
				t.Errorf("the end: %v", err)
			}
			if n, err := u.DecodeEnd(over); err != nil || n.Number != channeltest.Number("+22370000001") || n.Status != "incomplete" {
				t.Errorf("the end: %+v, %v", n, err)
			}
			if a := u.AnswerEnd(over); a.Status != 200 {
				t.Errorf("the end is answered %+v", a)
			}
		})
	}
}

// What a gateway sent comes back in the answer, over a socket.
func TestAnswersRepeatTheirRequest(t *testing.T) {
	u := compile(t, map[string]any{"preset": "nalo"})
	origin := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		ev, err := u.DecodeUSSD(r)
		if err != nil {
			return channel.Response{}, err
		}
		return u.AnswerUSSD(r, &flows.Screen{Text: "Vous: " + ev.Text + "\n{{phone}}", Input: flows.InputKey}), nil
	})
	body := `{"USERID":"N\"1","MSISDN":"22370000001","USERDATA":"*384*96*417#","MSGTYPE":true,"NETWORK":"MTN","SESSIONID":"77"}`
	got := post(t, origin+path, body)
	if want := `{"USERID":"N\"1","MSISDN":"22370000001","MSG":"Vous: 417\n{{phone}}","MSGTYPE":true}`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestProofs(t *testing.T) {
	u := compile(t, map[string]any{
		"preset": "hubtel", "header": map[string]any{"name": "X-Key", "value": "k1"}, "query": map[string]any{"name": "token", "value": "t1"},
	})
	r := jsonOf("Type", "initiation", "Message", code, "Mobile", "22370000001", "SessionId", "s")
	good := *r
	good.URI += "?token=t1"
	good.Header = func(name string) string { return map[string]string{"X-Key": "k1"}[name] }
	if _, err := u.DecodeUSSD(&good); err != nil {
		t.Error(err)
	}
	keyOnly, tokenOnly := good, good
	keyOnly.URI = path
	tokenOnly.Header = r.Header
	for name, bad := range map[string]*channel.Request{"neither": r, "no token": &keyOnly, "no key": &tokenOnly} {
		if _, err := u.DecodeUSSD(bad); !errors.Is(err, channel.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMistakesAreToldTogether(t *testing.T) {
	_, err := build(map[string]any{
		"request": map[string]any{"body": "soap", "fields": map[string]any{"phone": "path:x", "who": "a"}}, "shape": "last", "colour": "red",
		"cancel": []any{"("}, "answer": map[string]any{"type": "application/json", "continue": `{"a":"{{text}}"}`, "end": "{{nobody}}", "status": "500"},
	})
	for _, want := range []string{
		"request.body: one of", "request.fields.phone:", "request.fields.who: unknown field", "input is missing", "begin: one of", "colour: unknown key", "cancel:",
		"answer.continue: with values filled in it is no JSON", "answer.end: unknown placeholder", "answer.status:",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in\n%v", want, err)
		}
	}
	_, err = build(map[string]any{"preset": "hubtel", "request": map[string]any{"fields": map[string]any{"type": []any{}}}})
	if err == nil || !regexp.MustCompile(`presets/hubtel\.yaml:\d+: begin\.field`).MatchString(err.Error()) {
		t.Errorf("no place in the preset: %v", err)
	}
	if _, err = build(map[string]any{"preset": "telex"}); err == nil || !strings.Contains(err.Error(), "one of advanta") {
		t.Errorf("unknown preset: %v", err)
	}
}

func TestScreens(t *testing.T) {
	wide, _ := charset.FindProfile("ussd182")
	strict, _ := charset.FindProfile("ussd")
	screen := func(s map[string]any) map[string]any {
		return map[string]any{"preset": "hubtel", "limits": map[string]any{"screen": s}}
	}
	for _, c := range []struct {
		own  map[string]any
		from charset.Profile
		want charset.Profile
	}{
		{map[string]any{"preset": "hubtel"}, wide, wide},
		{map[string]any{"preset": "safaricom"}, strict, strict},
		{map[string]any{"preset": "safaricom"}, wide, charset.Profile{Name: "ussd182/160-80-ucs2", GSM7: 160, UCS2: 80, Letters: charset.GSM7Letters, Extension: true}},
		{screen(map[string]any{"septets": 140, "alphabet": "ascii"}), wide, charset.Profile{Name: "ussd182/140-0-ascii", GSM7: 140, Letters: charset.ASCII}},
		{screen(map[string]any{"alphabet": "ucs2", "units": 67}), strict, charset.Profile{Name: "ussd/160-67-ucs2", GSM7: 160, UCS2: 67, Letters: charset.GSM7Letters, Extension: true}},
		{screen(map[string]any{"alphabet": "gsm7", "septets": 182}), strict, charset.Profile{Name: "ussd/182-0-gsm7", GSM7: 182, Letters: charset.GSM7Letters, Extension: true}},
		{screen(map[string]any{"septets": "many"}), wide, wide},
	} {
		got := httpgw.Screen(c.own, c.from)
		if got != c.want || httpgw.Screen(c.own, got) != got {
			t.Errorf("%v over %s: %+v, want %+v", c.own, c.from.Name, got, c.want)
		}
	}
	if got := compile(t, screen(map[string]any{"septets": 140})).Profile(); got.GSM7 != 140 {
		t.Errorf("the channel shows %+v", got)
	}
	_, err := build(screen(map[string]any{"septets": 30, "alphabet": "morse", "units": 70}))
	for _, want := range []string{"limits.screen.septets: at least", "limits.screen.alphabet: one of", "limits.screen.units: only with"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in %v", want, err)
		}
	}
}

func FuzzDecodeUSSD(f *testing.F) {
	f.Add(`{"Type":"initiation","Message":"*384*96#","Mobile":"22370000001","SessionId":"s"}`)
	f.Add(`<ussd><msisdn>22370000001</msisdn><sessionid>s</sessionid><type>2</type><msg>&#233;</msg></ussd>`)
	f.Add("sessionId=s&phoneNumber=22370000001&text=%E9")
	var all []*httpgw.USSD
	for _, name := range []string{"hubtel", "truroute", "africastalking"} {
		all = append(all, compile(f, map[string]any{"preset": name}))
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, u := range all {
			r := channeltest.Post(path, "text/plain", body)
			ev, err := u.DecodeUSSD(r)
			if err != nil {
				if !errors.Is(err, channel.ErrInvalid) && !errors.Is(err, channel.ErrEnded) {
					t.Fatalf("error of no kind: %v", err)
				}
				continue
			}
			if ev.Number.IsZero() || ev.Session == "" || len(ev.Text) > 4096 || strings.ContainsRune(ev.Text, 0) {
				t.Fatalf("unfit event %+v", ev)
			}
			u.AnswerUSSD(r, &flows.Screen{Text: "x"})
		}
	})
}
