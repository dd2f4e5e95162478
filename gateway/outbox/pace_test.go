package outbox

import (
	"math/rand/v2"
	"testing"
	"time"
)

// However messages come, the parts sent in any span stay within pace × span + one bucket (and the parts of the last
// message), and a bulk sender uses the whole pace.
func TestPaceHolds(t *testing.T) {
	for _, tps := range []float64{0.5, 1, 7, 50, 1000} {
		random := rand.New(rand.NewPCG(1, uint64(tps*10)))
		p := newPace(tps, DefaultReplyShare)
		start := time.Unix(1_800_000_000, 0)
		now, sent := start, 0
		for now.Sub(start) < 100*time.Second {
			parts := 1 + random.IntN(3)
			wait, ok := p.take(now, parts, random.IntN(2) == 0)
			if !ok {
				if wait <= 0 || wait > time.Duration(5/tps*float64(time.Second))+time.Second {
					t.Fatalf("%v/s: wait of %v", tps, wait)
				}
				now = now.Add(wait)
				continue
			}
			sent += parts
			if limit := tps*now.Sub(start).Seconds() + p.burst + 3; float64(sent) > limit {
				t.Fatalf("%v/s: %d parts in %v", tps, sent, now.Sub(start))
			}
		}
		if float64(sent) < 0.95*tps*100 {
			t.Errorf("%v/s: only %d parts in 100 s", tps, sent)
		}
	}
}

func TestReserveIsForReplies(t *testing.T) {
	p := newPace(50, 0.25)
	now := time.Unix(1_800_000_000, 0)
	bulk := 0
	for {
		if _, ok := p.take(now, 1, false); !ok {
			break
		}
		bulk++
	}
	if _, ok := p.take(now, 1, true); !ok || bulk == 0 {
		t.Errorf("a reply finds nothing after %d others", bulk)
	}
	if _, ok := p.take(now, 1, false); ok {
		t.Error("a broadcast takes from the reserve")
	}
}

func TestPaceSurvivesClockSetBack(t *testing.T) {
	p := newPace(1, 0.25)
	now := time.Unix(1_800_000_000, 0)
	for ok := true; ok; _, ok = p.take(now, 1, true) {
	}
	now = now.Add(-24 * time.Hour)
	wait, _ := p.take(now, 1, true)
	if _, ok := p.take(now.Add(wait), 1, true); !ok || wait > 2*time.Second {
		t.Errorf("waits %v after the clock was set back", wait)
	}
}
