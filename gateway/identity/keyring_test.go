package identity

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func master(fill byte) []byte { return bytes.Repeat([]byte{fill, fill + 1}, MinMasterKey/2) }

func newRing(t testing.TB) (*Keyring, []WrappedKey) {
	t.Helper()
	k, fresh, err := NewKeyring(master('a'), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k, fresh
}

func TestKeyringSurvivesRestart(t *testing.T) {
	k, stored := newRing(t)
	m := number(t, "70123401")
	sealed, err := k.SealNumber(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored) != 2 || stored[0].ID != "lookup-1" || stored[1].ID != "data-1" {
		t.Fatalf("first start makes %v", stored)
	}
	again, fresh, err := NewKeyring(append(master('a'), "\r\n\n"...), stored, rand.Reader)
	if err != nil || fresh != nil {
		t.Fatalf("second start: %v, %d new keys", err, len(fresh))
	}
	if got, err := again.OpenNumber(sealed); err != nil || got != m {
		t.Errorf("OpenNumber = %v, %v", got, err)
	}
	if again.Pseudonym(m) != k.Pseudonym(m) || again.MAC("a", []byte("b")) != k.MAC("a", []byte("b")) {
		t.Error("pseudonyms and fingerprints have to outlive a restart")
	}
}

func TestWrongMaster(t *testing.T) {
	_, stored := newRing(t)
	if _, _, err := NewKeyring(master('b'), stored, rand.Reader); !errors.Is(err, ErrWrongMaster) {
		t.Errorf("other master key: %v", err)
	}
	if _, _, err := NewKeyring(master('a')[:31], nil, rand.Reader); !errors.Is(err, ErrShortMaster) {
		t.Errorf("31 bytes: %v", err)
	}
	if _, _, err := NewKeyring(append(master('a')[:31], '\n'), nil, rand.Reader); !errors.Is(err, ErrShortMaster) {
		t.Errorf("a trailing newline is no key material: %v", err)
	}
	swapped := slices.Clone(stored)
	swapped[0].Box, swapped[1].Box = swapped[1].Box, swapped[0].Box
	if _, _, err := NewKeyring(master('a'), swapped, rand.Reader); !errors.Is(err, ErrWrongMaster) {
		t.Errorf("boxes swapped between rows: %v", err)
	}
	for i := range stored {
		if _, _, err := NewKeyring(master('a'), stored[i:i+1], rand.Reader); !errors.Is(err, ErrIncompleteKeys) {
			t.Errorf("only %s: %v", stored[i].ID, err)
		}
	}
	for _, id := range []string{"data-0", "data-01", "data", "", "lookup-1"} {
		odd := slices.Clone(stored)
		odd[1].ID = id
		if _, _, err := NewKeyring(master('a'), odd, rand.Reader); err == nil {
			t.Errorf("key id %q accepted", id)
		}
	}
	if _, _, err := NewKeyring(master('a'), nil, bytes.NewReader(make([]byte, 40))); err == nil {
		t.Error("randomness that runs dry must be an error")
	}
}

func TestSealOpen(t *testing.T) {
	k, _ := newRing(t)
	for n := range 70 {
		plain := bytes.Repeat([]byte{padMark}, n) // the worst content for the padding
		if n%2 == 0 {
			plain = make([]byte, n)
		}
		s, err := k.Seal("x", plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open("x", s)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes: %x, %v", n, got, err)
		}
		if _, err := k.Open("y", s); err == nil {
			t.Fatal("opened for another purpose")
		}
	}
	a, _ := k.Seal("lang", []byte("fr"))
	b, _ := k.Seal("lang", []byte("taq"))
	c, _ := k.Seal("lang", []byte("fr"))
	if len(a.Box) != len(b.Box) {
		t.Error("the length of a box tells the language")
	}
	if bytes.Equal(a.Box, c.Box) {
		t.Error("equal plain texts give equal boxes")
	}
	for i := range a.Box {
		bad := Sealed{KeyID: a.KeyID, Box: bytes.Clone(a.Box)}
		bad.Box[i] ^= 1
		if _, err := k.Open("lang", bad); err == nil {
			t.Fatalf("bit flipped at %d and still opened", i)
		}
	}
	for n := range a.Box {
		if _, err := k.Open("lang", Sealed{KeyID: a.KeyID, Box: a.Box[:n]}); err == nil {
			t.Fatalf("opened %d of %d bytes", n, len(a.Box))
		}
	}
	if _, err := k.Open("lang", Sealed{KeyID: "data-9", Box: a.Box}); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("unknown key: %v", err)
	}
}

