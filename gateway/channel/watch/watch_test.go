package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/locales/charset"
)

func at(minute, second int) time.Time { return time.Date(2026, 12, 1, 8, minute, second, 0, time.UTC) }

func TestHealthFollowsTheLastMinutes(t *testing.T) {
	now := at(0, 0)
	w := New(func() time.Time { return now })
	note := func(n int, e Exchange) {
		for range n {
			w.Note("sms", e)
		}
	}
	expect := func(what string, state State, reason string) {
		t.Helper()
		if r := w.Report("sms"); r.State != state || !strings.Contains(r.Reason, reason) || (r.Reason == "") != (reason == "") {
			t.Errorf("%s: %s (%s), want %s (%s)", what, r.State, r.Reason, state, reason)
		}
	}
	expect("nothing heard of it", OK, "")
	note(4, Exchange{Way: MT, Outcome: "unknown", Mark: Trouble})
	expect("too little to judge", OK, "")
	note(1, Exchange{Way: MT, Outcome: "retry_after", Class: channel.ClassProviderDown, Mark: Trouble})
	expect("all fail", Down, "5 of 5 failed: retry_after provider_down")
	now = at(1, 0)
	note(15, Exchange{Way: MT, Outcome: "accepted", Took: 40 * time.Millisecond})
	expect("a quarter failed", Degraded, "5 of 20 failed")
	note(40, Exchange{Way: USSD, Outcome: "continue"})
	expect("few failed", OK, "")
	note(500, Exchange{Way: USSD, Outcome: "forged", Mark: Noise})
	expect("strangers knock", OK, "")
	if seen := w.Report("sms").Seen; seen != 60 {
		t.Errorf("%d exchanges count, want 60", seen)
	}
	now = at(6, 30)
	expect("all of that is over", OK, "")
	note(4, Exchange{Way: MT, Outcome: "accepted", Took: 10 * time.Second})
	note(6, Exchange{Way: MT, Outcome: "accepted", Took: time.Second})
	expect("slow", Degraded, "4 of 10 were slow, 4.6s on average")
	if r := w.Report("other"); r.State != OK {
		t.Errorf("another channel is %s", r.State)
	}
}

func TestTheLastExchangesAreKept(t *testing.T) {
	now := at(0, 0)
	w := New(func() time.Time { return now })
	w.Note("ussd", Exchange{Way: USSD, Outcome: "deadline", Mark: Trouble})
	for i := range 50 {
		now = at(0, i+1)
		w.Note("ussd", Exchange{Way: USSD, Outcome: fmt.Sprint(i)})
	}
	r := w.Report("ussd")
	if len(r.Recent) != kept || r.Recent[0].Outcome != "49" || r.Recent[kept-1].Outcome != "30" {
		t.Errorf("%d recent ones, from %q to %q", len(r.Recent), r.Recent[0].Outcome, r.Recent[len(r.Recent)-1].Outcome)
	}
	if len(r.Troubles) != 1 || r.Troubles[0].Outcome != "deadline" || !r.Troubles[0].At.Equal(at(0, 0)) {
		t.Errorf("troubles: %v", r.Troubles)
	}
	if !r.LastIn.Equal(at(0, 50)) || !r.LastOut.IsZero() {
		t.Errorf("last in %v, out %v", r.LastIn, r.LastOut)
	}
}

// provider answers what it is told to.
type provider struct {
	channel.SMSProvider
	result channel.Result
}

func (p provider) Send(context.Context, channel.MT) channel.Result { return p.result }
func (p provider) Profile() charset.Profile                        { return charset.Profile{Name: "mine"} }

func TestSendsAreNotedWithoutWhatTheySay(t *testing.T) {
	number, err := identity.Parse("70123456")
	if err != nil {
		t.Fatal(err)
	}
	w := New(time.Now)
	for _, c := range []struct {
		result  channel.Result
		outcome string
		mark    Mark
	}{
		{channel.Result{Outcome: channel.Accepted, ProviderID: "70123456"}, "accepted", Fine},
		{channel.Result{Outcome: channel.Refused, Class: channel.ClassBadNumber, Err: fmt.Errorf("70123456 refused")}, "refused", Fine},
		{channel.Result{Outcome: channel.Refused, Class: channel.ClassNoCredit}, "refused", Trouble},
		{channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited}, "retry_after", Trouble},
		{channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassUnreachableNow}, "retry_after", Fine},
		{channel.Result{Outcome: channel.Unknown, Class: channel.ClassUnknown}, "unknown", Trouble},
	} {
		p := w.Sends("sms", provider{result: c.result})
		if got := p.Send(t.Context(), channel.MT{To: number, Text: "un secret"}); got != c.result {
			t.Errorf("%s: the result changed to %v", c.outcome, got)
		}
		if last := w.Report("sms").Recent[0]; last.Way != MT || last.Outcome != c.outcome || last.Class != c.result.Class || last.Mark != c.mark {
			t.Errorf("noted %+v, want %s %s", last, c.outcome, c.mark)
		}
		if p.Profile().Name != "mine" {
			t.Error("the rest of the provider is hidden")
		}
	}
	seen, err := json.Marshal(w.Report("sms"))
	if err != nil || strings.Contains(string(seen), "70123456") || strings.Contains(string(seen), "secret") {
		t.Errorf("the report tells of people: %s, %v", seen, err)
	}
}

func TestManyNoteAtOnce(t *testing.T) {
	w := New(time.Now)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				w.Note("sms", Exchange{Way: MT, Outcome: "accepted"})
				w.Report("sms")
			}
		})
	}
	all.Wait()
	if seen := w.Report("sms").Seen; seen != 800 {
		t.Errorf("%d of 800 seen", seen)
	}
}

func TestWorse(t *testing.T) {
	if Worse(OK, Down) != Down || Worse(Degraded, OK) != Degraded || Worse(Degraded, Down) != Down {
		t.Error("a worse state was taken for a better one")
	}
}
