package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"sync"
)

// Pseudonym stands for a number wherever the number itself is not needed. The same number gives the same pseudonym for
// the life of a database, and without the lookup key it cannot be computed from the number.
type Pseudonym [sha256.Size]byte

// Hex is the full pseudonym in lower-case hexadecimal, for keys of stores.
func (p Pseudonym) Hex() string { return hex.EncodeToString(p[:]) }

// String is a short form for people who compare two log lines; it cannot be used to look anybody up.
func (p Pseudonym) String() string { return hex.EncodeToString(p[:4]) + "…" }

// Format writes the short form for every verb.
func (p Pseudonym) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue is the short form.
func (p Pseudonym) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Pseudonym returns the pseudonym by which contacts, sessions and messages are looked up.
func (k *Keyring) Pseudonym(m MSISDN) Pseudonym {
	return k.names.sum(func(h *hashState) { h.text(m.E164()) })
}

// PseudonymFor returns a pseudonym that holds within one data set only (a consultation, an export), so that two data
// sets cannot be joined on it.
func (k *Keyring) PseudonymFor(dataset string, m MSISDN) Pseudonym {
	key := k.sets.sum(func(h *hashState) { h.text(dataset) })
	mac := hmac.New(sha256.New, key[:])
	io.WriteString(mac, m.E164())
	return Pseudonym(mac.Sum(nil))
}

// MAC returns a keyed fingerprint of parts, equal on all nodes. The label separates uses; ("ab", "c") and ("a", "bc")
// differ. 128 bits: two inputs collide by chance only after some 2⁶⁴ of them.
func (k *Keyring) MAC(label string, parts ...[]byte) [16]byte {
	st := k.prints.get()
	st.length(len(label))
	st.text(label)
	for _, p := range parts {
		st.length(len(p))
		st.hash.Write(p)
	}
	sum := k.prints.put(st)
	return [16]byte(sum[:16])
}

// hasher is HMAC-SHA256 under one key. Its states are pooled, since setting one up costs more than hashing a number.
type hasher struct {
	pool sync.Pool
}

type hashState struct {
	hash hash.Hash
	buf  [64]byte // scratch on the heap already, so that strings need no allocation of their own
}

func newHasher(secret []byte, label string) (*hasher, error) {
	key, err := derive(secret, label)
	if err != nil {
		return nil, err
	}
	h := &hasher{}
	h.pool.New = func() any { return &hashState{hash: hmac.New(sha256.New, key)} }
	return h, nil
}

func (h *hasher) get() *hashState { return h.pool.Get().(*hashState) }

// put finishes a state, returns it to the pool and gives its sum.
func (h *hasher) put(st *hashState) (sum [sha256.Size]byte) {
	copy(sum[:], st.hash.Sum(st.buf[:0]))
	st.hash.Reset()
	h.pool.Put(st)
	return sum
}

func (h *hasher) sum(write func(*hashState)) Pseudonym {
	st := h.get()
	write(st)
	return h.put(st)
}

func (s *hashState) text(t string) {
	for len(t) > 0 {
		n := copy(s.buf[:], t)
		s.hash.Write(s.buf[:n])
		t = t[n:]
	}
}

func (s *hashState) length(n int) {
	s.hash.Write(binary.AppendUvarint(s.buf[:0], uint64(n)))
}