func TestRotate(t *testing.T) {
	k, stored := newRing(t)
	old, _ := k.Seal("x", []byte("old"))
	now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

	broken := errors.New("disk full")
	if err := k.Rotate(now, func(WrappedKey) error { return broken }); !errors.Is(err, broken) || k.ActiveKey() != "data-1" {
		t.Fatalf("a key that was not stored seals: %v, %s", err, k.ActiveKey())
	}
	if err := k.Rotate(now, func(w WrappedKey) error { stored = append(stored, w); return nil }); err != nil {
		t.Fatal(err)
	}
	fresh, _ := k.Seal("x", []byte("new"))
	if fresh.KeyID != "data-2" || k.ActiveKey() != "data-2" || !stored[2].CreatedAt.Equal(now) {
		t.Fatalf("sealed with %s after rotation, stored %v", fresh.KeyID, stored[2].CreatedAt)
	}

	other, _, err := NewKeyring(master('a'), stored[:2], rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open("x", fresh); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("a node that has not heard of the key: %v", err)
	}
	if err := other.Merge(stored); err != nil {
		t.Fatal(err)
	}
	for _, s := range []Sealed{old, fresh} {
		if _, err := other.Open("x", s); err != nil {
			t.Errorf("after Merge: %v", err)
		}
	}
	if other.ActiveKey() != "data-2" {
		t.Error("Merge has to take up the newest key")
	}
}

