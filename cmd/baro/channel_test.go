package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/watch"
)

// channelConfig is a configuration beside a running demonstration in folder.
func channelConfig(t *testing.T, folder string) string {
	t.Helper()
	file := filepath.Join(folder, "test.yaml")
	text := fmt.Sprintf(`database: sqlite:%[1]s/baro.db
secrets: {key_file: %[1]s/baro.key}
channels:
  ussd: {provider: simulator, kind: ussd, code: "*384*96#", commune: "417"}
  sms: {provider: simulator, kind: sms, from: "36036", commune: "417", cost: 12.5}
`, folder)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A test message goes through the gateway that is running, and the list tells how its channels fare.
func TestChannelCommands(t *testing.T) {
	folder := t.TempDir()
	set, _, err := demoSettings(Process{Stderr: new(bytes.Buffer)}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	conf := channelConfig(t, folder)
	before := run(t, "", "channel", "list", "--config", conf)
	if before.code != exitDone || !strings.Contains(before.out, "no running gateway reports it") {
		t.Errorf("before a gateway runs: %d\n%s%s", before.code, before.out, before.errors)
	}
	if err := n.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	sent := run(t, "", "channel", "test", "sms", "--to", "70000001", "--wait", "1s", "--config", conf)
	if sent.code != exitDone || !strings.Contains(sent.out, "sent, the provider's id is") || !strings.Contains(sent.out, "1 SMS parts") || strings.Contains(sent.out, "70000001") {
		t.Errorf("test: %d\n%s%s", sent.code, sent.out, sent.errors)
	}
	for range 6 {
		n.watch.Note("ussd", watch.Exchange{Way: watch.USSD, Outcome: "deadline", Took: 5 * time.Second, Mark: watch.Trouble})
	}
	if _, err := n.reportChannels(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := run(t, "", "channel", "list", "--recent", "--config", conf)
	for _, want := range []string{"sms      simulator  sms", "  12.5 ", "ok", "down   ", "6 of 6 failed: deadline", "mt       accepted"} {
		if !strings.Contains(list.out, want) {
			t.Errorf("the list lacks %q:\n%s", want, list.out)
		}
	}
	var all []listed
	if err := json.Unmarshal([]byte(run(t, "", "channel", "list", "--json", "--config", conf).out), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Name != "sms" || all[0].Nodes[0].State != "ok" || all[1].Nodes[0].State != "down" || all[0].Nodes[0].LastOut == nil ||
		all[0].Cost == nil || *all[0].Cost != 12.5 || all[1].Cost != nil {
		t.Errorf("as JSON: %+v", all)
	}
}

func TestChannelTestRefuses(t *testing.T) {
	folder := t.TempDir()
	conf := channelConfig(t, folder)
	if err := os.WriteFile(filepath.Join(folder, "baro.key"), bytes.Repeat([]byte("k"), 32), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a number that is none", []string{"sms", "--to", "12"}, exitUsage, "--to"},
		{"a channel of USSD", []string{"ussd", "--to", "70000001"}, exitUsage, `no SMS channel is named "ussd"`},
		{"no such channel", []string{"post", "--to", "70000001"}, exitUsage, `no SMS channel is named "post"`},
		{"no number", []string{"sms"}, exitUsage, "--to"},
	} {
		got := run(t, "", append([]string{"channel", "test", "--config", conf}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.errors, c.want) {
			t.Errorf("%s: %d, %s", c.name, got.code, got.errors)
		}
	}
}
