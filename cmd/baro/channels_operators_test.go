package main

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"baro/config"
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
