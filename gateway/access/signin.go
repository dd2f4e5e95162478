package access

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// Attempt is somebody who wants in.
type Attempt struct {
	Login, Password string
	Address         netip.Addr
	Agent           string // browser and system as people recognise them
	RequestID       string
}

// Signed is a session that has just begun. Token goes into the cookie and nowhere else.
type Signed struct {
	Token   string
	Stage   store.SessionStage
	Expires time.Time
}

// SignIn checks login and password. The session it begins is always a new one, so that one planted before is worth
// nothing; it waits for the second factor when the account has one. Unknown, disabled and wrong are all ErrWrong and take
// the same time; too many attempts are Throttled.
func (s *Service) SignIn(ctx context.Context, try Attempt) (Signed, error) {
	login := CleanLogin(try.Login)
	if err := s.slow(ctx, "address", addressKey(try.Address), perAddress); err != nil {
		return Signed{}, err
	}
	if err := s.slow(ctx, "login", login, perAccount); err != nil {
		return Signed{}, err
	}
	a, err := s.Accounts.ByLogin(ctx, login)
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		return Signed{}, err
	}
	if len(try.Password) > 4*MaxPassword {
		try.Password = ""
	}
	ok, err := s.Hasher.Verify(ctx, identity.PasswordSecret, try.Password, a.Password)
	if err != nil {
		return Signed{}, err
	}
	if !ok || a.State != store.AccountActive {
		return Signed{}, ErrWrong
	}
	if a.TOTP.Box != nil {
		return s.begin(ctx, a, store.StageCode, try.Agent)
	}
	return s.enter(ctx, a, try.Agent, try.RequestID)
}

// SignInCode takes the second factor, six digits or a recovery code, of a sign-in that waits for it. It begins another
// session in its place.
func (s *Service) SignInCode(ctx context.Context, p *Principal, code, requestID string) (Signed, error) {
	a := p.Account
	if err := s.slow(ctx, "code", accountKey(a.ID), perCode); err != nil {
		return Signed{}, err
	}
	var signed Signed
	err := s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.checkFactor(ctx, a, code, store.Act{Actor: p.Actor(), RequestID: requestID}); err != nil {
			return err
		}
		if err := s.Sessions.Delete(ctx, a.ID, p.Session.ID); err != nil {
			return err
		}
		var err error
		signed, err = s.enter(ctx, a, p.Session.Agent, requestID)
		return err
	})
	return signed, err
}

// enter begins a session of somebody who has shown all there is to show.
func (s *Service) enter(ctx context.Context, a store.Account, agent, requestID string) (Signed, error) {
	stage := store.StageFull
	if a.MustChange {
		stage = store.StagePassword
	}
	var signed Signed
	err := s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Accounts.SignedIn(ctx, a.ID, s.Now(), store.Act{Actor: ActorOf(a.ID), RequestID: requestID}); err != nil {
			return err
		}
		var err error
		signed, err = s.begin(ctx, a, stage, agent)
		return err
	})
	return signed, err
}

// CleanLogin is a login as it is kept.
func CleanLogin(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }
