package outbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/store"
)

// Far more messages to one slow prefix than the window holds let those behind them pass, use all of the prefix's pace
// meanwhile, and keep their order.
func TestSlowPrefixHoldsNobodyUp(t *testing.T) {
	bubble(t, func(_ *outbox.Deps, c *outbox.Channel) {
		c.TPS, c.Prefixes = 50, []outbox.Prefix{{Digits: "22371", TPS: 2}}
	}, func(t *testing.T, b *bench) {
		const slow = 1500
		for i := range slow {
			to, err := identity.Parse(fmt.Sprintf("+223710%05d", i))
			if err != nil {
				t.Fatal(err)
			}
			m := outbox.Message{Channel: "sms", To: to, Text: fmt.Sprintf("slow %04d", i), Language: "fr", Priority: store.PriorityBulk}
			if err := b.Enqueue(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			pass(time.Microsecond)
		}
		b.pile(300, 1_000_000, store.PriorityBulk, "quick")
		start := time.Now()
		b.Start()
		count := func() (slow, quick int) {
			for _, text := range b.provider.texts() {
				if text == "quick" {
					quick++
				} else {
					slow++
				}
			}
			return slow, quick
		}
		pass(30 * time.Second)
		if slow, quick := count(); slow < 54 || slow > 66 || quick != 300 {
			t.Errorf("after 30 s: %d slow and %d quick", slow, quick)
		}
		urgent, err := identity.Parse("+22371999999")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Enqueue(t.Context(), outbox.Message{Channel: "sms", To: urgent, Text: "reply", Language: "fr"}); err != nil {
			t.Fatal(err)
		}
		pass(3 * time.Second)
		if !slices.Contains(b.provider.texts(), "reply") {
			t.Error("a reply to the slow prefix waits behind its broadcast")
		}
		pass(slow/2*time.Second + time.Minute - time.Since(start))
		if slow, _ := count(); slow != 1501 {
			t.Errorf("%d slow ones and the reply in the time of %d", slow, 1500+120)
		}
		last := ""
		for _, text := range b.provider.texts() {
			if text == "quick" || text == "reply" {
				continue
			}
			if text < last {
				t.Fatalf("%q went after %q", text, last)
			}
			last = text
		}
		b.check(t)
	})
}
