package smpp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
	"baro/locales/charset"
)

func TestMessagesAreReadInEveryCoding(t *testing.T) {
	for name, c := range map[string]struct {
		alphabet string
		coding   byte
		octets   string
		want     string
	}{
		"GSM 7-bit":         {"", 0, "Caf\x05 \x1be \x00", "Café € @"},
		"Latin-1":           {"", 3, "Caf\xe9", "Café"},
		"UCS-2":             {"", 8, "\x00s\x02\x5b\x00b\x02\x5b", "sɛbɛ"},
		"UCS-2 with class":  {"", 0x18, "\x02\x5b", "ɛ"},
		"UCS-2, odd":        {"", 8, "\x00a\x00", "a\uFFFD"},
		"ASCII":             {"", 1, "abc", "abc"},
		"flash":             {"", 0xF0, "abc", "abc"},
		"binary":            {"", 4, "a\x00b\xff", "abÿ"},
		"Latin-1 default":   {smpp.AlphabetLatin1, 0, "Caf\xe9", "Café"},
		"UTF-8 default":     {smpp.AlphabetUTF8, 0, "sɛbɛ", "sɛbɛ"},
		"a NUL, in between": {"", 8, "\x00a\x00\x00\x00b", "ab"},
		"nothing":           {"", 0, "", ""},
	} {
		w := open(t, smsctest.Options{}, func(cfg *smpp.Config) { cfg.Alphabet = c.alphabet })
		m := mo(c.octets)
		m.Coding = c.coding
		w.deliver(t, m, pdu.OK)
		want := []channel.MO{{Channel: "smsc", ExternalID: "mo-1", From: channeltest.Number(phone), To: "36036", Text: c.want}}
		if !reflect.DeepEqual(w.house.messages, want) {
			t.Errorf("%s: %q, want %q", name, w.house.texts(), c.want)
		}
		w.keepsSecrets(t)
	}
}

func TestSendersThatAreNoPhonesAndDataUnitsAreTaken(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	m := mo("an offer")
	m.Source = pdu.Address{TON: 5, Addr: "Operator"}
	w.deliver(t, m, pdu.OK)
	if len(w.house.messages) != 1 || !w.house.messages[0].From.IsZero() {
		t.Errorf("%+v", w.house.messages)
	}
}

// long cuts a text into parts for one of the three ways.
func long(method, text string, ref byte) (out []pdu.Message) {
	octets := charset.EncodeUCS2(text)
	var pieces [][]byte
	for len(octets) > 0 {
		n := min(len(octets), 131) // odd on purpose: letters are cut in two
		pieces, octets = append(pieces, octets[:n]), octets[n:]
	}
	total := byte(len(pieces))
	for i, piece := range pieces {
		m := mo("")
		m.Coding = 8
		n := byte(i + 1)
		switch method {
		case smpp.LongUDH8:
			m.ESMClass, m.Short = 0x40, append([]byte{5, 0, 3, ref, total, n}, piece...)
		case smpp.LongUDH16:
			m.ESMClass, m.Short = 0x40, append([]byte{9, 0x24, 1, 0, 8, 4, 1, ref, total, n}, piece...)
		case smpp.LongSAR:
			m.Short = piece
			m.TLVs = pdu.TLVs{pdu.Uint16TLV(pdu.SARReference, uint16(ref)), pdu.OctetTLV(pdu.SARTotal, total), pdu.OctetTLV(pdu.SARSequence, n)}
		}
		out = append(out, m)
	}
	return out
}

func TestLongMessagesAreJoinedInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	want := map[string]bool{}
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Timing.PartHold = 10 * time.Millisecond })
	var parts []pdu.Message
	for i, method := range []string{smpp.LongUDH8, smpp.LongSAR, smpp.LongUDH16, smpp.LongUDH8} {
		text := strings.Repeat(fmt.Sprintf("sɛbɛ %d 😀 ", i), 30)
		want[text] = true
		parts = append(parts, long(method, text, byte(i))...)
	}
	parts = append(parts, parts[0], parts[3], parts[len(parts)-1]) // repeats
	random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	var all sync.WaitGroup
	for _, p := range parts {
		all.Go(func() { w.deliver(t, p, pdu.OK) })
	}
	all.Wait()
	got := w.house.texts()
	if len(got) != len(want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
	for _, text := range got {
		if !want[text] {
			t.Errorf("joined as %q", text)
		}
	}
}

// A message centre that sends the next part only after the answer to the last must get one.
func TestPartsOneAtATime(t *testing.T) {
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Timing.PartHold = time.Millisecond })
	text := strings.Repeat("kuma ", 60)
	for _, p := range long(smpp.LongUDH8, text, 7) {
		w.deliver(t, p, pdu.OK)
	}
	if got := w.house.texts(); len(got) != 1 || got[0] != text {
		t.Errorf("%q", got)
	}
	w.deliver(t, long(smpp.LongUDH8, text, 7)[1], pdu.OK) // a late repeat begins nothing
	if err := w.Drain(patience(t)); err != nil || len(w.house.texts()) != 1 {
		t.Errorf("after a repeat: %q, %v", w.house.texts(), err)
	}
}

