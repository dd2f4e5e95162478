package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows/simulate"
)

// A record takes what a node logs, from any goroutine.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// A served node listens on a port of the loopback and logs everything it can log.
type served struct {
	*node
	url    string
	folder string
	clock  *clock
	log    *record
	client *http.Client
}

func serve(t testing.TB, records seed) *served {
	t.Helper()
	s := &served{folder: memoryFolder(t), clock: newClock(), log: &record{}, client: &http.Client{Timeout: 10 * time.Second}}
	records.copyTo(t, s.folder)
	s.node = openFixed(t, fixedSettings(t, s.folder, s.clock), slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + s.server.Addr().String()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		ctx, cancel := contextFor(stopWithin)
		defer cancel()
		if err := s.stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// post sends a body to the hook as a provider does.
func (s *served) post(t testing.TB, path, body string) (int, string) {
	t.Helper()
	return s.do(t, http.MethodPost, path, "application/x-www-form-urlencoded", body)
}

func (s *served) do(t testing.TB, method, path, contentType, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, got := s.fetch(t, req)
	return resp.StatusCode, got
}

// fetch sends a request and reads the whole answer.
func (s *served) fetch(t testing.TB, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return resp, string(got)
}

// form is the body of one USSD request.
func form(session, number, text string) string {
	return url.Values{"sessionId": {session}, "phoneNumber": {number}, "networkCode": {"99999"},
		"serviceCode": {"*384*96#"}, "text": {text}}.Encode()
}

// ussd sends one request of a history and demands a screen.
func (s *served) ussd(t testing.TB, session, number, text string) string {
	t.Helper()
	status, body := s.post(t, "/hooks/ussd/ussd", form(session, number, text))
	checkHook(t, status, body)
	return body
}

// checkHook holds an answer of the hook to what networks take: a 200, CON or END, and a screen that fits.
func checkHook(t testing.TB, status int, body string) {
	t.Helper()
	word, screen, _ := strings.Cut(body, " ")
	if status != http.StatusOK || word != "CON" && word != "END" || strings.TrimSpace(screen) == "" || !strictProfile().Fits(screen) {
		t.Errorf("the hook answered %d %q", status, body)
	}
}

func (s *served) phone(number string) *simulate.Phone {
	calls := 0
	return &simulate.Phone{Network: &hookNetwork{url: s.url + "/hooks/ussd/ussd", client: s.client}, Number: number,
		Code: "*384*96#", NewID: func() string { calls++; return fmt.Sprintf("%s-%d", number[1:], calls) }}
}

// walk dials and types, and gives the last screen.
func walk(t testing.TB, phone *simulate.Phone, dialled string, keys ...string) string {
	t.Helper()
	shown, err := phone.Dial(t.Context(), dialled)
	for _, key := range keys {
		if err != nil {
			t.Fatal(err)
		}
		shown, err = phone.Type(t.Context(), key)
	}
	if err != nil {
		t.Fatal(err)
	}
	return shown.Text
}

// TestByHand sends the line that the demonstration prints for curl, byte by byte as curl sends it.
func TestByHand(t *testing.T) {
	s := serve(t, newSeed(t))
	var greeting bytes.Buffer
	(&demoCommand{Data: "data"}).greet(&greeting, s.url)
	m := regexp.MustCompile(`curl -d '([^']*)' (\S+)`).FindStringSubmatch(greeting.String())
	if m == nil || !strings.HasPrefix(m[2], s.url) {
		t.Fatalf("no curl line in %q", greeting.String())
	}
	status, body := s.post(t, strings.TrimPrefix(m[2], s.url), m[1])
	if want := "CON Votre mairie. Jamais d'argent a payer.\n1 Bamanankan"; status != http.StatusOK || !strings.HasPrefix(body, want) {
		t.Errorf("%d %q", status, body)
	}
	resp, err := s.client.Get(s.url + "/phone")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the phone in the browser: %s", resp.Status)
	}
}

// TestJourneys walks to the figures people call for, over HTTP.
func TestJourneys(t *testing.T) {
	s := serve(t, newSeed(t))
	for _, c := range []struct {
		name, number, dialled string
		keys                  []string
		want                  string
	}{
		{"budget", "+22370000011", "", []string{"4", "1"}, "Budget 2026: 283 M FCFA."},
		{"a work", "+22370000012", "*384*96*1*1#", []string{"4", "5"}, "Ecole de Nyetaba. Prevu 23,4 M FCFA. Mairie: en cours."},
		{"an answer", "+22370000013", "*384*96*2*1*1#", []string{"4", "1", "2", "1"}, "C'est note. Vous pouvez changer avant le 12/12."},
		{"the nearest health centre", "+22370000014", "", []string{"4", "3", "2", "1", "1"}, "CSCOM Jekabara. A 300 m."},
		{"a case number", "+22370000015", "", []string{"4", "5", "2", "la pompe de Nyetaba est en panne"}, "C'est recu. Votre numero de suivi: "},
	} {
		if got := walk(t, s.phone(c.number), c.dialled, c.keys...); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	db := openSQL(t, s.folder)
	if n := count(t, db, "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"); n != 1 {
		t.Errorf("%d cases of callers", n)
	}
	if n := count(t, db, "SELECT count(*) FROM contacts"); n != 0 {
		t.Errorf("%d people kept, and nobody said yes", n)
	}
}

// TestRepeatsWriteOnce sends every request of some dialogues three times: the bytes are the same, and what the step wrote
// is there once, also after the end of the dialogue.
func TestRepeatsWriteOnce(t *testing.T) {
	s := serve(t, newSeed(t))
	db := openSQL(t, s.folder)
	answers := "SELECT count(*) FROM answers a JOIN ballots b ON b.id = a.ballot_id WHERE b.consultation_id <> 1"
	asked := "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"
	for _, c := range []struct {
		name, number, history string
		query                 string
		rows                  int64
	}{
		{"an answer, changed, confirmed, kept", "+22370000021", "4*2*1*1*1*2*2*3*1*2*1", answers, 1},
		{"a problem", "+22370000022", "4*5*1*la piste est coupee*2*2", asked, 1},
		{"stars in the words", "+22370000023", "4*5*1*a*b**c*d", asked, 2},
	} {
		session := "repeat-" + c.number[1:]
		text := ""
		for i, input := range append([]string{""}, inputsOf(c.history)...) {
			if i > 0 {
				text = strings.TrimPrefix(text+"*"+input, "*")
			}
			first := s.ussd(t, session, c.number, text)
			for range 2 {
				if again := s.ussd(t, session, c.number, text); again != first {
					t.Errorf("%s: after %q a repeat got %q instead of %q", c.name, text, again, first)
				}
			}
		}
		if n := count(t, db, c.query); n != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, n, c.rows)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM consents"); n != 1 {
		t.Errorf("%d consents for one yes", n)
	}
	if n := count(t, db, "SELECT count(*) FROM (SELECT session, step FROM steps GROUP BY session, step HAVING count(*) > 1)"); n != 0 {
		t.Errorf("%d steps written twice", n)
	}
}

// inputsOf splits a history whose words hold stars: what follows the fourth input of a report is one input.
func inputsOf(history string) []string {
	if strings.HasSuffix(history, "a*b**c*d") {
		return []string{"4", "5", "1", "a*b**c*d"}
	}
	return strings.Split(history, "*")
}

// TestHistoriesOutOfNowhere sends whole histories for dialogues that nobody knows any more. They land where they led or
// before it, and write nothing.
func TestHistoriesOutOfNowhere(t *testing.T) {
	s := serve(t, newSeed(t))
	db := openSQL(t, s.folder)
	if err := s.speak(t.Context(), "+22370000031", "fr"); err != nil {
		t.Fatal(err)
	}
	before := count(t, db, "SELECT (SELECT count(*) FROM answers) + (SELECT count(*) FROM cases) + (SELECT count(*) FROM steps)")
	for i, c := range []struct{ text, want string }{
		{"1*1*1", "CON Forage de Badaniba (reprise). Prevu 8,9 M FCFA."},
		{"1**2", "CON Budget 2026: 283 M FCFA."},
		{"*1*1", "CON Travaux prevus, par lieu"},
		{"2*1*1*1*2*1", "CON Quel travail d'abord?"},
		{"5*1*la piste*coupee", "CON Question ou probleme"},
		{"3*5*4*1*1", "CON Mairie Jekabara"},
		{strings.Repeat("1*", 200) + "1", "CON "},
		{"7*3*1*1", "CON "},
	} {
		if got := s.ussd(t, fmt.Sprintf("nowhere-%d", i), "+22370000031", c.text); !strings.HasPrefix(got, c.want) {
			t.Errorf("%.40q shows %q, want %q…", c.text, got, c.want)
		}
	}
	if after := count(t, db, "SELECT (SELECT count(*) FROM answers) + (SELECT count(*) FROM cases) + (SELECT count(*) FROM steps)"); after != before {
		t.Errorf("%d rows were written", after-before)
	}
	if n := count(t, db, "SELECT count(*) FROM contacts"); n != 1 {
		t.Error("a history erased what was kept")
	}
}

// TestHostileRequests sends what no provider should send. The hook answers with a screen or a status that says what is
// wrong, never with a fault of the server.
func TestHostileRequests(t *testing.T) {
	s := serve(t, newSeed(t))
	const number = "+22370000041"
	s.ussd(t, "words", number, "")
	s.ussd(t, "words", number, "4")
	s.ussd(t, "words", number, "4*5")
	s.ussd(t, "words", number, "4*5*1")
	if got := s.ussd(t, "words", number, "4*5*1*"+strings.Repeat("a", 500)); !strings.HasPrefix(got, "CON Trop long.") {
		t.Errorf("500 characters: %q", got)
	}
	binary := string([]byte{0, 1, 2, 0x1b, 0xff, 0xfe, '%', 0x80})
	for _, c := range []struct {
		name, method, path, body string
		status                   int // 200: a screen is demanded, too
	}{
		{"500 letters of Arabic", "POST", "/hooks/ussd/ussd", form("words", number, "4*5*1*"+strings.Repeat("ش", 500)), 200},
		{"10,000 characters", "POST", "/hooks/ussd/ussd", form("words", number, strings.Repeat("1*", 5000)), 200},
		{"control characters", "POST", "/hooks/ussd/ussd", form("words", number, "4*5*1*\x00\x01\x1b"), 200},
		{"binary text", "POST", "/hooks/ussd/ussd", form("words", number, binary), 200},
		{"binary body", "POST", "/hooks/ussd/ussd", binary, 200},
		{"empty body", "POST", "/hooks/ussd/ussd", "", 200},
		{"no session", "POST", "/hooks/ussd/ussd", "phoneNumber=%2B22370000041&serviceCode=*384*96%23&text=", 200},
		{"no number", "POST", "/hooks/ussd/ussd", "sessionId=a&serviceCode=*384*96%23&text=", 200},
		{"no text", "POST", "/hooks/ussd/ussd", "sessionId=b&phoneNumber=%2B22370000041&serviceCode=*384*96%23", 200},
		{"no service code", "POST", "/hooks/ussd/ussd", "sessionId=c&phoneNumber=%2B22370000041&text=", 200},
		{"a number that is none", "POST", "/hooks/ussd/ussd", form("d", "+223'; DROP TABLE cases;--", ""), 200},
		{"fields twice", "POST", "/hooks/ussd/ussd", form("e", number, "") + "&text=1&sessionId=f", 200},
		{"JSON where a form is expected", "POST", "/hooks/ussd/ussd", `{"sessionId":"g","phoneNumber":"` + number + `"}`, 200},
		{"by GET", "GET", "/hooks/ussd/ussd?" + form("h", number, ""), "", 200},
		{"by GET without anything", "GET", "/hooks/ussd/ussd", "", 200},
		{"a huge body", "POST", "/hooks/ussd/ussd", "sessionId=i&text=" + strings.Repeat("9", 1<<20), http.StatusRequestEntityTooLarge},
		{"another method", "PUT", "/hooks/ussd/ussd", form("j", number, ""), http.StatusMethodNotAllowed},
		{"a method nobody knows", "BREW", "/hooks/ussd/ussd", "", http.StatusBadRequest},
		{"a channel nobody has", "POST", "/hooks/nosuch/ussd", form("k", number, ""), http.StatusNotFound},
		{"a secret where there is none", "POST", "/hooks/ussd/guess/ussd", form("l", number, ""), http.StatusNotFound},
		{"out of the folder", "POST", "/hooks/../../etc/passwd", "", http.StatusNotFound},
		{"an end notice", "POST", "/hooks/ussd/ussd-end", form("words", number, "4*5*1") + "&status=Success&durationInMillis=100", 200},
		{"an end notice of nothing", "POST", "/hooks/ussd/ussd-end", "", 200},
	} {
		status, body := s.send(t, c.method, c.path, c.body)
		switch {
		case status != c.status:
			t.Errorf("%s: %d %.80q, want %d", c.name, status, body, c.status)
		case status == 200 && !strings.HasSuffix(c.path, "ussd-end"):
			checkHook(t, status, body)
		}
	}
	if got := walk(t, s.phone(number), "", "2", "4", "5", "1", "la piste est coupee"); !strings.Contains(got, "C'est recu") {
		t.Errorf("after all that a call shows %q", got)
	}
}

// send is do for bodies that the server may refuse while they are being sent: the refusal is then on the wire, but the
// client may only see the connection go.
func (s *served) send(t testing.TB, method, path, body string) (int, string) {
	t.Helper()
	if len(body) < 1<<16 {
		return s.do(t, method, path, "application/x-www-form-urlencoded", body)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", method, path, len(body))
	if err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 64)
	n, err := io.ReadAtLeast(conn, answer, len("HTTP/1.1 413"))
	if err != nil {
		t.Fatalf("nothing came back: %v", err)
	}
	status := 0
	_, _ = fmt.Sscanf(string(answer[:n]), "HTTP/1.1 %d", &status)
	return status, string(answer[:n])
}

// TestHealth reads what load balancers and monitors read.
func TestHealth(t *testing.T) {
	s := serve(t, newSeed(t))
	s.ussd(t, "one", "+22370000051", "")
	if status, body := s.do(t, "GET", "/healthz", "", ""); status != http.StatusOK || !strings.Contains(body, `"ok"`) {
		t.Errorf("/healthz: %d %q", status, body)
	}
	status, body := s.do(t, "GET", "/readyz", "", "")
	var ready struct {
		Status                 string
		Dependencies, Channels map[string]string
	}
	if err := json.Unmarshal([]byte(body), &ready); err != nil || status != http.StatusOK ||
		ready.Status != "ok" || ready.Dependencies["database"] != "ok" || ready.Channels["ussd"] != "ok" {
		t.Errorf("/readyz: %d %q", status, body)
	}
	status, body = s.do(t, "GET", "/metrics", "", "")
	if want := `baro_ussd_requests_total{channel="ussd",outcome="continue"} 1`; status != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("/metrics: %d, without %s", status, want)
	}
	if strings.Contains(body, "70000051") {
		t.Error("a number stands in the metrics")
	}
}

