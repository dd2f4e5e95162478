package smpp_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
	"baro/locales/charset"
)

func TestWhatIsSentArrivesInEveryCoding(t *testing.T) {
	for _, c := range []struct {
		name, alphabet, text string
		coding               byte
		octets               []byte
	}{
		{"plain", smpp.AlphabetGSM7, "Budget @ 5", 0, []byte("Budget \x00 5")},
		{"extension", smpp.AlphabetGSM7, "5 €", 0, []byte("5 \x1be")},
		{"outside", smpp.AlphabetGSM7, "sɛ", 8, []byte("\x00s\x02\x5b")},
		{"Latin-1", smpp.AlphabetLatin1, "é@ç", 0, []byte("\xe9@\xe7")},
		{"outside Latin-1", smpp.AlphabetLatin1, "Δ", 8, []byte("\x03\x94")},
		{"ASCII", smpp.AlphabetASCII, "e@", 0, []byte("e@")},
		{"outside ASCII", smpp.AlphabetASCII, "é", 8, []byte("\x00\xe9")},
		{"UTF-8", smpp.AlphabetUTF8, "sɛ", 0, []byte("sɛ")},
	} {
		w := open(t, smsctest.Options{}, func(cfg *smpp.Config) { cfg.Alphabet = c.alphabet })
		if r := w.Send(patience(t), mt("1", c.text)); r.Outcome != channel.Accepted || r.ProviderID != "1" || r.Parts != 1 {
			t.Errorf("%s: %+v", c.name, r)
			continue
		}
		got := w.smsc.Accepted()[0]
		if got.Coding != c.coding || string(got.Short) != string(c.octets) {
			t.Errorf("%s: coding %d, octets %x, want %d, %x", c.name, got.Coding, got.Short, c.coding, c.octets)
		}
		if got.Registered != 1 || got.Source != (pdu.Address{NPI: 1, Addr: "36036"}) || got.Dest != (pdu.Address{TON: 1, NPI: 1, Addr: phone[1:]}) {
			t.Errorf("%s: sent as %+v", c.name, got)
		}
	}
}

func TestLongMessagesAreCutAsConfigured(t *testing.T) {
	texts := map[string]string{
		"plain": strings.Repeat("0123456789", 40), "pairs": strings.Repeat("€", 200), "UCS-2": strings.Repeat("sɛbɛ ", 40),
		"mixed": strings.Repeat("a", 140) + strings.Repeat("ɛ", 10), "short": "ok",
	}
	for _, long := range []string{smpp.LongUDH8, smpp.LongUDH16, smpp.LongSAR, smpp.LongPayload} {
		for _, alphabet := range []string{smpp.AlphabetGSM7, smpp.AlphabetLatin1, smpp.AlphabetUTF8} {
			w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Long, c.Alphabet = long, alphabet })
			for name, text := range texts {
				before := len(w.smsc.Accepted())
				r := w.Send(patience(t), mt(name, text))
				parts := w.smsc.Accepted()[before:]
				if r.Outcome != channel.Accepted || r.Parts != len(parts) && long != smpp.LongPayload {
					t.Errorf("%s, %s, %s: %+v for %d parts", long, alphabet, name, r, len(parts))
				}
				if got := joined(t, long, alphabet, parts); got != text {
					t.Errorf("%s, %s, %s: arrived as %q", long, alphabet, name, got)
				}
				for _, p := range parts {
					if p.Registered != 1 || p.Coding != parts[0].Coding {
						t.Errorf("%s, %s, %s: a part without a receipt or in another coding", long, alphabet, name)
					}
				}
			}
			w.keepsSecrets(t)
		}
	}
}

