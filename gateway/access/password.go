package access

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"baro/gateway/identity"
	"baro/store"
)

// Bounds of a password in characters. Length is what counts (NIST SP 800-63B, 3.1.1); no mixture is demanded.
const (
	MinPassword = 10
	MaxPassword = 128
)

// WeakPassword says why a password is not taken: "short", "long", "plain" (one character repeated, a row of the keyboard)
// or "login" (it holds the login).
type WeakPassword struct{ Reason string }

func (w WeakPassword) Error() string { return "access: weak password: " + w.Reason }

// CheckPassword gives a WeakPassword, or nil.
func CheckPassword(login, password string) error {
	n, low := utf8.RuneCountInString(password), strings.ToLower(password)
	distinct := []rune(low)
	slices.Sort(distinct)
	switch {
	case n < MinPassword:
		return WeakPassword{"short"}
	case n > MaxPassword:
		return WeakPassword{"long"}
	case len(slices.Compact(distinct)) < 5, strings.Contains("01234567890123456789 azertyuiopqsdfghjklm qwertyuiopasdfghjkl abcdefghijklmnopqrstuvwxyz", low):
		return WeakPassword{"plain"}
	case len(login) >= 4 && strings.Contains(low, login):
		return WeakPassword{"login"}
	}
	return nil
}

// ChangePassword sets a new password for whoever knows the present one. Their other sessions end; the one they are in goes
// on under the token that is returned, with the stage that is left.
func (s *Service) ChangePassword(ctx context.Context, p *Principal, old, next string, act store.Act) (Signed, error) {
	a := p.Account
	if err := s.slow(ctx, "password", accountKey(a.ID), perAccount); err != nil {
		return Signed{}, err
	}
	ok, err := s.Hasher.Verify(ctx, identity.PasswordSecret, old, a.Password)
	if err != nil {
		return Signed{}, err
	}
	if !ok {
		return Signed{}, ErrWrong
	}
	if old == next {
		return Signed{}, WeakPassword{"same"}
	}
	hash, err := s.newPassword(ctx, a.Login, next)
	if err != nil {
		return Signed{}, err
	}
	var signed Signed
	err = s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Accounts.SetPassword(ctx, a.ID, hash, false, [32]byte{}, act); err != nil {
			return err
		}
		signed, err = s.begin(ctx, a, store.StageFull, p.Session.Agent)
		return err
	})
	return signed, err
}

// newPassword checks and hashes.
func (s *Service) newPassword(ctx context.Context, login, password string) (string, error) {
	if err := CheckPassword(login, password); err != nil {
		return "", err
	}
	return s.Hasher.Hash(ctx, identity.PasswordSecret, password)
}

// random gives n bytes.
func (s *Service) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	return b, nil
}

// token is a secret of 256 bits for a cookie, a link or a program.
func (s *Service) token(prefix string) (token string, hash [32]byte, err error) {
	b, err := s.random(32)
	token = prefix + base64.RawURLEncoding.EncodeToString(b)
	return token, hashToken(token), err
}

// hashToken is how tokens are kept: they are too long to be guessed, so a fast hash is enough.
func hashToken(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// readable is a secret of 80 bits in four groups that can be read out and typed.
func (s *Service) readable() (string, error) {
	b, err := s.random(10)
	if err != nil {
		return "", err
	}
	text := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:], nil
}

// unreadable undoes what people add when they type it.
func unreadable(typed string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(typed)))
}
