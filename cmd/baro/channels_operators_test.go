package main

import (
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"baro/config"
	"baro/locales/charset"
)

// operatorPath is the secret part of the hooks of these tests.
const operatorPath = "a-secret-path-part"

// operated is a started demonstration node with more channels; its origin takes requests.
func operated(t *testing.T, channels ...config.Channel) (n *node, origin string) {
	t.Helper()
	set := fixedSettings(t, memoryFolder(t), newClock())
	for _, ch := range channels {
		set.channels = append(set.channels, channelSettings{Channel: ch, profile: profileOf(ch)})
	}
	n = openFixed(t, set, slog.New(slog.DiscardHandler))
	if err := n.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := contextFor(stopWithin)
		defer cancel()
		if err := n.stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return n, "http://" + n.server.Addr().String()
}

// fetched is the answer to one request, which must be a 200.
func fetched(t *testing.T, r *http.Request, header map[string]string) string {
	t.Helper()
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: answered %d %s (%v)", r.URL.Path, resp.StatusCode, body, err)
	}
	return string(body)
}

// A phone behind Orange's browser walks the demonstration, goes back in its browser and is not led astray.
func TestPagesOfTheWholeGateway(t *testing.T) {
	_, origin := operated(t, config.Channel{
		Name: "pages", Provider: "orangeussd", Kind: "ussd", Code: "*384*96#", Commune: "417", Language: "fr", Secret: operatorPath,
		Settings: map[string]any{"pages": "cellflash"},
	})
	links := regexp.MustCompile(`<a href="([^"]*)" key="([^"]*)">([^<]*)</a>`)
	page := func(address string) (text string, keys map[string]string) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, origin+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		text = fetched(t, r, map[string]string{"User-MSISDN": "22370000077", "User-SessionId": "5512"})
		keys = map[string]string{}
		for _, l := range links.FindAllStringSubmatch(text, -1) {
			keys[l[2]] = html.UnescapeString(l[1])
		}
		return links.ReplaceAllString(text, "$2 $3"), keys
	}
	start := "/hooks/pages/" + operatorPath + "/ussd"
	first, keys := page(start)
	if len(keys) == 0 {
		t.Fatalf("a first page without links: %s", first)
	}
	second, further := page(keys["1"])
	if second == first || len(further) == 0 {
		t.Fatalf("the link shows %s", second)
	}
	for name, address := range map[string]string{"the same link again": keys["1"], "another link of the page before": keys["2"]} {
		if again, _ := page(address); again != second {
			t.Errorf("%s shows\n%s\nand not\n%s", name, again, second)
		}
	}
	third, _ := page(further["1"])
	if third == second {
		t.Errorf("the dialogue does not go on: %s", third)
	}
	if strings.Contains(first+second+third, "70000077") {
		t.Error("a page holds the number")
	}
	for _, text := range []string{first, second, third} {
		if _, err := url.Parse(start); err != nil || len(text) > 4096 {
			t.Errorf("a page of %d octets", len(text))
		}
	}
}

func TestOperatorSettings(t *testing.T) {
	n := &node{set: settings{publicURL: "https://baro.example"}}
	ch := channelSettings{Channel: config.Channel{Name: "m", Provider: "myriad", Kind: "ussd", Code: "*384*96#", Settings: map[string]any{
		"headers": map[string]any{"number": "msisdn", "session": "", "typed": "x", "input": []any{}},
	}}, profile: strictProfile()}
	_, err := n.browserUSSD(ch)
	for _, want := range []string{"headers.typed: unknown", "headers.input: the name of a header"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in %v", want, err)
		}
	}
	ch.Provider, ch.Settings = "orangeussd", map[string]any{"pages": "wml"}
	if _, err := n.browserUSSD(ch); err == nil || !strings.Contains(err.Error(), "pages:") {
		t.Errorf("unknown pages: %v", err)
	}
	orangeWithout := channelSettings{Channel: config.Channel{Provider: "orange"}}
	if got := ratePerSecond(orangeWithout); got != 5 {
		t.Errorf("orange is paced at %v", got)
	}
}

