//go:build unix

package kannel_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/kannel"
	"baro/gateway/channel/kannel/kanneltest"
	"baro/gateway/channel/smpp/pdu"
	"baro/locales/charset"
)

// A mailbox is what the hooks of a channel were told.
type mailbox struct {
	mu       sync.Mutex
	changed  *sync.Cond
	texts    []channel.MO
	receipts []channel.Receipt
	calls    int
	refuse   int // calls answered with an error before one is taken
}

func newMailbox() *mailbox {
	m := &mailbox{}
	m.changed = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	const patience = 2 * time.Minute
	late := time.AfterFunc(patience, m.changed.Broadcast)
	defer late.Stop()
	end := time.Now().Add(patience)
	m.mu.Lock()
	defer m.mu.Unlock()
	for !ok() {
		if !time.Now().Before(end) {
			t.Fatalf("waited in vain for %s: %d texts, %d receipts", what, len(m.texts), len(m.receipts))
		}
		m.changed.Wait()
	}
}

// realSMS is an SMS channel behind a real Kannel.
func realSMS(t *testing.T, act func(kanneltest.Message) kanneltest.Fate, change func(*kanneltest.Hooks)) (*kannel.SMS, *mailbox, *kanneltest.Centre, *kanneltest.Kannel) {
	t.Helper()
	box := newMailbox()
	var s *kannel.SMS
	origin := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		box.mu.Lock()
		defer box.mu.Unlock()
		defer box.changed.Broadcast()
		if box.calls++; box.refuse > 0 {
			box.refuse--
			return channel.Response{Status: 503, ContentType: "text/plain"}, nil
		}
		if strings.HasSuffix(r.Path, "/status") {
			receipts, resp, err := s.DecodeReceipts(r)
			box.receipts = append(box.receipts, receipts...)
			return resp, err
		}
		mos, resp, err := s.DecodeMO(r)
		box.texts = append(box.texts, mos...)
		return resp, err
	})
	centre := kanneltest.NewCentre(t, act)
	hooks := kanneltest.Hooks{SMS: origin + "/hooks/kannel/s3cret/sms", USSD: origin + "/nowhere"}
	if change != nil {
		change(&hooks)
	}
	k := kanneltest.Start(t, centre, hooks)
	box.mu.Lock() // the hook reads s
	s = smsChannel(t, func(c *kannel.Config) {
		c.SendURL, c.Username, c.Password, c.StatusURL = k.SendURL, kanneltest.Username, kanneltest.Password, origin+"/hooks/kannel/s3cret/status"
		c.HTTP.Timeout = 10 * time.Second
	})
	box.mu.Unlock()
	return s, box, centre, k
}

func TestRealTextsPassUnharmed(t *testing.T) {
	texts := sampleTexts()
	s, box, centre, k := realSMS(t, nil, nil)
	t.Run("out", func(t *testing.T) {
		sent := map[string]string{}
		to := 0
		for name, text := range texts {
			number := fmt.Sprintf("+2237000%04d", to)
			to++
			sent[number] = name
			r := s.Send(t.Context(), channel.MT{ID: uuid.NewString(), To: channeltest.Number(number), Text: text, ExpiresAt: time.Now().Add(time.Hour)})
			if r.Outcome != channel.Accepted {
				t.Fatalf("%s: %+v", name, r)
			}
		}
		for _, m := range centre.Await(len(texts)) {
			name := sent["+"+m.Dest.Addr]
			if m.Text != texts[name] {
				t.Errorf("%s: arrived as %q in %d parts of coding %d", name, m.Text, m.Parts, m.Coding)
			}
			if want := charset.Count(texts[name]); m.Parts != want.Parts && m.Parts != len(charset.Split(texts[name], charset.Ref8)) {
				t.Errorf("%s: %d parts, counted %d", name, m.Parts, want.Parts)
			}
			if m.Source.Addr != "36036" || m.Link != kanneltest.SystemSMS || m.Validity == "" {
				t.Errorf("%s: from %q by %s, valid %q", name, m.Source.Addr, m.Link, m.Validity)
			}
		}
		// Acceptance by the centre, and delivery: of a long message for its first part.
		box.await(t, "receipts", func() bool { return len(box.receipts) >= 2*len(texts) })
	})
	t.Run("in", func(t *testing.T) { box.checkTexts(t, centre) })
	t.Run("refused", func(t *testing.T) {
		stranger := smsChannel(t, func(c *kannel.Config) { c.SendURL, c.Username, c.Password = k.SendURL, kanneltest.Username, "wrong" })
		if r := stranger.Send(t.Context(), channel.MT{ID: ourID, To: channeltest.Number("+22370000001"), Text: "x"}); r.Outcome != channel.Refused || r.Class != channel.ClassAuth {
			t.Errorf("a wrong password: %+v", r)
		}
	})
	t.Run("answered 503, then tried again", func(t *testing.T) {
		box.mu.Lock()
		calls, before := box.calls, len(box.texts)
		box.refuse = 2
		box.mu.Unlock()
		if err := centre.Text("22376008888", "36036", "encore"); err != nil {
			t.Fatal(err)
		}
		box.await(t, "the text", func() bool { return len(box.texts) > before })
		if got := box.calls - calls; got != 3 || len(box.texts) != before+1 {
			t.Errorf("%d calls for %d texts", got, len(box.texts)-before)
		}
	})
}

