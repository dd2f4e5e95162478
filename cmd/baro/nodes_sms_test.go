//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/identity"
	"baro/store"
)

// webhook sends one callback as Twilio does and gives the status.
func (s *served) webhook(t testing.TB, uri, contentType, body, signature string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+uri, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Twilio-Signature", signature)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatalf("webhook: %v", err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

const formType = "application/x-www-form-urlencoded"

// text sends a signed message.
func (s *served) text(t testing.TB, id, from, words string) int {
	t.Helper()
	body, signature := twilioSMS(id, from, words)
	return s.webhook(t, "/hooks/twilio/sms", formType, body, signature)
}

// signatures sends what Twilio's libraries agree on, and what nobody may get in with, over the real server. The shared
// vectors sign another address, so that their requests are signed anew, by another implementation than the adapter's.
func signatures(t *testing.T, e *estate) {
	s := e.serve(t, &record{}, withTwilio(standin.NewTwilio(t, twilioAccount, twilioToken).URL), func(set *settings) {
		ch := &set.channels[len(set.channels)-1]
		ch.Settings["auth_token_previous"] = config.Secret("the token before")
	})
	const hook = "/hooks/twilio/sms"
	fields := func(id, words string) url.Values {
		return url.Values{"MessageSid": {id}, "AccountSid": {twilioAccount}, "From": {"+22370000061"}, "To": {"+15005550006"}, "Body": {words}}
	}
	accepted := 0
	for _, c := range []struct {
		name, uri string
		fields    url.Values
		token     string
		tamper    func(body, signature string) (string, string)
		want      int
	}{
		{"plain", hook, fields("SMa", "bonjour"), twilioToken, nil, 200},
		{"another letter in the body", hook, fields("SMb", "oui"), twilioToken, func(b, s string) (string, string) { return strings.Replace(b, "oui", "non", 1), s }, 403},
		{"a field more", hook, fields("SMc", "oui"), twilioToken, func(b, s string) (string, string) { return b + "&OptOutType=STOP", s }, 403},
		{"no signature", hook, fields("SMd", "oui"), twilioToken, func(b, s string) (string, string) { return b, "" }, 403},
		{"half a signature", hook, fields("SMe", "oui"), twilioToken, func(b, s string) (string, string) { return b, s[:12] }, 403},
		{"another account's token", hook, fields("SMf", "oui"), "99999999999999999999999999999999", nil, 403},
		{"the token before, while it is being changed", hook, fields("SMg", "bonjour"), "the token before", nil, 200},
		{"a query string is signed, too", hook + "?m=a%20b&x=%C3%A9", fields("SMh", "bonjour"), twilioToken, nil, 200},
		{"a query string that was not signed", hook + "?m=1", fields("SMi", "oui"), twilioToken, func(b, _ string) (string, string) {
			return b, signWith(twilioToken, publicOrigin+hook, fields("SMi", "oui"))
		}, 403},
		{"letters beyond ASCII", hook, fields("SMj", "L'eau est sale à Nyétaba — ɛ ɔ ŋ 👍🏾"), twilioToken, nil, 200},
		{"line breaks and blanks at the end", hook, fields("SMk", " un\r\ndeux\tトロ  "), twilioToken, nil, 200},
		{"a parameter twice", hook, with(fields("SMl", "bonjour"), "MediaUrl", "b", "a"), twilioToken, nil, 200},
		{"a parameter twice with one value", hook, with(fields("SMm", "bonjour"), "MediaUrl", "a", "a"), twilioToken, nil, 200},
		{"another account, well signed", hook, with(fields("SMn", "oui"), "AccountSid", "AC00000000000000000000000000000002"), twilioToken, nil, 403},
	} {
		body, signature := c.fields.Encode(), signWith(c.token, publicOrigin+c.uri, c.fields)
		if c.tamper != nil {
			body, signature = c.tamper(body, signature)
		}
		if got := s.webhook(t, c.uri, formType, body, signature); got != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, got, c.want)
		}
		if c.want == 200 {
			accepted++
		}
	}
	for _, v := range formVectors(t) {
		fields, err := url.ParseQuery(v.Body)
		if err != nil {
			t.Fatal(err)
		}
		fields.Set("MessageSid", "SM-"+v.ID)
		if got := s.webhook(t, hook, v.ContentType, fields.Encode(), signWith(twilioToken, publicOrigin+hook, fields)); got != 200 {
			t.Errorf("%s: answered %d", v.ID, got)
		}
		if got := s.webhook(t, hook, v.ContentType, fields.Encode(), v.Signature); got != 403 {
			t.Errorf("%s with the signature of another address: answered %d", v.ID, got)
		}
		accepted++
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM messages_in"); n != int64(accepted) {
		t.Errorf("%d messages are stored, %d were accepted", n, accepted)
	}
}

