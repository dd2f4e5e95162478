package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel"
	"baro/gateway/identity"
)

// A reader who sent START gets a broadcast that one person wrote and another approved, from the command line.
func TestBroadcastCommands(t *testing.T) {
	folder := t.TempDir()
	set, _, err := demoSettings(Process{Stderr: new(bytes.Buffer)}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// The gateway's clock runs a quarter of an hour ahead, so that the time of undoing is over at once.
	set.now = func() time.Time { return time.Now().Add(15 * time.Minute) }
	set.quiet = config.QuietHours{}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	conf := channelConfig(t, folder)
	baro := func(wantCode int, want string, args ...string) string {
		t.Helper()
		got := run(t, "", append([]string{"broadcast", "--config", conf, "--commune", "417"}, args...)...)
		if got.code != wantCode || !strings.Contains(got.out+got.errors, want) {
			t.Fatalf("%v: %d\n%s%s", args, got.code, got.out, got.errors)
		}
		return got.out
	}
	number, err := identity.Parse("70000009")
	if err != nil {
		t.Fatal(err)
	}
	heard := func(what string) bool {
		for _, m := range n.inbox.Messages(number) {
			if strings.Contains(m.Text, what) {
				return true
			}
		}
		return false
	}
	send := func(text string) {
		t.Helper()
		if err := n.sms.Accept(t.Context(), []channel.MO{{Channel: "sms", ExternalID: text, From: number, Text: text}}); err != nil {
			t.Fatal(err)
		}
	}
	send("START")
	until(t, 10*time.Second, "START to be answered", func() bool { return heard("C'est not") })

	baro(exitDone, "Broadcast 1 is a draft", "new", "--as", "awa", "--text", "fr=Réunion mardi à {commune}.", "--text", "bm=Bɛn bɛ kɛ tarata.")
	baro(exitDone, "1 SMS parts]\nMairie", "preview", "1")
	baro(exitFound, "conflict", "approve", "1", "--as", "bah")
	baro(exitDone, "waits for another person", "submit", "1", "--as", "awa")
	baro(exitFound, "same person", "approve", "1", "--as", "awa")
	baro(exitDone, "it can be undone", "approve", "1", "--as", "bah")
	until(t, 20*time.Second, "the broadcast to arrive", func() bool { return heard("Réunion mardi") })
	until(t, 20*time.Second, "the broadcast to end", func() bool {
		var shown struct {
			State     string `json:"state"`
			PartsSent int    `json:"parts_sent"`
		}
		if err := json.Unmarshal([]byte(baro(exitDone, "", "show", "1", "--json")), &shown); err != nil {
			t.Fatal(err)
		}
		return shown.State == "done" && shown.PartsSent == 1
	})
	baro(exitDone, "done", "show", "1", "--follow")
	baro(exitFound, "conflict", "resume", "1")
	baro(exitDone, "stopped", "stop", "--reason", "essai")
	send("Qui parle à la réunion de mardi ?")
	until(t, 10*time.Second, "the question to be noted", func() bool { return heard("est not") && heard("numéro") })

	baro(exitDone, "Rule 1 is a draft", "repeat", "new", "0 9 1 1,4,7,10 *", "--subject", "budget", "--as", "awa")
	baro(exitDone, "waits", "repeat", "submit", "1", "--as", "awa")
	baro(exitFound, "same person", "repeat", "approve", "1", "--as", "awa")
	baro(exitDone, "approved", "repeat", "approve", "1", "--as", "bah")
	baro(exitDone, "command:bah", "repeat", "list")
	baro(exitUsage, "commune", "show", "--commune", "999")
}
