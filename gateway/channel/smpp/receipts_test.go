package smpp_test

import (
	"fmt"
	"strings"
	"testing"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
)

// report is a receipt as the message centre delivers it.
func report(text string, tlvs ...pdu.TLV) pdu.Message {
	m := mo(text)
	m.ESMClass, m.TLVs = pdu.ESMReceipt, tlvs
	return m
}

func (h *house) last() channel.Receipt {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.receipts) == 0 {
		return channel.Receipt{}
	}
	return h.receipts[len(h.receipts)-1]
}

func TestReceiptsAreReadAsMessageCentresWriteThem(t *testing.T) {
	const usual = "id:%s sub:001 dlvrd:001 submit date:2601011200 done date:260101120001 stat:%s err:%s text:stat:REJECTD id:9"
	state := func(n byte) pdu.TLV { return pdu.OctetTLV(pdu.MessageState, n) }
	id := func(s string) pdu.TLV { return pdu.TLV{Tag: pdu.ReceiptedMessageID, Value: append([]byte(s), 0)} }
	for name, c := range map[string]struct {
		m    pdu.Message
		want channel.Receipt
	}{
		"delivered":   {report(fmt.Sprintf(usual, "77", "DELIVRD", "000")), channel.Receipt{ProviderID: "77", State: channel.ReceiptDelivered, Code: "DELIVRD err:000"}},
		"expired":     {report(fmt.Sprintf(usual, "77", "EXPIRED", "1")), channel.Receipt{ProviderID: "77", State: channel.ReceiptExpired, Class: channel.ClassUnreachableNow, Code: "EXPIRED err:1"}},
		"undelivered": {report(fmt.Sprintf(usual, "77", "UNDELIV", "0A")), channel.Receipt{ProviderID: "77", State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "UNDELIV err:0A"}},
		"rejected":    {report(fmt.Sprintf(usual, "77", "REJECTD", "")), channel.Receipt{ProviderID: "77", State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "REJECTD"}},
		"accepted":    {report(fmt.Sprintf(usual, "77", "ACCEPTD", "000")), channel.Receipt{ProviderID: "77", State: channel.ReceiptSent, Code: "ACCEPTD err:000"}},
		"unknown":     {report(fmt.Sprintf(usual, "77", "UNKNOWN", "000")), channel.Receipt{ProviderID: "77", State: channel.ReceiptPending, Code: "UNKNOWN err:000"}},
		"a new word":  {report(fmt.Sprintf(usual, "77", "PONDERING", "000")), channel.Receipt{ProviderID: "77", State: channel.ReceiptPending, Code: "PONDERING err:000"}},
		"other order and case": {report("Stat:DELIVRD, ID: 00AB ERR:000 Text:"),
			channel.Receipt{ProviderID: "ab", State: channel.ReceiptDelivered, Code: "DELIVRD err:000"}},
		"parameters first": {report(fmt.Sprintf(usual, "1", "ENROUTE", "000"), id("88"), state(2)),
			channel.Receipt{ProviderID: "88", State: channel.ReceiptDelivered, Code: "DELIVRD err:000"}},
		"parameters only": {report("", id("88"), state(5), pdu.TLV{Tag: pdu.NetworkErrorCode, Value: []byte{3, 0, 27}}),
			channel.Receipt{ProviderID: "88", State: channel.ReceiptFailed, Class: channel.ClassUnknown, Code: "UNDELIV err:27"}},
		"a state of no standard": {report(fmt.Sprintf(usual, "77", "DELIVRD", "000"), state(200)),
			channel.Receipt{ProviderID: "77", State: channel.ReceiptDelivered, Code: "DELIVRD err:000"}},
		"nothing at all": {report(""), channel.Receipt{State: channel.ReceiptPending}},
	} {
		w := open(t, smsctest.Options{}, nil)
		w.deliver(t, c.m, pdu.OK)
		c.want.Channel = "smsc"
		if got := w.house.last(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if len(w.house.texts()) != 0 {
			t.Errorf("%s: taken for a message", name)
		}
	}
	intermediate := report(fmt.Sprintf(usual, "77", "UNDELIV", "000"))
	intermediate.ESMClass = pdu.ESMIntermediate
	w := open(t, smsctest.Options{}, nil)
	w.deliver(t, intermediate, pdu.OK)
	if got := w.house.last(); got.State != channel.ReceiptPending {
		t.Errorf("an intermediate notice settled a message: %+v", got)
	}
}

func TestNobodyForgesAReceiptByWritingAnSMS(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	text := "id:1 sub:001 dlvrd:001 submit date:2601011200 done date:2601011200 stat:DELIVRD err:000 text:"
	w.deliver(t, mo(text), pdu.OK)
	if got := w.house.texts(); len(got) != 1 || got[0] != text || w.house.last() != (channel.Receipt{}) {
		t.Errorf("messages %q, receipt %+v", got, w.house.last())
	}
}

func TestReceiptsFindTheirMessageInEveryNumberBase(t *testing.T) {
	for _, c := range []struct{ format, answer, receipt, want string }{
		{smpp.IDAuto, "1A2B3C", "1715004", "m"}, {smpp.IDAuto, "1715004", "1A2B3C", "m"}, {smpp.IDAuto, "0000ABCDEF", "abcdef", "m"},
		{smpp.IDAuto, "7b1c-44", "7B1C-44", "m"}, {smpp.IDAuto, "12", "13", ""},
		{smpp.IDString, "00aB", "00aB", "m"}, {smpp.IDString, "00aB", "AB", ""}, {smpp.IDString, "1A2B3C", "1715004", ""},
		{smpp.IDHexDec, "10", "16", "m"}, {smpp.IDHexDec, "10", "10", ""}, {smpp.IDDecHex, "16", "10", "m"}, {smpp.IDDecHex, "10", "10", ""},
	} {
		w := open(t, smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer { return smsctest.Answer{ID: c.answer} }},
			func(cfg *smpp.Config) { cfg.IDFormat = c.format })
		sent := w.Send(patience(t), mt("m", "x"))
		w.deliver(t, report("id:"+c.receipt+" stat:DELIVRD"), pdu.OK)
		got := w.house.last()
		if got.OurID != c.want || got.State != channel.ReceiptDelivered {
			t.Errorf("%+v: %+v", c, got)
		}
		if c.want != "" && c.format != smpp.IDAuto && got.ProviderID != sent.ProviderID {
			t.Errorf("%+v: kept as %q, reported as %q: a node that starts anew could not match it", c, sent.ProviderID, got.ProviderID)
		}
	}
}

