package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"baro/gateway/identity"
	"baro/store"
)

// What authenticator apps agree on (RFC 6238): SHA-1, six digits, thirty seconds. One step of clock drift is forgiven.
const (
	factorPeriod  = 30
	factorSkew    = 1
	recoveryCodes = 10
	sealFactor    = "totp"
	sealEnrolment = "totp.enrolment"
)

// Enrolment is a second factor that is offered and not yet proved.
type Enrolment struct {
	Secret string // base32, in groups of four for people who type it
	URI    string // otpauth:// for the QR code
	Ticket string // sealed; comes back with the first code
}

type ticket struct {
	Account int64
	Secret  string
	Until   time.Time
}

// Enrol draws a secret. Nothing is kept until it is confirmed.
func (s *Service) Enrol(p *Principal) (Enrolment, error) {
	raw, err := s.random(20) // as long as SHA-1 (RFC 4226, 4, R6)
	if err != nil {
		return Enrolment{}, err
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	plain, err := json.Marshal(ticket{p.Account.ID, secret, s.Now().Add(time.Hour)})
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrol: %w", err)
	}
	box, err := s.Keys.Seal(sealEnrolment, plain)
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(p, secret, box.KeyID+"."+base64.RawURLEncoding.EncodeToString(box.Box)), nil
}

func (s *Service) enrolment(p *Principal, secret, sealed string) Enrolment {
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + s.Issuer + ":" + p.Account.Login,
		RawQuery: url.Values{"secret": {secret}, "issuer": {s.Issuer}}.Encode()}
	var groups []string
	for rest := secret; rest != ""; rest = rest[min(4, len(rest)):] {
		groups = append(groups, rest[:min(4, len(rest))])
	}
	return Enrolment{Secret: strings.Join(groups, " "), URI: uri.String(), Ticket: sealed}
}

// Reopen gives an enrolment again, so that a mistyped code does not mean another QR code; ErrExpired for a ticket that is
// old, broken or somebody else's.
func (s *Service) Reopen(p *Principal, sealed string) (Enrolment, error) {
	t, err := s.open(p, sealed)
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(p, t.Secret, sealed), nil
}

func (s *Service) open(p *Principal, sealed string) (t ticket, err error) {
	key, text, _ := strings.Cut(sealed, ".")
	box, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return t, ErrExpired
	}
	plain, err := s.Keys.Open(sealEnrolment, identity.Sealed{KeyID: key, Box: box})
	if err != nil {
		return t, ErrExpired
	}
	if err := json.Unmarshal(plain, &t); err != nil || t.Account != p.Account.ID || !s.Now().Before(t.Until) {
		return t, ErrExpired
	}
	return t, nil
}

// Confirm keeps an enrolled secret once a first code and the password prove that its owner asks for it. It gives the
// recovery codes, which are shown once.
func (s *Service) Confirm(ctx context.Context, p *Principal, sealed, code, password string, act store.Act) ([]string, error) {
	t, err := s.open(p, sealed)
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx, p.Account, password); err != nil {
		return nil, err
	}
	step, ok := matching(t.Secret, code, s.Now())
	if !ok {
		return nil, ErrWrong
	}
	box, err := s.Keys.Seal(sealFactor, []byte(t.Secret))
	if err != nil {
		return nil, err
	}
	codes, hashes := make([]string, recoveryCodes), make([][32]byte, recoveryCodes)
	for i := range codes {
		if codes[i], err = s.readable(); err != nil {
			return nil, err
		}
		hashes[i] = hashRecovery(codes[i])
	}
	err = s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Factors.Set(ctx, p.Account.ID, store.Sealed(box), hashes, act); err != nil {
			return err
		}
		return s.Factors.Step(ctx, p.Account.ID, step)
	})
	return codes, err
}

// RemoveFactor takes the second factor away from whoever knows the password.
func (s *Service) RemoveFactor(ctx context.Context, p *Principal, password string, act store.Act) error {
	if err := s.prove(ctx, p.Account, password); err != nil {
		return err
	}
	return s.Factors.Remove(ctx, p.Account.ID, act)
}

// prove asks for the password again, before what would lock its owner out.
func (s *Service) prove(ctx context.Context, a store.Account, password string) error {
	if err := s.slow(ctx, "password", accountKey(a.ID), perAccount); err != nil {
		return err
	}
	ok, err := s.Hasher.Verify(ctx, identity.PasswordSecret, password, a.Password)
	if err == nil && !ok {
		return ErrWrong
	}
	return err
}

// checkFactor takes six digits, each once, or a recovery code.
func (s *Service) checkFactor(ctx context.Context, a store.Account, typed string, act store.Act) error {
	typed = unreadable(typed)
	if len(typed) != 6 {
		err := s.Factors.Spend(ctx, a.ID, hashRecovery(typed), act)
		if store.CodeOf(err) == store.CodeNotFound {
			return ErrWrong
		}
		return err
	}
	secret, err := s.Keys.Open(sealFactor, identity.Sealed(a.TOTP))
	if err != nil {
		return err
	}
	step, ok := matching(string(secret), typed, s.Now())
	if !ok {
		return ErrWrong
	}
	err = s.Factors.Step(ctx, a.ID, step)
	if store.CodeOf(err) == store.CodeConflict {
		return ErrWrong // seen before
	}
	return err
}

// matching gives the time step whose code was typed.
func matching(secret, typed string, now time.Time) (step int64, ok bool) {
	typed = unreadable(typed)
	options := totp.ValidateOpts{Period: factorPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for i := int64(-factorSkew); i <= factorSkew; i++ {
		at := now.Unix()/factorPeriod + i
		want, err := totp.GenerateCodeCustom(secret, time.Unix(at*factorPeriod, 0), options)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(typed)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// hashRecovery: 80 random bits need no slow hash.
func hashRecovery(code string) [32]byte {
	return sha256.Sum256([]byte("recovery\x00" + unreadable(code)))
}

// RecoveryLeft counts the recovery codes that somebody still has.
func (s *Service) RecoveryLeft(ctx context.Context, p *Principal) (int, error) {
	return s.Factors.Left(ctx, p.Account.ID)
}

// HasFactor tells whether the account has a second factor.
func HasFactor(a store.Account) bool { return a.TOTP.Box != nil }
