package smsgate_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/smsgate"
	"baro/gateway/channel/smsgate/smsgatetest"
	"baro/store"
)

func contextFor(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestAPhoneSendsAndReceives(t *testing.T) {
	s := newStation(t, nil)
	ctx := contextFor(t)
	p := s.phone()
	s.listen(p)
	id := s.say(1, "Réunion au vestibule à 10h")
	s.becomes(id, store.OutboundDelivered)
	got := p.Got()
	if len(got) != 1 || got[0].ID != id || got[0].To[0] != "+22370000001" || got[0].State != "Pending" || !*got[0].Report || got[0].Until.IsZero() {
		t.Errorf("the phone was handed %+v", got)
	}
	for range 2 { // the app repeats what it has no answer for
		if status, err := p.Post(ctx, p.Receive("evt_1", "+22370000001", "Réunion é")); err != nil || status != 200 {
			t.Fatalf("webhook: %d %v", status, err)
		}
	}
	mos := s.received()
	if len(mos) != 2 || mos[0] != mos[1] || mos[0].ExternalID != "evt_1" || mos[0].Text != "Réunion é" || mos[0].From.E164() != "+22370000001" {
		t.Errorf("received: %+v", mos)
	}
	if status, err := p.Post(ctx, p.Receive("evt_2", "Operator", "bonus")); err != nil || status != 200 || len(s.received()) != 2 {
		t.Errorf("a sender that is no phone: %d %v", status, err)
	}
	offer, err := s.db.PhoneOffers().Get(ctx, "phone", id)
	if err != nil || offer.Answered.IsZero() || offer.Phone != p.ID() {
		t.Errorf("offer: %+v %v", offer, err)
	}
}

// A phone that broke off before it could report asks again and gets the same again; nobody else does.
func TestWhatAPhoneFetchedStaysItsOwn(t *testing.T) {
	s := newStation(t, func(c *smsgate.Config) { c.Timing.Answer = 100 * time.Millisecond })
	ctx := contextFor(t)
	p := s.phone()
	p.Act = func(smsgatetest.Message) []string { return nil }
	leave := s.listen(p)
	id := s.say(1, "Réunion")
	if !p.Wait(ctx, 1) {
		t.Fatal("the phone fetched nothing")
	}
	s.becomes(id, store.OutboundUnconfirmed)
	leave()
	other := s.phone()
	s.listen(other)
	if err := other.Pull(ctx); err != nil || len(other.Got()) != 0 {
		t.Errorf("another phone got %v (%v)", other.Got(), err)
	}
	if err := p.Pull(ctx); err != nil || p.Got()[len(p.Got())-1].ID != id {
		t.Fatalf("asked again: %v %v", p.Got(), err)
	}
	if status, err := other.Report(ctx, id, "Failed", ""); err != nil || status != 204 || s.state(id) != store.OutboundUnconfirmed {
		t.Errorf("another phone spoke for it: %d %v %s", status, err, s.state(id))
	}
	if status, err := p.Report(ctx, id, "Sent", ""); err != nil || status != 204 {
		t.Fatal(status, err)
	}
	s.becomes(id, store.OutboundSent)
	before := len(p.Got())
	if err := p.Pull(ctx); err != nil || len(p.Got()) != before {
		t.Errorf("offered after its first word: %v %v", p.Got(), err)
	}
}

// What was never fetched may go to another phone.
func TestAnIdlePhoneLosesNothing(t *testing.T) {
	s := newStation(t, func(c *smsgate.Config) { c.Timing.Fetch = 50 * time.Millisecond })
	ctx := contextFor(t)
	idle := s.phone()
	idle.Idle = true
	leave := s.listen(idle)
	id := s.say(1, "Réunion")
	until(t, func() bool {
		o, err := s.db.PhoneOffers().Get(ctx, "phone", id)
		return err == nil && o.Phone == idle.ID()
	}, func() string { return "nothing was laid ready" })
	until(t, func() bool {
		_, err := s.db.PhoneOffers().Get(ctx, "phone", id)
		return store.CodeOf(err) == store.CodeNotFound
	}, func() string { return "nothing was taken back" })
	leave()
	if err := s.db.Phones().Disable(ctx, "phone", idle.ID(), store.Act{Actor: "command"}); err != nil {
		t.Fatal(err)
	}
	if status, _ := smsgatetest.New(s.url, token).Register(ctx); status != 401 {
		t.Fatalf("the token of a disabled phone lets in: %d", status)
	}
	if err := s.db.Phones().Enable(ctx, "phone", idle.ID(), store.Act{Actor: "command"}); err != nil {
		t.Fatal(err)
	}
	working := s.phone()
	if err := s.db.Phones().Disable(ctx, "phone", idle.ID(), store.Act{Actor: "command"}); err != nil {
		t.Fatal(err)
	}
	s.listen(working)
	s.becomes(id, store.OutboundDelivered)
	if len(working.Got()) != 1 || len(idle.Got()) != 0 {
		t.Errorf("working %v, idle %v", working.Got(), idle.Got())
	}
}

// A phone without a stream is served too: its question brings the messages.
func TestPollingPhone(t *testing.T) {
	s := newStation(t, func(c *smsgate.Config) { c.Timing.Poll = 10 * time.Second })
	ctx := contextFor(t)
	p := s.phone()
	id := s.say(1, "Réunion")
	if err := p.Pull(ctx); err != nil || len(p.Got()) != 1 {
		t.Fatalf("polled: %v %v", p.Got(), err)
	}
	s.becomes(id, store.OutboundDelivered)
}

func TestStatesInAnyOrder(t *testing.T) {
	s := newStation(t, nil)
	ctx := contextFor(t)
	p := s.phone()
	p.Act = func(m smsgatetest.Message) []string { return []string{"Pending"} }
	s.listen(p)
	for name, c := range map[string]struct {
		states []string
		reason string
		want   store.OutboundState
	}{
		"backwards":            {[]string{"Delivered", "Sent", "Processed", "Delivered"}, "", store.OutboundDelivered},
		"twice":                {[]string{"Sent", "Sent"}, "", store.OutboundSent},
		"failed":               {[]string{"Failed", "Failed"}, "RESULT_ERROR_GENERIC_FAILURE", store.OutboundFailed},
		"expired on the phone": {[]string{"Cancelled"}, "TTL expired", store.OutboundExpired},
		"a word of tomorrow":   {[]string{"Teleported"}, "", store.OutboundSent},
	} {
		id := s.say(1, "Réunion "+name)
		s.becomes(id, store.OutboundSent) // the phone has it
		for _, state := range c.states {
			if status, err := p.Report(ctx, id, state, c.reason); err != nil || status != 204 {
				t.Fatalf("%s: %d %v", name, status, err)
			}
		}
		s.becomes(id, c.want)
	}
	// The same by webhooks, which may come first.
	id := s.say(2, "Réunion")
	s.becomes(id, store.OutboundSent)
	for _, event := range []string{"sms:delivered", "sms:sent", "sms:delivered"} {
		if status, err := p.Post(ctx, p.Event(event, "evt-"+event, map[string]any{"messageId": id, "recipient": "+22370000002"})); err != nil || status != 200 {
			t.Fatalf("%s: %d %v", event, status, err)
		}
	}
	s.becomes(id, store.OutboundDelivered)
	if status, err := p.Report(ctx, "018f2b7e-0000-7000-8000-00000000ffff", "Failed", ""); err != nil || status != 204 {
		t.Errorf("an unknown id: %d %v", status, err)
	}
}

func TestProofs(t *testing.T) {
	s := newStation(t, nil)
	ctx := contextFor(t)
	for _, wrong := range []string{"", "wrong-token-of-the-channel", token + "x"} {
		if status, err := smsgatetest.New(s.url, wrong).Register(ctx); err != nil || status != 401 {
			t.Errorf("token %q: %d %v", wrong, status, err)
		}
	}
	p, other := s.phone(), s.phone()
	good := p.Receive("evt_1", "+22370000001", "Réunion")
	post := func(name string, want int, change func(e *smsgatetest.Event)) {
		t.Helper()
		e := good
		change(&e)
		if status, err := p.Post(ctx, e); err != nil || status != want {
			t.Errorf("%s: %d %v, want %d", name, status, err, want)
		}
	}
	post("good", 200, func(*smsgatetest.Event) {})
	post("another key", 403, func(e *smsgatetest.Event) { e.Key += "x" })
	post("the key of another phone", 403, func(e *smsgatetest.Event) { e.Key = other.Receive("a", "b", "c").Key })
	post("no phone in the address", 403, func(e *smsgatetest.Event) { e.URL, _, _ = strings.Cut(e.URL, "?") })
	post("an event of tomorrow", 200, func(e *smsgatetest.Event) { e.Body = []byte(`{"id":"1","event":"sms:read"}`) })
	post("no JSON", 400, func(e *smsgatetest.Event) { e.Body = []byte(`{"id":`) })
	post("a huge body", 413, func(e *smsgatetest.Event) { e.Body = []byte(`{"x":"` + strings.Repeat("x", 70_000) + `"}`) })
	p.Now = func() time.Time { return time.Now().Add(-6 * time.Minute) }
	post("an old call", 403, func(*smsgatetest.Event) {})
	p.Now = time.Now
	if len(s.received()) != 1 {
		t.Errorf("accepted %d messages", len(s.received()))
	}
	for path, want := range map[string]int{
		"GET /mobile/v1/settings": 200, "GET /mobile/v1/device": 200, "GET /mobile/v1/user/code": 501, "GET /mobile/v1/nothing": 404,
		"POST /nothing": 404, "PATCH /mobile/v1/device": 403, "PATCH /mobile/v1/message": 400,
	} {
		method, path, _ := strings.Cut(path, " ")
		var body any
		if method == http.MethodPatch {
			body = map[string]any{"id": "somebody", "pushToken": "x"}
		}
		if status, err := p.Call(ctx, method, path, body); err != nil || status != want {
			t.Errorf("%s %s: %d %v, want %d", method, path, status, err, want)
		}
	}
	if err := s.db.Phones().Disable(ctx, "phone", p.ID(), store.Act{Actor: "command"}); err != nil {
		t.Fatal(err)
	}
	post("a disabled phone", 403, func(*smsgatetest.Event) {})
	if status, err := p.Call(ctx, "GET", "/mobile/v1/message", nil); err != nil || status != 401 {
		t.Errorf("a disabled phone fetched: %d %v", status, err)
	}
}

func TestADisabledPhonesStreamEnds(t *testing.T) {
	s := newStation(t, func(c *smsgate.Config) { c.Timing.KeepAlive = 10 * time.Millisecond })
	ctx := contextFor(t)
	p := s.phone()
	ended := make(chan int, 1)
	go func() {
		status, _ := p.Run(ctx)
		ended <- status
	}()
	until(t, s.phones.Ready, func() string { return "not ready" })
	if err := s.db.Phones().Disable(ctx, "phone", p.ID(), store.Act{Actor: "command"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-ctx.Done():
		t.Fatal("the stream goes on")
	}
	if status, err := p.Run(ctx); err != nil || status != 401 {
		t.Errorf("a stream again: %d %v", status, err)
	}
}

// Each SIM has its limits, which stand over restarts.
func TestLimits(t *testing.T) {
	s := newStation(t, func(c *smsgate.Config) { c.SIMs, c.Limits = []int{1, 2}, smsgate.Limits{PerMinute: 2, PerDay: 50} })
	p := s.phone()
	s.listen(p)
	var ids []string
	for n := range 4 {
		ids = append(ids, s.say(n+1, fmt.Sprint("Réunion ", n)))
	}
	for _, id := range ids {
		s.becomes(id, store.OutboundDelivered)
	}
	slots := map[int]int{}
	for _, m := range p.Got() {
		slots[m.SIM]++
	}
	if slots[1] != 2 || slots[2] != 2 {
		t.Errorf("messages by SIM: %v", slots)
	}
	fifth := s.say(5, "Réunion")
	until(t, func() bool { return strings.Contains(s.logged.String(), "rate_limited") }, func() string { return "no limit" })
	if s.state(fifth) != store.OutboundQueued && s.state(fifth) != store.OutboundLeased || len(p.Got()) != 4 {
		t.Errorf("over the limit: %s, %d handed out", s.state(fifth), len(p.Got()))
	}
}

func TestConditions(t *testing.T) {
	now := time.Now()
	s := newStation(t, func(c *smsgate.Config) { c.Now = func() time.Time { return now } })
	ctx := contextFor(t)
	is := func(want smsgate.Condition) {
		t.Helper()
		if got, err := s.phones.Condition(ctx); err != nil || got != want {
			t.Errorf("condition %d (%v), want %d", got, err, want)
		}
	}
	is(smsgate.Gone)
	p := s.phone()
	p.Now = func() time.Time { return now }
	is(smsgate.Well)
	ping := func(status string, battery float64) {
		t.Helper()
		now = now.Add(time.Second)
		e := p.Event("system:ping", fmt.Sprint("ping", now.Unix()), map[string]any{"health": map[string]any{
			"status": status, "checks": map[string]any{"battery:level": map[string]any{"observedValue": battery, "observedUnit": "percent"}},
		}})
		if code, err := p.Post(ctx, e); err != nil || code != 200 {
			t.Fatal(code, err)
		}
	}
	ping("pass", 80)
	is(smsgate.Well)
	ping("pass", 9)
	is(smsgate.Ailing)
	ping("fail", 80)
	is(smsgate.Ailing)
	ping("pass", 80)
	now = now.Add(3 * time.Minute)
	is(smsgate.Ailing)
	now = now.Add(10 * time.Minute)
	is(smsgate.Gone)
}

// What is under way when a node stops goes back, if nobody fetched it.
func TestStopGivesBack(t *testing.T) {
	s := newStation(t, nil)
	p := s.phone()
	p.Idle = true
	s.listen(p)
	id := s.say(1, "Réunion")
	until(t, func() bool { _, err := s.db.PhoneOffers().Get(t.Context(), "phone", id); return err == nil }, func() string { return "nothing was laid ready" })
	s.stop()
	if got := s.state(id); got != store.OutboundQueued {
		t.Errorf("the message is %s", got)
	}
}
