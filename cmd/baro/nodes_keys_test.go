//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/flows/simulate"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/store"
)

// masterKey is the content of the key file of these tests.
func masterKey() string { return strings.Repeat("k", 32) }

// command runs one command line on the estate's stores and gives what it printed.
func (e *estate) command(t *testing.T, key string, args ...string) (out string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "baro.yaml")
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("database: %q\nredis: %q\nsecrets: {key_file: %q}\ndrafts: [bm, ff, ses, taq, ar]\n", e.database, e.sessions, keyFile)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = Run(t.Context(), Process{Args: append([]string{"--config", file}, args...), Stdout: &stdout, Stderr: &stderr})
	return stdout.String() + stderr.String(), code
}

func msisdn(t *testing.T, e164 string) identity.MSISDN {
	t.Helper()
	m, err := identity.Parse(e164)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rotation makes new data keys while nodes serve. Node a learns of them by the clock, node b only when it meets something
// that a has sealed.
func rotation(t *testing.T, e *estate) {
	const known, stopped, late = "+22370400001", "+22370400002", "+22370400003"
	api := standin.NewTwilio(t, twilioAccount, twilioToken)
	a := e.node(t, slog.New(slog.DiscardHandler), withTwilio(api.URL))
	b := e.serve(t, &record{}, withTwilio(api.URL))
	if err := a.speak(t.Context(), known, "en"); err != nil {
		t.Fatal(err)
	}
	if b.text(t, "SM1", stopped, "STOP") != 200 {
		t.Fatal("the webhook failed")
	}
	settled(t, e)
	pseudonym := a.keys.Pseudonym(msisdn(t, known))
	turn := func(want string) {
		t.Helper()
		if out, code := e.command(t, masterKey(), "keys", "rotate"); code != exitDone || !strings.Contains(out, want+" seals") {
			t.Fatalf("keys rotate: %d %s", code, out)
		}
		stepOf(t, a)
		if a.keys.ActiveKey() != want || b.keys.ActiveKey() == want {
			t.Fatalf("a seals with %s, b with %s", a.keys.ActiveKey(), b.keys.ActiveKey())
		}
	}

	turn("data-2") // b meets a contact that a keeps
	if err := a.speak(t.Context(), late, "en"); err != nil {
		t.Fatal(err)
	}
	dial := func(n *node, number string) string {
		t.Helper()
		reply, err := (&turns{nodes: []*node{n}}).phone(number).Dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return reply.Text
	}
	english := dial(a, known)
	if got := dial(b.node, late); got != english || strings.Contains(got, "Bamanankan") || b.keys.ActiveKey() != "data-2" {
		t.Errorf("b shows a contact sealed by a %q and seals with %s", got, b.keys.ActiveKey())
	}

	turn("data-3") // b meets the proof of a step that a has taken, whose dialogue was not saved
	bothSee(t, e, a, b.node)
	if b.keys.ActiveKey() != "data-3" {
		t.Errorf("b seals with %s", b.keys.ActiveKey())
	}

	turn("data-4") // b meets a message to send that a has put into the outbox
	taken := len(api.Taken())
	err := a.outbox.Enqueue(t.Context(), outbox.Message{Channel: "twilio", Origin: "reply", To: msisdn(t, late), Text: "Bonjour"})
	if err != nil {
		t.Fatal(err)
	}
	until(t, 10*time.Second, "the message to be sent", func() bool { return len(api.Taken()) == taken+1 })

	turn("data-5") // b meets a message that a has accepted
	phone, err := a.keys.SealNumber(msisdn(t, late))
	if err != nil {
		t.Fatal(err)
	}
	body, err := a.keys.Seal("message", []byte("\x00AIDE"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.db.Inbox().Accept(t.Context(), []store.Inbound{{
		Channel: "twilio", ExternalID: "SM2", Sender: store.Pseudonym(a.keys.Pseudonym(msisdn(t, late))),
		Phone: store.Sealed(phone), Body: store.Sealed(body), Received: e.clock.Now(), State: store.InboundReceived,
	}})
	if err != nil {
		t.Fatal(err)
	}
	b.sms.Wake()
	settled(t, e)
	until(t, 10*time.Second, "the answer", func() bool { return len(api.Taken()) == taken+2 })

	c := e.node(t, slog.New(slog.DiscardHandler)) // what was there before stays
	for _, n := range []*node{a, b.node, c} {
		if n.keys.Pseudonym(msisdn(t, known)) != pseudonym {
			t.Error("a rotation changed pseudonyms")
		}
		if got := dial(n, known); got != english {
			t.Errorf("an old contact is shown %q", got)
		}
		off, err := n.db.Consents().Suppressed(t.Context(), store.Pseudonym(n.keys.Pseudonym(msisdn(t, stopped))), store.PurposeNotices)
		if err != nil || !off {
			t.Errorf("who said STOP is not suppressed any more: %v", err)
		}
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM messages_in WHERE state <> 'handled'"); n != 0 {
		t.Errorf("%d messages are not handled", n)
	}
	if _, err := c.db.Audit().Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM audit WHERE action = 'keys.rotate'"); n != 4 {
		t.Errorf("%d rotations in the audit", n)
	}
}

// bothSee takes a writing step on a, takes the dialogue back to before it, as if a had died before it saved, and repeats
// the request to b.
func bothSee(t *testing.T, e *estate, a, b *node) {
	t.Helper()
	history := []string{"", "4", "4*5", "4*5*1"}
	last := "4*5*1*la piste est coupee"
	send := func(n *node, text string) string {
		t.Helper()
		reply, err := nodeNetwork{n}.USSD(t.Context(), simulate.Request{Session: "seen", Number: "+22370400009", Code: ussdCode(n), Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return reply.Text
	}
	for _, text := range history {
		send(a, text)
	}
	undo := &undone{Store: a.ussd.Sessions}
	a.ussd.Sessions = undo
	first := send(a, last)
	a.ussd.Sessions = undo.Store
	// What is written is told at once, if without the keys to go on; who repeats gets them, too.
	if again := send(b, last); !strings.HasPrefix(again, first+"\n") || !strings.Contains(first, "C'est recu") {
		t.Errorf("a showed %q and b shows %q", first, again)
	}
	if n := count(t, e.open(t), "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"); n != 1 {
		t.Errorf("%d cases for one report", n)
	}
}

// rewrapping changes the key file. Running nodes go on; nodes that start need the new one.
func rewrapping(t *testing.T, e *estate) {
	const known = "+22370400011"
	running := e.node(t, slog.New(slog.DiscardHandler))
	if err := running.speak(t.Context(), known, "en"); err != nil {
		t.Fatal(err)
	}
	next := strings.Repeat("n", 40)
	file := filepath.Join(t.TempDir(), "next")
	if err := os.WriteFile(file, []byte(next+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := e.command(t, strings.Repeat("x", 32), "keys", "rewrap", "--new-key-file", file); code != exitFound {
		t.Errorf("a wrong key file rewraps: %d %s", code, out)
	}
	if out, code := e.command(t, masterKey(), "keys", "rewrap", "--new-key-file", file); code != exitDone {
		t.Fatalf("keys rewrap: %d %s", code, out)
	}
	if _, err := openNode(t.Context(), e.settings(t), slog.New(slog.DiscardHandler)); !errors.Is(err, identity.ErrWrongMaster) {
		t.Errorf("with the former key file a node starts: %v", err)
	}
	fresh := e.node(t, slog.New(slog.DiscardHandler), func(set *settings) { set.master = []byte(next) })
	for _, n := range []*node{running, fresh} {
		reply, err := (&turns{nodes: []*node{n}}).phone(known).Dial(t.Context(), "")
		if err != nil || strings.Contains(reply.Text, "Bamanankan") {
			t.Errorf("a contact is not known any more: %q %v", reply.Text, err)
		}
	}
	stepOf(t, running) // learns nothing new, and does not stumble over boxes it cannot open
	if out, code := e.command(t, next, "keys", "rotate"); code != exitDone {
		t.Errorf("keys rotate with the new key file: %d %s", code, out)
	}
	stepOf(t, fresh)
	if fresh.keys.ActiveKey() != "data-2" {
		t.Errorf("after a rotation the new node seals with %s", fresh.keys.ActiveKey())
	}
}