// TestLogsTellOfNobody runs dialogues, refusals and faults, and looks for numbers and words in all that was logged.
func TestLogsTellOfNobody(t *testing.T) {
	s := serve(t, newSeed(t))
	const number, secret = "+22370987654", "ngolo secretword"
	s.ussd(t, "s-"+secret[:5], number, "")
	walk(t, s.phone(number), "", "4", "5", "1", secret, "2", "1")
	walk(t, s.phone(number), "*384*96*2*1*1#", "1", "3", "1")
	walk(t, s.phone("+22370987655"), "", "4", "3", "2", "2", secret, "nyetaba", "1")
	s.post(t, "/hooks/ussd/ussd", form("x", number, "\x00"+secret))
	s.post(t, "/hooks/ussd/ussd", form("", number, secret))
	s.post(t, "/hooks/ussd/ussd-end", form("x", number, secret)+"&status=Failed&errorMessage="+url.QueryEscape(secret))
	s.do(t, "GET", "/hooks/ussd/ussd?"+form("x", number, secret), "", "")
	s.do(t, "GET", "/nowhere/"+url.PathEscape(number+secret), "", "")
	if err := s.db.Close(); err != nil { // what follows fails inside
		t.Fatal(err)
	}
	if got := s.ussd(t, "late", number, ""); !strings.HasPrefix(got, "END ") {
		t.Errorf("without a database: %q", got)
	}
	log := s.log.String()
	for _, level := range []string{"level=DEBUG", "level=WARN", "level=ERROR"} {
		if !strings.Contains(log, level) {
			t.Errorf("nothing was logged with %s: the test sees nothing", level)
		}
	}
	for _, trace := range []string{"70987654", "70987655", "70 98 76 54", "secretword", "ngolo", "nyetaba"} {
		if at := strings.Index(strings.ToLower(log), trace); at >= 0 {
			t.Errorf("%q was logged: …%.200s", trace, log[max(0, at-150):])
		}
	}
}

// contextFor is a context for what happens after a test's own has ended.
func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
