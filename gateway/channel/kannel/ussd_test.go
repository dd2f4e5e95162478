package kannel_test

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/kannel"
	"baro/locales/charset"
)

const ussdPath = "/hooks/kannelussd/s3cret/ussd"

// metaData is %D as Kannel writes it: values percent-encoded inside.
func metaData(op byte, session ...byte) string {
	value := ""
	for _, b := range session {
		value += fmt.Sprintf("%%%02X", b)
	}
	return fmt.Sprintf("?smpp?ussd_service_op=%%%02X&its_session_info=%s&", op, value)
}

func request(text, meta string) *channel.Request {
	return channeltest.Get(ussdPath, url.Values{
		"from": {"+22370000001"}, "to": {"38496"}, "text": {text}, "id": {"6ceb55a6"}, "coding": {"0"}, "charset": {"UTF-8"}, "svc": {"USSD"}, "meta": {meta},
	}.Encode())
}

// shown makes the suite's answer of what was sent: a screen of Kannel's is no answer to its request.
type shown struct {
	*kannel.USSD
	t     *testing.T
	there *box
}

func (s shown) EncodeUSSD(screen *flows.Screen) channel.Response {
	if r := s.USSD.EncodeUSSD(screen); r.Status != 200 || len(r.Body) != 0 {
		s.t.Errorf("the request is answered %d %q", r.Status, r.Body)
	}
	ev, err := s.USSD.DecodeUSSD(request("1", metaData(0x12, 7, 4)))
	if err != nil {
		s.t.Fatal(err)
	}
	if r := s.Show(s.t.Context(), ev, screen); r.Outcome != channel.Accepted {
		s.t.Errorf("show: %+v", r)
	}
	q := s.there.last()
	text := q.Get("text")
	if q.Get("coding") == "2" {
		text = charset.DecodeUCS2([]byte(text))
	}
	return channel.Response{Status: 200, ContentType: q.Get("meta-data"), Body: []byte(text)}
}

func (s shown) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	ev, err := s.USSD.DecodeUSSD(r)
	if ev.Session == "07" {
		ev.Session = "session-1" // as the suite calls it
	}
	return ev, err
}

func TestConformance(t *testing.T) {
	there := newBox(t)
	u := ussdChannel(t, func(c *kannel.Config) { c.SendURL = there.url })
	event := func(begin bool, text, mark string) channel.USSD {
		return channel.USSD{Channel: "kannel", Session: "session-1", ServiceCode: "*384*96#", Shape: channel.LastInput, Begin: begin, Text: text, Mark: mark}
	}
	decode := func(name, text string, op byte, want channel.USSD) channeltest.DecodeCase {
		return channeltest.DecodeCase{Name: name, Request: request(text, metaData(op, 7, 2)), Phone: "+22370000001", Want: want}
	}
	const mark = "0702/3338343936/6ceb55a6"
	refuse := func(name string, r *channel.Request) channeltest.RefuseCase {
		return channeltest.RefuseCase{Name: name, Request: r, Err: channel.ErrInvalid}
	}
	over := func(name string, r *channel.Request) channeltest.RefuseCase {
		return channeltest.RefuseCase{Name: name, Request: r, Err: channel.ErrEnded}
	}
	text := request("1", metaData(0x12, 7, 4))
	text.Query.Set("svc", "CMT")
	channeltest.USSD{
		Provider: shown{u, t, there}, Channel: "kannel", Shape: channel.LastInput,
		Write: func(s channeltest.Step) *channel.Request {
			op, typed := byte(0x01), s.Code
			if len(s.Inputs) > 0 {
				op, typed = 0x12, s.Inputs[len(s.Inputs)-1]
			}
			r := request(typed, metaData(op, 7, byte(2+2*len(s.Inputs))))
			r.Query.Set("from", s.Phone)
			r.Query.Set("id", fmt.Sprint("step-", len(s.Inputs)))
			return channeltest.Get(ussdPath, r.Query.Encode())
		},
		Shown: func(r channel.Response) (string, bool, error) {
			switch r.ContentType {
			case "?smpp?ussd_service_op=2&its_session_info=%07%04":
				return string(r.Body), false, nil
			case "?smpp?ussd_service_op=17&its_session_info=%07%05":
				return string(r.Body), true, nil
			}
			return "", false, fmt.Errorf("meta-data %q", r.ContentType)
		},
		Decode: []channeltest.DecodeCase{
			decode("dial", "*384*96#", 0x01, event(true, "", mark)),
			decode("deep", "*384*96*417*1#", 0x01, event(true, "417*1", mark)),
			decode("another code", "*384*961#", 0x01, event(true, "", mark)),
			decode("code in the receiver only", "", 0x01, event(true, "", mark)),
			decode("input", "École  1\n2", 0x12, event(false, "École  1 2", mark)),
			decode("a code typed", "*384*96#", 0x12, event(false, "*384*96#", mark)),
		},
		Refuse: []channeltest.RefuseCase{
			over("hung up", request("", metaData(0x12, 7, 5))),
			over("unknown operation", request("1", metaData(0x20, 7, 4))),
			refuse("no operation", request("1", "?smpp?its_session_info=%07%04&")),
			refuse("no session", request("1", "?smpp?ussd_service_op=%12&")),
			refuse("no meta-data", request("1", "")),
			refuse("another group", request("1", "?orig_msg?ussd_service_op=%12&its_session_info=%07%04&")),
			refuse("endless session", request("1", metaData(0x12, make([]byte, 9)...))),
			refuse("a text message", text),
		},
		Ends: []channeltest.EndCase{
			{Name: "hung up", Request: request("", metaData(0x12, 7, 5)), Phone: "+22370000001", Want: channel.EndNotice{Channel: "kannel", Session: "07", Status: "unknown"}},
			{Name: "goes on", Request: request("1", metaData(0x12, 7, 4)), Err: channel.ErrInvalid},
		},
	}.Run(t)
}

