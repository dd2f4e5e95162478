//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/flows/simulate"
	"baro/locales"
	"baro/store/session"
)

// undone is a session store in which nothing can be saved.
type undone struct{ session.Store }

func (undone) Save(context.Context, string, []byte, uint64, time.Duration) (uint64, error) {
	return 0, errors.New("planted")
}

// publishing changes a text while two nodes serve: a dialogue ends with the texts it began with, on every node, also on one
// that is started meanwhile.
func publishing(t *testing.T, e *estate) {
	const before, after = "Question ou probleme", "Question ou souci"
	nodes := e.pair(t, slog.New(slog.DiscardHandler))
	begin := func(call string) (asks func(n *node) string) {
		t.Helper()
		text, used := "", 0
		send := func(n *node) string {
			t.Helper()
			reply, err := nodeNetwork{n}.USSD(t.Context(), simulate.Request{Session: call, Number: "+2237050000" + call, Code: ussdCode(n), Text: text})
			if err != nil {
				t.Fatal(err)
			}
			return reply.Text
		}
		send(nodes[0])
		return func(n *node) string {
			// To the menu, into the question, and back: so that it can be asked again.
			for _, key := range [][]string{{"4", "5"}, {"0", "5"}}[min(used, 1)] {
				text = strings.TrimPrefix(text+"*"+key, "*")
				shown := send(n)
				if key == "5" {
					used++
					return shown
				}
			}
			return ""
		}
	}
	says := func(asks func(*node) string, n *node, want string) {
		t.Helper()
		if got := asks(n); !strings.HasPrefix(got, want) {
			t.Errorf("shown %q, want %q…", got, want)
		}
	}
	first := begin("1")
	says(first, nodes[0], before)

	out, code := e.command(t, masterKey(), "flows", "publish", "--texts", changedTexts(t))
	if code != exitDone || !strings.Contains(out, "proposed") {
		t.Fatalf("flows publish: %d %s", code, out)
	}
	stepOf(t, nodes[0])
	early := begin("2") // the other node has not loaded it
	says(early, nodes[0], before)
	stepOf(t, nodes[1], nodes[0])
	second := begin("3")
	for _, n := range nodes {
		says(first, n, before)
		says(early, n, before)
		says(second, n, after)
	}

	out, code = e.command(t, masterKey(), "flows", "rollback")
	if code != exitDone {
		t.Fatalf("flows rollback: %d %s", code, out)
	}
	stepOf(t, nodes[0], nodes[1], nodes[0])
	third := begin("4")
	late := e.node(t, slog.New(slog.DiscardHandler)) // started after the rollback
	for _, n := range []*node{nodes[0], nodes[1], late} {
		says(first, n, before)
		says(second, n, after)
		says(third, n, before)
	}
	if list, _ := e.command(t, masterKey(), "flows", "list"); strings.Count(list, "active") != 1 || strings.Count(list, "previous") != 1 {
		t.Errorf("flows list: %s", list)
	}
}

// changedTexts is a folder of the shipped texts with one of them changed.
func changedTexts(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	names, err := fs.Glob(locales.Messages(), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := false
	for _, name := range names {
		data, err := fs.ReadFile(locales.Messages(), name)
		if err != nil {
			t.Fatal(err)
		}
		next := bytes.Replace(data, []byte("question.menu: Question ou problème"), []byte("question.menu: Question ou souci"), 1)
		changed = changed || !bytes.Equal(next, data)
		if err := os.WriteFile(filepath.Join(folder, name), next, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !changed {
		t.Fatal("the text to change is not there")
	}
	return folder
}
