package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const keySize = 32 // AES-256, and HMAC-SHA256 keys of the same strength

// masterKey is the key-encryption key derived from the key file.
type masterKey struct {
	aead cipher.AEAD
}

// dataKey is one opened data key.
type dataKey struct {
	id      string
	seq     int
	aead    cipher.AEAD
	raw     []byte // kept so that a new master key can wrap it
	wrapped WrappedKey
}

func newMasterKey(master []byte) (*masterKey, error) {
	master, err := trimMaster(master)
	if err != nil {
		return nil, err
	}
	kek, err := derive(master, "wrap keys")
	if err != nil {
		return nil, err
	}
	aead, err := newGCM(kek)
	if err != nil {
		return nil, err
	}
	return &masterKey{aead: aead}, nil
}

func (m *masterKey) generate(kind KeyKind, seq int, created time.Time, rand io.Reader) (WrappedKey, error) {
	raw := make([]byte, keySize)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return WrappedKey{}, fmt.Errorf("read randomness: %w", err)
	}
	return m.wrap(WrappedKey{ID: string(kind) + "-" + strconv.Itoa(seq), Kind: kind, CreatedAt: created}, raw, rand)
}

// wrap returns w with a new box around raw.
func (m *masterKey) wrap(w WrappedKey, raw []byte, rand io.Reader) (WrappedKey, error) {
	box, err := sealBox(m.aead, raw, wrapData(w), rand)
	if err != nil {
		return WrappedKey{}, err
	}
	w.Box = box
	return w, nil
}

func (m *masterKey) unwrap(w WrappedKey) ([]byte, error) {
	if seq, ok := sequence(w); !ok || seq < 1 {
		return nil, fmt.Errorf("key %q of kind %q: not a name this version knows", w.ID, w.Kind)
	}
	raw, err := openBox(m.aead, w.Box, wrapData(w))
	if err != nil || len(raw) != keySize {
		return nil, fmt.Errorf("key %s: %w", w.ID, ErrWrongMaster)
	}
	return raw, nil
}

func newDataKey(w WrappedKey, raw []byte) (*dataKey, error) {
	aead, err := newGCM(raw)
	if err != nil {
		return nil, err
	}
	seq, _ := sequence(w)
	return &dataKey{id: w.ID, seq: seq, aead: aead, raw: raw, wrapped: w}, nil
}

func sequence(w WrappedKey) (int, bool) {
	if w.Kind != LookupKey && w.Kind != DataKey {
		return 0, false
	}
	digits, ok := strings.CutPrefix(w.ID, string(w.Kind)+"-")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && strconv.Itoa(n) == digits
}

// wrapData binds a box to its name, so that swapping two rows of the key table is noticed.
func wrapData(w WrappedKey) []byte { return []byte("baro key\x00" + w.ID) }

// derive separates the purposes of one secret: HKDF-SHA256 (RFC 5869) without salt, the label as info.
func derive(secret []byte, label string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "baro/1/"+label, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s: %w", label, err)
	}
	return key, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("set up cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("set up cipher: %w", err)
	}
	return aead, nil
}

// sealBox returns nonce ‖ ciphertext ‖ tag. Nonces are random: NIST SP 800-38D §8.3 bounds that at 2³² boxes per key,
// which a rotation every few months keeps far away.
func sealBox(aead cipher.AEAD, plain, data []byte, rand io.Reader) ([]byte, error) {
	n := aead.NonceSize()
	box := make([]byte, n, n+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(rand, box); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return aead.Seal(box, box, plain, data), nil
}

func openBox(aead cipher.AEAD, box, data []byte) ([]byte, error) {
	n := aead.NonceSize()
	if len(box) < n+aead.Overhead() {
		return nil, errTampered
	}
	plain, err := aead.Open(nil, box[:n], box[n:], data)
	if err != nil {
		return nil, errTampered
	}
	return plain, nil
}
