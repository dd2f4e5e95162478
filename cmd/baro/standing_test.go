package main

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"baro/store"
)

// A channel stands while some node has said lately that it may send over it.
func TestStanding(t *testing.T) {
	set, _, err := demoSettings(Process{Stderr: new(bytes.Buffer)}, &commands{}, t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	say := func(node, channel, recent string, ago time.Duration) {
		t.Helper()
		state := store.ChannelState{Channel: channel, Node: node, State: "ok", Recent: []byte(recent), At: n.set.now().Add(-ago)}
		if err := n.db.ChannelStates().Report(t.Context(), []store.ChannelState{state}); err != nil {
			t.Fatal(err)
		}
	}
	say("a", "smpp", `{"away":true}`, 0)
	say("b", "smpp", `{}`, 5*time.Second)
	say("a", "phones", `{"away":true}`, 0)
	say("c", "phones", `{}`, time.Minute) // a node that has stopped
	got, err := n.standing(t.Context())
	if err != nil || !got["smpp"] || got["phones"] {
		t.Errorf("%v, %v", got, err)
	}
}
