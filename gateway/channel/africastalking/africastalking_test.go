package africastalking_test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/channeltest"
	"baro/locales/charset"
)

const path = "/hooks/ussd/ussd"

func provider(t testing.TB) *africastalking.Provider {
	t.Helper()
	profile, ok := charset.FindProfile("ussd")
	if !ok {
		t.Fatal("no profile named ussd")
	}
	return africastalking.New("ussd", profile)
}

func post(body string) *channel.Request {
	return channeltest.Post(path, "application/x-www-form-urlencoded", body)
}

func shown(r channel.Response) (text string, end bool, err error) {
	if r.Status != 200 || !strings.HasPrefix(r.ContentType, "text/plain") {
		return "", false, errors.New("not a text")
	}
	if text, ok := bytes.CutPrefix(r.Body, []byte("CON ")); ok {
		return string(text), false, nil
	}
	if text, ok := bytes.CutPrefix(r.Body, []byte("END ")); ok {
		return string(text), true, nil
	}
	return "", false, errors.New("neither CON nor END")
}

func TestConformance(t *testing.T) {
	event := func(text string) channel.USSD {
		return channel.USSD{Channel: "ussd", Session: "ATUid_1", ServiceCode: "*384*96#", Network: "99999", Shape: channel.Accumulating, Begin: text == "", Text: text}
	}
	decode := func(name, body string, want channel.USSD) channeltest.DecodeCase {
		return channeltest.DecodeCase{Name: name, Request: post(body), Phone: "+22370000001", Want: want}
	}
	const head = "sessionId=ATUid_1&serviceCode=*384*96%23&networkCode=99999&phoneNumber="
	nameless := event("")
	nameless.Network = ""
	get := decode("in the query", "", event("1"))
	get.Request = channeltest.Get(path, head+"%2B22370000001&text=1")
	refuse := func(name, body string) channeltest.RefuseCase {
		return channeltest.RefuseCase{Name: name, Request: post(body), Err: channel.ErrInvalid}
	}
	end := func(name, body, status string) channeltest.EndCase {
		return channeltest.EndCase{Name: name, Request: post(body), Phone: "+22370000001",
			Want: channel.EndNotice{Channel: "ussd", Session: "ATUid_1", Status: status}}
	}
	channeltest.USSD{
		Provider: provider(t), Channel: "ussd", Shape: channel.Accumulating, Shown: shown,
		Write: func(s channeltest.Step) *channel.Request {
			return channeltest.Form(path, url.Values{
				"sessionId": {s.Session}, "phoneNumber": {s.Phone}, "networkCode": {"61002"}, "serviceCode": {s.Code},
				"text": {strings.Join(s.Inputs, "*")},
			})
		},
		Decode: []channeltest.DecodeCase{
			decode("first request", head+"%2B22370000001&text=", event("")),
			decode("no text field", head+"%2B22370000001", event("")),
			decode("history", head+"%2B22370000001&text=1*1*", event("1*1*")),
			decode("plus lost", head+"+22370000001&text=1", event("1")),
			decode("plus never there", head+"22370000001&text=1", event("1")),
			decode("national number", head+"70+00+00+01&text=1", event("1")),
			decode("accents and separators", head+"%2B22370000001&text=1*%C3%A9cole+%26+march%C3%A9+%2B", event("1*école & marché +")),
			decode("blanks kept", head+"%2B22370000001&text=+1+", event(" 1 ")),
			decode("Windows-1252", head+"%2B22370000001&text=%E9cole+%80", event("école €")),
			decode("Windows-1252, not escaped", head+"%2B22370000001&text=\xe9cole", event("école")),
			decode("stray percent signs", head+"%2B22370000001&text=100%+%zz%4", event("100% %zz%4")),
			decode("semicolon", head+"%2B22370000001&text=1;2", event("1;2")),
			decode("line break", head+"%2B22370000001&text=a%0D%0Ab", event("a  b")),
			decode("names missing and repeated", "&=&=en&x&"+head+"%2B22370000001&text=1&text=2&sessionId=other&=&", event("1")),
			decode("network of no sense", strings.Replace(head, "99999", strings.Repeat("9", 99), 1)+"%2B22370000001", nameless),
			get,
		},
		Refuse: []channeltest.RefuseCase{
			refuse("empty", ""),
			refuse("no session", "phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1"),
			refuse("empty session", "sessionId=+&phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1"),
			refuse("session with a blank", "sessionId=a+b&phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1"),
			refuse("session too long", "sessionId="+strings.Repeat("a", 129)+"&phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1"),
			refuse("no number", "sessionId=a&serviceCode=*384*96%23&text=1"),
			refuse("short code as number", "sessionId=a&phoneNumber=36036&serviceCode=*384*96%23&text=1"),
			refuse("land line", "sessionId=a&phoneNumber=%2B22320200001&serviceCode=*384*96%23&text=1"),
			refuse("no code", "sessionId=a&phoneNumber=%2B22370000001&text=1"),
			refuse("text too long", head+"%2B22370000001&text="+strings.Repeat("1*", 2049)),
			refuse("NUL", head+"%2B22370000001&text=secret-typed%00"),
			refuse("of no alphabet", head+"%2B22370000001&text=secret-typed%81"),
			refuse("JSON", `{"sessionId":"a","phoneNumber":"+22370000001","text":"secret-typed"}`),
			refuse("needed fields after too many others", strings.Repeat("a=b&", 64)+head+"%2B22370000001&text=1"),
		},
		Ends: []channeltest.EndCase{
			end("hung up", head+"%2B22370000001&date=2026-11-23+07:30:00&status=Incomplete&cost=0&durationInMillis=1200&hopsCount=2&input=1*secret-typed&lastAppResponse=CON+x", "incomplete"),
			end("done", head+"%2B22370000001&status=Success", "success"),
			end("failed", head+"%2B22370000001&status=FAILED&errorMessage=x", "failed"),
			end("new status", head+"%2B22370000001&status=Parked", "unknown"),
			{Name: "nobody", Request: post("status=Success"), Err: channel.ErrInvalid},
		},
	}.Run(t)
}

