// Package sessiontest is the contract of session stores and limiters, run against each implementation, and starts the
// Redis servers that such tests need.
package sessiontest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/store/session"
)

// Fixture is an empty store and the hand on its clock.
type Fixture struct {
	Store   session.Store
	Advance func(time.Duration) // lets time pass for everything in the store
}

const ttl = time.Minute

// Run holds a store to its contract. New is called once per test.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for name, test := range map[string]func(*testing.T, Fixture){
		"CompareAndSet": compareAndSet, "TimeToLive": timeToLive, "Incarnations": incarnations, "OwnsItsData": ownsItsData,
		"AnyBytes": anyBytes, "ConcurrentWriters": concurrentWriters, "OneCreator": oneCreator, "EndsWithContext": endsWithContext,
		"Model": model,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func compareAndSet(t *testing.T, f Fixture) {
	ctx := t.Context()
	if _, err := f.Store.Load(ctx, "k"); !errors.Is(err, session.ErrNotFound) {
		t.Fatalf("load of nothing: %v", err)
	}
	if _, err := f.Store.Save(ctx, "k", []byte("x"), 7, ttl); !errors.Is(err, session.ErrConflict) {
		t.Errorf("update of nothing: %v", err)
	}
	v1 := save(t, f, "k", "one", 0)
	expectRecord(t, f, "k", "one", v1)
	if _, err := f.Store.Save(ctx, "k", []byte("x"), 0, ttl); !errors.Is(err, session.ErrConflict) {
		t.Errorf("second creation: %v", err)
	}
	v2 := save(t, f, "k", "two", v1)
	if v2 == v1 {
		t.Error("the version stayed the same")
	}
	for _, stale := range []uint64{v1, v2 + 1, 1 << 63} {
		if _, err := f.Store.Save(ctx, "k", []byte("x"), stale, ttl); !errors.Is(err, session.ErrConflict) {
			t.Errorf("save over another version: %v", err)
		}
	}
	save(t, f, "other", "three", 0)
	expectRecord(t, f, "k", "two", v2)
	for range 2 {
		if err := f.Store.Delete(ctx, "k"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := f.Store.Load(ctx, "k"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("load after delete: %v", err)
	}
	if _, err := f.Store.Load(ctx, "other"); err != nil {
		t.Errorf("delete took another key along: %v", err)
	}
}

func timeToLive(t *testing.T, f Fixture) {
	ctx := t.Context()
	v := save(t, f, "k", "one", 0)
	f.Advance(ttl - time.Second)
	v = save(t, f, "k", "two", v) // saving renews
	f.Advance(ttl - time.Second)
	expectRecord(t, f, "k", "two", v)
	f.Advance(2 * time.Second) // loading does not
	if _, err := f.Store.Load(ctx, "k"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("load after its time: %v", err)
	}
	if _, err := f.Store.Save(ctx, "k", []byte("x"), v, ttl); !errors.Is(err, session.ErrConflict) {
		t.Errorf("update after its time: %v", err)
	}
	for _, bad := range []time.Duration{0, -time.Second, session.MinTTL - 1} {
		if _, err := f.Store.Save(ctx, "k", nil, 0, bad); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("time to live %v: %v", bad, err)
		}
	}
}

// A writer that slept through the end of a session must not write into the next one of the same name.
func incarnations(t *testing.T, f Fixture) {
	seen := map[uint64]bool{}
	var last uint64
	for i := range 20 {
		v := save(t, f, "k", "new", 0)
		if seen[v] {
			t.Fatalf("version %d was used before", v)
		}
		seen[v] = true
		if last != 0 {
			if _, err := f.Store.Save(t.Context(), "k", []byte("old"), last, ttl); !errors.Is(err, session.ErrConflict) {
				t.Fatalf("writer of a former session: %v", err)
			}
		}
		last = v
		if i%2 == 0 {
			f.Advance(ttl + time.Second)
		} else if err := f.Store.Delete(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
	}
}

func ownsItsData(t *testing.T, f Fixture) {
	data := []byte("one")
	v, err := f.Store.Save(t.Context(), "k", data, 0, ttl)
	if err != nil {
		t.Fatal(err)
	}
	copy(data, "XXX") // the caller encodes its next session into the same buffer
	expectRecord(t, f, "k", "one", v)
	before, err := f.Store.Load(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	save(t, f, "k", "two", v)
	if string(before.Data) != "one" {
		t.Errorf("a loaded record changed to %q", before.Data)
	}
}

func anyBytes(t *testing.T, f Fixture) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, data := range [][]byte{nil, {}, {0}, []byte("\r\n$-1\r\n"), all, bytes.Repeat(all, 256)} {
		key := fmt.Sprintf("ussd:{ké %d\r\n\x00}:s", i)
		v := save(t, f, key, string(data), 0)
		expectRecord(t, f, key, string(data), v)
	}
}

func concurrentWriters(t *testing.T, f Fixture) {
	const writers, each = 8, 25
	save(t, f, "k", string(make([]byte, 8)), 0)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				r, err := f.Store.Load(t.Context(), "k")
				if err != nil {
					t.Errorf("load: %v", err)
					return
				}
				n := binary.BigEndian.Uint64(r.Data)
				_, err = f.Store.Save(t.Context(), "k", binary.BigEndian.AppendUint64(nil, n+1), r.Version, ttl)
				switch {
				case err == nil:
					done++
				case !errors.Is(err, session.ErrConflict):
					t.Errorf("save: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	r, err := f.Store.Load(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	if n := binary.BigEndian.Uint64(r.Data); n != writers*each {
		t.Errorf("%d of %d increments are there: some were lost", n, writers*each)
	}
}

func oneCreator(t *testing.T, f Fixture) {
	for round := range 10 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var winners []string
		for i := range 8 {
			wg.Go(func() {
				name := fmt.Sprint("writer ", i)
				_, err := f.Store.Save(t.Context(), fmt.Sprint("k", round), []byte(name), 0, ttl)
				if err != nil {
					if !errors.Is(err, session.ErrConflict) {
						t.Errorf("save: %v", err)
					}
					return
				}
				mu.Lock()
				winners = append(winners, name)
				mu.Unlock()
			})
		}
		wg.Wait()
		r, err := f.Store.Load(t.Context(), fmt.Sprint("k", round))
		if err != nil || len(winners) != 1 || string(r.Data) != winners[0] {
			t.Fatalf("winners %v, stored %q, %v", winners, r.Data, err)
		}
	}
}

func endsWithContext(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	const key = "ussd:{secret}:s"
	_, errLoad := f.Store.Load(ctx, key)
	_, errSave := f.Store.Save(ctx, key, []byte("secret"), 0, ttl)
	for op, err := range map[string]error{"load": errLoad, "save": errSave, "delete": f.Store.Delete(ctx, key)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a context that has ended: %v", op, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s tells key or data: %v", op, err)
		}
	}
	if _, err := f.Store.Load(t.Context(), key); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a save that returned an error before it began left a record: %v", err)
	}
}

