package browser_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/browser"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/locales/charset"
)

const path = "/hooks/pages/a-secret-path-part/ussd"

func sign(parts ...string) string {
	mac := hmac.New(sha256.New, []byte("of the tests"))
	for _, p := range parts {
		fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func orange(t testing.TB, change func(*browser.Config)) *browser.Provider {
	t.Helper()
	profile, _ := charset.FindProfile("ussd")
	c := browser.Config{
		Channel: "pages", Code: "*384*96#", Hook: path, Param: "response", Profile: profile, Sign: sign,
		Headers: browser.Headers{Number: "User-MSISDN", Session: "User-SessionId"},
	}
	if change != nil {
		change(&c)
	}
	p, err := browser.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func myriad(c *browser.Config) {
	c.Pages, c.Param = browser.JSON, ""
	c.Headers = browser.Headers{Number: "user-msisdn", Session: "user-session", Code: "hub-ussdcode", Input: "user-entry", Network: "user-operator-name"}
}

// request is the one for an address, as the operator's browser makes it.
func request(address string, headers map[string]string) *channel.Request {
	_, query, _ := strings.Cut(address, "?")
	r := channeltest.Get(path, query)
	canonical := map[string]string{}
	for name, value := range headers {
		canonical[http.CanonicalHeaderKey(name)] = value
	}
	r.Header = func(name string) string { return canonical[http.CanonicalHeaderKey(name)] }
	return r
}

func from(session, number string) map[string]string {
	return map[string]string{"User-MSISDN": number, "User-SessionId": session}
}

var (
	anchors = regexp.MustCompile(`<a href="([^"]*)" (?:accesskey|key)="([^"]*)">([^<]*)</a>`)
	forms   = regexp.MustCompile(`<form action="([^"]*)"`)
	inForm  = regexp.MustCompile(`<form.*</form>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
)

// A view is a page as the operator's browser has it.
type view struct {
	text  string
	links map[string]string // key to address
	form  string
	end   bool
}

// look reads a page the way its browser does; an error is a page it would not show.
func look(r channel.Response) (view, error) {
	body := string(r.Body)
	v := view{links: map[string]string{}}
	if strings.HasPrefix(r.ContentType, "application/json") {
		return lookJSON(r.Body)
	}
	if err := wellFormed(body); err != nil {
		return v, err
	}
	for _, a := range anchors.FindAllStringSubmatch(body, -1) {
		v.links[a[2]] = html.UnescapeString(a[1])
	}
	if f := forms.FindStringSubmatch(body); f != nil {
		v.form = html.UnescapeString(f[1])
	}
	v.end = len(v.links) == 0 && v.form == "" && (strings.HasPrefix(r.ContentType, "text/html") || strings.Contains(body, `nav="end"`))
	if strings.Contains(body, "cellflash") { // its browser shows the keys itself
		body = anchors.ReplaceAllString(body, "$2 $3")
		body = regexp.MustCompile(`^<\?xml[^>]*>\s*<!DOCTYPE[^>]*>`).ReplaceAllString(body, "")
	}
	body = inForm.ReplaceAllString(body, "")
	v.text = html.UnescapeString(tags.ReplaceAllString(strings.ReplaceAll(body, "<br/>", "\n"), ""))
	return v, nil
}

func lookJSON(body []byte) (view, error) {
	var page struct {
		Message string
		Links   []struct{ Content, URL string }
		Form    *struct{ URL, Type, Method string }
		Page    map[string]string
	}
	v := view{links: map[string]string{}}
	if err := json.Unmarshal(body, &page); err != nil {
		return v, err
	}
	lines := []string{page.Message}
	for _, l := range page.Links {
		key, _, _ := strings.Cut(l.Content, " ")
		v.links[key] = l.URL
		lines = append(lines, l.Content)
	}
	if page.Form != nil {
		v.form = page.Form.URL
	}
	v.text = strings.TrimPrefix(strings.Join(lines, "\n"), "\n")
	v.end = page.Page["session_end"] == "true"
	if v.end && (len(v.links) > 0 || v.form != "") {
		return v, errors.New("an end with links")
	}
	return v, nil
}

func wellFormed(body string) error {
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// oneLine undoes what only a browser of one link a line does to the navigation.
func oneLine(text string) string {
	return strings.ReplaceAll(text, "9 Suite\n0 Retour", "9 Suite 0 Retour")
}

func TestConformance(t *testing.T) {
	for name, change := range map[string]func(*browser.Config){
		"xhtml": nil, "cellflash": func(c *browser.Config) { c.Pages = browser.Cellflash }, "json": myriad,
	} {
		t.Run(name, func(t *testing.T) {
			p := orange(t, change)
			headers := func(s channeltest.Step) map[string]string {
				return map[string]string{"User-MSISDN": s.Phone, "User-SessionId": s.Session, "user-msisdn": s.Phone, "user-session": s.Session}
			}
			write := func(s channeltest.Step) *channel.Request {
				h := headers(s)
				if len(s.Inputs) == 0 {
					return request(path, h)
				}
				shown, err := look(p.AnswerUSSD(request(path, h), &flows.Screen{Text: "?", Input: flows.InputText, Place: fmt.Sprintf("place%d", len(s.Inputs))}))
				if err != nil {
					t.Fatal(err)
				}
				typed := s.Inputs[len(s.Inputs)-1]
				h["user-entry"] = typed
				return request(shown.form+"&response="+url.QueryEscape(typed), h)
			}
			good := channeltest.Step{Session: "s", Phone: "+22370000001", Inputs: []string{"secret-typed"}}
			refuse := func(name string, err error, change func(*channel.Request, map[string]string)) channeltest.RefuseCase {
				r, h := write(good), headers(good)
				change(r, h)
				again := request(r.URI, h)
				return channeltest.RefuseCase{Name: name, Request: again, Err: err}
			}
			channeltest.USSD{
				Provider: p, Channel: "pages", Shape: channel.Browser, Write: write,
				Shown: func(r channel.Response) (string, bool, error) {
					v, err := look(r)
					text := v.text
					if name != "xhtml" && !v.end {
						text = oneLine(text)
					}
					return text, v.end, err
				},
				Refuse: []channeltest.RefuseCase{
					refuse("nobody", channel.ErrInvalid, func(_ *channel.Request, h map[string]string) { clear(h) }),
					refuse("no session", channel.ErrInvalid, func(_ *channel.Request, h map[string]string) {
						h["User-SessionId"], h["user-session"] = "", ""
					}),
					refuse("another phone", channel.ErrForged, func(_ *channel.Request, h map[string]string) {
						h["User-MSISDN"], h["user-msisdn"] = "+22370000002", "+22370000002"
					}),
					refuse("another dialogue", channel.ErrForged, func(_ *channel.Request, h map[string]string) {
						h["User-SessionId"], h["user-session"] = "other", "other"
					}),
					refuse("another place", channel.ErrForged, func(r *channel.Request, _ map[string]string) {
						r.URI = strings.Replace(r.URI, "place1", "place2", 1)
					}),
					refuse("another key", channel.ErrForged, func(r *channel.Request, _ map[string]string) {
						r.URI = strings.Replace(r.URI, "place1.", "place1.3", 1)
					}),
					refuse("a token of nobody's", channel.ErrForged, func(r *channel.Request, _ map[string]string) { r.URI = path + "?t=x" }),
				},
			}.Run(t)
		})
	}
}

func menu(place string) flows.Screen {
	return flows.Screen{
		Text: "Budget & taxes", Choices: []flows.Choice{{Key: "1", Label: "Mon village"}, {Label: "à lire"}}, Nav: []flows.Choice{{Key: "0", Label: "Retour"}},
		Input: flows.InputKey, Place: place,
	}
}

func TestPages(t *testing.T) {
	token := func(key string) string { return regexp.QuoteMeta(path+"?t=p1."+key+".") + `[0-9a-z]+\.[0-9a-f]{16}` }
	question := flows.Screen{Text: "Nom?", Nav: menu("").Nav, Input: flows.InputText, Place: "p1"}
	number := flows.Screen{Text: "Combien?", Input: flows.InputNumber, Place: "p1"}
	over := flows.Screen{Text: "C'est <note>."}
	for _, c := range []struct {
		pages  browser.Pages
		screen flows.Screen
		want   string
	}{
		{browser.XHTML, menu("p1"), `<html><body>Budget &amp; taxes<br/><a href="` + token("1") + `" accesskey="1">1 Mon village</a><br/>à lire<br/><a href="` + token("0") + `" accesskey="0">0 Retour</a></body></html>`},
		{browser.XHTML, question, `<html><body>Nom\?<form action="` + token("") + `" method="get"><input type="hidden" name="t" value="p1\.\.[0-9a-z]+\.[0-9a-f]{16}"/><input type="text" name="response"/></form><br/><a href="` + token("0") + `" accesskey="0">0 Retour</a></body></html>`},
		{browser.XHTML, over, `<html><body>C'est &lt;note&gt;.</body></html>`},
		{browser.Cellflash, menu("p1"), `<\?xml version="1.0" encoding="UTF-8"\?><!DOCTYPE pages SYSTEM "cellflash-1.3.dtd"><pages><page>Budget &amp; taxes<br/><a href="` + token("1") + `" key="1">Mon village</a><br/>à lire<br/><a href="` + token("0") + `" key="0">Retour</a></page></pages>`},
		{browser.Cellflash, number, `.*<page>Combien\?<form action="` + token("") + `"><entry kind="digits" var="response"><prompt></prompt></entry></form></page></pages>`},
		{browser.Cellflash, over, `.*<page nav="end">C'est &lt;note&gt;.</page></pages>`},
		{browser.JSON, menu("p1"), `\{"title":"","message":"Budget & taxes\\nà lire","links":\[\{"content":"1 Mon village","url":"` + token("1") + `"\},\{"content":"0 Retour","url":"` + token("0") + `"\}\],"page":\{"history":"true","menu":"true","navigation_keywords":"true"\}\}`},
		{browser.JSON, question, `\{"title":"","message":"Nom\?","links":\[.*\],"form":\{"url":"` + token("") + `","type":"text","method":"get"\},"page":.*\}`},
		{browser.JSON, over, `\{"title":"","message":"C'est <note>\.","page":\{"session_end":"true"\}\}`},
	} {
		p := orange(t, func(o *browser.Config) { o.Pages = c.pages })
		got := p.AnswerUSSD(request(path, from("s", "22370000001")), &c.screen)
		if !regexp.MustCompile("^" + c.want + "$").Match(got.Body) {
			t.Errorf("language %d:\n%s\nwant\n%s", c.pages, got.Body, c.want)
		}
		if strings.Contains(string(got.Body), "70000001") {
			t.Errorf("the page holds the number: %s", got.Body)
		}
	}
}

// A phone's way through pages over a socket: links, a form, the browser's "back", an old link.
func TestOverTheWire(t *testing.T) {
	var events []channel.USSD
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	p := orange(t, func(c *browser.Config) { c.Now = func() time.Time { return now } })
	place := 0
	origin := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		ev, err := p.DecodeUSSD(r)
		if err != nil {
			return channel.Response{}, err
		}
		events = append(events, ev)
		place++
		s := menu(fmt.Sprintf("p%d", place))
		if ev.Text == "1" {
			s = flows.Screen{Text: "Nom?", Input: flows.InputText, Place: s.Place}
		}
		return p.AnswerUSSD(r, &s), nil
	})
	fetch := func(address, number string) (view, int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-MSISDN", number)
		req.Header.Set("User-SessionId", "77")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		v, err := look(channel.Response{ContentType: resp.Header.Get("Content-Type"), Body: body})
		if err != nil && resp.StatusCode == 200 {
			t.Fatal(err)
		}
		return v, resp.StatusCode
	}
	first, _ := fetch(path, "22370000001")
	asked, _ := fetch(first.links["1"], "22370000001")
	fetch(asked.form+"&response="+url.QueryEscape("Awa Traoré & fils"), "22370000001")
	fetch(first.links["0"], "22370000001") // from a page gone back to
	if _, status := fetch(first.links["0"], "22370000002"); status != 403 {
		t.Errorf("another phone's link answers %d", status)
	}
	now = now.Add(11 * time.Minute)
	fetch(first.links["0"], "22370000001")
	want := []channel.USSD{{Begin: true}, {Place: "p1", Text: "1"}, {Place: "p2", Text: "Awa Traoré & fils"}, {Place: "p1", Text: "0"}, {Begin: true}}
	if len(events) != len(want) {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	for i, w := range want {
		w.Channel, w.Session, w.Number, w.ServiceCode, w.Shape = "pages", "77", channeltest.Number("+22370000001"), "*384*96#", channel.Browser
		if events[i] != w {
			t.Errorf("event %d: %+v, want %+v", i, events[i], w)
		}
	}
}

func TestDialledStringAndOneDialogueANumber(t *testing.T) {
	p := orange(t, myriad)
	head := map[string]string{"user-msisdn": "22370000001", "user-session": "9", "user-entry": "", "user-operator-name": "Malitel"}
	for dialled, want := range map[string]string{"*384*96#": "", "*384*96*417*1#": "417*1", "384*96*2": "2", "*384*961#": "", "": "", "*111#": ""} {
		head["hub-ussdcode"] = dialled
		if ev, err := p.DecodeUSSD(request(path, head)); err != nil || ev.Text != want || !ev.Begin || ev.Network != "Malitel" {
			t.Errorf("%s: %+v, %v", dialled, ev, err)
		}
	}
	alone := orange(t, func(c *browser.Config) { c.Headers.Session = "" })
	if ev, err := alone.DecodeUSSD(request(path, map[string]string{"User-MSISDN": "22370000001"})); err != nil || ev.Session != "one" {
		t.Errorf("%+v, %v", ev, err)
	}
}

func TestNewReportsEveryFault(t *testing.T) {
	_, err := browser.New(browser.Config{Hook: "a b", Pages: 9})
	for _, key := range []string{"headers.number", "headers.input", "hook", "pages", "sign"} {
		if err == nil || !strings.Contains(err.Error(), "browser: "+key+":") {
			t.Errorf("nothing about %s: %v", key, err)
		}
	}
	profile, _ := charset.FindProfile("ussd")
	c := browser.Config{Channel: "p", Hook: path, Param: "response", Profile: profile, Sign: sign, Headers: browser.Headers{Number: "n"}, Limit: 2048}
	if _, err := browser.New(c); err == nil || !strings.Contains(err.Error(), "page_limit") {
		t.Errorf("a page that may not fit: %v", err)
	}
	c.Limit = 4096
	if _, err := browser.New(c); err != nil {
		t.Error(err)
	}
}

func FuzzDecodeUSSD(f *testing.F) {
	p := orange(f, nil)
	screen := menu("p1")
	shown, err := look(p.AnswerUSSD(request(path, from("s", "22370000001")), &screen))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shown.links["1"], "s", "22370000001", "")
	f.Add(path+"?t=p..1.&response=%E9", "s", "+22370000001", "x")
	f.Fuzz(func(t *testing.T, address, session, number, entry string) {
		h := from(session, number)
		h["user-entry"] = entry
		ev, err := p.DecodeUSSD(request(address, h))
		if err != nil {
			if !errors.Is(err, channel.ErrInvalid) && !errors.Is(err, channel.ErrForged) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		if ev.Number.IsZero() || ev.Session == "" || len(ev.Text) > 1024 || strings.ContainsRune(ev.Text, 0) {
			t.Fatalf("unfit event %+v", ev)
		}
	})
}