func TestDialects(t *testing.T) {
	there := newBox(t)
	end, menu := &flows.Screen{Text: "Merci"}, &flows.Screen{Text: "Menu", Input: flows.InputKey}
	for _, c := range []struct {
		preset  string
		meta    string
		session string // "" where the dialogue is over
		begin   bool
		menu    string
		end     string
	}{
		{"spec", metaData(0x01, 7, 2), "07", true, "?smpp?ussd_service_op=2&its_session_info=%07%02", "?smpp?ussd_service_op=17&its_session_info=%07%03"},
		{"spec", metaData(0x02, 7, 4), "", false, "", ""},
		{"tata", metaData(0x01, 7, 2), "0702", true, "?smpp?ussd_service_op=2&its_session_info=%07%02", "?smpp?ussd_service_op=2&its_session_info=%07%03"},
		{"tata", metaData(0x02, 7, 2), "0702", false, "?smpp?ussd_service_op=2&its_session_info=%07%02", "?smpp?ussd_service_op=2&its_session_info=%07%03"},
		{"tata", metaData(0x11, 7, 2), "", false, "", ""},
		{"6d", metaData(0x30, 7, 2), "0702", false, "?smpp?ussd_service_op=2&its_session_info=%07%02", "?smpp?ussd_service_op=23&its_session_info=%07%03"},
		{"6d", metaData(0x81, 7, 2), "", false, "", ""},
		{"mica", "?orig_msg?a=b&?smpp?user_message_reference=%01%03&ussd_service_op=%12", "0103", false, "?smpp?ussd_service_op=2&user_message_reference=259", "?smpp?ussd_service_op=23&user_message_reference=259"},
		{"mica", "?smpp?user_message_reference=%01%03&ussd_service_op=%81", "", false, "", ""},
	} {
		dialect, ok := kannel.FindDialect(c.preset)
		if !ok {
			t.Fatalf("no dialect %s", c.preset)
		}
		u := ussdChannel(t, func(k *kannel.Config) { k.SendURL, k.Dialect = there.url, dialect })
		ev, err := u.DecodeUSSD(request("1", c.meta))
		if c.session == "" {
			if !errors.Is(err, channel.ErrEnded) {
				t.Errorf("%s %s: %+v, %v", c.preset, c.meta, ev, err)
			}
			continue
		}
		if err != nil || ev.Session != c.session || ev.Begin != c.begin {
			t.Errorf("%s %s: %+v, %v", c.preset, c.meta, ev, err)
		}
		for screen, want := range map[*flows.Screen]string{menu: c.menu, end: c.end} {
			r := u.Show(t.Context(), ev, screen)
			q := there.last()
			if r.Outcome != channel.Accepted || q.Get("meta-data") != want || q.Get("binfo") != "USSD" || q.Get("from") != "38496" || q.Get("to") != standin.Number || q.Has("dlr-url") {
				t.Errorf("%s %s: %+v, sent %v, want %s", c.preset, c.meta, r, q, want)
			}
		}
	}
}

