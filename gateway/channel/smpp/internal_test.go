package smpp

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"baro/gateway/channel/smpp/pdu"
)

func TestSequenceNumbersNeverMeetAnOpenOne(t *testing.T) {
	w := newWindow(4)
	w.last = pdu.MaxSequence - 1
	first := &request{}
	if err := w.add(first); err != nil || first.sequence != pdu.MaxSequence {
		t.Fatalf("%#x, %v", first.sequence, err)
	}
	if n := w.number(); n != 1 {
		t.Errorf("after the highest comes %d, want 1: 0 is no number", n)
	}
	w.last = pdu.MaxSequence - 1
	if n := w.number(); n != 1 {
		t.Errorf("%#x was given while its first is unanswered", n)
	}
}

func TestAPaceHoldsOverAMinuteAndInABurst(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, rate := range []float64{1, 10, 50, 300} {
		p := newPace(rate, start)
		now, sent, inFirstSecond := start, 0, 0
		for now.Sub(start) < time.Minute {
			now = now.Add(p.take(now))
			sent++
			if now.Sub(start) <= time.Second {
				inFirstSecond++
			}
		}
		if got := float64(sent) / 60; got > rate*1.01+0.1 || got < rate*0.95 {
			t.Errorf("%v a second are wanted, %.2f were let through", rate, got)
		}
		if limit := int(rate*1.2) + 2; inFirstSecond > limit {
			t.Errorf("%v a second: %d in the first", rate, inFirstSecond)
		}
	}
	if free := newPace(0, start); free.take(start) != 0 {
		t.Error("no limit makes wait")
	}
}

func TestIDsHaveOnePlainForm(t *testing.T) {
	for in, want := range map[string]string{"00AB": "ab", " 7 \x00": "7", "000": "0", "": "", "A-1": "a-1"} {
		if got := plainID(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if toDecimal("ff") != "255" || toHex("255") != "ff" || toDecimal("xyz") != "" || toHex("ab") != "" || toDecimal(strings.Repeat("f", 40)) != "" {
		t.Error("number bases are confused")
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	tr := newTracker(IDAuto, ReceiptsEvery)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range maxTracked + 1000 {
		m := tr.message(strings.Repeat("m", 8), "+22370000001", 1)
		tr.register(m, 0, "id-"+time.Duration(i).String(), now)
	}
	if len(tr.parts) > maxTracked+1 || len(tr.order) > maxTracked+1 {
		t.Errorf("%d messages are remembered", len(tr.parts))
	}
	tr.register(tr.message("n", "+22370000001", 1), 0, "last", now.Add(trackedLife+time.Hour))
	if len(tr.parts) != 1 {
		t.Errorf("%d messages are remembered after a week", len(tr.parts))
	}
	for i := range maxParked + 1000 {
		tr.match(report{id: "p-" + time.Duration(i).String()}, now)
	}
	if len(tr.parked) > maxParked || len(tr.parkedOrder) > maxParked {
		t.Errorf("%d receipts are parked", len(tr.parked))
	}
}

// FuzzDelivery holds that nothing a message centre delivers makes its reading panic or produce what a database refuses.
func FuzzDelivery(f *testing.F) {
	f.Add(byte(4), byte(0), []byte("id:1 stat:DELIVRD err:0 text:x"), []byte{0x04, 0x27, 0, 1, 2})
	f.Add(byte(0x40), byte(8), []byte{5, 0, 3, 1, 2, 1, 0, 65}, []byte{0x13, 0x83, 0, 2, 1, 2})
	f.Add(byte(0), byte(3), []byte("*384*96*1#"), []byte{0x05, 0x01, 0, 1, 1, 0x02, 0x04, 0, 2, 0, 1})
	f.Fuzz(func(t *testing.T, esm, coding byte, short, tlvs []byte) {
		if len(short) > pdu.MaxShort {
			short = short[:pdu.MaxShort]
		}
		unit := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{Source: pdu.Address{Addr: "22370000001"}, ESMClass: esm, Coding: coding, Short: short})
		m, err := pdu.ParseMessage(append(unit[pdu.HeaderLength:], tlvs...))
		if err != nil {
			t.Fatal(err)
		}
		d := delivery{Message: m}
		p, text := d.part()
		if p.total > 1 && (p.n < 1 || p.n > p.total) {
			t.Fatalf("part %d of %d", p.n, p.total)
		}
		for _, alphabet := range []string{AlphabetGSM7, AlphabetLatin1, AlphabetUTF8} {
			c := &Client{Config: Config{Alphabet: alphabet, Code: "*384*96#"}}
			whole(t, c.decode(coding, text))
			r := c.read(d)
			whole(t, r.id)
			whole(t, r.code)
			for _, name := range []string{"spec", "tata", "6d", "mica"} {
				dialect, _ := FindDialect(name)
				c.USSD = &dialect
				ev, _, err := c.event(d)
				if err != nil {
					t.Fatal(err)
				}
				whole(t, ev.Session+ev.ServiceCode+ev.Text+ev.Mark)
				out := pdu.Message{TLVs: dialect.reply(&d.Message, true)}
				if err := out.Check(); err != nil {
					t.Fatal(err)
				}
			}
		}
		tr := newTracker(IDAuto, ReceiptsEvery)
		tr.match((&Client{}).read(d), time.Time{})
	})
}

func whole(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		t.Fatalf("%q cannot be stored", s)
	}
}
