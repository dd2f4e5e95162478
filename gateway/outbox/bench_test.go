package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/gateway/outbox/outboxtest"
	"baro/store"
	"baro/store/storetest/pgtest"
)

// BenchmarkOutbox sends messages from the outbox to a provider on the loopback, and as many with nothing but an HTTP client,
// in turn; "ratio" is the outbox's rate over the bare one's. A round of the outbox begins when its messages are queued, and
// ends when what became of the last one is in the database: claims, sealed numbers and texts, the provider's answer and the
// record are within; enqueuing is not. "MiB-rss" is the most that the process, sink included, held while it sent.
func BenchmarkOutbox(b *testing.B) {
	for _, n := range []int{2_000, 20_000, 200_000} {
		b.Run(fmt.Sprintf("sqlite/%d", n), func(b *testing.B) { benchOutbox(b, sqlite(b), n) })
		b.Run(fmt.Sprintf("postgres/%d", n), func(b *testing.B) { benchOutbox(b, migrated(b, pgtest.Start(b).Database(b)), n) })
	}
}

func benchOutbox(b *testing.B, address string, n int) {
	sink := outboxtest.NewSink(b)
	o, gate := gated(b, address, sink)
	defer o.close()
	o.Start()
	var ours, bare, ourCPU, bareCPU time.Duration
	rounds, rss := 0, uint64(0)
	measureBare := func() {
		before := cpu()
		bare += sink.Bare(b, n/2)
		bareCPU += cpu() - before
	}
	for b.Loop() {
		b.StopTimer()
		fill(b, o, n)
		measureBare() // before and after: machines drift
		before := cpu()
		b.StartTimer()
		watched := outboxtest.Watch()
		ours += gate.pass(o, n)
		b.StopTimer()
		rss = max(rss, watched().Most)
		ourCPU += cpu() - before
		measureBare()
		rounds++
		b.StartTimer()
	}
	total := float64(rounds * n)
	if h := o.Health()[0]; h.Counts.Accepted != uint64(total) {
		b.Fatalf("%+v of %v", h, total)
	}
	b.ReportMetric(total/ours.Seconds(), "msg/s")
	b.ReportMetric(total/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(float64(ourCPU.Microseconds())/total, "cpu-µs/msg")
	b.ReportMetric(float64(bareCPU.Microseconds())/total, "bare-cpu-µs/msg")
	b.ReportMetric(outboxtest.MiB(rss), "MiB-rss")
}

// BenchmarkOutboxWaiting sends 2,000 messages of each round while 1, 10 or 100 times as many go on waiting behind them: what
// one message costs must not depend on how many wait.
func BenchmarkOutboxWaiting(b *testing.B) {
	const sent = 2_000
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, times := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("%s/%dx", engine, times), func(b *testing.B) {
				address := ""
				if engine == "sqlite" {
					address = sqlite(b)
				} else {
					address = migrated(b, pgtest.Start(b).Database(b))
				}
				o, gate := gated(b, address, outboxtest.NewSink(b))
				defer o.close()
				o.Start()
				begin := time.Now()
				fill(b, o, sent*times)
				queued := time.Since(begin)
				var took time.Duration
				rounds := 0
				for b.Loop() {
					b.StopTimer()
					fill(b, o, sent)
					b.StartTimer()
					took += gate.pass(o, sent) // those that waited longest; some more may slip out
					rounds++
				}
				b.ReportMetric(float64(queued.Microseconds())/float64(sent*times), "enqueue-µs/msg")
				b.ReportMetric(float64(took.Microseconds())/float64(rounds*sent), "send-µs/msg")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkReplyBehindBroadcast puts replies into the midst of a broadcast of 10,000 that goes as fast as the provider
// takes it, and tells how long they waited.
func BenchmarkReplyBehindBroadcast(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchReply(b, sqlite(b)) })
	b.Run("postgres", func(b *testing.B) { benchReply(b, migrated(b, pgtest.Start(b).Database(b))) })
}

func benchReply(b *testing.B, address string) {
	sink := outboxtest.NewSink(b)
	o, gate := gated(b, address, sink)
	defer o.close()
	o.Start()
	var worst, sum time.Duration
	n := 0
	for b.Loop() {
		b.StopTimer()
		fill(b, o, 10_000)
		heard := make(chan struct{}, 1)
		sink.Heard = func(body string) {
			if strings.Contains(body, replyText) {
				heard <- struct{}{}
			}
		}
		done := make(chan time.Duration)
		b.StartTimer()
		go func() { done <- gate.pass(o, 10_000) }()
		for range 5 {
			to, _ := identity.Parse(fmt.Sprintf("+2236%07d", n))
			asked := time.Now()
			if err := o.Enqueue(b.Context(), outbox.Message{Channel: "sms", To: to, Text: replyText, Language: "fr"}); err != nil {
				b.Fatal(err)
			}
			<-heard
			waited := time.Since(asked)
			worst, sum, n = max(worst, waited), sum+waited, n+1
		}
		<-done
	}
	b.ReportMetric(float64(sum.Microseconds())/float64(n)/1000, "ms-waited")
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-worst")
	b.ReportMetric(0, "ns/op")
}

// replyText tells replies from the broadcast.
const replyText = "reponse"

// gated opens a service whose channel leads to the sink and is closed until a gate lets messages pass.
func gated(b *testing.B, address string, sink *outboxtest.Sink) (*bench, *gate) {
	b.Helper()
	g := &gate{}
	o := open(b, address, func(d *outbox.Deps, c *outbox.Channel) {
		g.Outbox, d.Outbox = d.Outbox, g
		c.Provider, c.Concurrency, c.Ready = sink.Provider(b), outboxtest.Callers, g.open.Load
	})
	return o, g
}

// gate keeps messages from leaving, and counts those whose fate is recorded.
type gate struct {
	store.Outbox
	open     atomic.Bool
	left     atomic.Int64
	recorded chan struct{}
}

func (g *gate) Finish(ctx context.Context, name, holder string, outcomes []store.Outcome, at time.Time) (int64, error) {
	n, err := g.Outbox.Finish(ctx, name, holder, outcomes, at)
	if left := g.left.Add(-n); left <= 0 && left+n > 0 {
		close(g.recorded)
	}
	return n, err
}

// pass opens the gate until n messages are recorded, and tells how long that took.
func (g *gate) pass(o *bench, n int) time.Duration {
	g.left.Store(int64(n))
	g.recorded = make(chan struct{})
	start := time.Now()
	g.open.Store(true)
	o.Wake("sms")
	<-g.recorded
	g.open.Store(false)
	return time.Since(start)
}

func fill(b *testing.B, o *bench, n int) {
	b.Helper()
	const chunk = 500
	batch := make([]outbox.Message, 0, chunk)
	for i := range n {
		to, err := identity.Parse(fmt.Sprintf("+223%08d", 70_000_000+i%1_000_000))
		if err != nil {
			b.Fatal(err)
		}
		batch = append(batch, outbox.Message{Channel: "sms", To: to, Text: "Budget 2026 de Jekabara: tapez *384*96#", Language: "fr", Priority: store.PriorityBulk})
		if len(batch) == chunk || i == n-1 {
			if err := o.Enqueue(b.Context(), batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}
