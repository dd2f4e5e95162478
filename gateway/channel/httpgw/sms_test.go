package httpgw_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpgw"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
)

const (
	user     = "user-of-the-tests"
	password = "password-of-the-tests"
	key      = "key-of-the-tests"
	ourID    = "018f2b7e-0000-7000-8000-000000000001"
)

func buildSMS(own map[string]any, sendURL string) (*httpgw.SMS, error) {
	profile, _ := charset.FindProfile("sms")
	return httpgw.NewSMS(httpgw.SMSConfig{
		Channel: "hub", From: "COMMUNE", Own: own, Username: user, Password: password, Key: key, SendURL: sendURL,
		StatusURL: "https://baro.example/hooks/hub/s/status", Profile: profile, HTTP: httpsend.Options{Timeout: 500 * time.Millisecond},
		Now:   func() time.Time { return time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC) },
		Print: func(parts ...string) string { return strings.Join(parts, "/") },
	})
}

func sms(t testing.TB, own map[string]any, sendURL string) *httpgw.SMS {
	t.Helper()
	s, err := buildSMS(own, sendURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func fromJSON(r *http.Request) map[string]any {
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body
}

func said(v any) string { s, _ := v.(string); return s }

// A sender is how one of them takes a message and says so, as its own documents have it.
type sender struct {
	path  string
	read  func(*http.Request) (standin.Message, bool)
	write func(http.ResponseWriter, standin.Message)
}

var senders = map[string]sender{
	"hubtel": {"/v1/messages/send", func(r *http.Request) (standin.Message, bool) {
		q := r.URL.Query()
		return standin.Message{To: "+" + q.Get("to"), From: q.Get("from"), Text: q.Get("content")},
			r.Method == "GET" && q.Get("clientid") == user && q.Get("clientsecret") == password
	}, func(w http.ResponseWriter, m standin.Message) {
		w.WriteHeader(201)
		fmt.Fprintf(w, `{"rate":0.03,"messageId":%q,"status":0,"networkId":"62002"}`, m.ID)
	}},
	"arkesel": {"/api/v2/sms/send", func(r *http.Request) (standin.Message, bool) {
		b := fromJSON(r)
		to, _ := b["recipients"].([]any)
		if len(to) != 1 {
			return standin.Message{}, false
		}
		return standin.Message{To: "+" + said(to[0]), From: said(b["sender"]), Text: said(b["message"]), Callback: said(b["callback_url"])},
			r.Header.Get("api-key") == key && r.Header.Get("Content-Type") == "application/json"
	}, func(w http.ResponseWriter, m standin.Message) {
		fmt.Fprintf(w, `{"status":"success","data":[{"recipient":%q,"id":%q}]}`, m.To[1:], m.ID)
	}},
	"advanta": {"/api/services/sendsms", func(r *http.Request) (standin.Message, bool) {
		b := fromJSON(r)
		return standin.Message{To: "+" + said(b["mobile"]), From: said(b["shortcode"]), Text: said(b["message"])},
			said(b["apikey"]) == key && said(b["partnerID"]) == user
	}, func(w http.ResponseWriter, m standin.Message) {
		fmt.Fprintf(w, `{"responses":[{"respose-code":200,"response-description":"Success","mobile":%s,"messageid":%q,"networkid":"1"}]}`, m.To[1:], m.ID)
	}},
	"nalo": {"/send-message/", func(r *http.Request) (standin.Message, bool) {
		q := r.URL.Query()
		return standin.Message{To: "+" + q.Get("destination"), From: q.Get("source"), Text: q.Get("message")},
			q.Get("username") == user && q.Get("password") == password && q.Get("type") == "0"
	}, func(w http.ResponseWriter, m standin.Message) { fmt.Fprintf(w, "1701|%s|%s", m.To[1:], m.ID) }},
	"jasmin": {"/send", func(r *http.Request) (standin.Message, bool) {
		q := r.URL.Query()
		return standin.Message{To: "+" + q.Get("to"), From: q.Get("from"), Text: q.Get("content"), Callback: q.Get("dlr-url")},
			q.Get("username") == user && q.Get("password") == password && q.Get("dlr-level") == "3"
	}, func(w http.ResponseWriter, m standin.Message) { fmt.Fprintf(w, "Success %q", m.ID) }},
}

func (s sender) start(t testing.TB) *standin.Gateway {
	return standin.NewGateway(t, func(r *http.Request) (standin.Message, int) {
		m, ok := s.read(r)
		switch {
		case r.URL.Path != s.path:
			return m, 404
		case !ok:
			return m, 401
		}
		return m, 0
	}, s.write)
}

// Every preset for messages, on good days and bad ones.
func TestSendingByPresets(t *testing.T) {
	for _, name := range httpgw.Presets("sms") {
		g, ok := senders[name]
		if !ok {
			t.Errorf("%s is tried by nobody", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			there := g.start(t)
			s := sms(t, map[string]any{"preset": name}, there.URL+g.path)
			standin.CheckSending(t, s, there, user, password, key)
			standin.CheckUnreachable(t, sms(t, map[string]any{"preset": name}, "http://127.0.0.1:1/"), user, password, key)
			if m := there.Taken()[0]; m.From != "COMMUNE" || m.Callback != "" && m.Callback != "https://baro.example/hooks/hub/s/status?m="+ourID {
				t.Errorf("%+v", m)
			}
		})
	}
}

func mt(text string) channel.MT {
	return channel.MT{ID: ourID, To: channeltest.Number(standin.Number), Text: text, Parts: 1}
}

func TestCodes(t *testing.T) {
	advanta := func(code string) string {
		return `{"responses":[{"respose-code":` + code + `,"mobile":"22370000001"}]}`
	}
	for _, c := range []struct {
		preset  string
		status  int
		body    string
		outcome channel.Outcome
		class   channel.Class
	}{
		{"advanta", 200, advanta("1003"), channel.Refused, channel.ClassBadNumber}, {"advanta", 200, advanta(`"1004"`), channel.Refused, channel.ClassNoCredit},
		{"advanta", 200, advanta("1006"), channel.Refused, channel.ClassAuth}, {"advanta", 200, advanta("4090"), channel.Unknown, channel.ClassProviderDown},
		{"advanta", 200, advanta("9999"), channel.Refused, channel.ClassUnknown}, {"advanta", 401, `{"response-code":1006}`, channel.Refused, channel.ClassAuth},
		{"advanta", 500, advanta("1003"), channel.Unknown, channel.ClassProviderDown},
		{"nalo", 200, "1706", channel.Refused, channel.ClassBadNumber}, {"nalo", 200, "1025|x", channel.Refused, channel.ClassNoCredit},
		{"nalo", 200, "1701|22370000001", channel.Accepted, ""}, {"nalo", 200, "hello", channel.Unknown, channel.ClassProviderDown},
		{"hubtel", 200, `{"Status":"0","MessageId":"m1"}`, channel.Accepted, ""}, {"hubtel", 200, `{"status":1}`, channel.Refused, channel.ClassUnknown},
		{"arkesel", 402, `{"status":"error"}`, channel.Refused, channel.ClassNoCredit}, {"arkesel", 200, `{"status":"error","message":"x"}`, channel.Refused, channel.ClassUnknown},
		{"jasmin", 403, `Error "Authentication failure"`, channel.Refused, channel.ClassAuth},
	} {
		g := senders[c.preset]
		there := g.start(t)
		there.Next(standin.Fault{Status: c.status, Body: c.body})
		r := sms(t, map[string]any{"preset": c.preset}, there.URL+g.path).Send(t.Context(), mt("x"))
		if r.Outcome != c.outcome || r.Class != c.class || r.Err != nil && strings.Contains(r.Err.Error(), "70000001") {
			t.Errorf("%s %d %s: %+v", c.preset, c.status, c.body, r)
		}
	}
}

// own is a gateway that no preset is for, with a little of everything.
func own() map[string]any {
	return map[string]any{
		"receive": map[string]any{
			"body": "json", "each": "results", "country": "223",
			"fields":  map[string]any{"from": "from", "to": "to", "text": "text", "date": "at", "opt_out": "kind"},
			"opt_out": map[string]any{"stop": []any{"STOP", "Arret"}, "start": []any{"START"}, "help": []any{"HELP"}},
			"answer":  map[string]any{"status": 204},
		},
		"send": map[string]any{
			"method": "PUT", "url": "http://127.0.0.1:1/{{channel}}/{{id}}?to={{to}}", "type": "text/xml; charset=utf-8", "number": "national", "country": "223",
			"basic": true, "hmac": map[string]any{"header": "X-Signature", "encoding": "base64"}, "headers": map[string]any{"X-Life": "{{seconds}}"}, "ids_once": true,
			"body": `<m coding="{{coding}}" parts="{{parts}}"><t>{{text}}</t></m>`,
			"answer": map[string]any{"body": "xml", "status": []any{200}, "ok": "r.state", "equals": []any{"ok"}, "id": "r.id", "parts": "r.n", "code": "r.code",
				"classes":  map[string]any{"E1": "opted_out", "E2": "retry unreachable_now 90s"},
				"statuses": map[string]any{"409": "accepted", "503": "retry provider_down 10s"}},
		},
		"report": map[string]any{
			"body": "xml", "each": "all.r", "fields": map[string]any{"id": "id", "our": []any{"ref", "query:m"}, "state": "s", "code": "c"},
			"states":  map[string]any{"delivered": []any{"DONE"}, "failed": "lost", "sent": []any{"away"}, "expired": []any{"old"}},
			"classes": map[string]any{"7": "opted_out", "lost": "unreachable_forever"},
		},
	}
}

func TestWhatIsSent(t *testing.T) {
	type call struct{ uri, body, signature, life, user string }
	calls := make(chan call, 10)
	there := standin.NewGateway(t, func(r *http.Request) (standin.Message, int) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		name, word, _ := r.BasicAuth()
		calls <- call{r.Method + " " + r.RequestURI, string(body), r.Header.Get("X-Signature"), r.Header.Get("X-Life"), name + word}
		return standin.Message{To: standin.Number}, 0
	}, func(w http.ResponseWriter, m standin.Message) {
		fmt.Fprintf(w, "<r><state>OK</state><id>%s</id><n>2</n></r>", m.ID)
	})
	s := sms(t, own(), there.URL+"/{{channel}}/{{id}}?to={{to}}")
	m := mt(`Mah & <fils> {{password}} "é"`)
	m.Encoding = charset.UCS2
	if r := s.Send(t.Context(), m); r.Outcome != channel.Accepted || r.Parts != 2 || r.ProviderID == "" {
		t.Errorf("%+v", r)
	}
	got := <-calls
	want := call{"PUT /hub/" + ourID + "?to=70000001", `<m coding="2" parts="1"><t>Mah &amp; &lt;fils&gt; {{password}} &quot;é&quot;</t></m>`, got.signature, "3600", user + password}
	if got != want || len(got.signature) != 44 {
		t.Errorf("sent %+v\nwant %+v", got, want)
	}
	for _, c := range []struct {
		fault   standin.Fault
		outcome channel.Outcome
		class   channel.Class
		after   time.Duration
	}{
		{standin.Fault{Status: 200, Body: "<r><state>no</state><code>e1</code></r>"}, channel.Refused, channel.ClassOptedOut, 0},
		{standin.Fault{Status: 400, Body: "<r><code>E2</code></r>"}, channel.RetryAfter, channel.ClassUnreachableNow, 90 * time.Second},
		{standin.Fault{Status: 409, Body: "<r><id>x</id></r>"}, channel.Accepted, "", 0},
		{standin.Fault{Status: 503}, channel.RetryAfter, channel.ClassProviderDown, 10 * time.Second},
		{standin.Fault{Status: 503, Header: http.Header{"Retry-After": {"60"}}}, channel.RetryAfter, channel.ClassProviderDown, time.Minute},
		{standin.Fault{Status: 502}, channel.RetryAfter, channel.ClassProviderDown, 30 * time.Second},
		{standin.Fault{Status: 202, Body: "<r><state>ok</state></r>"}, channel.RetryAfter, channel.ClassProviderDown, 30 * time.Second},
		{standin.DropAfterAccept(), channel.RetryAfter, channel.ClassProviderDown, 30 * time.Second},
	} {
		there.Next(c.fault)
		if r := s.Send(t.Context(), m); r.Outcome != c.outcome || r.Class != c.class || r.After != c.after {
			t.Errorf("%+v: %+v", c.fault, r)
		}
		<-calls
	}
}

func TestMessagesIn(t *testing.T) {
	s := sms(t, own(), "")
	got, answer, err := s.DecodeMO(channeltest.Post("/hooks/hub/sms", "application/json", `{"results":[
		{"from":"70000001","to":"36036","text":"Budget","at":"8:00"},{"from":"COMMUNE","text":"x"},{"text":"nobody"},
		{"from":"+22370000002","to":"36036","text":"Stop","at":"8:01","kind":"ARRET"}]}`))
	if err != nil || answer.Status != 204 || len(got) != 2 {
		t.Fatalf("%+v, %d, %v", got, answer.Status, err)
	}
	if m := got[0]; m.ExternalID != "print-+22370000001/36036/8:00/Budget" || m.From != channeltest.Number("+22370000001") || m.OptOut != channel.OptOutNone {
		t.Errorf("%+v", m)
	}
	if m := got[1]; m.OptOut != channel.OptedOut || m.Text != "Stop" {
		t.Errorf("%+v", m)
	}
	jasmin := sms(t, map[string]any{"preset": "jasmin"}, "")
	got, answer, err = jasmin.DecodeMO(channeltest.Post("/hooks/hub/sms", "application/x-www-form-urlencoded", "id=j1&from=22370000001&to=36036&origin-connector=c&content=caf%E9"))
	if err != nil || len(got) != 1 || got[0].ExternalID != "j1" || got[0].Text != "café" || string(answer.Body) != "ACK/Jasmin" {
		t.Errorf("%+v, %s, %v", got, answer.Body, err)
	}
	for _, body := range []string{"from=22370000001&content=x", "id=1&content=x", "id=a+b&from=22370000001", "id=1&from=22370000001&content=" + strings.Repeat("x", 9000)} {
		if _, _, err := jasmin.DecodeMO(channeltest.Post("/hooks/hub/sms", "", body)); !errors.Is(err, channel.ErrInvalid) || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%.40s: %v", body, err)
		}
	}
	nalo := sms(t, map[string]any{"preset": "nalo"}, "")
	if _, _, err := nalo.DecodeMO(channeltest.Post("/hooks/hub/sms", "", "from=22370000001")); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("a channel that only sends: %v", err)
	}
}

