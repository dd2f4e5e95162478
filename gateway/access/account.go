package access

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"baro/store"
)

// loginForm is a word or an address of e-mail.
var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]{0,39}(@[a-z0-9.-]{1,38})?$`)

// CheckAccount gives the first field of an account that cannot be kept: "login", "name", "locale" or "grants"; "" for none.
func CheckAccount(a store.Account) (field string) {
	switch {
	case !loginForm.MatchString(a.Login) || len(a.Login) < 2:
		return "login"
	case strings.TrimSpace(a.Name) == "" || utf8.RuneCountInString(a.Name) > 80:
		return "name"
	case a.Locale != "fr" && a.Locale != "en":
		return "locale"
	case slices.ContainsFunc(a.Grants, func(g store.Grant) bool { return !validGrant(g) }):
		return "grants"
	}
	return ""
}

func validGrant(g store.Grant) bool {
	r := Role(g.Role)
	return r.Known() && (g.Commune != 0 || r.Platform()) && (g.Organisation == 0 || r == Officer)
}

// AccountsOf lists the accounts that somebody manages: those of a commune, or all with commune 0. CodeDenied for others.
func (s *Service) AccountsOf(ctx context.Context, by *Principal, commune store.PlaceID) ([]store.Account, error) {
	if !by.Can(ManageAccounts, commune) {
		return nil, store.NewError(store.CodeDenied, "list accounts", "not an administrator here")
	}
	return s.Accounts.List(ctx, commune)
}

// Managed gives an account that somebody may change; CodeNotFound for any other, which need not be known to exist.
func (s *Service) Managed(ctx context.Context, by *Principal, id int64) (store.Account, error) {
	return s.managed(ctx, by, id)
}

func (s *Service) managed(ctx context.Context, by *Principal, id int64) (store.Account, error) {
	a, err := s.Accounts.Get(ctx, id)
	if err == nil && !mayGrant(by, a.Grants) {
		err = store.NewError(store.CodeNotFound, "find account", "another administrator's")
	}
	return a, err
}

// mayGrant: who administers a commune gives and takes roles there and nowhere else, and so an account with a role
// elsewhere is not theirs to change.
func mayGrant(by *Principal, grants []store.Grant) bool {
	if len(grants) == 0 {
		return by.Can(ManageAccounts, 0)
	}
	return !slices.ContainsFunc(grants, func(g store.Grant) bool { return !by.Can(ManageAccounts, g.Commune) })
}

// Open makes an account without a password; it is used once its invitation is accepted. CodeInvalid names the field.
func (s *Service) Open(ctx context.Context, by *Principal, a store.Account, act store.Act) (store.Account, error) {
	const op = "open account"
	a.Login, a.Name, a.State, a.Password = CleanLogin(a.Login), strings.TrimSpace(a.Name), store.AccountInvited, ""
	if field := CheckAccount(a); field != "" {
		return a, store.NewError(store.CodeInvalid, op, field)
	}
	if !mayGrant(by, a.Grants) {
		return a, store.NewError(store.CodeDenied, op, "not an administrator there")
	}
	return s.Accounts.Create(ctx, a, act)
}

// Describe changes name, locale and roles of an account; who they are called by and where they work before and after must
// both be the administrator's own.
func (s *Service) Describe(ctx context.Context, by *Principal, a store.Account, act store.Act) error {
	const op = "describe account"
	before, err := s.managed(ctx, by, a.ID)
	if err != nil {
		return err
	}
	a.Login, a.Name = before.Login, strings.TrimSpace(a.Name)
	if field := CheckAccount(a); field != "" {
		return store.NewError(store.CodeInvalid, op, field)
	}
	if !mayGrant(by, a.Grants) {
		return store.NewError(store.CodeDenied, op, "not an administrator there")
	}
	return s.Accounts.Describe(ctx, a, act)
}

// Disable ends an account and every way into it. Nobody disables their own.
func (s *Service) Disable(ctx context.Context, by *Principal, id int64, act store.Act) error {
	a, err := s.managed(ctx, by, id)
	if err != nil {
		return err
	}
	if id == by.Account.ID {
		return store.NewError(store.CodeDenied, "disable account", "one's own")
	}
	return s.Accounts.Move(ctx, id, a.State, store.AccountDisabled, act)
}

// Enable lets a disabled account in again, with the password it had.
func (s *Service) Enable(ctx context.Context, by *Principal, id int64, act store.Act) error {
	a, err := s.managed(ctx, by, id)
	if err != nil {
		return err
	}
	to := store.AccountActive
	if a.Password == "" {
		to = store.AccountInvited
	}
	return s.Accounts.Move(ctx, id, store.AccountDisabled, to, act)
}

// SetOwn changes what people choose about themselves: name and locale.
func (s *Service) SetOwn(ctx context.Context, p *Principal, name, locale string, act store.Act) error {
	a := p.Account
	a.Name, a.Locale = strings.TrimSpace(name), locale
	if field := CheckAccount(a); field != "" {
		return store.NewError(store.CodeInvalid, "describe account", field)
	}
	return s.Accounts.Describe(ctx, a, act)
}

// DropFactor takes the second factor of somebody who lost theirs away; they sign in with the password alone.
func (s *Service) DropFactor(ctx context.Context, by *Principal, id int64, act store.Act) error {
	if _, err := s.managed(ctx, by, id); err != nil {
		return err
	}
	if id == by.Account.ID {
		return store.NewError(store.CodeDenied, "drop second factor", "one's own takes the password")
	}
	return s.Factors.Remove(ctx, id, act)
}