func TestAReceiptThatFitsTwoMessagesIsKeptAndDecidesNothing(t *testing.T) {
	ids := []string{"10", "16"}
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer { return smsctest.Answer{ID: ids[n-1]} }}, nil)
	w.Send(patience(t), mt("a", "x"))
	w.Send(patience(t), mt("b", "y"))
	w.deliver(t, report("id:10 stat:DELIVRD"), pdu.OK) // "10" as it is, or 16 in hexadecimal
	if got := w.house.last(); got.OurID != "" || got.ProviderID == "10" || got.ProviderID == "16" {
		t.Errorf("guessed: %+v", got)
	}
	stranger := report("id:16 stat:DELIVRD")
	stranger.Source.Addr = "22399999999"
	w.deliver(t, stranger, pdu.OK)
	if got := w.house.last(); got.OurID != "" || got.ProviderID == "16" {
		t.Errorf("a receipt about another phone: %+v", got)
	}
}

func TestALongMessageIsDeliveredWhenAllItsPartsAre(t *testing.T) {
	type told struct {
		id   string
		stat string
		want channel.ReceiptState
	}
	for _, c := range []struct {
		name, policy string
		told         []told
	}{
		{"in order", smpp.ReceiptsEvery, []told{{"1", "DELIVRD", channel.ReceiptPending}, {"2", "DELIVRD", channel.ReceiptPending}, {"3", "DELIVRD", channel.ReceiptDelivered}}},
		{"doubled", smpp.ReceiptsEvery, []told{{"2", "DELIVRD", channel.ReceiptPending}, {"2", "DELIVRD", channel.ReceiptPending}, {"3", "DELIVRD", channel.ReceiptPending}, {"1", "DELIVRD", channel.ReceiptDelivered}}},
		{"one fails", smpp.ReceiptsEvery, []told{{"1", "DELIVRD", channel.ReceiptPending}, {"2", "UNDELIV", channel.ReceiptFailed}, {"3", "DELIVRD", channel.ReceiptPending}, {"3", "EXPIRED", channel.ReceiptPending}}},
		{"fails, then arrives", smpp.ReceiptsEvery, []told{{"1", "UNDELIV", channel.ReceiptFailed}, {"1", "DELIVRD", channel.ReceiptPending}, {"2", "DELIVRD", channel.ReceiptPending}, {"3", "DELIVRD", channel.ReceiptDelivered}}},
		{"the first counts", smpp.ReceiptsFirst, []told{{"2", "UNDELIV", channel.ReceiptPending}, {"1", "DELIVRD", channel.ReceiptDelivered}}},
		{"the last counts", smpp.ReceiptsLast, []told{{"1", "UNDELIV", channel.ReceiptPending}, {"3", "DELIVRD", channel.ReceiptDelivered}}},
	} {
		w := open(t, smsctest.Options{}, func(cfg *smpp.Config) { cfg.Receipts = c.policy })
		r := w.Send(patience(t), mt("m", strings.Repeat("x", 400)))
		for i, told := range c.told {
			w.deliver(t, report("id:"+told.id+" stat:"+told.stat), pdu.OK)
			got := w.house.last()
			if got.State != told.want || got.OurID != "m" {
				t.Errorf("%s, receipt %d: %+v, want state %d", c.name, i, got, told.want)
			}
			if c.policy == smpp.ReceiptsEvery && got.ProviderID == r.ProviderID {
				t.Errorf("%s: one part's id is the whole message's", c.name)
			}
		}
	}
}

