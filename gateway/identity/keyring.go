package identity

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// KeyKind tells what a wrapped key is for.
type KeyKind string

// Kinds of wrapped keys.
const (
	LookupKey KeyKind = "lookup" // pseudonyms and fingerprints; one for the life of a database, never rotated
	DataKey   KeyKind = "data"   // AES-256-GCM; the newest one seals, all of them open
)

// WrappedKey is a key as the database keeps it: encrypted under the master key of the key file. IDs are "lookup-1" and
// "data-1", "data-2", …: a unique index on them decides between two nodes that start on the same empty database.
type WrappedKey struct {
	ID        string
	Kind      KeyKind
	CreatedAt time.Time // UTC; zero for the keys made by NewKeyring
	Box       []byte
}

// Keyring seals and opens what is encrypted at rest, and makes pseudonyms and fingerprints. It is safe for concurrent
// use, also while keys are rotated.
type Keyring struct {
	rand   io.Reader
	mu     sync.Mutex // serialises changes of state
	state  atomic.Pointer[keys]
	names  *hasher // pseudonyms of numbers
	sets   *hasher // keys of data sets
	prints *hasher // fingerprints
	lookup []byte
}

// keys is one immutable state of the ring.
type keys struct {
	master *masterKey
	lookup WrappedKey
	data   map[string]*dataKey
	active *dataKey
}

// Errors of the keyring.
var (
	// ErrWrongMaster: the key file is not the one the keys in the database were wrapped with.
	ErrWrongMaster = errors.New("identity: the key file does not open the keys of this database")
	// ErrUnknownKey: sealed with a data key that this ring does not hold; another node may have rotated, see Merge.
	ErrUnknownKey = errors.New("identity: unknown data key")
	// ErrIncompleteKeys: some keys are there, but not both kinds. Making the missing one would cut the database off from
	// its pseudonyms or its sealed fields, so that is never done.
	ErrIncompleteKeys = errors.New("identity: the database holds only part of its keys")
)

// NewKeyring opens the wrapped keys of a database with the master key (at least MinMasterKey bytes, trailing newlines
// are trimmed). With no keys at all it makes the first lookup and data key and returns them: the caller persists them
// before anything is sealed. rand must be safe for concurrent use, as crypto/rand.Reader is.
func NewKeyring(master []byte, wrapped []WrappedKey, rand io.Reader) (*Keyring, []WrappedKey, error) {
	kek, err := newMasterKey(master)
	if err != nil {
		return nil, nil, fmt.Errorf("open keyring: %w", err)
	}
	var fresh []WrappedKey
	if len(wrapped) == 0 {
		for _, kind := range []KeyKind{LookupKey, DataKey} {
			w, err := kek.generate(kind, 1, time.Time{}, rand)
			if err != nil {
				return nil, nil, fmt.Errorf("open keyring: %w", err)
			}
			fresh = append(fresh, w)
		}
		wrapped = fresh
	}
	st := &keys{master: kek, data: make(map[string]*dataKey)}
	var lookup []byte
	for _, w := range wrapped {
		raw, err := kek.unwrap(w)
		if err != nil {
			return nil, nil, fmt.Errorf("open keyring: %w", err)
		}
		switch w.Kind {
		case LookupKey:
			if lookup != nil {
				return nil, nil, fmt.Errorf("open keyring: two lookup keys: %w", ErrIncompleteKeys)
			}
			st.lookup, lookup = w, raw
		case DataKey:
			if err := st.add(w, raw); err != nil {
				return nil, nil, fmt.Errorf("open keyring: %w", err)
			}
		}
	}
	if lookup == nil || st.active == nil {
		return nil, nil, fmt.Errorf("open keyring: %w", ErrIncompleteKeys)
	}
	k := &Keyring{rand: rand, lookup: lookup}
	for _, h := range []struct {
		to    **hasher
		label string
	}{{&k.names, "pseudonym"}, {&k.sets, "data set"}, {&k.prints, "fingerprint"}} {
		if *h.to, err = newHasher(lookup, h.label); err != nil {
			return nil, nil, fmt.Errorf("open keyring: %w", err)
		}
	}
	k.state.Store(st)
	return k, fresh, nil
}

