package redis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
	"baro/store/session/sessiontest"
)

func TestContract(t *testing.T) {
	server := sessiontest.StartRedis(t)
	contract(t, server.URL())
}

func TestClusterContract(t *testing.T) {
	nodes := sessiontest.StartCluster(t)
	contract(t, sessiontest.ClusterURL(nodes))
}

// contract runs both suites against one server, which is emptied before each test.
func contract(t *testing.T, url string) {
	t.Run("Store", func(t *testing.T) {
		sessiontest.Run(t, func(t *testing.T) sessiontest.Fixture {
			c := openEmpty(t, url)
			return sessiontest.Fixture{Store: c.Sessions(), Advance: func(d time.Duration) { age(t, c, d) }}
		})
	})
	t.Run("Limiter", func(t *testing.T) {
		sessiontest.RunLimiter(t, func(t *testing.T) sessiontest.LimiterFixture {
			c := openEmpty(t, url)
			return sessiontest.LimiterFixture{Limiter: c.Limiter(), Pass: func(d time.Duration, _ time.Time) int {
				return age(t, c, d)
			}}
		})
	})
}

func open(t testing.TB, url string) *Client {
	t.Helper()
	c, err := Open(Config{URL: url, Now: time.Now, Random: rand.Uint64})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func openEmpty(t testing.TB, url string) *Client {
	t.Helper()
	c := open(t, url)
	onEach(t, c, func(ctx context.Context, node *goredis.Client) error { return node.FlushAll(ctx).Err() })
	if err := c.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// age lets d pass for every key, as Redis has no clock that tests could move: the remaining time is what is shortened, so a
// key without a time to live would stay for good. It returns how many keys remain.
func age(t testing.TB, c *Client, d time.Duration) (left int) {
	t.Helper()
	onEach(t, c, func(ctx context.Context, node *goredis.Client) error {
		keys, err := node.Keys(ctx, "*").Result()
		if err != nil {
			return err
		}
		for _, key := range keys {
			remaining, err := node.PTTL(ctx, key).Result()
			if err != nil {
				return err
			}
			if remaining < 0 {
				left++ // it never expires
				continue
			}
			if remaining > d {
				left++
			}
			if err := node.PExpire(ctx, key, remaining-d).Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return left
}

// onEach calls f for the server, or for one master of the cluster after the other.
func onEach(t testing.TB, c *Client, f func(context.Context, *goredis.Client) error) {
	t.Helper()
	var err error
	switch cl := c.redis.(type) {
	case *goredis.ClusterClient:
		var oneByOne sync.Mutex
		err = cl.ForEachMaster(t.Context(), func(ctx context.Context, node *goredis.Client) error {
			oneByOne.Lock()
			defer oneByOne.Unlock()
			return f(ctx, node)
		})
	case *goredis.Client:
		err = f(t.Context(), cl)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The two keys of a dialogue, and all keys of a person, lie on one node.
func TestClusterHashTags(t *testing.T) {
	nodes := sessiontest.StartCluster(t)
	c := open(t, sessiontest.ClusterURL(nodes))
	cc := c.redis.(*goredis.ClusterClient)
	slot := func(key string) int64 {
		n, err := cc.ClusterKeySlot(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	used := map[int64]bool{}
	for i := range 20 {
		id := fmt.Sprintf("%032x", i)
		s := session.Key("ussd", id, "abc")
		if slot(s) != slot(s[:len(s)-1]+"lock") || slot(session.PersonKey(id, "sms", "rate")) != slot(session.PersonKey(id, "ussd", "sms")) {
			t.Errorf("keys that belong together lie apart: %s", s)
		}
		used[slot(s)] = true
	}
	if len(used) < 15 {
		t.Errorf("20 dialogues share %d slots", len(used))
	}
}

// A client that answered a script once must not depend on the server still knowing it.
func TestScriptsSurviveAnEmptiedCache(t *testing.T) {
	server := sessiontest.StartRedis(t)
	c := open(t, server.URL())
	store := c.Sessions()
	v, err := store.Save(t.Context(), "k", []byte("one"), 0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.redis.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Save(t.Context(), "k", []byte("two"), v, time.Minute); err != nil {
		t.Errorf("after SCRIPT FLUSH: %v", err)
	}
}

// A retry of a save whose answer was lost is the same save and succeeds; anybody else's is refused.
func TestSaveIsRepeatable(t *testing.T) {
	server := sessiontest.StartRedis(t)
	next := uint64(10)
	c, err := Open(Config{URL: server.URL(), Now: time.Now, Random: func() uint64 { return next }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	store := c.Sessions()
	for range 2 {
		if v, err := store.Save(t.Context(), "k", []byte("one"), 0, time.Minute); err != nil || v != 10 {
			t.Fatalf("version %d, %v", v, err)
		}
	}
	next = 11
	if _, err := store.Save(t.Context(), "k", []byte("other"), 0, time.Minute); err == nil {
		t.Error("another creator was let in")
	}
}

func TestPoolStats(t *testing.T) {
	server := sessiontest.StartRedis(t)
	c := openEmpty(t, server.URL())
	for range 5 {
		if err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if s := c.PoolStats(); s.Total < 1 || s.Hits < 4 || s.Misses < 1 {
		t.Errorf("%+v", s)
	}
}

func BenchmarkStep(b *testing.B) {
	server := sessiontest.StartRedis(b)
	c := open(b, server.URL())
	store, data := c.Sessions(), make([]byte, 320)
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		key := fmt.Sprint("k", rand.Uint64())
		version := uint64(0)
		for pb.Next() {
			if version != 0 {
				r, err := store.Load(context.Background(), key)
				if err != nil {
					b.Error(err)
					return
				}
				version = r.Version
			}
			v, err := store.Save(context.Background(), key, data, version, time.Minute)
			if err != nil {
				b.Error(err)
				return
			}
			version = v
		}
	})
}
