package rapidpro_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/rapidpro"
	"baro/locales/charset"
)

const (
	authorization = "Token s3cret-of-the-tests"
	ourID         = "018f2b7e-0000-7000-8000-000000000001"
	accepted      = "ACCEPTED"
)

func config(t testing.TB) rapidpro.Config {
	t.Helper()
	profile, _ := charset.FindProfile("sms")
	return rapidpro.Config{
		Channel: "bridge", SendURL: "http://127.0.0.1:1/send", Authorization: authorization, ResponseCheck: accepted, From: "+36036",
		Profile: profile, HTTP: httpsend.Options{Timeout: 2 * time.Second}, Print: printed,
	}
}

// printed stands for the gateway's keyed hash.
func printed(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func open(t testing.TB, change func(*rapidpro.Config)) *rapidpro.SMS {
	t.Helper()
	c := config(t)
	if change != nil {
		change(&c)
	}
	s, err := rapidpro.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// A connector is a stand-in for one that was written for RapidPro. It reads what it is sent as strictly as its format says.
type connector struct {
	url   string
	mu    sync.Mutex
	plan  []standin.Fault
	took  []standin.Message
	calls int
	last  url.Values // of the latest call: query and body
	quit  chan struct{}
}

func newConnector(t testing.TB) *connector {
	t.Helper()
	c := &connector{quit: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(c.serve))
	c.url = server.URL + "/send"
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(c.quit) })
	return c
}

func (c *connector) Next(faults ...standin.Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan = append(c.plan, faults...)
}

func (c *connector) Taken() []standin.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.took)
}

func (c *connector) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

func (c *connector) latest() url.Values {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

func (c *connector) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	values, err := fields(r, body)
	c.mu.Lock()
	c.calls++
	c.last = values
	var f standin.Fault
	if len(c.plan) > 0 {
		f, c.plan = c.plan[0], c.plan[1:]
	}
	if err == nil && (f.Status == 0 || f.AfterAccept) {
		c.took = append(c.took, standin.Message{To: values.Get("to"), From: values.Get("from"), Text: values.Get("text")}) // no id: the contract gives none
	}
	c.mu.Unlock()
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-c.quit:
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		maps.Copy(w.Header(), f.Header)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	case r.Header.Get("Authorization") != authorization:
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil:
		http.Error(w, "unreadable", http.StatusBadRequest)
	default:
		_, _ = w.Write([]byte(accepted))
	}
}

// fields reads a call as its content type says; an unknown element or member is kept under its name.
func fields(r *http.Request, body []byte) (url.Values, error) {
	out := r.URL.Query()
	if len(body) == 0 {
		return out, nil
	}
	switch kind := r.Header.Get("Content-Type"); {
	case strings.HasSuffix(kind, "json"):
		var all map[string]any
		if err := json.Unmarshal(body, &all); err != nil {
			return out, err
		}
		for name, value := range all {
			if text, ok := value.(string); ok {
				out.Add(name, text)
			} else {
				raw, _ := json.Marshal(value)
				out.Add(name, string(raw))
			}
		}
	case strings.Contains(kind, "xml"):
		var doc struct {
			All []struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
			} `xml:",any"`
		}
		if err := xml.Unmarshal(body, &doc); err != nil {
			return out, err
		}
		for _, e := range doc.All {
			out.Add(e.XMLName.Local, e.Text)
		}
	case strings.HasPrefix(kind, "text/plain"):
		out.Add("plain", string(body))
	default:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return out, err
		}
		for name, values := range form {
			out[name] = append(out[name], values...)
		}
	}
	return out, nil
}
