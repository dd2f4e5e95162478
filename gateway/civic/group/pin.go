package group

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"

	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/store"
)

// maxTries wrong PINs in a row lock a PIN until the town hall hands out another.
const maxTries = 5

// pinDigits is the length of a PIN. Four digits and five tries are what people know from their SIM card.
const pinDigits = 4

// Verdict is what became of a PIN.
type Verdict string

// The verdicts. Only the first lets somebody in.
const (
	Right    Verdict = "right"
	Wrong    Verdict = "wrong"
	Waiting  Verdict = "wait"
	Locked   Verdict = "locked"
	Stranger Verdict = "stranger" // the number is nobody's who acts for others
)

// Enter judges a PIN typed by a caller; it belongs into the transaction of the step. The try is counted before the PIN is
// looked at.
func (s *Service) Enter(ctx context.Context, c civic.Caller, commune store.PlaceID, pin string) (store.Officer, Verdict, error) {
	o, err := s.Officers.ByPhone(ctx, commune, store.Pseudonym(c.Pseudonym))
	if store.CodeOf(err) == store.CodeNotFound || err == nil && len(o.Posts) == 0 {
		return o, Stranger, nil
	}
	if err != nil {
		return o, "", fmt.Errorf("find officer: %w", err)
	}
	tried, err := s.Officers.Begin(ctx, commune, o.ID, maxTries, c.Now)
	if store.CodeOf(err) == store.CodeDenied {
		if o.LockedAt.IsZero() && o.Tries < maxTries && o.PINHash != "" {
			return o, Waiting, nil
		}
		return o, Locked, nil
	}
	if err != nil {
		return o, "", fmt.Errorf("count PIN: %w", err)
	}
	right, err := s.Secrets.Verify(ctx, identity.PINSecret, pin, tried.PINHash)
	if err != nil {
		return o, "", fmt.Errorf("judge PIN: %w", err)
	}
	if right {
		return tried, Right, s.Officers.Passed(ctx, commune, o.ID)
	}
	if tried.Tries >= maxTries {
		return tried, Locked, s.Officers.Failed(ctx, commune, o.ID, time.Time{}, c.Now, Act(o.ID, "wrong PINs"))
	}
	wait := waitAfter(tried.Tries)
	if wait == 0 {
		return tried, Wrong, nil
	}
	return tried, Wrong, s.Officers.Failed(ctx, commune, o.ID, c.Now.Add(wait), c.Now, Act(o.ID, ""))
}

// waitAfter is how long somebody waits after so many wrong PINs.
func waitAfter(tries int) time.Duration {
	switch tries {
	case 3:
		return time.Minute
	case 4:
		return 10 * time.Minute
	}
	return 0
}

// Left tells how many tries a caller has left, 0 for a stranger.
func (s *Service) Left(ctx context.Context, c civic.Caller, commune store.PlaceID) (int, error) {
	o, err := s.Officers.ByPhone(ctx, commune, store.Pseudonym(c.Pseudonym))
	if store.CodeOf(err) == store.CodeNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find officer: %w", err)
	}
	return max(maxTries-o.Tries, 0), nil
}

// Choose stores a PIN its owner chose in place of one that was handed out. It has to be typed once more: Confirm. It tells
// false for a PIN that anybody would try first.
func (s *Service) Choose(ctx context.Context, commune store.PlaceID, o store.Officer, pin string) (bool, error) {
	if weak(pin) {
		return false, nil
	}
	hash, err := s.Secrets.Hash(ctx, identity.PINSecret, pin)
	if err != nil {
		return false, err
	}
	if err := s.Officers.SetPIN(ctx, commune, o.ID, hash, true, Act(o.ID, "")); err != nil {
		return false, fmt.Errorf("choose PIN: %w", err)
	}
	return true, nil
}

// Confirm makes a chosen PIN count once it was typed again; false when it is another one.
func (s *Service) Confirm(ctx context.Context, commune store.PlaceID, o store.Officer, pin string) (bool, error) {
	same, err := s.Secrets.Verify(ctx, identity.PINSecret, pin, o.PINHash)
	if err != nil || !same {
		return false, err
	}
	if err := s.Officers.SetPIN(ctx, commune, o.ID, o.PINHash, false, Act(o.ID, "")); err != nil {
		return false, fmt.Errorf("confirm PIN: %w", err)
	}
	return true, nil
}

// Appoint gives a number a post. To who has no PIN yet it gives one, told only here, to be handed over in person and
// changed at its first use; "" for who has one. Account is the console account of the same person, 0 without one.
func (s *Service) Appoint(ctx context.Context, commune store.PlaceID, number identity.MSISDN, post store.Post, account int64, act store.Act) (o store.Officer, pin string, err error) {
	p := store.Pseudonym(s.Keys.Pseudonym(number))
	phone, err := s.Keys.SealNumber(number)
	if err != nil {
		return o, "", fmt.Errorf("appoint officer: %w", err)
	}
	pin, hash, err := s.freshPIN(ctx)
	if err != nil {
		return o, "", fmt.Errorf("appoint officer: %w", err)
	}
	o, err = s.Officers.Appoint(ctx, store.Officer{Commune: commune, Pseudonym: &p, Phone: store.Sealed(phone), PINHash: hash, Fresh: true, Account: account}, post, act)
	if err != nil {
		return o, "", fmt.Errorf("appoint officer: %w", err)
	}
	if o.PINHash != hash {
		pin = ""
	}
	return o, pin, nil
}

// ResetPIN gives an officer another PIN, told only here, and takes off a lock.
func (s *Service) ResetPIN(ctx context.Context, commune store.PlaceID, officer int64, act store.Act) (pin string, err error) {
	pin, hash, err := s.freshPIN(ctx)
	if err != nil {
		return "", fmt.Errorf("reset PIN: %w", err)
	}
	if err := s.Officers.SetPIN(ctx, commune, officer, hash, true, act); err != nil {
		return "", fmt.Errorf("reset PIN: %w", err)
	}
	return pin, nil
}

func (s *Service) freshPIN(ctx context.Context) (pin, hash string, err error) {
	for pin == "" || weak(pin) {
		var raw [8]byte
		if _, err := io.ReadFull(s.Rand, raw[:]); err != nil {
			return "", "", err
		}
		pin = fmt.Sprintf("%0*d", pinDigits, binary.BigEndian.Uint64(raw[:])%10_000)
	}
	hash, err = s.Secrets.Hash(ctx, identity.PINSecret, pin)
	return pin, hash, err
}

// weak tells PINs that are not four digits, all one digit, or a run like 1234 and 4321.
func weak(pin string) bool {
	if len(pin) != pinDigits || strings.Trim(pin, "0123456789") != "" {
		return true
	}
	step := int(pin[1]) - int(pin[0])
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(pin); i++ {
		if int(pin[i])-int(pin[i-1]) != step {
			return false
		}
	}
	return true
}
