package sessiontest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baro/store/session"
)

// LimiterFixture is an empty limiter.
type LimiterFixture struct {
	Limiter session.Limiter
	// Pass lets time pass and returns how many keys are still remembered at now.
	Pass func(d time.Duration, now time.Time) int
}

// RunLimiter holds a limiter to its contract.
func RunLimiter(t *testing.T, open func(t *testing.T) LimiterFixture) {
	for name, test := range map[string]func(*testing.T, LimiterFixture){
		"Burst": burst, "KeepsTheRate": keepsTheRate, "ClockSetBack": clockSetBack, "NoRule": noRule, "ExactUnderLoad": exactUnderLoad,
		"Forgets": forgets,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func burst(t *testing.T, f LimiterFixture) {
	rule := session.Rule{Events: 6, Per: time.Minute, Burst: 3}
	for want := 2; want >= 0; want-- {
		if d := allow(t, f, "k", rule, noon); !d.Allowed || d.Remaining != want || d.RetryAfter != 0 {
			t.Fatalf("%+v, want %d remaining", d, want)
		}
	}
	for range 3 { // asking again makes the wait no longer
		if d := allow(t, f, "k", rule, noon); d.Allowed || d.RetryAfter != 10*time.Second {
			t.Fatalf("%+v, want refused for 10 s", d)
		}
	}
	if d := allow(t, f, "other", rule, noon); !d.Allowed {
		t.Error("one key pays for another")
	}
	if d := allow(t, f, "k", rule, noon.Add(10*time.Second-time.Microsecond)); d.Allowed {
		t.Error("allowed before RetryAfter")
	}
	if d := allow(t, f, "k", rule, noon.Add(10*time.Second)); !d.Allowed || d.Remaining != 0 {
		t.Errorf("%+v after RetryAfter", d)
	}
	if d := allow(t, f, "k", rule, noon.Add(time.Hour)); d.Remaining != 2 {
		t.Errorf("%+v after an hour: the burst has to be whole again, and no larger", d)
	}
	if d := allow(t, f, "single", session.Rule{Events: 1, Per: time.Second}, noon); !d.Allowed || d.Remaining != 0 {
		t.Errorf("%+v without a burst", d)
	}
}

// However events arrive, what is allowed within any span is at most a burst and the rate; a patient caller gets the rate.
func keepsTheRate(t *testing.T, f LimiterFixture) {
	rule := session.Rule{Events: 10, Per: time.Second, Burst: 5}
	rng := rand.New(rand.NewPCG(3, 4))
	now, allowed := noon, 0
	for range 600 {
		now = now.Add(time.Duration(rng.IntN(100)) * time.Millisecond)
		if allow(t, f, "eager", rule, now).Allowed {
			allowed++
		}
		elapsed := now.Sub(noon)
		if most := 5 + int(elapsed/(100*time.Millisecond)); allowed > most {
			t.Fatalf("%d allowed within %v, at most %d", allowed, elapsed, most)
		}
	}
	if least := int(now.Sub(noon) / (100 * time.Millisecond)); allowed < least*9/10 {
		t.Errorf("%d allowed while the rate would be %d", allowed, least)
	}
	for range 100 {
		now = now.Add(100 * time.Millisecond)
		if d := allow(t, f, "patient", rule, now); !d.Allowed {
			t.Fatalf("refused at exactly the rate: %+v", d)
		}
	}
}

func clockSetBack(t *testing.T, f LimiterFixture) {
	rule := session.Rule{Events: 6, Per: time.Minute, Burst: 3}
	for range 3 {
		allow(t, f, "k", rule, noon.Add(time.Hour))
	}
	if d := allow(t, f, "k", rule, noon); d.Allowed || d.RetryAfter > 10*time.Second {
		t.Fatalf("%+v after the clock went back", d)
	}
	if d := allow(t, f, "k", rule, noon.Add(10*time.Second)); !d.Allowed {
		t.Errorf("%+v: shut out until the clock catches up", d)
	}
}

func noRule(t *testing.T, f LimiterFixture) {
	for _, rule := range []session.Rule{{}, {Events: 5}, {Per: time.Second}, {Burst: 1}, {Events: -1, Per: time.Second}} {
		for range 5 {
			if d := allow(t, f, "k", rule, noon); !d.Allowed {
				t.Fatalf("%+v refuses", rule)
			}
		}
	}
}

func exactUnderLoad(t *testing.T, f LimiterFixture) {
	rule := session.Rule{Events: 1, Per: time.Hour, Burst: 40}
	var wg sync.WaitGroup
	var allowed atomic.Int32
	for range 10 {
		wg.Go(func() {
			for range 10 {
				d, err := f.Limiter.Allow(t.Context(), "k", rule, noon)
				if err != nil {
					t.Error(err)
					return
				}
				if d.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 40 {
		t.Errorf("%d of 100 simultaneous events allowed, want 40", n)
	}
}

func forgets(t *testing.T, f LimiterFixture) {
	rule := session.Rule{Events: 6, Per: time.Minute, Burst: 3}
	for i := range 20 {
		allow(t, f, fmt.Sprint("k", i), rule, noon)
	}
	if n := f.Pass(5*time.Second, noon.Add(5*time.Second)); n != 20 {
		t.Errorf("%d keys remembered while 20 are not paid off", n)
	}
	if n := f.Pass(6*time.Second, noon.Add(11*time.Second)); n != 0 {
		t.Errorf("%d keys remembered that say nothing any more", n)
	}
}

func allow(t *testing.T, f LimiterFixture, key string, rule session.Rule, now time.Time) session.Decision {
	t.Helper()
	d, err := f.Limiter.Allow(t.Context(), key, rule, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
