package main

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/store/session"
)

// steps are the screens, "flow/screen", that the dialogues of one language have shown.
type steps struct {
	mu      sync.Mutex
	program *flows.Program
	seen    map[string]bool
}

// open builds a node whose dialogues are noted, on records that are seeded already.
func (w *steps) open(t testing.TB, set settings) *node {
	t.Helper()
	n, err := openNode(t.Context(), set, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.close(); err != nil {
			t.Errorf("close the node: %v", err)
		}
	})
	w.program = n.releases.Current()
	n.sessions = noting{n.sessions, w}
	if err := n.wire(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// noting keeps dialogues and notes where they stand.
type noting struct {
	session.Store
	steps *steps
}

func (s noting) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	s.steps.note(data)
	return s.Store.Save(ctx, key, data, expect, ttl)
}

// note finds the session in what is kept of a dialogue by the release that stands at its beginning.
func (w *steps) note(data []byte) {
	release := w.program.Release()
	at := bytes.Index(data, release[:])
	if at < 1 {
		return
	}
	s, err := flows.DecodeSession(data[at-1:])
	if err != nil || len(s.Frames) == 0 {
		return
	}
	flow := w.program.Flows[s.Top().Flow]
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[flow.Name+"/"+flow.Nodes[s.Top().Node].Name] = true
}

// never are the screens of the program that no dialogue has shown, but for those named.
func (w *steps) never(but map[string]string) (left []string) {
	for _, flow := range w.program.Flows {
		for _, node := range flow.Nodes {
			name := flow.Name + "/" + node.Name
			shown := node.Kind == flows.Menu || node.Kind == flows.Choose || node.Kind == flows.Ask || node.Kind == flows.End
			if shown && !w.seen[name] && but[name] == "" {
				left = append(left, name)
			}
		}
	}
	return left
}

// unplayed are the screens no dialogue of one phone can show, each with the reason.
func unplayed() map[string]string {
	const meanwhile = "what it showed went away between two keys, which one phone cannot play"
	return map[string]string{
		"aid/nothing":          meanwhile,
		"leader/gone":          meanwhile,
		"leader/decided":       meanwhile,
		"meetings/gone":        meanwhile,
		"dialogue/no_decision": meanwhile,
		"callback/nobody":      "key 8 is offered only where somebody calls back",
	}
}
