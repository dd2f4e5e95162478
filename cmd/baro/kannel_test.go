//go:build unix

package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel/kannel/kanneltest"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/locales/charset"
)

// kannelPath is the secret part of the hooks behind Kannel.
const kannelPath = "0f6b2c9d5e"

// A municipality is a node behind a real Kannel behind a message centre.
type municipality struct {
	*node
	centre  *kanneltest.Centre
	db      *sql.DB
	log     *record
	doubted atomic.Int64 // calls of Kannel's whose answer never got back to it
}

// newMunicipality starts all of it. Every tenth inbound call is lost on its way back, so that Kannel makes it again.
func newMunicipality(t *testing.T) *municipality {
	t.Helper()
	m := &municipality{centre: kanneltest.NewCentre(t, nil), log: &record{}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	wire := m.lossyWire(t, "http://"+address)
	k := kanneltest.Start(t, m.centre, kanneltest.Hooks{
		SMS: wire + "/hooks/kannel/" + kannelPath + "/sms", USSD: wire + "/hooks/kannelussd/" + kannelPath + "/ussd",
	})
	folder := t.TempDir()
	set := fixedSettings(t, folder, newClock())
	set.now, set.listen, set.publicURL = time.Now, address, wire
	sms, _ := charset.FindProfile("sms")
	settings := func(user, password string) map[string]any {
		return map[string]any{"send_url": k.SendURL, "username": user, "password": config.Secret(password), "from": "36036"}
	}
	set.channels = append(set.channels,
		channelSettings{profile: sms, Channel: config.Channel{
			Name: "kannel", Provider: "kannel", Kind: "sms", Commune: "417", Secret: kannelPath,
			Settings: settings(kanneltest.Username, kanneltest.Password),
		}},
		channelSettings{profile: strictProfile(), Channel: config.Channel{
			Name: "kannelussd", Provider: "kannel", Kind: "ussd", Commune: "417", Code: "*384*96#", Secret: kannelPath,
			Settings: settings(kanneltest.USSDUsername, kanneltest.USSDPassword),
		}})
	m.node = openFixed(t, set, slog.New(slog.NewTextHandler(m.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err := m.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := contextFor(stopWithin)
		defer cancel()
		if err := m.stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	m.db = openSQL(t, folder)
	return m
}

// lossyWire brings Kannel's calls to the node and loses the answer to every tenth text.
func (m *municipality) lossyWire(t *testing.T, to string) string {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/sms") || calls.Add(1)%10 != 0 {
			proxy.ServeHTTP(w, r)
			return
		}
		m.doubted.Add(1)
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// await asks the database until it says so: reports come from other processes.
func (m *municipality) await(t *testing.T, want int64, query string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(2 * time.Minute)
	defer limit.Stop()
	for {
		got := count(t, m.db, query)
		if got == want {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("%s: %d, want %d", query, got, want)
		}
	}
}

// TestKannel runs everything over one real Kannel.
func TestKannel(t *testing.T) {
	m := newMunicipality(t)
	t.Run("texts", m.carriesTexts)
	t.Run("letters", m.carriesLetters)
	t.Run("dialogues", m.carriesDialogues)
	m.checkLog(t)
}

// carriesTexts has five hundred people in six languages write by way of Kannel. Each gets one answer, as it was made, though
// every tenth call of Kannel's is made again; every answer's receipt is recorded.
func (m *municipality) carriesTexts(t *testing.T) {
	const people = 500
	languages := []string{"fr", "en", "bm", "ff", "ses", "ar"}
	number := func(i int) string { return fmt.Sprintf("+2237010%04d", i) }
	for i := range people {
		if err := m.speak(t.Context(), number(i), languages[i%len(languages)]); err != nil {
			t.Fatal(err)
		}
	}
	var writing sync.WaitGroup
	for w := range 10 {
		writing.Go(func() {
			for i := w; i < people; i += 10 {
				if err := m.centre.Text(number(i)[1:], "36036", "MENU"); err != nil {
					t.Errorf("text %d: %v", i, err)
				}
			}
		})
	}
	writing.Wait()
	arrived := m.centre.Await(people)
	m.await(t, people, "SELECT COUNT(*) FROM outbox WHERE channel = 'kannel' AND state = 'delivered'")
	m.await(t, people, "SELECT COUNT(*) FROM messages_in WHERE channel = 'kannel'")
	if n := count(t, m.db, "SELECT COUNT(DISTINCT our_id) FROM receipts WHERE channel = 'kannel' AND status = 'delivered'"); n != people {
		t.Errorf("%d of %d receipts recorded", n, people)
	}
	if len(m.centre.Messages()) != people || m.doubted.Load() < people/10 {
		t.Errorf("%d messages arrived, %d calls were made again", len(m.centre.Messages()), m.doubted.Load())
	}
	written := m.bodies(t)
	seen, answers := map[string]bool{}, map[string]bool{}
	for _, a := range arrived {
		to := "+" + a.Dest.Addr
		if seen[to] {
			t.Errorf("a phone got two answers")
		}
		seen[to] = true
		if a.Text != written[to] || strings.ContainsAny(a.Text, "?\ufffd") || a.Text == "" {
			t.Errorf("arrived as %q, written %q", a.Text, written[to])
		}
		answers[a.Text] = true
	}
	if len(answers) < len(languages)-1 { // where a flow cannot be shown in Arabic, it is shown in French
		t.Errorf("%d different answers", len(answers))
	}
	t.Logf("%d texts, %d answers, %d calls made again", people, len(arrived), m.doubted.Load())
}

// carriesLetters sends notices in official spelling. They arrive in the channel's letters: spelt within GSM
// 7-bit where the language has a table, in UCS-2 where it has none.
func (m *municipality) carriesLetters(t *testing.T) {
	before := len(m.centre.Messages())
	sms, _ := charset.FindProfile("sms")
	notices := map[string][2]string{ // by phone: language, text
		"+22370200001": {"fr", "Réunion à l’école « Jè » : reçu, août, 5 000 €"},
		"+22370200002": {"bm", "I ni sɔgɔma! Wari bɛ bɔ, ɲɛ ni ŋa: ƐƆƝŊ"},
		"+22370200003": {"ff", "Ɓe mbaɗi ɗum, ƴeewi ŋata ɲaamdu"},
		"+22370200004": {"ar", "اجتماع البلدية يوم الجمعة"},
		"+22370200005": {"nqo", "ߒߞߏ ߞߊ߲ ߠߊߞߎߡߊ"},
		"+22370200006": {"ff-Adlm", strings.Repeat("𞤊𞤵𞤤𞤬𞤵𞤤𞤣𞤫 ", 6)},
		"+22370200007": {"taq", "Tənəɣa ăwal, ḍ ṭ š ž"},
		"+22370200008": {"fr", strings.Repeat("Budget voté: routes, école, santé. ", 9)},
	}
	for number, n := range notices {
		to, err := identity.Parse(number)
		if err != nil {
			t.Fatal(err)
		}
		err = m.outbox.Enqueue(t.Context(), outbox.Message{Channel: "kannel", Origin: "test", To: to, Text: n[1], Language: n[0]})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range m.centre.Await(before + len(notices))[before:] {
		n := notices["+"+a.Dest.Addr]
		want, _ := sms.Convert(n[1], n[0])
		if a.Text != want || strings.ContainsAny(a.Text, "?\ufffd") {
			t.Errorf("%s: arrived as %q, want %q", n[0], a.Text, want)
		}
	}
	m.await(t, int64(len(notices)), "SELECT COUNT(*) FROM outbox WHERE channel = 'kannel' AND origin = 'test' AND state = 'delivered'")
}

// carriesDialogues dials by way of Kannel and reads the budget.
func (m *municipality) carriesDialogues(t *testing.T) {
	before := len(m.centre.Messages())
	if err := m.speak(t.Context(), demoNumber, "fr"); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		typed string
		op    byte
		shows string
	}{{"*384*96#", 0x01, "1 "}, {"1", 0x12, "Budget 2026: 283 M FCFA"}, {"0", 0x12, "1 "}} {
		session := []byte{9, byte(2 * (i + 1))}
		if err := m.centre.Dial(demoNumber[1:], "38496", step.typed, step.op, session); err != nil {
			t.Fatal(err)
		}
		got := m.centre.Await(before + i + 1)[before+i]
		op, _ := got.TLVs.Octet(pdu.USSDServiceOp)
		back, _ := got.TLVs.Get(pdu.ITSSessionInfo)
		if !strings.Contains(got.Text, step.shows) || op != 0x02 || !bytes.Equal(back, session) || got.ServiceType != "USSD" {
			t.Errorf("step %d: op %#x, session %x, %q", i, op, back, got.Text)
		}
		if !strictProfile().Fits(got.Text) || got.Parts != 1 || got.Link != kanneltest.SystemUSSD {
			t.Errorf("step %d: %q in %d parts by %s", i, got.Text, got.Parts, got.Link)
		}
	}
}

// bodies are the texts in the outbox, by phone.
func (m *municipality) bodies(t *testing.T) map[string]string {
	t.Helper()
	rows, err := m.db.QueryContext(t.Context(), "SELECT id FROM outbox WHERE channel = 'kannel'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		row, err := m.node.db.Outbox().Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		to, err1 := m.keys.OpenNumber(identity.Sealed(row.Phone))
		body, err2 := m.keys.Open(outbox.BodyPurpose, identity.Sealed(row.Body))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		out[to.E164()] = string(body)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// checkLog holds the log to telling neither numbers nor passwords nor secret paths.
func (m *municipality) checkLog(t *testing.T) {
	t.Helper()
	text := m.log.String()
	for _, secret := range []string{"2237010", "2237020", demoNumber[1:], kannelPath, kanneltest.Password, kanneltest.USSDPassword, "sɔgɔma"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log gives %q away", secret)
		}
	}
	if t.Failed() {
		_, _ = io.WriteString(t.Output(), text[max(0, len(text)-4000):])
	}
}
