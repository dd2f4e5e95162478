package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Accounts keeps who works with baro.
type Accounts struct{ db *DB }

var (
	_ store.AccountReader = (*Accounts)(nil)
	_ store.AccountWriter = (*Accounts)(nil)
)

// Accounts gives the contract for accounts.
func (db *DB) Accounts() *Accounts { return &Accounts{db} }

func (a *Accounts) Get(ctx context.Context, id int64) (store.Account, error) {
	return a.whole(ctx, "get account", "account_get", id)
}

func (a *Accounts) ByLogin(ctx context.Context, login string) (store.Account, error) {
	return a.whole(ctx, "find account", "account_by_login", login)
}

func (a *Accounts) List(ctx context.Context, commune store.PlaceID) ([]store.Account, error) {
	const op = "list accounts"
	var all []store.Account
	var err error
	if commune == 0 {
		all, err = list(ctx, a.db, op, "account_list", scanAccount)
	} else {
		all, err = list(ctx, a.db, op, "account_list_commune", scanAccount, int64(commune))
	}
	for i := range all {
		if err == nil {
			all[i].Grants, err = a.grants(ctx, op, all[i].ID)
		}
	}
	return all, err
}

// whole gives an account with its grants.
func (a *Accounts) whole(ctx context.Context, op, name string, key any) (store.Account, error) {
	v, err := one(ctx, a.db, op, name, scanAccount, key)
	if err == nil {
		v.Grants, err = a.grants(ctx, op, v.ID)
	}
	return v, err
}

func (a *Accounts) grants(ctx context.Context, op string, id int64) ([]store.Grant, error) {
	return list(ctx, a.db, op, "account_grants", scanGrant, id)
}

func (a *Accounts) Create(ctx context.Context, v store.Account, act store.Act) (store.Account, error) {
	const op = "create account"
	err := a.db.Write(ctx, func(ctx context.Context) error {
		id, err := a.db.insert(ctx, op, "account_create", v.Login, v.Name, v.Locale, string(v.State), text(v.Password), v.MustChange,
			micros(a.db.now()))
		if err != nil {
			return err
		}
		if err := a.grant(ctx, op, id, v.Grants); err != nil {
			return err
		}
		if err := a.db.recordAccount(ctx, act, id, "account.create", "", describeAccount(v)); err != nil {
			return err
		}
		v, err = a.whole(ctx, op, "account_get", id)
		return err
	})
	return v, err
}

func (a *Accounts) Describe(ctx context.Context, v store.Account, act store.Act) error {
	const op = "describe account"
	return a.db.Write(ctx, func(ctx context.Context) error {
		before, err := a.whole(ctx, op, "account_get", v.ID)
		if err != nil {
			return err
		}
		if _, err := a.db.exec(ctx, op, "account_describe", v.ID, v.Name, v.Locale); err != nil {
			return err
		}
		if err := a.grant(ctx, op, v.ID, v.Grants); err != nil {
			return err
		}
		return a.db.recordAccount(ctx, act, v.ID, "account.describe", describeAccount(before), describeAccount(v))
	})
}

// grant replaces what an account may do.
func (a *Accounts) grant(ctx context.Context, op string, id int64, grants []store.Grant) error {
	if _, err := a.db.exec(ctx, op, "account_grants_clear", id); err != nil {
		return err
	}
	args := make([][]any, len(grants))
	for i, g := range grants {
		args[i] = []any{id, g.Role, place(g.Commune), g.Organisation}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := a.db.many(ctx, op, "account_grants_add", args, nil)
	return err
}

func (a *Accounts) SetPassword(ctx context.Context, id int64, hash string, mustChange bool, keep [32]byte, act store.Act) error {
	const op = "set password"
	return a.db.Write(ctx, func(ctx context.Context) error {
		n, err := a.db.exec(ctx, op, "account_password", id, hash, mustChange)
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		if _, err := a.db.exec(ctx, op, "console_session_clear", id, keep[:]); err != nil {
			return err
		}
		return a.db.recordAccount(ctx, act, id, "account.password", "", "")
	})
}

func (a *Accounts) Move(ctx context.Context, id int64, from, to store.AccountState, act store.Act) error {
	const op = "move account"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	return a.db.Write(ctx, func(ctx context.Context) error {
		n, err := a.db.exec(ctx, op, "account_move", id, string(from), string(to))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := one(ctx, a.db, op, "account_get", scanAccount, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the account is in another state")
		}
		if to == store.AccountDisabled {
			if err := a.shut(ctx, op, id); err != nil {
				return err
			}
		}
		return a.db.recordAccount(ctx, act, id, "account.state", string(from), string(to))
	})
}

// shut ends every way into an account.
func (a *Accounts) shut(ctx context.Context, op string, id int64) error {
	if _, err := a.db.exec(ctx, op, "console_session_clear", id, []byte{}); err != nil {
		return err
	}
	if _, err := a.db.exec(ctx, op, "invitation_drop", id); err != nil {
		return err
	}
	_, err := a.db.exec(ctx, op, "api_token_clear", id, micros(a.db.now()))
	return err
}

func (a *Accounts) SignedIn(ctx context.Context, id int64, at time.Time, act store.Act) error {
	return a.db.Write(ctx, func(ctx context.Context) error {
		if _, err := a.db.exec(ctx, "note sign-in", "account_signed_in", id, micros(at)); err != nil {
			return err
		}
		return a.db.recordAccount(ctx, act, id, "account.sign_in", "", "")
	})
}

func (db *DB) recordAccount(ctx context.Context, act store.Act, id int64, action, before, after string) error {
	return db.record(ctx, act, 0, action, accountObject(id), before, after)
}

func accountObject(id int64) string { return fmt.Sprintf("account:%d", id) }

// describeAccount is what the trail tells of an account: never its secrets.
func describeAccount(a store.Account) string {
	return encode(struct {
		Login, Name, Locale string
		Grants              []store.Grant
	}{a.Login, a.Name, a.Locale, a.Grants})
}

func scanAccount(row scanner) (a store.Account, err error) {
	err = row.Scan(&a.ID, &a.Login, &a.Name, &a.Locale, &a.State, asText{&a.Password}, &a.MustChange, asText{&a.TOTP.KeyID}, &a.TOTP.Box,
		&a.TOTPStep, asTime{&a.Created}, asTime{&a.SignedIn})
	return a, err
}

func scanGrant(row scanner) (g store.Grant, err error) {
	err = row.Scan(&g.Role, asPlace{&g.Commune}, &g.Organisation)
	return g, err
}
