package access

import (
	"context"
	"strings"

	"baro/store"
)

// What the command line does on the machine itself, where whoever may read the key file may do everything.

// Add makes an account that can be used at once, with a password that has to be changed unless it was chosen by its owner.
func (s *Service) Add(ctx context.Context, a store.Account, password string, act store.Act) (store.Account, error) {
	const op = "add account"
	a.Login, a.Name, a.State = CleanLogin(a.Login), strings.TrimSpace(a.Name), store.AccountActive
	if field := CheckAccount(a); field != "" {
		return a, store.NewError(store.CodeInvalid, op, field)
	}
	hash, err := s.newPassword(ctx, a.Login, password)
	if err != nil {
		return a, err
	}
	a.Password = hash
	return s.Accounts.Create(ctx, a, act)
}

// Reset gives an account another password and takes its second factor away; a disabled account is enabled. Sessions end.
func (s *Service) Reset(ctx context.Context, login, password string, mustChange bool, act store.Act) error {
	a, err := s.Accounts.ByLogin(ctx, CleanLogin(login))
	if err != nil {
		return err
	}
	hash, err := s.newPassword(ctx, a.Login, password)
	if err != nil {
		return err
	}
	return s.Tx.Write(ctx, func(ctx context.Context) error {
		if err := s.Accounts.SetPassword(ctx, a.ID, hash, mustChange, [32]byte{}, act); err != nil {
			return err
		}
		if a.State == store.AccountDisabled {
			if err := s.Accounts.Move(ctx, a.ID, store.AccountDisabled, store.AccountActive, act); err != nil {
				return err
			}
		}
		if a.TOTP.Box == nil {
			return nil
		}
		return s.Factors.Remove(ctx, a.ID, act)
	})
}

// NewPassword draws one that can be read out over a telephone.
func (s *Service) NewPassword() (string, error) { return s.readable() }
