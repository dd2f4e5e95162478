package memory

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"baro/store/session"
	"baro/store/session/sessiontest"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestContract(t *testing.T) {
	for _, limit := range []int{100, 100_000} { // one shard and many
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			sessiontest.Run(t, func(*testing.T) sessiontest.Fixture {
				c := newClock()
				return sessiontest.Fixture{Store: NewStore(limit, c.Now), Advance: c.advance}
			})
		})
	}
}

func TestLimiterContract(t *testing.T) {
	for _, limit := range []int{100, 100_000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			sessiontest.RunLimiter(t, func(*testing.T) sessiontest.LimiterFixture {
				l := NewLimiter(limit)
				return sessiontest.LimiterFixture{Limiter: l, Pass: func(_ time.Duration, now time.Time) int {
					before := l.Len()
					if removed := l.Sweep(now); before-removed != l.Len() {
						t.Errorf("Sweep counts %d of %d, %d left", removed, before, l.Len())
					}
					return l.Len()
				}}
			})
		})
	}
}

func TestFullStoreEvictsTheOldest(t *testing.T) {
	c := newClock()
	s := NewStore(3, c.Now)
	versions := map[string]uint64{}
	put := func(key string) {
		v, err := s.Save(t.Context(), key, []byte(key), versions[key], time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		versions[key] = v
	}
	for _, key := range []string{"a", "b", "c", "a", "d"} { // a was saved again, so b is the oldest
		put(key)
	}
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, err := s.Load(t.Context(), key); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", key, err == nil, want)
		}
	}
	if s.Len() != 3 {
		t.Errorf("%d records in a store of 3", s.Len())
	}
}

func TestBounds(t *testing.T) {
	const limit = 8192
	c := newClock()
	s, l := NewStore(limit, c.Now), NewLimiter(limit)
	for i := range 3 * limit {
		if _, err := s.Save(t.Context(), fmt.Sprint(i), nil, 0, time.Duration(1+i%2)*time.Minute); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Allow(t.Context(), fmt.Sprint(i), session.Rule{Events: 1, Per: time.Hour}, c.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if s.Len() > limit || l.Len() > limit || s.Len() < limit/2 || l.Len() < limit/2 {
		t.Errorf("%d sessions and %d limits held, bound %d", s.Len(), l.Len(), limit)
	}
	before := s.Len()
	removed := s.Sweep(c.Now().Add(time.Minute))
	if removed == 0 || removed == before || s.Len() != before-removed {
		t.Errorf("swept %d of %d, %d left", removed, before, s.Len())
	}
	if s.Sweep(c.Now().Add(2 * time.Minute)); s.Len() != 0 {
		t.Errorf("%d records outlive their time", s.Len())
	}
}

// A full limiter forgets who is nearest to a whole burst, not who is held back.
func TestFullLimiterKeepsThePressed(t *testing.T) {
	c, l := newClock(), NewLimiter(4)
	rule := session.Rule{Events: 1, Per: time.Minute, Burst: 10}
	for range 10 {
		if _, err := l.Allow(t.Context(), "pressed", rule, c.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		if _, err := l.Allow(t.Context(), fmt.Sprint(i), rule, c.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := l.Allow(t.Context(), "pressed", rule, c.Now()); err != nil || d.Allowed {
		t.Errorf("a crowd of others freed a caller who was held back: %+v, %v", d, err)
	}
}

func BenchmarkStep(b *testing.B) {
	s := NewStore(200_000, time.Now)
	data := make([]byte, 320)
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = session.Key("sms", fmt.Sprintf("%032x", i), fmt.Sprintf("%064x", i))
		if _, err := s.Save(b.Context(), keys[i], data, 0, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(keys)
		r, err := s.Load(b.Context(), keys[i])
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Save(b.Context(), keys[i], data, r.Version, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	l := NewLimiter(100_000)
	rule := session.Rule{Events: 1000000, Per: time.Second, Burst: 1000}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		if _, err := l.Allow(b.Context(), "p:{x}:ussd:rate", rule, now); err != nil {
			b.Fatal(err)
		}
	}
}