type formVector struct {
	ID, Category, Method, Body, Signature string
	ContentType                           string `json:"content_type"`
	Valid                                 bool
}

// formVectors are the shared vectors that are messages of the configured account.
func formVectors(t *testing.T) (out []formVector) {
	t.Helper()
	raw, err := os.ReadFile("../../gateway/channel/twilio/testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []formVector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		if v.Valid && v.Category == "form" && strings.Contains(v.Body, "AccountSid="+twilioAccount) {
			out = append(out, v)
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %d vectors are messages", len(out))
	}
	return out
}

func with(fields url.Values, name string, values ...string) url.Values {
	fields[name] = values
	return fields
}

// duplicates sends five hundred messages four times each, in any order and to either node: each is handled once, and one
// reply goes out.
func duplicates(t *testing.T, e *estate) {
	const people, times = 500, 4
	api := standin.NewTwilio(t, twilioAccount, twilioToken)
	log := &record{}
	nodes := []*served{e.serve(t, log, withTwilio(api.URL)), e.serve(t, log, withTwilio(api.URL))}
	order := rand.New(rand.NewPCG(5, 4)).Perm(people * times)
	work := make(chan int)
	var senders sync.WaitGroup
	begin := time.Now()
	for range 16 {
		senders.Go(func() {
			for k := range work {
				who := k % people
				if got := nodes[k/people%2].text(t, fmt.Sprintf("SM%d", who), fmt.Sprintf("+223701%05d", who), "bonjour"); got != 200 {
					t.Errorf("webhook answered %d", got)
				}
			}
		})
	}
	for _, k := range order {
		work <- k
	}
	close(work)
	senders.Wait()
	settled(t, e)
	db := e.open(t)
	until(t, time.Minute, "replies to be sent", func() bool {
		return count(t, db, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased')") == 0
	})
	for _, c := range []struct {
		what, query string
		want        int64
	}{
		{"messages stored", "SELECT count(*) FROM messages_in", people},
		{"messages handled", "SELECT count(*) FROM messages_in WHERE state = 'handled'", people},
		{"steps", "SELECT count(*) FROM steps", people},
		{"replies sent", "SELECT count(*) FROM outbox WHERE state = 'sent'", people},
		{"replies", "SELECT count(*) FROM outbox", people},
		{"people with other than one reply", "SELECT count(*) FROM (SELECT 1 FROM outbox GROUP BY recipient HAVING count(*) <> 1) AS odd", 0},
	} {
		if n := count(t, db, c.query); n != c.want {
			t.Errorf("%s: %d, want %d", c.what, n, c.want)
		}
	}
	if n := api.Calls(); n != people {
		t.Errorf("the provider was called %d times for %d replies", n, people)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the nodes logged errors:\n%s", log)
	}
	t.Logf("%d webhooks, each message answered once, in %v", people*times, time.Since(begin).Round(time.Millisecond))
}

// smsInTurns holds a dialogue by SMS whose messages come to one node and the other.
func smsInTurns(t *testing.T, e *estate) {
	const who = "+22370200001"
	api := standin.NewTwilio(t, twilioAccount, twilioToken)
	nodes := []*served{e.serve(t, &record{}, withTwilio(api.URL)), e.serve(t, &record{}, withTwilio(api.URL))}
	sent := 0
	say := func(words string, replies int) string {
		t.Helper()
		before := len(api.Taken())
		sent++
		if got := nodes[sent%2].text(t, fmt.Sprintf("SM%d", sent), who, words); got != 200 {
			t.Fatalf("%q: answered %d", words, got)
		}
		settled(t, e)
		until(t, 10*time.Second, fmt.Sprintf("the answer to %q", words), func() bool { return len(api.Taken()) >= before+replies })
		if n := len(api.Taken()); n != before+replies {
			t.Fatalf("%d answers to %q", n-before, words)
		}
		if replies == 0 {
			return ""
		}
		return api.Taken()[before].Text
	}
	for _, c := range []struct{ words, want string }{
		{"bonjour", "1 Bamanankan"}, {"4", "Mairie Jèkabara"}, {"5", "Question ou problème"}, {"2", "quelques mots"},
		{"la pompe du marche ne marche plus", "numéro de suivi"}, {"MENU", "1 Bamanankan"}, {"4", "Mairie Jèkabara"},
	} {
		if got := say(c.words, 1); !strings.Contains(got, c.want) {
			t.Errorf("%q is answered %q", c.words, got)
		}
	}
	number, err := identity.Parse(who)
	if err != nil {
		t.Fatal(err)
	}
	stopped := func() bool {
		off, err := nodes[0].db.Consents().Suppressed(t.Context(), store.Pseudonym(nodes[1].keys.Pseudonym(number)), store.PurposeNotices)
		if err != nil {
			t.Fatal(err)
		}
		return off
	}
	say("STOP", 1)
	say("stop", 0) // to the other node: obeyed in silence
	say("Stop.", 0)
	if !stopped() {
		t.Error("STOP was not obeyed")
	}
	say("START", 1)
	if stopped() {
		t.Error("START does not undo STOP")
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"); n != 1 {
		t.Errorf("%d cases for one report", n)
	}
}

// smsOrder lets many people send a whole dialogue, each message to the other node as soon as the former is acknowledged.
// Only if each person's messages are handled in their order, one at a time, does everybody end with a report.
func smsOrder(t *testing.T, e *estate) {
	const people = 60
	nodes := []*served{
		e.serve(t, &record{}, withTwilio("http://127.0.0.1:1")), e.serve(t, &record{}, withTwilio("http://127.0.0.1:1")),
	}
	words := []string{"bonjour", "4", "5", "2", "la pompe ne marche plus", "MENU"}
	var all sync.WaitGroup
	for p := range people {
		all.Go(func() {
			for i, w := range words {
				if got := nodes[(p+i)%2].text(t, fmt.Sprintf("SM%d-%d", p, i), fmt.Sprintf("+223703%05d", p), w); got != 200 {
					t.Errorf("answered %d", got)
				}
			}
		})
	}
	all.Wait()
	settled(t, e)
	db := e.open(t)
	for _, c := range []struct {
		what, query string
		want        int64
	}{
		{"people who reported", "SELECT count(DISTINCT asker) FROM cases WHERE asker IS NOT NULL AND state = 'received'", people},
		{"reports", "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'", people},
		{"replies", "SELECT count(*) FROM outbox", int64(people * len(words))},
		{"messages set aside", "SELECT count(*) FROM messages_in WHERE state = 'failed'", 0},
	} {
		if n := count(t, db, c.query); n != c.want {
			t.Errorf("%s: %d, want %d", c.what, n, c.want)
		}
	}
	times := []int64{}
	rows, err := db.QueryContext(t.Context(), "SELECT sender, handled_at FROM messages_in ORDER BY sender, id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	last := ""
	for rows.Next() {
		var sender []byte
		var at int64
		if err := rows.Scan(&sender, &at); err != nil {
			t.Fatal(err)
		}
		if string(sender) != last {
			last, times = string(sender), times[:0]
		}
		if times = append(times, at); !slices.IsSorted(times) {
			t.Error("a person's messages were handled out of their order")
		}
	}
}
