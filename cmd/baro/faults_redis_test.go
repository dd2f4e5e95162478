//go:build unix

package main

import (
	"fmt"
	"testing"
	"time"

	"baro/store/session/sessiontest"
)

// within is the longest anybody may wait for a screen, whatever is broken (design: deadline of a USSD request).
const within = 5 * time.Second

// TestFaultRedis takes Redis away in mid-dialogue: killed, hung and emptied, from one node and from two. Every request is
// answered in time with a screen; what was acknowledged is there once; afterwards everything goes on at once.
func TestFaultRedis(t *testing.T) {
	e := newEstate(t, startOfDay())
	hang := 2500 * time.Millisecond
	if longForm() {
		hang = 8 * time.Second
	}
	for _, nodes := range []int{1, 2} {
		for _, c := range []struct {
			name  string
			away  time.Duration
			begin func(*estate)
			end   func(*estate)
		}{
			{"killed", time.Second, func(e *estate) { e.redis.Kill() }, func(e *estate) { e.redis.Restart() }},
			{"hung", hang, func(e *estate) { e.redis.Freeze() }, func(e *estate) { e.redis.Thaw() }},
			{"emptied", 0, func(e *estate) { e.redisDo(t, "FLUSHALL") }, func(*estate) {}},
		} {
			t.Run(fmt.Sprintf("%s, %d nodes", c.name, nodes), func(t *testing.T) {
				e := e.running(t)
				db := e.open(t)
				people := newProvider("/hooks/ussd/ussd")
				people.urls = e.serveSeveral(t, nodes)
				r := newResidents(t, people, db, 50)
				r.start(t, 3)
				progress := func(n int) { // calls that come to their end
					t.Helper()
					before, _ := r.done()
					until(t, 30*time.Second, "calls to come to their end", func() bool { whole, _ := r.done(); return whole >= before+n })
				}
				progress(6)
				calm := people.takeSlowest()
				wholeBefore, brokenBefore := r.done()
				c.begin(e)
				begin := time.Now()
				until(t, c.away+time.Second, "Redis to have been away", func() bool { return time.Since(begin) >= c.away })
				wholeThen, brokenThen := r.done()
				c.end(e)
				back := time.Now()
				progress(3)
				recovered := time.Since(back)
				progress(6)
				r.end()
				r.check(t, db)
				slowest := people.takeSlowest()
				if slowest > within {
					t.Errorf("somebody waited %v for a screen", slowest)
				}
				if nodes == 1 && c.name == "killed" && wholeThen == wholeBefore {
					t.Error("a single node does not go on in process")
				}
				if nodes > 1 && c.away > 0 && wholeThen > wholeBefore+3 {
					t.Errorf("%d calls came to their end without a common session store", wholeThen-wholeBefore)
				}
				_, brokenEnd := r.done()
				t.Logf("slowest answer before %v, with the fault %v; meanwhile %d calls to their end, %d broken off; three calls to their end %v after it was back, %d broken off in all",
					calm.Round(time.Millisecond), slowest.Round(time.Millisecond), wholeThen-wholeBefore, brokenThen-brokenBefore,
					recovered.Round(time.Millisecond), brokenEnd)
			})
		}
	}
}

// serveSeveral starts nodes, which know of each other when it returns.
func (e *estate) serveSeveral(t *testing.T, nodes int) (urls []string) {
	t.Helper()
	var all []*served
	for range nodes {
		s := e.serve(t, &record{})
		all, urls = append(all, s), append(urls, s.url)
	}
	for _, s := range all {
		stepOf(t, s.node)
		if s.publish.Alone() != (nodes == 1) {
			t.Fatalf("of %d nodes one believes that it is alone, or not: %v", nodes, s.publish.Alone())
		}
	}
	return urls
}

// TestFaultRedisCluster kills one of three masters and starts it again, as an orchestrator does. Dialogues on the others'
// slots go on; its own come back within seconds.
func TestFaultRedisCluster(t *testing.T) {
	e := newEstate(t, startOfDay())
	masters := sessiontest.StartCluster(t)
	for _, m := range masters {
		// With the default a cluster that lacks a third of its slots refuses the other two thirds as well.
		if got := redisLine(t, m.Addr(), "CONFIG SET cluster-require-full-coverage no"); got != "+OK\r\n" {
			t.Fatal(got)
		}
	}
	e = e.running(t)
	e.sessions = sessiontest.ClusterURL(masters)
	db := e.open(t)
	people := newProvider("/hooks/ussd/ussd", e.serveSeveral(t, 2)...)
	r := newResidents(t, people, db, 60)
	r.start(t, 4)
	whole := func() int { n, _ := r.done(); return n }
	until(t, 30*time.Second, "calls to come to their end", func() bool { return whole() >= 10 })
	if _, broken := r.done(); broken != 0 {
		t.Errorf("%d calls broke off while all was well", broken)
	}
	masters[0].Kill()
	killed, before := time.Now(), whole()
	until(t, 20*time.Second, "dialogues of other slots to go on", func() bool { return whole() >= before+5 })
	others := time.Since(killed)
	masters[0].Restart()
	restarted := time.Now()
	// All slots are served again when a run of calls, each on slots of its own, comes to its end without a break.
	steady := func() bool {
		w, b := r.done()
		until(t, 30*time.Second, "calls", func() bool { w2, b2 := r.done(); return w2+b2 >= w+b+15 })
		_, b2 := r.done()
		return b2 == b
	}
	outage := time.Duration(0)
	for !steady() {
		if outage = time.Since(restarted); outage > 30*time.Second {
			t.Fatal("calls still break off 30 s after the master was back")
		}
	}
	r.end()
	r.check(t, db)
	slowest := people.takeSlowest()
	if slowest > within {
		t.Errorf("somebody waited %v for a screen", slowest)
	}
	w, b := r.done()
	t.Logf("five calls on other slots %v after the kill; the last break %v after the restart; slowest answer %v; %d calls to their end, %d broken off",
		others.Round(time.Millisecond), outage.Round(time.Millisecond), slowest.Round(time.Millisecond), w, b)
}