// checkTexts has every text written to the short code and come in unharmed.
func (m *mailbox) checkTexts(t *testing.T, centre *kanneltest.Centre) {
	t.Helper()
	texts := sampleTexts()
	texts["nothing"] = ""
	from := map[string]string{}
	for name, text := range texts {
		number := fmt.Sprintf("2237600%04d", len(from))
		from["+"+number] = name
		if err := centre.Text(number, "36036", text); err != nil {
			t.Fatal(err)
		}
	}
	m.await(t, "texts", func() bool { return len(m.texts) >= len(texts) })
	ids := map[string]bool{}
	for _, mo := range m.texts {
		name, known := from[mo.From.E164()]
		if mo.Text != texts[name] || mo.To != "36036" || ids[mo.ExternalID] || !known {
			t.Errorf("%s: arrived as %q for %s", name, mo.Text, mo.To)
		}
		ids[mo.ExternalID] = true
	}
}

// However Kannel is told to hand texts over, they come in unharmed.
func TestRealWaysIn(t *testing.T) {
	for name, change := range map[string]func(*kanneltest.Hooks){
		"get-url, raw":  func(h *kanneltest.Hooks) { h.Raw = true },
		"post-url":      func(h *kanneltest.Hooks) { h.Post = true },
		"post-url, raw": func(h *kanneltest.Hooks) { h.Post, h.Raw = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			_, box, centre, _ := realSMS(t, nil, change)
			box.checkTexts(t, centre)
		})
	}
}

// While the SMSC is away Kannel takes messages and keeps them; each arrives once.
func TestRealCentreAway(t *testing.T) {
	s, _, centre, _ := realSMS(t, nil, nil)
	centre.Cut(kanneltest.SystemSMS)
	const people = 20
	for i := range people {
		r := s.Send(t.Context(), channel.MT{ID: uuid.NewString(), To: channeltest.Number(fmt.Sprintf("+2237000%04d", i)), Text: "é"})
		if r.Outcome != channel.Accepted {
			t.Fatalf("%+v", r)
		}
	}
	seen := map[string]bool{}
	for _, m := range centre.Await(people) {
		if seen[m.Dest.Addr] {
			t.Error("a message arrived twice")
		}
		seen[m.Dest.Addr] = true
	}
}

func TestRealReceipts(t *testing.T) {
	fates := map[string]kanneltest.Fate{
		"+22370000001": {Stat: "DELIVRD"}, "+22370000002": {Stat: "UNDELIV"}, "+22370000003": {Stat: "EXPIRED"},
		"+22370000004": {Status: 0x0b}, "+22370000005": {Status: 0x45}, "+22370000006": {}, "+22370000007": {Stat: "REJECTD"},
	}
	type end struct {
		state channel.ReceiptState
		class channel.Class
	}
	want := map[string]end{
		"+22370000001": {channel.ReceiptDelivered, ""}, "+22370000002": {channel.ReceiptFailed, channel.ClassUnknown},
		"+22370000003": {channel.ReceiptExpired, ""}, "+22370000004": {channel.ReceiptFailed, channel.ClassBadNumber},
		"+22370000005": {channel.ReceiptFailed, channel.ClassUnknown}, "+22370000006": {channel.ReceiptSent, ""},
		"+22370000007": {channel.ReceiptFailed, channel.ClassUnknown},
	}
	s, box, _, _ := realSMS(t, func(m kanneltest.Message) kanneltest.Fate { return fates["+"+m.Dest.Addr] }, nil)
	ids := map[string]string{}
	for number := range fates {
		id := uuid.NewString()
		ids[id] = number
		if r := s.Send(t.Context(), channel.MT{ID: id, To: channeltest.Number(number), Text: "stat:UNDELIV é"}); r.Outcome != channel.Accepted {
			t.Fatalf("%+v", r)
		}
	}
	last := map[string]channel.Receipt{}
	box.await(t, "the last receipt of each", func() bool {
		for _, r := range box.receipts {
			if r.State != channel.ReceiptSent || last[ids[r.OurID]].State == 0 {
				last[ids[r.OurID]] = r
			}
		}
		for number, w := range want {
			if last[number].State != w.state {
				return false
			}
		}
		return true
	})
	for number, w := range want {
		if r := last[number]; r.State != w.state || r.Class != w.class || r.OurID == "" {
			t.Errorf("%s: %+v, want %+v", number, r, w)
		}
	}
}