func TestReports(t *testing.T) {
	s := sms(t, own(), "")
	r := channeltest.Post("/hooks/hub/status?m=ours", "text/xml", `<all><r><id>1</id><s>done</s></r><r><id>2</id><ref>x</ref><s>LOST</s><c>7</c></r>
		<r><id>3</id><s>lost</s></r><r><id>4</id><s>beamed</s></r><r><id>a b</id><s>done</s></r><r><s>old</s></r></all>`)
	got, _, err := s.DecodeReceipts(r)
	want := []channel.Receipt{
		{Channel: "hub", ProviderID: "1", OurID: "ours", State: channel.ReceiptDelivered, Code: "done"},
		{Channel: "hub", ProviderID: "2", OurID: "x", State: channel.ReceiptFailed, Class: channel.ClassOptedOut, Code: "LOST 7"},
		{Channel: "hub", ProviderID: "3", OurID: "ours", State: channel.ReceiptFailed, Class: channel.ClassUnreachableForever, Code: "lost"},
		{Channel: "hub", ProviderID: "4", OurID: "ours", State: channel.ReceiptPending, Code: "beamed"},
		{Channel: "hub", OurID: "ours", State: channel.ReceiptExpired, Code: "old"},
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
	arkesel := sms(t, map[string]any{"preset": "arkesel"}, "")
	got, _, err = arkesel.DecodeReceipts(channeltest.Get("/hooks/hub/status", "m="+ourID+"&sms_id=a1&status=DELIVERED"))
	if err != nil || len(got) != 1 || got[0] != (channel.Receipt{Channel: "hub", ProviderID: "a1", OurID: ourID, State: channel.ReceiptDelivered, Code: "DELIVERED"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := arkesel.DecodeReceipts(channeltest.Get("/hooks/hub/status", "status=DELIVERED")); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("about nothing: %v", err)
	}
	proven := own()
	proven["header"] = map[string]any{"name": "X-Key", "value": "k"}
	if _, _, err := sms(t, proven, "").DecodeReceipts(r); !errors.Is(err, channel.ErrForged) {
		t.Errorf("without its key: %v", err)
	}
}

func TestMistakesOfMessagesAreToldTogether(t *testing.T) {
	bad := own()
	bad["send"] = map[string]any{
		"url": "ftp://x/{{nobody}}", "type": "application/json", "body": `{"a":"{{text}}"}`, "number": "roman", "colour": "red",
		"answer": map[string]any{"classes": map[string]any{"1": "sad", "2": "retry no_credit 9d"}, "status": []any{500}},
	}
	bad["report"] = map[string]any{"fields": map[string]any{"id": "id"}, "states": map[string]any{"sent": []any{"x"}, "failed": []any{"X"}}, "classes": map[string]any{"1": "sad"}}
	bad["receive"] = map[string]any{"fields": map[string]any{"to": "to"}, "opt_out": map[string]any{"stop": []any{"s"}}}
	_, err := buildSMS(bad, "")
	for _, want := range []string{
		"send.url: unknown placeholder", "send.url: an absolute", "send.body: with values", "holds {{to}}", "send.number:", "send.colour: unknown key",
		"send.answer: ok or id", "send.answer.classes.1:", "send.answer.classes.2:", "send.answer.status:", "report.fields: state is missing",
		"stands for two states", "report.classes.1:", "receive.fields: from is missing", "receive.opt_out:",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in\n%v", want, err)
		}
	}
	_, err = buildSMS(map[string]any{"preset": "arkesel", "send": map[string]any{"type": "text/xml"}}, "")
	if err == nil || !regexp.MustCompile(`presets/arkesel\.yaml:\d+: send\.body`).MatchString(err.Error()) {
		t.Errorf("no place in the preset: %v", err)
	}
	if _, err = buildSMS(map[string]any{"preset": "truroute"}, ""); err == nil || !strings.Contains(err.Error(), "one of advanta") {
		t.Errorf("a preset without messages: %v", err)
	}
	if strings.Contains(fmt.Sprint(err), password) {
		t.Error("a fault quotes the password")
	}
}

// What the documentation shows is what can be configured.
func TestExamplesOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../../docs/channels/http.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1) {
		var doc struct {
			Channels map[string]map[string]any
		}
		if err := yaml.Unmarshal(block[1], &doc); err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
		for name, settings := range doc.Channels {
			found++
			kind := settings["kind"]
			own := maps.Clone(settings)
			for _, apart := range []string{"provider", "kind", "code", "secret", "basic", "username", "password_file", "api_key_file", "from", "tps", "send_url", "profile"} {
				delete(own, apart)
			}
			if kind == "sms" {
				sms(t, own, said(settings["send_url"]))
			} else {
				compile(t, own)
			}
			t.Log(name)
		}
	}
	if found < 5 {
		t.Errorf("%d examples", found)
	}
}

