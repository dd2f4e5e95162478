package main

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

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
