package identity

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// What a secret is for is part of its hash, so that a PIN's hash copied into another column opens nothing.
const (
	PasswordSecret = "password" // of a console account
	PINSecret      = "pin"      // of a leader, typed on USSD
	RecoverySecret = "recovery" // a code that stands in for a lost second factor
)

// secretParams cost about 30 ms and 19 MiB a hash, the first of the equal choices in the OWASP password storage cheat
// sheet. The pepper carries PINs, whose few digits no cost could protect.
var secretParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// SecretHasher hashes passwords and PINs with argon2id (RFC 9106). Before that each secret passes through a keyed hash, so
// that a stolen database without its key file cannot be searched for the few thousand PINs there are. It is safe for
// concurrent use and hashes only so many at a time, because each takes its memory.
type SecretHasher struct {
	keys  *Keyring
	slots chan struct{}
}

// NewSecretHasher returns a hasher that works on at most concurrent secrets at once, at least one.
func NewSecretHasher(keys *Keyring, concurrent int) *SecretHasher {
	return &SecretHasher{keys: keys, slots: make(chan struct{}, max(concurrent, 1))}
}

// Hash gives the PHC string to keep of a secret. Its error is that of a context that ends while waiting for a turn.
func (h *SecretHasher) Hash(ctx context.Context, purpose, secret string) (string, error) {
	release, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	params := secretParams
	hash, err := argon2id.CreateHash(h.pepper(purpose, secret), &params)
	if err != nil {
		return "", fmt.Errorf("hash a %s: %w", purpose, err)
	}
	return hash, nil
}

// Verify tells whether a secret is the one that was hashed. A hash that is not one, as of an account without a password,
// takes as long as a wrong secret and is false.
func (h *SecretHasher) Verify(ctx context.Context, purpose, secret, hash string) (bool, error) {
	release, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	peppered := h.pepper(purpose, secret)
	ok, err := argon2id.ComparePasswordAndHash(peppered, hash)
	if err == nil {
		return ok, nil
	}
	if !errors.Is(err, argon2id.ErrInvalidHash) && !errors.Is(err, argon2id.ErrIncompatibleVersion) {
		return false, fmt.Errorf("verify a %s: %w", purpose, err)
	}
	params := secretParams
	_, err = argon2id.CreateHash(peppered, &params)
	return false, err
}

func (h *SecretHasher) enter(ctx context.Context) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *SecretHasher) pepper(purpose, secret string) string {
	mac := h.keys.MAC("secret."+purpose, []byte(secret))
	return hex.EncodeToString(mac[:])
}