func TestRealDialogue(t *testing.T) {
	var u *kannel.USSD
	events := make(chan channel.USSD, 8)
	ready := make(chan struct{})
	origin := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		<-ready
		ev, err := u.DecodeUSSD(r)
		if err != nil {
			return u.EncodeUSSD(nil), nil
		}
		screen := flows.Screen{Text: "Menu é\n1 Budget", Input: flows.InputKey}
		if ev.Text == "1" {
			screen = flows.Screen{Text: "ɛɔɲŋ: merci"}
		}
		if res := u.Show(t.Context(), ev, &screen); res.Outcome != channel.Accepted {
			t.Errorf("show: %+v", res)
		}
		events <- ev
		return u.EncodeUSSD(&screen), nil
	})
	centre := kanneltest.NewCentre(t, nil)
	k := kanneltest.Start(t, centre, kanneltest.Hooks{SMS: origin + "/nowhere", USSD: origin + "/hooks/kannelussd/s3cret/ussd"})
	u = ussdChannel(t, func(c *kannel.Config) {
		c.SendURL, c.Username, c.Password = k.SendURL, kanneltest.USSDUsername, kanneltest.USSDPassword
		c.HTTP.Timeout = 10 * time.Second
	})
	close(ready)
	for i, step := range []struct {
		text    string
		op      byte
		session []byte
		want    string
		begin   bool
		shown   string
		out     byte
		back    []byte
	}{
		{"*384*96*417*1#", 0x01, []byte{7, 2}, "417*1", true, "Menu é\n1 Budget", 0x02, []byte{7, 2}},
		{"ɛ", 0x12, []byte{7, 4}, "ɛ", false, "Menu é\n1 Budget", 0x02, []byte{7, 4}},
		{"1", 0x12, []byte{7, 6}, "1", false, "ɛɔɲŋ: merci", 0x11, []byte{7, 7}},
	} {
		m := pdu.Message{
			ServiceType: "USSD", Source: pdu.Address{TON: 1, NPI: 1, Addr: "22370000001"}, Dest: pdu.Address{NPI: 1, Addr: "38496"},
			Short: []byte(step.text), TLVs: pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, step.op), {Tag: pdu.ITSSessionInfo, Value: step.session}},
		}
		if step.text == "ɛ" {
			m.Coding, m.Short = 8, charset.EncodeUCS2(step.text)
		}
		if err := centre.Deliver(kanneltest.SystemUSSD, m); err != nil {
			t.Fatal(err)
		}
		got := centre.Await(i + 1)[i]
		ev := <-events
		if ev.Text != step.want || ev.Begin != step.begin || ev.Session != "07" || ev.Number != channeltest.Number("+22370000001") {
			t.Errorf("step %d: %+v", i, ev)
		}
		op, _ := got.TLVs.Octet(pdu.USSDServiceOp)
		back, _ := got.TLVs.Get(pdu.ITSSessionInfo)
		if got.Text != step.shown || op != step.out || !bytes.Equal(back, step.back) {
			t.Errorf("step %d: shown %q with op %#x, session %x; want %q, %#x, %x", i, got.Text, op, back, step.shown, step.out, step.back)
		}
		if got.ServiceType != "USSD" || got.Link != kanneltest.SystemUSSD || got.Dest.Addr != "22370000001" || got.Source.Addr != "38496" {
			t.Errorf("step %d: %s from %s to %s by %s", i, got.ServiceType, got.Source.Addr, got.Dest.Addr, got.Link)
		}
	}
}
