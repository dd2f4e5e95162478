//go:build unix

package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows/simulate"
	"baro/gateway/inbound"
)

// TestNodes proves on PostgreSQL and Redis what holds for one node on SQLite, and what several nodes owe each other. The
// servers are started once; each part has a database of its own.
func TestNodes(t *testing.T) {
	e := newEstate(t, startOfDay())
	t.Run("golden dialogues in turns", func(t *testing.T) { goldenInTurns(t, e) })
	t.Run("the same request to both nodes", func(t *testing.T) { sameRequest(t, e.fresh(t)) })
	t.Run("Twilio's signatures", func(t *testing.T) { signatures(t, e.running(t)) })
	t.Run("two thousand duplicate webhooks", func(t *testing.T) { duplicates(t, e.running(t)) })
	t.Run("an SMS dialogue in turns", func(t *testing.T) { smsInTurns(t, e.running(t)) })
	t.Run("order of a person's messages under load", func(t *testing.T) { smsOrder(t, e.running(t)) })
	t.Run("a data key is rotated while two nodes serve", func(t *testing.T) { rotation(t, e.running(t)) })
	t.Run("another key file", func(t *testing.T) { rewrapping(t, e.fresh(t)) })
	t.Run("flows published while two nodes serve", func(t *testing.T) { publishing(t, e.fresh(t)) })
	t.Run("jobs once among nodes", func(t *testing.T) { jobsOnce(t, e.fresh(t)) })
	t.Run("a dead node's lease", func(t *testing.T) { deadLease(t, e.fresh(t)) })
}

// goldenInTurns plays the golden dialogues, each request on the other of two nodes, and demands the written screens. The
// nodes share one source of randomness, so that case numbers are those of a single node. Each dialogue has a database and
// two nodes of its own, which takes time: the short form plays every twelfth.
func goldenInTurns(t *testing.T, shared *estate) {
	files, err := filepath.Glob("testdata/dialogues/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dialogues, %v", len(files), err)
	}
	for i, file := range files {
		if i%12 != 0 && !longForm() {
			continue
		}
		t.Run(strings.TrimPrefix(file, "testdata/dialogues/"), func(t *testing.T) {
			script := readScript(t, file)
			e := shared.fresh(t)
			for mark, statement := range changes() {
				if strings.Contains(file, mark) {
					if _, err := e.open(t).ExecContext(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
			}
			network := &turns{}
			for range 2 {
				network.nodes = append(network.nodes, e.node(t, slog.New(slog.DiscardHandler), func(set *settings) { channelsOf(set, file) }))
			}
			if strings.Contains(file, knownMark) {
				if err := network.nodes[0].speak(t.Context(), script.Number, filepath.Base(filepath.Dir(file))); err != nil {
					t.Fatal(err)
				}
			}
			if diff := script.Diff(e.play(t, network.phone(demoNumber), script)); diff != "" {
				t.Errorf("%s: %s", file, diff)
			}
		})
	}
}

// play plays a script whose clock may pass. Redis counts by its own clock, so that what has run out by the estate's clock
// is dropped by hand.
func (e *estate) play(t *testing.T, phone *simulate.Phone, script *simulate.Script) *simulate.Script {
	t.Helper()
	out := &simulate.Script{Comments: script.Comments, Number: script.Number}
	if script.Number != "" {
		phone.Number = script.Number // a step may take another phone
	}
	for _, step := range script.Steps {
		if d, ok := passes(step.Act); ok {
			e.clock.pass(d)
			if d >= inbound.DialogueLife {
				e.redisDo(t, "FLUSHALL")
			}
			out.Steps = append(out.Steps, simulate.Step{Line: step.Line, Act: step.Act})
			continue
		}
		played, err := (&simulate.Script{Steps: []simulate.Step{step}}).Run(t.Context(), phone, strictProfile())
		if err != nil {
			t.Fatal(err)
		}
		out.Steps = append(out.Steps, played.Steps...)
	}
	return out
}

// sameRequest sends every request of some dialogues to both nodes, one after the other and at the same time: the bytes are
// equal, and what the step wrote is there once.
func sameRequest(t *testing.T, e *estate) {
	log := &record{}
	nodes := []*served{e.serve(t, log), e.serve(t, log)}
	db := e.open(t)
	for _, c := range []struct{ number, history, query string }{
		{"+22370000021", "4*2*1*1*1*2*2*3*1*2*1", "SELECT count(*) FROM answers a JOIN ballots b ON b.id = a.ballot_id WHERE b.consultation_id <> 1"},
		{"+22370000022", "4*5*1*la piste est coupee*2*2", "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"},
	} {
		text := ""
		for i, input := range append([]string{""}, strings.Split(c.history, "*")...) {
			if i > 0 {
				text = strings.TrimPrefix(text+"*"+input, "*")
			}
			var answers [6]string
			var together sync.WaitGroup
			for k := range 4 { // two to each node, at the same time
				together.Go(func() { answers[k] = nodes[k%2].ussd(t, "both-"+c.number[1:], c.number, text) })
			}
			together.Wait()
			for k := 4; k < 6; k++ { // and again, one after the other
				answers[k] = nodes[k%2].ussd(t, "both-"+c.number[1:], c.number, text)
			}
			for _, a := range answers {
				if a != answers[0] {
					t.Errorf("after %q: %q", text, answers)
					break
				}
			}
		}
		if n := count(t, db, c.query); n != 1 {
			t.Errorf("%s: %d rows for one act", c.history, n)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM (SELECT 1 FROM steps GROUP BY session, step HAVING count(*) > 1) AS twice"); n != 0 {
		t.Errorf("%d steps were written twice", n)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the nodes logged errors:\n%s", log)
	}
}

// stepOf ticks what follows releases, keys and other nodes on a node, as its jobs do every few seconds.
func stepOf(t *testing.T, nodes ...*node) {
	t.Helper()
	for _, n := range nodes {
		if _, err := n.followFlows(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := n.mergeKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// settled waits until no message is unhandled, and gives how long that took.
func settled(t *testing.T, e *estate) time.Duration {
	t.Helper()
	db := e.open(t)
	return until(t, time.Minute, "messages to be handled", func() bool {
		return count(t, db, "SELECT count(*) FROM messages_in WHERE state = 'received'") == 0
	})
}