func TestReceiptsBeforeTheAnswerAreParked(t *testing.T) {
	early := []smsctest.Receipt{{Early: true}}
	w := open(t, smsctest.Options{Answer: func(n int64, _ *pdu.Message) smsctest.Answer {
		if n > 3 { // a single message, whose receipt is in another base
			return smsctest.Answer{ID: "1A2B3C", Receipts: []smsctest.Receipt{{ID: "1715004", Early: true}}}
		}
		return smsctest.Answer{Receipts: early}
	}}, nil)
	w.Send(patience(t), mt("long", strings.Repeat("x", 400)))
	w.Send(patience(t), mt("short", "x"))
	settled := map[string]bool{}
	w.house.wait(t, "early receipts of both messages", func() bool {
		for _, r := range w.house.receipts {
			if r.State == channel.ReceiptDelivered && r.OurID != "" {
				settled[r.OurID] = true
			}
		}
		return settled["long"] && settled["short"]
	})
}

func TestAReceiptThatCannotBeStoredComesAgain(t *testing.T) {
	w := open(t, smsctest.Options{}, nil)
	w.house.breakDown(true)
	w.deliver(t, report("id:1 stat:DELIVRD"), pdu.TemporaryAppError)
	w.deliver(t, mo("help"), pdu.TemporaryAppError)
	w.house.breakDown(false)
	w.deliver(t, report("id:1 stat:DELIVRD"), pdu.OK)
	w.deliver(t, mo("help"), pdu.OK)
	if got := w.house.texts(); len(got) != 1 || w.house.last().ProviderID != "1" {
		t.Errorf("messages %q, receipt %+v", got, w.house.last())
	}
	w.keepsSecrets(t, "help")
}
