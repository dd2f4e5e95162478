//go:build unix

package campaign_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

// killsWanted asks for the long form of these tests.
const killsWanted = "BARO_TEST_KILLS"

func long() bool { return os.Getenv(killsWanted) != "" }

// impatient makes doubts end soon.
func impatient(c *outbox.Channel) {
	c.Timeout, c.UnconfirmedAfter, c.Lease = 40*time.Millisecond, 30*time.Millisecond, 2*time.Second
}

// TestFaultAtEveryCall lets the provider fail at call k of a broadcast of 200, for every k, in each way a provider can.
// Each recipient ends in exactly one final state, none gets it twice, and the audit tells every move.
func TestFaultAtEveryCall(t *testing.T) {
	const people = 200
	step := 66
	if long() {
		step = 1
	}
	modes := []struct {
		name string
		act  func(w *town, ctx context.Context, m channel.MT) channel.Result
		want string
		sent int // that the provider has
	}{
		{"error", func(*town, context.Context, channel.MT) channel.Result {
			return channel.Result{Outcome: channel.Refused, Class: channel.ClassBlockedContent}
		}, "map[failed:1 sent:199]", 199},
		{"delay", func(_ *town, ctx context.Context, _ channel.MT) channel.Result {
			<-ctx.Done()
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassUnknown}
		}, "map[sent:199 unconfirmed:1]", 199},
		{"commit then error", func(w *town, _ context.Context, m channel.MT) channel.Result {
			w.provider.accept(m)
			return channel.Result{Outcome: channel.Unknown, Class: channel.ClassUnknown}
		}, "map[sent:199 unconfirmed:1]", 200},
		{"panic", func(*town, context.Context, channel.MT) channel.Result { panic("no") }, "map[sent:199 unconfirmed:1]", 199},
		{"later", func(*town, context.Context, channel.MT) channel.Result {
			return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassUnreachableNow}
		}, "map[sent:200]", 200},
	}
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			w := newTown(t, address(), options{channel: impatient, change: func(d *campaign.Deps) { quick(d); d.Cap = 1 << 30 }})
			w.readers(w.commune, people)
			w.sending()
			for _, mode := range modes {
				steps := step
				if mode.name == "later" {
					steps = max(step, 66) // each waits a second
				}
				for k := 1; k <= people; k += steps {
					w.provider.reset()
					w.provider.act = func(ctx context.Context, m channel.MT, call int) channel.Result {
						if call == k {
							return mode.act(w, ctx, m)
						}
						return w.provider.accept(m)
					}
					b := w.approved(w.wish())
					w.feeder.Wake()
					w.until(fmt.Sprintf("%s at call %d done", mode.name, k), time.Minute, func() bool { return w.get(b).State == store.BroadcastDone })
					if got := fmt.Sprint(w.counts(b)); got != mode.want {
						t.Fatalf("%s at call %d: %s, want %s", mode.name, k, got, mode.want)
					}
					if _, got, _ := w.provider.counts(); got != mode.sent {
						t.Fatalf("%s at call %d: the provider has %d", mode.name, k, got)
					}
					w.exactlyOnce(b, people)
					w.audited(b, "draft", "submitted", "approved", "running", "done")
				}
			}
		})
	}
}

// audited compares the trail of a broadcast's states.
func (w *town) audited(b store.Broadcast, states ...string) {
	w.t.Helper()
	var got []string
	for after := int64(0); ; {
		rows, err := w.db.Audit().List(ctx, w.commune, after, 1000)
		w.must(err)
		for _, r := range rows {
			if r.Object == fmt.Sprintf("broadcast:%d", b.ID) && (r.Action == "broadcast.state" || r.Action == "broadcast.create") {
				got = append(got, r.After)
			}
			after = r.Seq
		}
		if len(rows) < 1000 {
			break
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(states) {
		w.t.Errorf("the audit tells %v, want %v", got, states)
	}
}

func (p *provider) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls, p.parts, p.times = 0, 0, nil
	clear(p.taken)
	clear(p.heard)
}

// victim turns the test binary into a node to be killed: its database, and the file in which its provider notes what it has.
const victim = "BARO_TEST_CAMPAIGN_VICTIM"

// TestFaultKilledNodes kills sending nodes at random points with kill -9 and starts them again: one on SQLite, one of two on
// PostgreSQL. Every recipient ends in one final state, nobody gets it twice, and whoever is told as sent has it.
func TestFaultKilledNodes(t *testing.T) {
	if is := os.Getenv(victim); is != "" {
		runVictim(t, is)
		return
	}
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			people, kills, nodes := 4000, 4, 1
			if name == "postgres" {
				people, nodes = 6000, 2
			}
			if long() {
				people, kills = 40_000, 50
			}
			killNodes(t, address(), people, kills, nodes)
		})
	}
}

