package main

import (
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
	"baro/gateway/identity"
	"baro/gateway/outbox"
)

// BenchmarkOutboxOverSMPP sends a queue that stands in SQLite to a message centre in the same process, receipts included:
// claimed, sent, recorded, reported. It is to reach 5,000 messages a second.
func BenchmarkOutboxOverSMPP(b *testing.B) {
	for _, receipts := range []int{0, 1} {
		b.Run(fmt.Sprintf("receipts=%d", receipts), func(b *testing.B) {
			ctx, cancel := contextFor(10 * time.Minute)
			defer cancel()
			centre, err := smsctest.Start(smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer {
				return smsctest.Answer{Receipts: make([]smsctest.Receipt, receipts)}
			}})
			if err != nil {
				b.Fatal(err)
			}
			defer centre.Close()
			n := smppNode(b, centre, slog.New(slog.DiscardHandler))
			batch := make([]outbox.Message, 0, b.N)
			for i := range b.N {
				to, err := identity.Parse(fmt.Sprintf("+2237%07d", i%10_000_000))
				if err != nil {
					b.Fatal(err)
				}
				batch = append(batch, outbox.Message{Channel: "smsc", To: to, Text: "Le budget de la commune est disponible: *384*96#", Language: "fr"})
			}
			for len(batch) > 0 {
				k := min(len(batch), 1000)
				if err := n.outbox.Enqueue(ctx, batch[:k]...); err != nil {
					b.Fatal(err)
				}
				batch = batch[k:]
			}
			b.ResetTimer()
			if err := n.start(ctx); err != nil {
				b.Fatal(err)
			}
			if !centre.Wait(ctx, func(c smsctest.Counts) bool { return c.Accepted == b.N && c.Receipts == int64(b.N*receipts) }) {
				b.Fatal("not all was sent and reported")
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
			if err := n.stop(ctx); err != nil {
				b.Error(err)
			}
		})
	}
}

// BenchmarkLoopOverSMPP is the whole way of a text and back: an MO comes over the bind, is stored, handled by the flows and
// answered; the answer goes out through the outbox, and its delivery report is recorded. Each text is another person's. Kannel
// alone, without storing anything, does 1,100 to 1,400 a second; it is to reach 2,000. "MB" is how much the process holds.
func BenchmarkLoopOverSMPP(b *testing.B) {
	ctx, cancel := contextFor(10 * time.Minute)
	defer cancel()
	centre, err := smsctest.Start(smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer {
		return smsctest.Answer{Receipts: make([]smsctest.Receipt, 1)}
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer centre.Close()
	n := smppNode(b, centre, slog.New(slog.DiscardHandler))
	if err := n.start(ctx); err != nil {
		b.Fatal(err)
	}
	const senders = 64 // as many deliver_sm under way at a time
	var numbers atomic.Int64
	b.ResetTimer()
	var all errgroup.Group
	for range senders {
		all.Go(func() error {
			for {
				i := numbers.Add(1)
				if i > int64(b.N) {
					return nil
				}
				from := pdu.Address{TON: 1, NPI: 1, Addr: fmt.Sprintf("2237%07d", i%10_000_000)}
				for {
					status, err := centre.Deliver(ctx, pdu.Message{Source: from, Dest: pdu.Address{Addr: "36036"}, Short: []byte("MENU")})
					if err == nil && status == 0 {
						break
					}
					if ctx.Err() != nil {
						return fmt.Errorf("deliver: %v, %w", status, err)
					}
				}
			}
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
	if !centre.Wait(ctx, func(c smsctest.Counts) bool { return c.Accepted >= b.N && c.Receipts >= int64(b.N) }) {
		b.Fatal("not all was answered and reported")
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "loops/s")
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapInuse)/(1<<20), "MB")
	if err := n.stop(ctx); err != nil {
		b.Error(err)
	}
}
