package campaign_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/outbox"
	"baro/store"
)

// A person who asks something is answered within a second while a broadcast goes out at the channel's full speed.
func TestReplyOvertakesABroadcastAtFullSpeed(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, address(), options{change: quick, channel: func(c *outbox.Channel) { c.TPS = 150 }})
			w.readers(w.commune, 900)
			var answered atomic.Int64
			w.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
				if m.Text == "Voici la reponse." {
					answered.Add(1)
				}
				return w.provider.accept(m)
			}
			b := w.approved(w.wish())
			w.sending()
			w.until("under way", 20*time.Second, func() bool { _, n, _ := w.provider.counts(); return n > 150 })
			for i := range int64(5) {
				asked := time.Now()
				w.must(w.outbox.Enqueue(ctx, outbox.Message{ID: uuid.NewString(), Channel: "sms", Origin: "reply", To: w.people[800],
					Text: "Voici la reponse.", Language: "fr", Priority: store.PriorityReply}))
				w.until("answered", 5*time.Second, func() bool { return answered.Load() > i })
				if waited := time.Since(asked); waited > time.Second {
					t.Errorf("reply %d waited %v", i, waited)
				}
			}
			if got := w.get(b).State; got != store.BroadcastRunning {
				t.Fatalf("the broadcast is %s: nothing was overtaken", got)
			}
			w.must(w.Cancel(ctx, w.commune, b.ID, approver))
		})
	}
}
