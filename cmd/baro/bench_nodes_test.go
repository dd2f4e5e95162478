//go:build unix

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"baro/store/session"
	"baro/store/session/redis"
)

// callers is how many requests are under way at a time in the benchmarks of nodes.
const callers = 64

// BenchmarkNodeUSSD compares the USSD hook of a node on PostgreSQL and Redis with a bare handler that does no more than
// load a session from the same Redis and set it with the same compare-and-set: two round trips. Both are asked over
// loopback by the same client, in turn.
func BenchmarkNodeUSSD(b *testing.B) {
	e := newEstate(b, startOfDay())
	quiet := slog.New(slog.DiscardHandler)
	round := 0
	for _, c := range []struct {
		name   string
		change func(*settings)
	}{
		{"limits=off", func(*settings) {}},
		{"limits=on", func(set *settings) {
			set.limits.ussdPhone = session.Rule{Events: 1 << 20, Per: time.Second, Burst: 1 << 20}
			set.limits.ussdChannel = session.Rule{Events: 1 << 20, Per: time.Second, Burst: 1 << 20}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := e.node(b, quiet, c.change)
			if err := n.server.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			bare := bareSessions(b, e.sessions)
			address := n.server.Addr().String()
			var ours, theirs time.Duration
			calls := 0
			for b.Loop() {
				calls++
				ours += dialogues(b, address, "/hooks/ussd/ussd", round)
				theirs += dialogues(b, bare, "/", round)
				round++
			}
			requests := float64(calls * callers * len(threeLevels()))
			b.ReportMetric(requests/ours.Seconds(), "baro-req/s")
			b.ReportMetric(requests/theirs.Seconds(), "bare-req/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
			load(b)
		})
	}
}

// threeLevels is a call through menus: language, main menu, the subjects of a question, the next page, back and back.
func threeLevels() []string { return []string{"", "4", "4*5", "4*5*9", "4*5*9*0", "4*5*9*0*0"} }

// dialogues lets every caller, a new number each time, walk through threeLevels once, all at a time, and says how long that took.
func dialogues(b *testing.B, address, path string, round int) time.Duration {
	client := &fasthttp.HostClient{Addr: address, MaxConns: callers}
	defer client.CloseIdleConnections()
	begin := time.Now()
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(resp)
			for _, text := range threeLevels() {
				req.Reset()
				req.SetRequestURI("http://" + address + path)
				req.Header.SetMethod(fasthttp.MethodPost)
				req.Header.SetContentType("application/x-www-form-urlencoded")
				req.SetBodyString(form(fmt.Sprintf("s-%d-%d", round, i), fmt.Sprintf("+2237%07d", round*callers+i), text))
				if err := client.Do(req, resp); err != nil || resp.StatusCode() != 200 || !strings.HasPrefix(string(resp.Body()), "CON ") {
					b.Errorf("%s: %d %q %v", text, resp.StatusCode(), resp.Body(), err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}

// bareSessions serves what a gateway cannot do less than: read the form, load, compare and set.
func bareSessions(b *testing.B, url string) (address string) {
	b.Helper()
	client, err := redis.Open(redis.Config{URL: url, Now: time.Now, Random: rand.Uint64})
	if err != nil {
		b.Fatal(err)
	}
	sessions := client.Sessions()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/", func(c *fiber.Ctx) error {
		key := "bare:" + c.FormValue("sessionId") + c.FormValue("phoneNumber")
		rec, err := sessions.Load(context.Background(), key)
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			return err
		}
		data := make([]byte, 300)
		copy(data, rec.Data)
		binary.LittleEndian.PutUint64(data, binary.LittleEndian.Uint64(data)+1)
		if _, err := sessions.Save(context.Background(), key, data, rec.Version, time.Minute); err != nil {
			return err
		}
		return c.SendString("CON " + c.FormValue("text"))
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = app.Listener(l) }()
	b.Cleanup(func() {
		_ = app.Shutdown()
		_ = client.Close()
	})
	return l.Addr().String()
}

// BenchmarkNodeSMS sends signed webhooks and waits until each is answered: verified, deduplicated, stepped, and its reply
// durable in the outbox of PostgreSQL, whose fsync is off in tests. Nothing is sent out. A round is one message of each
// person; a person's next one comes when the former is answered.
func BenchmarkNodeSMS(b *testing.B) {
	const people = 2000
	e := newEstate(b, startOfDay())
	n := e.node(b, slog.New(slog.DiscardHandler), withTwilio("http://127.0.0.1:1"))
	if err := n.server.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	n.sms.Start(context.Background())
	b.Cleanup(n.sms.Stop)
	db := e.open(b)
	address := n.server.Addr().String()
	texts := []string{"bonjour", "4", "5", "9", "0", "0"} // as threeLevels
	bodies := make([]string, people)
	signatures := make([]string, people)
	sent := 0
	var took, posting, used time.Duration
	for b.Loop() {
		for i := range people {
			bodies[i], signatures[i] = twilioSMS(fmt.Sprintf("SM%d", sent+i), fmt.Sprintf("+22370%06d", i), texts[sent/people%len(texts)])
		}
		begin, before := time.Now(), cpu()
		webhooks(b, address, bodies, signatures)
		posting += time.Since(begin)
		sent += people
		until(b, time.Minute, "messages to be answered", func() bool {
			return count(b, db, "SELECT count(*) FROM (SELECT 1 FROM messages_in WHERE state = 'received' LIMIT 1) AS one") == 0
		})
		took += time.Since(begin)
		used += cpu() - before
	}
	if replies := count(b, db, "SELECT count(*) FROM outbox"); replies != int64(sent) {
		b.Fatalf("%d replies to %d messages", replies, sent)
	}
	b.ReportMetric(float64(sent)/took.Seconds(), "msg/s")
	b.ReportMetric(float64(sent)/posting.Seconds(), "accepted/s")
	b.ReportMetric(float64(used.Microseconds())/float64(sent), "cpu-µs/msg")
	b.ReportMetric(2*float64(sent)/used.Seconds(), "msg/s-of-2-cores") // were both free for it: client, node and servers
	load(b)
}

func webhooks(b *testing.B, address string, bodies, signatures []string) {
	client := &fasthttp.HostClient{Addr: address, MaxConns: callers}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(resp)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					return
				}
				req.Reset()
				req.SetRequestURI("http://" + address + "/hooks/twilio/sms")
				req.Header.SetMethod(fasthttp.MethodPost)
				req.Header.SetContentType("application/x-www-form-urlencoded")
				req.Header.Set("X-Twilio-Signature", signatures[i])
				req.SetBodyString(bodies[i])
				if err := client.Do(req, resp); err != nil || resp.StatusCode() != 200 {
					b.Errorf("webhook: %d %v", resp.StatusCode(), err)
					return
				}
			}
		})
	}
	all.Wait()
}

// cpu is the processor time that this process and the servers it started have used so far; 0 where it cannot be known. On a
// shared machine it says more than the clock on the wall.
func cpu() (used time.Duration) {
	var own syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil {
		return 0
	}
	used = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	const tick = 10 * time.Millisecond // of /proc, proc(5)
	parents, times := map[int]int{}, map[int]time.Duration{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		_, rest, _ := strings.Cut(string(text), ") ") // the name may hold blanks
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			continue
		}
		parents[pid], _ = strconv.Atoi(fields[1])
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		times[pid] = time.Duration(user+system) * tick
	}
	for pid := range parents {
		for p := parents[pid]; p > 1; p = parents[p] {
			if p == os.Getpid() {
				used += times[pid]
				break
			}
		}
	}
	return used
}

// load tells how busy the machine was: figures of a shared one say little without it.
func load(b *testing.B) {
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		b.Logf("load of the machine: %s", strings.Join(strings.Fields(string(text))[:3], " "))
	}
}
