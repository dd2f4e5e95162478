package smpp_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
)

// Messages through a message centre that throttles, is full, answers late or never, cuts the connection, and sends
// receipts too early and twice. What holds for each message: accepted is there once; in doubt is there once or never;
// nothing else is there at all; and what was accepted is reported delivered.
func TestTwentyThousandMessagesThroughABadMessageCentre(t *testing.T) { endure(t, 20_000, 5_000) }

func TestFaultHundredThousandMessages(t *testing.T) {
	messages := 100_000
	if testing.Short() {
		messages = 10_000
	}
	endure(t, messages, 9_001)
}

// Without cuts the bind must be the one it began with.
func TestTheBindIsKeptThroughThrottling(t *testing.T) {
	if binds := endure(t, 5_000, 0); binds != 1 {
		t.Errorf("%d binds for messages that were only throttled", binds)
	}
}

func endure(t *testing.T, messages int, cutEvery int64) (binds int64) {
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
		a := smsctest.Answer{Receipts: []smsctest.Receipt{{TLVs: n%2 == 0}}}
		switch {
		case cutEvery > 0 && n%cutEvery == 0:
			return smsctest.Answer{Cut: true}
		case cutEvery > 0 && n%(cutEvery+13) == 0:
			return smsctest.Answer{Silent: true}
		case n%997 == 0:
			return smsctest.Answer{Status: pdu.Throttled}
		case n%1499 == 0:
			return smsctest.Answer{Status: pdu.QueueFull}
		case n%701 == 0:
			return smsctest.Answer{Status: pdu.InvalidDestination}
		case n%5 == 0:
			a.Receipts[0].Early = true
		case n%7 == 0:
			a.Receipts = append(a.Receipts, a.Receipts[0])
		}
		return a
	}}, func(c *smpp.Config) {
		c.Window, c.Timing.Response = 100, 2*time.Second
	})
	outcomes := make([]channel.Outcome, messages)
	ids := make([]string, messages)
	next := make(chan int)
	var all sync.WaitGroup
	for range 128 {
		all.Go(func() {
			for i := range next {
				m := channel.MT{ID: fmt.Sprint("m", i), To: channeltest.Number(fmt.Sprintf("+2237%07d", i)), Text: fmt.Sprint("text ", i)}
				r := w.Send(patience(t), m)
				for ; r.Outcome == channel.RetryAfter; r = w.Send(patience(t), m) {
					<-time.After(min(r.After, 10*time.Millisecond)) // as the outbox does
				}
				outcomes[i], ids[i] = r.Outcome, r.ProviderID
			}
		})
	}
	began := time.Now()
	for i := range messages {
		next <- i
	}
	close(next)
	all.Wait()
	took := time.Since(began)

	there := make(map[string]int, messages)
	for _, m := range w.smsc.Accepted() {
		there[string(m.Short)]++
	}
	counts := map[channel.Outcome]int{}
	accepted := 0
	for i, o := range outcomes {
		counts[o]++
		n := there[fmt.Sprint("text ", i)]
		switch {
		case n > 1, o == channel.Accepted && n != 1, o == channel.Refused && n != 0:
			t.Errorf("message %d has outcome %d and is there %d times", i, o, n)
		case o == channel.Accepted:
			accepted++
		}
	}
	// A receipt names the message by our id, or came before the answer and waits in the store under the answer's id. Those
	// that were on a connection when it was cut are the message centre's to repeat, which this one does not.
	lost := int(w.smsc.Binds()-1) * 400
	w.house.wait(t, "receipts", func() bool {
		if len(w.house.receipts) < accepted-lost {
			return false
		}
		ours, theirs := map[string]bool{}, map[string]bool{}
		for _, r := range w.house.receipts {
			if r.State == channel.ReceiptDelivered {
				ours[r.OurID], theirs[r.ProviderID] = true, true
			}
		}
		delivered := 0
		for i, o := range outcomes {
			if o == channel.Accepted && (ours[fmt.Sprint("m", i)] || theirs[ids[i]]) {
				delivered++
			}
		}
		return delivered >= accepted-lost
	})
	t.Logf("%d messages in %v: %v accepted, %v refused, %v in doubt; %d binds", messages, took.Round(time.Millisecond),
		counts[channel.Accepted], counts[channel.Refused], counts[channel.Unknown], w.smsc.Binds())
	w.keepsSecrets(t)
	return w.smsc.Binds()
}

func BenchmarkSubmitWindow100(b *testing.B) {
	w := open(b, smsctest.Options{}, func(c *smpp.Config) { c.Window = 100 })
	m := mt("m", "Commune: le budget est disponible, composez *384*96#")
	next := make(chan struct{}, 1000)
	var all sync.WaitGroup
	b.ResetTimer()
	for range 100 {
		all.Go(func() {
			for range next {
				if r := w.Send(b.Context(), m); r.Outcome != channel.Accepted {
					b.Errorf("%+v", r)
				}
			}
		})
	}
	for range b.N {
		next <- struct{}{}
	}
	close(next)
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}
