package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func TestSecretHasher(t *testing.T) {
	ring, wrapped := newRing(t)
	h := NewSecretHasher(ring, 2)
	hash, err := h.Hash(t.Context(), PINSecret, "4711")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("Hash = %q, %v", hash, err)
	}
	stranger, _, err := NewKeyring(master('a'), nil, rand.Reader) // the database of a thief, without our lookup key
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := NewKeyring(master('a'), wrapped, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name                  string
		h                     *SecretHasher
		purpose, secret, hash string
		want                  bool
	}{
		{"right", h, PINSecret, "4711", hash, true},
		{"after a restart", NewSecretHasher(again, 1), PINSecret, "4711", hash, true},
		{"wrong", h, PINSecret, "4712", hash, false},
		{"another purpose", h, PasswordSecret, "4711", hash, false},
		{"without the keys", NewSecretHasher(stranger, 1), PINSecret, "4711", hash, false},
		{"no password set", h, PINSecret, "4711", "", false},
		{"no hash", h, PINSecret, "4711", "!disabled", false},
	} {
		if got, err := c.h.Verify(t.Context(), c.purpose, c.secret, c.hash); got != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	if other, _ := h.Hash(t.Context(), PINSecret, "4711"); other == hash {
		t.Error("two people with one PIN show as one")
	}
}

func TestSecretHasherWaitsForATurn(t *testing.T) {
	ring, _ := newRing(t)
	h := NewSecretHasher(ring, 1)
	release, err := h.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, PINSecret, "4711"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash without a turn: %v", err)
	}
	if _, err := h.Verify(ctx, PINSecret, "4711", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify without a turn: %v", err)
	}
	release()
	if _, err := h.Hash(t.Context(), PINSecret, "4711"); err != nil {
		t.Errorf("Hash with a turn: %v", err)
	}
}