// model compares random calls with a plain map.
func model(t *testing.T, f Fixture) {
	type entry struct {
		data    string
		version uint64
		left    time.Duration
	}
	rng := rand.New(rand.NewPCG(1, 2))
	want := map[string]entry{}
	for i := range 600 {
		key := fmt.Sprint("k", rng.IntN(5))
		e, there := want[key]
		switch rng.IntN(8) {
		case 0:
			if err := f.Store.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			delete(want, key)
		case 1:
			d := time.Duration(rng.IntN(10)) * time.Second
			f.Advance(d)
			for k, e := range want {
				if e.left -= d; e.left <= time.Second {
					delete(want, k) // too near to call with a server's own clock running
					if err := f.Store.Delete(t.Context(), k); err != nil {
						t.Fatal(err)
					}
				} else {
					want[k] = e
				}
			}
		case 2, 3, 4:
			expect, data, life := e.version, fmt.Sprint("data ", i), time.Duration(10+rng.IntN(20))*time.Second
			if rng.IntN(4) == 0 {
				expect = rng.Uint64N(3)
			}
			v, err := f.Store.Save(t.Context(), key, []byte(data), expect, life)
			if fits := expect == e.version; fits != (err == nil) || !fits && !errors.Is(err, session.ErrConflict) {
				t.Fatalf("call %d: save expecting %d over %d: %v", i, expect, e.version, err)
			}
			if err == nil {
				want[key] = entry{data, v, life}
			}
		default:
			r, err := f.Store.Load(t.Context(), key)
			if there != (err == nil) || there && (string(r.Data) != e.data || r.Version != e.version) {
				t.Fatalf("call %d: loaded %q, %v; want %q, there: %v", i, r.Data, err, e.data, there)
			}
		}
	}
}

func save(t *testing.T, f Fixture, key, data string, expect uint64) uint64 {
	t.Helper()
	v, err := f.Store.Save(t.Context(), key, []byte(data), expect, ttl)
	if err != nil {
		t.Fatalf("save: %v", err)
	}
	if v == 0 {
		t.Fatal("version 0 means that there is no record")
	}
	return v
}

func expectRecord(t *testing.T, f Fixture, key, data string, version uint64) {
	t.Helper()
	r, err := f.Store.Load(t.Context(), key)
	if err != nil || string(r.Data) != data || r.Version != version {
		t.Fatalf("loaded %.40q at version %d, %v; want %.40q at %d", r.Data, r.Version, err, data, version)
	}
}