// ActiveKey is the id of the data key that seals now. Rows sealed under another id are due for sealing again after a
// rotation.
func (k *Keyring) ActiveKey() string { return k.state.Load().active.id }

// Rotate makes a new data key and, once persist has stored it, seals with it. The order matters: what is sealed with a
// key that was never stored is lost at the next start. When persist fails nothing changes.
func (k *Keyring) Rotate(now time.Time, persist func(WrappedKey) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	st := k.state.Load()
	w, err := st.master.generate(DataKey, st.active.seq+1, now.UTC(), k.rand)
	if err != nil {
		return fmt.Errorf("rotate data key: %w", err)
	}
	raw, err := st.master.unwrap(w)
	if err != nil {
		return fmt.Errorf("rotate data key: %w", err)
	}
	next := st.clone()
	if err := next.add(w, raw); err != nil {
		return fmt.Errorf("rotate data key: %w", err)
	}
	if err := persist(w); err != nil {
		return fmt.Errorf("rotate data key: store it: %w", err)
	}
	k.state.Store(next)
	return nil
}

// Merge takes up data keys that another node has made since. Keys already known are left as they are.
func (k *Keyring) Merge(wrapped []WrappedKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := k.state.Load().clone()
	for _, w := range wrapped {
		if _, known := next.data[w.ID]; known || w.Kind != DataKey {
			continue
		}
		raw, err := next.master.unwrap(w)
		if err != nil {
			return fmt.Errorf("merge data keys: %w", err)
		}
		if err := next.add(w, raw); err != nil {
			return fmt.Errorf("merge data keys: %w", err)
		}
	}
	k.state.Store(next)
	return nil
}

// Rewrap wraps every key under a new master key and hands all of them to persist, which replaces the stored ones in one
// transaction. Sealed data and pseudonyms stay as they are. Other nodes hold the former master key until they are
// started with the new key file, so none of them may rotate in between.
func (k *Keyring) Rewrap(newMaster []byte, persist func([]WrappedKey) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	kek, err := newMasterKey(newMaster)
	if err != nil {
		return fmt.Errorf("rewrap keys: %w", err)
	}
	st := k.state.Load()
	next := &keys{master: kek, data: make(map[string]*dataKey, len(st.data))}
	if next.lookup, err = kek.wrap(st.lookup, k.lookup, k.rand); err != nil {
		return fmt.Errorf("rewrap keys: %w", err)
	}
	all := []WrappedKey{next.lookup}
	for _, d := range st.inOrder() {
		w, err := kek.wrap(d.wrapped, d.raw, k.rand)
		if err != nil {
			return fmt.Errorf("rewrap keys: %w", err)
		}
		if err := next.add(w, d.raw); err != nil {
			return fmt.Errorf("rewrap keys: %w", err)
		}
		all = append(all, w)
	}
	if err := persist(all); err != nil {
		return fmt.Errorf("rewrap keys: store them: %w", err)
	}
	k.state.Store(next)
	return nil
}

func (s *keys) clone() *keys {
	c := *s
	c.data = maps.Clone(s.data)
	return &c
}

func (s *keys) add(w WrappedKey, raw []byte) error {
	if _, twice := s.data[w.ID]; twice {
		return fmt.Errorf("data key %s occurs twice", w.ID)
	}
	d, err := newDataKey(w, raw)
	if err != nil {
		return err
	}
	s.data[w.ID] = d
	if s.active == nil || d.seq > s.active.seq {
		s.active = d
	}
	return nil
}

func (s *keys) inOrder() []*dataKey {
	return slices.SortedFunc(maps.Values(s.data), func(a, b *dataKey) int { return cmp.Compare(a.seq, b.seq) })
}