func TestAPartIsAnsweredOnlyOnceItsMessageIsStored(t *testing.T) {
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Timing.PartHold = time.Hour })
	parts := long(smpp.LongSAR, strings.Repeat("kuma ", 20), 1)
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	w.house.breakDown(true)
	first := make(chan pdu.Status, 1)
	go func() {
		s, _ := w.smsc.Deliver(patience(t), parts[0])
		first <- s
	}()
	second, err := w.smsc.Deliver(patience(t), parts[1])
	if err != nil || second != pdu.TemporaryAppError || <-first != pdu.TemporaryAppError {
		t.Errorf("the database is down: answered %s, %v", second, err)
	}
	w.house.breakDown(false)
	var all sync.WaitGroup
	for _, p := range parts {
		all.Go(func() { w.deliver(t, p, pdu.OK) })
	}
	all.Wait()
	if len(w.house.texts()) != 1 {
		t.Errorf("%q", w.house.texts())
	}
}

func TestAnUnfinishedMessageIsHandedOnWithAMark(t *testing.T) {
	text := strings.Repeat("kuma ", 60)
	w := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Timing.PartHold, c.Timing.PartLife = time.Millisecond, 500*time.Millisecond })
	parts := long(smpp.LongUDH8, text, 7)
	w.deliver(t, parts[2], pdu.OK)
	w.deliver(t, parts[0], pdu.OK)
	w.house.wait(t, "hand over", func() bool { return len(w.house.messages) > 0 })
	if got := w.house.texts()[0]; !strings.Contains(got, "[...]") || !strings.HasPrefix(got, "kuma") {
		t.Errorf("%q", got)
	}
	drained := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Timing.PartHold = time.Millisecond })
	drained.deliver(t, parts[1], pdu.OK)
	if err := drained.Drain(patience(t)); err != nil || len(drained.house.texts()) != 1 {
		t.Errorf("drained with %q, %v", drained.house.texts(), err)
	}
	drained.deliver(t, mo("after"), pdu.TemporaryAppError)
}

func TestARepeatAfterADropIsNotASecondMessage(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	w.deliver(t, mo("1"), pdu.OK)
	w.deliver(t, mo("1"), pdu.OK) // a person who sends twice
	if n := len(w.house.texts()); n != 2 {
		t.Fatalf("%d messages, want 2", n)
	}
	binds := w.smsc.Binds()
	w.smsc.Cut()
	w.rebound(t, binds)
	w.deliver(t, mo("1"), pdu.OK) // the answer may have been lost
	if n := len(w.house.texts()); n != 2 {
		t.Errorf("%d messages after a repeat, want 2", n)
	}
	w.deliver(t, mo("1"), pdu.OK)
	if n := len(w.house.texts()); n != 3 {
		t.Errorf("%d messages, want 3: this one is new", n)
	}
}

func TestHostileOctetsCostAnAnswerAndNotTheBind(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	random := rand.New(rand.NewPCG(3, 4))
	good := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &pdu.Message{Source: pdu.Address{Addr: "22370000001"}, Short: []byte("told to nobody"),
		TLVs: pdu.TLVs{{Tag: pdu.MessagePayload, Value: []byte("x")}}})[pdu.HeaderLength:]
	unknown := 0
	commands := []pdu.Command{pdu.DeliverSM, pdu.DataSM, 0x4242, pdu.SubmitSM.Resp(), pdu.GenericNack, pdu.EnquireLink, pdu.EnquireLink.Resp(),
		pdu.AlertNotification, pdu.Outbind, pdu.SubmitSM, pdu.BindReceiver, pdu.Unbind.Resp(), 0x80004242, pdu.DeliverSM.Resp()}
	for i := range 3000 {
		body := append([]byte(nil), good[:random.IntN(len(good)+1)]...)
		for range random.IntN(5) {
			if len(body) > 0 {
				body[random.IntN(len(body))] = byte(random.UintN(256))
			}
		}
		p := pdu.PDU{Command: commands[random.IntN(len(commands))], Status: pdu.Status(random.UintN(300)), Sequence: uint32(1_000_000 + i), Body: body}
		switch p.Command {
		case 0x4242, pdu.SubmitSM, pdu.BindReceiver:
			unknown++
		}
		if err := w.smsc.Raw(pdu.Append(nil, p)); err != nil {
			t.Fatal(err)
		}
	}
	if !w.smsc.Wait(patience(t), func(c smsctest.Counts) bool { return c.Nacked == int64(unknown) }) {
		t.Errorf("not every unknown command had its generic_nack")
	}
	w.house.mu.Lock()
	w.house.messages = nil
	w.house.mu.Unlock()
	w.deliver(t, mo("still there"), pdu.OK)
	if w.smsc.Binds() != 1 {
		t.Errorf("%d binds: hostile octets cost the bind", w.smsc.Binds())
	}
	w.keepsSecrets(t, "told to nobody")
}

func TestAHandlerThatPanicsCostsOneAnswer(t *testing.T) {
	calls := 0
	w := open(t, smsctest.Options{}, nil, func(h *smpp.Handlers) {
		accept := h.Accept
		h.Accept = func(ctx context.Context, mos []channel.MO) error {
			if calls++; calls == 1 {
				panic(mos[0].Text)
			}
			return accept(ctx, mos)
		}
	})
	w.deliver(t, mo("told to nobody"), pdu.TemporaryAppError)
	w.deliver(t, mo("told to nobody"), pdu.OK)
	w.keepsSecrets(t, "told to nobody")
}