func TestRewrap(t *testing.T) {
	k, stored := newRing(t)
	m := number(t, "70123401")
	before := k.Pseudonym(m)
	sealed, _ := k.SealNumber(m)
	keep := func(w WrappedKey) error { stored = append(stored, w); return nil }
	if err := k.Rotate(time.Time{}, keep); err != nil {
		t.Fatal(err)
	}
	var replaced []WrappedKey
	if err := k.Rewrap(master('z'), func(all []WrappedKey) error { replaced = all; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(replaced) != 3 {
		t.Fatalf("%d keys rewrapped, want 3", len(replaced))
	}
	if err := k.Rotate(time.Time{}, func(w WrappedKey) error { replaced = append(replaced, w); return nil }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := NewKeyring(master('a'), replaced, rand.Reader); !errors.Is(err, ErrWrongMaster) {
		t.Errorf("the former master key still opens: %v", err)
	}
	again, _, err := NewKeyring(master('z'), replaced, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.OpenNumber(sealed); err != nil || got != m || again.Pseudonym(m) != before || again.ActiveKey() != "data-3" {
		t.Errorf("after rewrapping: %v, active %s", err, again.ActiveKey())
	}
}

func TestConcurrentUseWhileRotating(t *testing.T) {
	k, _ := newRing(t)
	m := number(t, "70123401")
	want, print := k.Pseudonym(m), k.MAC("l", []byte("p"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				s, err := k.SealNumber(m)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := k.OpenNumber(s); err != nil || got != m {
					t.Errorf("open: %v", err)
					return
				}
				if k.Pseudonym(m) != want || k.MAC("l", []byte("p")) != print {
					t.Error("pseudonym or fingerprint changed")
					return
				}
			}
		})
	}
	for range 20 {
		if err := k.Rotate(time.Time{}, func(WrappedKey) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if k.ActiveKey() != "data-21" {
		t.Errorf("active key %s after 20 rotations", k.ActiveKey())
	}
}

func TestPseudonyms(t *testing.T) {
	k, _ := newRing(t)
	a, b := number(t, "70123401"), number(t, "70123402")
	p := k.Pseudonym(a)
	seen := map[Pseudonym]string{p: "a"}
	for name, q := range map[string]Pseudonym{
		"b": k.Pseudonym(b), "a in 1": k.PseudonymFor("1", a), "b in 1": k.PseudonymFor("1", b), "a in 2": k.PseudonymFor("2", a),
	} {
		if other, twice := seen[q]; twice {
			t.Errorf("%s and %s are equal", name, other)
		}
		seen[q] = name
	}
	if first, second := k.PseudonymFor("1", a), k.PseudonymFor("1", a); first != second {
		t.Error("a pseudonym has to be stable within its data set")
	}
	for _, verb := range []string{"%v", "%x", "%d", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, p); s != p.String() || strings.Contains(s, p.Hex()) {
			t.Errorf("%s gives %s", verb, s)
		}
	}
}

func TestMACIsUnambiguous(t *testing.T) {
	k, _ := newRing(t)
	parts := func(s ...string) (out [][]byte) {
		for _, p := range s {
			out = append(out, []byte(p))
		}
		return out
	}
	seen := map[[16]byte]int{}
	for i, c := range []struct {
		label string
		parts [][]byte
	}{
		{"l", parts("ab", "c")}, {"l", parts("a", "bc")}, {"l", parts("abc")}, {"l", parts("abc", "")}, {"l", parts("", "abc")},
		{"la", parts("bc")}, {"", parts("labc")}, {"l", nil}, {"l", parts("")}, {strings.Repeat("l", 300), nil}, {strings.Repeat("l", 299), nil},
	} {
		sum := k.MAC(c.label, c.parts...)
		if j, twice := seen[sum]; twice {
			t.Errorf("cases %d and %d have the same fingerprint", i, j)
		}
		seen[sum] = i
	}
	other, _, err := NewKeyring(master('a'), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if other.MAC("l") == k.MAC("l") {
		t.Error("fingerprints do not depend on the key")
	}
}

func TestReadKeyFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := append([]byte(" \n"), master('k')...)
	got, warnings, err := ReadKeyFile(write("good", append(bytes.Clone(key), "\n\r\n"...), 0o600))
	if err != nil || len(warnings) != 0 || !bytes.Equal(got, key) {
		t.Errorf("good file: %q, %v, %v", got, warnings, err)
	}
	_, warnings, err = ReadKeyFile(write("wide", key, 0o644))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "0644") {
		t.Errorf("wide file: %v, %v", warnings, err)
	}
	if _, _, err = ReadKeyFile(write("short", append(key[:20], "\n\n\n\n\n\n\n\n\n\n\n\n\n\n"...), 0o600)); !errors.Is(err, ErrShortMaster) {
		t.Errorf("short file: %v", err)
	}
	if _, _, err = ReadKeyFile(write("huge", make([]byte, maxMasterKey+1), 0o600)); err == nil {
		t.Error("huge file accepted")
	}
	if _, _, err = ReadKeyFile(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func BenchmarkKeyring(b *testing.B) {
	k, _ := newRing(b)
	m := number(b, "70123401")
	sealed, _ := k.SealNumber(m)
	session, input := []byte("ATUid_0123456789"), []byte("1*2*417")
	for name, f := range map[string]func(){
		"SealNumber":   func() { _, _ = k.SealNumber(m) },
		"OpenNumber":   func() { _, _ = k.OpenNumber(sealed) },
		"Pseudonym":    func() { k.Pseudonym(m) },
		"PseudonymFor": func() { k.PseudonymFor("consultation-1", m) },
		"MAC":          func() { k.MAC("step", session, input) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