// joined puts parts together as a phone does, and checks that each fits a single SMS.
func joined(t *testing.T, long, alphabet string, parts []pdu.Message) string {
	t.Helper()
	var octets []byte
	for i, p := range parts {
		text := p.Text()
		total, n := byte(1), byte(1)
		switch {
		case len(parts) == 1:
		case long == smpp.LongUDH8 && p.ESMClass == 0x40 && text[0] == 5:
			total, n, text = text[4], text[5], text[6:]
		case long == smpp.LongUDH16 && p.ESMClass == 0x40 && text[0] == 6:
			total, n, text = text[5], text[6], text[7:]
		case long == smpp.LongSAR:
			total, _ = p.TLVs.Octet(pdu.SARTotal)
			n, _ = p.TLVs.Octet(pdu.SARSequence)
		default:
			t.Fatalf("%s: part %d says nothing of the others", long, i)
		}
		if int(total) != len(parts) || int(n) != i+1 {
			t.Errorf("%s: part %d of %d says %d of %d", long, i+1, len(parts), n, total)
		}
		room := map[bool]int{true: 134, false: 153}[p.Coding == 8]
		if len(parts) > 1 && alphabet != smpp.AlphabetUTF8 && len(text) > room {
			t.Errorf("%s: part %d has %d octets", long, i+1, len(text))
		}
		octets = append(octets, text...)
	}
	switch {
	case parts[0].Coding == 8:
		return charset.DecodeUCS2(octets)
	case alphabet == smpp.AlphabetUTF8:
		return string(octets)
	case alphabet == smpp.AlphabetLatin1:
		var b strings.Builder
		for _, o := range octets {
			b.WriteRune(rune(o))
		}
		return b.String()
	}
	return charset.DecodeGSM7(octets)
}

func TestTwoTextsToOnePhoneNeverShareAReference(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	for i := range 20 {
		w.Send(patience(t), mt(fmt.Sprint(i), strings.Repeat("x", 200)))
	}
	seen := map[byte]int{}
	for _, p := range w.smsc.Accepted() {
		seen[p.Short[3]]++
	}
	if len(seen) != 20 {
		t.Errorf("20 texts had %d references", len(seen))
	}
}

func TestValidityIsRelativeAndBounded(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Now = func() time.Time { return at } })
	for left, want := range map[time.Duration]string{
		2 * 24 * time.Hour: "000002000000000R", 90*time.Minute + 5*time.Second: "000000013005000R", 365 * 24 * time.Hour: "000030000000000R",
		-time.Hour: "000000000100000R",
	} {
		m := mt("1", "x")
		m.ExpiresAt = at.Add(left)
		w.Send(patience(t), m)
		all := w.smsc.Accepted()
		if got := all[len(all)-1].Validity; got != want {
			t.Errorf("%v left: %q, want %q", left, got, want)
		}
	}
}

func TestEachStatusHasItsOutcome(t *testing.T) {
	for status, want := range map[pdu.Status]channel.Result{
		pdu.Throttled:          {Outcome: channel.RetryAfter, Class: channel.ClassRateLimited},
		pdu.QueueFull:          {Outcome: channel.RetryAfter, Class: channel.ClassRateLimited},
		pdu.SystemError:        {Outcome: channel.RetryAfter, Class: channel.ClassProviderDown},
		pdu.TemporaryAppError:  {Outcome: channel.RetryAfter, Class: channel.ClassProviderDown},
		pdu.WrongBindState:     {Outcome: channel.RetryAfter, Class: channel.ClassAuth},
		pdu.InvalidDestination: {Outcome: channel.Refused, Class: channel.ClassBadNumber},
		pdu.InvalidSource:      {Outcome: channel.Refused, Class: channel.ClassSenderNotAllowed},
		pdu.InvalidSourceTON:   {Outcome: channel.Refused, Class: channel.ClassSenderNotAllowed},
		pdu.InvalidESMClass:    {Outcome: channel.Refused, Class: channel.ClassConfig},
		pdu.InvalidDataCoding:  {Outcome: channel.Refused, Class: channel.ClassConfig},
		0xC3:                   {Outcome: channel.Refused, Class: channel.ClassConfig},
		pdu.SubmitFailed:       {Outcome: channel.Refused, Class: channel.ClassUnknown},
		0x444:                  {Outcome: channel.Refused, Class: channel.ClassUnknown},
	} {
		w := open(t, smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer { return smsctest.Answer{Status: status} }}, nil)
		r := w.Send(patience(t), mt("1", "told to nobody"))
		if r.Outcome != want.Outcome || r.Class != want.Class || r.Err == nil || (r.Outcome == channel.RetryAfter) != (r.After > 0) {
			t.Errorf("%s: %+v, want %+v", status, r, want)
		}
		if strings.Contains(r.Err.Error(), "told") || strings.Contains(r.Err.Error(), "7000") {
			t.Errorf("%s: the error tells too much: %v", status, r.Err)
		}
	}
	w := open(t, smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer {
		return smsctest.Answer{Status: pdu.InvalidCommand, Nack: true}
	}}, nil)
	if r := w.Send(patience(t), mt("1", "x")); r.Outcome != channel.Refused || r.Class != channel.ClassConfig {
		t.Errorf("generic_nack: %+v", r)
	}
}

