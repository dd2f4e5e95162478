package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
	"baro/locales/charset"
)

// smppNode is a node whose SMS and USSD come over SMPP.
func smppNode(t testing.TB, centre *smsctest.SMSC, log *slog.Logger) *node {
	t.Helper()
	set := fixedSettings(t, memoryFolder(t), newClock())
	set.now = time.Now
	sms, _ := charset.FindProfile("sms")
	settings := func(also map[string]any) map[string]any {
		also["address"], also["system_id"], also["password"], also["window"] = centre.Addr(), "baro", config.Secret("s3cretpw"), 100
		return also
	}
	set.channels = []channelSettings{
		{profile: strictProfile(), Channel: config.Channel{
			Name: "dial", Provider: "smpp", Kind: "ussd", Commune: "417", Code: "*384*96#",
			Settings: settings(map[string]any{"ussd": map[string]any{"dialect": "6d"}}),
		}},
		{profile: sms, Channel: config.Channel{
			Name: "smsc", Provider: "smpp", Kind: "sms", Commune: "417",
			Settings: settings(map[string]any{"from": "36036", "long": "sar", "source": map[string]any{"ton": "3", "npi": "0"}}),
		}},
	}
	return openFixed(t, set, log)
}

func TestSMSAndUSSDOverSMPP(t *testing.T) {
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	centre, err := smsctest.Start(smsctest.Options{SystemID: "baro", Password: "s3cretpw", Answer: func(int64, *pdu.Message) smsctest.Answer {
		return smsctest.Answer{Receipts: []smsctest.Receipt{{TLVs: true}}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer centre.Close()
	var log bytes.Buffer
	n := smppNode(t, centre, slog.New(slog.NewTextHandler(&log, nil)))
	if err := n.start(ctx); err != nil {
		t.Fatal(err)
	}
	if !centre.Wait(ctx, func(c smsctest.Counts) bool { return c.Bound == 2 }) {
		t.Fatal("the channels were not bound")
	}
	from := pdu.Address{TON: 1, NPI: 1, Addr: "22370000001"}
	dial := func(op byte, text string) string {
		t.Helper()
		status, err := centre.Deliver(ctx, pdu.Message{ServiceType: "USSD", Source: from, Dest: pdu.Address{Addr: "38496"}, Short: []byte(text),
			TLVs: pdu.TLVs{pdu.OctetTLV(pdu.USSDServiceOp, op), pdu.Uint16TLV(pdu.ITSSessionInfo, 14)}})
		if err != nil {
			t.Fatal(err)
		}
		if status == pdu.PermanentAppError {
			return "" // the other bind: this centre sends to any
		}
		screen, _ := centre.Screen(ctx, from.Addr)
		return string(screen.Short)
	}
	first := ""
	for first == "" {
		first = dial(0x01, "*384*96#")
	}
	second := ""
	for second == "" {
		second = dial(0x12, "1")
	}
	if first == second || !strings.Contains(first, "1 ") {
		t.Errorf("shown %q, then %q", first, second)
	}
	for status := pdu.PermanentAppError; status != pdu.OK; {
		if status, err = centre.Deliver(ctx, pdu.Message{Source: from, Dest: pdu.Address{Addr: "36036"}, Short: []byte("AIDE")}); err != nil {
			t.Fatal(err)
		}
	}
	if !centre.Wait(ctx, func(c smsctest.Counts) bool { return c.Accepted > 0 && c.Receipts > 0 }) {
		t.Fatal("no reply to an SMS, or no answer to its receipt")
	}
	reply := centre.Accepted()[0]
	if reply.Dest != from || reply.Source != (pdu.Address{TON: 3, Addr: "36036"}) || len(reply.Text()) == 0 {
		t.Errorf("replied from %+v to %+v", reply.Source, reply.Dest)
	}
	if err := n.stop(ctx); err != nil {
		t.Error(err)
	}
	if centre.Wait(ctx, func(c smsctest.Counts) bool { return c.Bound == 0 }); strings.Contains(log.String(), "70000001") {
		t.Errorf("the log tells a number:\n%s", log.String())
	}
}

// Two nodes share a database: one has the binds, and when it stops the other takes them.
func TestOneNodeHasTheBinds(t *testing.T) {
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	centre, err := smsctest.Start(smsctest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer centre.Close()
	first := smppNode(t, centre, slog.New(slog.DiscardHandler))
	second := *first
	second.id = "another"
	lost, release, err := first.holdBinds("smpp:smsc")(ctx)
	if err != nil {
		t.Fatal(err)
	}
	short, end := contextFor(50 * time.Millisecond)
	defer end()
	if _, _, err := second.holdBinds("smpp:smsc")(short); err == nil {
		t.Error("two nodes hold one channel")
	}
	select {
	case <-lost:
		t.Error("the holder lost its right to a node that only asked")
	default:
	}
	release()
	if _, free, err := second.holdBinds("smpp:smsc")(ctx); err != nil {
		t.Error(err)
	} else {
		free()
	}
}