func FuzzCallbacks(f *testing.F) {
	f.Add("id=j1&from=22370000001&content=x&message_status=DELIVRD", "m=1")
	f.Add(`{"results":[{"from":"70000001","text":"x"}]}`, "")
	f.Add("<all><r><id>1</id><s>done</s></r></all>", "m=2")
	all := []*httpgw.SMS{sms(f, own(), ""), sms(f, map[string]any{"preset": "jasmin"}, ""), sms(f, map[string]any{"preset": "arkesel"}, "")}
	f.Fuzz(func(t *testing.T, body, query string) {
		for _, s := range all {
			r := channeltest.Post("/hooks/hub/sms?"+query, "text/plain", body)
			mos, _, err := s.DecodeMO(r)
			if err != nil && !errors.Is(err, channel.ErrInvalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			for _, m := range mos {
				if m.From.IsZero() || m.ExternalID == "" || len(m.Text) > 8192 || strings.ContainsRune(m.Text, 0) {
					t.Fatalf("unfit message %+v", m)
				}
			}
			receipts, _, err := s.DecodeReceipts(r)
			if err != nil && !errors.Is(err, channel.ErrInvalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			for _, r := range receipts {
				if r.ProviderID+r.OurID == "" || len(r.Code) > 160 {
					t.Fatalf("unfit receipt %+v", r)
				}
			}
		}
	})
}