func TestEncode(t *testing.T) {
	menu := flows.Screen{Text: "Budget", Choices: []flows.Choice{{Key: "1", Label: "Mon village"}}, Nav: []flows.Choice{{Key: "0", Label: "Retour"}}, Input: flows.InputKey}
	for _, c := range []struct {
		screen flows.Screen
		want   string
	}{
		{menu, "CON Budget\n1 Mon village\n0 Retour"},
		{flows.Screen{Text: "C'est note."}, "END C'est note."},
		{flows.Screen{Text: "Code?", Input: flows.InputPIN}, "CON Code?"},
	} {
		if got := provider(t).EncodeUSSD(&c.screen); string(got.Body) != c.want || got.Status != 200 || got.ContentType != "text/plain; charset=utf-8" {
			t.Errorf("got %d %s %q, want %q", got.Status, got.ContentType, got.Body, c.want)
		}
	}
}

// What is typed next only ever lengthens the history as it was read, or a person's dialogue would break off.
func FuzzDecodeUSSD(f *testing.F) {
	f.Add("sessionId=a&phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1", "2")
	f.Add("text=%E9&text=1;2&=&&%zz=%&phoneNumber=+22370000001", "%80")
	f.Add("sessionId=\xff&phoneNumber=70000001&serviceCode=1", "\x00")
	p := provider(f)
	f.Fuzz(func(t *testing.T, body, next string) {
		ev, err := p.DecodeUSSD(post(body))
		if err != nil {
			if !errors.Is(err, channel.ErrInvalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		if ev.Number.IsZero() || ev.Session == "" || len(ev.Text) > 4096 || strings.ContainsRune(ev.Text, 0) {
			t.Fatalf("unfit event %+v", ev)
		}
		write := func(text string) *channel.Request {
			return channeltest.Form(path, url.Values{"sessionId": {ev.Session}, "phoneNumber": {ev.Number.E164()}, "serviceCode": {ev.ServiceCode}, "text": {text}})
		}
		again, err := p.DecodeUSSD(write(ev.Text))
		if err != nil || again.Text != ev.Text {
			t.Fatalf("what was accepted does not read the same again: %v", err)
		}
		if longer, err := p.DecodeUSSD(write(ev.Text + "*" + strings.ToValidUTF8(next, ""))); err == nil && !strings.HasPrefix(longer.Text, ev.Text+"*") {
			t.Fatal("a longer history does not begin with the shorter one")
		}
	})
}

func BenchmarkDecodeUSSD(b *testing.B) {
	p := provider(b)
	r := post("sessionId=ATUid_0123456789abcdef&serviceCode=*384*96%23&networkCode=61002&phoneNumber=%2B22370000001&text=1*1*2")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.DecodeUSSD(r); err != nil {
			b.Fatal(err)
		}
	}
}
