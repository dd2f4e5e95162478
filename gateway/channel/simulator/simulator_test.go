package simulator_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/simulator"
	"baro/locales/charset"
)

func clock() time.Time { return time.Date(2026, 11, 23, 7, 30, 0, 0, time.FixedZone("WAT", 3600)) }

func TestSpeaksTheShapeOfAfricasTalking(t *testing.T) {
	profile, _ := charset.FindProfile("ussd")
	p := simulator.New("sms", profile, simulator.NewInbox(clock))
	ev, err := p.DecodeUSSD(channeltest.Post("/hooks/sms/ussd", "", "sessionId=a&phoneNumber=%2B22370000001&serviceCode=*384*96%23&text=1"))
	if err != nil || ev.Channel != "sms" || ev.Text != "1" || ev.Number != channeltest.Number("+22370000001") {
		t.Errorf("got %+v, %v", ev, err)
	}
	if got := p.EncodeUSSD(&flows.Screen{Text: "x"}); string(got.Body) != "END x" {
		t.Errorf("got %q", got.Body)
	}
}

func TestInboxKeepsMessagesPerPhone(t *testing.T) {
	inbox := simulator.NewInbox(clock)
	one, two := channeltest.Number("+22370000001"), channeltest.Number("+22370000002")
	first := inbox.Add(one, "36036", "a")
	inbox.Add(two, "36036", "b")
	inbox.Add(one, "COMMUNE", "c")
	got := inbox.Messages(one)
	if len(got) != 2 || got[0] != (simulator.SMS{ID: first, From: "36036", Text: "a", At: clock().UTC()}) || got[1].Text != "c" || got[1].ID <= first {
		t.Errorf("got %+v", got)
	}
	got[0].Text = "changed"
	if inbox.Messages(one)[0].Text != "a" {
		t.Error("a caller can change the inbox")
	}
	if none := inbox.Messages(channeltest.Number("+22370000003")); len(none) != 0 {
		t.Errorf("a phone without messages has %d", len(none))
	}
}

func TestInboxIsBounded(t *testing.T) {
	inbox := simulator.NewInbox(clock)
	one := channeltest.Number("+22370000001")
	for i := range 60 {
		inbox.Add(one, "36036", fmt.Sprint(i))
	}
	if got := inbox.Messages(one); len(got) != 50 || got[0].Text != "10" || got[49].Text != "59" {
		t.Errorf("kept %d, from %q", len(got), got[0].Text)
	}
	for i := range 1000 {
		inbox.Add(channeltest.Number(fmt.Sprintf("+22371%06d", i)), "36036", "x")
	}
	if got := inbox.Messages(one); len(got) != 0 {
		t.Error("the oldest phone is still remembered after a thousand others")
	}
	if got := inbox.Messages(channeltest.Number("+22371000999")); len(got) != 1 {
		t.Error("the newest phone is forgotten")
	}
}

func TestInboxTakesManyAtOnce(t *testing.T) {
	inbox := simulator.NewInbox(clock)
	one := channeltest.Number("+22370000001")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				inbox.Add(one, "36036", "x")
				inbox.Messages(one)
			}
		})
	}
	wg.Wait()
	seen := make(map[uint64]bool)
	for _, m := range inbox.Messages(one) {
		seen[m.ID] = true
	}
	if len(seen) != 40 {
		t.Errorf("%d ids for 40 messages", len(seen))
	}
}