func TestWithoutAnAnswerNobodyKnows(t *testing.T) {
	answers := map[string]smsctest.Answer{"silent": {Silent: true}, "cut": {Cut: true}}
	for name, a := range answers {
		w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
			if n == 1 {
				return a
			}
			return smsctest.Answer{}
		}}, func(c *smpp.Config) { c.Timing.Response = time.Second })
		if r := w.Send(patience(t), mt("1", "x")); r.Outcome != channel.Unknown {
			t.Errorf("%s: %+v", name, r)
		}
		if n := len(w.smsc.Accepted()); n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
		if a.Cut {
			w.rebound(t, 1)
		}
		if r := w.Send(patience(t), mt("2", "y")); r.Outcome != channel.Accepted {
			t.Errorf("%s: the next: %+v", name, r)
		}
	}
}

func TestTheCallersPatienceEndsInDoubtOnlyOnceItHasLeft(t *testing.T) {
	taken, answer := make(chan struct{}, 8), make(chan struct{})
	w := open(t, smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer {
		taken <- struct{}{}
		<-answer
		return smsctest.Answer{Receipts: []smsctest.Receipt{{}}}
	}}, func(c *smpp.Config) { c.Window = 1 })
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan channel.Result)
	go func() { first <- w.Send(ctx, mt("first", "x")) }()
	<-taken
	cancelled, drop := context.WithCancel(context.Background())
	drop()
	if r := w.Send(cancelled, mt("second", "y")); r.Outcome != channel.RetryAfter {
		t.Errorf("a message that found no room in the window: %+v", r)
	}
	cancel()
	if r := <-first; r.Outcome != channel.Unknown {
		t.Errorf("a message that had left: %+v", r)
	}
	close(answer) // late, and still understood: the receipt that follows finds its message
	w.house.wait(t, "receipt", func() bool { return len(w.house.receipts) == 1 })
	if r := w.house.receipts[0]; r.OurID != "first" || r.State != channel.ReceiptDelivered {
		t.Errorf("receipt after a late answer: %+v", r)
	}
}

func TestALongMessageGoesOnWhereItWasThrottled(t *testing.T) {
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
		if n == 2 || n == 4 {
			return smsctest.Answer{Status: pdu.Throttled}
		}
		return smsctest.Answer{}
	}}, nil)
	m := mt("1", strings.Repeat("x", 400))
	tries := 0
	for {
		tries++
		r := w.Send(patience(t), m)
		if r.Outcome == channel.Accepted {
			if r.ProviderID != "1,3,5" || r.Parts != 3 {
				t.Errorf("%+v", r)
			}
			break
		}
		if r.Outcome != channel.RetryAfter || r.Class != channel.ClassRateLimited {
			t.Fatalf("%+v", r)
		}
		<-time.After(r.After) // as it asks
	}
	parts := w.smsc.Accepted()
	if tries < 3 || len(parts) != 3 {
		t.Fatalf("%d tries, %d parts", tries, len(parts))
	}
	for i, p := range parts {
		if p.Short[3] != parts[0].Short[3] || int(p.Short[5]) != i+1 {
			t.Errorf("part %d: header %x", i, p.Short[:6])
		}
	}
}

// Answers are held back until the window is full: more than that must not have been sent.
func TestAFullWindowWaitsAndDropsNothing(t *testing.T) {
	const window, messages = 4, 100
	full := make(chan struct{})
	var once sync.Once
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
		if n == window {
			once.Do(func() { close(full) })
		}
		return smsctest.Answer{Silent: n <= window}
	}}, func(c *smpp.Config) { c.Window = window; c.Timing.Response = 2 * time.Second })
	outcomes := make(chan channel.Outcome, messages)
	for i := range messages {
		go func() { outcomes <- w.Send(patience(t), mt(fmt.Sprint(i), "x")).Outcome }()
	}
	<-full
	if n := len(w.smsc.Accepted()); n != window {
		t.Errorf("%d messages were sent into a window of %d", n, window)
	}
	counts := map[channel.Outcome]int{}
	for range messages {
		counts[<-outcomes]++
	}
	if counts[channel.Unknown] != window || counts[channel.Accepted] != messages-window {
		t.Errorf("outcomes %v", counts)
	}
}