// A phone behind Infobip walks the demonstration; the second call for a start shows the same screen.
func TestInfobipOfTheWholeGateway(t *testing.T) {
	_, origin := operated(t, config.Channel{
		Name: "ib", Provider: "infobip", Kind: "ussd", Code: "*384*96#", Commune: "417", Language: "fr", Secret: operatorPath,
	})
	call := func(method, step, body string) string {
		t.Helper()
		r, err := http.NewRequest(method, origin+"/hooks/ib/"+operatorPath+"/session/77/"+step, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return fetched(t, r, map[string]string{"Content-Type": "application/json"})
	}
	dial := `{"msisdn":"22370000078","text":"*384*96#","shortCode":null,"ussdGwId":"live2"}`
	first := call("POST", "start", dial)
	if again := call("POST", "start", dial); again != first || !strings.Contains(first, `"shouldClose":false`) {
		t.Fatalf("dialling shows %s, and again %s", first, again)
	}
	second := call("POST", "response", `{"msisdn":"22370000078","text":"4"}`)
	if second == first || !strings.Contains(second, `"responseExitCode":200`) {
		t.Fatalf("a key shows %s", second)
	}
	if bad := call("POST", "response", `{"text":`); !strings.Contains(bad, `"shouldClose":true`) || !strings.Contains(bad, `"responseExitCode":400`) {
		t.Errorf("what cannot be read is answered %s", bad)
	}
	if alive := call("GET", "status", ""); !strings.HasPrefix(alive, `{"sessionActive":true`) {
		t.Errorf("the status is %s", alive)
	}
	if over := call("PUT", "end", `{"reason":"user","exitCode":500}`); over != `{"responseExitCode":200,"responseMessage":""}` {
		t.Errorf("the end is answered %s", over)
	}
}

// Phones behind four gateways that data describes walk the demonstration, each in its own words.
func TestGatewaysOfTheWholeGateway(t *testing.T) {
	ghanaian := func(begin string) func(step int, input string) string {
		return func(step int, input string) string {
			kind := "Response"
			if step == 0 {
				kind = begin
			}
			return fmt.Sprintf(`{"Sequence":"%d","Type":%q,"Message":%q,"ServiceCode":"*384*96#","Operator":"mtn","Mobile":"22370000079","SessionId":"h1"}`, step+1, kind, input)
		}
	}
	gateways := []struct {
		preset string
		body   func(step int, input string) string
		goesOn string
		ends   string
	}{
		{"hubtel", ghanaian("Initiation"), `"Type":"response"`, `"Type":"release"`},
		{"nalo", func(step int, input string) string {
			return fmt.Sprintf(`{"USERID":"N1","MSISDN":"22370000079","USERDATA":%q,"MSGTYPE":%t,"NETWORK":"MTN","SESSIONID":"n1"}`, input, step == 0)
		}, `"MSGTYPE":true`, `"MSGTYPE":false`},
		{"mtn", func(step int, input string) string {
			return fmt.Sprintf(`{"sessionId":"m1","messageType":"%d","msisdn":"22370000079","serviceCode":"*384*96#","ussdString":%q}`, min(step, 1), input)
		}, `"userInputRequired":true`, `"userInputRequired":false`},
		{"arkesel", func(step int, input string) string {
			return fmt.Sprintf(`{"sessionID":"a1","userID":"U1","newSession":%t,"msisdn":"22370000079","userData":%q,"network":"MTN"}`, step == 0, input)
		}, `"continueSession":true`, `"continueSession":false`},
	}
	var channels []config.Channel
	for _, g := range gateways {
		channels = append(channels, config.Channel{
			Name: g.preset, Provider: "http", Kind: "ussd", Code: "*384*96#", Commune: "417", Language: "fr", Secret: operatorPath,
			Settings: map[string]any{"preset": g.preset, "limits": map[string]any{"screen": map[string]any{"alphabet": "gsm7"}}},
		})
	}
	n, origin := operated(t, channels...)
	if !slices.ContainsFunc(n.set.profiles(), func(p charset.Profile) bool { return p.Name == "ussd/160-0-gsm7" && p.Extension }) {
		t.Errorf("screens are proved for %+v", n.set.profiles())
	}
	for _, g := range gateways {
		t.Run(g.preset, func(t *testing.T) {
			call := func(step int, input string) string {
				t.Helper()
				r, err := http.NewRequest(http.MethodPost, origin+"/hooks/"+g.preset+"/"+operatorPath+"/ussd", strings.NewReader(g.body(step, input)))
				if err != nil {
					t.Fatal(err)
				}
				return fetched(t, r, map[string]string{"Content-Type": "application/json"})
			}
			first := call(0, "*384*96#")
			if again := call(0, "*384*96#"); again != first || !strings.Contains(first, g.goesOn) {
				t.Fatalf("dialling shows %s, and again %s", first, again)
			}
			second := call(1, "4")
			if second == first || !strings.Contains(second, g.goesOn) {
				t.Fatalf("a key shows %s", second)
			}
			last := second
			for i, key := range []string{"0", "2", "0"} { // without a mark the same key at once is the same request
				if strings.Contains(last, g.goesOn) {
					last = call(i+2, key)
				}
			}
			if !strings.Contains(last, g.ends) {
				t.Errorf("going back ends with %s", last)
			}
		})
	}
}