// TestFaultNodeOfTwoKilled kills one of two nodes in the middle of a large broadcast, once, and does not start it again.
func TestFaultNodeOfTwoKilled(t *testing.T) {
	people := 5000
	if long() {
		people = 100_000
	}
	killNodes(t, engines(t)["postgres"](), people, -1, 2)
}

// killNodes sends to people with nodes that are killed so many times; -1 kills the first once and for all.
func killNodes(t *testing.T, address string, people, kills, nodes int) {
	w := newTown(t, address, options{change: quick})
	w.readers(w.commune, people)
	b := w.approved(w.wish())
	folder := t.TempDir()
	processes := make([]*exec.Cmd, nodes)
	started := 0
	start := func(i int) {
		started++
		cmd := exec.Command(os.Args[0], "-test.run=^TestFaultKilledNodes$")
		cmd.Env = append(os.Environ(), victim+"="+address+"|"+filepath.Join(folder, strconv.Itoa(started))+"|"+strconv.Itoa(started))
		lifeline, err := cmd.StdinPipe()
		w.must(err)
		_ = lifeline // stays open as long as this process lives
		w.must(cmd.Start())
		processes[i] = cmd
	}
	kill := func(i int) {
		if processes[i] != nil {
			_ = processes[i].Process.Kill()
			_ = processes[i].Wait()
			processes[i] = nil
		}
	}
	for i := range processes {
		start(i)
		t.Cleanup(func() { kill(i) })
	}
	finished := func() int {
		r, err := w.Show(ctx, w.commune, b.ID)
		w.must(err)
		return int(r.Done())
	}
	chance := rand.New(rand.NewPCG(2026, 11))
	if kills < 0 {
		w.until("under way", 5*time.Minute, func() bool { return finished() > people/3 })
		kill(0)
	}
	for k := range kills {
		at := people * (k + 1) / (kills + 2)
		w.until("under way", 5*time.Minute, func() bool { return finished() >= at })
		pause := time.NewTimer(time.Duration(chance.IntN(150)) * time.Millisecond) // the random point
		<-pause.C
		i := chance.IntN(nodes)
		kill(i)
		start(i)
	}
	w.until("done", 10*time.Minute, func() bool { return w.get(b).State == store.BroadcastDone })
	for i := range processes {
		kill(i)
	}
	noted := noted(t, folder)
	for id, times := range noted {
		if times > 1 {
			t.Errorf("message %s was handed over %d times", id, times)
		}
	}
	c := w.counts(b)
	total := int64(0)
	for state, n := range c {
		total += n
		if !state.Final() || state != store.RecipientSent && state != store.RecipientUnconfirmed {
			t.Errorf("%d are %s", n, state)
		}
	}
	if total != int64(people) || len(noted) > people || int64(len(noted)) < c[store.RecipientSent] {
		t.Errorf("%d people, %v, the provider has %d", people, c, len(noted))
	}
	w.audited(b, "draft", "submitted", "approved", "running", "done")
	t.Logf("%d people, %d nodes started: %v, the provider has %d", people, started, c, len(noted))
}

// runVictim sends until it is killed.
func runVictim(t *testing.T, is string) {
	field := strings.Split(is, "|")
	file, err := os.OpenFile(field[1], os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, field[0], options{
		node: "node-" + field[2],
		channel: func(c *outbox.Channel) {
			c.Timeout, c.UnconfirmedAfter, c.Lease = time.Second, time.Second, 3*time.Second
		},
		change: func(d *campaign.Deps) { quick(d); d.LeaseLife = time.Second },
	})
	w.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
		if _, err := file.WriteString(m.ID + "\n"); err != nil {
			return channel.Result{Outcome: channel.Unknown}
		}
		return channel.Result{Outcome: channel.Accepted, ProviderID: "P-" + m.ID, Parts: m.Parts}
	}
	w.sending()
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or whoever started it is gone
}

// noted counts what providers of all nodes have noted.
func noted(t *testing.T, folder string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]int)
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			ids[lines.Text()]++
		}
		_ = file.Close()
	}
	return ids
}
