package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// APITokens keeps what programs show to act for an account.
type APITokens struct{ db *DB }

var _ store.APITokens = (*APITokens)(nil)

// APITokens gives the contract for tokens.
func (db *DB) APITokens() *APITokens { return &APITokens{db} }

func (a *APITokens) Create(ctx context.Context, v store.APIToken, act store.Act) (store.APIToken, error) {
	const op = "create API token"
	err := a.db.Write(ctx, func(ctx context.Context) error {
		v.Created = a.db.now().UTC().Truncate(time.Microsecond)
		id, err := a.db.insert(ctx, op, "api_token_create", v.Hash[:], v.Account, v.Name, encodeList(v.Scopes), place(v.Commune),
			micros(v.Created), micros(v.Expires))
		if err != nil {
			return err
		}
		v.ID = id
		return a.db.record(ctx, act, v.Commune, "token.create", tokenObject(id), "", encodeList(v.Scopes))
	})
	return v, err
}

func (a *APITokens) Find(ctx context.Context, hash [32]byte) (store.APIToken, error) {
	return one(ctx, a.db, "find API token", "api_token_find", scanAPIToken, hash[:])
}

func (a *APITokens) List(ctx context.Context, account int64) ([]store.APIToken, error) {
	return list(ctx, a.db, "list API tokens", "api_token_list", scanAPIToken, account)
}

func (a *APITokens) Revoke(ctx context.Context, account, id int64, act store.Act) error {
	const op = "revoke API token"
	return a.db.Write(ctx, func(ctx context.Context) error {
		n, err := a.db.exec(ctx, op, "api_token_revoke", account, id, micros(a.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return a.notStanding(ctx, op, account, id)
		}
		return a.db.record(ctx, act, 0, "token.revoke", tokenObject(id), "", "")
	})
}

// notStanding tells a token that has ended from one that is somebody else's.
func (a *APITokens) notStanding(ctx context.Context, op string, account, id int64) error {
	own, err := a.List(ctx, account)
	if err != nil {
		return err
	}
	for _, v := range own {
		if v.ID == id {
			return store.NewError(store.CodeConflict, op, "the token has ended")
		}
	}
	return &store.Error{Code: store.CodeNotFound, Op: op}
}

func (a *APITokens) Used(ctx context.Context, id int64, at time.Time) error {
	_, err := a.db.exec(ctx, "note API token", "api_token_used", id, micros(at))
	return err
}

func tokenObject(id int64) string { return fmt.Sprintf("token:%d", id) }

func scanAPIToken(row scanner) (v store.APIToken, err error) {
	err = row.Scan(&v.ID, asBytes{v.Hash[:]}, &v.Account, &v.Name, asJSON{&v.Scopes}, asPlace{&v.Commune}, asTime{&v.Created},
		asTime{&v.Expires}, asTime{&v.Used}, asTime{&v.Revoked})
	return v, err
}
