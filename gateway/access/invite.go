package access

import (
	"context"
	"fmt"
	"math/big"
	"net/netip"

	crand "crypto/rand"

	"baro/gateway/identity"
	"baro/store"
)

const (
	invitationSecret = "invitation" // purpose of a short code's hash
	codeDigits       = 8
)

// Invite makes the link by which somebody sets the first password of an account, or a forgotten one. It gives the token
// that ends the link; an earlier invitation is void.
func (s *Service) Invite(ctx context.Context, by *Principal, account int64, act store.Act) (token string, err error) {
	a, err := s.managed(ctx, by, account)
	if err != nil {
		return "", err
	}
	token, hash, err := s.token("")
	if err != nil {
		return "", err
	}
	return token, s.Invitations.Put(ctx, store.Invitation{Account: a.ID, Hash: hash, Expires: s.Now().Add(InvitationLife)}, act)
}

// InviteBySMS sends a short code to a phone instead. The number is not kept. CodeUnavailable where no SMS can be sent.
func (s *Service) InviteBySMS(ctx context.Context, by *Principal, account int64, to identity.MSISDN, act store.Act) error {
	if s.Texter == nil {
		return store.NewError(store.CodeUnavailable, "invite by SMS", "no channel sends SMS")
	}
	a, err := s.managed(ctx, by, account)
	if err != nil {
		return err
	}
	n, err := crand.Int(s.Rand, big.NewInt(1e8))
	if err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, n.Int64())
	hash, err := s.Hasher.Hash(ctx, invitationSecret, code)
	if err != nil {
		return err
	}
	return s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Invitations.Put(ctx, store.Invitation{Account: a.ID, Code: hash, Expires: s.Now().Add(InvitationLife)}, act); err != nil {
			return err
		}
		return s.Texter.SendCode(ctx, to, a.Locale, code)
	})
}

// Invited gives the account that a link leads to; ErrExpired when it leads nowhere any more.
func (s *Service) Invited(ctx context.Context, token string) (store.Account, error) {
	a, _, err := s.invited(ctx, token)
	return a, err
}

func (s *Service) invited(ctx context.Context, token string) (store.Account, store.Invitation, error) {
	v, err := s.Invitations.ByHash(ctx, hashToken(token))
	if store.CodeOf(err) == store.CodeNotFound {
		return store.Account{}, v, ErrExpired
	}
	if err != nil {
		return store.Account{}, v, err
	}
	a, err := s.acceptable(ctx, v)
	return a, v, err
}

func (s *Service) acceptable(ctx context.Context, v store.Invitation) (store.Account, error) {
	if !s.Now().Before(v.Expires) {
		return store.Account{}, ErrExpired
	}
	a, err := s.Accounts.Get(ctx, v.Account)
	if err == nil && a.State == store.AccountDisabled {
		err = ErrExpired
	}
	return a, err
}

// Accept sets the password of whoever followed the link. They then sign in with it.
func (s *Service) Accept(ctx context.Context, token, password, requestID string) (store.Account, error) {
	a, v, err := s.invited(ctx, token)
	if err != nil {
		return a, err
	}
	return a, s.accept(ctx, a, v, password, requestID)
}

// AcceptCode does the same for whoever got a code by SMS.
func (s *Service) AcceptCode(ctx context.Context, login, code, password string, from netip.Addr, requestID string) (store.Account, error) {
	login = CleanLogin(login)
	if err := s.slow(ctx, "address", addressKey(from), perAddress); err != nil {
		return store.Account{}, err
	}
	if err := s.slow(ctx, "invitation", login, perCode); err != nil {
		return store.Account{}, err
	}
	a, err := s.Accounts.ByLogin(ctx, login)
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		return a, err
	}
	v, err := s.Invitations.Of(ctx, a.ID)
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		return a, err
	}
	ok, err := s.Hasher.Verify(ctx, invitationSecret, unreadable(code), v.Code)
	if err != nil {
		return a, err
	}
	if !ok {
		return a, ErrWrong
	}
	if a, err = s.acceptable(ctx, v); err != nil {
		return a, err
	}
	return a, s.accept(ctx, a, v, password, requestID)
}

func (s *Service) accept(ctx context.Context, a store.Account, v store.Invitation, password, requestID string) error {
	hash, err := s.newPassword(ctx, a.Login, password)
	if err != nil {
		return err
	}
	err = s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Invitations.Spend(ctx, v); err != nil {
			return err
		}
		return s.Accounts.SetPassword(ctx, a.ID, hash, false, [32]byte{}, store.Act{Actor: ActorOf(a.ID), Reason: "invitation", RequestID: requestID})
	})
	if store.CodeOf(err) == store.CodeConflict {
		return ErrExpired
	}
	return err
}