func TestParseDialect(t *testing.T) {
	d, err := kannel.ParseDialect(map[string]any{"preset": "tata", "op_input": []any{"18", "0x13"}, "op_abort": "129", "op_end": "0x17", "end_bit": "false", "session": "user_message_reference"})
	if err != nil || string(d.Input) != "\x12\x13" || string(d.Abort) != "\x81" || d.Begin[0] != 1 || d.End != 0x17 || d.Menu != 2 || d.EndBit || d.Session != kannel.MessageReference {
		t.Errorf("%+v, %v", d, err)
	}
	plain, err := kannel.ParseDialect(nil)
	if spec, _ := kannel.FindDialect("spec"); err != nil || fmt.Sprint(plain) != fmt.Sprint(spec) {
		t.Errorf("%+v, %v", plain, err)
	}
	_, err = kannel.ParseDialect(map[string]any{"preset": "x", "op_begin": "300", "op_menu": []any{"1", "2"}, "session": "its", "end_bit": "maybe", "op_men": "1"})
	for _, key := range []string{"preset", "op_begin", "op_menu", "session", "end_bit", "op_men:"} {
		if err == nil || !strings.Contains(err.Error(), "ussd."+key) {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
	if _, err := kannel.ParseDialect("spec"); err == nil {
		t.Error("a word was taken for a mapping")
	}
}

// A request that Kannel held while the gateway was down is not answered to a phone that has long hung up.
func TestLateRequests(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	u := ussdChannel(t, func(c *kannel.Config) { c.Now = func() time.Time { return now } })
	for ts, late := range map[string]bool{
		"": false, "soon": false, "-1": false, strconv.FormatInt(now.Add(-2*time.Minute).Unix(), 10): false,
		strconv.FormatInt(now.Add(time.Hour).Unix(), 10): false, strconv.FormatInt(now.Add(-4*time.Minute).Unix(), 10): true, "1": true,
	} {
		r := request("1", metaData(0x12, 7, 4))
		r.Query.Set("ts", ts)
		if _, err := u.DecodeUSSD(r); errors.Is(err, channel.ErrInvalid) != late {
			t.Errorf("%q: %v", ts, err)
		}
	}
}

// A screen that is lost says so, and with neither number nor text.
func TestLostScreens(t *testing.T) {
	there := newBox(t)
	u := ussdChannel(t, func(c *kannel.Config) { c.SendURL, c.From = there.url, "700" })
	ev, err := u.DecodeUSSD(request("1", metaData(0x12, 7, 4)))
	if err != nil {
		t.Fatal(err)
	}
	screen := &flows.Screen{Text: "Votre dossier secret"}
	there.Next(standin.DropAfterAccept(), standin.Fault{Status: 503, Body: "Temporal failure, try again later."})
	for _, want := range []channel.Outcome{channel.Unknown, channel.RetryAfter, channel.Accepted} {
		r := u.Show(t.Context(), ev, screen)
		if r.Outcome != want || want != channel.Accepted && (r.Err == nil || strings.Contains(r.Err.Error(), "secret") || strings.Contains(r.Err.Error(), "70000001")) {
			t.Errorf("%+v", r)
		}
	}
	if there.last().Get("from") != "700" || there.Calls() != 3 {
		t.Errorf("%d calls, from %s", there.Calls(), there.last().Get("from"))
	}
	ev.Mark = "1"
	if r := u.Show(t.Context(), ev, screen); r.Outcome != channel.Refused || there.Calls() != 3 {
		t.Errorf("an event of another channel: %+v", r)
	}
}
